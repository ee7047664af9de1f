"""People: where they stand, since when, under whom. What they may do stands in their grants."""

import datetime as dt
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa
from flask_babel import gettext as _
from sqlalchemy import or_, select
from sqlalchemy.orm import aliased

from core import audit, clock
from core.db import Document, db
from core.errors import Invalid, Problem
from core.later import Later
from organization import positions, units
from organization.access import visible_units
from organization.models import Member, OrgUnit

pypinyin = Later("pypinyin")

HIGHEST_CHAIN = 50  # managers above one person; more is a circle


@dataclass(frozen=True)
class Person:
    """What can be said about a member, as a form or an import row says it."""

    name: str
    role: str
    joined_on: dt.date
    left_on: dt.date | None = None
    phone: str | None = None
    email: str | None = None
    represents_frontline: bool = False
    attributes: Document = field(default_factory=dict)


def create(unit: OrgUnit, code: str, person: Person, *, by_id: int | None) -> Member:
    """Raises Invalid with every field that is wrong; flushes."""
    problems = [*_problems(unit.company_id, person, None), *_code_problems(unit.company_id, code)]
    if problems:
        raise Invalid(problems)
    member = Member(company_id=unit.company_id, unit_id=unit.id, code=code, pinyin="")
    _write(member, person)
    db.session.add(member)
    db.session.flush()
    positions.take([(member.id, member.role, member.unit_id)])
    audit.record("member.create", f"member:{member.id}", by_id=by_id, after=summary(member))
    return member


def change(member: Member, unit: OrgUnit, manager: Member | None, person: Person, *, by_id: int | None) -> None:
    """Position, unit, manager and the rest at once, as the form sends them. Raises Invalid; writes one audit row."""
    problems = [*_problems(member.company_id, person, member), *_manager_problems(member, manager)]
    if unit.company_id != member.company_id:
        problems.append(Problem("/unit", "unknown", _("Choose a unit of the company.")))
    if problems:
        raise Invalid(problems)
    before = summary(member)
    _write(member, person)
    member.unit, member.manager = unit, manager
    db.session.flush()
    positions.follow(member, before["role"], before["unit"])
    audit.record("member.change", f"member:{member.id}", by_id=by_id, before=before, after=summary(member))


def put_under(member: Member, manager: Member | None, *, by_id: int | None) -> None:
    """Name the manager, or leave it to the head of the unit. Raises Invalid for one who cannot be."""
    if problems := _manager_problems(member, manager):
        raise Invalid(problems)
    before = summary(member)
    member.manager = manager
    db.session.flush()
    audit.record("member.change", f"member:{member.id}", by_id=by_id, before=before, after=summary(member))


def stands_above(upper: Member, member: Member) -> bool:
    """Whether `upper` is among the managers that are named above a member."""
    above = member.manager
    for _step in range(HIGHEST_CHAIN):
        if above is None or above.id == upper.id:
            return above is not None
        above = above.manager
    return False


def listed(
    actor: Member, *, wanted: str = "", unit_id: int | None = None, role: str = "", left: bool = False
) -> sa.Select[Any]:
    """The people he may see, as rows for lists and exports; who has left only when asked for."""
    manager = aliased(Member)
    query = (
        select(
            *(Member.id, Member.code, Member.name, Member.role, Member.phone, Member.email, Member.joined_on),
            *(Member.left_on, Member.represents_frontline, Member.attributes),
            *(OrgUnit.id.label("unit_id"), OrgUnit.name.label("unit_name"), OrgUnit.code.label("unit_code")),
            *(OrgUnit.path, manager.code.label("manager_code")),
        )
        .join(OrgUnit, Member.unit_id == OrgUnit.id)
        .outerjoin(manager, Member.manager_id == manager.id)
        .where(visible_units(actor, "organization.read"), Member.company_id == actor.company_id)
    )
    present = present_on(clock.today())
    query = query.where(sa.not_(present) if left else present)
    if wanted.strip():
        query = query.where(matching(wanted))
    if unit_id is not None:
        query = query.where(units.within(unit_id))
    return query.where(Member.role == role) if role else query


def sort_key(name: str) -> str:
    """How a Chinese name sorts: its pinyin, since databases without ICU sort by code point."""
    return " ".join(pypinyin.lazy_pinyin(name)).lower()[:240]


def present_on(day: dt.date) -> sa.ColumnElement[bool]:
    """Joined, and not left, on a day: `Member.present_on` for queries."""
    return sa.and_(Member.joined_on <= day, or_(Member.left_on.is_(None), Member.left_on > day))


def matching(words: str) -> sa.ColumnElement[bool]:
    """Members whose name, pinyin, code or phone holds the words; pinyin also without its spaces."""
    bare = sa.func.replace(Member.pinyin, " ", "")
    return or_(*(holds(column, words) for column in (Member.name, Member.pinyin, bare, Member.code, Member.phone)))


def holds(column: Any, words: str) -> sa.ColumnElement[bool]:
    """The column contains what somebody typed, in upper or lower case; % and _ are letters like any other."""
    return sa.func.lower(column).contains(words.strip().lower(), autoescape=True)


def summary(member: Member) -> Document:
    return {
        "code": member.code,
        "name": member.name,
        "role": member.role,
        "unit": member.unit_id,
        "manager": member.manager_id,
        "joined_on": member.joined_on.isoformat(),
        "left_on": member.left_on and member.left_on.isoformat(),
        "attributes": member.attributes or {},
    }


def _write(member: Member, person: Person) -> None:
    member.name, member.pinyin, member.role = person.name, sort_key(person.name), person.role
    member.phone, member.email = person.phone, person.email
    member.joined_on, member.left_on = person.joined_on, person.left_on
    member.represents_frontline, member.attributes = person.represents_frontline, person.attributes


def _problems(company_id: int, person: Person, member: Member | None) -> list[Problem]:
    problems = []
    if not 1 <= len(person.name) <= 120:
        problems.append(Problem("/name", "length", _("Give a name of 1 to 120 characters.")))
    if not 1 <= len(person.role) <= 40:
        problems.append(Problem("/role", "required", _("Choose a position.")))
    if person.left_on is not None and person.left_on < person.joined_on:
        problems.append(Problem("/left_on", "order", _("Nobody leaves before the day of joining.")))
    for place, column in (("phone", Member.phone), ("email", Member.email)):
        if _taken(column, getattr(person, place), member):
            problems.append(Problem(f"/{place}", "taken", _("Somebody else has it already. Check it.")))
    return problems


def _taken(column: sa.orm.InstrumentedAttribute[str | None], value: str | None, member: Member | None) -> bool:
    if value is None:
        return False
    others = select(Member.id).where(column == value, Member.id != (member.id if member else 0))
    return db.session.scalar(others.limit(1)) is not None


def _code_problems(company_id: int, code: str) -> list[Problem]:
    if not 1 <= len(code) <= 40:
        return [Problem("/code", "length", _("Give a number of 1 to 40 characters."))]
    if db.session.scalar(select(Member.id).where(Member.company_id == company_id, Member.code == code)):
        return [Problem("/code", "taken", _("Somebody else has the number %(code)s. Choose another.", code=code))]
    return []


def _manager_problems(member: Member, manager: Member | None) -> list[Problem]:
    """A named manager works here now, and the line above him does not come back to the member."""
    if manager is None:
        return []
    if manager.company_id != member.company_id or not manager.present_on(clock.today()):
        return [Problem("/manager", "absent", _("Only somebody who works here now can be a manager."))]
    above: Member | None = manager
    for _step in range(HIGHEST_CHAIN):
        if above is None:
            return []
        if above.id == member.id:
            break
        above = above.manager
    return [
        Problem(
            "/manager",
            "cycle",
            _("%(manager)s already reports to %(name)s. Choose somebody else.", manager=manager.name, name=member.name),
        )
    ]
