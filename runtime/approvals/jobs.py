"""Jobs: an id in, look it up, one effect. What came too late, because the run went on meanwhile, does nothing."""

import workflows
from core.db import Document, db
from core.errors import Conflict
from runtime.approvals import effects, leaving, running
from runtime.approvals.models import WorkflowRun


def perform(payload: Document) -> None:
    """What the run has to do outside of itself, in order."""
    effects.perform(payload["run_id"])


def lapse(payload: Document) -> None:
    """A time limit has come: remind, hand on, or decide as the document says."""
    run = running.locked(payload["run_id"])
    if payload["item"] in run.state["items"]:
        running.act(run, {"do": "lapse", "item": payload["item"], "entry": payload["entry"]}, None)


def wake(payload: Document) -> None:
    """What a run waits for has come."""
    run = running.locked(payload["run_id"])
    if payload["wait"] in run.state["waits"]:
        running.act(run, {"do": "wake", "wait": payload["wait"]}, None)


def return_to_caller(payload: Document) -> None:
    """The run that was called is over, and the one that called it goes on."""
    called = db.session.get_one(WorkflowRun, payload["run_id"])
    assert called.called_by is not None, "only runs that were called are told about"
    run = running.locked(called.called_by["run_id"])
    if called.called_by["wait"] in run.state["waits"]:
        outcome = workflows.FINISHED if called.status == workflows.FINISHED else workflows.REJECTED
        running.act(run, {"do": "wake", "wait": called.called_by["wait"], "outcome": outcome}, None)


def happened(payload: Document) -> None:
    """An event that runs of the company may be waiting for: each goes on by a job of its own."""
    for wait in effects.waiting_for(payload["company_id"], payload["event"]):
        try:
            running.act(running.locked(wait.run_id), {"do": "wake", "wait": wait.token}, None)
        except Conflict:
            continue


def hand_on(_payload: Document) -> None:
    """What waits for people who have left."""
    leaving.hand_on()
