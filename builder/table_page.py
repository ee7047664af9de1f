"""A table document as the page shows it: lines of cells in words, weights as sliders, findings at their places."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from flask_babel import gettext as _

from builder import table_weights, table_words
from builder.table_findings import Finding, findings
from builder.table_parts import OTHERWISE
from core.db import Document
from core.i18n import text

MOST_SLIDERS = 40


@dataclass(frozen=True)
class Cell:
    """`words` is what is shown and edited; `problem` what is wrong with it."""

    row: str
    column: str
    words: str
    problem: str
    is_any: bool
    fixed: bool

    @property
    def place(self) -> str:
        return f"{self.row}.{self.column}"


@dataclass(frozen=True)
class Line:
    row: str
    number: int | None
    cells: list[Cell]
    problem: str


@dataclass(frozen=True)
class Weight:
    """One slider: `share` of `most`, moved by `step`, all in the unit that the reader sees."""

    place: str
    column: str
    title: str
    share: str
    locked: bool


@dataclass(frozen=True)
class WeightRow:
    row: str
    title: str
    weights: list[Weight]
    unit: str
    most: str
    step: str
    total: str
    is_off: bool
    giver: str


@dataclass(frozen=True)
class TablePage:
    columns: list[Document]
    inputs: int
    lines: list[Line]
    weights: list[WeightRow]
    findings: list[Finding]
    hit: str


def page(body: Document, locked: Collection[str] = (), givers: Mapping[str, str] | None = None) -> TablePage:
    """`locked` names weights as row.column, `givers` the column that each row takes from; both are the page's own."""
    found = findings(body)
    columns = [*body["inputs"], *body["outputs"]]
    lines = [_line(row, number, body, found) for number, row in enumerate(body["rows"], 1)]
    if "default" in body:
        lines.append(_line({"id": OTHERWISE, "when": {}, "then": body["default"]}, None, body, found))
    weights = [
        weighed
        for group in table_weights.groups(body)
        for row in body["rows"][:MOST_SLIDERS]
        if (weighed := _weight_row(row, group, body, locked, givers or {}))
    ]
    return TablePage(columns, len(body["inputs"]), lines, weights, found, body["hit"])


def types() -> list[tuple[str, str]]:
    """What a column may hold, in words."""
    return [
        ("number", _("a number")),
        ("choice", _("one of several options")),
        ("text", _("text")),
        ("bool", _("yes or no")),
        ("date", _("a date")),
    ]


def _line(row: Document, number: int | None, body: Document, found: list[Finding]) -> Line:
    own = [finding for finding in found if finding.row == row["id"]]
    wrong = {finding.column: finding.message for finding in own}
    cells = [_condition(row, column, wrong) for column in body["inputs"]]
    cells += [_outcome(row, column, wrong) for column in body["outputs"]]
    return Line(row["id"], number, cells, wrong.get(None, ""))


def _condition(row: Document, column: Document, wrong: Mapping[Any, str]) -> Cell:
    cell, fixed = row["when"].get(column["id"]), row["id"] == OTHERWISE
    words = _("otherwise") if fixed else table_words.condition(cell, column)
    is_any = not fixed and words == _("any")
    return Cell(row["id"], column["id"], words, wrong.get(column["id"], ""), is_any, fixed)


def _outcome(row: Document, column: Document, wrong: Mapping[Any, str]) -> Cell:
    words = table_words.outcome(row["then"].get(column["id"]), column)
    return Cell(row["id"], column["id"], words, wrong.get(column["id"], ""), is_any=False, fixed=False)


def _weight_row(
    row: Document, group: table_weights.Group, body: Document, locked: Collection[str], givers: Mapping[str, str]
) -> WeightRow | None:
    """None where a formula stands among the weights: no slider can move it."""
    amounts = {name: table_weights.value(row["then"].get(name) or "0") for name in group.columns}
    if None in amounts.values():
        return None
    factor = 100 if group.in_percent else 1
    unit = "%" if group.in_percent else ""
    titles = {column["id"]: text(column["title"]) for column in body["outputs"]}
    weights = [
        Weight(
            f"{row['id']}.{name}", name, titles[name], _short((amount or 0) * factor), f"{row['id']}.{name}" in locked
        )
        for name, amount in amounts.items()
    ]
    summed = sum((amount for amount in amounts.values() if amount is not None), Decimal(0))
    return WeightRow(
        row=row["id"],
        title=row_title(row, body),
        weights=weights,
        unit=unit,
        most=_short(group.total * factor),
        step=_short(group.total * factor / 100),
        total=_short(summed * factor) + unit,
        is_off=summed != group.total,
        giver=givers.get(row["id"], table_weights.EQUALLY),
    )


def row_title(row: Document, body: Document) -> str:
    """A row by its conditions: 推广期 · ≥ 90%."""
    said = [table_words.condition(row["when"].get(column["id"]), column) for column in body["inputs"]]
    values = [table_words.options_of(row["when"].get(column["id"])) for column in body["inputs"]]
    named = ["、".join(value) if value else words for words, value in zip(said, values, strict=True) if value != []]
    return " · ".join(named) or _("any")


def _short(amount: Decimal | int) -> str:
    return f"{Decimal(amount).normalize():f}"
