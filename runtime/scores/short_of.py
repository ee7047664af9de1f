"""我还差多少: what a person's points would be with so much more of this and that, and what is the least that leads to
the next grade. The scoring is the true one, with other figures; nothing is stored.
"""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from builder.sources import Sources
from organization import calendars
from organization.models import Member
from runtime.facts import metrics
from runtime.facts.measures.columns import Bools, Ints
from runtime.facts.periods import Period
from runtime.scores import factors, ground, scoring
from runtime.scores.factors import Factor
from runtime.scores.ground import Ground
from runtime.scores.least import least
from runtime.scores.names import WEEK
from runtime.scores.rules import Rule
from runtime.scores.scoring import Scores

FARTHEST = 100.0  # points above one's own within which the next grade is looked for


@dataclass(frozen=True)
class Point:
    """Points with their grade and its colour; no value while they are held, and what is missing then."""

    value: float | None
    grade: str | None
    light: str | None
    missing: tuple[str, ...]


@dataclass(frozen=True)
class Next:
    """The next grade, from how many points on."""

    grade: str
    light: str | None
    points: float


@dataclass(frozen=True)
class Short:
    """One person's period. `steps` are asked by factor id; those that are not named are 0."""

    here: Ground
    sources: Sources
    rule: Rule
    factors: list[Factor]

    def at(self, steps: Mapping[str, int]) -> Point:
        found = self._scored(self._row(steps)[None, :])
        missing = tuple(sorted(name for name, mask in found.result.missing.items() if mask.any()))
        return Point(found.value(0), found.grades[0], found.lights[0], missing)

    def next_after(self, value: float | None) -> Next | None:
        """The first grade that more points give; None at the top, without grades, and while points are held."""
        if value is None or self.rule.grades is None:
            return None
        step = 10.0 ** -min(self.rule.decimals, 2)
        points = np.round(value + np.arange(round(FARTHEST / step) + 1) * step, 6)
        grades, lights, _rows = scoring.graded(self.rule, points)
        for at, grade in enumerate(grades):
            if grade is not None and grade != grades[0]:
                return Next(grade, lights[at], float(points[at]))
        return None

    def least(self, steps: Mapping[str, int], points: float) -> dict[str, int]:
        """For each factor that can do it alone, the fewest further steps that give so many points."""
        row = self._row(steps)

        def reaches(places: Ints, more: Ints) -> Bools:
            tried = np.tile(row, (len(places), 1))
            tried[np.arange(len(places)), places] += more
            return np.asarray(np.nan_to_num(self._scored(tried).values, nan=-np.inf) >= points)

        most = [factor.most - int(taken) for factor, taken in zip(self.factors, row, strict=True)]
        found = zip(self.factors, least(reaches, most), strict=True)
        return {factor.id: few for factor, few in found if few is not None}

    def _row(self, steps: Mapping[str, int]) -> Ints:
        return np.array([steps.get(factor.id, 0) for factor in self.factors], dtype=np.int64)

    def _scored(self, steps: Ints) -> Scores:
        return scoring.score(factors.raised(self.here, self.factors, steps), self.sources)


def of(member: Member, metric_key: str, period: Period, sources: Sources) -> Short | None:
    """None where he has no target in the period. Raises NotFound when the metric scores nobody."""
    here = ground.read(member.company_id, metric_key, [period], sources, members=[member.id])
    if not len(here):
        return None
    found = scoring.score(here, sources)
    weeks = len(_days(member, period)) / WEEK
    known = metrics.in_sources(sources)
    return Short(here, sources, found.rule, factors.of(found.rule, here, found.attained, known, weeks))


def _days(member: Member, period: Period) -> list[dt.date]:
    """The working days of the period since he joined."""
    return calendars.working_days(member.company_id, max(period.first_day, member.joined_on), period.last_day)
