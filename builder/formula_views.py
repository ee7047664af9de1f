"""The formula editor in the browser: checks while somebody types, the list of functions, the page of a formula."""

from dataclasses import dataclass
from typing import Any

from flask import Blueprint, Response, flash, make_response, redirect, render_template, request, session, url_for
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
from builder.formula_desk import Stand
from builder.formula_editor import Shown
from builder.formula_people import People
from builder.formula_values import number, shown
from builder.models import DefinitionVersion
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


@bp.post("/<int:definition_id>/desk")
@access.needs("definitions.edit")
def desk(definition_id: int) -> str:
    """Everything around one expression of a draft, when somebody opens it."""
    known = definitions.sources(current_user.company_id)
    stand = _stand(views.draft_of(definition_id), known)
    people = formula_desk.people_of(stand, known, session)
    found = formula_desk.show(stand, people, 0, known)
    return _rendered("_desk", definition_id, found, people)


@bp.post("/<int:definition_id>/check")
@access.needs("definitions.edit")
def check(definition_id: int) -> str:
    """What is wrong with a text at its place, what it gives for the people kept. Nothing is saved."""
    draft, people = views.draft_of(definition_id), formula_desk.kept(request.form.get(f"{_id()}-kept", ""))
    known = definitions.sources(current_user.company_id)
    try:
        stand = _stand(draft, known)
    except Invalid as error:  # a figure on the page is none
        fault = formula_editor.Fault(0, 0, error.problems[0].message)
        return _rendered("_checked", definition_id, Shown(fault), people)
    found = formula_desk.show(stand, people, _person(), known)
    more = _tried(_document(draft), known) if draft.definition.kind == "formula" else []
    return _rendered("_checked", definition_id, found, people, tried=more)


@bp.post("/<int:definition_id>/people")
@access.needs("definitions.edit")
def choose_people(definition_id: int) -> str:
    """One person more or less beside the others, best, middle and worst again, or names that hold what is sought."""
    known = definitions.sources(current_user.company_id)
    stand = _stand(views.draft_of(definition_id), known)
    people = formula_desk.kept(request.form.get(f"{_id()}-kept", ""))
    if "search" in request.form:
        found = formula_people.search(stand.everybody(), request.form.get("sought", "")[:40], people.at)
        return _rendered("_found", definition_id, None, people, found_people=found)
    if "add" in request.form:
        formula_desk.add(stand, people, request.form.get("add", -1, type=int), session)
    elif "remove" in request.form:
        formula_desk.remove(stand, people, request.form.get("remove", -1, type=int), session)
    else:
        formula_desk.forget(stand, session)
    return _rendered("_people", definition_id, None, formula_desk.people_of(stand, known, session))


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


def _stand(draft: DefinitionVersion, known: Sources) -> Stand:
    """The expression at the place that was posted, as the page has it now. Raises Invalid for a figure that is none."""
    if draft.definition.kind == "formula":
        return formula_desk.of_formula(draft, _document(draft), known)
    return formula_desk.of_place(draft, request.form.get("at", ""), _typed(), known)


def _document(draft: DefinitionVersion) -> Document:
    return formula_draft.read(draft.document, request.form)


def _rendered(fragment: str, definition_id: int, found: Shown | None, people: People, **more: Any) -> str:
    around = {"id": _id(), "at": request.form.get("at", ""), "definition_id": definition_id, "person": _person()}
    page = f"builder/formula/{fragment}.html"
    kept = formula_desk.sign(people) if fragment in ("_desk", "_people") else ""
    return render_template(page, found=found, people=people, kept=kept, typed=_typed(), **around, **more)


def _id() -> str:
    """What the ids of the parts around one expression begin with; several stand on a page."""
    return request.form.get("id", "expression")


def _typed(name: str = "") -> str:
    """A text area sends line ends as the web does; places in a text count one character for each."""
    return request.form.get(name or request.form.get("field", "expression"), "").replace("\r\n", "\n")


def _person() -> int:
    return request.form.get(f"{_id()}-person", 0, type=int)


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
    """Keep the draft; with `add` or `remove` also one part more or less; with `review` go on to the review,
    with `try_out` to who would move."""
    draft, seen = _draft(definition_id), request.form.get("seen", 0, type=int)
    try:
        document = formula_draft.read(draft.document, request.form)
        fresh = _add(document, draft.definition.company_id)
        formula_draft.remove(document, request.form.get("remove", ""))
        definitions.save_draft(draft, json_text.dump(document), seen=seen, by_id=current_user.id)
    except Invalid as error:
        return make_response(_page(draft, draft.document, seen, error.problems, refused=True), 422)
    db.session.commit()
    for name, there in (("review", "definitions.review"), ("try_out", "what_if.show")):
        if name in request.form:
            return make_response(redirect(url_for(there, definition_id=definition_id), 303))
    if not fresh and "remove" not in request.form:
        flash(_("Saved as a draft. Nothing changes for anybody until it is published."), "good")
    return make_response(redirect(url_for(".edit", definition_id=definition_id, _anchor=fresh or None), 303))


def _add(document: Document, company_id: int) -> str:
    """The part that was asked for; the place on the page to go to."""
    if request.form.get("add") != "uses":
        return formula_draft.add(document, request.form.get("add", ""))
    chosen = request.form.get("use-source", "")
    return "uses" if formula_uses.add(document["body"], chosen, definitions.sources(company_id)) else ""


def _page(
    draft: DefinitionVersion, document: Document, seen: int, problems: list[Problem], *, refused: bool = False
) -> str:
    known = definitions.sources(draft.definition.company_id)
    stand = formula_desk.of_formula(draft, document, known)
    people = formula_desk.people_of(stand, known, session)
    return render_template(
        "builder/formula/edit.html",
        draft=draft,
        document=document,
        body=document["body"],
        uses=formula_uses.rows(document["body"], known),
        offered=formula_uses.offered(known, document["key"]),
        sentence=formula_draft.sentence(document),
        seen=seen,
        people=people,
        kept=formula_desk.sign(people),
        found=formula_desk.show(stand, people, 0, known),
        tried=_tried(document, known),
        problems=problems,
        refused=refused,
        posted=request.form if refused else {},
    )


@dataclass(frozen=True)
class Tried:
    """What a sample gives now, and whether that is what it should; None while the formula does not hold."""

    id: str
    gives: str
    passes: bool | None


def _tried(document: Document, known: Sources) -> list[Tried]:
    body = document["body"]
    text, rows = formula_desk.text_of(document), formula_people.of_samples(body)
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
