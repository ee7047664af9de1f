"""Whom a change touches. What runs definitions knows that, and it is not known here: it registers who can tell.

impact.register(goals_under_a_cascade)      # on start, by the package that runs cascades
impact.of(definition)                       # the definitions downstream, and how many people
"""

from collections.abc import Callable, Collection
from dataclasses import dataclass

from builder import definitions, graph
from builder.models import Definition, DefinitionVersion

# Given a company and ids of definitions: the ids of the members whose goals, tasks or scores are made with them.
Teller = Callable[[int, Collection[int]], set[int]]

_tellers: list[Teller] = []


@dataclass(frozen=True)
class Impact:
    users: list[DefinitionVersion]
    people: int


def register(teller: Teller) -> None:
    if teller not in _tellers:
        _tellers.append(teller)


def of(definition: Definition) -> Impact:
    """What is made with the definition, directly or through others. One statement and those of the tellers."""
    in_force = definitions.published_all(definition.company_id)
    drawn = graph.of([version.document for version in in_force])
    below = drawn.downstream(graph.identity(definition.kind, definition.key))
    users = [
        version for version in in_force if graph.identity(version.definition.kind, version.definition.key) in below
    ]
    ids = {definition.id, *(version.definition_id for version in users)}
    people = set().union(*(teller(definition.company_id, ids) for teller in _tellers))
    return Impact(users, len(people))
