"""Approvals that wait for somebody: each is reassigned in its flow, with the reason in its history."""

from flask_babel import gettext as _
from sqlalchemy import select

from core.db import Document, db
from core.errors import Conflict
from organization.models import Member
from runtime.approvals import running
from runtime.approvals.models import WorkflowRun, WorkItem
from runtime.handover.things import Thing


def things(member: Member) -> list[Thing]:
    asked = select(WorkItem.id, WorkflowRun.title).join(WorkItem.run)
    rows = asked.where(WorkItem.member_id == member.id, WorkItem.closed_at.is_(None))
    return [Thing(*row) for row in db.session.execute(rows.order_by(WorkItem.id))]


def give(id: int, member: Member, taker: Member, by_id: int) -> Document:
    item = db.session.get_one(WorkItem, id)
    if item.closed_at is not None:
        raise Conflict(_("It was decided meanwhile."))
    return _reassign(item, taker, by_id)


def back(moved: Document, member: Member, by_id: int) -> None:
    """What the successor decided stands."""
    asked = select(WorkItem).where(WorkItem.run_id == moved["id"], WorkItem.member_id == moved["to"])
    for item in db.session.scalars(asked.where(WorkItem.closed_at.is_(None), WorkItem.token.in_(moved["items"]))):
        _reassign(item, member, by_id)


def _reassign(item: WorkItem, to: Member, by_id: int) -> Document:
    run = running.locked(item.run_id)
    reassigning = {"do": "reassign", "item": item.token, "to": str(to.id), "reason": _("Handover")}
    turn = running.act(run, reassigning, db.session.get_one(Member, by_id), reason=_("Handover"))
    return {"id": run.id, "to": to.id, "items": list(turn.opened)}
