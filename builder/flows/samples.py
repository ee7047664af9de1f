"""The record that a flow is tried with: what its conditions and its people depend on, from defaults and what is typed.

asked = samples.asked(body, known)                       the fields that decide something, for the page
sample, problems = samples.read(body, known, chart, request.args)
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from builder import flows, forms
from builder.flows import tree
from builder.flows.dry_run import Sample
from builder.forms import Field, Form, Who, World, names, options
from builder.sources import Sources
from core.db import Document
from core.errors import Problem
from core.i18n import text
from formulas.nodes import Field as Name
from organization.approvers import Chart, Person
from workflows.document import expressions

Typed = Mapping[str, str]


@dataclass(frozen=True)
class Asked:
    """One value that can be chosen: under which name it is posted, what may be picked, what stands there first."""

    post: str
    title: str
    choices: tuple[tuple[str, str], ...] = ()
    default: str = ""
    hint: str = ""


def asked(body: Document, known: Sources) -> list[Asked]:
    """What conditions compare and people are taken from; fields of sub-tables keep their defaults."""
    used, form = _used(body, known), flows.form_of(body["subject"], known)
    if form is None:
        return [Asked(f"v_{name}", name) for name in flows.schema(body["subject"], known).fields if name in used]
    return [_asked(field) for field in _fields(form, used)]


def read(body: Document, known: Sources, chart: Chart, typed: Typed) -> tuple[Sample, list[Problem]]:
    """The record with what was typed, and what of it cannot be read."""
    form = flows.form_of(body["subject"], known)
    if form is None:
        return _plain(body, known, typed)
    values = forms.begin(form, World(known=known))
    problems: list[Problem] = []
    world = _world(chart, known)
    for field in _fields(form, _used(body, known)):
        try:
            given = forms.parse(field, typed.get(f"v_{field.id}"), world, options.listed(_listed(field)))
        except ValueError as error:
            problems.append(Problem(f"/v_{field.id}", "format", f"{text(field.title)}: {error}"))
        else:
            values |= {field.name: given} if given is not None else {}
    return _of_form(form, values, chart, known), problems


# ── which fields ──────────────────────────────────────────────────────────────────────────────────────────────────


def _used(body: Document, known: Sources) -> frozenset[str]:
    """The names that conditions read and that people are taken from."""
    workflow = flows.sound(body, known)
    found: set[str] = set()
    for step in tree.walk(body["steps"]):
        found |= {name.partition(".")[0] for name in _people_fields(step)}
        formulas = workflow.steps[step["id"]].formulas if workflow else {}
        for place, _text, _kind in expressions(step):
            if place in formulas:
                found |= {node.name for node in formulas[place].tree.walk() if isinstance(node, Name)}
    return frozenset(names.normal(name) for name in found)


def _people_fields(step: Document) -> Iterator[str]:
    everybody = [*step.get("who", ()), step.get("empty", {}).get("to", {})]
    yield from (who["field"] for who in everybody if who.get("field"))


def _fields(form: Form, used: frozenset[str]) -> list[Field]:
    return [field for field in form.tops if names.normal(field.title["zh"]) in used and field.widget != "table"]


def _listed(field: Field) -> list[Document]:
    given = field.spec.get("x-options")
    return given if isinstance(given, list) else []


def _asked(field: Field) -> Asked:
    choices: tuple[tuple[str, str], ...] = ()
    if field.widget == "switch":
        choices = (("1", text({"zh": "是", "en": "yes"})), ("0", text({"zh": "否", "en": "no"})))
    elif listed := options.listed(_listed(field)):
        choices = tuple((option.value, text(option.title)) for option in options.walk(listed))
    default = "" if field.default is None or isinstance(field.default, list | dict) else str(field.default)
    return Asked(f"v_{field.id}", text(field.title), choices, default, field.widget)


# ── the record ────────────────────────────────────────────────────────────────────────────────────────────────────


def _of_form(form: Form, values: dict[str, Any], chart: Chart, known: Sources) -> Sample:
    calling = _world(chart, known)

    def row(person: Person) -> Mapping[str, Any]:
        unit = chart.units[person.unit_id].name if person.unit_id in chart.units else ""
        himself = Who(person.id, frozenset(), person.name, person.unit_id, unit, person.manager_id)
        return names.row(form, values, World(himself, known, named=calling.named))

    return Sample({field.title["zh"]: _raw(field, values.get(field.name)) for field in form.tops}, row)


def _raw(field: Field, value: Any) -> Any:
    """A sub-table by the titles of its columns, as flows name them."""
    if field.widget != "table":
        return value
    return [{column.title["zh"]: row.get(column.name) for column in field.columns} for row in value or ()]


def _plain(body: Document, known: Sources, typed: Typed) -> tuple[Sample, list[Problem]]:
    """What the product itself has decided on: numbers and texts by their names."""
    values: dict[str, Any] = {}
    problems = []
    for name, type in flows.schema(body["subject"], known).fields.items():
        given = typed.get(f"v_{name}", "").strip()
        try:
            values[name] = (float(given) if type.kind == "number" else given) if given else None
        except ValueError:
            problems.append(
                Problem(f"/v_{name}", "format", text({"zh": f"{name}：请填数字", "en": f"{name}: a number"}))
            )
    return Sample(values, lambda person: values), problems


def _world(chart: Chart, known: Sources) -> World:
    """People and units are typed by their name or number, and called by it."""
    everybody = {"person": chart.members, "unit": chart.units}

    def found(field: Field, words: str) -> int | None:
        meant = [one.id for one in everybody.get(field.widget, {}).values() if words in _spellings(one)]
        return meant[0] if len(meant) == 1 else None

    def named(widget: str, value: Any) -> str | None:
        one = everybody.get(widget, {}).get(value)
        return one.name if one else str(value)

    return World(known=known, found=found, named=named)


def _spellings(one: Any) -> tuple[str, ...]:
    return (one.name, getattr(one, "code", ""))
