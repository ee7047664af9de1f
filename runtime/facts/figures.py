"""数据: one metric of a year, by period and by what lies right below a unit, as a page shows it. One statement."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import sqlalchemy as sa
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from core.db import db, like_prefix
from organization.access import visible_units
from organization.models import Member, OrgUnit
from runtime.facts import periods, store
from runtime.facts.aggregation import Rows
from runtime.facts.measures.columns import plain
from runtime.facts.metrics import Metric
from runtime.facts.models import Fact
from runtime.facts.periods import Period

READ = "facts.read"


@dataclass(frozen=True)
class Line:
    """A unit, a person, or what was fed for the unit itself. `values`: one entry a period, then the year's."""

    name: str
    values: list[float | None]
    unit_id: int | None = None
    member_id: int | None = None
    opens: bool = False


@dataclass(frozen=True)
class Figures:
    """`lines` begins with the unit as a whole. Nothing is there where the metric was never fed."""

    metric: Metric | None
    periods: Sequence[Period]
    lines: list[Line]


def units_of(reader: Member) -> list[Any]:
    """Every unit that he may see into, parents first; one statement."""
    query = select(OrgUnit.id, OrgUnit.name, OrgUnit.path).where(visible_units(reader, READ))
    return list(db.session.execute(query.order_by(OrgUnit.path)).all())


def of(
    reader: Member, known: dict[str, Metric], key: str, unit: Any, units: Sequence[Any], year: int, grain: str
) -> Figures:
    """`key` "" is whatever was fed last."""
    found = _facts(reader.company_id, key, unit.path, year)
    metric = known.get(found[0].metric_key if found else key)
    columns = periods.of_year(year, grain)
    if metric is None or not found:
        return Figures(metric, columns, [])
    rows = store.columns([*zip(*found, strict=True)])
    lines, line_of = _lines(unit, units, found)
    everything = np.zeros(len(rows), dtype=np.int64)
    whole = Line(unit.name, _values(rows, metric, everything, 1, columns)[0], unit_id=unit.id)
    below = _values(rows, metric, np.array(line_of, dtype=np.int64), len(lines), columns)
    return Figures(
        metric, columns, [whole, *(_filled(line, values) for line, values in zip(lines, below, strict=True))]
    )


def _filled(line: Line, values: list[float | None]) -> Line:
    return Line(line.name, values, line.unit_id, line.member_id, line.opens)


def _facts(company_id: int, key: str, path: str, year: int) -> Sequence[Any]:
    last_fed = select(Fact.metric_key).where(Fact.company_id == company_id, Fact.source != "rule")
    wanted: Any = key or last_fed.order_by(Fact.id.desc()).limit(1).scalar_subquery()
    query = (
        select(*store.COLUMNS, Fact.metric_key, OrgUnit.path, Member.name.label("member"))
        .join(OrgUnit, Fact.unit_id == OrgUnit.id)
        .outerjoin(Member, Fact.member_id == Member.id)
        .where(*store.within(company_id, wanted, dt.date(year, 1, 1), dt.date(year, 12, 31)))
        .where(like_prefix(OrgUnit.path, path))
        .order_by(Fact.id)
    )
    return db.session.execute(query).all()


def _lines(unit: Any, units: Sequence[Any], found: Sequence[Any]) -> tuple[list[Line], list[int]]:
    """What stands right below the unit, and for each fact which of these lines it belongs to."""
    depth = unit.path.count("/") + 1
    below = [other for other in units if other.path.startswith(unit.path) and other.path.count("/") == depth]
    lines = [Line(other.name, [], unit_id=other.id, opens=True) for other in below]
    place: dict[tuple[str, int | None], int] = {(other.path, None): at for at, other in enumerate(below)}
    line_of = []
    for row in found:
        child = "/".join(row.path.split("/")[:depth]) + "/"
        owner = (child, None) if (child, None) in place else (unit.path, row.member_id)
        if owner not in place:
            place[owner] = len(lines)
            lines.append(Line(row.member or "", [], unit_id=unit.id, member_id=row.member_id))
        line_of.append(place[owner])
    return lines, line_of


def _values(
    rows: Rows, metric: Metric, groups: np.ndarray, count: int, columns: Sequence[Period]
) -> list[list[float | None]]:
    """By group: a number for each period, then for the year. What spans two of the periods is in the year alone."""
    starts = np.array([period.first_day.toordinal() for period in columns])
    column = np.searchsorted(starts, rows.first_day, side="right") - 1
    inside = column == np.searchsorted(starts, rows.last_day, side="right") - 1
    width = len(columns)
    parts = store.number(rows.where(inside), metric, groups[inside] * width + column[inside], count * width)
    years = store.number(rows, metric, groups, count)
    return [[*plain(part), *plain(year)] for part, year in zip(parts.reshape(count, width), years, strict=True)]


# ── where a number comes from (S7) ───────────────────────────────────────────────────────────────────────────────────


def behind(
    metric_key: str, unit: OrgUnit, first: dt.date, last: dt.date, member_id: int | None, own: bool
) -> sa.Select[Any]:
    """The facts behind a number, for a page of them. `own`: only what was fed for the unit itself, nobody's."""
    query = (
        select(
            *(Fact.id, Fact.period, Fact.value, Fact.weight, Fact.source, Fact.source_ref, Fact.received_at),
            *(Fact.revision, Member.name.label("member"), OrgUnit.name.label("unit")),
        )
        .join(OrgUnit, Fact.unit_id == OrgUnit.id)
        .outerjoin(Member, Fact.member_id == Member.id)
        .where(*store.within(unit.company_id or unit.id, metric_key, first, last))
        .where(like_prefix(OrgUnit.path, unit.path))
    )
    if member_id is not None:
        query = query.where(Fact.member_id == member_id, Fact.unit_id == unit.id)
    return query.where(Fact.unit_id == unit.id, Fact.member_id.is_(None)) if own else query


def find(fact_id: int) -> Fact | None:
    """With its unit, person and product; one statement."""
    return db.session.get(
        Fact, fact_id, options=[joinedload(Fact.unit), joinedload(Fact.member), joinedload(Fact.product)]
    )


def history(fact: Fact) -> list[Fact]:
    """Every revision of a fact, the one that counts first."""
    same = select(Fact).where(Fact.company_id == fact.company_id, Fact.identity == fact.identity)
    return list(db.session.scalars(same.order_by(Fact.revision.desc())))
