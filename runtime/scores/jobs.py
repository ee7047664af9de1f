"""Jobs: what is due by the calendar, or was asked for; one effect."""

import datetime as dt

from core.db import Document
from runtime.facts import periods
from runtime.facts.periods import Period
from runtime.scores import runs

ONE_DAY = dt.timedelta(days=1)


def compute_ended(payload: Document) -> None:
    """The month that ended before the payload's day, and the quarter where it ended too; a schedule queues it."""
    runs.compute_all(payload["company_id"], ended_before(dt.date.fromisoformat(payload["day"])))


def compute(payload: Document) -> None:
    """The periods that somebody asked for."""
    asked = [periods.read(key) for key in payload["periods"]]
    runs.compute_all(payload["company_id"], asked, by_id=payload.get("by_id"))


def ended_before(day: dt.date) -> list[Period]:
    month = periods.containing(day.replace(day=1) - ONE_DAY, periods.MONTH)
    quarter = periods.containing(month.last_day, periods.QUARTER)
    return [month, quarter] if quarter.last_day == month.last_day else [month]
