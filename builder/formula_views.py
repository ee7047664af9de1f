"""The formula editor in the browser: checks while somebody types, the list of functions, the page of a formula."""

from dataclasses import dataclass
from typing import Any

from flask import Blueprint, Response, flash, make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user

import formulas
from builder import (
    definitions,
    formula_desk,
    formula_draft,
    formula_editor,
    formula_people,
    formula_uses,
    function_list,
    json_text,
    shape,
    views,
)
from builder.checks.formula import same
from builder.definitions import EditedMeanwhile
from builder.formula_desk import Desk
from builder.formula_editor import Text
from builder.formula_values import number, shown
from builder.models import DefinitionVersion
from builder.samples import Rows
from builder.sources import Sources
from core import access, clock
from core.db import Document, db
from core.errors import Invalid, NotFound, Problem
from core.i18n import language

bp = Blueprint("formulas", __name__, url_prefix="/formulas")
bp.register_error_handler(EditedMeanwhile, views.both_texts)
bp.add_app_template_filter(shown, "formula_value")
bp.add_app_template_filter(number, "formula_number")
bp.add_app_template_filter(formula_draft.written, "boxed")


BROKEN = frozenset({"required", "type", "enum"})
"""Problems of shape with which a page of a formula cannot be drawn; too long or empty it can show."""


# ── the component ─────────────────────────────────────────────────────────────────────────────────────────────────


@bp.post("/check")
@access.needs("definitions.edit")
def check() -> str:
    """What is wrong with a text at a place, what it gives for three people. Nothing is saved."""
    kept = formula_desk.kept(_field())
    known = definitions.sources(current_user.company_id)
    draft, before = Text(_typed(), kept.setting), kept.before
    return _checked(formula_editor.show(draft, before, kept.rows, _person(), known, clock.today()), kept.rows)


@bp.get("/functions")
@access.needs("definitions.edit")
def functions() -> str:
    """The list of functions, by category; narrowed to what `q` means."""
    groups = function_list.groups(request.args.get("q", "")[:50])
    run = {row.name: shown(function_list.run_example(row.example)) for group in groups for row in group.functions}
    return render_template("builder/formula/_functions.html", groups=groups, run=run)


@bp.post("/try")
@access.needs("definitions.edit")
def try_out() -> str:
    """What an example gives after somebody changed it."""
    try:
        return render_template("builder/formula/_tried.html", gives=shown(function_list.run_example(_typed("example"))))
    except formulas.FormulaError as error:
        return render_template("builder/formula/_tried.html", problem=error.text(language()))


def _checked(found: formula_editor.Shown, rows: Rows, **more: Any) -> str:
    shown_now = {"found": found, "rows": rows, "person": _person(), "name": _field(), "typed": _typed()}
    return render_template("builder/formula/_checked.html", **shown_now, **more)


def _field() -> str:
    return request.form.get("field", "expression")


def _typed(name: str = "") -> str:
    """A text area sends line ends as the web does; places in a text count one character for each."""
    return request.form.get(name or _field(), "").replace("\r\n", "\n")


def _person() -> int:
    return request.form.get(f"{_field()}-person", 0, type=int)


# ── the page of a formula ─────────────────────────────────────────────────────────────────────────────────────────


@bp.get("/<int:definition_id>")
@access.needs("definitions.edit")
def edit(definition_id: int) -> str | Response:
    draft = _draft(definition_id)
    if {problem.code for problem in shape.problems(draft.document)} & BROKEN:
        flash(_("This draft is not a formula that can be shown. Mend its text first."), "warn")
        return make_response(redirect(url_for("definitions.edit", definition_id=definition_id, plain=1), 303))
    return _page(draft, draft.document, draft.version_id, definitions.check_draft(draft))


@bp.post("/<int:definition_id>")
@access.needs("definitions.edit")
def save(definition_id: int) -> Response:
    """Keep the draft; with `add` or `remove` also one part more or less; with `review` go on to the review."""
    draft, seen = _draft(definition_id), request.form.get("seen", 0, type=int)
    try:
        document = formula_draft.read(draft.document, request.form)
        fresh = _add(document, draft.definition.company_id)
        formula_draft.remove(document, request.form.get("remove", ""))
        definitions.save_draft(draft, json_text.dump(document), seen=seen, by_id=current_user.id)
    except Invalid as error:
        return make_response(_page(draft, draft.document, seen, error.problems, refused=True), 422)
    db.session.commit()
    if "review" in request.form:
        return make_response(redirect(url_for("definitions.review", definition_id=definition_id), 303))
    if not fresh and "remove" not in request.form:
        flash(_("Saved as a draft. Nothing changes for anybody until it is published."), "good")
    return make_response(redirect(url_for(".edit", definition_id=definition_id, _anchor=fresh or None), 303))


def _add(document: Document, company_id: int) -> str:
    """The part that was asked for; the place on the page to go to."""
    if request.form.get("add") != "uses":
        return formula_draft.add(document, request.form.get("add", ""))
    chosen = request.form.get("use-source", "")
    return "uses" if formula_uses.add(document["body"], chosen, definitions.sources(company_id)) else ""


@bp.post("/<int:definition_id>/check")
@access.needs("definitions.edit")
def check_formula(definition_id: int) -> str:
    """The same as the check of an expression, with the parameters and samples as they stand in the boxes."""
    draft = _draft(definition_id)
    rows = formula_desk.kept(_field()).rows
    try:
        document = formula_draft.read(draft.document, request.form)
    except Invalid as error:
        fault = formula_editor.Fault(0, 0, error.problems[0].message)
        return _checked(formula_editor.Shown(fault, chips=()), rows)
    known = definitions.sources(current_user.company_id)
    found = _shown(draft, document, rows, _person(), known)
    return _checked(found, rows, tried=_tried(document, known), document=document)


def _page(
    draft: DefinitionVersion, document: Document, seen: int, problems: list[Problem], *, refused: bool = False
) -> str:
    known = definitions.sources(draft.definition.company_id)
    rows = _people(draft, document, known)
    kept = formula_desk.sign(rows)
    address = url_for(".check_formula", definition_id=draft.definition_id)
    return render_template(
        "builder/formula/edit.html",
        draft=draft,
        document=document,
        body=document["body"],
        uses=formula_uses.rows(document["body"], known),
        offered=formula_uses.offered(known, document["key"]),
        sentence=formula_draft.sentence(document),
        seen=seen,
        desk=Desk(address, kept, rows, _shown(draft, document, rows, 0, known)),
        tried=_tried(document, known),
        problems=problems,
        refused=refused,
        posted=request.form if refused else {},
    )


def _shown(
    draft: DefinitionVersion, document: Document, rows: Rows, person: int, known: Sources
) -> formula_editor.Shown:
    published = _published(draft, known)
    before = _text_of(published) if published else None
    return formula_editor.show(_text_of(document), before, rows, person, known, clock.today())


def _text_of(document: Document) -> Text:
    return Text(document["body"]["expression"], formula_editor.of_formula(document["body"]))


def _published(draft: DefinitionVersion, known: Sources) -> Document | None:
    source = known.get((draft.definition.kind, draft.definition.key))
    return source.document if source else None


def _people(draft: DefinitionVersion, document: Document, known: Sources) -> Rows:
    """Best, middle and worst of those whom a cascade asks this formula about; else the formula's own samples."""
    definition, now = draft.definition, _published(draft, known) or document
    everybody = formula_people.of_formula(definition.key, definition.company_id, known)
    rows = everybody if len(everybody) else formula_people.of_samples(document["body"])
    text = _text_of(now)
    return formula_editor.three(text.typed, text.setting, known, rows, clock.today())


@dataclass(frozen=True)
class Tried:
    """What a sample gives now, and whether that is what it should; None while the formula does not hold."""

    id: str
    gives: str
    passes: bool | None


def _tried(document: Document, known: Sources) -> list[Tried]:
    body = document["body"]
    text, rows = _text_of(document), formula_people.of_samples(body)
    judged = formula_editor.judge(text.typed, text.setting, known)
    if isinstance(judged, formula_editor.Fault) or not len(rows):
        return [Tried(sample["id"], "—", None) for sample in body.get("samples", ())]
    try:
        values = formula_editor.compute(judged, text.setting, rows, clock.today()).values
    except formulas.FormulaError as error:
        return [Tried(sample["id"], error.text(language()), False) for sample in body["samples"]]
    pairs = zip(body["samples"], values, strict=True)
    return [Tried(sample["id"], shown(value), same(value, sample["gives"])) for sample, value in pairs]


def _draft(definition_id: int) -> DefinitionVersion:
    draft = views.draft_of(definition_id)
    if draft.definition.kind != "formula":
        raise NotFound(_("There is no such formula."), f"definition {definition_id} is no formula")
    return draft
