"""What a position in the field brings along: the grant of the same name over one's own unit.

Headquarters' roles (HR, IT, executives, operations) are never given this way: somebody who may grant them does so.
"""

from collections.abc import Iterable

import sqlalchemy as sa

from core.db import db
from organization.models import Grant, Member

FIELD = frozenset({"sales", "manager", "region_manager", "buddy"})


def take(member_ids_roles_units: Iterable[tuple[int, str, int]]) -> None:
    """Newcomers: (member id, role, unit id) each. One statement."""
    rows = [
        {"member_id": member_id, "role": role, "unit_id": unit_id}
        for member_id, role, unit_id in member_ids_roles_units
        if role in FIELD
    ]
    if rows:
        db.session.execute(sa.insert(Grant), rows)


def follow(member: Member, role_before: str, unit_id_before: int) -> None:
    """After a move or a new position: the grant that came with the old one goes, the new one comes."""
    if (member.role, member.unit_id) == (role_before, unit_id_before):
        return
    if role_before in FIELD:
        db.session.execute(_of(member.id, role_before, unit_id_before))
    if member.role in FIELD:
        db.session.execute(_of(member.id, member.role, member.unit_id))
        take([(member.id, member.role, member.unit_id)])


def _of(member_id: int, role: str, unit_id: int) -> sa.Delete:
    return sa.delete(Grant).where(Grant.member_id == member_id, Grant.role == role, Grant.unit_id == unit_id)
