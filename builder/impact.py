"""Whom a change touches. What runs definitions knows that, and it is not known here: it registers who can tell.

impact.register(goals_under_a_cascade, positions_of_a_cascade)      # on start, by the package that runs cascades
impact.of(definition)                       # the definitions downstream, and how many people
"""

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass

from builder import definitions, graph
from builder.models import Definition, DefinitionVersion

# Given a company and ids of definitions: the ids of the members whose goals, tasks or scores are made with them.
Teller = Callable[[int, Collection[int]], set[int]]

_tellers: list[Teller] = []
_prospects: list[Teller] = []


@dataclass(frozen=True)
class Impact:
    """`in_use`: something of these people is made with it now. Otherwise they are those to whom it would apply."""

    users: list[DefinitionVersion]
    people: int
    in_use: bool


def register(teller: Teller, prospects: Teller | None = None) -> None:
    """`prospects` tells to whom it would apply; it is asked where nobody's goals, tasks or scores are made with it."""
    if teller not in _tellers:
        _tellers.append(teller)
    if prospects is not None and prospects not in _prospects:
        _prospects.append(prospects)


def of(definition: Definition) -> Impact:
    """What is made with the definition, directly or through others. One statement and those of the tellers."""
    in_force = definitions.published_all(definition.company_id)
    drawn = graph.of([version.document for version in in_force])
    below = drawn.downstream(graph.identity(definition.kind, definition.key))
    users = [
        version for version in in_force if graph.identity(version.definition.kind, version.definition.key) in below
    ]
    ids = {definition.id, *(version.definition_id for version in users)}
    people = _told_by(_tellers, definition.company_id, ids)
    would_be = people or _told_by(_prospects, definition.company_id, ids)
    return Impact(users, len(would_be), in_use=bool(people))


def _told_by(tellers: Iterable[Teller], company_id: int, ids: Collection[int]) -> set[int]:
    return set().union(*(teller(company_id, ids) for teller in tellers))
