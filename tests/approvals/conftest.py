"""A small company with a form that asks for a decision, and flows of several shapes published for it."""

import copy
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from builder import definitions
from builder.models import DefinitionVersion
from core.db import db
from organization.models import Member
from runtime.approvals import running
from runtime.approvals.models import WorkflowRun, WorkItem
from tests.product import PASSWORD, People, add_member, find_people
from tests.submissions.conftest import PROPOSAL

Document = dict[str, Any]
FORM, FLOW = "test.asked", "test.flow"

MANAGER = {"kind": "manager", "of": "submitter", "level": 1}
HR = {"kind": "role", "role": "hr_admin"}
TO_HR = {"do": "assign", "to": HR}

POSTED = {
    "relevance": "4",
    "kind": "price",
    "starts": "2025-07-01",
    "resources-0-item": "展架",
    "resources-0-qty": "3",
    "resources-0-price": "1200",
}


def approve(id: str, who: Document, title: str = "", **more: Any) -> Document:
    return {"id": id, "type": "approve", "title": title or id, "who": [who], "empty": TO_HR, **more}


THREE = [
    approve("n1", MANAGER, "直接主管", can=["return", "transfer", "add_after"], **{"return": {"to": "earlier"}}),
    approve("n2", HR, "人事"),
]


@pytest.fixture
def flow(app: Flask) -> Callable[..., DefinitionVersion]:
    """Publish a flow of these steps, and a form that names it; `more` is laid over the form's body."""

    def published(steps: list[Document] = THREE, **more: Any) -> DefinitionVersion:
        people = find_people()
        form = copy.deepcopy(PROPOSAL) | {"workflow": FLOW, **more}
        publish_as(people, "form", FORM, form)
        return publish_as(people, "workflow", FLOW, {"subject": {"form": FORM}, "steps": steps})

    return published


def publish_as(people: People, kind: str, key: str, body: Document) -> DefinitionVersion:
    document = {
        "kind": kind,
        "schema_version": 1,
        "key": key,
        "title": {"zh": "区域提案", "en": "Proposal"},
        "body": body,
    }
    known = definitions.find(people.company.id, kind, key)
    if known is None:
        draft = definitions.create(people.company.id, document, by_id=people.hr.id)
    else:
        draft = definitions.begin_draft(known, document, by_id=people.hr.id)
    version = definitions.put_in_force(draft, by_id=people.hr.id, note="")
    db.session.commit()
    return version


Send = Callable[..., WorkflowRun]


@pytest.fixture
def send(app: Flask) -> Send:
    """Somebody fills the form and sends it through the front door; the run that this begins."""

    def sent(member: Member, client_id: str = "one", **values: str) -> WorkflowRun:
        answer = signed_in(app, member).post(f"/forms/{FORM}", data=POSTED | values | {"client_id": client_id})
        assert answer.status_code == 303, answer.text
        return last_run()

    return sent


def signed_in(app: Flask, member: Member) -> FlaskClient:
    client = app.test_client()
    assert client.post("/sign-in", data={"login": member.code, "password": PASSWORD}).status_code == 303
    return client


def last_run() -> WorkflowRun:
    db.session.expire_all()
    run = db.session.scalar(select(WorkflowRun).order_by(WorkflowRun.id.desc()).limit(1))
    assert run is not None
    return run


def open_items(run: WorkflowRun) -> list[WorkItem]:
    asked = select(WorkItem).where(WorkItem.run_id == run.id, WorkItem.closed_at.is_(None)).order_by(WorkItem.id)
    return list(db.session.scalars(asked.execution_options(populate_existing=True)))


def asked(run: WorkflowRun) -> list[str | None]:
    """The codes of those who are asked now."""
    return [item.member and item.member.code for item in open_items(run)]


def decide(run: WorkflowRun, by: Member, outcome: str = "approve", item: str | None = None, **more: Any) -> WorkflowRun:
    """One answer of one person, in a transaction of its own."""
    db.session.commit()
    db.session.expire_all()
    his = [one.token for one in open_items(run) if by.id in (one.member_id, one.instead_of_id)]
    operation = {"do": "decide", "item": item or his[0], "outcome": outcome}
    return do(run, operation, by, **more)


def do(run: WorkflowRun, operation: Document, by: Member | None, **more: Any) -> WorkflowRun:
    found = running.locked(run.id)
    running.act(found, operation, by, **more)
    db.session.commit()
    return found


@pytest.fixture
def boss(people: People) -> Member:
    """Somebody above the region, who is not the HR administrator."""
    boss = add_member(people.headquarters, "B001", "总经理", "hq_exec")
    people.headquarters.head = boss
    db.session.commit()
    return boss
