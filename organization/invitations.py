"""How imported people get in: a link for each, valid for seven days and once, with which he sets his own password.

The same link serves whoever forgot his password. Links are shown, written to a workbook, or sent by e-mail; nothing but
their digest stays with us.
"""

from collections.abc import Iterable
from dataclasses import dataclass

import sqlalchemy as sa
from flask import current_app
from flask_babel import force_locale
from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import joinedload, selectinload

from core import audit, clock, jobs, mail
from core.db import Document, db
from core.errors import Conflict, Forbidden
from core.i18n import LANGUAGES
from organization import accounts, links, members, units
from organization.access import visible_units
from organization.models import Account, Grant, Member, OrgUnit

PERMISSION = "members.invite"


@dataclass(frozen=True)
class Link:
    member: Member
    login: str
    path: str
    first: bool  # the first password, not a new one


def people(actor: Member, unit: OrgUnit, *, also_with_password: bool = False) -> list[Member]:
    """Whom he may invite in the unit and below: present, without a password unless the others are wanted too."""
    query = (
        select(Member)
        .join(Member.unit)
        .outerjoin(Member.account)
        .where(units.below(unit), visible_units(actor, PERMISSION), members.present_on(clock.today()))
        .where(sa.func.coalesce(Account.disabled, sa.false()).is_(False))
    )
    if not also_with_password:
        query = query.where(Account.password_hash.is_(None))
    found = db.session.scalars(_with_grants(query).order_by(OrgUnit.path, Member.pinyin))
    return [member for member in found if may_invite(actor, member)]


def everyone(company_id: int, code: str | None = None) -> list[Member]:
    """For the command line, where nobody is signed in: who has no password yet, in the unit of that code and below."""
    unit = _unit(company_id, code)
    query = select(Member).join(Member.unit).outerjoin(Member.account).where(units.below(unit))
    query = query.where(members.present_on(clock.today()), Account.password_hash.is_(None))
    query = query.where(sa.func.coalesce(Account.disabled, sa.false()).is_(False))
    return list(db.session.scalars(query.options(joinedload(Member.account)).order_by(Member.pinyin)))


def may_invite(actor: Member, member: Member) -> bool:
    """A link is a way into the account, so he needs the right wherever the other one holds any."""
    places = [member.unit, *(grant.unit for grant in member.grants)]
    return all(actor.may(PERMISSION, place) for place in places)


def must_be_allowed(actor: Member, member: Member) -> None:
    if not may_invite(actor, member):
        raise Forbidden(_("This person holds rights outside your units. Ask an administrator above you."))


def invite(invited: Iterable[Member], *, by_id: int | None) -> list[Link]:
    """A new link for each; older ones stop working. Opens accounts that are missing. Does not commit."""
    people = list(invited)
    links.retire(member.id for member in people)
    _open_accounts([member for member in people if member.account is None])
    made = [_link(member) for member in people]
    if made:
        _record(people, by_id)
    return made


def _link(member: Member) -> Link:
    if member.account.disabled or not member.present_on(clock.today()):
        raise Conflict(_("%(name)s may not sign in (any more).", name=member.name))
    first = member.account.password_hash is None
    token = links.make("invite" if first else "reset", member.id)
    return Link(member, member.account.login, f"/welcome/{token}", first)


def _open_accounts(people: list[Member]) -> None:
    """Each signs in with his phone number, else his e-mail address, else his number in the company."""
    names = {member.id: accounts.login_name(member.phone or member.email or member.code) for member in people}
    used = set(db.session.scalars(select(Account.login).where(Account.login.in_(names.values()))))
    for member in people:
        name = names[member.id]
        login = name if name not in used else f"{member.company_id}-{name}"
        used.add(login)
        member.account = Account(member_id=member.id, login=login, must_change=False, disabled=False)
        db.session.add(member.account)


def _record(people: list[Member], by_id: int | None) -> None:
    """One row for one person; one row for a batch, with the ids."""
    if len(people) == 1:
        audit.record("account.link", f"member:{people[0].id}", by_id=by_id)
        return
    after = {"members": [member.id for member in people]}
    audit.record("account.links", f"company:{people[0].company_id}", by_id=by_id, after=after)


# ── by e-mail ────────────────────────────────────────────────────────────────────────────────────────────────────────


def queue_mails(invited: Iterable[Member], *, by: Member, base_url: str) -> int:
    """One job for each person with an address. The link itself is made by the job, so that no row ever holds it."""
    if not mail.ready():
        raise Conflict(_("No mail server is set (SMTP_URL). Show the links or download them instead."))
    addressed = [member for member in invited if member.email]
    for member in addressed:
        payload = {"member_id": member.id, "by_id": by.id, "base_url": base_url}
        jobs.enqueue("organization.invitations.send_by_mail", payload)
    return len(addressed)


def send_by_mail(payload: Document) -> None:
    """Job: make a link for one person and send it. A second attempt makes a new link and retires the first."""
    member = db.session.get(Member, payload["member_id"], options=[joinedload(Member.account)])
    if member is None or not member.email or not member.present_on(clock.today()):
        return
    (link,) = invite([member], by_id=payload["by_id"])
    with force_locale(LANGUAGES[member.language or current_app.config["SETTINGS"].locale]):
        mail.send(member.email, _("Your access to Guantong"), _letter(link, payload["base_url"]))


def _letter(link: Link, base_url: str) -> str:
    return _(
        "Hello %(name)s,\n\nopen this link to set your password. It works once, within seven days:\n\n%(url)s\n\n"
        "Your login is %(login)s.\n",
        name=link.member.name,
        url=base_url.rstrip("/") + link.path,
        login=link.login,
    )


def _with_grants(query: sa.Select[tuple[Member]]) -> sa.Select[tuple[Member]]:
    return query.options(
        joinedload(Member.account), joinedload(Member.unit), selectinload(Member.grants).joinedload(Grant.unit)
    )


def _unit(company_id: int, code: str | None) -> OrgUnit:
    where = OrgUnit.id == company_id if code is None else OrgUnit.code == code
    unit = db.session.scalar(select(OrgUnit).where(where, OrgUnit.company_id == company_id))
    if unit is None:
        raise Conflict(_("There is no unit with the code %(code)s.", code=code))
    return unit
