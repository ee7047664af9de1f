"""Notes of a goal (备注): what a region proposed and headquarters adopted is written back to its goal (S75)."""

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from core import clock
from core.db import db
from runtime.goals.models import Goal, GoalNote


def append(goal: Goal, proposal: str, unit_id: int, text: str, *, by_id: int | None, ref: str) -> GoalNote:
    """One more note. Flushes."""
    note = GoalNote(goal_id=goal.id, proposal=proposal, unit_id=unit_id, text=text, by_id=by_id, source_ref=ref)
    note.at = clock.now()
    db.session.add(note)
    db.session.flush()
    return note


def of(goal_id: int) -> list[GoalNote]:
    """Newest first. One statement."""
    asked = select(GoalNote).where(GoalNote.goal_id == goal_id).order_by(GoalNote.id.desc())
    return list(db.session.scalars(asked.options(joinedload(GoalNote.unit), joinedload(GoalNote.by))))
