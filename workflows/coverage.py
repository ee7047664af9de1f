"""Where the branches of a `choose` say two things at once or nothing, each with a record that shows it.

Every constant that a field is compared with divides its values: a record is tried for each constant, each gap between
two, and both ends; for each option of a choice. Conditions are judged by the formula language itself, so a record that
is shown is always true. That there is *no* such record is certain only where conditions compare fields with constants.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import islice, pairwise, product
from math import prod
from typing import Any

import formulas
from formulas.nodes import Call, Compare, Field, Literal, Node
from workflows.document import Document

MOST_RECORDS = 4096
"""Above so many combinations only the first are tried, and nothing is said to be certain."""

OTHER = "其他"
OVERLAP, GAP, NEVER = "overlap", "gap", "never"


@dataclass(frozen=True, slots=True)
class Finding:
    """overlap: both branches hold, the first one wins. gap: none holds, the run goes the other way (`else`).
    never: the branch is not reached by any record. `branches` are their positions, `record` names to values."""

    kind: str
    branches: tuple[int, ...]
    record: Mapping[str, Any]


def findings(branches: Sequence[Document], schema: formulas.Schema) -> list[Finding]:
    """What is worth telling about conditions that compile; nothing for those that do not."""
    try:
        conditions = [formulas.compile(branch["when"], schema) for branch in branches]
    except formulas.FormulaError:
        return []
    if any(condition.kind != "bool" for condition in conditions):
        return []
    names = sorted({name for condition in conditions for name in condition.names})
    if any(schema.field(name) is None for name in names):  # columns of sub-tables are not tried
        return []
    choices = {name: _candidates(name, conditions, schema) for name in names}
    certain = prod(map(len, choices.values())) <= MOST_RECORDS and all(_plain(one.tree) for one in conditions)
    records = [dict(zip(names, values, strict=True)) for values in islice(product(*choices.values()), MOST_RECORDS)]
    columns = {name: [record[name] for record in records] for name in names}
    held = [[value is True for value in one.evaluate_batch(columns, len(records)).to_list()] for one in conditions]
    return [*_told(held, records, certain=certain)]


def _told(held: list[list[bool]], records: list[dict[str, Any]], *, certain: bool) -> Iterator[Finding]:
    for later, row in enumerate(held):
        earlier = held[:later]
        for first, other in enumerate(earlier):
            both = next((record for record, a, b in zip(records, other, row, strict=True) if a and b), None)
            if both is not None:
                yield Finding(OVERLAP, (first, later), both)
        free = (not any(taken) for taken in zip(*earlier, strict=True)) if earlier else (True for _ in row)
        if certain and not any(holds and left for holds, left in zip(row, free, strict=True)):
            yield Finding(NEVER, (later,), {})
    nothing = next((record for record, *row in zip(records, *held, strict=True) if not any(row)), None)
    if nothing is not None:
        yield Finding(GAP, (), nothing)


def _candidates(name: str, conditions: Sequence[formulas.Formula], schema: formulas.Schema) -> list[Any]:
    """A value of every sort that the conditions can tell apart."""
    found = schema.field(name)
    assert found is not None, "names of sub-tables were left out before"
    kind, options = found[1].kind, found[1].options
    if kind == "bool":
        return [True, False]
    named = [value for one in conditions for value in _constants(one, name, schema)]
    if kind == "text":
        return sorted(options) if options else [*dict.fromkeys(named), OTHER]
    points = sorted({value for value in named if isinstance(value, date if kind == "date" else float)})
    return _between(points) or [date(2025, 1, 1) if kind == "date" else 1.0]


def _between(points: list[Any]) -> list[Any]:
    """The points, what lies between two of them, and what lies beyond."""
    if not points:
        return []
    one = timedelta(days=1) if isinstance(points[0], date) else 1.0
    inner = [middle for low, high in pairwise(points) for middle in (low, low + (high - low) / 2)]
    return [points[0] - one, *inner, points[-1], points[-1] + one]


def _constants(condition: formulas.Formula, name: str, schema: formulas.Schema) -> Iterator[Any]:
    for node in condition.tree.walk():
        if isinstance(node, Compare):
            for side, other in (node.args, reversed(node.args)):
                if isinstance(side, Field) and (found := schema.field(side.name)) and found[0] == name:
                    value = _constant(condition.text, other)
                    if value is not None:
                        yield value


def _constant(text: str, node: Node) -> Any:
    """The value of an expression without names; None if it has any, or depends on the day."""
    try:
        formula = formulas.compile(text[node.start : node.end], formulas.Schema())
    except formulas.FormulaError:
        return None
    return None if formula.reads_day else formula.evaluate({})


def _plain(node: Node) -> bool:
    """Whether a condition only compares fields with constants: then the records that are tried are all there are."""
    if isinstance(node, Call):
        return node.name in ("AND", "OR", "NOT") and all(_plain(arg) for arg in node.args)
    if isinstance(node, Compare):
        fields = [arg for arg in node.args if isinstance(arg, Field)]
        others = [arg for arg in node.args if not isinstance(arg, Field)]
        return len(fields) == 1 and not any(isinstance(inner, Field | Call) for arg in others for inner in arg.walk())
    return isinstance(node, Field | Literal)
