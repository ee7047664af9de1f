"""One person's data: all of it on request, and gone on request.

What names a person lives in several packages, and imports follow foreign keys, so each package says itself what it
holds: `erasure.register("tasks", collect, erase)` in a module that the app imports. Goals and history stay, under
"已删除成员 #7"; what can tell who that was goes, in the audit's values too.
"""

from collections.abc import Callable
from typing import Any, NamedTuple

import sqlalchemy as sa
from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import class_mapper, joinedload

from core import audit, clock
from core.audit import AuditEvent
from core.db import Document, Model, db
from core.errors import Conflict
from organization import grants
from organization.models import (
    Absence,
    Account,
    AuthSession,
    ExternalRef,
    Grant,
    Invitation,
    Member,
    OrgUnit,
    Substitute,
)

SECRET = frozenset({"password_hash", "digest"})


class Holding(NamedTuple):
    collect: Callable[[Member], Any]
    erase: Callable[[Member], None]


_holdings: dict[str, Holding] = {}


def register(name: str, collect: Callable[[Member], Any], erase: Callable[[Member], None]) -> None:
    """`collect` gives JSON of what is held about a member; `erase` makes it nameless. Neither commits."""
    _holdings[name] = Holding(collect, erase)


def export(member: Member) -> Document:
    """Everything that is held about a person, as JSON, by what holds it."""
    return {name: holding.collect(member) for name, holding in sorted(_holdings.items())}


def erase(member: Member, *, by_id: int | None, reason: str) -> None:
    """Make a person nameless everywhere. Raises Conflict while others depend on him. Does not commit."""
    if grants.is_last_admin(member):
        raise Conflict(_("This is the last HR administrator of the company. Grant the role to somebody else first."))
    led = db.session.scalar(select(OrgUnit.name).where(OrgUnit.head_id == member.id).limit(1))
    if led is not None:
        raise Conflict(_("%(name)s leads %(unit)s. Name a successor first.", name=member.name, unit=led))
    for name in sorted(_holdings):
        _holdings[name].erase(member)
    audit.record("member.erase", f"member:{member.id}", by_id=by_id, reason=reason)


def nameless(member: Member) -> str:
    """What stands where his name stood."""
    return f"已删除成员 #{member.id}"


def rows(model: type[Model], *where: sa.ColumnElement[bool]) -> list[Document]:
    """Rows of a table as JSON, without what opens doors (hashes of passwords and tokens)."""
    names = [column.key for column in class_mapper(model).column_attrs if column.key not in SECRET]
    found = db.session.execute(select(*(getattr(model, name) for name in names)).where(*where))
    return [{name: plain(value) for name, value in zip(names, row, strict=True)} for row in found]


def plain(value: Any) -> Any:
    return value.isoformat() if hasattr(value, "isoformat") else value


# ── what this package and the audit hold ─────────────────────────────────────────────────────────────────────────────


def _collect_member(member: Member) -> Document:
    return {
        "member": rows(Member, Member.id == member.id),
        "account": rows(Account, Account.member_id == member.id),
        "sessions": rows(AuthSession, AuthSession.member_id == member.id),
        "links": rows(Invitation, Invitation.member_id == member.id),
        "grants": rows(Grant, Grant.member_id == member.id),
        "substitutes": rows(Substitute, _is_either(member)),
        "absences": rows(Absence, Absence.member_id == member.id),
        "external_refs": rows(ExternalRef, _refers_to(member)),
    }


def _erase_member(member: Member) -> None:
    _delete(
        (AuthSession, AuthSession.member_id == member.id),
        (Invitation, Invitation.member_id == member.id),
        (Account, Account.member_id == member.id),
        (Grant, Grant.member_id == member.id),
        (Substitute, _is_either(member)),
        (Absence, Absence.member_id == member.id),
        (ExternalRef, _refers_to(member)),
    )
    db.session.expire(member, ["account", "grants"])
    member.name, member.pinyin, member.code = nameless(member), "", f"deleted-{member.id}"
    member.phone = member.email = member.language = None
    member.attributes, member.represents_frontline = {}, False
    member.left_on = member.left_on or clock.today()


def _delete(*targets: tuple[type[Model], sa.ColumnElement[bool]]) -> None:
    for model, where in targets:
        db.session.execute(sa.delete(model).where(where))


def _is_either(member: Member) -> sa.ColumnElement[bool]:
    return sa.or_(Substitute.member_id == member.id, Substitute.substitute_id == member.id)


def _refers_to(member: Member) -> sa.ColumnElement[bool]:
    return sa.and_(ExternalRef.subject == "member", ExternalRef.subject_id == member.id)


def _collect_audit(member: Member) -> list[Document]:
    """What was done to him, and what he did."""
    found = db.session.scalars(_events(member).order_by(AuditEvent.id))
    return [_event(event) for event in found]


def _erase_audit(member: Member) -> None:
    audit.blank(f"member:{member.id}")


def _events(member: Member) -> sa.Select[tuple[AuditEvent]]:
    about = AuditEvent.subject == f"member:{member.id}"
    by_him = AuditEvent.by_id == member.id
    return select(AuditEvent).where(sa.or_(about, by_him)).options(joinedload(AuditEvent.value))


def _event(event: AuditEvent) -> Document:
    value = event.value
    said = {"before": value.before, "after": value.after, "reason": value.reason} if value else {}
    return {"at": plain(event.at), "by": event.by_id, "action": event.action, "subject": event.subject} | said


register("organization", _collect_member, _erase_member)
register("audit", _collect_audit, _erase_audit)
