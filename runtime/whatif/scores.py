"""Scores: everybody's points of a past period by a draft, beside the rules in force today. Facts stay as they are."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from math import fsum
from typing import NamedTuple

from flask_babel import gettext as _
from sqlalchemy import select

from builder.models import DefinitionVersion
from core import clock
from core.db import db
from organization.models import OrgUnit
from runtime.facts import periods
from runtime.facts.periods import MONTH, QUARTER, WEEK, Period
from runtime.goals.goal_pages import period_name
from runtime.goals.models import GoalSet
from runtime.scores import ground, scoring
from runtime.scores.ground import Person
from runtime.scores.models import Score, ScoreRun, counts
from runtime.scores.rules import Rule
from runtime.scores.scoring import Scores
from runtime.whatif import regions, rules, spread
from runtime.whatif.comparison import SCORES, WEEKS, Choice, Comparison, Part, in_each_language
from runtime.whatif.moves import PLACES, Move, Moves
from runtime.whatif.regions import Places

YEAR = 52  # weeks
SHOWN = {QUARTER: 4, MONTH: 12}  # periods that can be chosen
ONE_DAY = dt.timedelta(days=1)


def parts(affected: Sequence[DefinitionVersion], _sets: Sequence[GoalSet]) -> list[Part]:
    """The scores that the draft goes into; the last quarter that is over is asked first."""
    scored = [version for version in affected if "score" in version.document["body"]]
    choices = [Choice(period.key, in_each_language(partial(_words, period.key))) for period in _over()]
    choices.append(Choice(WEEKS, in_each_language(lambda: _("the last %(count)s weeks", count=YEAR))))
    return [Part(SCORES, version.document["title"], choices, version.definition.key) for version in scored]


def _words(key: str) -> str:
    """2025-Q1 is 2025 年一季度."""
    return _("%(period)s of %(year)s", year=key[:4], period=period_name(key))


def compare(part: Part, period: Choice, draft: DefinitionVersion, _sets: Sequence[GoalSet]) -> Comparison:
    """Raises Invalid where the draft does not fit what uses it."""
    company_id = draft.definition.company_id
    now = rules.in_force(company_id)
    then = now.with_draft(draft)
    here = ground.read(company_id, part.key, _asked(period.value), now.sources)
    before = scoring.score(here, now.sources)
    if draft.definition.kind == "metric":  # which figures are read is for the metric to say
        here = ground.read(company_id, part.key, _asked(period.value), then.sources)
    after = scoring.score(here, then.sources, beside=before)
    unit = then.sources["metric", part.key].document["body"]["unit"]
    places = regions.below(db.session.get_one(OrgUnit, company_id))
    moves = _moves(before, after, places, stored(company_id, part.key, period.value))
    return Comparison(part, period, unit, moves, spreads=spread.of(before, after), order=_grades(after.rule))


def _grades(rule: Rule) -> list[str]:
    """In the order of the table's options, as far as it has any."""
    columns = rule.grades.document["body"]["outputs"] if rule.grades else []
    return next((column.get("options", []) for column in columns if column["key"] == "grade"), [])


def stored(company_id: int, key: str, period: str) -> dict[int, int]:
    """The score of each person that was computed for this period and is explained; one statement."""
    asked = (
        select(Score.member_id, Score.id)
        .join(Score.run)
        .where(ScoreRun.company_id == company_id, ScoreRun.metric_key == key, ScoreRun.period == period, counts())
    )
    return dict(db.session.execute(asked).all())


def _over() -> Iterator[Period]:
    """The last quarters and months that are over by this evening, the newest first."""
    for grain, count in SHOWN.items():
        day = clock.today() + ONE_DAY
        for _n in range(count):
            period = periods.containing(periods.containing(day, grain).first_day - ONE_DAY, grain)
            yield period
            day = period.first_day


def _asked(value: str) -> list[Period]:
    if value != WEEKS:
        return [periods.read(value)]
    monday = periods.containing(clock.today() + ONE_DAY, WEEK).first_day
    return [periods.containing(monday - dt.timedelta(weeks=n), WEEK) for n in range(YEAR, 0, -1)]


# ── people ───────────────────────────────────────────────────────────────────────────────────────────────────────────


class Result(NamedTuple):
    """Of a person over all periods that were asked: the mean of his points, the grade of the newest with any."""

    name: str
    path: str
    points: float | None
    grade: str | None


def _moves(before: Scores, after: Scores, places: Places, stored: Mapping[int, int]) -> Moves:
    here, there = _results(before), _results(after)
    return Moves([_move(who, here.get(who), there.get(who), places, stored.get(who)) for who in here | there])


def _results(scores: Scores) -> dict[int, Result]:
    found: dict[int, list[tuple[Person, float, str | None]]] = defaultdict(list)
    for row in zip(scores.ground.people, scores.values.tolist(), scores.grades, strict=True):
        found[row[0].member_id].append(row)
    return {who: _result(rows) for who, rows in found.items()}


def _result(rows: Sequence[tuple[Person, float, str | None]]) -> Result:
    """Points that are held are NaN: they are no part of a mean."""
    person = rows[-1][0]
    points = [(value, grade) for _person, value, grade in rows if value == value]
    if not points:
        return Result(person.name, person.unit_path, None, None)
    mean = fsum(value for value, _grade in points) / len(points)
    return Result(person.name, person.unit_path, round(mean, PLACES), points[-1][1])


def _move(who: int, before: Result | None, after: Result | None, places: Places, score_id: int | None) -> Move:
    known = before or after
    assert known is not None
    return Move(
        who,
        known.name,
        *places.of(known.path),
        before=before and before.points,
        after=after and after.points,
        grade_before=before and before.grade,
        grade_after=after and after.grade,
        source_id=score_id,
    )
