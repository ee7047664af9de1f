"""Goals that people wrote: an objective with its key results, a micro OKR. What made them says it by `ref`; said again,
after a correction, they are brought in step, and a key result that is not said any more is dropped.

Rules flush and never commit.
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy import select

from core import audit, clock
from core.db import Document, db, like_prefix
from runtime.goals.models import Goal

LASTS = dt.timedelta(days=90)  # a goal without a window (S84: 90天成长目标)
LONGEST_TITLE = 160


@dataclass(frozen=True)
class Aim:
    """What is wanted: from `start` to `wanted` of a metric; a milestone where no number is wanted."""

    title: str
    metric: str | None = None
    start: float | None = None
    wanted: float | None = None
    weight: float | None = None


@dataclass(frozen=True)
class Written:
    """An objective or micro OKR. `ref` tells what made it and is its own: submission:7:w1."""

    ref: str
    kind: str
    aim: Aim
    unit_id: int
    member_id: int | None
    serves_id: int | None = None
    first_day: dt.date | None = None
    last_day: dt.date | None = None
    witness_id: int | None = None
    note: str = ""
    key_results: Sequence[Aim] = ()


def keep(written: Written, *, by_id: int | None) -> Goal:
    """The goal as it is written now, new or brought in step."""
    found = _known(written.ref)
    objective = _laid(found.get(written.ref), written, written.ref, written.kind, written.aim)
    objective.serves_id = written.serves_id
    db.session.flush()
    results = {f"{written.ref}:{number}": aim for number, aim in enumerate(written.key_results, 1)}
    for ref, aim in results.items():
        _laid(found.get(ref), written, ref, "key_result", aim).serves_id = objective.id
    for ref, goal in found.items():
        goal.state = "active" if ref in results or ref == written.ref else "dropped"
    deed = "goal.change" if written.ref in found else "goal.create"
    audit.record(deed, f"goal:{objective.id}", by_id=by_id, after=_summary(written))
    db.session.flush()
    return objective


def made_by(ref: str) -> Goal | None:
    """The objective that something made: submission:7 made submission:7:w1."""
    made = select(Goal).where(like_prefix(Goal.source_ref, f"{ref}:"), Goal.kind != "key_result")
    return db.session.scalar(made.order_by(Goal.id).limit(1))


def _known(ref: str) -> dict[str, Goal]:
    asked = select(Goal).where(sa.or_(Goal.source_ref == ref, like_prefix(Goal.source_ref, f"{ref}:")))
    return {goal.source_ref or "": goal for goal in db.session.scalars(asked)}


def _laid(goal: Goal | None, written: Written, ref: str, kind: str, aim: Aim) -> Goal:
    if goal is None:
        goal = Goal(source_ref=ref, kind=kind, first_day=written.first_day or clock.today())
        db.session.add(goal)
    goal.name, goal.metric_key = aim.title[:LONGEST_TITLE], aim.metric
    goal.start, goal.wanted, goal.weight = aim.start, aim.wanted, aim.weight
    goal.unit_id, goal.member_id, goal.witness_id = written.unit_id, written.member_id, written.witness_id
    goal.layer = "tactic" if kind == "micro" or written.serves_id else "campaign"
    goal.first_day = written.first_day or goal.first_day
    goal.last_day = written.last_day or (goal.first_day or clock.today()) + LASTS
    goal.note = written.note if kind != "key_result" else ""
    return goal


def _summary(written: Written) -> Document:
    return {"title": written.aim.title, "from": written.ref, "key_results": [one.title for one in written.key_results]}
