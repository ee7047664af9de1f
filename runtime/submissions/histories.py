"""What became of a record after it was sent, out of the audit; and who can see it, and why."""

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from builder import forms
from builder.forms import Field, Form
from builder.models import DefinitionVersion
from core.audit import AuditEvent
from core.db import Document, db
from organization import roles
from organization.models import Grant, Member
from runtime.submissions import sights
from runtime.submissions.models import Submission
from runtime.submissions.pages import FillingPage, RecordPage
from runtime.submissions.sights import Granted

MOST_SEERS = 50


@dataclass(frozen=True)
class Change:
    """A field and what stood in it before and after, in words."""

    field: Field
    before: str
    after: str


@dataclass(frozen=True)
class Step:
    """`what` is submit, correct or remove."""

    what: str
    at: dt.datetime
    by: str
    reason: str
    changes: Sequence[Change]


@dataclass(frozen=True)
class Seer:
    """Somebody who sees the record, in which role at which unit, and which records that role sees."""

    name: str
    role: Document
    unit: str
    sees: str


def of(page: RecordPage, submission: Submission) -> list[Step]:
    """Oldest first. Three statements."""
    asked = select(AuditEvent).where(AuditEvent.subject == f"submission:{submission.id}")
    events = db.session.scalars(asked.options(joinedload(AuditEvent.value)).order_by(AuditEvent.id)).all()
    people = select(Member.id, Member.name).where(Member.id.in_({event.by_id for event in events}))
    names = dict(db.session.execute(people).all())
    return [_step(page, event, names) for event in events]


def _step(page: RecordPage, event: AuditEvent, names: Mapping[int, str]) -> Step:
    said = event.value
    before, after = (said.before or {}, said.after or {}) if said else ({}, {})
    changes = list(_changes(page, before.get("values", {}), after.get("values", {}))) if before and after else []
    changes += _left_behind(page, before) if event.action == "submission.migrate" else []
    by = names.get(event.by_id or 0, _("By a public link"))
    return Step(event.action.partition(".")[2], event.at, by, (said.reason or "") if said else "", changes)


def _changes(page: RecordPage, before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[Change]:
    for at in page.form.tops:
        if before.get(at.name) != after.get(at.name) and at.id not in page.state.unseen:
            yield Change(at, said(page, at, before.get(at.name)), said(page, at, after.get(at.name)))


def said(page: FillingPage, at: Field, value: Any) -> str:
    """A value of a field in words; a sub-table as its rows."""
    if value is None:
        return "—"
    if at.widget != "table":
        return page.shown(at, value) or "—"
    rows = (" / ".join(page.shown(column, row.get(column.name)) for column in at.columns) for row in value)
    return "; ".join(rows)


def lines(page: RecordPage, submission: Submission) -> list[tuple[Field, str]]:
    """What a record says, field by field in the order of the page, without what is blank or not for the reader."""
    values = submission.values
    seen = [at for at in page.form.order if at.id not in page.state.unseen and values.get(at.name) is not None]
    return [(at, said(page, at, values[at.name])) for at in seen]


def _left_behind(page: RecordPage, before: Mapping[str, Any]) -> Iterator[Change]:
    """What stood in fields that the version it was moved to does not have."""
    version = db.session.get(DefinitionVersion, before.get("version", 0))
    form = forms.of(version.document["body"], version.digest) if version else page.form
    for at in form.tops:
        if at.id not in page.form.fields and before.get("values", {}).get(at.name) is not None:
            yield Change(at, said(page, at, before["values"][at.name]), "—")


# ── 谁能看到 ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def seers(form: Form, submission: Submission) -> list[Seer]:
    """Everybody whose grants show him the record. What somebody sent, he sees himself."""
    named = _roles(form)
    asked = select(Grant).join(Grant.member).where(Member.company_id == submission.company_id)
    asked = asked.options(joinedload(Grant.member).joinedload(Member.grants), joinedload(Grant.unit))
    if named is not None:
        asked = asked.where(Grant.role.in_(named))
    grants = db.session.scalars(asked.order_by(Grant.unit_id, Grant.id)).unique()
    found = (one for grant in grants for one in sights.granted(grant.member, form) if one.grant is grant)
    reaching = (one for one in found if _reaches(submission, one))
    return [_seer(one) for one, _number in zip(reaching, range(MOST_SEERS), strict=False)]


def _roles(form: Form) -> set[str] | None:
    """The roles that the form names; None where it opens its records to all."""
    entries = form.body.get("records")
    if not entries:
        return {sights.HR}
    return (
        None if any("roles" not in entry for entry in entries) else {role for one in entries for role in one["roles"]}
    )


def _reaches(submission: Submission, one: Granted) -> bool:
    """Asked of the database only where the form sets conditions."""
    near = {"own": submission.submitter_id == one.grant.member_id, "all": True}
    if not near.get(one.sight.see, submission.unit.path.startswith(one.grant.unit.path)):
        return False
    if not one.sight.where:
        return True
    asked = select(Submission.id).where(Submission.id == submission.id, sights.where(one.grant.member, one))
    return db.session.scalar(asked) is not None


def _seer(one: Granted) -> Seer:
    kinds = {"own": _("own records"), "unit": _("records of the unit and below"), "all": _("all records")}
    return Seer(one.grant.member.name, roles.title(one.grant.role), one.grant.unit.name, kinds[one.sight.see])


def kept(page: RecordPage, submission: Submission) -> list[tuple[Field, str]]:
    """Fields that a rule had hidden, with what stood in them."""
    hidden = [at for at in page.form.tops if at.name in submission.kept and at.id not in page.state.unseen]
    return [(at, said(page, at, submission.kept[at.name])) for at in hidden]
