"""How a metric scores people, as sentences whose parts are the controls; each change is a step of the draft."""

from typing import Any

from flask import Response, make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user

from builder import definitions, differences, score_editor, steps
from builder.definitions import EditedMeanwhile
from builder.models import Definition, DefinitionVersion
from builder.views import bp, definition_of, draft_of
from core import access
from core.db import db
from core.errors import NotFound
from core.htmx import htmx

DEEDS = f"any({','.join(score_editor.DEEDS)})"


@bp.get("/<int:definition_id>/score", endpoint="score")
@access.needs("definitions.edit")
def edit_score(definition_id: int) -> str:
    return render_template("builder/score/edit.html", **_shown(_draft(definition_id)))


@bp.post("/<int:definition_id>/score")
@access.needs("definitions.edit")
def start_score(definition_id: int) -> Response:
    definitions.open_draft(_metric(definition_of(definition_id)), by_id=current_user.id)
    db.session.commit()
    return make_response(redirect(url_for(".score", definition_id=definition_id), 303))


@bp.post(f"/<int:definition_id>/score/<{DEEDS}:deed>")
@access.needs("definitions.edit")
def change_score(definition_id: int, deed: str) -> Response:
    draft = _draft(definition_id)
    changed = score_editor.apply(draft.document, deed, request.form, definitions.sources(current_user.company_id))
    try:
        steps.save(draft, changed, seen=_seen(), by_id=current_user.id)
    except EditedMeanwhile:
        return _told_of_the_other(definition_id, deed)
    db.session.commit()
    return _answer(draft)


@bp.post("/<int:definition_id>/score/undo")
@access.needs("definitions.edit")
def undo_score(definition_id: int) -> Response:
    draft = _draft(definition_id)
    try:
        steps.undo(draft, seen=_seen(), by_id=current_user.id)
    except EditedMeanwhile:
        return _told_of_the_other(definition_id, "undo")
    db.session.commit()
    return _answer(draft)


def _told_of_the_other(definition_id: int, deed: str) -> Response:
    """What somebody saved in between is shown, and what this change would make of it."""
    db.session.rollback()
    theirs = _draft(definition_id)
    known = definitions.sources(current_user.company_id)
    mine = theirs.document if deed == "undo" else score_editor.apply(theirs.document, deed, request.form, known)
    shown = _shown(theirs) | {"conflict": differences.sentences(theirs.document, mine), "in_conflict": True}
    page = "_editor" if htmx else "edit"
    return make_response(render_template(f"builder/score/{page}.html", **shown), 422 if htmx else 409)


def _answer(draft: DefinitionVersion) -> Response:
    if not htmx:
        return make_response(redirect(url_for(".score", definition_id=draft.definition_id), 303))
    return make_response(render_template("builder/score/_editor.html", **_shown(draft)))


def _shown(draft: DefinitionVersion) -> dict[str, Any]:
    known = definitions.sources(draft.definition.company_id)
    step = steps.last(draft)
    card = score_editor.Card(draft.document, known, definitions.check(draft.document, known))
    undo = steps.said(draft, step) if step else None
    return {"draft": draft, "definition": draft.definition, "card": card, "undo": undo}


def _seen() -> int:
    """The draft that the author had before his eyes; a plain form says it itself."""
    return request.form.get("seen", request.form.get("seen_here", 0, type=int), type=int)


def _draft(definition_id: int) -> DefinitionVersion:
    draft = draft_of(definition_id)
    _metric(draft.definition)
    return draft


def _metric(definition: Definition) -> Definition:
    if definition.kind != "metric":
        raise NotFound(_("There is no such metric in force."), f"{definition.id} is no metric")
    return definition
