"""Scores as pages list them: the newest revision of each period, only of people whom the reader may see."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy import select
from sqlalchemy.orm import aliased, contains_eager, undefer

from builder.models import Definition
from core.db import Document, db, like_prefix
from organization import paging
from organization.access import visible_units
from organization.models import Member, OrgUnit
from runtime.goals.sight import READ
from runtime.scores.models import Score, ScoreRun, counts


class Unit(NamedTuple):
    """A unit whose people's points the reader may see."""

    id: int
    name: str
    path: str


class Count(NamedTuple):
    """People of one unit with one grade: how many, how many of them with points, and their points added up."""

    path: str
    grade: str | None
    light: str | None
    people: int
    scored: int
    points: float | None


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


def runs(company_id: int) -> list[tuple[ScoreRun, Document]]:
    """The run that counts of each metric and period with the metric's title, the newest period first; one statement."""
    metric = (Definition.company_id == company_id, Definition.kind == "metric", Definition.key == ScoreRun.metric_key)
    query = select(ScoreRun, Definition.title).join(Definition, sa.and_(*metric))
    query = query.where(ScoreRun.company_id == company_id, counts())
    query = query.order_by(ScoreRun.last_day.desc(), ScoreRun.first_day.desc(), ScoreRun.id)
    return [(run, title) for run, title in db.session.execute(query)]


def counted(reader: Member, run: ScoreRun) -> tuple[list[Unit], list[Count]]:
    """Every unit that he may see, parents first, and how its people did; one statement."""
    unit = (OrgUnit.id, OrgUnit.name, OrgUnit.path)
    numbers = (sa.func.count(Score.id), sa.func.count(Score.value), sa.func.sum(Score.value))
    query = select(*unit, Score.grade, Score.light, *numbers).where(visible_units(reader, READ))
    query = query.outerjoin(Score, sa.and_(Score.unit_id == OrgUnit.id, Score.run_id == run.id))
    found = db.session.execute(query.group_by(*unit, Score.grade, Score.light).order_by(OrgUnit.path)).all()
    units = dict.fromkeys(Unit(*row[:3]) for row in found)
    return list(units), [Count(*row[2:]) for row in found if row[5]]


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


@dataclass(frozen=True)
class Team:
    """Whose points are listed and in which order; `grade` is one of the grades, held, or any."""

    run: ScoreRun
    earlier: ScoreRun | None
    unit: Unit
    grade: str = ""
    sort: str = "score"
    ascending: bool = False

    @property
    def key(self) -> tuple[sa.ColumnElement[Any], ...]:
        """By this, then by id. Who has no points comes last, whichever way it goes."""
        column = SORTS[self.sort]
        if self.sort in ("name", "unit"):
            return (column,)
        without = sa.case((column.is_(None), int(self.ascending)), else_=int(not self.ascending))
        return without, sa.func.coalesce(column, 0)


def page(reader: Member, team: Team, *, after: int | None = None, before: int | None = None) -> paging.Page:
    """Those at or below the unit, as Rows. One statement."""
    rows = _rows(team)
    found = paging.page(
        _narrowed(rows, reader, team),
        Score,
        team.key,
        descending=not team.ascending,
        after=after,
        before=before,
        whole=rows,
    )
    return replace(found, rows=[Row._make(row) for row in found.rows])


def everybody(reader: Member, team: Team) -> list[Row]:
    """All of them, for a sheet; one statement."""
    order = [column.asc() if team.ascending else column.desc() for column in (*team.key, Score.id)]
    return [Row._make(row) for row in db.session.execute(_narrowed(_rows(team), reader, team).order_by(*order))]


def _rows(team: Team) -> sa.Select[Any]:
    """Everybody of the run with what he had before."""
    unit = (OrgUnit.id.label("unit_id"), OrgUnit.name.label("unit"), OrgUnit.path)
    points = (Score.value, Score.grade, Score.light, Earlier.value.label("before"), Earlier.grade.label("before_grade"))
    before = sa.and_(Earlier.member_id == Score.member_id, Earlier.run_id == (team.earlier.id if team.earlier else 0))
    return (
        select(Score.id, Member.id.label("member_id"), Member.code, Member.name, *unit, *points)
        .join(Member, Member.id == Score.member_id)
        .join(OrgUnit, OrgUnit.id == Score.unit_id)
        .outerjoin(Earlier, before)
        .where(Score.run_id == team.run.id)
    )


def _narrowed(rows: sa.Select[Any], reader: Member, team: Team) -> sa.Select[Any]:
    query = rows.where(visible_units(reader, READ), like_prefix(OrgUnit.path, team.unit.path))
    if not team.grade:
        return query
    return query.where(Score.value.is_(None) if team.grade == "held" else Score.grade == team.grade)


def groups(unit: Unit, units: Sequence[Unit], found: Sequence[Count]) -> tuple[list[Group], list[Group]]:
    """By unit right below the one that is shown, and by grade, the best first."""
    depth = unit.path.count("/") + 1
    below = {other.path: other for other in units if other.path.count("/") == depth}
    by_unit, by_grade = defaultdict(list), defaultdict(list)
    for count in found:
        if count.path.startswith(unit.path):
            by_unit["/".join(count.path.split("/")[:depth]) + "/"].append(count)
            by_grade[count.grade, count.light].append(count)
    of_units = [
        _group(below[path].name, rows, unit_id=below[path].id) for path, rows in by_unit.items() if path in below
    ]
    of_grades = [_group(grade or "", rows, light=light) for (grade, light), rows in by_grade.items()]
    return sorted(of_units, key=_best_first), sorted(of_grades, key=_best_first)


def _group(name: str, rows: Sequence[Count], **more: Any) -> Group:
    people, scored = sum(row.people for row in rows), sum(row.scored for row in rows)
    points = sum(row.points or 0 for row in rows)
    return Group(name, people, people - scored, points / scored if scored else None, **more)


def _best_first(group: Group) -> tuple[bool, float, str]:
    return group.mean is None, -(group.mean or 0), group.name


# ── a person ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def of_person(member: Member) -> list[Score]:
    """His points of every period with their runs, the newest first; one statement."""
    query = select(Score).join(Score.run).options(contains_eager(Score.run), undefer(Score.why))
    query = query.where(Score.member_id == member.id, counts())
    return list(db.session.scalars(query.order_by(ScoreRun.last_day.desc(), ScoreRun.first_day.desc())))


def find(score_id: int) -> tuple[Score, int | None] | None:
    """A score with its run, person and unit, and the id of the one that counts instead or is it; one statement."""
    query = select(Score, _newest()).join(Score.run).join(Score.member).join(Score.unit).where(Score.id == score_id)
    loaded = (contains_eager(Score.run), contains_eager(Score.member), contains_eager(Score.unit), undefer(Score.why))
    found = db.session.execute(query.options(*loaded)).one_or_none()
    return (found[0], found[1]) if found else None


def _newest() -> sa.ScalarSelect[int]:
    """The score of the same person and period in the run that counts."""
    other, run = aliased(Score), aliased(ScoreRun)
    same = (run.metric_key == ScoreRun.metric_key, run.period == ScoreRun.period)
    query = select(other.id).join(run, run.id == other.run_id).where(other.member_id == Score.member_id)
    return (
        query.where(run.company_id == ScoreRun.company_id, *same, counts(run))
        .correlate(Score, ScoreRun)
        .scalar_subquery()
    )


def sees(reader: Member, score: Score) -> bool:
    """The person himself and the line above him: why a score is what it is names amounts (decision 5)."""
    return score.member_id == reader.id or reader.may(READ, score.unit)
