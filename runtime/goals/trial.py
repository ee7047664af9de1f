"""What a draft of a cascade would make of a target, beside what the rules in force make of it. Nothing is stored.

Both split the same base and growth afresh, without locks and without what people hold today, so that the difference
is the rules' alone.
"""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from builder import definitions
from builder.models import DefinitionVersion
from core import clock
from core.errors import Problem
from organization.models import OrgUnit
from runtime.goals import cascade, cautions, ground, plans, publishing
from runtime.goals.plans import Level
from runtime.goals.targets import Target
from runtime.goals.tree import Node, Preview

SHOWN = 100  # lines; a larger tree is told by its units
ASKED_OF_CHILDREN = ("bad_weight", "bad_bound")


@dataclass(frozen=True)
class Line:
    node: Node
    depth: int
    before: int | None  # yuan by the rules in force; None where they give it no target

    @property
    def change(self) -> int | None:
        return None if self.before is None else self.node.target - self.before


@dataclass(frozen=True)
class Trial:
    """`incomplete` are what the check says about the draft: then there is no tree."""

    tree: Preview | None
    before: Mapping[str, int]
    levels: tuple[Level, ...]
    incomplete: list[Problem]

    @cached_property
    def lines(self) -> list[Line]:
        """The tree in reading order, the root left out."""
        if self.tree is None or self.tree.problems:
            return []
        depths: dict[str | None, int] = {None: -1}
        lines = []
        for node in self.tree.nodes.values():
            depths[node.id] = depths[node.parent] + 1
            lines.append(Line(node, depths[node.id], self.before.get(node.id)))
        return lines[1:]

    @property
    def shown(self) -> list[Line]:
        return self.lines if len(self.lines) <= SHOWN else [line for line in self.lines if line.node.member_id is None]

    @property
    def moved(self) -> int:
        """Yuan that the draft gives to other people than the rules in force do."""
        changes = [line.change for line in self.lines if line.node.member_id is not None]
        return sum(abs(change) for change in changes if change)

    def problems_by_level(self) -> dict[str, list[Problem]]:
        """Why the split stops, at the card that stops it: by the id of the level."""
        found: dict[str, list[Problem]] = defaultdict(list)
        for problem in self.tree.problems if self.tree else ():
            found[self._level_of(problem)].append(problem)
        return dict(found)

    def _level_of(self, problem: Problem) -> str:
        """A child's numbers are wrong at its own level; a parent cannot be split at the level below it."""
        assert self.tree is not None
        node = self.tree.nodes[problem.path.removeprefix("/")]
        children = self.tree.children(node)
        to = node.level if problem.code in ASKED_OF_CHILDREN or not children else children[0].level
        return next((level.id for level in self.levels if level.to == to), self.levels[0].id)


def of_draft(draft: DefinitionVersion, unit: OrgUnit, target: Target) -> Trial:
    """Split the target of a unit by the draft and by what is in force there."""
    company_id = draft.definition.company_id
    known = definitions.sources(company_id, unit=unit)
    if problems := definitions.check(draft.document, known):
        return Trial(None, {}, (), problems)
    plan = plans.of_version(draft, known)
    in_force = definitions.published(company_id, "cascade", draft.definition.key, unit=unit)
    now = plans.of_version(in_force, known) if in_force is not None else None
    cycle = publishing.planned_cycle(company_id, clock.today().year)
    here = ground.read(unit, cycle, sorted({*plan.roles, *(now.roles if now else ())}), clock.today())
    tree = cascade.amounts(plan, here, base=target.base, total=target.total)
    if not tree.problems:
        tree.warnings += cautions.of(plan, here, tree)
    if now is None:
        return Trial(tree, {}, plan.levels, [])
    same = in_force is not None and in_force.digest == draft.digest
    before = tree if same else cascade.amounts(now, here, base=target.base, total=target.total)
    return Trial(tree, _targets(before), plan.levels, [])


def _targets(tree: Preview) -> dict[str, int]:
    return {} if tree.problems else {node.id: node.target for node in tree.nodes.values()}
