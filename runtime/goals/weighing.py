"""What the formulas of one level say about each child, evaluated in columns, and how that is told later (为什么)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from builder.expressions import Evaluated

from core.db import Document
from runtime.goals import columns
from runtime.goals.allocation import Allocation
from runtime.goals.ground import Ground
from runtime.goals.plans import Level
from runtime.goals.tree import Node


@dataclass(frozen=True)
class Weighing:
    """Weight, floor and cap of every child of a level. `read` are the columns that the formulas saw."""

    level: Level
    position: dict[str, int]
    read: columns.Columns
    evaluated: Mapping[str, Evaluated]
    values: Mapping[str, list[Any]]

    def numbers(self, child: Node) -> dict[str, Any]:
        """By weight, floor and cap, as far as the level has such a formula: a float, None or an error value."""
        at = self.position[child.id]
        return {name: values[at] for name, values in self.values.items()}

    def why(self, child: Node, allocation: Allocation, share: float | None) -> Document:
        """The numbers, rows and versions behind a child's target, as they are stored with it."""
        if child.row is None:
            return {"level": self.level.id, "reason": "left"}
        at = self.position[child.id]
        asked = self.level.asked_of_children
        names = sorted({name for expression in asked.values() for name in expression.keys} & self.read.keys())
        return {
            "level": self.level.id,
            "reason": allocation.reasons[child.id],
            "rounded_up": child.id in allocation.rounded_up,
            "share": share,
            "formulas": {name: expression.text for name, expression in asked.items()},
            "values": self.numbers(child),
            "inputs": {name: self.read[name][at] for name in names},
            "uses": [use for found in self.evaluated.values() for use in found.uses_of(at)],
        }


def weigh(level: Level, ground: Ground, families: Sequence[tuple[Node, Sequence[Node]]]) -> Weighing:
    """`families` are the parents with their children of this level."""
    pairs = [(parent, child) for parent, children in families for child in children]
    given = {
        "history": [child.history for _parent, child in pairs],
        "parent_target": [float(parent.target) for parent, _child in pairs],
        "parent_growth": [parent.growth for parent, _child in pairs],
    }
    read = columns.of_children(ground, [child.row for _p, child in pairs], given, [p.id for p, _child in pairs])
    evaluated = {
        name: expression.evaluate_batch(read, len(pairs)) for name, expression in level.asked_of_children.items()
    }
    values = {name: found.to_list() for name, found in evaluated.items()}
    return Weighing(level, {child.id: at for at, (_p, child) in enumerate(pairs)}, read, evaluated, values)
