"""Searchable copies of a submission's values, and conditions over them.

A number is found as a number, a day as a day, what was picked by its id, everything else by its text. Files, signatures
and places are not searched. Of a sub-table's column each different value is there once.
"""

import datetime as dt
from collections.abc import Iterator, Mapping
from typing import Any

import sqlalchemy as sa
from sqlalchemy import select

from builder.forms import Field, Form, rich
from core.db import Document, db
from runtime.submissions.models import FieldValue, Submission

LONGEST = 120
INSERT = sa.insert(FieldValue.__table__)
NUMBERS = frozenset({"number", "money", "percent", "slider", "rating", "switch"})
DAYS = frozenset({"date", "date_time", "date_range"})
REFS = frozenset({"person", "unit", "product", "customer", "goal", "task", "record"})
UNSEARCHED = frozenset({"file", "image", "signature", "location", "table"})

OPS = {
    "=": lambda column, value: column == value,
    "<>": lambda column, value: column != value,
    "<": lambda column, value: column < value,
    "<=": lambda column, value: column <= value,
    ">": lambda column, value: column > value,
    ">=": lambda column, value: column >= value,
}


def column_of(field: Field) -> str | None:
    """text, number, day or ref; None for what is not searched. What is looked up or computed is what it looks like."""
    if field.widget in UNSEARCHED:
        return None
    if field.widget in REFS:
        return "ref"
    if field.widget in DAYS:
        return "day"
    numeric = field.widget in NUMBERS or field.spec["type"] in ("number", "integer", "boolean")
    return "number" if numeric else "text"


def write(submission: Submission, form: Form, *, anew: bool) -> None:
    """One statement, after one that takes the former copies away when there are any."""
    if anew:
        db.session.execute(sa.delete(FieldValue).where(FieldValue.submission_id == submission.id))
    rows = list(rows_of(form, submission.values))
    head = {"submission_id": submission.id, "definition_id": submission.definition_id}
    if rows:
        db.session.execute(INSERT, [head | row for row in rows])


def rows_of(form: Form, values: Mapping[str, Any]) -> Iterator[Document]:
    for field in form.tops:
        value = values.get(field.name)
        if field.widget == "table":
            yield from _of_table(field, value)
        elif value is not None:
            yield from _of_field(field, value if isinstance(value, list) else [value])


def _of_table(table: Field, rows: Any) -> Iterator[Document]:
    for column in table.columns:
        cells = [row[column.name] for row in rows or () if column.name in row]
        several = [value for cell in cells for value in (cell if isinstance(cell, list) else [cell])]
        yield from _of_field(column, list(dict.fromkeys(several)))


def _of_field(field: Field, values: list[Any]) -> Iterator[Document]:
    kind = column_of(field)
    if kind is None:
        return
    if field.widget == "rich_text":
        values = [rich.plain(value) for value in values]
    for place, value in enumerate(values):
        yield {"field": field.id, "place": place, **EMPTY, kind: searched(kind, value)}


EMPTY = dict.fromkeys(("text", "number", "day", "ref"))


def searched(kind: str, value: Any) -> Any:
    """A value as its column holds it."""
    if kind == "day":
        return dt.date.fromisoformat(str(value)[:10])
    if kind == "number":
        return float(value)
    return str(value)[:LONGEST] if kind == "text" else value


# ── conditions ───────────────────────────────────────────────────────────────────────────────────────────────────────


def holds(field: Field, op: str, value: Any) -> sa.ColumnElement[bool]:
    """A WHERE over submissions: some value of the field is =, <>, <, … the given one, which is as it is stored."""
    kind = column_of(field)
    if kind is None:
        return sa.false()
    return has(field, OPS[op](getattr(FieldValue, kind), searched(kind, value)))


def contains(field: Field, words: str) -> sa.ColumnElement[bool]:
    """Some text of the field holds the words."""
    text = sa.func.lower(FieldValue.text)
    return has(field, text.contains(words.strip().lower(), autoescape=True))


def has(field: Field, condition: sa.ColumnElement[bool]) -> sa.ColumnElement[bool]:
    """Narrowed to the form as well, so that the index of the column serves it."""
    found = select(FieldValue.submission_id).where(
        FieldValue.submission_id == Submission.id,
        FieldValue.definition_id == Submission.definition_id,
        FieldValue.field == field.id,
        condition,
    )
    return sa.exists(found)
