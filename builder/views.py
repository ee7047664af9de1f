"""Definitions in the browser: what there is, what it says, what changed, and the plain editor."""

from typing import Any

from flask import (
    Blueprint,
    Response,
    flash,
    jsonify,
    make_response,
    redirect,
    render_template,
    request,
    session,
    url_for,
)
from flask_babel import gettext as _
from flask_login import current_user

from builder import catalogue, definitions, differences, json_text, kinds, outline, places, reviews, skeletons
from builder.definitions import EditedMeanwhile
from builder.models import Definition, DefinitionVersion
from builder.words import word
from core import access
from core.db import db
from core.errors import Invalid, NotFound, Problem
from core.i18n import text
from organization import roles

bp = Blueprint("definitions", __name__, url_prefix="/definitions")

EDITORS = {
    "cascade": "cascades.edit",
    "form": "form_designer.edit",
    "formula": "formulas.edit",
    "table": "tables.edit",
    "workflow": "flow_designer.edit",
}
"""Kinds that have an editor of their own; the plain one stays for expert mode (`?plain=1`)."""


bp.add_app_template_filter(word, "word")
bp.add_app_template_filter(json_text.dump, "pretty_json")
bp.add_app_template_filter(outline.spoken, "spoken")


@bp.context_processor
def words_of_the_pages() -> dict[str, Any]:
    return {"expert": bool(session.get("expert")), "kinds": kinds, "roles": roles}


@bp.get("")
@access.needs("definitions.read")
def index() -> str:
    return render_template("builder/index.html", groups=catalogue.groups(current_user.company_id))


@bp.post("/expert")
@access.needs("definitions.read")
def expert() -> Response:
    """Kinds, keys, JSON and pointers appear only in expert mode."""
    session["expert"] = not session.get("expert")
    return make_response(redirect(url_for("definitions.index"), 303))


@bp.get("/<int:definition_id>")
@access.needs("definitions.read")
def show(definition_id: int) -> str:
    definition = definition_of(definition_id)
    history = definitions.history(definition)
    older, newer = _compared(history)
    around = catalogue.neighbours(definition)
    current = next((version for version in history if version.state == "published"), None)
    return render_template(
        "builder/definition.html",
        definition=definition,
        history=history,
        current=current,
        approved=reviews.approvals(definition),
        retires_alone=reviews.retires_alone(definition, current_user),
        said=outline.of(current.document["body"], around.titles) if current else None,
        draft=definitions.draft_of(definition),
        around=around,
        older=older,
        newer=newer,
        changes=differences.sentences(older.document, newer.document) if older and newer else [],
    )


def _compared(history: list[DefinitionVersion]) -> tuple[DefinitionVersion | None, DefinitionVersion | None]:
    """The two versions asked for, else the newest and the one before it."""
    numbers = {version.number: version for version in history}
    newest = history[0].number if history else None
    newer = numbers.get(request.args.get("to", newest, type=int))
    older = numbers.get(request.args.get("from", (newest or 0) - 1, type=int))
    return older, newer


@bp.get("/new")
@access.needs("definitions.edit")
def new() -> str:
    return _new({}, [])


@bp.post("/new")
@access.needs("definitions.edit")
def create() -> Response:
    try:
        document = skeletons.document(request.form, current_user.company_id)
    except Invalid as error:
        return make_response(_new(request.form, error.problems), 422)
    version = definitions.create(current_user.company_id, document, by_id=current_user.id)
    db.session.commit()
    return _to("definitions.edit", version.definition_id)


@bp.post("/<int:definition_id>/draft")
@access.needs("definitions.edit")
def start_draft(definition_id: int) -> Response:
    definitions.open_draft(definition_of(definition_id), by_id=current_user.id)
    db.session.commit()
    return _to("definitions.edit", definition_id)


@bp.get("/<int:definition_id>/edit")
@access.needs("definitions.edit")
def edit(definition_id: int) -> str | Response:
    draft = draft_of(definition_id)
    if draft.definition.kind in EDITORS and "plain" not in request.args:
        return _to(EDITORS[draft.definition.kind], definition_id)
    return _editor(draft, json_text.dump(draft.document), draft.version_id, definitions.check_draft(draft))


@bp.post("/<int:definition_id>/edit")
@access.needs("definitions.edit")
def save(definition_id: int) -> Response:
    draft, typed = draft_of(definition_id), request.form.get("text", "")
    seen, was_in_review = request.form.get("seen", 0, type=int), draft.state == "in_review"
    try:
        definitions.save_draft(draft, typed, seen=seen, by_id=current_user.id)
    except Invalid as error:
        return make_response(_editor(draft, typed, seen, error.problems, refused=True), 422)
    db.session.commit()
    if was_in_review and draft.state == "draft":
        flash(_("Your change took the draft out of review. Submit it again when it is ready."), "warn")
    flash(_("Saved as a draft. Nothing changes for anybody until it is published."), "good")
    return _to("definitions.review" if "review" in request.form else "definitions.edit", definition_id)


@bp.errorhandler(EditedMeanwhile)
def both_texts(conflict: EditedMeanwhile) -> Response:
    db.session.rollback()
    return make_response(render_template("builder/conflict.html", conflict=conflict, version=conflict.version), 409)


@bp.post("/<int:definition_id>/check")
@access.needs("definitions.edit")
def check(definition_id: int) -> Response:
    """What the editor shows while somebody types; nothing is saved."""
    draft, typed = draft_of(definition_id), request.form.get("text", "")
    try:
        problems = definitions.check(json_text.read(typed), definitions.sources(draft.definition.company_id))
    except Invalid as error:
        problems = error.problems
        return jsonify(problems=[problem.as_json() | _line(error) for problem in problems])
    return jsonify(problems=[problem.as_json() | {"line": places.of(typed, problem.path).line} for problem in problems])


def _line(error: Invalid) -> dict[str, int]:
    """Text that is no JSON has no pointers; the reader knows the line."""
    return {"line": getattr(error.__cause__, "lineno", 1)}


@bp.post("/<int:definition_id>/discard")
@access.needs("definitions.edit")
def discard(definition_id: int) -> Response:
    definition = definition_of(definition_id)
    lives_on = bool(definitions.history(definition))
    definitions.discard(draft_of(definition_id), by_id=current_user.id)
    db.session.commit()
    flash(_("The draft is gone."), "info")
    return _to("definitions.show", definition_id) if lives_on else make_response(redirect(url_for(".index"), 303))


@bp.post("/<int:definition_id>/versions/<int:version_id>/retire")
@access.needs("definitions.publish")
def retire(definition_id: int, version_id: int) -> Response:
    history = definitions.history(definition_of(definition_id))
    version = next((version for version in history if version.id == version_id), None)
    if version is None:
        raise NotFound(_("There is no such version."), f"no version {version_id}")
    reviews.retire(version, current_user)
    db.session.commit()
    flash(_("Version %(number)s is retired.", number=version.number), "good")
    return _to("definitions.show", definition_id)


def definition_of(definition_id: int) -> Definition:
    found = db.session.get(Definition, definition_id)
    if found is None or found.company_id != current_user.company_id:
        raise NotFound(_("There is no such definition."), f"no definition {definition_id}")
    return found


def draft_of(definition_id: int) -> DefinitionVersion:
    draft = definitions.draft_of(definition_of(definition_id))
    if draft is None:
        raise NotFound(_("There is no draft. Start one on the page of the definition."), "no draft")
    return draft


def _new(posted: Any, problems: list[Problem]) -> str:
    choices = [(kind.key, text(kind.title), text(kind.question)) for kind in skeletons.makeable()]
    return render_template("builder/new.html", posted=posted, problems=problems, choices=choices)


def _editor(draft: DefinitionVersion, typed: str, seen: int, problems: list[Problem], *, refused: bool = False) -> str:
    """A draft with problems is saved and says so; a text that was refused takes the focus."""
    return render_template("builder/edit.html", draft=draft, typed=typed, seen=seen, problems=problems, refused=refused)


def _to(endpoint: str, definition_id: int) -> Response:
    return make_response(redirect(url_for(endpoint, definition_id=definition_id), 303))
