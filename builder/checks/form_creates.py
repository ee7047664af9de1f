"""What sending a form creates: each entry has what it needs, of a kind there is, from fields that can say it."""

from collections.abc import Iterator

from flask_babel import gettext as _

from builder.checks import form_fields
from builder.forms.creating import CONFIDENCE, KINDS, ROWS, SOURCES
from builder.forms.document import Field, Form
from builder.shape import pointer
from core.db import Document
from core.errors import Problem

NEEDED = {
    "fact": ("metric", "value"),
    "touch": ("kind", "customer", "day"),
    "task_done": ("customer",),
    "goal": ("kind", "title"),
    "check_in": ("goal",),
    "case": ("kind", "title"),
    "asset": ("title",),
    "swap": ("task", "title", "value"),
}

NUMBERS = frozenset({"number", "money", "percent", "rating", "slider"})

FITTING = {
    "owner": frozenset({"person"}),
    "witness": frozenset({"person"}),
    "goal": frozenset({"goal"}),
    "parent": frozenset({"goal", "record"}),
    "metric": frozenset({"metric"}),
    "window": frozenset({"date_range"}),
    "until": frozenset({"date"}),
    "start": NUMBERS,
    "target": NUMBERS,
    "weight": NUMBERS,
    "confidence": frozenset({"choice"}),
}
"""Widgets of the fields that may say it; what is not named takes any."""


def problems(form: Form) -> Iterator[Problem]:
    for position, entry in enumerate(form.body.get("creates", ())):
        place = ("body", "creates", position)
        yield from _needed(entry, place)
        for part, field_id in entry["from"].items():
            yield from _fits(form, part, field_id, entry["make"], (*place, "from", part))
        if "rows" in entry:
            yield from _rows(form, entry, (*place, "rows"))


def _needed(entry: Document, place: tuple[str | int, ...]) -> Iterator[Problem]:
    """A fact is of a metric and has a value; a touch is of a kind and has a customer and a day."""
    given = {**entry, **entry["from"]}
    instead = "task" in given and entry["make"] == "task_done"
    for part in () if instead else NEEDED[entry["make"]]:
        if part not in given:
            yield Problem(pointer(place), "required", _("“%(key)s” is missing. Add it.", key=part))
    if "kind" in entry and entry["kind"] not in KINDS.get(entry["make"], ()):
        sentence = _("“%(kind)s” is not a kind of what is made here. Choose another.", kind=entry["kind"])
        yield Problem(pointer((*place, "kind")), "kind", sentence)


def _fits(form: Form, part: str, field_id: str, make: str, place: tuple[str | int, ...]) -> Iterator[Problem]:
    """A field that is not there is told with the others."""
    if part not in SOURCES[make]:
        yield Problem(pointer(place), "source", _("“%(part)s” says nothing about this. Take it out.", part=part))
    elif field_id in form.fields:
        yield from _field_fits(part, form.fields[field_id], place)


def _field_fits(part: str, field: Field, place: tuple[str | int, ...]) -> Iterator[Problem]:
    if field.widget not in FITTING.get(part, {field.widget}):
        sentence = _("The field “%(title)s” cannot say this. Choose another.", title=field.spec["title"])
        yield Problem(pointer(place), "widget", sentence)
    elif part == "confidence" and not _options(field) <= CONFIDENCE:
        sentence = _("A confidence has the options sure, open and hard. Give them these ids.")
        yield Problem(pointer(place), "options", sentence)


def _options(field: Field) -> frozenset[str]:
    given = field.spec.get("x-options", [])
    return frozenset(option["id"] for option in given) if isinstance(given, list) else frozenset({""})


def _rows(form: Form, entry: Document, place: tuple[str | int, ...]) -> Iterator[Problem]:
    """Key results, a row each."""
    rows = entry["rows"]
    table = form.fields.get(rows["table"])
    if entry["make"] != "goal" or table is None or table.widget != "table":
        sentence = _("Only a goal has key results, and they come from a sub-table. Choose one.")
        yield Problem(pointer((*place, "table")), "table", sentence)
        return
    if "title" not in rows["from"]:
        yield Problem(pointer(place), "required", _("“%(key)s” is missing. Add it.", key="title"))
    columns = {column.id: column for column in table.columns}
    for part, field_id in rows["from"].items():
        if part not in ROWS or field_id not in columns:
            yield form_fields.no_field(pointer((*place, "from", part)), field_id)
        else:
            yield from _field_fits(part, columns[field_id], (*place, "from", part))
