"""What a flow lets happen when it gets there (`then`), one function for each action, by its name."""

from typing import Any

from flask_babel import gettext as _

from core import audit
from core.db import Document
from core.errors import Conflict
from core.i18n import text
from runtime.approvals import effects
from runtime.approvals.models import RunEffect
from runtime.approvals.subjects import Subject
from runtime.cases import cases
from runtime.cases.cases import Opened
from runtime.goals import notes
from runtime.integrations import webhooks
from runtime.points import ledger

KIND = "suggestion"  # of a case that a flow opens


def append_note(effect: RunEffect, subject: Subject) -> Document:
    """写入备注 (S75): what was proposed stands in the notes of the goal, with its unit and who adopted it."""
    run, by = effect.run, effects.actor(effect)
    goal = subject.parent_goal() if effect.document["to"] == "parent_goal" else subject.goal()
    if goal is None:
        raise Conflict(_("This belongs to no goal, so nothing can be noted there. Name the goal, then try again."))
    said = text(effect.document.get("text")) or subject.summary
    note = notes.append(goal, run.title, run.unit_id, said, by_id=by.id, ref=_reference(effect))
    audit.record("goal.note", f"goal:{goal.id}", by_id=by.id, after={"proposal": run.title, "text": said})
    return {"goal_id": goal.id, "note_id": note.id}


def create_goals(_effect: RunEffect, subject: Subject) -> Document:
    return subject.create_goals()


def publish(effect: RunEffect, subject: Subject) -> Document:
    return subject.publish(effects.actor(effect))


def recascade(effect: RunEffect, subject: Subject) -> Document:
    return subject.recascade(effects.actor(effect), effect.document.get("cascade"))


def open_case(effect: RunEffect, subject: Subject) -> Document:
    run = effect.run
    owners = effects.people(effect, subject, [effect.document["for"]])
    opened = Opened(
        kind=KIND,
        title=text(effect.document["title"]),
        unit_id=run.unit_id,
        detail=run.title,
        owner_id=owners[0] if owners else None,
        opened_by=run.submitter_id,
        ref=_reference(effect),
    )
    return {"case_id": cases.open_case(run.company_id, opened).id}


def award(effect: RunEffect, subject: Subject) -> Document:
    """积分: once for each person, however often it is tried."""
    run, by, points = effect.run, effects.actor(effect), effect.document["points"]
    given = effects.people(effect, subject, [effect.document["for"]])
    for member_id in given:
        key = f"{_reference(effect)}:{member_id}"
        ledger.give(run.company_id, member_id, points, text(effect.document["reason"]), key=key, by_id=by.id)
    return {"points": points, "given": given}


def webhook(effect: RunEffect, subject: Subject) -> Document:
    """Another system is told at least once, always under one id of delivery."""
    run = effect.run
    told = {
        "event": "workflow",
        "run": run.id,
        "title": run.title,
        "status": run.status,
        "step": effect.step,
        "by": effects.actor(effect).code,
        "submitter": run.submitter.code,
        "subject": {"kind": run.subject_kind, "id": run.subject_id, "values": subject.stored()},
    }
    return {"status": webhooks.post(effect.document["url"], told, _reference(effect))}


def init_app(_app: Any) -> None:
    for action in (append_note, create_goals, publish, recascade, open_case, award, webhook):
        effects.register(action.__name__, action)


def _reference(effect: RunEffect) -> str:
    return f"run:{effect.run_id}:{effect.number}"
