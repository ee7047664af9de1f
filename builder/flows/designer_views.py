"""The flow designer (谁来批): cards from the submitter to the end. Every change is a step of the draft that can be
taken back."""

from typing import Any

from flask import Blueprint, Response, make_response, redirect, render_template, request, session, url_for
from flask_babel import gettext as _
from flask_login import current_user

from builder import definitions, differences, flows, form_people, json_text, shape, skeletons, steps, views
from builder.checks import workflow
from builder.definitions import EditedMeanwhile
from builder.flows import designer, dry_run, edits, members, starters, words
from builder.flows.around import Around, Posted
from builder.flows.designer import Designer, Shown
from builder.models import Definition, DefinitionVersion
from builder.sources import Sources
from core import access, clock
from core.db import Document, db
from core.errors import Invalid, NotFound, Problem
from core.htmx import htmx
from core.i18n import text
from organization import approvers
from organization.approvers import Chart
from organization.models import Company
from workflows import Route

bp = Blueprint("flow_designer", __name__, url_prefix="/flow-designer")
DEEDS = f"any({','.join(edits.DEEDS)})"
ENVELOPE = ("seen", "seen_here", "csrf_token", "shown_at", "shown_plus", "shown_who")


@bp.context_processor
def words_of_the_designer() -> dict[str, Any]:
    return {"flow_words": words, "expert": bool(session.get("expert"))}


@bp.get("/new")
@access.needs("definitions.edit")
def new() -> str:
    return _new_page({"form": request.args.get("form", "")}, [])


@bp.post("/new")
@access.needs("definitions.edit")
def create() -> Response:
    """A flow with a name, for a form or for what the product decides, from nothing or from a pattern."""
    posted = {"kind": "workflow", "title": request.form.get("title", "")}
    try:
        document = skeletons.document(posted, current_user.company_id)
        body = starters.body(request.form.get("starter", ""), request.form.get("subject", ""))
    except Invalid as error:
        return make_response(_new_page(request.form.to_dict(), error.problems), 422)
    version = definitions.create(current_user.company_id, {**document, "body": body}, by_id=current_user.id)
    db.session.commit()
    return _to("flow_designer.edit", version.definition_id)


def _new_page(posted: dict[str, str], problems: list[Problem]) -> str:
    known = definitions.sources(current_user.company_id)
    subjects = starters.subjects_of(known)
    return render_template(
        "builder/flow/new.html", posted=posted, problems=problems, subjects=subjects, starters=starters.STARTERS
    )


@bp.get("/<int:definition_id>")
@access.needs("definitions.edit")
def edit(definition_id: int) -> str | Response:
    definition = flow_definition(definition_id)
    draft = definitions.draft_of(definition)
    if draft is None:
        return render_template("builder/no_draft.html", definition=definition)
    if not designer.is_readable(draft.document):
        return _to("definitions.edit", definition_id, plain=1)
    page = "_designer.html" if htmx else "edit.html"
    return render_template(f"builder/flow/{page}", **_shown(draft, _asked(request.args)))


@bp.post("/<int:definition_id>/draft")
@access.needs("definitions.edit")
def start_draft(definition_id: int) -> Response:
    definitions.open_draft(flow_definition(definition_id), by_id=current_user.id)
    db.session.commit()
    return _to("flow_designer.edit", definition_id)


@bp.post(f"/<int:definition_id>/<{DEEDS}:deed>")
@access.needs("definitions.edit")
def change(definition_id: int, deed: str) -> Response:
    draft = flow_draft(definition_id)
    old = draft.document
    try:
        steps.save(draft, _done(draft, deed, request.form), seen=_seen(), by_id=current_user.id)
    except EditedMeanwhile as conflict:
        return _told_of_the_other(conflict, deed)
    except Invalid as error:
        return _refused(definition_id, error.problems)
    db.session.commit()
    fresh = edits.fresh(old["body"], draft.document["body"]) if deed in ("add", "duplicate") else None
    return _saved(draft, at=fresh)


@bp.post("/<int:definition_id>/about")
@access.needs("definitions.edit")
def about(definition_id: int) -> Response:
    """What the flow is called, and what it is for."""
    return _kept(definition_id, lambda draft: edits.titled(draft.document, request.form))


@bp.post("/<int:definition_id>/text")
@access.needs("definitions.edit")
def save_text(definition_id: int) -> Response:
    """The whole draft as JSON, for experts: a step like any other."""
    return _kept(definition_id, lambda draft: _readable(json_text.read(request.form.get("text", ""))))


def _kept(definition_id: int, document_of: Any) -> Response:
    draft = flow_draft(definition_id)
    try:
        steps.save(draft, document_of(draft), seen=_seen(), by_id=current_user.id)
    except EditedMeanwhile as conflict:
        return _told_of_the_other(conflict, None)
    except Invalid as error:
        return _refused(definition_id, error.problems)
    db.session.commit()
    return _saved(draft)


@bp.post("/<int:definition_id>/<any(undo,redo):way>")
@access.needs("definitions.edit")
def walk(definition_id: int, way: str) -> Response:
    draft = flow_draft(definition_id)
    try:
        (steps.undo if way == "undo" else steps.redo)(draft, seen=_seen(), by_id=current_user.id)
    except EditedMeanwhile as conflict:
        return _told_of_the_other(conflict, None)
    db.session.commit()
    return _saved(draft)


# ── parts ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def _done(draft: DefinitionVersion, deed: str, posted: Posted) -> Document:
    company_id = draft.definition.company_id
    around = Around(lambda typed: members.named(company_id, typed))
    document = draft.document
    return _readable({**document, "body": edits.apply(document["body"], deed, posted, around)})


def _readable(document: Document) -> Document:
    """What is no flow cannot be drawn; the plain editor keeps such a text."""
    if not designer.is_readable(document):
        raise Invalid(shape.problems(document))
    return document


def _shown(draft: DefinitionVersion, shown: Shown, refused: list[Problem] | None = None) -> dict[str, Any]:
    definition = draft.definition
    known = definitions.sources(definition.company_id)
    chart = approvers.chart(definition.company_id, clock.today())
    problems = definitions.check(draft.document, known)
    before = next(iter(definitions.history(definition)), None)
    undo, redo = steps.last(draft), steps.undone(draft)
    body = draft.document["body"]
    return {
        "draft": draft,
        "definition": definition,
        "designer": Designer(
            draft.document,
            shown,
            known,
            chart,
            _levels(definition.company_id),
            form_people.seats(definition.company_id),
            problems,
            [] if problems else workflow.cautions(body, known),
            _route(body, known, chart, shown.who),
        ),
        "changes": differences.sentences(before.document, draft.document) if before else [],
        "undo": steps.said(draft, undo) if undo else None,
        "redo": steps.said(draft, redo) if redo else None,
        "refused": refused or [],
    }


def _levels(company_id: int) -> dict[str, str]:
    company = db.session.get_one(Company, company_id)
    return {level["key"]: text(level["title"]) for level in company.levels}


def _route(body: Document, known: Sources, chart: Chart, member_id: int | None) -> Route | None:
    """The way of somebody's request with an empty record; None while the flow cannot be walked."""
    person = chart.members.get(member_id or 0)
    tree = flows.sound(body, known) if person else None
    if person is None or tree is None:
        return None
    return dry_run.over(tree, chart, [person], dry_run.Sample(), clock.today()).routes.get(person.id)


def _asked(given: Any, prefix: str = "") -> Shown:
    return Shown(
        at=given.get(f"{prefix}at", "")[:40],
        plus=given.get(f"{prefix}plus", "")[:90],
        who=given.get(f"{prefix}who", None, type=int),
    )


def _saved(draft: DefinitionVersion, at: str | None = None) -> Response:
    now = _asked(request.form, "shown_")
    shown = Shown(at or now.at, "", now.who)
    address = url_for("flow_designer.edit", definition_id=draft.definition_id, **shown.fields())
    if not htmx:
        return make_response(redirect(address, 303))
    answer = make_response(render_template("builder/flow/_designer.html", **_shown(draft, shown)))
    answer.headers["HX-Replace-Url"] = address
    return answer


def _refused(definition_id: int, problems: list[Problem]) -> Response:
    db.session.rollback()
    shown = _shown(flow_draft(definition_id), _asked(request.form, "shown_"), problems)
    page = "_designer.html" if htmx else "edit.html"
    return make_response(render_template(f"builder/flow/{page}", **shown), 422)


def _told_of_the_other(conflict: EditedMeanwhile, deed: str | None) -> Response:
    """Somebody saved in between. His draft is shown, and what doing mine again would change in it: nothing is lost."""
    db.session.rollback()
    theirs = flow_draft(conflict.version.definition_id)
    changes: list[str] = []
    if deed is not None:
        try:
            changes = differences.sentences(theirs.document, _done(theirs, deed, request.form))
        except (Invalid, NotFound):
            deed = None
    mine = [(name, value) for name, value in request.form.items(multi=True) if name not in ENVELOPE]
    shown = _shown(theirs, _asked(request.form, "shown_"))
    shown |= {"conflict": {"deed": deed, "changes": changes, "mine": mine}}
    page = "_designer.html" if htmx else "edit.html"
    return make_response(render_template(f"builder/flow/{page}", **shown), 422 if htmx else 409)


def _seen() -> int:
    """The draft that the author had before his eyes; a plain form says it itself."""
    return request.form.get("seen", request.form.get("seen_here", 0, type=int), type=int)


def flow_definition(definition_id: int) -> Definition:
    found = views.definition_of(definition_id)
    if found.kind != "workflow":
        raise NotFound(_("There is no such flow."), f"definition {definition_id} is no workflow")
    return found


def flow_draft(definition_id: int) -> DefinitionVersion:
    draft = definitions.draft_of(flow_definition(definition_id))
    if draft is None:
        raise NotFound(_("There is no draft. Start one on the page of the definition."), "no draft")
    return draft


def _to(endpoint: str, definition_id: int, **values: Any) -> Response:
    return make_response(redirect(url_for(endpoint, definition_id=definition_id, **values), 303))
