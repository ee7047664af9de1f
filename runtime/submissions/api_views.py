"""`/api/v1/forms/<key>/submissions`: a program sends a form for a person of its unit, and reads what was sent.

Everything is judged as on the page. Sending the same `client_id` again changes nothing and answers with the first.
"""

from collections.abc import Mapping
from functools import cache
from typing import Any

from flask import Blueprint, Response, jsonify
from flask_babel import gettext as _
from sqlalchemy import Select, bindparam, select
from sqlalchemy.orm import joinedload

from builder import definitions, forms
from core import clock
from core.db import Document, db
from core.errors import Invalid, NotFound, Problem
from core.security import csrf
from organization.models import Grant, Member
from runtime.api import openapi
from runtime.api.bearer import needs_token, posted_json
from runtime.api.models import ApiToken
from runtime.submissions import filling, submissions
from runtime.submissions.filling import ASKED_ELSEWHERE, LONGEST_CLIENT_ID
from runtime.submissions.models import Submission
from runtime.submissions.submissions import SentAlready

bp = Blueprint("forms_api", __name__, url_prefix="/api/v1")
csrf.exempt(bp)

SUBMIT = "forms.submit"
LARGEST_ID = 2**63 - 1
TEXTS = ("member", "client_id", "recorded_at")


@bp.post("/forms/<key>/submissions")
@needs_token(SUBMIT)
def send(token: ApiToken, key: str) -> tuple[Response, int]:
    sent = _sent(posted_json())
    place = filling.find(_member(token, sent["member"]), key, sent["client_id"])
    try:
        submission, status = _submitted(place, sent), 201
    except SentAlready as again:
        submission, status = again.submission, 200
    db.session.commit()
    return jsonify(_told(submission)), status


@bp.get("/forms/<key>/submissions/<int:submission_id>")
@needs_token(SUBMIT)
def read(token: ApiToken, key: str, submission_id: int) -> Response:
    asked = select(Submission).where(Submission.id == min(submission_id, LARGEST_ID), Submission.state != "draft")
    asked = asked.options(joinedload(Submission.unit), joinedload(Submission.submitter))
    found = db.session.scalar(asked.where(Submission.definition.has(key=key, company_id=token.company_id)))
    if found is None or not token.covers(found.unit.path):
        raise NotFound(_("There is no such record for this token."))
    return jsonify(_told(found))


def _submitted(place: filling.Filling, sent: Document) -> Submission:
    """The values' problems stand below /values, where they were sent."""
    try:
        recorded_at = clock.moment(sent.get("recorded_at"))
        return submissions.submit(
            place, sent["values"], source="api", recorded_at=recorded_at, in_spite_of_warnings=True
        )
    except Invalid as invalid:
        below = [Problem(f"/values{one.path}", one.code, one.message) for one in invalid.problems]
        raise Invalid(below) from invalid


def _sent(document: Any) -> Document:
    """The body. Raises Invalid with the place of everything that does not belong there."""
    if not isinstance(document, dict):
        raise Invalid([Problem("", "shape", _("Send an object with member, client_id and values."))])
    problems = [
        Problem(f"/{name}", "needed", _("This is missing."))
        for name in ("member", "client_id", "values")
        if name not in document
    ]
    problems += [
        Problem(f"/{str(name)[:80]}", "unknown", _("There is no such field."))
        for name in document.keys() - {*TEXTS, "values"}
    ]
    problems += [
        Problem(f"/{name}", "type", _("A text belongs here."))
        for name in TEXTS
        if name in document and not isinstance(document[name], str)
    ]
    if "values" in document and not isinstance(document["values"], dict):
        problems.append(Problem("/values", "type", _("The values are an object, by the names of the fields.")))
    problems = problems or list(_wrong_texts(document))
    if problems:
        raise Invalid(problems)
    return document


def _wrong_texts(document: Document) -> list[Problem]:
    found = []
    if not 1 <= len(document["client_id"]) <= LONGEST_CLIENT_ID:
        sentence = _("Give it 1 to %(most)s characters.", most=LONGEST_CLIENT_ID)
        found.append(Problem("/client_id", "length", sentence))
    if "recorded_at" in document and clock.moment(document["recorded_at"]) is None:
        sentence = _("Write a moment with its zone, as 2025-06-30T09:00:00+08:00.")
        found.append(Problem("/recorded_at", "moment", sentence))
    return found


def _member(token: ApiToken, code: str) -> Member:
    """Who it is sent for; only people of the token's unit, as long as they work here."""
    known = {"company": token.company_id, "code": code}
    found = db.session.scalars(_by_code(), known).unique().one_or_none()
    if found is None or not token.covers(found.unit.path) or not found.present_on(clock.today()):
        raise Invalid([Problem("/member", "unknown", _("Nobody has the number “%(code)s”.", code=code[:40]))])
    return found


@cache
def _by_code() -> Select[tuple[Member]]:
    """Put together once: everything that a program sends asks it."""
    asked = select(Member).where(Member.company_id == bindparam("company"), Member.code == bindparam("code"))
    return asked.options(joinedload(Member.unit), joinedload(Member.grants).joinedload(Grant.unit))


def _told(submission: Submission) -> Document:
    return {
        "id": submission.id,
        "client_id": submission.client_id,
        "state": submission.state,
        "member": submission.submitter.code if submission.submitter else None,
        "recorded_at": submission.recorded_at.isoformat(),
        "received_at": submission.received_at.isoformat(),
        "values": submission.values,
        "hidden": submission.kept,
    }


# ── as OpenAPI tells it ──────────────────────────────────────────────────────────────────────────────────────────────

RECORD: Document = {
    "type": "object",
    "required": ["id", "client_id", "state", "member", "recorded_at", "received_at", "values", "hidden"],
    "properties": {
        "id": {"type": "integer"},
        "client_id": {"type": "string"},
        "state": {"enum": ["submitted", "removed"]},
        "member": {"type": ["string", "null"]},
        "recorded_at": {"type": "string", "format": "date-time"},
        "received_at": {"type": "string", "format": "date-time"},
        "values": {"type": "object"},
        "hidden": {"type": "object"},
    },
}


def _paths(token: ApiToken | None) -> Mapping[str, Document]:
    """The addresses of every form in force; without a token none, since forms are a company's own."""
    published = definitions.published_all(token.company_id, "form", unit=token.unit) if token else []
    return {
        address: methods
        for version in published
        if not version.definition.key.endswith(ASKED_ELSEWHERE)
        for address, methods in _of_form(version.definition.key, version.document, version.digest).items()
    }


def _of_form(key: str, document: Document, digest: str) -> Mapping[str, Document]:
    name, title = key.replace(".", "_"), document["title"]["zh"]
    values = forms.described(forms.of(document["body"], digest))
    number = {"name": "id", "in": "path", "required": True, "schema": {"type": "integer", "minimum": 1}}
    post = openapi.operation(f"send_{name}", title, {200: RECORD, 201: RECORD}, body=_body(values))
    get = openapi.operation(f"read_{name}", title, {200: RECORD}, parameters=[number])
    address = f"/api/v1/forms/{key}/submissions"
    return {address: {"post": post}, f"{address}/{{id}}": {"get": get}}


def _body(values: Document) -> Document:
    return {
        "type": "object",
        "required": ["member", "client_id", "values"],
        "properties": {
            "member": {"type": "string", "description": "staff number"},
            "client_id": {"type": "string", "minLength": 1, "maxLength": LONGEST_CLIENT_ID},
            "recorded_at": {"type": "string", "format": "date-time"},
            "values": values,
        },
        "additionalProperties": False,
    }


openapi.register(_paths)
