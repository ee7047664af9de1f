"""The outbox: what must happen after a commit, and exactly once inside the system.

A row is written in the transaction that wants the effect. Whoever runs it claims it by UPDATE and looks at the count,
calls the job, and marks the row done *in the same transaction as the effect*: a process killed in between leaves a row
that is due again when its lease ends, and no half effect. The queue (a thread here, RQ in `core/redis_queue.py`) only
carries ids. Calls to other systems are therefore at-least-once; everything inside is once.

A job is a function `(payload) -> None` named by its dotted path; it never commits, except one that works in slices and
says so with `checkpoint`, which commits the slice together with its progress.
"""

import datetime as dt
import importlib
import logging
import threading
import uuid
from collections.abc import Callable, Iterable, Sequence
from contextvars import ContextVar
from typing import Any

import sqlalchemy as sa
from flask import Flask
from flask_babel import gettext as _
from sqlalchemy import delete, event, or_, select, update
from sqlalchemy.dialects import sqlite
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.orm import Session as OrmSession

from core import clock
from core.db import Document, JSONDocument, Model, db, insert_now
from core.errors import AppError, Conflict
from core.later import Later

postgresql = Later("sqlalchemy.dialects.postgresql")
log = logging.getLogger(__name__)

Job = Callable[[Document], None]

LEASE = dt.timedelta(minutes=5)
MAX_ATTEMPTS = 8
KEPT = dt.timedelta(days=30)  # rows that are done
OUR_PACKAGES = ("core", "organization", "builder", "runtime")

_running: ContextVar[tuple[int, str] | None] = ContextVar("running outbox row and its claim", default=None)
_wake = threading.Event()


class Outbox(Model):
    __tablename__ = "outbox"
    __table_args__ = (sa.Index("ix_outbox_state_due_at", "state", "due_at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str | None] = mapped_column(sa.String(200), unique=True, comment="the same key is queued once, ever")
    job: Mapped[str] = mapped_column(sa.String(120))
    payload: Mapped[Document]
    state: Mapped[str] = mapped_column(sa.String(10), default="due", comment="due, done or failed")
    attempts: Mapped[int] = mapped_column(default=0)
    due_at: Mapped[dt.datetime]
    claim: Mapped[str | None] = mapped_column(sa.String(40))
    claimed_until: Mapped[dt.datetime | None]
    created_at: Mapped[dt.datetime]
    done_at: Mapped[dt.datetime | None]
    progress: Mapped[Document | None] = mapped_column(JSONDocument)
    error: Mapped[str | None]


# ── queueing ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def enqueue(job: str, payload: Document, *, key: str | None = None, due_at: dt.datetime | None = None) -> Outbox:
    """Add a row to the caller's transaction. A key that is there already gives the row that bears it."""
    now = clock.now()
    values = {"job": job, "payload": payload, "due_at": due_at or now, "created_at": now, "state": "due", "attempts": 0}
    db.session.info["queued"] = True
    if key is not None:
        return _add_once(key, values)
    row = Outbox(**values)
    insert_now(row)
    return row


def _add_once(key: str, values: Document) -> Outbox:
    """By the database's own means: of two transactions with one key the second waits for the first, and adds none."""
    insert = sqlite.insert if db.engine.dialect.name == "sqlite" else postgresql.insert
    db.session.execute(insert(Outbox).values(key=key, **values).on_conflict_do_nothing(index_elements=[Outbox.key]))
    return db.session.scalars(select(Outbox).where(Outbox.key == key)).one()


@event.listens_for(OrmSession, "after_commit")
def _after_commit(session: OrmSession) -> None:
    # Fires for savepoints too, and then nothing is committed yet.
    if session.in_nested_transaction() or not session.info.pop("queued", False):
        return
    _wake.set()


def queued_here() -> bool:
    """Whether this process has committed rows since it last looked for work."""
    return _wake.is_set()


# ── running ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def run_due(limit: int = 1000) -> int:
    """Run what is due now, oldest first, including what these jobs queue; returns how many ran."""
    _wake.clear()
    count = 0
    while count < limit and (rows := due_rows(limit - count)):
        count += sum(perform(row.id) for row in rows)
    return count


def due_rows(limit: int) -> Sequence[sa.Row[int, int]]:
    """(id, attempts) of the rows that may be claimed now, oldest first."""
    query = select(Outbox.id, Outbox.attempts).where(*_claimable()).order_by(Outbox.id).limit(limit)
    with db.engine.connect().execution_options(read_only=True) as connection:
        return connection.execute(query).all()


def _claimable() -> list[sa.ColumnElement[bool]]:
    now = clock.now()
    free = or_(Outbox.claimed_until.is_(None), Outbox.claimed_until < now)
    return [Outbox.state == "due", Outbox.due_at <= now, free]


def perform(outbox_id: int) -> bool:
    """Claim, run and mark done one row. False when somebody else has it or it is not due."""
    claim = uuid.uuid4().hex
    row = _claim(outbox_id, claim)
    if row is None:
        return False
    token = _running.set((outbox_id, claim))
    try:
        _job(row.job)(row.payload)
        _finish(outbox_id, claim, state="done", done_at=clock.now(), error=None)
        db.session.commit()
    except Exception as error:  # noqa: BLE001 whatever a job raises is recorded on its row and logged
        db.session.rollback()
        _record_failure(row, claim, error)
    finally:
        _running.reset(token)
        db.session.remove()
    return True


def checkpoint(done: int, of: int, note: str = "") -> None:
    """Commit a slice of the running job with its progress, and keep the claim."""
    running = _running.get()
    if running is not None:
        progress = {"done": done, "of": of, "note": note}
        _keep(*running, progress=progress, claimed_until=clock.now() + LEASE)
    db.session.commit()


def _claim(outbox_id: int, claim: str) -> Outbox | None:
    claimed = db.session.execute(
        update(Outbox)
        .where(Outbox.id == outbox_id, *_claimable())
        .values(claim=claim, claimed_until=clock.now() + LEASE, attempts=Outbox.attempts + 1)
    )
    row = db.session.get(Outbox, outbox_id, populate_existing=True) if _count(claimed) else None
    db.session.commit()
    return row


def _finish(outbox_id: int, held: str, /, **values: Any) -> None:
    _keep(outbox_id, held, **values, claim=None, claimed_until=None)


def _keep(outbox_id: int, held: str, /, **values: Any) -> None:
    """Change the row that we hold; whoever lost it must not commit its effect."""
    mine = update(Outbox).where(Outbox.id == outbox_id, Outbox.claim == held).values(**values)
    if not _count(db.session.execute(mine)):
        raise RuntimeError(f"outbox row {outbox_id} was taken over: its lease ended while it ran")


def _record_failure(row: Outbox, claim: str, error: Exception) -> None:
    """Back off and try again, but not for what trying again cannot mend."""
    final = isinstance(error, AppError) or row.attempts >= MAX_ATTEMPTS
    log.error("job %s (outbox %s, attempt %s) failed", row.job, row.id, row.attempts, exc_info=error)
    mine = update(Outbox).where(Outbox.id == row.id, Outbox.claim == claim)
    wait = dt.timedelta(seconds=min(3600, 5 * 2**row.attempts))
    db.session.execute(
        mine.values(
            state="failed" if final else "due",
            due_at=clock.now() + wait,
            claim=None,
            claimed_until=None,
            error=f"{type(error).__name__}: {error}"[:2000],
        )
    )
    db.session.commit()


def retry(row: Outbox) -> None:
    """An administrator lets a failed row run again. Raises Conflict when it has not failed."""
    if row.state != "failed":
        raise Conflict(_("This job has not failed; it runs by itself."))
    row.state, row.attempts, row.due_at = "due", 0, clock.now()
    db.session.info["queued"] = True


def prune(payload: Document) -> None:
    """The job that the daily timer queues: delete what was done long ago, so that the table does not grow for ever.

    A row with a key stays, it guards "once, ever"; but the key of a timer bears a moment, which does not come again.
    """
    once = or_(Outbox.key.is_(None), Outbox.key.startswith("timer:"))
    db.session.execute(delete(Outbox).where(Outbox.state == "done", Outbox.done_at < clock.now() - KEPT, once))


def release_claims() -> None:
    """The one process of the embedded set-up starts: whatever was claimed was claimed by a process that is gone."""
    db.session.execute(update(Outbox).where(Outbox.state == "due").values(claim=None, claimed_until=None))
    db.session.commit()


def _job(path: str) -> Job:
    module, _, name = path.rpartition(".")
    if module.split(".")[0] not in OUR_PACKAGES:
        raise LookupError(f"{path} is not a job of ours")
    job: Job = getattr(importlib.import_module(module), name)
    return job


def _count(result: sa.Result[Any]) -> int:
    return int(getattr(result, "rowcount", 0))


# ── the embedded worker: one thread of the web process ───────────────────────────────────────────────────────────────


class Worker(threading.Thread):
    """Runs `beat` (the ticker) and the due rows, at once after a commit and otherwise every `pause` seconds."""

    def __init__(self, app: Flask, beats: Iterable[Callable[[], object]], pause: float = 1.0) -> None:
        super().__init__(name="guantong-worker", daemon=True)
        self.app, self.beats, self.pause = app, list(beats), pause
        self.stopping = threading.Event()

    def run(self) -> None:
        self._guarded(release_claims)
        while not self.stopping.is_set():
            self._round()
            _wake.wait(self.pause)

    def _round(self) -> None:
        for beat in self.beats:
            self._guarded(beat)
        self._guarded(run_due)

    def _guarded(self, work: Callable[[], object]) -> None:
        try:
            with self.app.app_context():
                work()
        except Exception:
            # A thread that dies takes all jobs with it, and nobody would see it.
            log.exception("%s failed; the worker tries again", work.__name__)

    def stop(self) -> None:
        self.stopping.set()
        _wake.set()
        self.join(timeout=10)
