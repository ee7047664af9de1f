"""What the formulas of a form may name, and the values that the names stand for.

A field is named by its title, a column as 子表.列, a cell of the row that is being computed as 本行.列, a date range
期间 by 期间开始 and 期间结束. Choices are their titles, picked people and goals their names.
"""

import datetime as dt
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any

import formulas
from builder.forms import options
from builder.forms.document import Field, Form
from builder.forms.widgets import RANGE_NAMES
from builder.forms.world import Values, World
from formulas.characters import normal_name

MOST = 10**15  # beyond this a float no longer tells one yuan from the next
MOST_TEXT = 4_000  # what a formula reads of a text
ACCEPTED: dict[str, tuple[type, ...]] = {"number": (int, float), "text": (str,), "bool": (bool,), "date": (str,)}
TYPES = {"choices": "text", "files": "text"}


def schema(form: Form, table: Field | None = None) -> formulas.Schema:
    """The names of the form; within a sub-table those of the row as well. Raises FormulaError when two collide."""
    return form.once(("schema", table.id if table else None), lambda: _schema(form, table))


def _schema(form: Form, table: Field | None) -> formulas.Schema:
    return formulas.Schema(
        fields={name: type_ for field in form.tops for name, type_ in _typed(field)}
        | {name: form.scope.fields[name] for name in form.scope.uses},
        tables={entry.title["zh"]: _columns(entry) for entry in form.tables},
        own_row=_columns(table) if table else None,
    )


def _columns(table: Field) -> dict[str, Any]:
    return {name: type_ for column in table.columns for name, type_ in _typed(column)}


def _typed(field: Field) -> Iterator[tuple[str, Any]]:
    title = field.title["zh"]
    if field.widget == "date_range":
        yield from ((title + end, "date") for end in RANGE_NAMES)
    elif field.kind == "choice" and (known := options.titles(field)):
        yield title, {"type": "choice", "options": known}
    elif field.kind is not None:
        yield title, TYPES.get(field.kind, "text" if field.kind == "choice" else field.kind)


def compiled(form: Form, text: str, table: Field | None = None, decimals: int | None = None) -> formulas.Formula:
    """A formula of the form, kept with it. Raises FormulaError."""
    key = ("formula", text, table.id if table else None, decimals)
    return form.once(key, lambda: formulas.compile(text, schema(form, table), decimals))


def sound(form: Form, text: str, table: Field | None = None, decimals: int | None = None) -> formulas.Formula | None:
    """The same; None for a formula that does not compile, as there may be in a draft."""
    try:
        return compiled(form, text, table, decimals)
    except formulas.FormulaError:
        return None


# ── values ────────────────────────────────────────────────────────────────────────────────────────────────────────


def row(form: Form, values: Values, world: World) -> dict[str, Any]:
    """What formulas see: a blank (None) for what is not filled in or is of the wrong type, which is told elsewhere."""
    seen: dict[str, Any] = {}
    for field in form.tops:
        value = values.get(field.name)
        if field.widget == "table":
            seen[normal(field.title["zh"])] = cells(field, value, world)
        else:
            seen.update(spoken(field, value, world))
    return seen


def cells(table: Field, rows: Any, world: World) -> list[dict[str, Any]]:
    rows = rows if isinstance(rows, list) else []
    columns = [(column, column.name, normal(column.title["zh"]), column.kind) for column in table.columns]
    return [_cells(columns, entry if isinstance(entry, dict) else {}, world) for entry in rows]


def _cells(columns: list[tuple[Field, str, str, str | None]], entry: Mapping[str, Any], world: World) -> dict[str, Any]:
    seen: dict[str, Any] = {}
    for column, name, title, kind in columns:
        value = entry.get(name)
        if kind == "number" and (value.__class__ is int or value.__class__ is float):
            seen[title] = value
        elif value is None and column.widget not in ("switch", "date_range"):
            seen[title] = None
        else:
            seen.update(spoken(column, value, world))
    return seen


def spoken(field: Field, value: Any, world: World) -> Iterator[tuple[str, Any]]:
    """The value under each name that the field has in formulas."""
    name = normal(field.title["zh"])
    if field.widget == "date_range":
        days = value if isinstance(value, list) and len(value) == 2 else (None, None)
        yield from ((normal(name + end), said_day(day)) for end, day in zip(RANGE_NAMES, days, strict=True))
    elif field.kind is not None:
        yield name, said(field, value, world)


def said(field: Field, value: Any, world: World) -> Any:
    kind = field.kind
    if field.widget == "switch":
        return value is True
    if value is None:
        return None
    if kind == "date":
        return said_day(value)
    if kind == "files":
        return "+" if value else None
    if kind in ("choice", "choices"):
        chosen = value if isinstance(value, list) else [value]
        named = (_called(field, entry, world) for entry in chosen if may_be_named(field, entry))
        return ", ".join(name for name in named if name) or None
    if kind == "text":
        return value[:MOST_TEXT] if isinstance(value, str) else None
    return value if _is(str(kind), value) else None


def may_be_named(field: Field, value: Any) -> bool:
    """Whether it can be the id of what is picked, or of an option: nobody is asked for anything else."""
    return isinstance(value, str) if field.shape.endswith("string") else is_id(value)


def is_id(value: Any) -> bool:
    return value.__class__ is int and 0 < value <= MOST


def _called(field: Field, value: Any, world: World) -> str | None:
    if "x-options" not in field.spec:
        return world.named(field.widget, value)
    given = field.spec["x-options"]
    if isinstance(given, list):
        option = options.chosen(options.listed(given), value)
        return option.title["zh"] if option else None
    source = world.known.get(("metric", value)) if given["from"] == "metrics" else None
    return source.document["title"]["zh"] if source else str(value)


def said_day(value: Any) -> str | None:
    """The day of a date or date and time; a text that is none is blank here and a problem where it stands."""
    from_text = value[:10] if isinstance(value, str) else ""
    return from_text if is_day(from_text) else None


@lru_cache(maxsize=2048)
def is_day(text: str) -> bool:
    """Whether it is a day that exists, as 2025-01-31."""
    try:
        return len(text) == 10 and dt.date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


def _is(kind: str, value: Any) -> bool:
    return isinstance(value, ACCEPTED[kind]) and (kind != "number" or value.__class__ is not bool)


normal = lru_cache(maxsize=4096)(normal_name)
