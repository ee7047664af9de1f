"""Whoever has left answers nothing: what still waits for him goes to his manager, or who leads his unit or one above.
Where nobody is there who may, it stays for an administrator.
"""

import logging
from collections.abc import Iterator

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import contains_eager

from core import clock
from core.db import db
from core.errors import AppError
from organization.models import Member
from runtime.approvals import near, running
from runtime.approvals.models import WorkItem

log = logging.getLogger(__name__)


def hand_on() -> int:
    """Every open item of somebody who has left; how many found another."""
    return sum(_given(item) for item in _left_behind())


def _left_behind() -> list[WorkItem]:
    gone = select(WorkItem).join(WorkItem.member).options(contains_eager(WorkItem.member))
    gone = gone.where(WorkItem.closed_at.is_(None), Member.left_on <= clock.today())
    return list(db.session.scalars(gone.order_by(WorkItem.run_id, WorkItem.id)))


def _given(item: WorkItem) -> bool:
    run = running.locked(item.run_id)
    assert item.member is not None, "only items of somebody are looked for"
    reason = _("%(name)s has left.", name=item.member.name)
    for to in _above(item.member):
        try:
            with db.session.begin_nested():
                running.act(run, {"do": "reassign", "item": item.token, "to": str(to)}, None, reason=reason)
        except AppError as refusal:  # asked in this step already, or it is his own request: the next above
            log.info("item %s of run %s is not for member %s: %s", item.token, run.id, to, refusal)
            run = running.locked(item.run_id)
        else:
            return True
    return False


def _above(member: Member) -> Iterator[int]:
    chart = near.chart(member.company_id, clock.today())
    if member.manager_id in chart.members and member.manager_id is not None:
        yield member.manager_id
    yield from chart.heads(member.unit_id)
