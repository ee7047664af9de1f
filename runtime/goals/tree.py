"""The tree that a split makes: its nodes, what they hold today, and what was found on the way."""

import hashlib
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from core.db import Document, dump_json
from core.errors import Problem
from runtime.goals.ground import MemberRow, UnitRow

MEMBER = "member"


@dataclass
class Node:
    """One goal to be. Somebody who left with booked sales stands in the tree without a row of the organisation."""

    id: str
    parent: str | None
    level: str
    layer: str
    name: str
    unit_id: int
    member_id: int | None
    row: UnitRow | MemberRow | None
    history: float
    target: int = 0
    reserve: int = 0
    locked: bool = False
    booked: int = 0
    split: Document = field(default_factory=dict)
    why: Document = field(default_factory=dict)

    @property
    def growth(self) -> float | None:
        """This target over its history, less one; None without history."""
        return self.target / self.history - 1 if self.history else None

    def as_json(self) -> Document:
        names = ("id", "parent", "level", "name", "target", "reserve", "split", "why")
        return {name: getattr(self, name) for name in names}


@dataclass(frozen=True)
class Held:
    """What a node holds in the goal set that is active now."""

    node: str
    parent: str | None
    layer: str
    name: str
    unit_id: int
    member_id: int | None
    target: int
    reserve: int
    locked: bool
    booked: int


@dataclass
class Preview:
    """The tree, parents before children; what forbids publishing it; what deserves a look."""

    nodes: dict[str, Node]
    problems: list[Problem]
    warnings: list[Problem]

    @property
    def root(self) -> Node:
        return next(iter(self.nodes.values()))

    @property
    def members(self) -> list[Node]:
        return [node for node in self.nodes.values() if node.member_id is not None]

    def children(self, parent: Node | None) -> list[Node]:
        wanted = parent.id if parent else None
        return [node for node in self.nodes.values() if node.parent == wanted]

    def digest(self) -> str:
        """Two previews with one digest are one tree."""
        tree = [[node.id, node.parent, node.target, node.reserve] for node in self.nodes.values()]
        return hashlib.sha256(dump_json(tree).encode()).hexdigest()


def in_reading_order(nodes: Iterable[Node]) -> dict[str, Node]:
    """Parents before their children, siblings as they came."""
    below: dict[str | None, list[Node]] = defaultdict(list)
    for node in nodes:
        below[node.parent].append(node)
    ordered: dict[str, Node] = {}
    waiting = below[None][::-1]
    while waiting:
        node = waiting.pop()
        ordered[node.id] = node
        waiting += below[node.id][::-1]
    return ordered
