"""What has been booked towards each goal that holds: a person's own, and for units all that came in below (S2)."""

from collections import defaultdict
from collections.abc import Collection, Sequence

import sqlalchemy as sa
from sqlalchemy import select

from core.db import db
from organization.models import OrgUnit
from runtime.facts import store
from runtime.facts.models import Fact
from runtime.goals.models import Goal, GoalSet

Sums = Sequence[tuple[int, str, int | None, int]]


def book_all(company_id: int, metric_keys: Collection[str]) -> None:
    """Every goal set that holds and splits one of these metrics."""
    active = select(GoalSet).where(GoalSet.company_id == company_id, GoalSet.state == "active").order_by(GoalSet.id)
    for goal_set in db.session.scalars(active).all():
        if metric_of(goal_set) in metric_keys:
            book(goal_set)


def metric_of(goal_set: GoalSet) -> str:
    return str(goal_set.cascade_version.document["body"]["metric"])


def book(goal_set: GoalSet) -> None:
    """Write each goal's booked amount anew from the facts of its cycle, in whole yuan. Three statements and one that
    changes what differs."""
    columns = (Goal.id, Goal.node, Goal.parent, Goal.unit_id, Goal.member_id, Goal.booked)
    goals = db.session.execute(select(*columns).where(Goal.goal_set_id == goal_set.id)).all()
    homes = {goal.member_id: goal.unit_id for goal in goals if goal.member_id is not None}
    paths = dict(db.session.execute(select(OrgUnit.id, OrgUnit.path).where(OrgUnit.id.in_(set(homes.values())))).all())
    people, units = _add_up(_sums(goal_set), {member: paths[unit] for member, unit in homes.items()})
    booked = [
        (goal.id, goal.booked, units[goal.unit_id] if goal.member_id is None else people[goal.member_id])
        for goal in goals
    ]
    changed = [{"id": goal_id, "booked": now} for goal_id, before, now in booked if before != now]
    if changed:
        db.session.execute(sa.update(Goal), changed)


def _sums(goal_set: GoalSet) -> Sums:
    """(unit, its path, member, whole yuan) of the cycle."""
    cycle = goal_set.cycle
    query = (
        select(Fact.unit_id, OrgUnit.path, Fact.member_id, sa.func.sum(Fact.value))
        .join(OrgUnit, Fact.unit_id == OrgUnit.id)
        .where(*store.within(goal_set.company_id, metric_of(goal_set), cycle.first_day, cycle.last_day))
        .group_by(Fact.unit_id, OrgUnit.path, Fact.member_id)
    )
    return [(unit_id, path, member_id, round(total)) for unit_id, path, member_id, total in db.session.execute(query)]


def _add_up(sums: Sums, homes: dict[int, str]) -> tuple[dict[int, int], dict[int, int]]:
    """By member and by unit. What a person with a goal sold counts where his goal stands, wherever he sold it, so that
    a unit has never booked less than its people; everything else counts where it came in."""
    people: dict[int, int] = defaultdict(int)
    units: dict[int, int] = defaultdict(int)
    for _unit_id, path, member_id, amount in sums:
        if member_id is not None:
            people[member_id] += amount
        for unit_id in homes.get(member_id or 0, path).strip("/").split("/"):
            units[int(unit_id)] += amount
    return people, units
