"""The record that a run is about, as the step that one is asked in may see it: hidden, to be read, to be filled in."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import joinedload
from werkzeug.datastructures import FileStorage, MultiDict

from builder import forms
from builder.forms import Field
from core.db import db
from core.errors import Invalid
from organization.models import Member
from runtime.approvals.models import WorkflowRun
from runtime.submissions import attachments, filling, posting
from runtime.submissions.filling import Filling
from runtime.submissions.models import Attachment, Submission
from runtime.submissions.pages import FillingPage, RecordPage

SUBMISSION = "submission"
HIDE, EDIT, REQUIRE = "hide", "edit", "require"

Rights = Mapping[str, str]
"""hide, read, edit or require, by the permanent id of a field."""


@dataclass(frozen=True)
class StepPage(RecordPage):
    """Only what the step lets one fill in is given; `needed` must be."""

    editable: frozenset[str] = frozenset()
    needed: frozenset[str] = frozenset()

    def state_of(self, at: Field) -> str:
        mine = at.id in self.editable or (at.table is not None and at.table in self.editable)
        return FillingPage.state_of(self, at) if mine else super().state_of(at)

    def required(self, at: Field) -> bool:
        return at.id in self.needed or (self.state_of(at) == "given" and super().required(at))

    @cached_property
    def titles(self) -> Mapping[str, str]:
        """Of the files in fields that are seen."""
        seen = {at.name for at in self.form.tops if at.id not in self.state.unseen}
        values = {name: value for name, value in self.state.values.items() if name in seen}
        return attachments.titles(self.form, values, self._place.company_id)


def submission_of(run: WorkflowRun) -> Submission | None:
    """The record, with its version. One statement; none for a run about something else."""
    if run.subject_kind != SUBMISSION:
        return None
    around = (Submission.version, Submission.definition, Submission.submitter, Submission.unit)
    return db.session.get(Submission, run.subject_id, options=[joinedload(one) for one in around])


def page(member: Member, submission: Submission, rights: Rights, typed: MultiDict[str, str] | None = None) -> StepPage:
    """The record for somebody; `typed` is what he sent and what came back."""
    place = place_of(member, submission)
    sent = posting.read(place, typed) if typed is not None else None
    values = sent.values if sent else filling.joined(place.form, submission.kept, submission.values)
    state = forms.effective(place.form, values, place.world)
    hidden = {field_id for field_id, right in rights.items() if right == HIDE}
    place.names.learn(place.form, state.values)
    return StepPage(
        form=place.form,
        state=replace(state, unseen=state.unseen | hidden),
        world=place.world,
        place=place,
        problems=sent.unread if sent else (),
        raw=sent.raw if sent else {},
        editable=frozenset(field_id for field_id, right in rights.items() if right in (EDIT, REQUIRE)),
        needed=frozenset(field_id for field_id, right in rights.items() if right == REQUIRE),
    )


def place_of(member: Member, submission: Submission) -> Filling:
    return filling.of(member, submission.version, submission.unit_id, submission.client_id, submission)


def changes(
    member: Member,
    submission: Submission,
    rights: Rights,
    posted: MultiDict[str, str],
    uploads: MultiDict[str, FileStorage],
) -> dict[str, Any]:
    """What he filled in of the fields that the step leaves to him, by name. Raises Invalid for what cannot be read."""
    place = place_of(member, submission)
    editable = {field_id for field_id, right in rights.items() if right in (EDIT, REQUIRE)}
    asked = set(posted.get("given", "").split())
    tops = [at for at in place.form.tops if at.typed and _is_asked(at, editable & asked)]
    if not tops:
        return {}
    sent = posting.read(place, posted, uploads)
    if sent.unread:
        raise Invalid(sent.unread)
    return {at.name: sent.values.get(at.name) for at in tops}


def _is_asked(at: Field, asked: set[str]) -> bool:
    return at.id in asked or any(column.id in asked for column in at.columns)


def attachment(submission: Submission, name: str) -> Attachment | None:
    """A file of the record. One statement."""
    asked = select(Attachment).where(Attachment.name == name, Attachment.submission_id == submission.id)
    return db.session.scalar(asked)
