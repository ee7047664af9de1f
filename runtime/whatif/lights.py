"""The lights of people's goals on a day, by the table of lights as it is or as a draft would have it."""

import datetime as dt
from collections.abc import Mapping, Sequence
from functools import partial
from typing import NamedTuple

from sqlalchemy import func, select

from builder.models import DefinitionVersion
from builder.sources import Sources
from core import clock, i18n
from core.db import Document, db
from organization.models import Member, OrgUnit
from runtime.facts import periods, store
from runtime.facts.booking import metric_of
from runtime.facts.models import Fact
from runtime.goals import lights
from runtime.goals.models import Goal, GoalSet
from runtime.whatif import regions, rules
from runtime.whatif.comparison import LIGHTS, Choice, Comparison, Part, in_each_language
from runtime.whatif.moves import Move, Moves
from runtime.whatif.rules import name_of


class Person(NamedTuple):
    """A goal of a person that holds, and what is booked towards it by the day."""

    goal_id: int
    member_id: int
    name: str
    path: str
    target: int
    split: Document
    booked: float


def people(goal_set: GoalSet, until: dt.date) -> list[Person]:
    """Everybody with a goal of the set. What is booked by today stands with the goal; for an earlier day the facts are
    added up. One statement, or two."""
    rows = db.session.execute(
        select(Goal.id, Goal.member_id, Goal.name, OrgUnit.path, Goal.target, Goal.split, Goal.booked)
        .join(OrgUnit, Goal.unit_id == OrgUnit.id)
        .join(Member, Goal.member_id == Member.id)
        .where(Goal.goal_set_id == goal_set.id)
        .order_by(Goal.id)
    )
    found = [Person(*row) for row in rows]
    if until >= clock.today():
        return found
    booked = _booked(goal_set, until)
    return [person._replace(booked=booked.get(person.member_id, 0.0)) for person in found]


def _booked(goal_set: GoalSet, until: dt.date) -> dict[int, float]:
    first = goal_set.cycle.first_day
    query = (
        select(Fact.member_id, func.sum(Fact.value))
        .where(*store.within(goal_set.company_id, metric_of(goal_set), first, until), Fact.member_id.is_not(None))
        .group_by(Fact.member_id)
    )
    return dict(db.session.execute(query).all())


def of(people: Sequence[Person], targets: Sequence[float], until: dt.date, sources: Sources) -> list[str | None]:
    """The light of each person if his target were that; None without a table of lights, and before the first figures
    have come in: nobody is red because nobody has fed anything."""
    table = lights.in_sources(sources)
    if table is None or not any(person.booked for person in people):
        return [None] * len(people)
    months = [person.split["month"] for person in people]
    found = lights.of(table, months, [person.booked for person in people], targets, until)
    return [str(light) for light in found.lights]


# ── the table of lights itself as a draft ────────────────────────────────────────────────────────────────────────────


def parts(affected: Sequence[DefinitionVersion], sets: Sequence[GoalSet]) -> list[Part]:
    """Lights of the newest goals that hold, for today and for the ends of the months that are over."""
    table = next((version for version in affected if name_of(version) == lights.TABLE), None)
    days = month_ends(sets[0]) if table is not None and sets else {}
    choices = [Choice(month, in_each_language(partial(i18n.day, day))) for month, day in reversed(days.items())]
    return [Part(LIGHTS, table.document["title"], choices)] if table is not None and choices else []


def compare(part: Part, period: Choice, draft: DefinitionVersion, sets: Sequence[GoalSet]) -> Comparison:
    """Raises Invalid where the draft does not fit."""
    goal_set = sets[0]
    until = month_ends(goal_set)[period.value]
    now = rules.in_force(goal_set.company_id, goal_set.unit)
    found, places = people(goal_set, until), regions.below(goal_set.unit)
    targets = [person.target for person in found]
    before, after = (of(found, targets, until, side.sources) for side in (now, now.with_draft(draft)))
    moves = [
        Move(person.member_id, person.name, *places.of(person.path), None, None, *colours, person.goal_id)
        for person, *colours in zip(found, before, after, strict=True)
    ]
    return Comparison(part, period, "", Moves(moves))


def month_ends(goal_set: GoalSet) -> Mapping[str, dt.date]:
    """The days that lights can be asked of: the ends of the months of the cycle that are over, and today; by month."""
    today = min(clock.today(), goal_set.cycle.last_day)
    months = periods.of_year(goal_set.cycle.first_day.year, periods.MONTH)
    return {month.key: min(month.last_day, today) for month in months if month.first_day <= today}
