"""The editor of a cascade (怎么拆): a card for each level, changed in place.

Every change is a step of the draft that can be taken back; nothing holds before it is published.
"""

from collections.abc import Callable
from typing import Any

from flask import Blueprint, Response, make_response, redirect, render_template, request, session, url_for
from flask_babel import gettext as _
from flask_login import current_user
from sqlalchemy import select

from builder import action_library, cascade_cards, cascade_editor, definitions, differences, steps
from builder.cascade_cards import Cards
from builder.cascade_editor import Around
from builder.definitions import EditedMeanwhile
from builder.models import Definition, DefinitionVersion
from core import access
from core.db import Document, db
from core.errors import Invalid, NotFound, Problem
from core.htmx import fragment_or_page, htmx
from organization import roles
from organization.models import Contact, Customer, Member

bp = Blueprint("cascades", __name__, url_prefix="/cascades")


@bp.context_processor
def words_of_the_cards() -> dict[str, Any]:
    return {"cascade_words": cascade_cards, "roles": roles, "expert": bool(session.get("expert"))}


ENVELOPE = ("seen", "seen_here", "csrf_token")
DEEDS = f"any({','.join(cascade_editor.DEEDS)})"


@bp.get("/<int:definition_id>")
@access.needs("definitions.edit")
def edit(definition_id: int) -> str:
    definition = _cascade(definition_id)
    draft = definitions.draft_of(definition)
    if draft is None:
        return render_template("builder/no_draft.html", definition=definition)
    return render_template("builder/cascade/edit.html", **_shown(draft))


@bp.post("/<int:definition_id>/draft")
@access.needs("definitions.edit")
def start_draft(definition_id: int) -> Response:
    definitions.open_draft(_cascade(definition_id), by_id=current_user.id)
    db.session.commit()
    return make_response(redirect(url_for(".edit", definition_id=definition_id), 303))


@bp.post(f"/<int:definition_id>/<{DEEDS}:deed>")
@access.needs("definitions.edit")
def change(definition_id: int, deed: str) -> Response:
    """One card, or one control of it."""
    draft = _draft(definition_id)
    around = _around(draft.definition.company_id)
    try:
        changed = cascade_editor.apply(draft.document, deed, request.form, around)
        steps.save(draft, changed, seen=_seen(), by_id=current_user.id)
    except EditedMeanwhile as conflict:
        return _told_of_the_other(conflict, deed)
    except Invalid as error:
        return _refused(definition_id, error.problems)
    db.session.commit()
    return _saved(draft)


@bp.post("/<int:definition_id>/undo")
@access.needs("definitions.edit")
def undo(definition_id: int) -> Response:
    draft = _draft(definition_id)
    try:
        steps.undo(draft, seen=_seen(), by_id=current_user.id)
    except EditedMeanwhile as conflict:
        return _told_of_the_other(conflict, None)
    db.session.commit()
    return _saved(draft)


# ── the action library ───────────────────────────────────────────────────────────────────────────────────────────────


@bp.get("/actions")
@access.needs("definitions.read")
def actions() -> Response:
    """岗位动作库: what each position does for each metric (S9)."""
    return _library_page()


@bp.post("/actions/<int:definition_id>/tasks/<task_id>")
@access.needs("definitions.edit")
def change_action(definition_id: int, task_id: str) -> Response:
    """A line of the library is a task of a cascade: changing it changes the cascade's draft."""
    definition = _cascade(definition_id)
    return _kept(definition, lambda document: _task(document, definition, "task", {"id": task_id}))


@bp.post("/actions/<int:definition_id>/add")
@access.needs("definitions.edit")
def add_action(definition_id: int) -> Response:
    definition = _cascade(definition_id)
    return _kept(definition, lambda document: _task(document, definition, "add", {"part": "tasks"}))


@bp.post("/actions/<int:definition_id>/swaps/<row_id>")
@access.needs("definitions.edit")
def change_swap(definition_id: int, row_id: str) -> Response:
    """What an action is worth in a swap: a row of the pack's table of swap values."""
    definition = _definition(definition_id, "table")
    return _kept(definition, lambda document: action_library.set_swap(document, row_id, request.form))


def _task(document: Document, definition: Definition, deed: str, fields: dict[str, str]) -> Document:
    posted = request.form.copy()
    posted.update(fields)
    return cascade_editor.apply(document, deed, posted, _around(definition.company_id))


def _kept(definition: Definition, deed: Callable[[Document], Document]) -> Response:
    """Into the draft, which begins here where there is none."""
    draft, seen = definitions.draft_of(definition), request.form.get("seen", 0, type=int)
    if draft is None:
        draft = definitions.open_draft(definition, by_id=current_user.id)
        seen = seen or draft.version_id
    try:
        steps.save(draft, deed(draft.document), seen=seen, by_id=current_user.id)
    except EditedMeanwhile:
        db.session.rollback()
        theirs = action_library.newest(db.session.get_one(Definition, definition.id)).document
        return _library_page(422 if htmx else 409, conflict=differences.sentences(theirs, deed(theirs)))
    except Invalid as error:
        db.session.rollback()
        return _library_page(422, problems=error.problems)
    db.session.commit()
    return _library_page() if htmx else make_response(redirect(url_for(".actions"), 303))


def _library_page(status: int = 200, **told: Any) -> Response:
    lines, swaps = action_library.of(current_user.company_id)
    may_edit = current_user.may("definitions.edit")
    found = {"lines": lines, "swaps": swaps, "may_edit": may_edit, "problems": [], **told}
    return fragment_or_page("builder/cascade/_actions.html", "builder/cascade/actions.html", status, **found)


# ── parts ────────────────────────────────────────────────────────────────────────────────────────────────────────────


def _shown(draft: DefinitionVersion, problems: list[Problem] | None = None) -> dict[str, Any]:
    definition = draft.definition
    company_id = definition.company_id
    before = next(iter(definitions.history(definition)), None)
    step = steps.last(draft)
    return {
        "draft": draft,
        "definition": definition,
        "cards": _cards(draft),
        "changes": differences.sentences(before.document, draft.document) if before else [],
        "undo": steps.said(draft, step) if step else None,
        "refused": problems or [],
        "tiers": _distinct(select(Customer.tier).where(Customer.company_id == company_id)),
        "contact_levels": _distinct(
            select(Contact.level).join(Contact.customer).where(Customer.company_id == company_id)
        ),
    }


def _cards(draft: DefinitionVersion) -> Cards:
    company_id = draft.definition.company_id
    in_force = definitions.published_all(company_id)
    around = _around(company_id, in_force)
    return Cards(
        document=draft.document,
        around=around,
        titles={level["key"]: level["title"] for level in current_user.company.levels},
        ids={(version.definition.kind, version.definition.key): version.definition_id for version in in_force},
        problems=definitions.check(draft.document, around.known),
        positions=_distinct(select(Member.role).where(Member.company_id == company_id)),
        systems=sorted(current_user.company.link_templates),
    )


def _around(company_id: int, in_force: list[DefinitionVersion] | None = None) -> Around:
    versions = definitions.published_all(company_id) if in_force is None else in_force
    known = {(version.definition.kind, version.definition.key): definitions.source(version) for version in versions}
    return Around(known, tuple(level["key"] for level in current_user.company.levels))


def _distinct(asked: Any) -> list[str]:
    return sorted(value for value in db.session.scalars(asked.distinct()) if value)


def _saved(draft: DefinitionVersion) -> Response:
    if not htmx:
        return make_response(redirect(url_for(".edit", definition_id=draft.definition_id), 303))
    answer = make_response(render_template("builder/cascade/_editor.html", **_shown(draft)))
    answer.headers["HX-Trigger"] = "draft-saved"  # the trial beside the cards splits again
    return answer


def _refused(definition_id: int, problems: list[Problem]) -> Response:
    db.session.rollback()
    page = "_editor.html" if htmx else "edit.html"
    shown = _shown(_draft(definition_id), problems)
    return make_response(render_template(f"builder/cascade/{page}", **shown), 422)


def _told_of_the_other(conflict: EditedMeanwhile, deed: str | None) -> Response:
    """Somebody saved in between. His draft is shown, and what doing mine again would change in it: nothing is lost."""
    db.session.rollback()
    theirs = _draft(conflict.version.definition_id)
    changes: list[str] = []
    if deed is not None:
        around = _around(theirs.definition.company_id)
        merged = cascade_editor.apply(theirs.document, deed, request.form, around)
        changes = differences.sentences(theirs.document, merged)
    page = "_editor.html" if htmx else "edit.html"
    mine = [(name, value) for name, value in request.form.items(multi=True) if name not in ENVELOPE]
    shown = _shown(theirs) | {"conflict": {"deed": deed, "changes": changes, "mine": mine}}
    return make_response(render_template(f"builder/cascade/{page}", **shown), 422 if htmx else 409)


def _seen() -> int:
    """The draft that the author had before his eyes; a plain form says it itself."""
    return request.form.get("seen", request.form.get("seen_here", 0, type=int), type=int)


def _cascade(definition_id: int) -> Definition:
    return _definition(definition_id, "cascade")


def _definition(definition_id: int, kind: str) -> Definition:
    found = db.session.get(Definition, definition_id)
    if found is None or found.company_id != current_user.company_id or found.kind != kind:
        raise NotFound(_("There is no such definition."), f"no {kind} {definition_id}")
    return found


def _draft(definition_id: int) -> DefinitionVersion:
    draft = definitions.draft_of(_cascade(definition_id))
    if draft is None:
        raise NotFound(_("There is no draft. Start one on the page of the definition."), "no draft")
    return draft
