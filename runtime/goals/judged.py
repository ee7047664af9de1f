"""How the goals of a set stand today: the light of each, and the lights of the behaviour behind it (S28)."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from sqlalchemy import select

from builder import definitions
from builder.sources import Source, Sources
from core import clock
from core.db import Document, db, like_prefix
from formulas.tables.compiled import CompiledTable
from runtime.actions import behaviour
from runtime.actions.behaviour import Amounts
from runtime.facts import measures, metrics
from runtime.facts.measures.lights import GREEN, RED, Standing
from runtime.facts.metrics import Metric
from runtime.goals import lights
from runtime.goals.models import Goal, GoalSet
from runtime.goals.standing import Forest, Row

RESULTS = frozenset({"result", "lagging"})


class Driver(NamedTuple):
    """A behaviour metric behind a goal: asked for, done, and its light; no light where nothing was asked for yet."""

    metric: Metric
    amounts: Amounts
    light: str | None


class Judged(NamedTuple):
    """A goal's light, and its drivers with theirs."""

    light: str | None
    drivers: tuple[Driver, ...] = ()

    @property
    def warns(self) -> bool:
        """结果尚好,过程告警: the result is green, what makes it is not."""
        return self.light == GREEN and any(driver.light == RED for driver in self.drivers)


Goals = Sequence[Row | Goal]
People = Sequence[tuple[int, str]]
"""Member and path of each goal that is a person's."""


def of_forest(goal_set: GoalSet, forest: Forest) -> dict[int, Judged]:
    """By goal id; behaviour is asked for only where a result is green. One statement, or five with behaviour, whatever
    the number of goals."""
    judging = _Judging.of(goal_set)
    results = judging.results(forest.rows, [forest.months[row.id] for row in forest.rows])
    people = [(row.member_id or 0, row.path) for row in forest.people] if GREEN in results else []
    return judging.together(forest.rows, results, people, None)


def of_goal(goal: Goal) -> Judged:
    """The same of one goal, always with its behaviour; six statements."""
    judging, people = _Judging.of(goal.goal_set), [(goal.member_id or 0, goal.path)]
    if goal.member_id is None:
        below = select(Goal.member_id, Goal.path).where(Goal.goal_set_id == goal.goal_set_id)
        below = below.where(Goal.member_id.is_not(None), like_prefix(Goal.path, goal.path))
        people = [(member_id or 0, path) for member_id, path in db.session.execute(below)]
    results = judging.results([goal], [goal.split["month"]])
    return judging.together([goal], results, people, goal.path)[goal.id]


def table_of(goal_set: GoalSet) -> Source | None:
    """The table that judges the goals of a set; its version goes with it."""
    return definitions.sources(goal_set.company_id).get(lights.TABLE)


def day_of(goal_set: GoalSet) -> dt.date:
    """The last day whose bookings count."""
    return min(clock.today(), goal_set.cycle.last_day)


def asked_of(amounts: Sequence[Amounts]) -> Standing:
    """What the table is asked of behaviour: what was due of all that is asked, and what of it is done."""
    asked, due, done = (np.array(column, dtype=float) for column in zip(*amounts, strict=True))
    return measures.standing_of(measures.columns.divided(due, asked), measures.columns.divided(done, asked))


@dataclass(frozen=True)
class _Judging:
    """`table` is None where there is nothing to judge: no table of lights, goals that do not hold or not yet."""

    goal_set: GoalSet
    sources: Sources
    table: CompiledTable | None
    today: dt.date

    @classmethod
    def of(cls, goal_set: GoalSet) -> "_Judging":
        sources, today = definitions.sources(goal_set.company_id), day_of(goal_set)
        holds = goal_set.state == "active" and goal_set.cycle.first_day <= today
        return cls(goal_set, sources, lights.in_sources(sources) if holds else None, today)

    def results(self, goals: Goals, months: Sequence[Document]) -> Sequence[str | None]:
        booked = [goal.booked for goal in goals]
        if self.table is None or (not any(booked) and not self._has_figures(goals)):
            return [None] * len(goals)
        found = lights.of(self.table, months, booked, [goal.target for goal in goals], self.today)
        return [str(light) for light in found.lights]

    def together(
        self, goals: Goals, results: Sequence[str | None], people: People, under: str | None
    ) -> dict[int, Judged]:
        drivers = list(self._drivers(goals, people, under)) or [()] * len(goals)
        return {goal.id: Judged(light, own) for goal, light, own in zip(goals, results, drivers, strict=True)}

    def _has_figures(self, goals: Goals) -> bool:
        """Whether anybody has booked anything; the highest goal knows."""
        return all(goal.parent for goal in goals) and lights.has_figures(self.goal_set)

    def _drivers(self, goals: Goals, people: People, under: str | None) -> Iterator[tuple[Driver, ...]]:
        """Each goal's, in its order; none at all where there is nobody, and where the goals are no results."""
        cascade = self.sources.get(("cascade", self.goal_set.cascade_key))
        body: Document = cascade.document["body"] if cascade else {}
        known = metrics.in_sources(self.sources)
        result = known.get(body.get("metric", ""))
        if self.table is None or not people or result is None or RESULTS.isdisjoint(result.tags):
            return iter(())
        wanted = behaviour.metrics_of(body, known)
        by_member = behaviour.by_member(self.goal_set, body, wanted, under)
        columns = [_of_metric(one, goals, people, by_member.get(one.key, {}), self.table) for one in wanted]
        return zip(*columns, strict=True)


def _of_metric(
    metric: Metric, goals: Goals, people: People, by_member: Mapping[int, Amounts], table: CompiledTable
) -> list[Driver]:
    sums: dict[str, Amounts] = defaultdict(Amounts)
    for member_id, path in people:
        for node in path.strip("/").split("/") if member_id in by_member else ():
            sums[node] = sums[node].plus(by_member[member_id])
    found = [sums[goal.node] for goal in goals]
    colours = measures.lights(table, asked_of(found)).lights
    return [
        Driver(metric, amounts, str(light) if amounts.asked else None)
        for amounts, light in zip(found, colours, strict=True)
    ]
