"""Records that ask for a decision: a form that names an approval flow starts a run with each record, and what it makes
waits for the run's end.
"""

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import select

from builder.forms import Form
from core import jobs
from core.db import db
from core.errors import Conflict, Forbidden
from runtime.approvals import running
from runtime.approvals.models import WorkflowRun
from runtime.submissions.filling import Filling
from runtime.submissions.models import Submission

KIND = "submission"
CREATE = "runtime.submissions.jobs.create"

Chosen = Mapping[str, Sequence[str]]


def flow_of(form: Form) -> str | None:
    """The key of the approval flow that the form names."""
    key: str | None = form.body.get("workflow")
    return key


def both_or_none(form: Form) -> AbstractContextManager[Any]:
    """Around storing a record and beginning its run: where the run is refused, nothing of the record stays."""
    return nullcontext() if flow_of(form) is None else db.session.begin_nested()


def begin(place: Filling, submission: Submission, chosen: Chosen | None = None) -> WorkflowRun | None:
    """A run for a record that was just sent; none where the form asks nobody. Raises Invalid where a step would find
    nobody, Forbidden for a stranger: a run needs somebody to whom it can be returned."""
    key = flow_of(place.form)
    if key is None:
        return None
    if place.member is None:
        raise Forbidden(_("What needs approval is sent by people who are signed in."), f"{key} by a public link")
    version = running.version_for(place.company_id, key)
    title = " · ".join(part for part in (place.definition.title["zh"], submission.named) if part)
    return running.start(version, (KIND, submission.id), title, place.member, unit_id=place.unit_id, chosen=chosen)


def run_of(submission_id: int) -> WorkflowRun | None:
    """The last run about a record. One statement."""
    asked = select(WorkflowRun).where(WorkflowRun.subject_kind == KIND, WorkflowRun.subject_id == submission_id)
    return db.session.scalar(asked.order_by(WorkflowRun.id.desc()).limit(1))


def refuse_while_decided(form: Form, submission: Submission) -> None:
    """Raises Conflict for a record that is being decided on: whoever is asked changes it there."""
    run = run_of(submission.id) if flow_of(form) else None
    if run is not None and run.status == "running":
        raise Conflict(_("This is being decided on. It can be changed by whoever is asked, or after it was withdrawn."))


def make(form: Form, submission: Submission) -> None:
    """Let a job make what the form says a record makes, unless a decision is awaited or was against it."""
    if not form.body.get("creates"):
        return
    if flow_of(form) is not None:
        run = run_of(submission.id)
        if run is None or run.status != "finished":
            return
    jobs.enqueue(CREATE, {"submission_id": submission.id})
