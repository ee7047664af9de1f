"""Every formula of a form: where it stands, what it may name, what it gives for the cases kept with the form.

`at` goes by ids: computed/f4, prefill/f2, rules/r1/when, rules/r1/check, rules/r1/then/0, creates/w1.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _

import formulas
from builder import formula_cautions, remedies
from builder.forms import Field, Form, Who, World, document, names
from builder.forms.computing import value_of
from builder.formula_editor import Chip, Outcome, Shown
from builder.formula_values import shown
from builder.remedies import Fault
from builder.words import word
from core.db import Document
from core.errors import Problem
from core.i18n import language, text
from formulas.schema import OWN_ROW

DRAWN_WITH = ("rules", "computed", "prefill")


@dataclass(frozen=True)
class Place:
    """`target` is the field that the formula gives; `table` the sub-table whose rows it is computed for."""

    text: str
    target: Field | None = None
    table: Field | None = None
    wanted: str | None = None


def find(body: Document, at: str) -> Place | None:
    """None where there is no such part."""
    form = document.of(body)
    part, _slash, rest = at.partition("/")
    identity, _slash, key = rest.partition("/")
    if part in ("computed", "prefill"):
        entry: Document = next((entry for entry in body.get(part, ()) if entry["field"] == identity), {})
        return _of_field(form, identity, entry.get("formula", ""))
    if part == "rules":
        rule = next((rule for rule in body.get("rules", ()) if rule["id"] == identity), None)
        return _of_rule(form, rule, key) if rule else None
    if part == "creates":
        made = next((entry for entry in body.get("creates", ()) if entry["id"] == identity), None)
        return Place(made.get("when", ""), wanted="bool") if made else None
    return None


def _of_field(form: Form, field_id: str, typed: str) -> Place | None:
    field = form.fields.get(field_id)
    if field is None:
        return None
    return Place(typed, field, form.fields[field.table] if field.table else None)


def _of_rule(form: Form, rule: Document, key: str) -> Place | None:
    if key.startswith("then/"):
        action = rule.get("then", [])[int(key.removeprefix("then/"))]
        return Place(action.get("to", ""), form.fields.get(action.get("set", "")))
    at = form.fields.get(rule.get("at", ""))
    return Place(rule.get(key, ""), None, form.fields[at.table] if at and at.table else None, "bool")


def show(body: Document, at: str, typed: str | None) -> Shown | None:
    """What the formula editor shows of a text at its place; None where the place is gone."""
    place, form = find(body, at), document.of(body)
    if place is None:
        return None
    try:
        schema = names.schema(form, place.table)
    except formulas.FormulaError as error:  # two titles that formulas cannot tell apart
        return Shown(Fault(0, len(place.text if typed is None else typed), error.text(language())))
    return judged(place, typed, schema, form)


def judged(place: Place, typed: str | None, schema: formulas.Schema, form: Form | None = None) -> Shown:
    """A text against the names that it may use; with a form, what it gives for the cases kept with it."""
    written = place.text if typed is None else typed
    chips = _chips(schema)
    try:
        formula = formulas.compile(written, schema)
    except formulas.FormulaError as error:
        fixes = remedies.of(written, error, schema) if error.code != "E_LIMIT" else []
        return Shown(Fault(error.start, error.end, error.text(language()), fixes), chips=chips)
    if fault := _misfit(place, formula):
        return Shown(fault, chips=chips)
    outcomes = _outcomes(form, place, formula) if form else []
    return Shown(None, outcomes, None, chips, formula_cautions.of(written, schema))


def _misfit(place: Place, formula: formulas.Formula) -> Fault | None:
    """A formula that holds and gives what has no place here."""
    wanted = place.wanted or {"number": "number", "bool": "bool", "date": "date"}.get(
        str(place.target and place.target.kind)
    )
    if wanted is None or formula.kind in (wanted, "blank"):
        return None
    sentence = _("This gives %(got)s; %(wanted)s belongs here.", got=word(formula.kind), wanted=word(wanted))
    return Fault(0, len(formula.text), sentence)


def _chips(schema: formulas.Schema) -> list[Chip]:
    cell = f"{OWN_ROW}."
    own = [_chip(cell + remedies.written(name.removeprefix(cell))) for name in schema.fields if name.startswith(cell)]
    tops = [_chip(remedies.written(name)) for name in schema.fields if not name.startswith(cell)]
    cells = [
        _chip(f"{remedies.written(table)}.{remedies.written(name)}")
        for table, columns in schema.tables.items()
        for name in columns
    ]
    return [*own, *tops, *cells]


def _chip(written: str) -> Chip:
    return Chip(written, written, "", "", "", "inputs")


def _outcomes(form: Form, place: Place, formula: formulas.Formula) -> list[Outcome]:
    """For every case of the form: what the draft's text gives, and what this one gives."""
    if place.table is not None:
        return []
    try:
        before = formulas.compile(place.text, names.schema(form)) if place.text else None
    except formulas.FormulaError:
        before = None
    found = []
    for case in form.body.get("cases", ()):
        world = World(who=Who(roles=frozenset(case.get("roles", ()))))
        row = names.row(form, case["given"], world)
        old, new = (_said(one, row, world) if one else "—" for one in (before, formula))
        found.append(Outcome(text(case["title"]), old, new, old != new, []))
    return found


def _said(formula: formulas.Formula, row: dict[str, Any], world: World) -> str:
    return shown(value_of(formula, row, world))


# ── what can be drawn ─────────────────────────────────────────────────────────────────────────────────────────────


def drawable(body: Document, problems: Sequence[Problem]) -> Document:
    """The body without the rules and formulas that do not hold: a page can be drawn of the rest."""
    bare = {key: value for key, value in body.items() if key not in DRAWN_WITH}
    form = document.of(bare)
    try:
        names.schema(form)
    except formulas.FormulaError:  # two titles that formulas cannot tell apart
        return bare
    told = {tuple(problem.path.split("/")[2:4]) for problem in problems}
    kept = {
        part: [entry for at, entry in enumerate(body[part]) if (part, str(at)) not in told and _holds(form, entry)]
        for part in DRAWN_WITH
        if part in body and (part,) not in told
    }
    return {**bare, **kept}


def _holds(form: Form, entry: Document) -> bool:
    """Whether its formulas can be read and what it names is there."""
    named = [entry[key] for key in ("field", "at", "link") if key in entry]
    for action in entry.get("then", ()):
        named += [value for key, value in action.items() if key != "to" and (key == "set" or value not in form.parts)]
    if any(identity not in form.fields for identity in named):
        return False
    target = form.fields.get(entry.get("at") or entry.get("field") or "")
    table = form.fields[target.table] if target is not None and target.table else None
    written = [entry[key] for key in ("when", "check", "formula") if key in entry]
    written += [action["to"] for action in entry.get("then", ()) if "to" in action]
    return all(_compiles(form, text, table) for text in written)


def _compiles(form: Form, written: str, table: Field | None) -> bool:
    try:
        names.compiled(form, written, table)
    except formulas.FormulaError:
        return False
    return True
