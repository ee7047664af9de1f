"""What is wrong with a rule table, each finding at its row and column, with a remedy and where possible one click."""

import datetime as dt
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _

from builder import table_weights
from core.db import Document
from core.i18n import language, text
from formulas import tables
from formulas.tables.body import TableProblem

MOST_TOLD = 20
_ROW = re.compile(r"/rows/(\d+)(?:/(?:when|then)/(\w+))?")
_DEFAULT = re.compile(r"/default/(\w+)")
_COLUMN = re.compile(r"/(inputs|outputs)/(\d+)")


@dataclass(frozen=True)
class Finding:
    """`row` and `column` are ids; `remedy` is an operation of `table_editor` and `offer` the words on its button."""

    code: str
    message: str
    row: str | None = None
    column: str | None = None
    offer: str = ""
    remedy: Document | None = None


def findings(body: Document) -> list[Finding]:
    """Cells that do not compile, and if all do: rows that fail a check, rows that say two things, and gaps."""
    try:
        table = tables.compile_table(body)
    except tables.TableError as error:
        return [_placed(problem, body) for problem in error.problems[:MOST_TOLD]]
    found = [_failed_check(problem, body) for problem in table.row_problems()]
    if table.hit == "unique":
        found += _overlaps(table, body)
    if table.hit != "collect":
        found += _gaps(table, body)
    return found[:MOST_TOLD]


def _placed(problem: TableProblem, body: Document) -> Finding:
    row = column = None
    if place := _ROW.match(problem.path):
        row, column = body["rows"][int(place[1])]["id"], place[2]
    elif place := _DEFAULT.match(problem.path):
        row, column = "default", place[1]
    elif place := _COLUMN.match(problem.path):
        column = body[place[1]][int(place[2])]["id"]
    return Finding(problem.code, problem.message[language()], row, column)


def _failed_check(problem: TableProblem, body: Document) -> Finding:
    """Where weights miss their sum, the difference can be spread over the others."""
    found = _placed(problem, body)
    for group in table_weights.groups(body):
        cells = next(row for row in body["rows"] if row["id"] == found.row)["then"]
        amounts = [table_weights.value(cells.get(name) or "0") for name in group.columns]
        if None in amounts or sum(amounts) == group.total:
            continue
        now = table_weights.written(sum(amounts), percent=group.in_percent)
        kept = amounts[0] * (100 if group.in_percent else 1)
        remedy = {"do": "weigh", "row": found.row, "column": group.columns[0], "to": str(kept)}
        sentence = _("%(rule)s Now it is %(sum)s.", rule=found.message, sum=now)
        return Finding(found.code, sentence, found.row, None, _("Spread the difference over the others"), remedy)
    return found


def _overlaps(table: tables.CompiledTable, body: Document) -> Iterator[Finding]:
    numbers = {row["id"]: number for number, row in enumerate(body["rows"], 1)}
    for overlap in table.overlaps(limit=MOST_TOLD):
        first, second = (numbers[row] for row in overlap.rows)
        rows = {"first": first, "second": second, "values": _values(overlap.witness, body)}
        sentence = _("Rows %(first)s and %(second)s both hold for %(values)s. Narrow one of them.", **rows)
        remedy = {"do": "set_hit", "hit": "first"}
        yield Finding("overlap", sentence, overlap.rows[1], None, _("Let the upper row count"), remedy)


def _gaps(table: tables.CompiledTable, body: Document) -> Iterator[Finding]:
    for gap in table.gaps(limit=3):
        values = {column["id"]: _typed(gap.witness[title]) for column, title in _known(gap.witness, body)}
        sentence = _(
            "No row holds for %(values)s. Add one, or say what holds otherwise.", values=_values(gap.witness, body)
        )
        yield Finding("gap", sentence, None, None, _("Add this row"), {"do": "add_row", "values": values})


def _known(witness: Mapping[str, Any], body: Document) -> list[tuple[Document, str]]:
    return [(column, column["title"]["zh"]) for column in body["inputs"] if column["title"]["zh"] in witness]


def _values(witness: Mapping[str, Any], body: Document) -> str:
    """阶段 = 推广期, with the title and the value as the reader knows them."""
    shown = [f"{text(column['title'])} = {_said(witness[title])}" for column, title in _known(witness, body)]
    return ", ".join(shown) or _("every value")


def _said(value: Any) -> str:
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    return f"{value:.10g}" if isinstance(value, float) else str(value)


def _typed(value: Any) -> str:
    if isinstance(value, dt.date):
        return f"DATE({value.year},{value.month},{value.day})"
    return str(value).upper() if isinstance(value, bool) else _said(value)
