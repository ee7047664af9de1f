"""What was asked and what was done of the behaviour behind a result (S28), by person.

The behaviour is what the cascade drives and what its rules name for a position. It is asked for by the tasks of the
weeks so far, so nobody is behind with what nobody asked him for; what counts as done are the metric's figures since
the first of those weeks.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy import select

from core import clock
from core.db import Document, db, like_prefix
from organization import calendars
from runtime.actions import weeks
from runtime.actions.models import Task
from runtime.facts.metrics import Metric
from runtime.facts.models import Fact, counts
from runtime.goals.models import Goal, GoalSet

REMEDY = "remedy"


class Amounts(NamedTuple):
    """Asked for until the end of this week, due before today, done; they add up over people."""

    asked: float = 0.0
    due: float = 0.0
    done: float = 0.0

    def plus(self, other: "Amounts") -> "Amounts":
        return Amounts(self.asked + other.asked, self.due + other.due, self.done + other.done)


ByMember = Mapping[str, Mapping[int, Amounts]]
"""By metric, then by person. What was done of a metric that nobody in the company has figures of is not known: NaN."""


def metrics_of(body: Document, metrics: Mapping[str, Metric]) -> list[Metric]:
    """Of a cascade, what it drives first; only what adds up over people and weeks can be asked for by tasks."""
    driven = [driver["metric"] for driver in body.get("drivers", ())]
    named = [key for link in body.get("behaviour", ()) for key in link["metrics"]]
    found = [metrics[key] for key in dict.fromkeys((*driven, *named)) if key in metrics]
    return [metric for metric in found if metric.org == metric.time == "sum"]


def by_member(goal_set: GoalSet, body: Document, wanted: Sequence[Metric], under: str | None = None) -> ByMember:
    """`under` is the path of a goal: only people there or below. Two statements, three where a metric has no figures
    of theirs, one where nothing was asked for yet."""
    tasks = _asked(goal_set, under)
    if not tasks:
        return {}
    monday = weeks.days_of(min(task.first_week for task in tasks))[0]
    done = _done(goal_set, [metric.key for metric in wanted], monday, under)
    silent = _silent(goal_set, [metric.key for metric in wanted if metric.key not in done], monday)
    return {
        metric.key: _amounts(goal_set, body, metric, tasks, done[metric.key], metric.key in silent) for metric in wanted
    }


def _amounts(
    goal_set: GoalSet, body: Document, metric: Metric, tasks: Sequence[Any], done: Mapping[int, float], silent: bool
) -> dict[int, Amounts]:
    passed = _passed(goal_set.company_id)
    templates = {f"{goal_set.cascade_key}/{entry['id']}" for entry in _templates(body, metric)}
    nothing = Amounts(done=float("nan")) if silent else Amounts()
    amounts = {member_id: Amounts(done=value) for member_id, value in done.items()}
    for task in (one for one in tasks if one.template in templates):
        before, now = float(task.before), float(task.now)  # PostgreSQL adds up to Decimal
        asked = Amounts(before + now, before + now * passed)
        amounts[task.member_id] = amounts.get(task.member_id, nothing).plus(asked)
    return amounts


def _templates(body: Document, metric: Metric) -> list[Document]:
    """The tasks that ask for a metric: those of its driver, and those that ask for the same tier and level."""
    drivers = {driver["id"] for driver in body.get("drivers", ()) if driver["metric"] == metric.key}
    count = metric.count or {}
    narrowed = {name: count[name] for name in ("customer_tier", "contact_level") if name in count}
    return [
        entry
        for entry in body.get("tasks", ())
        if entry.get("of") in drivers or (narrowed and narrowed.items() <= entry.items())
    ]


def _asked(goal_set: GoalSet, under: str | None) -> Sequence[Any]:
    cycle, this_week = goal_set.cycle, weeks.week_of(clock.today())
    query = (
        select(
            *(Task.member_id, Task.template, sa.func.min(Task.week).label("first_week")),
            sa.func.sum(sa.case((Task.week < this_week, Task.needed), else_=0)).label("before"),
            sa.func.sum(sa.case((Task.week == this_week, Task.needed), else_=0)).label("now"),
        )
        .where(Task.company_id == goal_set.company_id, like_prefix(Task.template, f"{goal_set.cascade_key}/"))
        .where(Task.week.between(weeks.week_of(cycle.first_day), this_week), Task.tier != REMEDY)
        .group_by(Task.member_id, Task.template)
    )
    return db.session.execute(_people(query, Task.member_id, goal_set, under)).all()


def _done(goal_set: GoalSet, keys: Sequence[str], monday: dt.date, under: str | None) -> dict[str, dict[int, float]]:
    query = select(Fact.metric_key, Fact.member_id, sa.func.sum(Fact.value)).where(
        Fact.company_id == goal_set.company_id,
        Fact.metric_key.in_(keys),
        *(Fact.first_day >= monday, Fact.last_day <= clock.today()),
        counts(),
    )
    rows = db.session.execute(_people(query.group_by(Fact.metric_key, Fact.member_id), Fact.member_id, goal_set, under))
    found: dict[str, dict[int, float]] = defaultdict(dict)
    for key, member_id, total in rows:
        found[key][member_id] = float(total)
    return found


def _silent(goal_set: GoalSet, keys: Sequence[str], monday: dt.date) -> set[str]:
    """Those of these metrics that nobody has figures of: nobody is behind because nobody has fed anything."""
    if not keys:
        return set()
    fed = select(Fact.metric_key).where(Fact.company_id == goal_set.company_id, Fact.metric_key.in_(keys))
    return set(keys) - set(db.session.scalars(fed.where(Fact.first_day >= monday, counts()).distinct()))


def _people(query: sa.Select[Any], member: Any, goal_set: GoalSet, under: str | None) -> sa.Select[Any]:
    if under is None:
        return query.where(member.is_not(None))
    there = select(Goal.member_id).where(Goal.goal_set_id == goal_set.id, like_prefix(Goal.path, under))
    return query.where(member.in_(there.where(Goal.member_id.is_not(None))))


def _passed(company_id: int) -> float:
    """What part of this week's working days is over; today is not."""
    today = clock.today()
    days = calendars.working_days(company_id, *weeks.days_of(weeks.week_of(today)))
    return sum(day < today for day in days) / len(days) if days else 1.0
