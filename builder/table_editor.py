"""Editing a rule table: every operation takes a table document and returns a new one; the old one stays as it was.

Operations arrive as JSON, `{"do": "set", "row": "r1", "column": "c2", "text": "45%"}`; `perform` finds the function of
that name. Rows and columns are named by their permanent ids; the row `default` is what holds otherwise. What cannot be
done raises Invalid with a sentence for the person; a table with mistakes in its cells is no reason to refuse.
"""

import copy
import csv
import inspect
import io
from collections.abc import Callable, Sequence
from decimal import Decimal, InvalidOperation
from types import NoneType
from typing import Any

from flask_babel import gettext as _

from builder import table_columns, table_weights, table_words
from builder import table_parts as parts
from builder.table_parts import MOST_CHARACTERS, MOST_ROWS, OTHERWISE
from core.db import Document
from core.errors import Invalid


def perform(document: Document, operation: Document) -> Document:
    """The document after one operation. Raises Invalid."""
    arguments = {name: value for name, value in operation.items() if name != "do"}
    function = OPERATIONS.get(str(operation.get("do")))
    if function is None:
        raise Invalid([parts.stale_page()])
    try:
        inspect.signature(function).bind(document, **arguments)
    except TypeError as error:
        raise Invalid([parts.stale_page()]) from error
    if not all(isinstance(value, _KINDS.get(name, _WORDS)) for name, value in arguments.items()):
        raise Invalid([parts.stale_page()])
    return function(document, **arguments)


# ── cells ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def set_cell(document: Document, row: str, column: str, text: str) -> Document:
    """What somebody typed, in words or in the language."""
    changed = copy.deepcopy(document)
    _put(changed["body"], row, column, text)
    return changed


def clear(document: Document, rows: Sequence[str], columns: Sequence[str]) -> Document:
    changed = copy.deepcopy(document)
    for row in rows:
        for column in columns:
            _put(changed["body"], row, column, "")
    return changed


def paste(
    document: Document, row: str, column: str, text: str, lines: int | None = None, merged: bool = False
) -> Document:
    """A block copied from a spreadsheet, from this cell to the right and down; rows are added where they run out.
    `lines` is how many there were before the page cut them, `merged` whether cells were merged."""
    if merged:
        raise parts.refusal(
            "merged", _("The copied part has merged cells. Unmerge them in the spreadsheet and copy again.")
        )
    block = _block(text)
    if max(lines or 0, len(block)) > MOST_ROWS:
        raise parts.too_many(max(lines or 0, len(block)))
    changed = copy.deepcopy(document)
    body = changed["body"]
    columns = _columns_from(body, column, max(map(len, block), default=0))
    for row_id, cells in zip(_rows_from(body, row, len(block)), block, strict=True):
        for name, typed in zip(columns, cells, strict=False):
            _put(body, row_id, name, typed)
    return changed


def _block(text: str) -> list[list[str]]:
    """The cells of a copied block: tabs between them, quotes around those that hold line breaks or tabs."""
    try:
        return list(csv.reader(io.StringIO(text.rstrip("\r\n"), newline=""), delimiter="\t", strict=True))
    except csv.Error:
        # A lone quote is no quoted cell: 5" is what somebody meant.
        return [line.split("\t") for line in text.splitlines()]


def _columns_from(body: Document, column: str, width: int) -> list[str]:
    names = [one["id"] for one in parts.columns(body)]
    place = names.index(parts.column(body, column)["id"])
    if width > len(names) - place:
        room = {"width": width, "room": len(names) - place}
        raise parts.refusal(
            "too_wide", _("The block has %(width)s columns; from this cell on there are %(room)s.", **room)
        )
    return names[place : place + width]


def _rows_from(body: Document, row: str, height: int) -> list[str]:
    """The ids of as many rows from this one on; new ones where there are none."""
    if row == OTHERWISE:
        if height > 1:
            raise parts.refusal("default", _("Below “otherwise” there are no rows. Paste further up."))
        return [row]
    place = parts.place(body, row)
    while len(body["rows"]) < place + height:
        body["rows"].append(_new_row(body))
    _bounded(body)
    return [one["id"] for one in body["rows"][place : place + height]]


def _put(body: Document, row: str, column: str, typed: str) -> None:
    found = parts.column(body, column)
    is_input = found in body["inputs"]
    if len(str(typed)) > MOST_CHARACTERS:
        raise parts.refusal("too_long", _("A cell holds at most %(most)s characters.", most=MOST_CHARACTERS))
    if row == OTHERWISE:
        if is_input and str(typed).strip():
            raise parts.refusal("default", _("“Otherwise” has no conditions. Add a row for them."))
        cells = body.setdefault("default", {})
    else:
        cells = body["rows"][parts.place(body, row)]["when" if is_input else "then"]
    if row != OTHERWISE or not is_input:
        read = table_words.condition_of if is_input else table_words.outcome_of
        cells[column] = read(str(typed), found)


# ── rows ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def add_row(document: Document, after: str | None = None, values: Document | None = None) -> Document:
    """An empty row after this one, or at the end; `values` are its conditions by column id, as typed."""
    changed = copy.deepcopy(document)
    body = changed["body"]
    place = len(body["rows"]) if after in (None, OTHERWISE) else parts.place(body, str(after)) + 1
    made = _new_row(body)
    body["rows"].insert(place, made)
    _bounded(body)
    for column, typed in (values or {}).items():
        _put(body, made["id"], column, typed)
    return changed


def duplicate_row(document: Document, row: str) -> Document:
    changed = copy.deepcopy(document)
    body = changed["body"]
    place = parts.place(body, row)
    body["rows"].insert(place + 1, copy.deepcopy(body["rows"][place]) | {"id": parts.new_id(body["rows"], "r")})
    _bounded(body)
    return changed


def move_row(document: Document, row: str, by: int) -> Document:
    """Up (-1) or down (1); at the end it stays."""
    changed = copy.deepcopy(document)
    parts.move(changed["body"]["rows"], parts.place(changed["body"], row), by)
    return changed


def delete_row(document: Document, row: str) -> Document:
    changed = copy.deepcopy(document)
    body = changed["body"]
    if row == OTHERWISE:
        body.pop("default", None)
    elif len(body["rows"]) == 1:
        raise parts.refusal("last", _("A table needs at least one row."))
    else:
        del body["rows"][parts.place(body, row)]
    return changed


def add_default(document: Document) -> Document:
    """A row for everything that no other row holds for."""
    changed = copy.deepcopy(document)
    changed["body"].setdefault("default", {column["id"]: "" for column in changed["body"]["outputs"]})
    return changed


def _new_row(body: Document) -> Document:
    when = {column["id"]: table_words.ANY for column in body["inputs"]}
    return {
        "id": parts.new_id(body["rows"], "r"),
        "when": when,
        "then": {column["id"]: "" for column in body["outputs"]},
    }


def _bounded(body: Document) -> None:
    if len(body["rows"]) > MOST_ROWS:
        raise parts.too_many(len(body["rows"]))


# ── the table ─────────────────────────────────────────────────────────────────────────────────────────────────────


def set_hit(document: Document, hit: str) -> Document:
    """Whether the first row that holds counts, or only one may hold."""
    if hit not in ("first", "unique"):
        raise parts.refusal("hit", _("Choose how rows are found."))
    changed = copy.deepcopy(document)
    changed["body"]["hit"] = hit
    changed["body"].pop("collect", None)
    return changed


def weigh(
    document: Document,
    row: str,
    column: str,
    to: str | float,
    locked: Sequence[str] = (),
    giver: str = table_weights.EQUALLY,
) -> Document:
    """Move one weight of a row whose weights have a fixed sum. `to` is in percent where cells are, `giver` the column
    that gives or takes, or all others equally."""
    changed = copy.deepcopy(document)
    body = changed["body"]
    group = next((group for group in table_weights.groups(body) if column in group.columns), None)
    if group is None:
        raise parts.refusal("weights", _("No check of this table adds this column up. Type into the grid instead."))
    cells = body["default"] if row == OTHERWISE else body["rows"][parts.place(body, row)]["then"]
    amounts = _amounts(cells, group)
    wanted = _number(to) / (100 if group.in_percent else 1)
    settled = table_weights.rebalance(
        amounts, column, wanted, total=group.total, locked=[name for name in locked if name != column], giver=giver
    )
    percent = group.in_percent and any("%" in (cells.get(name) or "") for name in group.columns)
    cells |= {name: table_weights.written(amount, percent=percent) for name, amount in settled.items()}
    return changed


def put_weight(document: Document, row: str, column: str, typed: str) -> Document:
    """The weight as typed, the others as they are; their check says so when they no longer add up."""
    changed = copy.deepcopy(document)
    body = changed["body"]
    group = next((group for group in table_weights.groups(body) if column in group.columns), None)
    cells = body["rows"][parts.place(body, row)]["then"]
    if group is None:
        return document
    amount = _number(typed) / (100 if group.in_percent else 1)
    if amount == table_weights.value(cells.get(column)):
        return document
    cells[column] = table_weights.written(amount, percent=group.in_percent and "%" in (cells.get(column) or ""))
    return changed


def _amounts(cells: Document, group: table_weights.Group) -> dict[str, Decimal]:
    amounts = {name: table_weights.value(cells.get(name) or "0") for name in group.columns}
    constant = {name: amount for name, amount in amounts.items() if amount is not None}
    if len(constant) < len(amounts):
        raise parts.refusal("formula", _("This row has a formula among its weights. Change it in the grid."))
    return constant


def _number(typed: str | float) -> Decimal:
    try:
        number = Decimal(str(typed).strip().rstrip("%％"))
    except InvalidOperation:
        raise parts.refusal("number", _("Write the weight as a number.")) from None
    if not number.is_finite():
        raise parts.refusal("number", _("Write the weight as a number."))
    return number


_WORDS = (str, int, float, NoneType)
_KINDS: dict[str, Any] = {"rows": list, "columns": list, "locked": list, "becomes": list, "values": dict, "by": int}

OPERATIONS: dict[str, Callable[..., Document]] = {
    "set": set_cell,
    "clear": clear,
    "paste": paste,
    "add_row": add_row,
    "duplicate_row": duplicate_row,
    "move_row": move_row,
    "delete_row": delete_row,
    "add_default": add_default,
    "add_column": table_columns.add,
    "duplicate_column": table_columns.duplicate,
    "move_column": table_columns.move,
    "change_column": table_columns.change,
    "delete_column": table_columns.delete,
    "set_hit": set_hit,
    "weigh": weigh,
}
