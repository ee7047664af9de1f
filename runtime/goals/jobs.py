"""Jobs: an id in, look it up, one effect."""

from core.db import Document, db
from runtime.goals import publishing
from runtime.goals.models import GoalSet


def publish(payload: Document) -> None:
    """Fill and activate a staged goal set. A set that is not staged any more was done by an earlier attempt."""
    goal_set = db.session.get(GoalSet, payload["goal_set_id"])
    if goal_set is not None and goal_set.state == "staged":
        publishing.fill_and_activate(goal_set)
