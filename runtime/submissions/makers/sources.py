"""What every maker asks of a record: its day, and the reference under which something is made once."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from builder.forms import Made
from core import clock
from runtime.submissions.models import Submission

SUBJECT = "submission"


def reference(submission: Submission, made: Made) -> str:
    return f"{prefix(submission)}:{made.id}"


def prefix(submission: Submission) -> str:
    return f"{SUBJECT}:{submission.id}"


def day_of(submission: Submission, values: Mapping[str, Any]) -> dt.date:
    said = values.get("day")
    return dt.date.fromisoformat(said[:10]) if said else submission.recorded_at.astimezone(clock.SHANGHAI).date()
