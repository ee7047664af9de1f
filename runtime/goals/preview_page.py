"""What the preview page shows of a tree: the way from each node down, what changes against what holds today, where to
look twice."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import selectinload

from core.db import Document, db
from core.errors import Problem
from runtime.goals.asking import Asked
from runtime.goals.models import Campaign, GoalSet
from runtime.goals.tree import Held, Node, Preview

TOP_MOVERS = 10


@dataclass(frozen=True)
class Line:
    """One node in the list of the preview."""

    node: Node
    before: int | None
    below: int

    @property
    def change(self) -> int | None:
        """Yuan more or less than what holds today; None where nothing does."""
        return None if self.before is None else self.node.target - self.before


@dataclass(frozen=True)
class Mover:
    node: Node
    team: str
    before: int
    change: int


@dataclass(frozen=True)
class Changes:
    """A tree beside the one that holds: what publishing it moves among people."""

    movers: list[Mover]
    joined: list[Node]
    left: list[Held]

    @property
    def moved(self) -> int:
        return sum(abs(mover.change) for mover in self.movers)

    @property
    def top(self) -> list[Mover]:
        return self.movers[:TOP_MOVERS]


@dataclass(frozen=True)
class Shown:
    """A preview with what holds today beside it."""

    asked: Asked
    tree: Preview
    replaces: GoalSet | None
    held: dict[str, Held]

    @cached_property
    def _children(self) -> dict[str | None, list[Node]]:
        below: dict[str | None, list[Node]] = defaultdict(list)
        for node in self.tree.nodes.values():
            below[node.parent].append(node)
        return below

    @cached_property
    def _people(self) -> dict[str, int]:
        """How many people carry a target below each node."""
        counts: dict[str, int] = defaultdict(int)
        for person in self.tree.members:
            above = person.parent
            while above is not None:
                counts[above] += 1
                above = self.tree.nodes[above].parent
        return counts

    def people_below(self, node: Node) -> int:
        return self._people.get(node.id, 0)

    def lines(self, parent: Node) -> list[Line]:
        return [self.line(node) for node in self._children[parent.id]]

    def way_to(self, node_id: str) -> list[str]:
        """The nodes from the root down to this one."""
        parent = self.tree.nodes[node_id].parent
        return [*(self.way_to(parent) if parent is not None else []), node_id]

    def line(self, node: Node) -> Line:
        before = self.held.get(node.id)
        return Line(node, before.target if before else None, self.people_below(node))

    def lock_fields(self, node: Node) -> dict[str, str]:
        """What asks for this tree with the node locked at the amount that it has here."""
        return self.asked.fields(self.asked.locks | {node.id: node.target})

    @property
    def reserve(self) -> int:
        """Everything that no person carries."""
        return sum(node.reserve for node in self.tree.nodes.values())

    def changes(self) -> Changes | None:
        if self.replaces is None:
            return None
        people = self.tree.members
        movers = [self._mover(node) for node in people if node.id in self.held]
        now = {node.id for node in people}
        return Changes(
            movers=sorted((m for m in movers if m.change), key=lambda m: (-abs(m.change), m.node.id)),
            joined=[node for node in people if node.id not in self.held],
            left=[row for row in self.held.values() if row.member_id is not None and row.node not in now],
        )

    def _mover(self, node: Node) -> Mover:
        before = self.held[node.id].target
        return Mover(node, self.tree.nodes[node.parent or ""].name, before, node.target - before)

    def changed_layers(self) -> dict[str, int]:
        """How many goals of each layer get another amount (S14)."""
        counts: dict[str, int] = defaultdict(int)
        for node in self.tree.nodes.values():
            if node.id not in self.held or self.held[node.id].target != node.target:
                counts[node.layer] += 1
        return dict(counts)

    def growth_chart(self) -> Document:
        """Growth of the nodes right below the root; the list beside it says the same."""
        lines = self.lines(self.tree.root)
        values = [None if line.node.growth is None else round(line.node.growth, 6) for line in lines]
        return {
            "kind": "bar",
            "unit": "percent",
            "labels": [line.node.name for line in lines],
            "series": [{"name": _("Growth"), "values": values}],
        }


def grouped(warnings: Iterable[Problem]) -> list[tuple[str, list[Problem]]]:
    """Warnings of one kind together, in the order in which the kinds first appear."""
    groups: dict[str, list[Problem]] = defaultdict(list)
    for warning in warnings:
        groups[warning.code].append(warning)
    return list(groups.items())


def affected_campaigns(asked: Asked) -> Sequence[Campaign]:
    """Battles under the strategic goal that are not over, with their tactics: what a new target must be told (S14)."""
    if asked.cycle.id is None:
        return []
    return db.session.scalars(
        select(Campaign)
        .options(selectinload(Campaign.tactics))
        .where(
            Campaign.company_id == asked.unit.company_id,
            Campaign.cycle_id == asked.cycle.id,
            Campaign.cascade_key == asked.plan.key,
            Campaign.state.in_(("planned", "running")),
        )
        .order_by(Campaign.first_day, Campaign.id)
    ).all()
