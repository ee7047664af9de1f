"""The page of a form: every field stands on it exactly once, columns stand in their sub-table, tabs hold sections."""

from collections.abc import Iterator

from flask_babel import gettext as _

from builder.checks.form_fields import no_field
from builder.forms.document import Field, Form
from builder.forms.widgets import WIDGETS
from builder.shape import pointer
from core.db import Document
from core.errors import Problem

Path = tuple[str | int, ...]


def problems(form: Form) -> Iterator[Problem]:
    placed: dict[str, Path] = {}
    yield from _nodes(form, form.body["layout"], ("body", "layout"), placed)
    for field in form.fields.values():
        if field.id not in placed:
            table = form.fields[field.table].name if field.table else None
            inner = (table, "items", "properties", field.name) if table else (field.name,)
            sentence = _("“%(title)s” stands nowhere on the page. Place it or remove it.", title=field.title["zh"])
            yield Problem(pointer(("body", "data", "properties", *inner)), "unreachable", sentence)


def _nodes(form: Form, nodes: list[Document], path: Path, placed: dict[str, Path]) -> Iterator[Problem]:
    for position, node in enumerate(nodes):
        place = (*path, position)
        if "field" in node:
            yield from _item(form, node, place, placed)
        else:
            yield from _part(node, place)
            yield from _nodes(form, node.get("items", []), (*place, "items"), placed)


def _part(node: Document, place: Path) -> Iterator[Problem]:
    if node["type"] not in ("tabs", "steps"):
        return
    for position, inner in enumerate(node["items"]):
        if inner.get("type") != "section" or "title" not in inner:
            sentence = _("Tabs and steps hold sections with titles. Put this into one.")
            yield Problem(pointer((*place, "items", position)), "section", sentence)


def _item(form: Form, item: Document, place: Path, placed: dict[str, Path]) -> Iterator[Problem]:
    field = form.fields.get(item["field"])
    if field is None or field.table is not None:
        yield no_field(pointer((*place, "field")), item["field"])
        return
    yield from _once(field, place, placed)
    yield from (
        _stray(item, place, "items", "sum") if field.widget != "table" else _columns(form, field, item, place, placed)
    )


def _once(field: Field, place: Path, placed: dict[str, Path]) -> Iterator[Problem]:
    if field.id in placed:
        sentence = _("“%(title)s” stands on the page twice. Keep one.", title=field.title["zh"])
        yield Problem(pointer((*place, "field")), "twice", sentence)
    placed.setdefault(field.id, place)


def _stray(item: Document, place: Path, *keys: str) -> Iterator[Problem]:
    for key in keys:
        if key in item:
            yield Problem(pointer((*place, key)), "table", _("Only a sub-table has columns and sums. Remove this."))


def _columns(form: Form, table: Field, item: Document, place: Path, placed: dict[str, Path]) -> Iterator[Problem]:
    columns = {column.id: column for column in table.columns}
    for position, inner in enumerate(item.get("items", ())):
        column = columns.get(inner["field"])
        if column is None:
            yield no_field(pointer((*place, "items", position, "field")), inner["field"])
        else:
            yield from _once(column, (*place, "items", position), placed)
            yield from _stray(inner, (*place, "items", position), "items", "sum")
    for position, field_id in enumerate(item.get("sum", ())):
        if field_id not in columns or WIDGETS[columns[field_id].widget].kind != "number":
            yield Problem(
                pointer((*place, "sum", position)), "sum", _("Only a column of numbers of this table has a sum.")
            )
