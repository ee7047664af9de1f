"""Jobs: an id in, look it up, one effect."""

import datetime as dt

from core.db import Document, db
from runtime.rhythm import schedules
from runtime.rhythm.models import Schedule


def follow(payload: Document) -> None:
    """Something about a company's schedules was published, retired or installed."""
    schedules.follow(payload["company_id"])


def fire(payload: Document) -> None:
    """A schedule's timer rang."""
    schedule = db.session.get(Schedule, payload["schedule_id"])
    if schedule is not None:
        schedules.fire(schedule, dt.datetime.fromisoformat(payload["due_at"]))
