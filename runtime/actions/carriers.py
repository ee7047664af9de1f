"""Who carries a goal through a week, how many days of it he has, and what his formulas may read."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from sqlalchemy import select

from core.db import db
from organization import absences
from runtime.actions import weeks
from runtime.actions.demand import Person
from runtime.goals import columns
from runtime.goals.allocation import as_typed
from runtime.goals.ground import Ground, MemberRow
from runtime.goals.models import Goal, GoalSet
from runtime.goals.plans import Plan
from runtime.goals.splits import seasonality


@dataclass(frozen=True)
class Carrier:
    """A person with a goal, what of it is done, and what his plan puts on each week."""

    goal_id: int
    target: int
    done: int | None
    weeks: Mapping[str, int]
    member: MemberRow

    def left_before(self, week: str) -> Fraction:
        """Yuan still to come when the week begins; while no actuals are known the plan of past weeks counts as done."""
        planned = sum(amount for name, amount in self.weeks.items() if name < week)
        return Fraction(self.target - (planned if self.done is None else self.done))


def of_set(goal_set: GoalSet, here: Ground) -> list[Carrier]:
    """Who has a goal and is there this week, in the order of the organisation."""
    asked = select(Goal.member_id, Goal.id, Goal.target, Goal.booked, Goal.split)
    rows = db.session.execute(asked.where(Goal.goal_set_id == goal_set.id, Goal.member_id.is_not(None)))
    goals = {member_id: values for member_id, *values in rows}
    has_actuals = any(booked for _goal_id, _target, booked, _split in goals.values())
    return [
        Carrier(goal_id, target, booked if has_actuals else None, split["week"], member)
        for member in here.members
        if member.id in goals
        for goal_id, target, booked, split in [goals[member.id]]
    ]


def people(plan: Plan, here: Ground, carriers: Sequence[Carrier], week: str) -> list[Person]:
    """Each carrier's days this week and until the end of the cycle, weighed by season, leave taken out."""
    monday, _sunday = weeks.days_of(week)
    days = [day for day in map(dt.date.fromordinal, here.year.days.tolist()) if day >= monday]
    season = {month: as_typed(weight) for month, weight in seasonality(plan, here).items()}
    away = absences.absent_days([carrier.member.id for carrier in carriers], monday, here.last_day)
    return [_person(carrier, days, season, away.get(carrier.member.id, set()), week) for carrier in carriers]


def _person(
    carrier: Carrier, days: Sequence[dt.date], season: Mapping[int, Fraction], away: set[dt.date], week: str
) -> Person:
    member = carrier.member
    mine = [day for day in days if day not in away and day >= member.joined_on]
    mine = [day for day in mine if member.left_on is None or day < member.left_on]
    this_week = [day for day in mine if weeks.week_of(day) == week]
    return Person(
        member_id=member.id,
        team=member.unit_id,
        remaining=carrier.left_before(week),
        days_this_week=len(this_week),
        weight_this_week=sum((season[day.month] for day in this_week), Fraction(0)),
        weight_left=sum((season[day.month] for day in mine), Fraction(0)),
    )


def columns_of(here: Ground, carriers: Sequence[Carrier]) -> columns.Columns:
    members = [carrier.member for carrier in carriers]
    given = {"history": [here.history_of(member) for member in members]}
    return columns.of_children(here, members, given, [member.unit_id for member in members])
