"""What was sent on a form: one record, and who may see it."""

from dataclasses import dataclass

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from builder import forms
from builder.forms import Form
from core.db import db
from core.errors import NotFound
from organization.models import Member
from runtime.submissions import sights
from runtime.submissions.models import Submission


@dataclass(frozen=True)
class Record:
    """A submission with the form that it was made with."""

    submission: Submission
    form: Form

    @property
    def number(self) -> int | None:
        return self.submission.version.number


def find(member: Member, key: str, record_id: int) -> Record:
    """A record that he sees. Raises NotFound for any other."""
    form = sights.form_of(member.company_id, key)
    asked = (
        select(Submission)
        .where(Submission.id == record_id, Submission.company_id == member.company_id, Submission.state != "draft")
        .where(Submission.definition.has(key=key), sights.visible(member, form))
        .options(
            joinedload(Submission.version),
            joinedload(Submission.definition),
            joinedload(Submission.submitter),
            joinedload(Submission.unit),
        )
    )
    found = db.session.scalar(asked)
    if found is None:
        raise NotFound(_("There is no such record, or it is not for you to see."))
    return Record(found, forms.of(found.version.document["body"], found.version.digest))
