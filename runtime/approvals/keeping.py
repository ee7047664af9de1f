"""One turn of the engine, written down: the event, the run's new state, items and waits that opened and closed, timers,
and what is to be done outside. A handful of statements, however many people are asked.
"""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy import insert, update
from sqlalchemy.orm.attributes import set_committed_value

from core import clock, jobs
from core.db import Document, db
from core.errors import Conflict
from organization.models import Member
from runtime.approvals import timers
from runtime.approvals.models import RunEffect, RunEvent, RunWait, WorkflowRun, WorkItem
from workflows import RUNNING, Turn, Workflow

EFFECTS_PER_EVENT = 1000
PERFORM = "runtime.approvals.jobs.perform"
AT_ONCE = frozenset({"note", "wait"})
"""Effects that are done as soon as they are written down."""


@dataclass(frozen=True)
class Said:
    """Who did it, and what he said beside it."""

    by: Member | None
    reason: str = ""
    comment: str = ""
    changes: Document | None = None
    files: Sequence[Document] = ()
    signature: str | None = None
    client_id: str | None = None


def keep(run: WorkflowRun, workflow: Workflow, turn: Turn, said: Said) -> None:
    """Raises Conflict where somebody else was faster by a hair, IntegrityError where the client's id was used."""
    now = clock.now()
    before = run.state
    number = run.events + 1
    _advance(run, turn, number, now)
    _write(RunEvent, [_event(run, number, turn, said, now)])
    _close(run, turn, before, said, now)
    _open(run, workflow, turn, now)
    _remind(run, turn, now)
    _emit(run, turn, number, now)


def _advance(run: WorkflowRun, turn: Turn, number: int, now: dt.datetime) -> None:
    """The run at its new state, if it is still where it was when this began."""
    status = turn.state["status"]
    values = {
        "state": turn.state,
        "status": status,
        "events": number,
        "ended_at": None if status == RUNNING else now,
    }
    there = update(WorkflowRun).where(WorkflowRun.id == run.id, WorkflowRun.events == run.events)
    done: Any = db.session.execute(there.values(values), execution_options={"synchronize_session": False})
    if done.rowcount != 1:
        raise Conflict(f"run {run.id} went on meanwhile")
    for name, value in values.items():
        set_committed_value(run, name, value)


def _event(run: WorkflowRun, number: int, turn: Turn, said: Said, now: dt.datetime) -> Document:
    return {
        "run_id": run.id,
        "number": number,
        "at": now,
        "by_id": said.by.id if said.by else None,
        "operation": turn.event,
        "reason": said.reason,
        "comment": said.comment,
        "changes": said.changes or None,
        "files": list(said.files) or None,
        "signature": said.signature,
        "client_id": said.client_id,
    }


# ── items and waits ──────────────────────────────────────────────────────────────────────────────────────────────────


def _close(run: WorkflowRun, turn: Turn, before: Mapping[str, Any], said: Said, now: dt.datetime) -> None:
    closed = {one.id: one.why for one in turn.closed}
    items = [token for token in closed if token in before["items"]]
    waits = [token for token in closed if token in before["waits"]]
    own = turn.event.get("item")
    if items:
        by = said.by.id if said.by is not None else None
        values = {
            "closed_at": now,
            "closed_as": sa.case(closed, value=WorkItem.token),
            "closed_by_id": sa.case((WorkItem.token == own, sa.literal(by, WorkItem.closed_by_id.type))),
            "outcome": sa.case((WorkItem.token == own, sa.literal(turn.event.get("outcome"), WorkItem.outcome.type))),
        }
        _update(update(WorkItem).where(WorkItem.run_id == run.id, WorkItem.token.in_(items)).values(values))
    if waits:
        values = {"closed_at": now, "closed_as": sa.case(closed, value=RunWait.token)}
        _update(update(RunWait).where(RunWait.run_id == run.id, RunWait.token.in_(waits)).values(values))


def _open(run: WorkflowRun, workflow: Workflow, turn: Turn, now: dt.datetime) -> None:
    """What opened and was closed within the turn nobody ever saw."""
    opened = [token for token in turn.opened if token in turn.state["items"]]
    rows = [_item(run, workflow, turn, token, now) for token in opened]
    _write(WorkItem, rows)
    lapses = [one for row in rows for one in timers.lapses(run, workflow.steps[row["step"]], row)]
    awaited = [effect for effect in turn.effects if effect.get("wait") in turn.state["waits"]]
    waiting = [timers.wait(run, effect, now) for effect in awaited]
    _write(RunWait, waiting)
    timers.keep(lapses + [timers.waking(run, row) for row in waiting if row["due_at"] is not None])


def _item(run: WorkflowRun, workflow: Workflow, turn: Turn, token: str, now: dt.datetime) -> Document:
    item = turn.state["items"][token]
    step = workflow.steps[item["step"]]
    return {
        "run_id": run.id,
        "token": token,
        "step": step.id,
        "step_title": step.body["title"],
        "kind": step.type,
        "row": turn.state["regions"][item["region"]]["row"],
        "member_id": _number(item["who"]),
        "instead_of_id": _number(item.get("instead_of")),
        "why": item["why"],
        "opened_at": now,
        "due_at": timers.due(run, step, now),
    }


def _remind(run: WorkflowRun, turn: Turn, now: dt.datetime) -> None:
    """Whoever is asked sees that he was urged."""
    urged = [effect["item"] for effect in turn.effects if effect["do"] == "remind"]
    if urged:
        _update(update(WorkItem).where(WorkItem.run_id == run.id, WorkItem.token.in_(urged)).values(urged_at=now))


# ── what is to be done ───────────────────────────────────────────────────────────────────────────────────────────────


def _emit(run: WorkflowRun, turn: Turn, number: int, now: dt.datetime) -> None:
    """Effects bear numbers that rise over the whole run, so that they are done in its order."""
    rows = [
        {
            "run_id": run.id,
            "number": number * EFFECTS_PER_EVENT + place,
            "event": number,
            "step": effect["step"],
            "kind": effect["do"],
            "document": effect,
            "state": "done" if effect["do"] in AT_ONCE else "waiting",
            "done_at": now if effect["do"] in AT_ONCE else None,
            "outbox_id": None,
        }
        for place, effect in enumerate(turn.effects)
    ]
    if any(row["state"] == "waiting" for row in rows):
        job = jobs.enqueue(PERFORM, {"run_id": run.id})
        db.session.flush()
        rows = [{**row, "outbox_id": job.id if row["state"] == "waiting" else None} for row in rows]
    _write(RunEffect, rows)


def _write(model: Any, rows: Sequence[Document]) -> None:
    if rows:
        db.session.execute(insert(model.__table__), rows)


def _update(statement: Any) -> None:
    db.session.execute(statement, execution_options={"synchronize_session": False})


def _number(identity: str | None) -> int | None:
    return None if identity is None else int(identity)
