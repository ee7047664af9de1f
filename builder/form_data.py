"""The data of a form, field by field: the JSON Schema that a form keeps, asked and changed by the ids of its fields.

A column of a sub-table is a field whose `table` is the id of its sub-table. Every change gives a new body.
"""

import re
from collections.abc import Callable, Iterator
from typing import NamedTuple

from core.db import Document
from core.later import Later

pypinyin = Later("pypinyin")

LONGEST_KEY = 40


class Place(NamedTuple):
    """A field as it stands in the data: its name, its schema, the sub-table whose column it is, whether it must be."""

    name: str
    spec: Document
    table: str | None
    required: bool

    @property
    def id(self) -> str:
        return str(self.spec["x-id"])


def fields(body: Document) -> Iterator[Place]:
    """Every field and column, in the order of the data."""
    for place in _of(body["data"], None):
        yield place
        if place.spec.get("items", {}).get("type") == "object":
            yield from _of(place.spec["items"], place.id)


def find(body: Document, field_id: str) -> Place | None:
    return next((place for place in fields(body) if place.id == field_id), None)


def beside(body: Document, table: str | None) -> list[Place]:
    """The fields of the form, or the columns of a sub-table: titles and names differ among them."""
    return [place for place in fields(body) if place.table == table]


def _of(data: Document, table: str | None) -> Iterator[Place]:
    required = data.get("required", ())
    for name, spec in data.get("properties", {}).items():
        yield Place(name, spec, table, name in required)


# ── changing ──────────────────────────────────────────────────────────────────────────────────────────────────────


def with_field(body: Document, table: str | None, name: str, spec: Document) -> Document:
    """One more field, at the end of the form's or of the sub-table's."""
    return _in_data(body, table, lambda data: {**data, "properties": {**data.get("properties", {}), name: spec}})


def without(body: Document, field_id: str) -> Document:
    place = find(body, field_id)
    if place is None:
        return body

    def shorter(data: Document) -> Document:
        kept = {name: spec for name, spec in data["properties"].items() if name != place.name}
        return _required_of({**data, "properties": kept}, [*data.get("required", ())], drop=place.name)

    return _in_data(body, place.table, shorter)


def with_spec(body: Document, field_id: str, spec: Document) -> Document:
    place = find(body, field_id)
    if place is None:
        return body

    def changed(data: Document) -> Document:
        return {**data, "properties": {**data["properties"], place.name: spec}}

    return _in_data(body, place.table, changed)


def with_required(body: Document, field_id: str, required: bool) -> Document:
    place = find(body, field_id)
    if place is None or place.required == required:
        return body

    def changed(data: Document) -> Document:
        names = [*data.get("required", ()), *([place.name] if required else ())]
        return _required_of(data, names, drop=None if required else place.name)

    return _in_data(body, place.table, changed)


def rekeyed(body: Document, field_id: str, name: str) -> Document:
    """The field under another name, in its old place; cases go with it."""
    place = find(body, field_id)
    if place is None or place.name == name:
        return body

    def changed(data: Document) -> Document:
        properties = {name if old == place.name else old: spec for old, spec in data["properties"].items()}
        names = [name if old == place.name else old for old in data.get("required", ())]
        return _required_of({**data, "properties": properties}, names)

    found = _in_data(body, place.table, changed)
    if "cases" not in body:
        return found
    table = find(body, place.table) if place.table else None
    return {**found, "cases": [_case_renamed(case, place.name, name, table) for case in body["cases"]]}


def _in_data(body: Document, table: str | None, change: Callable[[Document], Document]) -> Document:
    if table is None:
        return {**body, "data": change(body["data"])}
    properties = {
        name: {**spec, "items": change(spec["items"])} if spec["x-id"] == table else spec
        for name, spec in body["data"]["properties"].items()
    }
    return {**body, "data": {**body["data"], "properties": properties}}


def _required_of(data: Document, names: list[str], drop: str | None = None) -> Document:
    left = [name for name in names if name != drop]
    bare = {key: value for key, value in data.items() if key != "required"}
    return {**bare, "required": left} if left else bare


def _case_renamed(case: Document, old: str, new: str, table: Place | None) -> Document:
    expects = dict(case["expects"])
    if "values" in expects:
        expects["values"] = _value_renamed(expects["values"], old, new, table)
    for key in ("problems", "warnings"):
        if key in expects:
            expects[key] = [_path_renamed(path, old, new, table) for path in expects[key]]
    return {**case, "given": _value_renamed(case["given"], old, new, table), "expects": expects}


def _value_renamed(values: Document, old: str, new: str, table: Place | None) -> Document:
    if table is None:
        return {new if name == old else name: value for name, value in values.items()}
    rows = values.get(table.name)
    if not isinstance(rows, list):
        return values
    return {**values, table.name: [_value_renamed(row, old, new, None) for row in rows if isinstance(row, dict)]}


def _path_renamed(path: str, old: str, new: str, table: Place | None) -> str:
    parts = path.split("/")
    at = 1 if table is None else 3
    if len(parts) > at and parts[at] == old and (table is None or parts[1] == table.name):
        parts[at] = new
    return "/".join(parts)


# ── names ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def free_name(body: Document, table: str | None, title: str, but: str = "") -> str:
    """The name of a field with this title, from its pinyin; `but` is the field's own name."""
    taken = {place.name for place in beside(body, table)} - {but}
    base = re.sub(r"[^a-z0-9]+", "_", "_".join(pypinyin.lazy_pinyin(title)).lower()).strip("_")[: LONGEST_KEY - 4]
    base = base if re.match(r"[a-z]", base) else f"field_{base}".rstrip("_")
    return next(name for n in range(1, len(taken) + 2) if (name := base if n == 1 else f"{base}_{n}") not in taken)


def free_title(body: Document, table: str | None, title: str) -> str:
    """单行文字, 单行文字 2 … : fields beside each other are told apart by it."""
    taken = {place.spec["title"] for place in beside(body, table)}
    return next(name for n in range(1, len(taken) + 2) if (name := title if n == 1 else f"{title} {n}") not in taken)
