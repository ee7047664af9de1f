"""Who changed what, for those who may read it: newest first, with before, after and reason."""

import sqlalchemy as sa
from flask import Blueprint, render_template, request
from flask_login import current_user
from sqlalchemy import select

from core import access
from core.audit import AuditEvent, AuditValue
from organization import paging
from organization.models import Member

bp = Blueprint("audit", __name__, url_prefix="/audit")


@bp.get("")
@access.needs("audit.read")
def index() -> str:
    words, subject = request.args.get("q", "").strip(), request.args.get("subject", "").strip()
    asked = (
        select(
            *(AuditEvent.id, AuditEvent.at, AuditEvent.action, AuditEvent.subject, AuditEvent.seal),
            *(AuditValue.before, AuditValue.after, AuditValue.reason, Member.name, Member.id.label("member_id")),
        )
        .outerjoin(AuditValue, AuditValue.event_id == AuditEvent.id)
        .outerjoin(Member, Member.id == AuditEvent.by_id)
        .where(_of_the_company())
    )
    if words:
        asked = asked.where(sa.or_(Member.name.contains(words, autoescape=True), AuditEvent.action.contains(words)))
    if subject:
        asked = asked.where(AuditEvent.subject == subject)
    page = paging.page(
        asked,
        AuditEvent,
        "at",
        descending=True,
        after=request.args.get("after", type=int),
        before=request.args.get("before", type=int),
    )
    return render_template("organization/audit/index.html", page=page, words=words, subject=subject)


def _of_the_company() -> sa.ColumnElement[bool]:
    """What the company's people did; what the system did is for those who maintain the installation."""
    own = Member.company_id == current_user.company_id
    return sa.or_(own, AuditEvent.by_id.is_(None)) if current_user.may("installation.manage") else own
