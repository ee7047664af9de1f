"""Scores as pages list them: the newest revision of each period, only of people whom the reader may see."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy import select
from sqlalchemy.orm import aliased, contains_eager, undefer

from core.db import db, like_prefix
from organization.access import visible_units
from organization.models import Member, OrgUnit
from runtime.goals.sight import READ
from runtime.scores.models import Score, ScoreRun, counts

SIZE = 50  # people of a page


class Row(NamedTuple):
    """A person of a run; `before` are his points of the period before, where he had any."""

    id: int
    member_id: int
    code: str
    name: str
    unit_id: int
    unit: str
    path: str
    value: float | None
    grade: str | None
    light: str | None
    before: float | None
    before_grade: str | None

    @property
    def change(self) -> float | None:
        return None if self.value is None or self.before is None else round(self.value - self.before, 6)


@dataclass(frozen=True)
class Group:
    """Units below the one that is shown, or a grade: how many, how many of them held, the mean of the others."""

    name: str
    count: int
    held: int
    mean: float | None
    unit_id: int | None = None
    light: str | None = None


def units_of(reader: Member) -> list[Any]:
    """Every unit whose people's points he may see, parents first; one statement."""
    query = select(OrgUnit.id, OrgUnit.name, OrgUnit.path).where(visible_units(reader, READ))
    return list(db.session.execute(query.order_by(OrgUnit.path)).all())


def runs(company_id: int) -> list[ScoreRun]:
    """The run that counts of each metric and period, the newest period first; one statement."""
    query = select(ScoreRun).where(ScoreRun.company_id == company_id, counts())
    return list(db.session.scalars(query.order_by(ScoreRun.last_day.desc(), ScoreRun.first_day.desc(), ScoreRun.id)))


def before(run: ScoreRun, known: Sequence[ScoreRun]) -> ScoreRun | None:
    """The run of the period right before, of the same metric and grain."""
    earlier = (one for one in known if (one.metric_key, one.grain) == (run.metric_key, run.grain))
    return next((one for one in earlier if one.last_day < run.first_day), None)


# ── a team ───────────────────────────────────────────────────────────────────────────────────────────────────────────

Earlier = aliased(Score)
SORTS: dict[str, Any] = {
    "score": Score.value,
    "grade": Score.value,
    "change": Score.value - Earlier.value,
    "name": Member.pinyin,
    "unit": OrgUnit.path,
}


def people(
    reader: Member,
    run: ScoreRun,
    earlier: ScoreRun | None,
    path: str,
    *,
    grade: str = "",
    sort: str = "score",
    ascending: bool = False,
    start: int = 0,
    size: int | None = SIZE,
) -> list[Row]:
    """Those at or below a unit, one more than a page holds where there are more; no `size` gives all. One statement."""
    query = _seen(reader, run, path)
    query = query.outerjoin(
        Earlier, sa.and_(Earlier.member_id == Score.member_id, Earlier.run_id == (earlier.id if earlier else 0))
    )
    if grade:
        query = query.where(Score.value.is_(None) if grade == "held" else Score.grade == grade)
    key = SORTS.get(sort, Score.value)
    order = sa.nulls_last(key.asc() if ascending else key.desc())
    query = query.order_by(order, Member.pinyin, Score.id).offset(start)
    if size is not None:
        query = query.limit(size + 1)
    columns = (Score.id, Member.id, Member.code, Member.name, OrgUnit.id, OrgUnit.name, OrgUnit.path)
    values = (Score.value, Score.grade, Score.light, Earlier.value, Earlier.grade)
    return [Row._make(row) for row in db.session.execute(query.with_only_columns(*columns, *values))]


def _seen(reader: Member, run: ScoreRun, path: str) -> sa.Select[Any]:
    return (
        select(Score.id)
        .join(Member, Member.id == Score.member_id)
        .join(OrgUnit, OrgUnit.id == Score.unit_id)
        .where(Score.run_id == run.id, visible_units(reader, READ), like_prefix(OrgUnit.path, path))
    )


def groups(reader: Member, run: ScoreRun, unit: Any, units: Sequence[Any]) -> tuple[list[Group], list[Group]]:
    """By unit right below the one that is shown, and by grade, the best first; one statement."""
    query = _seen(reader, run, unit.path).with_only_columns(
        *(OrgUnit.path, Score.grade, Score.light, sa.func.count(Score.id)),
        *(sa.func.count(Score.value), sa.func.sum(Score.value)),
    )
    found = db.session.execute(query.group_by(OrgUnit.path, Score.grade, Score.light)).all()
    depth = unit.path.count("/") + 1
    below = {other.path: other for other in units if other.path.count("/") == depth}
    by_unit, by_grade = defaultdict(list), defaultdict(list)
    for path, grade, light, *numbers in found:
        by_unit["/".join(path.split("/")[:depth]) + "/"].append(numbers)
        by_grade[grade, light].append(numbers)
    of_units = [
        _group(below[path].name, rows, unit_id=below[path].id) for path, rows in by_unit.items() if path in below
    ]
    of_grades = [_group(grade or "", rows, light=light) for (grade, light), rows in by_grade.items()]
    return sorted(of_units, key=_best_first), sorted(of_grades, key=_best_first)


def _group(name: str, rows: Sequence[Sequence[Any]], **more: Any) -> Group:
    count, scored, total = (sum(row[n] or 0 for row in rows) for n in range(3))
    return Group(name, count, count - scored, total / scored if scored else None, **more)


def _best_first(group: Group) -> tuple[bool, float, str]:
    return group.mean is None, -(group.mean or 0), group.name


# ── a person ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def of_person(member: Member) -> list[Score]:
    """His points of every period with their runs, the newest first; one statement."""
    query = select(Score).join(Score.run).options(contains_eager(Score.run), undefer(Score.why))
    query = query.where(Score.member_id == member.id, counts())
    return list(db.session.scalars(query.order_by(ScoreRun.last_day.desc(), ScoreRun.first_day.desc())))


def find(score_id: int) -> Score | None:
    """With its run, person and unit; one statement."""
    query = select(Score).join(Score.run).join(Score.member).join(Score.unit).where(Score.id == score_id)
    loaded = (contains_eager(Score.run), contains_eager(Score.member), contains_eager(Score.unit), undefer(Score.why))
    return db.session.scalar(query.options(*loaded))


def newest(score: Score) -> int | None:
    """The score of the same person and period in the run that counts."""
    run = score.run
    query = select(Score.id).join(Score.run).where(Score.member_id == score.member_id, counts())
    same = (ScoreRun.metric_key == run.metric_key, ScoreRun.period == run.period, ScoreRun.company_id == run.company_id)
    return db.session.scalar(query.where(*same))


def sees(reader: Member, score: Score) -> bool:
    """The person himself and the line above him: why a score is what it is names amounts (decision 5)."""
    return score.member_id == reader.id or reader.may(READ, score.unit)
