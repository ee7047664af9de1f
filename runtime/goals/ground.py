"""The organisation as one split sees it: units, people, products and working days on the day of the split.

Read in seven statements whatever the size, handed on as plain rows: the split itself knows no database.
"""

import datetime as dt
from collections.abc import Container, Iterator
from dataclasses import dataclass
from functools import cached_property
from math import fsum
from typing import NamedTuple

import sqlalchemy as sa
from sqlalchemy import select

from core.db import Document, db, like_prefix
from organization import calendars, dated
from organization.models import Customer, Member, OrgUnit, Product, ProductStage
from runtime.goals.models import Cycle
from runtime.goals.periods import WorkingYear, working_year

ONE_DAY = dt.timedelta(days=1)


class UnitRow(NamedTuple):
    id: int
    parent_id: int | None
    path: str
    level: str
    name: str
    attributes: Document


class MemberRow(NamedTuple):
    id: int
    unit_id: int
    unit_path: str
    manager_id: int | None
    name: str
    role: str
    joined_on: dt.date
    left_on: dt.date | None
    attributes: Document
    account_potential: float


class ProductRow(NamedTuple):
    code: str
    name: str
    line: str
    stage: str | None
    attributes: Document


@dataclass(frozen=True)
class Ground:
    """Everything about the organisation that a split may look at."""

    root: UnitRow
    units: list[UnitRow]
    members: list[MemberRow]
    products: list[ProductRow]
    year: WorkingYear
    first_day: dt.date
    last_day: dt.date
    as_of: dt.date

    @cached_property
    def below(self) -> dict[str, tuple[list[UnitRow], list[MemberRow]]]:
        """Units and people at or below each path."""
        found: dict[str, tuple[list[UnitRow], list[MemberRow]]] = {unit.path: ([], []) for unit in self.units}
        for unit in self.units:
            for path in _paths_above(unit.path, found):
                found[path][0].append(unit)
        for member in self.members:
            for path in _paths_above(member.unit_path, found):
                found[path][1].append(member)
        return found

    @cached_property
    def workdays(self) -> dict[int, int]:
        """Working days of the cycle that each person is there for."""
        spans = [self.presence(member) for member in self.members]
        present = self.year.days_present_of_many([start for start, _end in spans], [end for _start, end in spans])
        return dict(zip((member.id for member in self.members), present.sum(axis=1).tolist(), strict=True))

    def history_of(self, row: UnitRow | MemberRow) -> float:
        """Last year's actual, as it was entered; blank counts as nothing."""
        return float(row.attributes.get("history") or 0)

    @cached_property
    def whole(self) -> float:
        """The root's history; that of all people where the root has none of its own."""
        return self.history_of(self.root) or fsum(self.history_of(member) for member in self.members)

    def scaled_history(self, row: UnitRow | MemberRow, base: int) -> float:
        """History in the measure in which the root's is the base that was entered."""
        return self.history_of(row) * base / self.whole if self.whole else 0.0

    def tenure_months(self, member: MemberRow) -> int:
        """Whole months from joining to the day of the split."""
        months = (self.as_of.year - member.joined_on.year) * 12 + self.as_of.month - member.joined_on.month
        return max(0, months - (self.as_of.day < member.joined_on.day))

    def workdays_share(self, member: MemberRow) -> float:
        """Working days that he is there for, of those of the cycle."""
        return self.workdays[member.id] / len(self.year.days)

    def units_under(self, path: str) -> list[UnitRow]:
        """The units below a path, not the one at it."""
        return [unit for unit in self.below[path][0] if unit.path != path]

    def headcount(self, unit: UnitRow) -> int:
        return len(self.members_under(unit.path))

    def members_under(self, path: str) -> list[MemberRow]:
        return self.below[path][1]

    def presence(self, member: MemberRow) -> tuple[dt.date | None, dt.date | None]:
        """[start, end) of the person within the cycle, None where he is there from the beginning or to the end."""
        start = member.joined_on if member.joined_on > self.first_day else None
        return start, member.left_on


def _paths_above(path: str, known: Container[str]) -> Iterator[str]:
    """The path itself and those of the units above it, as far as they are part of this ground."""
    end = len(path)
    while end > 0:
        if path[:end] in known:
            yield path[:end]
        end = path.rfind("/", 0, end - 1) + 1


def read(unit: OrgUnit, cycle: Cycle, roles: list[str], as_of: dt.date) -> Ground:
    """The open units under `unit`, the people of these positions who are there on `as_of`, products and calendar."""
    day = min(max(as_of, cycle.first_day), cycle.last_day)
    units = _units(unit, day)
    return Ground(
        root=next(row for row in units if row.id == unit.id),
        units=units,
        members=_members(unit, roles, day),
        products=_products(unit.company_id or unit.id, day),
        year=working_year(calendars.working_days(unit.company_id or unit.id, cycle.first_day, cycle.last_day)),
        first_day=cycle.first_day,
        last_day=cycle.last_day,
        as_of=day,
    )


def _units(root: OrgUnit, day: dt.date) -> list[UnitRow]:
    open_ = sa.or_(OrgUnit.closed_on.is_(None), OrgUnit.closed_on > day)
    rows = db.session.execute(
        select(OrgUnit.id, OrgUnit.parent_id, OrgUnit.path, OrgUnit.level, OrgUnit.name, OrgUnit.attributes)
        .where(like_prefix(OrgUnit.path, root.path), open_)
        .order_by(OrgUnit.code)
    )
    changing = dated.of_company(root.company_id or root.id)
    return [UnitRow(*row[:-1], dated.on(day, row.attributes, changing.get(row.id, ()))) for row in rows]


def _members(root: OrgUnit, roles: list[str], day: dt.date) -> list[MemberRow]:
    potential = (
        select(Customer.owner_id, sa.func.sum(Customer.potential).label("potential"))
        .where(Customer.company_id == root.company_id)
        .group_by(Customer.owner_id)
        .subquery()
    )
    rows = db.session.execute(
        select(
            *(Member.id, Member.unit_id, OrgUnit.path, Member.manager_id, Member.name, Member.role),
            *(Member.joined_on, Member.left_on),
            *(Member.attributes, sa.func.coalesce(potential.c.potential, 0.0)),
        )
        .join(OrgUnit, Member.unit_id == OrgUnit.id)
        .outerjoin(potential, potential.c.owner_id == Member.id)
        .where(like_prefix(OrgUnit.path, root.path), Member.role.in_(roles), Member.joined_on <= day)
        .where(sa.or_(Member.left_on.is_(None), Member.left_on > day))
        .order_by(OrgUnit.code, Member.code)
    )
    return [MemberRow(*row) for row in rows]


def _products(company_id: int, day: dt.date) -> list[ProductRow]:
    """Products on sale, each with the stage that holds on the day."""
    newest = (
        select(ProductStage.product_id, sa.func.max(ProductStage.from_day).label("from_day"))
        .where(ProductStage.from_day <= day)
        .group_by(ProductStage.product_id)
        .subquery()
    )
    rows = db.session.execute(
        select(Product.code, Product.name, Product.line, ProductStage.stage, Product.attributes)
        .outerjoin(newest, newest.c.product_id == Product.id)
        .outerjoin(
            ProductStage,
            sa.and_(ProductStage.product_id == Product.id, ProductStage.from_day == newest.c.from_day),
        )
        .where(Product.company_id == company_id)
        .where(sa.or_(Product.retired_on.is_(None), Product.retired_on > day))
        .order_by(Product.code)
    )
    return [ProductRow(*row) for row in rows]
