"""A record asks for a decision: its flow is walked by the people of the company, and every step is kept."""

from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import select

import workflows
from core.db import db
from core.errors import Conflict, Forbidden, Invalid
from organization.models import Member
from runtime.approvals import running
from runtime.approvals.models import RunEvent, WorkflowRun, WorkItem
from runtime.cases.models import Case
from runtime.submissions.models import Submission
from tests.approvals.conftest import (
    FORM,
    MANAGER,
    POSTED,
    Send,
    approve,
    asked,
    decide,
    do,
    open_items,
    signed_in,
)
from tests.product import CountedStatements, People

Flow = Callable[..., object]
Counted = type[CountedStatements]


def record_of(run: WorkflowRun) -> Submission:
    return db.session.get_one(Submission, run.subject_id, populate_existing=True)


def test_sending_a_form_asks_the_first_person_of_its_flow(people: People, flow: Flow, send: Send) -> None:
    flow()
    run = send(people.an)
    assert (run.status, run.title, run.submitter_id) == ("running", "区域提案 · 降价", people.an.id)
    assert asked(run) == ["E001"]
    (item,) = open_items(run)
    assert (item.step_title, item.kind, item.why) == ("直接主管", "approve", "/who/0")


def test_a_run_is_walked_to_its_end_and_can_be_told_anew_from_its_events(
    people: People, flow: Flow, send: Send
) -> None:
    flow()
    run = send(people.an)
    run = decide(run, people.east_manager, comment="同意,尽快")
    assert asked(run) == ["H001"]
    run = decide(run, people.hr)
    assert (run.status, asked(run)) == ("finished", [])
    assert run.ended_at is not None
    events = list(db.session.scalars(select(RunEvent).where(RunEvent.run_id == run.id).order_by(RunEvent.number)))
    assert [(one.number, one.operation["do"], one.by_id) for one in events] == [
        (1, "start", people.an.id),
        (2, "decide", people.east_manager.id),
        (3, "decide", people.hr.id),
    ]
    assert events[1].comment == "同意,尽快"
    assert workflows.replay(running.workflow_of(run), [one.operation for one in events]) == run.state


def test_a_rejection_ends_it_and_says_by_whom(people: People, flow: Flow, send: Send) -> None:
    flow()
    run = decide(send(people.an), people.east_manager, "reject", reason="预算不够")
    assert run.status == "rejected"
    (item,) = db.session.scalars(select(WorkItem).where(WorkItem.run_id == run.id))
    assert (item.closed_as, item.outcome, item.closed_by_id) == ("decided", "reject", people.east_manager.id)


def test_the_second_of_two_reads_who_was_first(people: People, flow: Flow, send: Send) -> None:
    flow()
    run = send(people.an)
    token = open_items(run)[0].token
    decide(run, people.east_manager)
    with pytest.raises(Conflict) as refused:
        decide(run, people.east_manager, "reject", item=token)
    assert "华东大区经理" in refused.value.message
    db.session.rollback()


def test_a_double_click_is_answered_as_done(people: People, flow: Flow, send: Send) -> None:
    flow()
    run = send(people.an)
    token = open_items(run)[0].token
    for _click in range(2):
        run = decide(run, people.east_manager, item=token, client_id="click-1")
    assert asked(run) == ["H001"]
    assert run.events == 2


def test_a_decision_on_a_withdrawn_run_is_refused_and_the_record_is_a_draft_again(
    people: People, flow: Flow, send: Send
) -> None:
    flow()
    run = send(people.an)
    token = open_items(run)[0].token
    run = do(run, {"do": "withdraw"}, people.an)
    assert (run.status, record_of(run).state) == ("withdrawn", "draft")
    with pytest.raises(Conflict) as refused:
        decide(run, people.east_manager, item=token)
    assert "撤回" in refused.value.message
    db.session.rollback()
    again = send(people.an, relevance="5")
    assert again.id != run.id
    assert (again.subject_id, record_of(again).values["relevance"]) == (run.subject_id, 5)


def test_only_whoever_is_asked_may_answer(people: People, flow: Flow, send: Send) -> None:
    flow()
    run = send(people.an)
    with pytest.raises(Forbidden) as refused:
        decide(run, people.hr, item=open_items(run)[0].token)
    assert "华东大区经理" in refused.value.message
    db.session.rollback()


def test_what_was_returned_is_mended_and_goes_on(people: People, flow: Flow, send: Send) -> None:
    flow()
    run = send(people.an)
    token = open_items(run)[0].token
    run = do(run, {"do": "send_back", "item": token, "to": "submit"}, people.east_manager, reason="数量太多")
    assert asked(run) == ["S001"]
    assert running.fields(run, open_items(run)[0])["f1"] == "edit"
    fewer = [{"item": "展架", "qty": 2, "price": 1200}]
    run = decide(run, people.an, "submit", changes={"resources": fewer})
    assert asked(run) == ["E001"]
    assert record_of(run).values["total"] == 2400
    event = db.session.get_one(RunEvent, (run.id, run.events))
    assert event.changes is not None
    assert event.changes["total"] == [3600, 2400]


def test_a_step_opens_only_the_fields_that_it_names(people: People, flow: Flow, send: Send) -> None:
    rights = {"f5": "require", "f1": "edit", "fd": "hide", "*": "read"}
    flow([approve("n1", MANAGER, fields=rights)])
    run = send(people.an, relevance="2", why="试试")
    item = open_items(run)[0]
    given = running.fields(run, item)
    assert [given[one] for one in ("f1", "f5", "fd", "f2")] == ["edit", "require", "hide", "read"]
    with pytest.raises(Forbidden):
        decide(run, people.east_manager, changes={"kind": "gift"})
    db.session.rollback()
    with pytest.raises(Invalid) as refused:
        decide(run, people.east_manager, changes={"relevance": 9})
    assert [problem.path for problem in refused.value.problems] == ["/relevance"]
    db.session.rollback()
    run = decide(run, people.east_manager, changes={"relevance": 1, "why": "值得一试"})
    assert run.status == "finished"
    assert (record_of(run).values["relevance"], record_of(run).values["why"]) == (1, "值得一试")


def test_what_a_step_requires_must_be_there_for_a_yes(people: People, flow: Flow, send: Send) -> None:
    flow([approve("n1", MANAGER, fields={"f9": "require", "*": "read"}, require=["signature"])])
    run = send(people.an)
    with pytest.raises(Invalid) as refused:
        decide(run, people.east_manager)
    assert [problem.path for problem in refused.value.problems] == ["/signature"]
    db.session.rollback()
    with pytest.raises(Invalid) as refused:
        decide(run, people.east_manager, signature="0" * 64)
    assert [problem.path for problem in refused.value.problems] == ["/owner"]
    db.session.rollback()
    assert decide(run, people.east_manager, "reject", signature="0" * 64).status == "rejected"


def test_a_condition_is_judged_by_the_record(people: People, flow: Flow, send: Send, boss: Member) -> None:
    costly_ones = {"id": "b1", "when": "合计>10000", "steps": [approve("n2", {"kind": "role", "role": "hq_exec"})]}
    others = {"id": "b0", "steps": [approve("n3", MANAGER)]}
    flow([{"id": "n1", "type": "choose", "branches": [costly_ones], "else": others}])
    assert asked(send(people.an)) == ["E001"]
    costly = POSTED | {"resources-0-qty": "30"}
    assert asked(send(people.an, "two", **costly)) == ["B001"]


def test_a_record_that_is_decided_on_is_not_corrected_beside_it(
    app: Flask, people: People, flow: Flow, send: Send
) -> None:
    flow()
    run = send(people.an)
    answer = signed_in(app, people.hr).post(
        f"/forms/{FORM}/records/{run.subject_id}/correct", data=POSTED | {"reason": "改", "seen": "1", "edits": "1"}
    )
    assert answer.status_code in (409, 403, 404, 422)
    assert record_of(run).values["total"] == 3600


def test_nobody_found_refuses_the_start_and_stores_nothing(people: People, flow: Flow, app: Flask) -> None:
    flow([approve("n1", {"kind": "role", "role": "hq_exec"}, "总部评审", empty={"do": "refuse_start"})])
    answer = signed_in(app, people.an).post(f"/forms/{FORM}", data=POSTED | {"client_id": "one"})
    assert answer.status_code == 422
    assert "总部评审" in answer.text
    assert db.session.scalar(select(WorkflowRun.id)) is None
    assert db.session.scalar(select(Submission.id)) is None


def test_what_a_form_makes_waits_for_the_end(
    people: People, flow: Flow, send: Send, run_jobs: Callable[[], int]
) -> None:
    made = {"id": "w1", "make": "case", "kind": "suggestion", "from": {"title": "f7"}}
    flow([approve("n1", MANAGER)], creates=[made])
    refused, run = send(people.an), send(people.an, "two")
    decide(refused, people.east_manager, "reject")
    run_jobs()
    assert db.session.scalar(select(Case.id)) is None
    decide(run, people.east_manager)
    run_jobs()
    (case,) = db.session.scalars(select(Case))
    assert case.source_ref == f"submission:{run.subject_id}:w1"


def test_a_step_takes_few_statements(people: People, flow: Flow, send: Send, counted_statements: Counted) -> None:
    """Seven, and the one that brings the session makes eight (G2)."""
    flow()
    run = send(people.an)
    token = open_items(run)[0].token
    db.session.commit()
    manager = db.session.get_one(Member, people.east_manager.id, populate_existing=True)
    with counted_statements() as counted:
        running.act(running.locked(run.id), {"do": "decide", "item": token, "outcome": "approve"}, manager)
        db.session.commit()
    assert counted.count <= 7, "\n".join(counted.statements)
