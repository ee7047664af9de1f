"""How a result came about: every part of the formula with its place in the text, its arguments and its value.

The parts are evaluated one by one through the same lowering and the same evaluator as the whole.
"""

import datetime
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from formulas.columns import Column
from formulas.functions import FUNCTIONS
from formulas.nodes import Call, Chain, Compare, Field, ItemColumn, Literal, Negative, Node, Percent, Power
from formulas.results import finish

SHOWN_ITEMS = 20
Evaluate = Callable[[Node, str], Column]


@dataclass(frozen=True, slots=True)
class Step:
    """`source` is text[start:end]; `name` the function, operator or field. `value` is float, str, bool, date, None
    (blank) or ErrorValue; for a sub-table column a list of its first items."""

    start: int
    end: int
    source: str
    name: str
    value: Any
    args: "list[Step]" = field(default_factory=list)

    def to_dict(self) -> dict[str, Any]:
        """The step for JSON: dates as ISO text, errors as their codes."""
        return {
            "start": self.start,
            "end": self.end,
            "source": self.source,
            "name": self.name,
            "value": plain(self.value),
            "args": [step.to_dict() for step in self.args],
        }


def plain(value: Any) -> Any:
    """A value as JSON has it."""
    if isinstance(value, list):
        return [plain(item) for item in value]
    if isinstance(value, datetime.date):
        return value.isoformat()
    return value if value is None or isinstance(value, (bool, float, int, str)) else str(value)


def explain(text: str, node: Node, evaluate: Evaluate, kind: str = "") -> Step:
    """The step of a node and, below it, those of its arguments."""
    args = [explain(text, child, evaluate, node.kind) for child in _arguments(node)]
    return Step(node.start, node.end, text[node.start : node.end], _label(node), _value(node, evaluate, kind), args)


def _arguments(node: Node) -> list[Node]:
    """What a part is made of; of a criterion only the value that is sought."""
    if not isinstance(node, Call):
        return node.children
    criteria = [arg.accepts == "criterion" for arg in FUNCTIONS[node.name].slots(len(node.args)) or ()]
    return [arg.children[1] if sought else arg for arg, sought in zip(node.args, criteria, strict=True)]


def _value(node: Node, evaluate: Evaluate, kind: str) -> Any:
    if isinstance(node, Literal):
        return node.value
    column = evaluate(node, kind)
    if node.table is None:
        return finish(column, node.kind, None, 1).to_list()[0]
    return finish(column, node.kind, None, len(column)).to_list()[:SHOWN_ITEMS]


def _label(node: Node) -> str:
    match node:
        case Field() | ItemColumn() | Call():
            return node.name
        case Chain():
            return node.operators[0]
        case Compare():
            return node.operator
        case Power():
            return "^"
        case Negative():
            return node.sign
        case Percent():
            return "%"
    return ""
