"""Jobs: an id in, look it up, one effect."""

from core.db import Document, db
from runtime.submissions import creating
from runtime.submissions.models import Submission


def create(payload: Document) -> None:
    """What a record makes; nothing when it was removed meanwhile."""
    submission = db.session.get(Submission, payload["submission_id"])
    if submission is not None and submission.state == "submitted":
        creating.make(submission)
