"""What must happen at a time. Every timer is a row, so a restart loses none; a missed one is caught up once.

`beat` claims due rows and turns each into an outbox row in the same transaction, keyed by timer and due time.
"""

import datetime as dt

import sqlalchemy as sa
from sqlalchemy import select
from sqlalchemy.orm import Mapped, mapped_column

from core import clock, jobs
from core.db import Document, Model, db


class Timer(Model):
    __tablename__ = "timer"

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(sa.String(160), unique=True)
    job: Mapped[str] = mapped_column(sa.String(120))
    payload: Mapped[Document]
    due_at: Mapped[dt.datetime] = mapped_column(index=True)
    every_seconds: Mapped[int | None] = mapped_column(comment="fixed beat; calendars set their next timer themselves")


def schedule(key: str, job: str, payload: Document, due_at: dt.datetime, *, every_seconds: int | None = None) -> Timer:
    """Set or move the timer that bears this key."""
    timer = db.session.scalar(select(Timer).where(Timer.key == key))
    if timer is None:
        timer = Timer(key=key, job=job, payload=payload, due_at=due_at, every_seconds=every_seconds)
        db.session.add(timer)
    timer.job, timer.payload, timer.due_at, timer.every_seconds = job, payload, due_at, every_seconds
    return timer


def cancel(key: str) -> None:
    db.session.execute(sa.delete(Timer).where(Timer.key == key))


def beat(limit: int = 200) -> int:
    """Turn due timers into outbox rows; returns how many. Safe to run from several processes at once."""
    if not _any_due():
        return 0
    due = select(Timer).where(Timer.due_at <= clock.now()).order_by(Timer.due_at).limit(limit)
    timers = list(db.session.scalars(due.with_for_update(skip_locked=True)))
    for timer in timers:
        _fire(timer)
    db.session.commit()
    return len(timers)


def _any_due() -> bool:
    """A look that takes no write lock: the ticker looks every second."""
    query = select(Timer.id).where(Timer.due_at <= clock.now()).limit(1)
    with db.engine.connect().execution_options(read_only=True) as connection:
        return connection.scalar(query) is not None


def _fire(timer: Timer) -> None:
    payload = timer.payload | {"due_at": timer.due_at.isoformat()}
    jobs.enqueue(timer.job, payload, key=f"timer:{timer.key}:{timer.due_at.isoformat()}")
    if timer.every_seconds is None:
        db.session.delete(timer)
        return
    missed = max(0, int((clock.now() - timer.due_at).total_seconds() // timer.every_seconds))
    timer.due_at += dt.timedelta(seconds=timer.every_seconds * (missed + 1))
