"""Jobs: an id in, look it up, one effect."""

import datetime as dt

from core.db import Document, db
from runtime.facts import booking, visits
from runtime.goals.models import GoalSet


def book(payload: Document) -> None:
    """Facts of these metrics came in: the goals follow."""
    booking.book_all(payload["company_id"], payload["metrics"])


def book_set(payload: Document) -> None:
    """Goals have just become active: what came in before counts at once, also for the first week's tasks."""
    goal_set = db.session.get(GoalSet, payload["goal_set_id"])
    if goal_set is not None and goal_set.state == "active":
        booking.book(goal_set)


def count(payload: Document) -> None:
    """Something happened with customers on these days: visits may have become effective."""
    first, last = (dt.date.fromisoformat(payload[name]) for name in ("first", "last"))
    visits.recount(payload["company_id"], first, last)
