"""Who did what to what, before and after, and why. Rows are only ever added.

Values stand beside the rows (`audit_value`) and can be blanked when a person's data must go; the rows hold ids and
digests of the values. A job seals new rows into a hash chain each minute: a chain inside every transaction would make
all writers wait for each other. `verify` recomputes the chain.
"""

import datetime as dt
import hashlib
from typing import Any

import sqlalchemy as sa
from sqlalchemy import ForeignKey, select
from sqlalchemy.orm import Mapped, mapped_column, relationship

from core import clock
from core.db import Document, JSONDocument, Model, db, dump_json

SEAL_BATCH = 5000


class AuditEvent(Model):
    __tablename__ = "audit_event"

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[dt.datetime]
    by_id: Mapped[int | None] = mapped_column(comment="the member; none when the system acted")
    action: Mapped[str] = mapped_column(sa.String(80))
    subject: Mapped[str] = mapped_column(sa.String(80), index=True, comment="such as goal_set:7")
    digest: Mapped[str] = mapped_column(sa.String(64), comment="SHA-256 of before, after and reason")
    seal: Mapped[str | None] = mapped_column(sa.String(64), comment="SHA-256 over the previous seal and this row")

    value: Mapped["AuditValue | None"] = relationship(back_populates="event", uselist=False)


class AuditValue(Model):
    __tablename__ = "audit_value"

    event_id: Mapped[int] = mapped_column(ForeignKey("audit_event.id"), primary_key=True)
    before: Mapped[Document | None] = mapped_column(JSONDocument)
    after: Mapped[Document | None] = mapped_column(JSONDocument)
    reason: Mapped[str | None]

    event: Mapped[AuditEvent] = relationship(back_populates="value")


def record(
    action: str,
    subject: str,
    *,
    by_id: int | None,
    before: Document | None = None,
    after: Document | None = None,
    reason: str | None = None,
) -> AuditEvent:
    """Add one row to the session. A batch (a cascade of 430 goals) is one row with a summary, not 430."""
    event = AuditEvent(
        at=clock.now(), by_id=by_id, action=action, subject=subject, digest=_digest(before, after, reason), seal=None
    )
    event.value = AuditValue(before=before, after=after, reason=reason)
    db.session.add(event)
    return event


def seal(payload: dict[str, Any] | None = None) -> int:
    """Chain the rows that are not sealed yet, oldest first; returns how many. Run by one job at a time."""
    last = db.session.scalar(select(AuditEvent.seal).where(AuditEvent.seal.is_not(None)).order_by(AuditEvent.id.desc()))
    unsealed = select(AuditEvent).where(AuditEvent.seal.is_(None)).order_by(AuditEvent.id).limit(SEAL_BATCH)
    count = 0
    for event in db.session.scalars(unsealed):
        last = event.seal = _seal_of(last, event)
        count += 1
    return count


def verify() -> int | None:
    """The id of the first row that the chain does not vouch for, or None when every sealed row is as it was sealed."""
    last: str | None = None
    rows = select(AuditEvent).where(AuditEvent.seal.is_not(None)).order_by(AuditEvent.id)
    for event in db.session.scalars(rows.execution_options(yield_per=1000)):
        if event.seal != _seal_of(last, event):
            return event.id
        value = db.session.get(AuditValue, event.id)
        if (
            value is not None
            and not _blanked(value)
            and event.digest != _digest(value.before, value.after, value.reason)
        ):
            return event.id
        last = event.seal
    return None


def blank(subject: str) -> None:
    """Remove what the rows of a subject said, keeping that they were there."""
    ids = select(AuditEvent.id).where(AuditEvent.subject == subject)
    db.session.execute(
        sa.update(AuditValue).where(AuditValue.event_id.in_(ids)).values(before=None, after=None, reason=None)
    )


def _digest_of(value: AuditValue) -> str:
    return _digest(value.before, value.after, value.reason)


def _blanked(value: AuditValue) -> bool:
    return value.before is None and value.after is None and value.reason is None


def _digest(before: Document | None, after: Document | None, reason: str | None) -> str:
    return hashlib.sha256(dump_json([before, after, reason]).encode()).hexdigest()


def _seal_of(previous: str | None, event: AuditEvent) -> str:
    row = [previous, event.id, event.at.isoformat(), event.by_id, event.action, event.subject, event.digest]
    return hashlib.sha256(dump_json(row).encode()).hexdigest()
