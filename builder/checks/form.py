"""A form holds together: layout and formulas name fields that exist, limits fit, titles are told apart."""

from collections.abc import Iterator

from flask_babel import gettext as _

import formulas
from builder import forms
from builder.expressions import refused
from builder.shape import pointer
from builder.sources import Sources
from core.db import Document
from core.errors import Problem


def problems(body: Document, known: Sources) -> Iterator[Problem]:
    yield from _required(body["data"])
    yield from _layout(body)
    yield from _titles(body["data"])
    try:
        schema = forms.formula_schema(body["data"])
    except formulas.FormulaError as error:
        yield refused(error, "/body/data/properties")
        return
    yield from _computed(body, schema)


def _required(data: Document) -> Iterator[Problem]:
    for position, name in enumerate(data.get("required", ())):
        if name not in data["properties"]:
            yield _no_field(pointer(("body", "data", "required", position)), name)


def _titles(data: Document) -> Iterator[Problem]:
    """Formulas and people tell fields apart by title."""
    seen: set[str] = set()
    for name, spec in data["properties"].items():
        if spec["title"] in seen:
            sentence = _("Another field is called “%(title)s” already. Rename one.", title=spec["title"])
            yield Problem(pointer(("body", "data", "properties", name, "title")), "repeated", sentence)
        seen.add(spec["title"])


def _layout(body: Document) -> Iterator[Problem]:
    ids = _ids(body)
    for position, section in enumerate(body["layout"]):
        for place, item in enumerate(section["items"]):
            if item["field"] not in ids:
                yield _no_field(pointer(("body", "layout", position, "items", place, "field")), item["field"])


def _computed(body: Document, schema: formulas.Schema) -> Iterator[Problem]:
    for position, entry in enumerate(body.get("computed", ())):
        place = ("body", "computed", position)
        if entry["field"] not in _ids(body):
            yield _no_field(pointer((*place, "field")), entry["field"])
        try:
            formulas.compile(entry["formula"], schema)
        except formulas.FormulaError as error:
            yield refused(error, pointer((*place, "formula")))


def _ids(body: Document) -> set[str]:
    return {spec["x-id"] for spec in body["data"]["properties"].values()}


def _no_field(path: str, name: str) -> Problem:
    return Problem(path, "field", _("There is no field “%(name)s”. Name one of the data.", name=name))
