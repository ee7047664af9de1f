"""Jobs: move or restore records in slices, each committed with the progress. Done again, they go on where they were."""

from sqlalchemy import func, select

from core import jobs
from core.db import Document, db
from runtime.submissions.migrating import moving
from runtime.submissions.migrating.models import MigratedRecord, RecordMigration
from runtime.submissions.models import Submission

SLICE = 100


def move(payload: Document) -> None:
    migration = db.session.get_one(RecordMigration, payload["migration_id"])
    if migration.state != "queued":
        return
    # What an earlier attempt refused is looked at again.
    migration.refused, migration.reasons = 0, []
    left = select(func.count(Submission.id)).where(
        Submission.version_id == migration.from_version_id, Submission.state == "submitted"
    )
    total, last = db.session.scalar(left) or 0, 0
    done = 0
    while (found := moving.move_some(migration, last, SLICE)) is not None:
        last, done = found, done + SLICE
        jobs.checkpoint(min(done, total), total)
    migration.state = "done"


def undo(payload: Document) -> None:
    migration = db.session.get_one(RecordMigration, payload["migration_id"])
    if migration.state != "undoing":
        return
    counted = select(func.count()).where(MigratedRecord.migration_id == migration.id)
    total, last, done = db.session.scalar(counted) or 0, 0, 0
    while (found := moving.restore_some(migration, last, SLICE, by_id=payload["by_id"])) is not None:
        last, done = found, done + SLICE
        jobs.checkpoint(min(done, total), total)
    migration.state = "undone"
