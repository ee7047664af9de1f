"""Units, people, products and months of the company as cascade expressions see them, for the formula editor.

What is split next is not known yet: everybody's target here is the last year's actual, grown as the last split grew.
"""

from collections import defaultdict
from statistics import median

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

MEMBER = "member"
FULL_WEEK = 5


def init_app(_app: Flask) -> None:
    samples.register("cascade.unit", units)
    samples.register("cascade.member", members)
    samples.register("cascade.parent", parents)
    samples.register("cascade.warning", warned)
    samples.register("cascade.needed", asked_for)
    samples.register("cascade.product", products)
    samples.register("cascade.month", months)


def units(company_id: int, level: str | None) -> Rows | None:
    """Every unit below the root of the last split, or those of one level."""
    here = _ground(company_id)
    found = [unit for unit in here.units if unit.id != here.root.id and level in (None, unit.level)]
    return _rows(here, found, [unit.parent_id for unit in found], company_id)


def members(company_id: int, _level: str | None) -> Rows | None:
    """Everybody who carries a target."""
    here = _ground(company_id)
    return _rows(here, here.members, [member.unit_id for member in here.members], company_id)


def parents(company_id: int, level: str | None) -> Rows | None:
    """Those who hold back a reserve where a level is split: the units right above it."""
    here = _ground(company_id)
    of_members = [member.unit_id for member in here.members]
    below = of_members if level == MEMBER else [unit.parent_id for unit in here.units if unit.level == level]
    found = [unit for unit in here.units if unit.id in below]
    history = [here.history_of(unit) for unit in found]
    growth = _growth(company_id)
    given = {
        "target": [own * (1 + growth) for own in history],
        "history": history,
        "growth": [growth] * len(found),
    }
    return Rows([unit.name for unit in found], columns.of_parents(here, found, given))


def warned(company_id: int, level: str | None) -> Rows | None:
    """Everybody who carries a target, with the target and the median of his team."""
    found = members(company_id, level)
    if found is None:
        return None
    growth, teams = _growth(company_id), [member.unit_id for member in _ground(company_id).members]
    targets = [own * (1 + growth) for own in found.columns["history"]]
    by_team: dict[int, list[float]] = defaultdict(list)
    for team, target in zip(teams, targets, strict=True):
        by_team[team].append(target)
    medians = [median(by_team[team]) for team in teams]
    more = {"target": targets, "name": list(found.names), "team_median": medians}
    return Rows(found.names, {**found.columns, **more})


def asked_for(company_id: int, level: str | None) -> Rows | None:
    """Everybody who carries a target, with what of it an even week should bring."""
    found = warned(company_id, level)
    if found is None:
        return None
    weeks = sum(_ground(company_id).year.workdays_of_months()) / FULL_WEEK
    targets = [target / weeks for target in found.columns["target"]]
    return Rows(found.names, {**found.columns, "target": targets})


def products(company_id: int, _level: str | None) -> Rows | None:
    found = columns.of_products(_ground(company_id))
    return Rows(found["line"], found)


def months(company_id: int, _level: str | None) -> Rows | None:
    here = _ground(company_id)
    return Rows(list(here.year.months), columns.of_months(here))


def _rows(here: Ground, found: list[UnitRow] | list[MemberRow], parents: list[int | None], company_id: int) -> Rows:
    growth = _growth(company_id)
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


def _growth(company_id: int) -> float:
    last = _last_set(company_id)
    return float(last.total) / last.base - 1 if last and last.base else 0.0


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
