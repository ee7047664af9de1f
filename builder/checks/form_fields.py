"""The data of a form: required names exist, limits fit, kinds of fields suit their types, pickers know what to pick."""

from collections.abc import Iterator

from flask_babel import gettext as _

from builder.forms.document import Field, Form
from builder.forms.widgets import CHOOSERS
from builder.shape import pointer
from core.db import Document
from core.errors import Problem

BOUNDS = (("minimum", "maximum"), ("minLength", "maxLength"), ("minItems", "maxItems"))
OF_TYPE = {
    "number": {"minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "x-decimals"},
    "string": {"minLength", "maxLength", "x-options", "x-serial", "x-files", "x-lookup", "x-pick"},
    "array": {"minItems", "maxItems", "uniqueItems", "items", "x-options", "x-files", "x-pick"},
    "boolean": {"x-lookup"},
}
OF_TYPE["integer"] = OF_TYPE["number"] | {"x-pick", "x-lookup"}
OF_TYPE["number"] |= {"x-lookup"}
EVERYWHERE = {"x-id", "title", "x-title-en", "type", "default"}
NEEDS = {
    "lookup": "x-lookup",
    "serial": "x-serial",
    "choice": "x-options",
    "choices": "x-options",
    "cascading": "x-options",
}


def no_field(path: str, name: str) -> Problem:
    return Problem(path, "field", _("There is no field “%(name)s”. Name one of the data.", name=name))


def problems(form: Form) -> Iterator[Problem]:
    yield from _required(form.body["data"], ("body", "data"))
    for field in form.tops:
        place = ("body", "data", "properties", field.name)
        yield from _field(form, field, place)
        if field.columns:
            yield from _required(field.spec["items"], (*place, "items"))
            for column in field.columns:
                yield from _column(form, column, (*place, "items", "properties", column.name))


def _required(data: Document, path: tuple[str, ...]) -> Iterator[Problem]:
    for position, name in enumerate(data.get("required", ())):
        if name not in data["properties"]:
            yield no_field(pointer((*path, "required", position)), name)


def _column(form: Form, column: Field, path: tuple[str, ...]) -> Iterator[Problem]:
    if column.widget in ("table", "lookup", "serial"):
        yield Problem(pointer(path), "column", _("This kind of field cannot be a column. Put it on the form itself."))
        return
    yield from _field(form, column, path)


def _field(form: Form, field: Field, path: tuple[str, ...]) -> Iterator[Problem]:
    yield from _keywords(field, path)
    yield from _limits(field.spec, path)
    yield from _kind(field, path)
    yield from _names(form, field, path)


def _keywords(field: Field, path: tuple[str, ...]) -> Iterator[Problem]:
    """JSON Schema passes over a limit of another type in silence; its author meant something."""
    for key in field.spec.keys() - OF_TYPE[field.spec["type"]] - EVERYWHERE:
        sentence = _("“%(key)s” says nothing about a field of this type. Remove it.", key=key)
        yield Problem(pointer((*path, key)), "keyword", sentence)
    if field.spec["type"] == "array" and "items" not in field.spec:
        yield Problem(pointer((*path, "items")), "required", _("“%(key)s” is missing. Add it.", key="items"))
    if field.shape == "array of object" and not field.columns:
        yield Problem(pointer((*path, "items")), "columns", _("A sub-table needs at least one column."))


def _limits(spec: Document, path: tuple[str, ...]) -> Iterator[Problem]:
    for least, most in BOUNDS:
        if least in spec and most in spec and spec[least] > spec[most]:
            yield Problem(pointer((*path, most)), "limits", _("The least is above the most. Exchange them."))


def _kind(field: Field, path: tuple[str, ...]) -> Iterator[Problem]:
    if field.shape not in field.type.shapes:
        known = ", ".join(field.type.shapes)
        sentence = _("A field of the kind “%(kind)s” is stored as %(types)s.", kind=field.widget, types=known)
        yield Problem(pointer((*path, "type")), "widget", sentence)
    if NEEDS.get(field.widget, "type") not in field.spec:
        sentence = _("“%(key)s” is missing. Add it.", key=NEEDS[field.widget])
        yield Problem(pointer((*path, NEEDS[field.widget])), "required", sentence)
    if field.widget == "record" and "form" not in field.spec.get("x-pick", {}):
        yield Problem(pointer((*path, "x-pick")), "required", _("Say which form's records may be picked."))
    if "x-options" in field.spec and field.widget not in CHOOSERS:
        yield Problem(
            pointer((*path, "x-options")), "options", _("Only choices have options. Change the kind of the field.")
        )


def _names(form: Form, field: Field, path: tuple[str, ...]) -> Iterator[Problem]:
    """What a field's own settings name."""
    options = field.spec.get("x-options")
    for column, identity in (options.get("match", {}) if isinstance(options, dict) else {}).items():
        if identity not in form.fields:
            yield no_field(pointer((*path, "x-options", "match", column)), identity)
    if isinstance(options, dict) and options["from"] == "table" and not {"table", "column"} <= options.keys():
        yield Problem(pointer((*path, "x-options")), "table", _("Say which table and which of its columns."))
    link = form.fields.get(field.spec["x-lookup"]["link"]) if "x-lookup" in field.spec else None
    if "x-lookup" in field.spec and (link is None or link.widget != "record" or link.several):
        sentence = _("Name a field that holds one linked record.")
        yield Problem(pointer((*path, "x-lookup", "link")), "link", sentence)
