"""What happens to a run when time passes: its limits in working hours, and what a step waits for. Each is a row of
`core.timers`, so that a restart loses none; one whose item was closed meanwhile finds nothing to do.
"""

import datetime as dt
from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import insert

from core import clock
from core.db import Document, db
from core.timers import Timer
from organization import working_hours
from runtime.approvals import subjects
from runtime.approvals.models import WorkflowRun
from workflows import Step

LAPSE = "runtime.approvals.jobs.lapse"
WAKE = "runtime.approvals.jobs.wake"


def due(run: WorkflowRun, step: Step, now: dt.datetime) -> dt.datetime | None:
    """By when a step that begins now is to be answered."""
    limit = step.body.get("due")
    return working_hours.after(run.company_id, now, limit["working_hours"]) if limit else None


def lapses(run: WorkflowRun, step: Step, item: Document) -> Iterator[Document]:
    """A timer for each entry of the step's time limit; what should have happened before now happens at once."""
    for place, entry in enumerate(step.body.get("due", {}).get("then", ())):
        hours = entry.get("after", 0) - entry.get("before", 0)
        at = working_hours.after(run.company_id, item["due_at"], hours) if hours else item["due_at"]
        payload = {"run_id": run.id, "item": item["token"], "entry": place}
        yield _timer(f"run:{run.id}:{item['token']}:{place}", LAPSE, payload, at)


def wait(run: WorkflowRun, effect: Document, now: dt.datetime) -> Document:
    """The row of a wait: for hours, working hours, a day that stands in a field, an event, or the end of a run that is
    called."""
    awaited = effect.get("for", {})
    return {
        "run_id": run.id,
        "token": effect["wait"],
        "company_id": run.company_id,
        "step": effect["step"],
        "event": awaited.get("event"),
        "due_at": _until(run, awaited, now),
        "opened_at": now,
    }


def waking(run: WorkflowRun, row: Document) -> Document:
    return _timer(f"run:{run.id}:{row['token']}", WAKE, {"run_id": run.id, "wait": row["token"]}, row["due_at"])


def keep(rows: Sequence[Document]) -> None:
    """New timers, in one statement: no run ever has two of one key."""
    if rows:
        table: Any = Timer.__table__
        db.session.execute(insert(table), list(rows))


def _until(run: WorkflowRun, awaited: Document, now: dt.datetime) -> dt.datetime | None:
    if "hours" in awaited:
        return now + dt.timedelta(hours=awaited["hours"])
    if "working_hours" in awaited:
        return working_hours.after(run.company_id, now, awaited["working_hours"])
    if "until" in awaited:
        return _day(run, awaited["until"]) or now  # nothing is awaited where no day is given
    return None


def _day(run: WorkflowRun, title: str) -> dt.datetime | None:
    """The beginning of the day that stands in a field."""
    said = subjects.of(run).picked(None).get(title)
    if not isinstance(said, str):
        return None
    return dt.datetime.combine(dt.date.fromisoformat(said[:10]), dt.time(), clock.SHANGHAI)


def _timer(key: str, job: str, payload: Document, at: dt.datetime) -> Document:
    return {"key": key, "job": job, "payload": payload, "due_at": at, "every_seconds": None}
