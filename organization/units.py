"""The tree of units: any depth, named levels, a materialised path that every move keeps true."""

import datetime as dt

import sqlalchemy as sa
from flask_babel import gettext as _
from sqlalchemy import func, or_, select
from sqlalchemy.orm import aliased

from core import audit, clock
from core.db import Document, db, like_prefix
from core.errors import Conflict, Invalid, Problem
from organization import dated
from organization.models import Company, Member, OrgUnit


def found_company(name: str, code: str, levels: list[Document]) -> Company:
    """A company and its root unit; the root stands at the first level. Flushes, so that both have their id."""
    root = OrgUnit(code=code, name=name, level=levels[0]["key"], path="/")
    db.session.add(root)
    db.session.flush()
    root.company_id, root.path = root.id, f"/{root.id}/"
    company = Company(id=root.id, name=name, levels=levels)
    db.session.add(company)
    db.session.flush()
    return company


def create(parent: OrgUnit, code: str, name: str, level: str, *, by_id: int | None) -> OrgUnit:
    """A unit below another. Raises Invalid with every field that is wrong; flushes."""
    _must_be_open(parent)
    _check(parent.company_id, code, name, level)
    if db.session.scalar(select(OrgUnit.id).where(OrgUnit.company_id == parent.company_id, OrgUnit.code == code)):
        raise Invalid([Problem("/code", "taken", _("Another unit has the code %(code)s. Choose another.", code=code))])
    unit = OrgUnit(company_id=parent.company_id, parent_id=parent.id, path="/", code=code, name=name, level=level)
    db.session.add(unit)
    db.session.flush()
    unit.path = f"{parent.path}{unit.id}/"
    audit.record("unit.create", f"unit:{unit.id}", by_id=by_id, after=summary(unit))
    return unit


def change(unit: OrgUnit, name: str, level: str, attributes: Document, *, by_id: int | None) -> None:
    """Rename, set the level and the free attributes; those that change on a day stay as they are (`dated`)."""
    before = summary(unit)
    _check(unit.company_id, unit.code, name, level)
    unit.name, unit.level, unit.attributes = name, level, dated.keeping_dated(unit, attributes)
    if unit.parent_id is None:
        db.session.get_one(Company, unit.company_id).name = name
    audit.record("unit.change", f"unit:{unit.id}", by_id=by_id, before=before, after=summary(unit))


def set_head(unit: OrgUnit, head: Member | None, *, by_id: int | None) -> None:
    """Who leads the unit; None leaves it to the head above. Raises Invalid for one who is not there (any more)."""
    if head is not None and (head.company_id != unit.company_id or not head.present_on(clock.today())):
        raise Invalid([Problem("/head", "absent", _("Only somebody who works here now can lead a unit."))])
    before, unit.head_id = unit.head_id, head and head.id
    if before != unit.head_id:
        audit.record("unit.head", f"unit:{unit.id}", by_id=by_id, before={"head": before}, after={"head": unit.head_id})


def move(unit: OrgUnit, parent: OrgUnit, *, by_id: int | None) -> None:
    """Put the unit, with all below it, under another. Raises Invalid for a place inside itself."""
    if parent.id == unit.parent_id:
        return
    if unit.parent_id is None or parent.path.startswith(unit.path) or parent.company_id != unit.company_id:
        raise Invalid([Problem("/parent", "cycle", _("A unit cannot move below itself. Choose a unit outside it."))])
    _must_be_open(parent)
    audit.record(
        "unit.move", f"unit:{unit.id}", by_id=by_id, before={"parent": unit.parent_id}, after={"parent": parent.id}
    )
    unit.parent_id = parent.id
    _move_paths(unit, f"{parent.path}{unit.id}/")


def close(unit: OrgUnit, on: dt.date, *, by_id: int | None) -> None:
    """From this day on the unit takes nobody. Raises Conflict while people or open units are in it."""
    if unit.parent_id is None:
        raise Conflict(_("The company itself cannot be closed."))
    if db.session.scalar(select(OrgUnit.id).where(OrgUnit.parent_id == unit.id, open_on(on)).limit(1)):
        raise Conflict(_("Close or move the units below %(name)s first.", name=unit.name))
    if count := db.session.scalar(select(func.count()).where(Member.unit_id == unit.id, _present(on))):
        raise Conflict(_("%(count)s people still work in %(name)s. Move them first.", count=count, name=unit.name))
    unit.closed_on = on
    audit.record("unit.close", f"unit:{unit.id}", by_id=by_id, after={"closed_on": on.isoformat()})


def reopen(unit: OrgUnit, *, by_id: int | None) -> None:
    _must_be_open(unit.parent)
    unit.closed_on = None
    audit.record("unit.reopen", f"unit:{unit.id}", by_id=by_id)


def open_on(day: dt.date) -> sa.ColumnElement[bool]:
    return or_(OrgUnit.closed_on.is_(None), OrgUnit.closed_on > day)


def below(unit: OrgUnit) -> sa.ColumnElement[bool]:
    """The unit and everything under it."""
    return like_prefix(OrgUnit.path, unit.path)


def within(unit_id: int) -> sa.ColumnElement[bool]:
    """`below` for a unit that nobody has loaded yet."""
    other = aliased(OrgUnit)
    path = select(other.path).where(other.id == unit_id).scalar_subquery()
    return sa.and_(OrgUnit.path >= path, OrgUnit.path < path + "~")


def ids_above(unit: OrgUnit) -> list[int]:
    """From the unit itself up to the root."""
    return [int(part) for part in reversed(unit.path.strip("/").split("/"))]


def line_above(unit: OrgUnit) -> list[OrgUnit]:
    """The breadcrumb: from the root down to the unit. One statement."""
    ids = ids_above(unit)
    found = {row.id: row for row in db.session.scalars(select(OrgUnit).where(OrgUnit.id.in_(ids)))}
    return [found[unit_id] for unit_id in reversed(ids)]


def level_title(company: Company, level: str) -> Document | str:
    """What the company calls a level, in both languages."""
    return next((entry["title"] for entry in company.levels if entry["key"] == level), level)


def summary(unit: OrgUnit) -> Document:
    return {
        "code": unit.code,
        "name": unit.name,
        "level": unit.level,
        "parent": unit.parent_id,
        "attributes": unit.attributes or {},
    }


def _check(company_id: int, code: str, name: str, level: str) -> None:
    levels = {entry["key"] for entry in db.session.get_one(Company, company_id).levels}
    problems = []
    if not 1 <= len(code) <= 40:
        problems.append(Problem("/code", "length", _("Give the unit a code of 1 to 40 characters.")))
    if not 1 <= len(name) <= 120:
        problems.append(Problem("/name", "length", _("Give the unit a name of 1 to 120 characters.")))
    if level not in levels:
        problems.append(Problem("/level", "unknown", _("Choose one of the company's levels.")))
    if problems:
        raise Invalid(problems)


def _must_be_open(unit: OrgUnit) -> None:
    if unit.closed_on is not None and unit.closed_on <= clock.today():
        raise Conflict(_("%(name)s is closed. Reopen it first.", name=unit.name))


def _move_paths(unit: OrgUnit, path: str) -> None:
    """One statement for the whole subtree; the objects at hand are told too."""
    before = unit.path
    rest = func.substr(OrgUnit.path, len(before) + 1)
    db.session.execute(
        sa.update(OrgUnit).where(like_prefix(OrgUnit.path, before)).values(path=path + rest),
        execution_options={"synchronize_session": False},
    )
    db.session.flush()
    for known in db.session:
        if isinstance(known, OrgUnit) and known.path.startswith(before):
            db.session.refresh(known, ["path"])


def _present(day: dt.date) -> sa.ColumnElement[bool]:
    return or_(Member.left_on.is_(None), Member.left_on > day)
