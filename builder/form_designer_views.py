"""The form designer (谁填什么): palette, canvas, panel. Every change is a step of the draft that can be taken back."""

from typing import Any

from flask import Blueprint, Response, make_response, redirect, render_template, request, session, url_for
from flask_babel import gettext as _
from flask_login import current_user

from builder import (
    definitions,
    differences,
    form_creation_edits,
    form_designer,
    form_differences,
    form_edits,
    form_formulas,
    form_palette,
    form_people,
    form_words,
    forms,
    json_text,
    shape,
    skeletons,
    steps,
    views,
)
from builder.definitions import EditedMeanwhile
from builder.form_around import Around, Posted
from builder.form_designer import Designer, Shown
from builder.models import Definition, DefinitionVersion
from builder.sources import Sources
from core import access
from core.db import Document, db
from core.errors import Invalid, NotFound, Problem
from core.htmx import htmx
from organization import roles

bp = Blueprint("form_designer", __name__, url_prefix="/form-designer")
DEEDS = f"any({','.join(form_edits.DEEDS)})"
ENVELOPE = ("seen", "seen_here", "csrf_token", "shown_at", "shown_pane", "shown_who", "shown_size")


@bp.context_processor
def words_of_the_designer() -> dict[str, Any]:
    return {
        "designer_words": form_words,
        "designer_creations": form_creation_edits,
        "roles": roles,
        "expert": bool(session.get("expert")),
    }


@bp.get("/new")
@access.needs("definitions.edit")
def new() -> str:
    return render_template("builder/form/new.html", posted={}, problems=[])


@bp.post("/new")
@access.needs("definitions.edit")
def create() -> Response:
    """A form with a name and nothing in it."""
    posted = {"kind": "form", "title": request.form.get("title", "")}
    try:
        document = skeletons.document(posted, current_user.company_id)
    except Invalid as error:
        page = render_template("builder/form/new.html", posted=posted, problems=error.problems)
        return make_response(page, 422)
    empty = {"data": {"type": "object", "properties": {}}, "layout": []}
    version = definitions.create(current_user.company_id, {**document, "body": empty}, by_id=current_user.id)
    db.session.commit()
    return _to("form_designer.edit", version.definition_id)


@bp.get("/<int:definition_id>")
@access.needs("definitions.edit")
def edit(definition_id: int) -> str | Response:
    definition = form_definition(definition_id)
    draft = definitions.draft_of(definition)
    if draft is None:
        return render_template("builder/no_draft.html", definition=definition)
    if not form_differences.is_readable(draft.document):
        return _to("definitions.edit", definition_id, plain=1)
    page = "_designer.html" if htmx else "edit.html"
    return render_template(f"builder/form/{page}", **_shown(draft, _asked(request.args)))


@bp.post("/<int:definition_id>/draft")
@access.needs("definitions.edit")
def start_draft(definition_id: int) -> Response:
    definitions.open_draft(form_definition(definition_id), by_id=current_user.id)
    db.session.commit()
    return _to("form_designer.edit", definition_id)


@bp.post(f"/<int:definition_id>/<{DEEDS}:deed>")
@access.needs("definitions.edit")
def change(definition_id: int, deed: str) -> Response:
    draft = form_draft(definition_id)
    old = draft.document
    try:
        changed = _done(draft, deed, request.form)
        steps.save(draft, changed, seen=_seen(), by_id=current_user.id)
    except EditedMeanwhile as conflict:
        return _told_of_the_other(conflict, deed)
    except Invalid as error:
        return _refused(definition_id, error.problems)
    db.session.commit()
    fresh = form_edits.fresh(old["body"], draft.document["body"]) if deed in ("add", "duplicate") else None
    return _saved(draft, at=fresh)


@bp.post("/<int:definition_id>/title")
@access.needs("definitions.edit")
def title(definition_id: int) -> Response:
    """What the form is called, and what it is for."""
    draft = form_draft(definition_id)
    try:
        steps.save(draft, form_edits.titled(draft.document, request.form), seen=_seen(), by_id=current_user.id)
    except EditedMeanwhile as conflict:
        return _told_of_the_other(conflict, None)
    db.session.commit()
    return _saved(draft)


@bp.post("/<int:definition_id>/text")
@access.needs("definitions.edit")
def save_text(definition_id: int) -> Response:
    """The whole draft as JSON, for experts: a step like any other."""
    draft = form_draft(definition_id)
    try:
        document = json_text.read(request.form.get("text", ""))
        _refuse_unreadable(document)
        steps.save(draft, document, seen=_seen(), by_id=current_user.id)
    except EditedMeanwhile as conflict:
        return _told_of_the_other(conflict, None)
    except Invalid as error:
        return _refused(definition_id, error.problems)
    db.session.commit()
    return _saved(draft)


@bp.post("/<int:definition_id>/<any(undo,redo):way>")
@access.needs("definitions.edit")
def walk(definition_id: int, way: str) -> Response:
    draft = form_draft(definition_id)
    try:
        (steps.undo if way == "undo" else steps.redo)(draft, seen=_seen(), by_id=current_user.id)
    except EditedMeanwhile as conflict:
        return _told_of_the_other(conflict, None)
    db.session.commit()
    return _saved(draft)


def _refuse_unreadable(document: Document) -> None:
    """A text that is no form cannot be drawn; the plain editor keeps such a one."""
    if not form_differences.is_readable(document):
        raise Invalid(shape.problems(document))


# ── parts ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def _done(draft: DefinitionVersion, deed: str, posted: Posted) -> Document:
    document = draft.document
    return {**document, "body": form_edits.apply(document["body"], deed, posted, around(draft.definition))}


def around(definition: Definition, known: Sources | None = None) -> Around:
    sources = definitions.sources(definition.company_id) if known is None else known
    history = [version.document for version in definitions.history(definition)]
    return Around(sources, form_designer.names_published(history))


def drawn(draft: DefinitionVersion, known: Sources) -> tuple[forms.Form, list[Problem]]:
    """The form that can be drawn of a draft, without what is wrong in it; and what is wrong."""
    problems = definitions.check(draft.document, known)
    body = form_formulas.drawable(draft.document["body"], problems)
    return forms.of(body, ""), problems


def _shown(draft: DefinitionVersion, shown: Shown, refused: list[Problem] | None = None) -> dict[str, Any]:
    definition = draft.definition
    known = definitions.sources(definition.company_id)
    form, problems = drawn(draft, known)
    world = form_people.world(definition.company_id, form_people.find(definition.company_id, shown.who), form, known)
    before = next(iter(definitions.history(definition)), None)
    undo, redo = steps.last(draft), steps.undone(draft)
    return {
        "draft": draft,
        "definition": definition,
        "designer": Designer(
            draft.document,
            form,
            form_designer.canvas(form, world),
            shown,
            known,
            form_people.seats(definition.company_id),
            problems,
        ),
        "groups": list(form_palette.groups()),
        "changes": differences.sentences(before.document, draft.document) if before else [],
        "undo": steps.said(draft, undo) if undo else None,
        "redo": steps.said(draft, redo) if redo else None,
        "refused": refused or [],
    }


def _asked(given: Any, prefix: str = "") -> Shown:
    pane, size = given.get(f"{prefix}pane", "field"), given.get(f"{prefix}size", "pc")
    return Shown(
        at=given.get(f"{prefix}at", "")[:40],
        pane=pane if pane in form_designer.PANES else "field",
        who=given.get(f"{prefix}who", None, type=int),
        size=size if size in form_designer.SIZES else "pc",
    )


def _saved(draft: DefinitionVersion, at: str | None = None) -> Response:
    now = _asked(request.form, "shown_")
    shown = Shown(at, "field", now.who, now.size) if at else now
    address = url_for("form_designer.edit", definition_id=draft.definition_id, **shown.fields())
    if not htmx:
        return make_response(redirect(address, 303))
    answer = make_response(render_template("builder/form/_designer.html", **_shown(draft, shown)))
    answer.headers["HX-Replace-Url"] = address
    return answer


def _refused(definition_id: int, problems: list[Problem]) -> Response:
    db.session.rollback()
    shown = _shown(form_draft(definition_id), _asked(request.form, "shown_"), problems)
    page = "_designer.html" if htmx else "edit.html"
    return make_response(render_template(f"builder/form/{page}", **shown), 422)


def _told_of_the_other(conflict: EditedMeanwhile, deed: str | None) -> Response:
    """Somebody saved in between. His draft is shown, and what doing mine again would change in it: nothing is lost."""
    db.session.rollback()
    theirs = form_draft(conflict.version.definition_id)
    changes: list[str] = []
    if deed is not None:
        try:
            changes = differences.sentences(theirs.document, _done(theirs, deed, request.form))
        except (Invalid, NotFound):
            deed = None
    mine = [(name, value) for name, value in request.form.items(multi=True) if name not in ENVELOPE]
    shown = _shown(theirs, _asked(request.form, "shown_"))
    shown |= {"conflict": {"deed": deed, "changes": changes, "mine": mine, "text": json_text.dump(theirs.document)}}
    page = "_designer.html" if htmx else "edit.html"
    return make_response(render_template(f"builder/form/{page}", **shown), 422 if htmx else 409)


def _seen() -> int:
    """The draft that the author had before his eyes; a plain form says it itself."""
    return request.form.get("seen", request.form.get("seen_here", 0, type=int), type=int)


def form_definition(definition_id: int) -> Definition:
    found = views.definition_of(definition_id)
    if found.kind != "form":
        raise NotFound(_("There is no such form."), f"definition {definition_id} is no form")
    return found


def form_draft(definition_id: int) -> DefinitionVersion:
    draft = definitions.draft_of(form_definition(definition_id))
    if draft is None:
        raise NotFound(_("There is no draft. Start one on the page of the definition."), "no draft")
    return draft


def _to(endpoint: str, definition_id: int, **values: Any) -> Response:
    return make_response(redirect(url_for(endpoint, definition_id=definition_id, **values), 303))
