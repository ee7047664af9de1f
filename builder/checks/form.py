"""A form holds together: every name leads somewhere, every field can be reached, rules do not contradict each other,
formulas compile, and the cases kept with it come out as they say.
"""

from collections import Counter
from collections.abc import Iterator

from flask_babel import gettext as _

import formulas
from builder import forms
from builder.checks import form_creates, form_fields, form_layout, form_rules
from builder.expressions import refused
from builder.forms import cases, computing, names
from builder.forms.document import Form
from builder.shape import pointer
from builder.sources import Sources
from core.db import Document
from core.errors import Problem


def problems(body: Document, known: Sources) -> Iterator[Problem]:
    form = forms.of(body, known=known)
    found = [*form_fields.problems(form), *form_layout.problems(form)]
    unnamed = [*_scopes(form), *_uses(form)]
    found += unnamed or [*_computed(form), *form_rules.problems(form), *_others(form)]
    yield from found
    if not found:
        yield from cases.tried(form, known)


def _uses(form: Form) -> Iterator[Problem]:
    for problem in form.scope.problems:
        yield Problem(f"/body/uses{problem.path}", problem.code, problem.message)


def _scopes(form: Form) -> Iterator[Problem]:
    """Formulas and people tell fields apart by title: where a name fails, every formula with it would fail again."""
    yield from _repeated(form.body["data"], ("body", "data"))
    for table in form.tables:
        yield from _repeated(table.spec["items"], ("body", "data", "properties", table.name, "items"))
    try:
        names.schema(form)
    except formulas.FormulaError as error:
        yield refused(error, "/body/data/properties")


def _repeated(data: Document, path: tuple[str, ...]) -> Iterator[Problem]:
    seen: Counter[str] = Counter()
    for name, spec in data["properties"].items():
        seen[spec["title"]] += 1
        if seen[spec["title"]] == 2:
            sentence = _("Another field is called “%(title)s” already. Rename one.", title=spec["title"])
            yield Problem(pointer((*path, "properties", name, "title")), "repeated", sentence)


def _computed(form: Form) -> Iterator[Problem]:
    for position, entry in enumerate(form.body.get("computed", ())):
        place = ("body", "computed", position)
        target = form.fields.get(entry["field"])
        if target is None:
            yield form_fields.no_field(pointer((*place, "field")), entry["field"])
            continue
        table = form.fields[target.table] if target.table else None
        yield from form_rules.formula(form, entry["formula"], pointer((*place, "formula")), table, target)
    if circle := computing.circle(form):
        way = " → ".join(circle)
        sentence = _("These fields are computed from each other in a circle: %(way)s. Cut one link.", way=way)
        yield Problem("/body/computed", "circle", sentence)


def _others(form: Form) -> Iterator[Problem]:
    """What prefills, limits, rights and creations name."""
    body = form.body
    for position, entry in enumerate(body.get("prefill", ())):
        yield from _prefilled(form, entry, ("body", "prefill", position))
    for part in ("access", "records", "creates"):
        for position, entry in enumerate(body.get(part, ())):
            for path, field_id in _named(entry):
                if field_id not in form.fields:
                    yield form_fields.no_field(pointer(("body", part, position, *path)), field_id)
            if "when" in entry:
                yield from form_rules.formula(
                    form, entry["when"], pointer(("body", part, position, "when")), wanted="bool"
                )
    if "named_by" in body and body["named_by"] not in form.fields:
        yield form_fields.no_field("/body/named_by", body["named_by"])
    yield from form_creates.problems(form)
    yield from _days(body)


def _named(entry: Document) -> Iterator[tuple[tuple[str | int, ...], str]]:
    for position, field_id in enumerate(entry.get("fields", ())):
        yield ("fields", position), field_id
    for position, condition in enumerate(entry.get("where", ())):
        yield ("where", position, "field"), condition["field"]
    if isinstance(entry.get("from"), dict):
        for part, field_id in entry["from"].items():
            yield ("from", part), field_id


def _prefilled(form: Form, entry: Document, place: tuple[str | int, ...]) -> Iterator[Problem]:
    for key in ("field", "link"):
        if key in entry and (entry[key] not in form.fields or form.fields[entry[key]].table):
            yield form_fields.no_field(pointer((*place, key)), entry[key])
    if entry.get("from") == "link" and not {"link", "of"} <= entry.keys():
        yield Problem(pointer(place), "link", _("Say which linked record (link) and which of its fields (of)."))
    if "formula" in entry and entry["field"] in form.fields:
        target = form.fields[entry["field"]]
        yield from form_rules.formula(form, entry["formula"], pointer((*place, "formula")), None, target)


def _days(body: Document) -> Iterator[Problem]:
    for part in ("limits", "public"):
        for key in ("from", "until"):
            day = body.get(part, {}).get(key)
            if day is not None and not names.is_day(day):
                yield Problem(f"/body/{part}/{key}", "day", _("Write a day as 2025-01-31."))
