"""Jobs: an id in, look it up, one effect."""

from sqlalchemy import select

from core import clock
from core.db import Document, db
from runtime.actions import swaps, weekly, weeks
from runtime.actions.models import TaskSwap
from runtime.goals.models import GoalSet


def generate_for_set(payload: Document) -> None:
    """The first week of goals that have just become active; nothing when they were replaced meanwhile."""
    goal_set = db.session.get(GoalSet, payload["goal_set_id"])
    if goal_set is not None and goal_set.state == "active" and _within_cycle(goal_set):
        weekly.generate(goal_set, weeks.week_of(clock.today()))


def generate_week(payload: Document) -> None:
    """This week's tasks for every active goal set of a company; the weekly schedule queues it."""
    active = select(GoalSet).where(GoalSet.company_id == payload["company_id"], GoalSet.state == "active")
    for goal_set in db.session.scalars(active.order_by(GoalSet.id)).all():
        if _within_cycle(goal_set):
            weekly.generate(goal_set, payload["week"])


def settle_swap(payload: Document) -> None:
    """The week of a swap has closed."""
    swap = db.session.get(TaskSwap, payload["swap_id"])
    if swap is not None:
        swaps.settle(swap)


def _within_cycle(goal_set: GoalSet) -> bool:
    return goal_set.cycle.first_day <= clock.today() <= goal_set.cycle.last_day
