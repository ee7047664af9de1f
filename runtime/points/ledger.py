"""Giving points: a row for each key, once."""

from sqlalchemy import func, select

from core import clock
from core.db import db
from runtime.points.models import Ledger


def give(company_id: int, member_id: int, points: int, reason: str, *, key: str, by_id: int | None) -> Ledger:
    """The row under the key: a new one, or the one that was there already. Flushes."""
    found = db.session.scalar(select(Ledger).where(Ledger.key == key))
    if found is not None:
        return found
    row = Ledger(company_id=company_id, member_id=member_id, points=points, reason=reason, key=key, by_id=by_id)
    row.at = clock.now()
    db.session.add(row)
    db.session.flush()
    return row


def balance(member_id: int) -> int:
    return (
        db.session.scalar(select(func.coalesce(func.sum(Ledger.points), 0)).where(Ledger.member_id == member_id)) or 0
    )
