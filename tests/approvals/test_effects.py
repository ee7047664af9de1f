"""What a flow lets happen: through the outbox, once, in order, seen and tried again."""

import hashlib
import hmac
import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from core import clock, jobs
from core.db import db
from core.errors import Conflict
from core.jobs import Outbox
from runtime.approvals import effects
from runtime.approvals.models import RunReader, WorkflowRun
from runtime.cases.models import Case
from runtime.goals.models import Goal, GoalNote
from runtime.points.models import Ledger
from runtime.submissions.models import Submission
from tests.approvals.conftest import FORM, HR, MANAGER, Document, Send, approve, asked, decide, last_run, publish_as
from tests.product import People
from tests.submissions.conftest import PROPOSAL

Flow = Callable[..., object]
RunJobs = Callable[[], int]

SUBMITTER = {"kind": "submitter"}
BACK = {"to": "submitter", "resume": "here"}


def done_by(run: WorkflowRun) -> list[tuple[str, str]]:
    db.session.expire_all()
    return [(effect.kind, effect.state) for effect in effects.of(run)]


def deciding(*actions: Document) -> list[Document]:
    """One review that adopts, accepts or declines."""
    return [
        {
            "id": "n1",
            "type": "decide",
            "title": "总部评审",
            "who": [HR],
            "empty": {"do": "refuse_start"},
            "outcomes": [
                {"key": "adopt", "title": "采纳", "then": list(actions), "steps": []},
                {
                    "key": "decline",
                    "title": "退回",
                    "require": ["reason"],
                    "return": {"to": "submitter", "resume": "here"},
                },
            ],
        }
    ]


def test_S75_adopting_writes_the_idea_back_and_makes_goals(
    people: People, flow: Flow, send: Send, run_jobs: RunJobs
) -> None:
    goal = Goal(kind="objective", layer="strategic", unit_id=people.east.id, name="高端产品破局")
    db.session.add(goal)
    db.session.commit()
    made = {"id": "w1", "make": "goal", "kind": "objective", "from": {"title": "f5", "parent": "fg"}}
    form = with_goal_field()
    flow(deciding({"do": "append_note", "to": "parent_goal"}, {"do": "create_goals"}), **form, creates=[made])
    run = send(people.east_manager, relevance="2", why="社区店体验角", served=str(goal.id))
    run_jobs()
    assert db.session.scalar(select(GoalNote)) is None
    run = decide(run, people.hr, "decline", reason="写清资源")
    assert asked(run) == ["E001"]
    decide(run, people.east_manager, "submit")
    run = decide(run, people.hr, "adopt")
    run_jobs()
    (note,) = db.session.scalars(select(GoalNote))
    assert (note.goal_id, note.unit_id, note.by_id) == (goal.id, people.east.id, people.hr.id)
    assert (note.proposal, note.text) == ("区域提案 · 降价", "降价")
    assert note.at <= clock.now()
    (regional,) = db.session.scalars(select(Goal).where(Goal.serves_id == goal.id))
    assert (regional.name, regional.unit_id) == ("社区店体验角", people.east.id)
    assert done_by(run) == [("append_note", "done"), ("create_goals", "done")]


def with_goal_field() -> Document:
    """The proposal with a field for the goal that it serves."""
    data, layout = PROPOSAL["data"], PROPOSAL["layout"]
    field = {"x-id": "fg", "title": "上级目标", "type": "integer", "x-pick": {}}
    section = layout[0] | {"items": [*layout[0]["items"], {"id": "lg", "field": "fg", "widget": "goal"}]}
    return {"data": data | {"properties": data["properties"] | {"served": field}}, "layout": [section]}


def test_cases_points_readers_and_fields(people: People, flow: Flow, send: Send, run_jobs: RunJobs) -> None:
    actions: list[Document] = [
        {"do": "open_case", "title": "跟进落地", "for": MANAGER, "hours": 48},
        {"do": "award", "points": 20, "for": SUBMITTER, "reason": "好建议"},
        {"do": "notify", "who": [MANAGER], "message": "已采纳"},
        {"do": "set", "field": "f5", "to": '"已由总部采纳"'},
    ]
    flow(deciding(*actions))
    run = decide(send(people.an, relevance="2", why="试试看"), people.hr, "adopt")
    run_jobs()
    run_jobs()
    assert [state for _kind, state in done_by(run)] == ["done"] * 4
    (case,) = db.session.scalars(select(Case))
    assert (case.title, case.owner_id) == ("跟进落地", people.east_manager.id)
    (row,) = db.session.scalars(select(Ledger))
    assert (row.member_id, row.points, row.reason, row.by_id) == (people.an.id, 20, "好建议", people.hr.id)
    (reader,) = db.session.scalars(select(RunReader))
    assert reader.member_id == people.east_manager.id
    assert db.session.get_one(Submission, run.subject_id).values["why"] == "已由总部采纳"


def test_what_failed_is_seen_stops_those_behind_it_and_is_tried_again(
    people: People, flow: Flow, send: Send, run_jobs: RunJobs
) -> None:
    actions = [
        {"do": "append_note", "to": "parent_goal"},
        {"do": "award", "points": 5, "for": SUBMITTER, "reason": "谢谢"},
    ]
    flow(deciding(*actions), **with_goal_field())
    run = decide(send(people.an), people.hr, "adopt")
    run_jobs()
    assert done_by(run) == [("append_note", "failed"), ("award", "waiting")]
    failed = effects.of(run)[0]
    assert "Conflict" in (failed.error or "")
    assert db.session.get_one(Outbox, failed.outbox_id).state == "failed"
    with pytest.raises(Conflict):
        effects.retry(effects.of(run)[1])
    goal = Goal(kind="objective", layer="strategic", unit_id=people.headquarters.id, name="高端产品破局")
    upper = Goal(kind="objective", layer="strategic", unit_id=people.headquarters.id, name="增长", state="active")
    db.session.add_all([goal, upper])
    db.session.flush()
    goal.serves_id = upper.id
    record = db.session.get_one(Submission, run.subject_id)
    record.values = record.values | {"served": goal.id}
    effects.retry(failed)
    db.session.commit()
    run_jobs()
    assert done_by(run) == [("append_note", "done"), ("award", "done")]
    assert len(list(db.session.scalars(select(Ledger)))) == 1


def test_a_called_flow_is_awaited_and_its_rejection_rejects(
    people: People, flow: Flow, send: Send, run_jobs: RunJobs
) -> None:
    publish_other(people)
    flow([approve("n1", MANAGER), {"id": "n2", "type": "call", "workflow": "test.other"}])
    run = decide(send(people.an), people.east_manager)
    run_jobs()
    called = last_run()
    assert (called.called_by, asked(called)) == ({"run_id": run.id, "wait": "w2"}, ["H001"])
    decide(called, people.hr, "reject", reason="不行")
    run_jobs()
    assert db.session.get_one(WorkflowRun, run.id, populate_existing=True).status == "rejected"


def publish_other(people: People) -> None:
    publish_as(people, "workflow", "test.other", {"subject": {"form": FORM}, "steps": [approve("m1", HR)]})


# ── another system is told ───────────────────────────────────────────────────────────────────────────────────────────


class Receiver(BaseHTTPRequestHandler):
    """A system that takes the second try only."""

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        taken: list[Any] = self.server.taken  # type: ignore[attr-defined]
        taken.append((dict(self.headers), body))
        self.send_response(200 if len(taken) > 1 else 503)
        self.end_headers()

    def log_message(self, *_words: object) -> None:
        """Tests are quiet."""


@contextmanager
def receiving() -> Iterator[tuple[int, list[Any]]]:
    server = HTTPServer(("127.0.0.1", 0), Receiver)
    server.taken = []  # type: ignore[attr-defined]
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield server.server_port, server.taken  # type: ignore[attr-defined]
    finally:
        server.shutdown()
        server.server_close()


def test_a_webhook_is_signed_and_tried_until_it_is_taken(
    app: Flask, people: People, flow: Flow, send: Send, run_jobs: RunJobs
) -> None:
    settings = app.config["SETTINGS"]
    app.config["SETTINGS"] = replace(settings, webhook_secret="s3cret", webhook_hosts=("127.0.0.1",))
    with receiving() as (port, taken):
        flow(deciding({"do": "webhook", "url": f"http://127.0.0.1:{port}/hook?x=1"}))
        run = decide(send(people.an), people.hr, "adopt")
        run_jobs()
        assert done_by(run) == [("webhook", "failed")]
        with clock.at(clock.now() + jobs.LEASE):
            run_jobs()
        assert done_by(run) == [("webhook", "done")]
    (first, body), (second, again) = taken
    assert body == again
    assert first["X-Guantong-Delivery"] == second["X-Guantong-Delivery"] == f"run:{run.id}:2000"
    assert second["X-Guantong-Signature"] == "sha256=" + hmac.new(b"s3cret", body, hashlib.sha256).hexdigest()
    told = json.loads(body)
    assert (told["status"], told["by"], told["subject"]["values"]["total"]) == ("finished", "H001", 3600)


def test_a_webhook_into_the_inner_network_is_refused(
    app: Flask, people: People, flow: Flow, send: Send, run_jobs: RunJobs
) -> None:
    app.config["SETTINGS"] = replace(app.config["SETTINGS"], webhook_secret="s3cret")
    with receiving() as (port, taken):
        flow(deciding({"do": "webhook", "url": f"http://127.0.0.1:{port}/"}))
        run = decide(send(people.an), people.hr, "adopt")
        run_jobs()
    assert taken == []
    (effect,) = effects.of(run)
    assert effect.state == "failed"
    assert "GUANTONG_WEBHOOK_HOSTS" in (effect.error or "")
