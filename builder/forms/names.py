"""What the formulas of a form may name, and the values that the names stand for.

A field is named by its title, a column as 子表.列, a cell of the row that is being computed as 本行.列, a date range
期间 by 期间开始 and 期间结束. Choices are their titles, picked people and goals their names. 我 is who fills the form,
我的部门 his unit. Two picked things are compared by id, since two people may have one name: `负责人=我` is read as
`[负责人#]=[我#]`, names that nobody writes.
"""

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any

import formulas
from builder.forms import options, rich
from builder.forms.document import Field, Form
from builder.forms.widgets import PICKERS, RANGE_NAMES
from builder.forms.world import Values, World
from formulas.characters import normal_name
from formulas.nodes import Compare, ItemColumn
from formulas.nodes import Field as Name
from formulas.schema import OWN_ROW

MOST = 10**15  # beyond this a float no longer tells one yuan from the next
MOST_TEXT = 4_000  # what a formula reads of a text
ACCEPTED: dict[str, tuple[type, ...]] = {"number": (int, float), "text": (str,), "bool": (bool,), "date": (str,)}
TYPES = {"choices": "text", "files": "text"}
ME, MY_UNIT = "我", "我的部门"
BY_ID = "#"


def schema(form: Form, table: Field | None = None) -> formulas.Schema:
    """The names of the form; within a sub-table those of the row as well. Raises FormulaError when two collide."""
    return form.once(("schema", table.id if table else None), lambda: _schema(form, table))


def _schema(form: Form, table: Field | None, *, by_id: bool = False) -> formulas.Schema:
    fields = {name: type_ for field in form.tops for name, type_ in _typed(field, by_id)}
    fields |= {name: form.scope.fields[name] for name in form.scope.uses}
    for name in (ME, MY_UNIT):
        fields.setdefault(name, "text")
        if by_id:
            fields.setdefault(name + BY_ID, "text")
    return formulas.Schema(
        fields=fields,
        tables={entry.title["zh"]: _columns(entry, by_id) for entry in form.tables},
        own_row=_columns(table, by_id) if table else None,
    )


def _columns(table: Field, by_id: bool) -> dict[str, Any]:
    return {name: type_ for column in table.columns for name, type_ in _typed(column, by_id)}


def _typed(field: Field, by_id: bool) -> Iterator[tuple[str, Any]]:
    title = field.title["zh"]
    if by_id and is_picked(field):
        yield title + BY_ID, "text"
    if field.widget == "date_range":
        yield from ((title + end, "date") for end in RANGE_NAMES)
    elif field.kind == "choice" and (known := options.titles(field)):
        yield title, {"type": "choice", "options": known}
    elif field.kind is not None:
        yield title, TYPES.get(field.kind, "text" if field.kind == "choice" else field.kind)


def compiled(form: Form, text: str, table: Field | None = None, decimals: int | None = None) -> formulas.Formula:
    """A formula of the form, kept with it. Raises FormulaError."""
    key = ("formula", text, table.id if table else None, decimals)
    return form.once(key, lambda: _compiled(form, text, table, decimals))


def _compiled(form: Form, text: str, table: Field | None, decimals: int | None) -> formulas.Formula:
    plain = formulas.compile(text, schema(form, table), decimals)
    by_id = _by_id(form, plain, table)
    return formulas.compile(by_id, _schema_by_id(form, table), decimals) if by_id != text else plain


# ── what is compared by id ────────────────────────────────────────────────────────────────────────────────────────


def _by_id(form: Form, formula: formulas.Formula, table: Field | None) -> str:
    """The text with both sides of a comparison of two picked things named by their ids."""
    text, picked = formula.text, _picked(form, table)
    sides = [side for node in formula.tree.walk() if isinstance(node, Compare) for side in _both(node, picked)]
    for side in sorted(sides, key=lambda side: side.start, reverse=True):
        text = f"{text[: side.start]}{_id_of(side)}{text[side.end :]}"
    return text


def _id_of(side: Name | ItemColumn) -> str:
    if isinstance(side, ItemColumn):
        return f"[{side.table_name}].[{side.column}{BY_ID}]"
    return f"[{side.name}{BY_ID}]"


def _both(node: Compare, picked: Mapping[str, str]) -> Sequence[Name | ItemColumn]:
    """The sides, where both are names of one kind of picked thing."""
    names = [side for side in node.args if isinstance(side, Name | ItemColumn)]
    kinds = {picked.get(side.name) for side in names}
    return names if len(names) == 2 and len(kinds) == 1 and kinds <= PICKERS else ()


def _picked(form: Form, table: Field | None) -> Mapping[str, str]:
    """The kind of what is picked, by every name that formulas may write for it."""
    return form.once(("picked", table.id if table else None), lambda: dict(_picks(form, table)))


def _picks(form: Form, table: Field | None) -> Iterator[tuple[str, str]]:
    yield from ((ME, "person"), (MY_UNIT, "unit"))
    for field in form.tops:
        title = normal(field.title["zh"])
        yield title, field.widget if is_picked(field) else ""
        for column in field.columns:
            for owner in (title, OWN_ROW) if field is table else (title,):
                yield f"{owner}.{normal(column.title['zh'])}", column.widget if is_picked(column) else ""


def _schema_by_id(form: Form, table: Field | None) -> formulas.Schema:
    """The names of the form, and those of ids."""
    return form.once(("schema by id", table.id if table else None), lambda: _schema(form, table, by_id=True))


def sound(form: Form, text: str, table: Field | None = None, decimals: int | None = None) -> formulas.Formula | None:
    """The same; None for a formula that does not compile, as there may be in a draft."""
    try:
        return compiled(form, text, table, decimals)
    except formulas.FormulaError:
        return None


# ── values ────────────────────────────────────────────────────────────────────────────────────────────────────────


def row(form: Form, values: Values, world: World) -> dict[str, Any]:
    """What formulas see: a blank (None) for what is not filled in or is of the wrong type, which is told elsewhere."""
    seen: dict[str, Any] = dict(_himself(world))
    for field in form.tops:
        value = values.get(field.name)
        if field.widget == "table":
            seen[normal(field.title["zh"])] = cells(field, value, world)
        elif not _say(seen, normal(field.title["zh"]), field, value):
            seen.update(spoken(field, value, world))
    return seen


def _say(seen: dict[str, Any], title: str, field: Field, value: Any) -> bool:
    """The short way of plain numbers and texts, which most values are: they are seen as they stand."""
    if field.kind == "number" and (value is None or value.__class__ is int or value.__class__ is float):
        seen[title] = value
        return True
    if field.widget == "text" and (value is None or value.__class__ is str):
        seen[title] = value and value[:MOST_TEXT]
        return True
    return False


def _himself(world: World) -> Iterator[tuple[str, str | None]]:
    me = world.author or world.who
    for name, words, identity in ((ME, me.name, me.member_id), (MY_UNIT, me.unit, me.unit_id)):
        yield from ((name, words or None), (name + BY_ID, str(identity) if identity else None))


def cells(table: Field, rows: Any, world: World) -> list[dict[str, Any]]:
    rows = rows if isinstance(rows, list) else []
    columns = [(column, column.name, normal(column.title["zh"])) for column in table.columns]
    return [_cells(columns, entry if isinstance(entry, dict) else {}, world) for entry in rows]


def _cells(columns: list[tuple[Field, str, str]], entry: Mapping[str, Any], world: World) -> dict[str, Any]:
    seen: dict[str, Any] = {}
    for column, name, title in columns:
        value = entry.get(name)
        if not _say(seen, title, column, value):
            seen.update(spoken(column, value, world))
    return seen


def spoken(field: Field, value: Any, world: World) -> Iterator[tuple[str, Any]]:
    """The value under each name that the field has in formulas."""
    name = normal(field.title["zh"])
    if is_picked(field):
        yield name + BY_ID, str(value) if may_be_named(field, value) else None
    if field.widget == "date_range":
        days = value if isinstance(value, list) and len(value) == 2 else (None, None)
        yield from ((normal(name + end), said_day(day)) for end, day in zip(RANGE_NAMES, days, strict=True))
    elif field.kind is not None:
        yield name, said(field, value, world)


def is_picked(field: Field) -> bool:
    """One thing that is known by an id: two of them are the same when their ids are."""
    return field.widget in PICKERS and not field.several


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
    if field.widget == "rich_text":
        return rich.plain(value)[:MOST_TEXT] if isinstance(value, str) else None
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
        return world.called(field.widget, value)
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
