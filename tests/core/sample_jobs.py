"""Jobs whose effect can be counted: an audit row per run. The tests allow them to workers, the product does not."""

from pathlib import Path

import sqlalchemy as sa

from core import audit, jobs
from core.db import Document, db
from core.errors import AppError
from tests.waiting import wait_until


def note(payload: Document) -> None:
    audit.record("test.effect", payload["subject"], by_id=None)


def note_slowly(payload: Document) -> None:
    """Says that it has begun, and ends when it is let go."""
    note(payload)
    db.session.flush()
    Path(payload["begun"]).touch()
    wait_until(Path(payload["go"]).exists, "the test to let the job go on", patience=120)


def note_and_fail(payload: Document) -> None:
    note(payload)
    db.session.flush()
    raise RuntimeError("the disk is full")


def refuse(payload: Document) -> None:
    raise AppError("Nobody can do this.")


def note_in_slices(payload: Document) -> None:
    """One slice a row; goes on where it stopped, and stops once at `fails_at`."""
    for number in range(len(effects()), payload["of"]):
        if number == payload["fails_at"] and not Path(payload["failed"]).exists():
            Path(payload["failed"]).touch()
            raise RuntimeError("stopped half-way")
        audit.record("test.effect", f"slice:{number}", by_id=None)
        jobs.checkpoint(number + 1, payload["of"], "slices")


def note_what_was_taken_over(payload: Document) -> None:
    """Another worker takes the row while this one works."""
    with db.engine.begin() as other:
        other.execute(sa.update(jobs.Outbox).values(claim="somebody else"))
    note(payload)


def note_twice(payload: Document) -> None:
    note(payload)
    jobs.enqueue("tests.core.sample_jobs.note", {"subject": "follow:1"})


def effects() -> list[str]:
    """The subjects of what jobs have done and committed, in order."""
    query = sa.select(audit.AuditEvent.subject).where(audit.AuditEvent.action == "test.effect")
    with db.engine.connect().execution_options(read_only=True) as connection:
        return list(connection.scalars(query.order_by(audit.AuditEvent.id)))
