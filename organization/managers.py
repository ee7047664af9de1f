"""Who is whose manager: the one that is named, else the head of the unit, else the head of a unit above. Never oneself.

Who has left, or has not begun, is passed over. Substitutes are not looked at here: whoever hands out work asks
`absences.substitute_of` about the manager that is found.
"""

import datetime as dt

from core import clock
from core.db import db
from organization import units
from organization.models import Member, OrgUnit


def manager_of(member: Member, level: int = 1, on: dt.date | None = None) -> Member | None:
    """The level-th manager above a member on a day (today), 1 being the direct one; None above the top."""
    chain = line_of(member, on, level)
    return chain[level - 1] if len(chain) >= level else None


def line_of(member: Member, on: dt.date | None = None, limit: int = 50) -> list[Member]:
    """The managers above a member, nearest first. A circle of named managers ends where it would close."""
    day = on or clock.today()
    line: list[Member] = []
    seen = {member.id}
    current: Member | None = member
    while len(line) < limit and current and (current := _next_above(current, day, seen)):
        seen.add(current.id)
        line.append(current)
    return line


def _next_above(member: Member, day: dt.date, seen: set[int]) -> Member | None:
    named = member.manager
    if named is not None and named.id not in seen and named.present_on(day):
        return named
    for unit_id in units.ids_above(db.session.get_one(OrgUnit, member.unit_id)):
        head = db.session.get_one(OrgUnit, unit_id).head
        if head is not None and head.id not in seen and head.present_on(day):
            return head
    return None
