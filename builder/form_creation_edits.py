"""Deeds on what sending a form creates: figures, touches, done tasks, goals and their key results, cases, assets."""

from typing import Any

from flask_babel import gettext as _

from builder import form_data, form_tree
from builder.form_around import Around, Posted
from builder.form_field_edits import with_key
from builder.form_setting_edits import Deed, entry_of, replaced
from builder.forms.creating import KINDS, ROWS, SOURCES
from core.db import Document
from core.errors import Invalid, Problem

BEGINS: dict[str, tuple[str, tuple[str, ...]]] = {
    "fact": ("value", ("number", "money", "percent")),
    "touch": ("customer", ("customer",)),
    "task_done": ("task", ("task",)),
    "goal": ("title", ("text", "long_text")),
    "check_in": ("goal", ("goal",)),
    "case": ("title", ("text", "long_text", "choice")),
    "asset": ("title", ("text", "long_text")),
    "swap": ("task", ("task",)),
}
"""What each is made from first, and of which fields that may be."""


def creates_add(body: Document, posted: Posted, around: Around) -> Document:
    make = posted["make"] if posted.get("make") in BEGINS else "fact"
    found: Document = {"id": form_tree.free_id(body, "w"), "make": make, "from": {}}
    if make == "fact":
        found["metric"] = _first_metric(around)
    if make in KINDS:
        found["kind"] = KINDS[make][0]
    source, widgets = BEGINS[make]
    found["from"] = {source: _first_of(body, widgets)}
    return {**body, "creates": [*body.get("creates", ()), found]}


def _first_metric(around: Around) -> str:
    metrics = sorted(key for kind, key in around.known if kind == "metric")
    if not metrics:
        raise Invalid([Problem("/metric", "metric", _("There is no published metric yet."))])
    return metrics[0]


def _first_of(body: Document, widgets: tuple[str, ...]) -> str:
    items = [node for node in form_tree.walk(body["layout"]) if "field" in node]
    tops = {place.id for place in form_data.beside(body, None)}
    fitting = [node["field"] for node in items if node["widget"] in widgets and node["field"] in tops]
    if not fitting:
        raise Invalid([Problem("/from", "field", _("Add the field first that this is made from."))])
    return str(fitting[0])


def creates(body: Document, posted: Posted, around: Around) -> Document:
    found = entry_of(body, "creates", posted)
    if ("metric", posted.get("metric", "")) in around.known:
        found = {**found, "metric": posted["metric"]}
    if posted.get("kind") in KINDS.get(found["make"], ()):
        found = {**found, "kind": posted["kind"]}
    if "when" in posted:
        found = with_key(found, "when", posted["when"].strip() or None)
    sources = _sources(found["from"], posted, "from", SOURCES[found["make"]])
    if not sources:
        raise Invalid([Problem("/from", "field", _("It is made from at least one field."))])
    if "rows_table" in posted:
        found = with_key(found, "rows", _rows(body, found.get("rows"), posted))
    return replaced(body, "creates", {**found, "from": sources})


def _sources(before: Document, posted: Posted, prefix: str, parts: tuple[str, ...]) -> Document:
    found = dict(before)
    for name in parts:
        if f"{prefix}_{name}" in posted:
            found = with_key(found, name, posted[f"{prefix}_{name}"] or None)
    return found


def _rows(body: Document, before: Document | None, posted: Posted) -> Document | None:
    """The sub-table of the key results; another one begins with its first column as the title."""
    table = posted["rows_table"]
    columns = [place.id for place in form_data.fields(body) if place.table == table]
    if not columns:
        return None
    same = before is not None and before["table"] == table
    sources = _sources(before["from"], posted, "rows", ROWS) if before and same else {"title": columns[0]}
    return {"table": table, "from": sources or {"title": columns[0]}}


def columns_of(body: Document, entry: Any) -> list[tuple[str, str]]:
    """The columns that a key result may be made from."""
    table = entry.get("rows", {}).get("table")
    return [(place.id, place.spec["title"]) for place in form_data.fields(body) if table and place.table == table]


def tables_of(body: Document) -> list[tuple[str, str]]:
    holders = {place.table for place in form_data.fields(body) if place.table}
    return [(place.id, place.spec["title"]) for place in form_data.fields(body) if place.id in holders]


DEEDS: dict[str, Deed] = {"creates_add": creates_add, "creates": creates}
