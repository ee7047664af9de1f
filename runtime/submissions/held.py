"""Cells of a sub-table that a page shows, or hides, and does not ask for: they keep what stood there before.

Each line that a page draws carries a mark of these cells. Lines may be removed, added and drawn anew before they are
sent; the mark finds what stood in a line wherever it has moved to. It is signed: it says nothing of cells that the
person may not see, and nobody can make one up.
"""

import json
from collections.abc import Callable, Collection, Mapping
from typing import Any

from flask import current_app
from itsdangerous import Signer

from builder.forms import Field, Stood
from core.db import Document


def mark(table: Field, row: Mapping[str, Any], asked: Collection[str]) -> str:
    """Empty where nothing is held. `asked` are ids of the fields that the page asks for."""
    cells = _held(table, row, asked)
    return _signed(table, cells) if cells else ""


def stood(before: Callable[[], Mapping[str, Any]], asked: Collection[str]) -> Stood:
    """The cells behind a mark, for `forms.read`. `before` gives what stood in the form; it is asked for only when a
    line has a mark, and once."""
    known: dict[str, dict[str, Document]] = {}

    def cells(table: Field, marked: str) -> Mapping[str, Any]:
        if not marked:
            return {}
        if table.id not in known:
            rows = [_held(table, row, asked) for row in before().get(table.name) or ()]
            known[table.id] = {_signed(table, row): row for row in rows if row}
        return known[table.id].get(marked, {})

    return cells


def _held(table: Field, row: Mapping[str, Any], asked: Collection[str]) -> Document:
    typed = [column.name for column in table.columns if column.typed and column.id not in asked]
    return {name: row[name] for name in typed if row.get(name) is not None}


def _signed(table: Field, cells: Document) -> str:
    words = json.dumps([table.id, cells], sort_keys=True)
    return Signer(str(current_app.secret_key), salt="held cells").get_signature(words).decode()
