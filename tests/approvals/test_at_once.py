"""Several people at the same moment, each with a transaction of his own: exactly one wins, the others read why."""

import threading
from collections.abc import Callable, Sequence
from typing import Any

from flask import Flask

from core.db import db
from core.errors import AppError, Conflict
from organization.models import Member
from runtime.approvals import running
from runtime.approvals.models import RunEvent, WorkflowRun
from tests.approvals.conftest import HR, MANAGER, Document, Send, approve, asked, last_run, open_items
from tests.product import People, add_member

Flow = Callable[..., object]
Deed = tuple[int, Document]


def at_once(app: Flask, run_id: int, deeds: Sequence[Deed]) -> list[str]:
    """All deeds begin together; done, or the name of the refusal, in their order."""
    db.session.commit()
    db.session.remove()
    barrier = threading.Barrier(len(deeds))
    answers = [""] * len(deeds)

    def deed(place: int) -> None:
        member_id, operation = deeds[place]
        with app.app_context():
            member = db.session.get_one(Member, member_id)
            db.session.commit()
            barrier.wait(timeout=20)
            answers[place] = _answer(run_id, operation, member, f"c{place}")

    threads = [threading.Thread(target=deed, args=(place,)) for place in range(len(deeds))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    return answers


def _answer(run_id: int, operation: Document, member: Member, client_id: str) -> str:
    try:
        running.act(running.locked(run_id), operation, member, client_id=client_id)
        db.session.commit()
    except AppError as refusal:
        db.session.rollback()
        return type(refusal).__name__
    else:
        return "done"


def colleagues(people: People, count: int) -> list[Member]:
    found = [add_member(people.headquarters, f"H10{place}", f"人事{place}", "hr_admin") for place in range(count)]
    db.session.commit()
    return found


def deciding(run: WorkflowRun, outcome: str = "approve") -> list[Deed]:
    return [(item.member_id or 0, {"do": "decide", "item": item.token, "outcome": outcome}) for item in open_items(run)]


def test_of_two_deciders_one_wins_and_of_two_clicks_one_counts(
    app: Flask, people: People, flow: Flow, send: Send
) -> None:
    colleagues(people, 1)
    flow([approve("n1", HR), approve("n2", MANAGER)])
    run = send(people.an)
    first, second = deciding(run)
    answers = at_once(app, run.id, [first, (second[0], second[1] | {"outcome": "reject"}), first])
    assert sorted(answers) == [Conflict.__name__, Conflict.__name__, "done"]
    run = last_run()
    assert run.events == 2
    assert (run.status, asked(run)) in [("running", ["E001"]), ("rejected", [])]


def test_a_decision_and_a_withdrawal_never_both_happen(app: Flask, people: People, flow: Flow, send: Send) -> None:
    flow([approve("n1", MANAGER)])
    run = send(people.an)
    answers = at_once(app, run.id, [*deciding(run), (people.an.id, {"do": "withdraw"})])
    assert sorted(answers) == [Conflict.__name__, "done"]
    assert last_run().status == ("finished" if answers[0] == "done" else "withdrawn")


def test_joins_hold_when_everybody_answers_at_once(app: Flask, people: People, flow: Flow, send: Send) -> None:
    colleagues(people, 4)
    modes: list[Any] = ["all", {"at_least": 3}]
    both = [{"id": f"b{at}", "steps": [approve(f"n{at}", HR, mode=mode)]} for at, mode in enumerate(modes)]
    flow([{"id": "p1", "type": "together", "branches": both, "join": "all"}])
    run = send(people.an)
    answers = at_once(app, run.id, deciding(run))
    assert len(answers) == 10
    assert answers.count("done") == 8, "five of five, and three of five: two came too late"
    run = last_run()
    assert run.status == "finished"
    events = db.session.query(RunEvent.number).filter_by(run_id=run.id).order_by(RunEvent.number).all()
    assert [number for (number,) in events] == list(range(1, run.events + 1))
