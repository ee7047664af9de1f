"""The other half of 我还差多少: a person's goal of the year, its light now and with so much more booked towards it."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from core import clock
from formulas.tables.compiled import CompiledTable
from organization.models import Member
from runtime.facts.booking import metric_of
from runtime.facts.measures.columns import Bools, Ints
from runtime.goals import lights, standing
from runtime.goals.models import Goal
from runtime.scores.factors import WAN
from runtime.scores.least import least


@dataclass(frozen=True)
class Step:
    """A better light, and the fewest ten thousands of yuan that lead to it."""

    light: str
    steps: int


@dataclass(frozen=True)
class GoalShort:
    """`table` is None where there are no lights: no table of them, or nothing booked by anybody yet."""

    goal: Goal
    metric_key: str
    table: CompiledTable | None
    today: dt.date

    @property
    def most(self) -> int:
        """Steps that are worth thinking about: what is missing to the target, or a part of it again."""
        return max(1, -(-max(self.goal.target - self.goal.booked, self.goal.target // 10) // WAN))

    @property
    def missing(self) -> int:
        """Yuan."""
        return max(0, self.goal.target - self.goal.booked)

    def light(self, steps: int) -> str | None:
        return self._lights([steps])[0] if self.table else None

    def better(self, steps: int) -> list[Step]:
        """Every light that is better than the one with `steps`, the nearest first; with further steps."""
        now = self.light(steps)
        if now is None:
            return []
        above = lights.BETTER[lights.BETTER.index(now) + 1 :]

        def reaches(places: Ints, more: Ints) -> Bools:
            found = self._lights((steps + more).tolist())
            ranks = [lights.BETTER.index(light) for light in found]
            return np.array(ranks) >= lights.BETTER.index(now) + 1 + places

        fewest = zip(above, least(reaches, [self.most] * len(above)), strict=True)
        found = [Step(light, few) for light, few in fewest if few is not None]
        return [one for one in found if one.light == self.light(steps + one.steps)]

    def _lights(self, steps: Sequence[int]) -> list[str]:
        assert self.table is not None
        booked = [self.goal.booked + more * WAN for more in steps]
        months: list[Mapping[str, int]] = [self.goal.split["month"]] * len(steps)
        found = lights.of(self.table, months, booked, [self.goal.target] * len(steps), self.today)
        return [str(light) for light in found.lights]


def of(member: Member) -> GoalShort | None:
    """His own goal of the cycle that today lies in."""
    today = clock.today()
    for goal in standing.own(member):
        cycle = goal.goal_set.cycle
        if goal.member_id == member.id and cycle.first_day <= today <= cycle.last_day:
            table = lights.in_force(member.company_id) if lights.has_figures(goal.goal_set) else None
            return GoalShort(goal, metric_of(goal.goal_set), table, today)
    return None
