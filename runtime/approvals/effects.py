"""What a run does outside of itself: one effect after the other, each once, in the order of the run. Where one fails,
those behind it wait; the outbox tries again, and an administrator may.

A part of the product that can do something for a run registers it here by the action's name.
"""

import logging
from collections.abc import Callable

from flask_babel import gettext as _
from sqlalchemy import select

from core import clock, jobs
from core.db import Document, db
from core.errors import Conflict
from organization.models import Member
from runtime.approvals import running, subjects
from runtime.approvals.facts import RunFacts
from runtime.approvals.models import RunEffect, RunEvent, RunReader, RunWait, WorkflowRun
from runtime.approvals.subjects import Subject

log = logging.getLogger(__name__)

HAPPENED = "runtime.approvals.jobs.happened"
PERFORM = "runtime.approvals.jobs.perform"
LONGEST_ERROR = 500

Action = Callable[[RunEffect, Subject], Document | None]
"""Does it, and says what came of it. Flushes, never commits; what it raises is kept with the effect."""

_ACTIONS: dict[str, Action] = {}


def register(do: str, action: Action) -> None:
    """When the application is put together."""
    _ACTIONS[do] = action


# ── doing them ───────────────────────────────────────────────────────────────────────────────────────────────────────


def perform(run_id: int) -> None:
    """Everything that the run has to do. Each effect is committed by itself: what was done stays done when the next one
    fails. What fails is raised, after it was written down."""
    while (effect := _next(run_id)) is not None:
        try:
            effect.result = _ACTIONS[effect.kind](effect, subjects.of(effect.run))
            effect.state, effect.error, effect.done_at = "done", None, clock.now()
        except Exception as error:
            _keep_failure(run_id, effect.number, error)
            raise
        jobs.checkpoint(1, 1, effect.kind)


def _next(run_id: int) -> RunEffect | None:
    """The first that is not done. Of two workers the second waits here, and then finds it done."""
    asked = select(RunEffect).where(RunEffect.run_id == run_id, RunEffect.state != "done").order_by(RunEffect.number)
    return db.session.scalar(asked.limit(1).with_for_update().execution_options(populate_existing=True))


def _keep_failure(run_id: int, number: int, error: Exception) -> None:
    db.session.rollback()
    effect = db.session.get_one(RunEffect, (run_id, number))
    effect.state, effect.error = "failed", f"{type(error).__name__}: {error}"[:LONGEST_ERROR]
    db.session.commit()


def retry(effect: RunEffect) -> None:
    """An administrator lets a failed effect run again, and all that wait behind it. Raises Conflict for another."""
    if effect.state != "failed":
        raise Conflict(_("This has not failed; it runs by itself."), f"effect {effect.run_id}/{effect.number}")
    effect.state, effect.error = "waiting", None
    effect.outbox_id = jobs.enqueue(PERFORM, {"run_id": effect.run_id}).id


# ── what every run can do ────────────────────────────────────────────────────────────────────────────────────────────


def people(effect: RunEffect, subject: Subject, entries: list[Document]) -> list[int]:
    """Whoever an action names, as it names approvers."""
    facts = RunFacts(effect.run, subject)
    row = effect.document.get("row")
    found = [int(one) for entry in entries for one in facts.resolve(entry, row)]
    return list(dict.fromkeys(found))


def actor(effect: RunEffect) -> Member:
    """Whose answer led here; the submitter, where time did."""
    event = db.session.get_one(RunEvent, (effect.run_id, effect.event))
    return event.by or effect.run.submitter


def _notify(effect: RunEffect, subject: Subject) -> Document:
    """抄送: by a step, whose people the engine found, or by an action, which names them."""
    named = effect.document["who"]
    told = people(effect, subject, named) if named and isinstance(named[0], dict) else [int(one) for one in named]
    return _tell(effect, told)


def _remind(effect: RunEffect, _subject: Subject) -> Document:
    """Whoever is asked sees on his item that he was urged; his manager is told like a reader."""
    asked = {item["who"] for item in effect.run.state["items"].values()}
    return _tell(effect, [int(one) for one in effect.document["who"] if one not in asked])


def _tell(effect: RunEffect, told: list[int]) -> Document:
    known = select(RunReader).where(RunReader.run_id == effect.run_id, RunReader.step == effect.step)
    before = {reader.member_id: reader for reader in db.session.scalars(known)}
    for member_id in told:
        reader = before.get(member_id) or RunReader(run_id=effect.run_id, step=effect.step, member_id=member_id)
        reader.at, reader.read_at = clock.now(), None
        db.session.add(reader)
    return {"told": told}


def _call(effect: RunEffect, _subject: Subject) -> Document:
    """Begin the run that this one waits for, about the same subject; nothing where nobody waits for it any more."""
    run = effect.run
    if effect.document["wait"] not in run.state["waits"]:
        return {}
    version = running.version_for(run.company_id, effect.document["workflow"])
    called = running.start(
        version,
        (run.subject_kind, run.subject_id),
        run.title,
        run.submitter,
        unit_id=run.unit_id,
        called_by={"run_id": run.id, "wait": effect.document["wait"]},
    )
    return {"run_id": called.id}


def _set(effect: RunEffect, subject: Subject) -> Document:
    return subject.put(effect.document["field"], effect.document["to"], actor(effect))


register("notify", _notify)
register("remind", _remind)
register("call", _call)
register("set", _set)


# ── what runs wait for ───────────────────────────────────────────────────────────────────────────────────────────────


def announce(company_id: int, event: str) -> None:
    """An event that runs of the company may wait for has happened. Queues a job."""
    jobs.enqueue(HAPPENED, {"company_id": company_id, "event": event})


def waiting_for(company_id: int, event: str) -> list[RunWait]:
    asked = select(RunWait).where(RunWait.company_id == company_id, RunWait.event == event, RunWait.closed_at.is_(None))
    return list(db.session.scalars(asked.order_by(RunWait.run_id)))


def of(run: WorkflowRun) -> list[RunEffect]:
    """In order. One statement."""
    return list(db.session.scalars(select(RunEffect).where(RunEffect.run_id == run.id).order_by(RunEffect.number)))
