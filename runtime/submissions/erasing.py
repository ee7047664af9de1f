"""What submissions hold about a person: handed over with the rest, and made nameless with the rest.

Numbers, choices and dates stay, records are counted with them. What he wrote, drew, photographed and where he was goes;
his drafts go whole.
"""

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa
from sqlalchemy import select

from builder import forms
from core import audit
from core.db import Document, db
from organization import erasure
from organization.models import Member
from runtime.submissions import attachments
from runtime.submissions.models import Attachment, FieldValue, Submission

WRITTEN = frozenset({"text", "long_text", "rich_text", "phone", "email", "url"})
SHOWN = frozenset({"file", "image", "signature", "location"})


def collect(member: Member) -> Document:
    return {
        "submissions": erasure.rows(Submission, Submission.submitter_id == member.id),
        "attachments": erasure.rows(Attachment, Attachment.member_id == member.id),
    }


def erase(member: Member) -> None:
    _forget_files(member)
    for submission in db.session.scalars(select(Submission).where(Submission.submitter_id == member.id)):
        _blank(submission)
        audit.blank(f"submission:{submission.id}")
        if submission.state == "draft":
            db.session.delete(submission)


def _blank(submission: Submission) -> None:
    form = forms.of(submission.version.document["body"], submission.version.digest)
    submission.values = without_words(form, submission.values)
    submission.kept = without_words(form, submission.kept)
    submission.named = ""
    written = [field.id for field in form.fields.values() if field.widget in WRITTEN]
    gone = FieldValue.field.in_(written), FieldValue.submission_id == submission.id
    db.session.execute(sa.delete(FieldValue).where(*gone))


def without_words(form: forms.Form, values: Mapping[str, Any]) -> Document:
    """The values without those that a person wrote or showed."""
    return _left(form.tops, values)


def _left(fields: Any, values: Mapping[str, Any]) -> Document:
    left: Document = {}
    for field in fields:
        value = values.get(field.name)
        if field.widget == "table" and isinstance(value, list):
            left[field.name] = [_left(field.columns, row) for row in value]
        elif field.name in values and field.widget not in WRITTEN | SHOWN:
            left[field.name] = value
    return left


def _forget_files(member: Member) -> None:
    own = list(db.session.scalars(select(Attachment).where(Attachment.member_id == member.id)))
    for attachment in own:
        db.session.delete(attachment)
    db.session.flush()
    attachments.remove_unused({attachment.content for attachment in own})
