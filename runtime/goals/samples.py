"""Units and people of the company as cascade expressions see them, for the formula editor."""

from collections import defaultdict

from flask import Flask
from sqlalchemy import select

from builder import samples
from builder.samples import Rows
from core import clock
from core.db import db
from organization.models import OrgUnit
from runtime.goals import columns, ground
from runtime.goals.ground import Ground, MemberRow, UnitRow
from runtime.goals.models import GoalSet
from runtime.goals.plans import FRONT_LINE
from runtime.goals.publishing import planned_cycle


def init_app(_app: Flask) -> None:
    samples.register("cascade.unit", units)
    samples.register("cascade.member", members)


def units(company_id: int, level: str | None) -> Rows | None:
    """Every unit below the root of the last split, or those of one level."""
    here = _ground(company_id)
    found = [unit for unit in here.units if unit.id != here.root.id and level in (None, unit.level)]
    return _rows(here, found, [unit.parent_id for unit in found], company_id)


def members(company_id: int, _level: str | None) -> Rows | None:
    """Everybody who carries a target."""
    here = _ground(company_id)
    return _rows(here, here.members, [member.unit_id for member in here.members], company_id)


def _rows(here: Ground, found: list[UnitRow] | list[MemberRow], parents: list[int | None], company_id: int) -> Rows:
    last = _last_set(company_id)
    growth = float(last.total) / last.base - 1 if last and last.base else 0.0
    history = [here.history_of(row) for row in found]
    sums: dict[int | None, float] = defaultdict(float)
    for own, parent in zip(history, parents, strict=True):
        sums[parent] += own
    given = {
        "history": history,
        "parent_target": [sums[parent] * (1 + growth) for parent in parents],
        "parent_growth": [growth] * len(found),
    }
    return Rows([row.name for row in found], columns.of_children(here, found, given, list(parents)))


def _ground(company_id: int) -> Ground:
    """The ground of the last split; of the whole company and this year where nothing was split yet."""
    last = _last_set(company_id)
    unit = last.unit if last else _headquarters(company_id)
    cycle = last.cycle if last else planned_cycle(company_id, clock.today().year)
    return ground.read(unit, cycle, FRONT_LINE, clock.today())


def _last_set(company_id: int) -> GoalSet | None:
    asked = select(GoalSet).where(GoalSet.company_id == company_id, GoalSet.state == "active")
    return db.session.scalars(asked.order_by(GoalSet.id.desc()).limit(1)).first()


def _headquarters(company_id: int) -> OrgUnit:
    return db.session.get_one(OrgUnit, company_id)
