"""A rule table as a spreadsheet and back: a line of titles, a line for each row, cells in words, formulas as text.

The first column holds the permanent ids, so that a row that comes back is the row that went out, wherever it stands
now. A file without that column will do too: rows are then known by their conditions.
"""

import copy
import io
import zipfile
from collections.abc import Sequence
from typing import Any

from flask_babel import gettext as _
from python_calamine import CalamineWorkbook

from builder import table_parts, table_words
from builder.table_parts import MOST_ROWS, OTHERWISE
from core.db import Document
from core.errors import Invalid, Problem
from core.i18n import text
from organization.imports import reading
from organization.spreadsheets import Table

ID_NAMES = ("编号", "ID", "id")


def sheet(body: Document) -> tuple[list[str], Table]:
    """Titles and lines in the reader's language."""
    header = [_("ID"), *(text(column["title"]) for column in [*body["inputs"], *body["outputs"]])]
    lines = [_line(row, body) for row in body["rows"]]
    if "default" in body:
        outcomes = [table_words.outcome(body["default"].get(one["id"]), one) for one in body["outputs"]]
        lines.append([OTHERWISE, *(_("otherwise") for _one in body["inputs"]), *outcomes])
    return header, lines


def _line(row: Document, body: Document) -> list[str]:
    asked = [table_words.condition(row["when"].get(one["id"]), one) for one in body["inputs"]]
    return [row["id"], *asked, *(table_words.outcome(row["then"].get(one["id"]), one) for one in body["outputs"])]


def taken_in(document: Document, data: bytes) -> Document:
    """The document with the rows of a file. Raises Invalid: merged cells, unknown or missing columns, too many rows."""
    read = reading.read(data)
    _must_not_merge(data)
    if len(read.rows) > MOST_ROWS:
        raise table_parts.too_many(len(read.rows))
    changed = copy.deepcopy(document)
    body = changed["body"]
    places = _places(body, read.header)
    kept = {row["id"]: row for row in body["rows"]}
    body["rows"] = []
    shares = {one["id"]: text(one.get("unit")) == "%" for one in [*body["inputs"], *body["outputs"]]}
    for cells in read.rows:
        _add(body, kept, {name: _typed(cells[place], shares.get(name, False)) for name, place in places.items()})
    if not body["rows"]:
        raise _refusal("empty", _("The file has no rows below its titles."))
    return changed


def _must_not_merge(data: bytes) -> None:
    """Only the first of merged cells has their content, so half of the rows would be read as empty."""
    if not zipfile.is_zipfile(io.BytesIO(data)):
        return
    if CalamineWorkbook.from_filelike(io.BytesIO(data)).get_sheet_by_index(0).merged_cell_ranges:
        raise _refusal("merged", _("The sheet has merged cells. Unmerge them and save it again."))


def _places(body: Document, header: Sequence[str]) -> dict[str, int]:
    """Where each column stands in the file, by id; "" is the column of ids."""
    known = {title: column["id"] for column in [*body["inputs"], *body["outputs"]] for title in _titles(column)}
    known |= dict.fromkeys((*ID_NAMES, _("ID")), "")
    strange = [title for title in header if title.strip() not in known]
    if strange:
        raise _refusal(
            "columns", _("The table has no column “%(title)s”. Its title must be the same.", title=strange[0])
        )
    places = {known[title.strip()]: place for place, title in enumerate(header)}
    missing = [text(one["title"]) for one in [*body["inputs"], *body["outputs"]] if one["id"] not in places]
    if missing:
        raise _refusal("columns", _("The file lacks the column “%(title)s”.", title=missing[0]))
    return places


def _titles(column: Document) -> set[str]:
    return {*column["title"].values(), column["key"]}


def _add(body: Document, kept: dict[str, Document], typed: dict[str, str]) -> None:
    if typed.get("") == OTHERWISE or any(typed[one["id"]] == _("otherwise") for one in body["inputs"]):
        body["default"] = _outcomes(body, typed, body.get("default", {}))
        return
    when = {one["id"]: table_words.condition_of(typed[one["id"]], one) for one in body["inputs"]}
    before = _same(kept, typed.get("", ""), when)
    then = _outcomes(body, typed, before["then"] if before else {})
    if before:
        del kept[before["id"]]
        when = _as_it_was(when, before["when"])
    body["rows"].append({"id": before["id"] if before else _new_id(body, kept), "when": when, "then": then})


def _outcomes(body: Document, typed: dict[str, str], before: Document) -> Document:
    return _as_it_was({one["id"]: table_words.outcome_of(typed[one["id"]], one) for one in body["outputs"]}, before)


def _as_it_was(cells: Document, before: Document) -> Document:
    """A cell that was left out and a cell that says nothing are the same; the difference would be told as a change."""
    return {name: cell for name, cell in cells.items() if name in before or cell not in ("", table_words.ANY)}


def _same(kept: dict[str, Document], row: str, when: Document) -> Document | None:
    if row:
        return kept.get(row)
    return next((one for one in kept.values() if _as_it_was(when, {}) == _as_it_was(one["when"], {})), None)


def _new_id(body: Document, kept: dict[str, Document]) -> str:
    return table_parts.new_id([*body["rows"], *kept.values()], "r")


def _typed(cell: Any, is_share: bool) -> str:
    """A number as people write it: 0.1 + 0.2 is 0.3, and 0.45 in a column of percent is 45%."""
    if isinstance(cell, bool):
        return str(cell).upper()
    if isinstance(cell, int | float):
        return f"{cell * 100:.10g}%" if is_share and 0 <= cell <= 1 else f"{cell:.12g}"
    if hasattr(cell, "year"):
        return f"DATE({cell.year},{cell.month},{cell.day})"
    return "" if cell is None else str(cell).strip()


def _refusal(code: str, sentence: str) -> Invalid:
    return Invalid([Problem("/file", code, sentence)])
