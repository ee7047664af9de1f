"""Who did what to what, before and after, and why. Rows are only ever added.

Values stand beside the rows (`audit_value`) and can be blanked when a person's data must go; the rows hold ids and
digests of the values, salted so that a digest betrays no phone number. A job seals new rows into a hash chain each
minute: a chain inside every transaction would make all writers wait for each other. `verify` recomputes the chain.
"""

import datetime as dt
import hashlib
import secrets

import sqlalchemy as sa
from sqlalchemy import ForeignKey, select
from sqlalchemy.orm import Mapped, mapped_column, relationship

from core import clock
from core.db import Document, JSONDocument, Model, db, dump_json, insert_now

SEAL_BATCH = 5000


class AuditEvent(Model):
    __tablename__ = "audit_event"

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[dt.datetime]
    by_id: Mapped[int | None] = mapped_column(comment="the member; none when the system acted")
    action: Mapped[str] = mapped_column(sa.String(80))
    subject: Mapped[str] = mapped_column(sa.String(80), index=True, comment="such as goal_set:7")
    digest: Mapped[str] = mapped_column(sa.String(64), comment="SHA-256 of salt, before, after and reason")
    seal: Mapped[str | None] = mapped_column(sa.String(64), comment="SHA-256 over the previous seal and this row")
    place: Mapped[int | None] = mapped_column(
        unique=True, comment="in the chain; ids do not serve, a lower one may be committed later"
    )

    value: Mapped["AuditValue | None"] = relationship(back_populates="event", uselist=False)


class AuditValue(Model):
    __tablename__ = "audit_value"

    event_id: Mapped[int] = mapped_column(ForeignKey("audit_event.id"), primary_key=True)
    salt: Mapped[str | None] = mapped_column(sa.String(32))
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
    """Add one row to the session. A batch (a cascade of 430 goals) is one row with a summary, not 430. Where the
    subject itself keeps what was said, such as a form that was sent, nothing stands beside the row."""
    says = before is not None or after is not None or reason is not None
    value = AuditValue(salt=secrets.token_hex(16), before=before, after=after, reason=reason) if says else None
    event = AuditEvent(
        at=clock.now(), by_id=by_id, action=action, subject=subject, digest=_digest(value), seal=None, place=None
    )
    if value is None:
        insert_now(event)
    else:
        event.value = value
        db.session.add(event)
    return event


def seal() -> int:
    """Chain the rows that are not sealed yet, oldest first; returns how many. Does not commit.

    Two at once cannot both succeed: a place is given once.
    """
    newest = select(AuditEvent.place, AuditEvent.seal).where(AuditEvent.place.is_not(None))
    last = db.session.execute(newest.order_by(AuditEvent.place.desc()).limit(1)).first()
    place, previous = (last.place, last.seal) if last else (0, None)
    unsealed = select(AuditEvent).where(AuditEvent.place.is_(None)).order_by(AuditEvent.id).limit(SEAL_BATCH)
    count = 0
    for count, event in enumerate(db.session.scalars(unsealed), start=1):
        event.place, event.seal = place + count, _seal_of(previous, event)
        previous = event.seal
    return count


def verify() -> int | None:
    """The id of the first row that the chain does not vouch for, or None when every sealed row is as it was sealed."""
    rows = (
        select(AuditEvent, AuditValue)
        .outerjoin(AuditValue, AuditValue.event_id == AuditEvent.id)
        .where(AuditEvent.place.is_not(None))
        .order_by(AuditEvent.place)
        .execution_options(yield_per=1000)
    )
    previous: str | None = None
    for place, (event, value) in enumerate(db.session.execute(rows), start=1):
        if event.place != place or event.seal != _seal_of(previous, event):
            return int(event.id)
        if event.digest != _digest(value) and (value is None or not _blanked(value)):
            return int(event.id)
        previous = event.seal
    return None


def blank(subject: str) -> None:
    """Remove what the rows of a subject said, keeping that they were there."""
    ids = select(AuditEvent.id).where(AuditEvent.subject == subject)
    nothing = {"salt": None, "before": None, "after": None, "reason": None}
    db.session.execute(sa.update(AuditValue).where(AuditValue.event_id.in_(ids)).values(nothing))


def _blanked(value: AuditValue) -> bool:
    return value.salt is None and value.before is None and value.after is None and value.reason is None


def _digest(value: AuditValue | None) -> str:
    """Of a row that says nothing the same for all: one whose values were taken away has another."""
    said = [value.salt, value.before, value.after, value.reason] if value else []
    return hashlib.sha256(dump_json(said).encode()).hexdigest()


def _seal_of(previous: str | None, event: AuditEvent) -> str:
    row = [previous, event.id, event.at.isoformat(), event.by_id, event.action, event.subject, event.digest]
    return hashlib.sha256(dump_json(row).encode()).hexdigest()
