"""Who is away, and who acts meanwhile. Days are whole days of the company, first and last included."""

import datetime as dt
from collections import defaultdict
from collections.abc import Collection

from flask_babel import gettext as _
from sqlalchemy import select

from core import audit
from core.db import db
from core.errors import Invalid, Problem
from organization import calendars
from organization.models import Absence, Member, Substitute


def record(member: Member, first: dt.date, last: dt.date, kind: str = "leave", *, by_id: int | None) -> Absence:
    """A leave; it reduces what the weeks it touches may ask for. Raises Invalid for days in the wrong order."""
    _must_be_in_order(first, last)
    absence = Absence(member_id=member.id, first_day=first, last_day=last, kind=kind)
    db.session.add(absence)
    audit.record("absence.record", f"member:{member.id}", by_id=by_id, after=_span(first, last))
    return absence


def remove(absence: Absence, *, by_id: int | None) -> None:
    audit.record(
        "absence.remove", f"member:{absence.member_id}", by_id=by_id, before=_span(absence.first_day, absence.last_day)
    )
    db.session.delete(absence)


def absent_days(member_ids: Collection[int], first: dt.date, last: dt.date) -> dict[int, set[dt.date]]:
    """Every day from first to last on which one of the members is away, by member. One statement."""
    touching = select(Absence).where(
        Absence.member_id.in_(member_ids), Absence.first_day <= last, Absence.last_day >= first
    )
    away: dict[int, set[dt.date]] = defaultdict(set)
    for absence in db.session.scalars(touching):
        span = calendars.days(max(first, absence.first_day), min(last, absence.last_day))
        away[absence.member_id].update(span)
    return dict(away)


def appoint(
    member: Member, substitute: Member, first: dt.date, last: dt.date, reason: str | None = None, *, by_id: int | None
) -> Substitute:
    """Within these days the substitute acts for the member. Raises Invalid for himself, a stranger, or bad days."""
    _must_be_in_order(first, last)
    if substitute.id == member.id or substitute.company_id != member.company_id:
        raise Invalid([Problem("/substitute", "unfit", _("Choose another person of the company as the substitute."))])
    row = Substitute(member_id=member.id, substitute_id=substitute.id, first_day=first, last_day=last, reason=reason)
    db.session.add(row)
    audit.record(
        "substitute.appoint",
        f"member:{member.id}",
        by_id=by_id,
        after={"substitute": substitute.id, **_span(first, last)},
    )
    return row


def dismiss(row: Substitute, *, by_id: int | None) -> None:
    audit.record(
        "substitute.dismiss",
        f"member:{row.member_id}",
        by_id=by_id,
        before={"substitute": row.substitute_id, **_span(row.first_day, row.last_day)},
    )
    db.session.delete(row)


def substitute_of(member: Member, day: dt.date) -> Member | None:
    """Who acts for the member on a day; the newest appointment wins. None: he acts himself."""
    holding = (
        select(Member)
        .join(Substitute, Substitute.substitute_id == Member.id)
        .where(Substitute.member_id == member.id, Substitute.first_day <= day, Substitute.last_day >= day)
        .order_by(Substitute.id.desc())
        .limit(1)
    )
    return db.session.scalar(holding)


def _must_be_in_order(first: dt.date, last: dt.date) -> None:
    if last < first:
        raise Invalid([Problem("/last_day", "order", _("The last day cannot be before the first."))])


def _span(first: dt.date, last: dt.date) -> dict[str, str]:
    return {"first_day": first.isoformat(), "last_day": last.isoformat()}
