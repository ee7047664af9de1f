"""Who holds which role over which unit. Everything that changes leaves an audit row with its reason."""

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import contains_eager

from core import audit, clock
from core.db import Document, db
from core.errors import Conflict, Forbidden, Invalid, Problem
from organization import members, units
from organization.access import visible_units
from organization.models import Account, Grant, Member, OrgUnit
from organization.roles import ADMINS, ROLES

PERMISSION = "grants.manage"
PAGE = 50


def page(
    actor: Member, number: int, *, words: str = "", role: str = "", unit: OrgUnit | None = None
) -> tuple[list[Grant], bool]:
    """One page of the grants that he may see, from the top of the company down, and whether more follow."""
    query = select(Grant).join(Grant.member).join(Grant.unit).where(visible_units(actor, PERMISSION))
    if words.strip():
        query = query.where(members.matching(words))
    if role:
        query = query.where(Grant.role == role)
    if unit is not None:
        query = query.where(units.below(unit))
    query = query.options(contains_eager(Grant.member), contains_eager(Grant.unit))
    query = query.order_by(OrgUnit.path, Member.pinyin, Grant.id).offset((number - 1) * PAGE).limit(PAGE + 1)
    found = list(db.session.scalars(query))
    return found[:PAGE], len(found) > PAGE


def add(actor: Member, member: Member, role: str, unit: OrgUnit, reason: str) -> Grant:
    """Raises Forbidden for more than the actor may give, Invalid for what is missing, Conflict for what is there."""
    problems = _reason_problems(reason)
    if role not in ROLES:
        problems.append(Problem("/role", "unknown", _("Choose a role of the list.")))
    if member.company_id != actor.company_id or unit.company_id != actor.company_id:
        problems.append(Problem("/member", "unknown", _("Choose a person and a unit of the company.")))
    if problems:
        raise Invalid(problems)
    _must_be_his_to_give(actor, role, unit)
    if db.session.scalar(select(Grant.id).filter_by(member_id=member.id, role=role, unit_id=unit.id)):
        raise Conflict(_("%(name)s holds this role here already.", name=member.name))
    grant = Grant(member_id=member.id, role=role, unit_id=unit.id)
    db.session.add(grant)
    audit.record("grant.add", f"member:{member.id}", by_id=actor.id, after=_summary(grant), reason=reason.strip())
    return grant


def remove(actor: Member, grant: Grant, reason: str) -> None:
    if problems := _reason_problems(reason):
        raise Invalid(problems)
    _must_be_his_to_give(actor, grant.role, grant.unit)
    if grant.role == "hr_admin" and grant.unit.parent_id is None and not _other_admins(grant):
        raise Conflict(_("This is the last HR administrator of the company. Grant the role to somebody else first."))
    audit.record(
        "grant.remove", f"member:{grant.member_id}", by_id=actor.id, before=_summary(grant), reason=reason.strip()
    )
    db.session.delete(grant)


def is_last_admin(member: Member) -> bool:
    """Whether the company would have no HR administrator without him."""
    root = [grant for grant in member.grants if grant.role == "hr_admin" and grant.unit_id == member.company_id]
    return bool(root) and not _other_admins(root[0])


def may_give(actor: Member, role: str, unit: OrgUnit) -> bool:
    """Nobody gives more than he has at the unit, except those who administer it."""
    if not actor.may(PERMISSION, unit):
        return False
    if any(grant.role in ADMINS and unit.path.startswith(grant.unit.path) for grant in actor.grants):
        return True
    return role in ROLES and all(actor.may(permission, unit) for permission in ROLES[role].permissions)


def _must_be_his_to_give(actor: Member, role: str, unit: OrgUnit) -> None:
    if not may_give(actor, role, unit):
        raise Forbidden(_("You may not give or take this role here. Ask an administrator of %(unit)s.", unit=unit.name))


def _other_admins(grant: Grant) -> bool:
    """Somebody else administers the whole company and can sign in."""
    query = (
        select(Grant.id)
        .join(Grant.member)
        .join(Member.account)
        .where(Grant.role == "hr_admin", Grant.unit_id == grant.unit_id, Grant.member_id != grant.member_id)
        .where(Account.disabled.is_(False), Account.password_hash.is_not(None), members.present_on(clock.today()))
    )
    return db.session.scalar(query.limit(1)) is not None


def _reason_problems(reason: str) -> list[Problem]:
    if not 1 <= len(reason.strip()) <= 500:
        return [Problem("/reason", "required", _("Say why, in 1 to 500 characters."))]
    return []


def _summary(grant: Grant) -> Document:
    return {"role": grant.role, "unit": grant.unit_id}
