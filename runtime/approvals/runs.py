"""Who may look at a run and who looks after it, each as one WHERE.

A run is seen by its submitter, by everybody who is or was asked in it, by those it was copied to, and by who holds
`approvals.manage` at its unit.
"""

import sqlalchemy as sa
from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from core.db import Document, db
from core.errors import NotFound
from organization.access import visible_units
from organization.models import Member, OrgUnit
from runtime.approvals.models import RunEvent, RunReader, WorkflowRun, WorkItem

MANAGE = "approvals.manage"


def visible(member: Member) -> sa.ColumnElement[bool]:
    """Runs that he may read."""
    mine = sa.or_(
        WorkItem.member_id == member.id, WorkItem.instead_of_id == member.id, WorkItem.closed_by_id == member.id
    )
    return sa.and_(
        WorkflowRun.company_id == member.company_id,
        sa.or_(
            WorkflowRun.submitter_id == member.id,
            select(WorkItem.id).where(WorkItem.run_id == WorkflowRun.id, mine).exists(),
            select(RunReader.id).where(RunReader.run_id == WorkflowRun.id, RunReader.member_id == member.id).exists(),
            managed(member),
        ),
    )


def managed(member: Member) -> sa.ColumnElement[bool]:
    """Runs of units in which he may step in."""
    units = select(OrgUnit.id).where(OrgUnit.company_id == member.company_id, visible_units(member, MANAGE))
    return WorkflowRun.unit_id.in_(units) if member.may(MANAGE) else sa.false()


def find(member: Member, run_id: int) -> WorkflowRun:
    """A run that he sees, with its version, submitter and unit. One statement. Raises NotFound for any other."""
    return _found(run_id, visible(member))


def about(member: Member, kind: str, subject_id: int) -> int | None:
    """The id of the last run about something, if he sees it. One statement."""
    subject = sa.and_(WorkflowRun.subject_kind == kind, WorkflowRun.subject_id == subject_id)
    asked = select(WorkflowRun.id).where(subject, visible(member)).order_by(WorkflowRun.id.desc())
    return db.session.scalar(asked.limit(1))


def find_to_manage(member: Member, run_id: int) -> WorkflowRun:
    """A run that he may step into. Raises NotFound."""
    return _found(run_id, sa.and_(WorkflowRun.company_id == member.company_id, managed(member)))


def _found(run_id: int, condition: sa.ColumnElement[bool]) -> WorkflowRun:
    asked = select(WorkflowRun).where(WorkflowRun.id == run_id, condition)
    around = (WorkflowRun.version, WorkflowRun.definition, WorkflowRun.submitter, WorkflowRun.unit)
    found = db.session.scalar(asked.options(*(joinedload(one) for one in around)))
    if found is None:
        raise NotFound(_("There is no such run, or it is not for you to see."), f"no run {run_id}")
    return found


def require_visible(member: Member, run: WorkflowRun) -> None:
    """Raises NotFound for a run that he does not see. No statement for its submitter and for who is asked now."""
    asked = (person for item in run.state["items"].values() for person in (item["who"], item.get("instead_of")))
    if run.submitter_id == member.id or str(member.id) in asked:
        return
    seen = select(WorkflowRun.id).where(WorkflowRun.id == run.id, visible(member))
    if db.session.scalar(seen) is None:
        raise NotFound(_("There is no such run, or it is not for you to see."), f"run {run.id} is not his")


def require_managed(member: Member, run: WorkflowRun) -> None:
    """Raises NotFound for a run that he may not step into."""
    if run.company_id != member.company_id or not member.may(MANAGE, run.unit):
        raise NotFound(_("There is no such run, or it is not for you to see."), f"run {run.id} is not his")


def items_of(run: WorkflowRun) -> list[WorkItem]:
    """Everybody who was ever asked, in the order of asking. One statement."""
    asked = select(WorkItem).where(WorkItem.run_id == run.id).order_by(WorkItem.id)
    people = (WorkItem.member, WorkItem.instead_of, WorkItem.closed_by)
    return list(db.session.scalars(asked.options(*(joinedload(one) for one in people))))


def events_of(run: WorkflowRun) -> list[RunEvent]:
    """What was done, oldest first. One statement."""
    asked = select(RunEvent).where(RunEvent.run_id == run.id).order_by(RunEvent.number)
    return list(db.session.scalars(asked.options(joinedload(RunEvent.by))))


def attached(run: WorkflowRun, content: str) -> Document:
    """A file of a verdict, or a signature. One statement. Raises NotFound for what nobody attached to this run."""
    asked = select(RunEvent.files, RunEvent.signature).where(RunEvent.run_id == run.id)
    for files, signature in db.session.execute(asked):
        known = next((one for one in files or () if one["content"] == content), None)
        if known is not None:
            return dict(known)
        if signature == content:
            return {"content": content, "media": "image/png", "title": "signature.png"}
    raise NotFound(_("This file is not there any more."))
