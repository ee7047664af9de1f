"""`/api/v1/inbox` and `/api/v1/runs/<id>/decisions`: a program, such as an office portal, shows somebody what waits for
him and hands in his answer. It is judged as on the page; the same `client_id` again is answered as done.
"""

from collections.abc import Mapping

from flask import Blueprint, Response, jsonify, request
from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import contains_eager, joinedload

from core import clock
from core.db import Document, db
from core.errors import Invalid, NotFound, Problem
from core.i18n import text
from core.security import csrf
from organization.models import Member
from runtime.api import openapi
from runtime.api.bearer import needs_token, posted_json
from runtime.api.models import ApiToken
from runtime.approvals import inbox, running
from runtime.approvals.models import WorkflowRun, WorkItem
from workflows import Turn

bp = Blueprint("approvals_api", __name__, url_prefix="/api/v1")
csrf.exempt(bp)

MANAGE = "approvals.manage"
MOST = 200
LONGEST_CLIENT_ID = 64
NEEDED = ("member", "client_id", "item", "outcome")
MAY = ("reason", "comment")


@bp.get("/inbox")
@needs_token(MANAGE)
def waiting(token: ApiToken) -> Response:
    """What waits for somebody, the oldest limit first."""
    member = _member(token, request.args.get("member", ""))
    asked = select(WorkItem).join(WorkItem.run).options(contains_eager(WorkItem.run).joinedload(WorkflowRun.submitter))
    open_ones = asked.where(inbox.his(member.id), WorkItem.closed_at.is_(None))
    by_limit = (WorkItem.due_at.is_(None), WorkItem.due_at, WorkItem.id)
    return jsonify({"items": [_told(item) for item in db.session.scalars(open_ones.order_by(*by_limit).limit(MOST))]})


@bp.post("/runs/<int:run_id>/decisions")
@needs_token(MANAGE)
def decide(token: ApiToken, run_id: int) -> Response:
    """An answer of somebody who is asked. 409 tells who was first."""
    sent = _sent(posted_json())
    member, run = _member(token, sent["member"]), running.locked(run_id)
    if run.company_id != token.company_id:
        raise NotFound(_("There is no such run, or it is not for you to see."), f"run {run_id} is another company's")
    operation = {"do": "decide", "item": sent["item"], "outcome": sent["outcome"]}
    said = {key: sent.get(key, "") for key in MAY}
    turn = running.act(run, operation, member, client_id=sent["client_id"], **said)
    db.session.commit()
    return jsonify(_after(run_id, turn))


def _sent(document: object) -> Document:
    """The body. Raises Invalid with the place of everything that does not belong there."""
    if not isinstance(document, dict):
        raise Invalid([Problem("", "shape", _("Send an object with member, client_id, item and outcome."))])
    problems = [Problem(f"/{name}", "needed", _("This is missing.")) for name in NEEDED if not document.get(name)]
    unknown = document.keys() - {*NEEDED, *MAY}
    problems += [Problem(f"/{str(name)[:80]}", "unknown", _("There is no such field.")) for name in unknown]
    texts = [(name, value) for name, value in document.items() if name not in unknown]
    problems += [
        Problem(f"/{name}", "type", _("A text belongs here.")) for name, value in texts if not isinstance(value, str)
    ]
    if not problems and len(document["client_id"]) > LONGEST_CLIENT_ID:
        sentence = _("Give it 1 to %(most)s characters.", most=LONGEST_CLIENT_ID)
        problems.append(Problem("/client_id", "length", sentence))
    if problems:
        raise Invalid(problems)
    return document


def _member(token: ApiToken, code: str) -> Member:
    """Whose inbox it is; only people of the token's unit, as long as they work here."""
    asked = select(Member).where(Member.company_id == token.company_id, Member.code == code)
    found = db.session.scalar(asked.options(joinedload(Member.unit)))
    if found is None or not token.covers(found.unit.path) or not found.present_on(clock.today()):
        raise Invalid([Problem("/member", "unknown", _("Nobody has the number “%(code)s”.", code=code[:40]))])
    return found


def _told(item: WorkItem) -> Document:
    return {
        "run": item.run_id,
        "item": item.token,
        "title": item.run.title,
        "step": text(item.step_title),
        "kind": item.kind,
        "submitter": item.run.submitter.code,
        "opened_at": item.opened_at.isoformat(),
        "due_at": item.due_at.isoformat() if item.due_at else None,
    }


def _after(run_id: int, turn: Turn) -> Document:
    return {"run": run_id, "status": turn.state["status"], "waits_for": len(turn.state["items"])}


# ── as OpenAPI tells it ──────────────────────────────────────────────────────────────────────────────────────────────

TEXT: Document = {"type": "string"}
MOMENT: Document = {"type": ["string", "null"], "format": "date-time"}
ITEM: Document = {
    "type": "object",
    "required": ["run", "item", "title", "step", "kind", "submitter", "opened_at", "due_at"],
    "properties": {
        **dict.fromkeys(("item", "title", "step", "submitter", "opened_at"), TEXT),
        "run": {"type": "integer"},
        "kind": {"enum": ["approve", "decide", "handle", "submit"]},
        "due_at": MOMENT,
    },
}
INBOX: Document = {"type": "object", "required": ["items"], "properties": {"items": {"type": "array", "items": ITEM}}}
AFTER: Document = {
    "type": "object",
    "required": ["run", "status", "waits_for"],
    "properties": {
        "run": {"type": "integer"},
        "status": {"enum": ["running", "finished", "rejected", "withdrawn"]},
        "waits_for": {"type": "integer", "description": "how many people are asked now"},
    },
}
DECISION: Document = {
    "type": "object",
    "required": list(NEEDED),
    "properties": {
        "member": {"type": "string", "description": "staff number of whoever answers"},
        "client_id": {"type": "string", "minLength": 1, "maxLength": LONGEST_CLIENT_ID},
        "item": {"type": "string", "description": "as the inbox gives it"},
        "outcome": {"type": "string", "description": "approve, reject, done, submit or an outcome of the step"},
        "reason": TEXT,
        "comment": TEXT,
    },
    "additionalProperties": False,
}


def _paths(_token: ApiToken | None) -> Mapping[str, Document]:
    member = {"name": "member", "in": "query", "required": True, "schema": TEXT}
    number = {"name": "id", "in": "path", "required": True, "schema": {"type": "integer", "minimum": 1}}
    listed = openapi.operation("inbox", "待办", {200: INBOX}, parameters=[member])
    decided = openapi.operation("decide", "处理待办", {200: AFTER}, body=DECISION, parameters=[number])
    return {"/api/v1/inbox": {"get": listed}, "/api/v1/runs/{id}/decisions": {"post": decided}}


openapi.register(_paths)
