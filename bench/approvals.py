"""Approvals through the database: `python -m bench.approvals [--postgres]`.

A run of three approvals is four transactions: start, and three decisions. Beside it, in turn on the same database, a
state machine written by hand with SQLAlchemy Core that writes the same rows and resolves nobody. Then decisions over
HTTP, with login, rights and audit, beside a bare Flask endpoint over the same hand-written machine; then 500 at once.
"""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from flask import Flask, request
from flask.testing import FlaskClient

from bench.databases import on_each
from bench.side_by_side import compare
from builder import definitions
from builder.models import DefinitionVersion
from core import clock
from core.audit import AuditEvent
from core.config import Settings
from core.db import Document, db, dump_json, open_well
from core.server import prepare
from organization.models import Member
from runtime.approvals import running, subjects
from runtime.approvals.models import RunEvent, WorkflowRun, WorkItem
from runtime.approvals.subjects import Subject
from seeds import demo
from wsgi import create_app

FLOW = "bench.three"
BATCH = 30
MANY = 500
TABLES: dict[str, Any] = {
    model.__tablename__: model.__table__ for model in (WorkflowRun, WorkItem, RunEvent, AuditEvent)
}


def main() -> None:
    on_each(run)


def run(instance: Path, url: str) -> None:
    app = create_app(Settings(instance=instance, database_url=url), TESTING=True, WTF_CSRF_ENABLED=False)
    prepare(app, demo.fill)
    subjects.register("bench", Subject)
    with app.app_context():
        version, people = publish()
        db.session.commit()
        hand = ByHand(url, version, [person.id for person in people])
        compare(f"{BATCH} runs of three approvals", lambda: several(version, people), hand.several, goal="<= 1.67")
    over_http(app, hand)
    with app.app_context():
        compare(
            f"{MANY} approved in one transaction", lambda: bulk(version, people), hand.bulk, goal="<= 2.5", rounds=3
        )


def publish() -> tuple[DefinitionVersion, list[Member]]:
    """A flow of three people, who are asked by name, and somebody who sends."""
    people = list(db.session.scalars(sa.select(Member).where(Member.left_on.is_(None)).order_by(Member.id).limit(4)))
    steps = [
        {"id": f"n{at}", "type": "approve", "title": f"第 {at} 步", "who": [{"kind": "member", "member": one.id}],
         "empty": {"do": "reject"}}
        for at, one in enumerate(people[1:], 1)
    ]  # fmt: skip
    body = {"subject": {"kind": "goal"}, "steps": steps}
    head = {"kind": "workflow", "schema_version": 1, "key": FLOW, "title": {"zh": "三步"}, "body": body}
    draft = definitions.create(people[0].company_id, head, by_id=None)
    return definitions.put_in_force(draft, by_id=None, note=""), people


def several(version: DefinitionVersion, people: list[Member]) -> None:
    for _run in range(BATCH):
        begun = start(version, people[0])
        for person in people[1:]:
            decide(begun, person)


def start(version: DefinitionVersion, submitter: Member) -> int:
    begun = running.start(version, ("bench", 1), "一张审批单", submitter)
    db.session.commit()
    return begun.id


def decide(run_id: int, person: Member) -> None:
    found = running.locked(run_id)
    (token,) = found.state["items"]
    running.act(found, {"do": "decide", "item": token, "outcome": "approve"}, person)
    db.session.commit()


def bulk(version: DefinitionVersion, people: list[Member]) -> None:
    """What is begun before is begun by hand on the other side too."""
    begun = [running.start(version, ("bench", 1), "一张审批单", people[0]).id for _run in range(MANY)]
    for run_id in begun:
        found = running.locked(run_id)
        (token,) = found.state["items"]
        running.act(found, {"do": "decide", "item": token, "outcome": "approve"}, people[1])
    db.session.commit()


def over_http(app: Flask, hand: "ByHand") -> None:
    """Outside of any context, so that every request finds out for itself who sends it."""
    with app.app_context():
        people = [db.session.get_one(Member, person) for person in hand.people]
        logins = [person.account.login if person.account else person.code for person in people[1:]]
    clients, bare = [signed_in(app, login) for login in logins], hand.app().test_client()
    compare(
        f"{BATCH} runs over HTTP (decisions)",
        lambda: http_several(app, hand, clients),
        lambda: hand.http_several(bare),
        goal="<= 2",
    )


def signed_in(app: Flask, login: str) -> FlaskClient:
    client = app.test_client()
    answer = client.post("/sign-in", data={"login": login, "password": "guantong-demo"})
    assert answer.status_code == 303, answer.status_code
    return client


def http_several(app: Flask, hand: "ByHand", clients: list[FlaskClient]) -> None:
    for _run in range(BATCH):
        with app.app_context():
            version = db.session.get_one(DefinitionVersion, hand.head["version_id"])
            run_id = start(version, db.session.get_one(Member, hand.people[0]))
        for number, client in enumerate(clients, 1):
            posted = {"do": "decide", "item": f"w{number}", "outcome": "approve", "client_id": f"c{number}"}
            answer = client.post(f"/runs/{run_id}/act", data=posted)
            assert answer.status_code in (200, 303), answer.status


class ByHand:
    """The least that writes the same rows: a run, its events and items, and the audit."""

    def __init__(self, url: str, version: DefinitionVersion, people: list[int]) -> None:
        self.engine = sa.create_engine(url, json_serializer=dump_json)
        open_well(self.engine)
        self.people = people
        submitter = db.session.get_one(Member, people[0])
        self.head = {
            "company_id": submitter.company_id,
            "definition_id": version.definition_id,
            "version_id": version.id,
            "subject_kind": "bench",
            "subject_id": 1,
            "title": "一张审批单",
            "submitter_id": submitter.id,
            "unit_id": submitter.unit_id,
        }

    def several(self) -> None:
        for _run in range(BATCH):
            run_id = self._in_transaction(self.start)
            for number in (1, 2, 3):
                self._in_transaction(lambda to, run_id=run_id, number=number: self.decide(to, run_id, number))

    def bulk(self) -> None:
        with self.engine.begin() as to:
            for run_id in [self.start(to) for _run in range(MANY)]:
                self.decide(to, run_id, 1)

    def app(self) -> Flask:
        bare = Flask("bare")

        @bare.post("/runs/<int:run_id>")
        def decided(run_id: int) -> str:
            number = int(request.form["item"][1:])
            self._in_transaction(lambda to: self.decide(to, run_id, number))
            return "done"

        return bare

    def http_several(self, client: FlaskClient) -> None:
        for _run in range(BATCH):
            run_id = self._in_transaction(self.start)
            for number in (1, 2, 3):
                client.post(f"/runs/{run_id}", data={"item": f"w{number}", "outcome": "approve"})

    def start(self, to: sa.Connection) -> int:
        now = clock.now()
        values = self.head | {"state": self._state(1), "status": "running", "events": 1, "started_at": now}
        run_id: int = to.execute(sa.insert(TABLES["workflow_run"]).values(values)).inserted_primary_key[0]
        self._event(to, run_id, 1, {"do": "start"})
        self._item(to, run_id, 1)
        self._audit(to, run_id, "run.start")
        return run_id

    def decide(self, to: sa.Connection, run_id: int, number: int) -> None:
        runs, items = TABLES["workflow_run"], TABLES["work_item"]
        found = to.execute(sa.select(runs).where(runs.c.id == run_id).with_for_update()).one()
        assert f"w{number}" in found.state["items"]
        over = number == 3
        values = {"state": self._state(number + 1), "events": number + 1, "status": "finished" if over else "running"}
        to.execute(sa.update(runs).where(runs.c.id == run_id, runs.c.events == number).values(values))
        self._event(to, run_id, number + 1, {"do": "decide", "item": f"w{number}", "outcome": "approve"})
        closed = {"closed_at": clock.now(), "closed_as": "decided", "outcome": "approve"}
        own = sa.and_(items.c.run_id == run_id, items.c.token == f"w{number}")
        to.execute(sa.update(items).where(own).values(closed | {"closed_by_id": self.people[number]}))
        if not over:
            self._item(to, run_id, number + 1)
        self._audit(to, run_id, "run.decide")

    def _state(self, number: int) -> Document:
        return {"status": "running", "items": {f"w{number}": {"step": f"n{number}", "who": str(number)}}, "said": {}}

    def _event(self, to: sa.Connection, run_id: int, number: int, operation: Document) -> None:
        values = {"run_id": run_id, "number": number, "at": clock.now(), "operation": operation}
        to.execute(sa.insert(TABLES["run_event"]).values(values | {"reason": "", "comment": ""}))

    def _item(self, to: sa.Connection, run_id: int, number: int) -> None:
        values = {"run_id": run_id, "token": f"w{number}", "step": f"n{number}", "step_title": f"第 {number} 步"}
        more = {"kind": "approve", "member_id": self.people[number], "why": "/who/0", "opened_at": clock.now()}
        to.execute(sa.insert(TABLES["work_item"]).values(values | more))

    def _audit(self, to: sa.Connection, run_id: int, action: str) -> None:
        values = {"at": clock.now(), "action": action, "subject": f"run:{run_id}", "digest": "0" * 64}
        to.execute(sa.insert(TABLES["audit_event"]).values(values))

    def _in_transaction(self, work: Callable[[sa.Connection], Any]) -> Any:
        with self.engine.begin() as to:
            return work(to)


if __name__ == "__main__":
    main()
