"""What the formulas of one level say about each child, evaluated in columns, and how that is told later (为什么)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from builder.expressions import Filled
from core.db import Document
from runtime.goals import columns
from runtime.goals.allocation import Allocation
from runtime.goals.ground import Ground
from runtime.goals.plans import Level
from runtime.goals.tree import Node


@dataclass(frozen=True)
class Weighing:
    """Weight, floor and cap of every child of a level. `filled` holds the columns that the formulas saw."""

    level: Level
    position: dict[str, int]
    filled: Filled
    values: Mapping[str, list[Any]]

    def numbers(self, child: Node) -> dict[str, Any]:
        """By weight, floor and cap, as far as the level has such a formula: a float, None or an error value."""
        at = self.position[child.id]
        return {name: values[at] for name, values in self.values.items()}

    def why(self, child: Node, allocation: Allocation, share: float | None) -> Document:
        """The numbers, rows and versions behind a child's target, as they are stored with it."""
        if child.row is None:
            return {"level": self.level.id, "reason": "left"}
        at, asked = self.position[child.id], self.level.child
        return {
            "level": self.level.id,
            "reason": allocation.reasons[child.id],
            "rounded_up": child.id in allocation.rounded_up,
            "share": share,
            "formulas": {name: expression.text for name, expression in asked.expressions.items()},
            "values": self.numbers(child),
            "inputs": {name: value for name, value in self._inputs(at).items() if value is not None},
            "uses": self.filled.why(at),
        }

    def _inputs(self, at: int) -> Document:
        """What the formulas, and the tables they use, read of this child; by the words that people write."""
        scope = self.level.child.scope
        read = {name for expression in self.level.child.expressions.values() for name in expression.formula.names}
        read |= {name for use in scope.uses.values() for given in use.inputs.values() for name in given.names}
        return {name: self.filled.columns[scope.keys[name]][at] for name in sorted(read) if name in scope.keys}


def weigh(level: Level, ground: Ground, families: Sequence[tuple[Node, Sequence[Node]]]) -> Weighing:
    """`families` are the parents with their children of this level."""
    pairs = [(parent, child) for parent, children in families for child in children]
    given = {
        "history": [child.history for _parent, child in pairs],
        "parent_target": [float(parent.target) for parent, _child in pairs],
        "parent_growth": [parent.growth for parent, _child in pairs],
    }
    read = columns.of_children(ground, [child.row for _p, child in pairs], given, [p.id for p, _child in pairs])
    filled = level.child.fill(read, len(pairs))
    values = {name: asked.evaluate(filled).to_list() for name, asked in level.child.expressions.items()}
    return Weighing(level, {child.id: at for at, (_p, child) in enumerate(pairs)}, filled, values)
