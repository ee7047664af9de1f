"""What was sent on a form: one record, who may see it, and what he may do with it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from builder import forms
from builder.forms import Form
from builder.models import Definition
from core.db import db
from core.errors import Invalid, NotFound, Problem
from organization.models import Member
from runtime.submissions import filling, sights, submissions
from runtime.submissions.filling import Filling
from runtime.submissions.models import Submission


@dataclass(frozen=True)
class Record:
    """A submission with the form that it was made with."""

    submission: Submission
    form: Form

    @property
    def number(self) -> int | None:
        return self.submission.version.number


def find(member: Member, key: str, record_id: int, action: str | None = None) -> Record:
    """A record that he sees, or may edit or delete. Raises NotFound for any other."""
    form = sights.form_of(member.company_id, key)
    asked = (
        select(Submission)
        .where(Submission.id == record_id, Submission.company_id == member.company_id, Submission.state != "draft")
        .where(Submission.definition.has(key=key), sights.visible(member, form, action))
        .options(
            *(joinedload(Submission.version), joinedload(Submission.definition)),
            *(joinedload(Submission.submitter), joinedload(Submission.unit)),
        )
    )
    found = db.session.scalar(asked)
    if found is None:
        raise NotFound(_("There is no such record, or it is not for you to see."))
    return Record(found, forms.of(found.version.document["body"], found.version.digest))


def key_of(member: Member, record_id: int) -> str:
    """The key of the form that a record of the company was sent on. Raises NotFound."""
    asked = select(Definition.key).join(Submission, Submission.definition_id == Definition.id)
    found = db.session.scalar(asked.where(Submission.id == record_id, Submission.company_id == member.company_id))
    if found is None:
        raise NotFound(_("There is no such record, or it is not for you to see."))
    return found


def actions(member: Member, key: str, submission: Submission) -> set[str]:
    """What he may do with a record that was sent: edit, delete."""
    form = sights.form_of(member.company_id, key)
    if form is None or submission.state != "submitted":
        return set()
    own = select(Submission.id).where(Submission.id == submission.id)
    asked = {action: own.where(sights.visible(member, form, action)) for action in ("edit", "delete")}
    return {action for action, query in asked.items() if db.session.scalar(query) is not None}


def to_correct(member: Member, key: str, record_id: int) -> Filling:
    """The record in the form as it is in force now, for somebody who may correct it."""
    submission = find(member, key, record_id, "edit").submission
    version = sights.version_of(member.company_id, key) or submission.version
    return replace(filling.of(member, version, submission.unit_id, submission.client_id), begun=submission)


def remove(member: Member, key: str, ids: Sequence[int], reason: str) -> int:
    """Those of the records that he may delete; how many. Raises Invalid without a reason."""
    if not reason.strip():
        raise Invalid([Problem("/reason", "required", _("Say why they are removed."))])
    form = sights.form_of(member.company_id, key)
    asked = select(Submission).where(Submission.id.in_(ids), Submission.state == "submitted")
    asked = asked.where(Submission.definition.has(key=key, company_id=member.company_id))
    found = db.session.scalars(asked.where(sights.visible(member, form, "delete"))).all()
    for submission in found:
        submissions.remove(submission, by_id=member.id, reason=reason.strip())
    return len(found)
