"""快照: how goals stand, as people say it. Rows are only added; a correction is a newer row with the same reference."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from core import clock
from core.db import db
from runtime.goals.models import CheckIn, Goal


@dataclass(frozen=True)
class Said:
    """`ref` is what said it: submission:7:w1."""

    goal_id: int
    value: float | None
    confidence: str | None
    note: str
    by_id: int | None
    ref: str


def add(said: Said) -> CheckIn | None:
    """None where the same was said under this reference already. Flushes."""
    newest = select(CheckIn).where(CheckIn.source_ref == said.ref).order_by(CheckIn.id.desc()).limit(1)
    before = db.session.scalar(newest)
    if before is not None and _says(before) == (said.goal_id, said.value, said.confidence, said.note):
        return None
    row = CheckIn(
        goal_id=said.goal_id,
        value=said.value,
        confidence=said.confidence,
        note=said.note,
        by_id=said.by_id,
        at=clock.now(),
        source_ref=said.ref,
    )
    db.session.add(row)
    db.session.flush()
    return row


def _says(row: CheckIn) -> tuple[int, float | None, str | None, str]:
    return row.goal_id, row.value, row.confidence, row.note


def of(goal: Goal, limit: int = 50) -> list[CheckIn]:
    """Newest first."""
    asked = select(CheckIn).where(CheckIn.goal_id == goal.id).options(joinedload(CheckIn.by))
    return list(db.session.scalars(asked.order_by(CheckIn.id.desc()).limit(limit)))


def latest(goal_ids: Collection[int]) -> Mapping[int, CheckIn]:
    """The newest of each goal. One statement."""
    newest = select(func.max(CheckIn.id)).where(CheckIn.goal_id.in_(goal_ids)).group_by(CheckIn.goal_id)
    return {row.goal_id: row for row in db.session.scalars(select(CheckIn).where(CheckIn.id.in_(newest)))}
