"""A proposal that goes through a flow: the manager approves, headquarters decides, HR is told."""

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from builder import definitions
from builder.models import DefinitionVersion
from core.db import db
from runtime.approvals.models import WorkflowRun, WorkItem
from tests.product import PASSWORD, find_people
from tests.submissions.conftest import KEY, POSTED, PROPOSAL

Document = dict[str, Any]

FLOW = "test.proposal_flow"
STEPS: list[Document] = [
    {
        "id": "n1",
        "type": "approve",
        "title": {"zh": "直接主管", "en": "Direct manager"},
        "who": [{"kind": "manager", "of": "submitter", "level": 1}],
        "empty": {"do": "assign", "to": {"kind": "role", "role": "hr_admin"}},
        "can": ["return", "transfer", "delegate", "add_before", "add_with", "add_after"],
        "return": {"to": "earlier", "resume": "here"},
        "require": ["reason"],
        "fields": {"f5": "edit", "f8": "hide"},
        "due": {"working_hours": 16, "then": [{"remind": "assignee"}]},
    },
    {
        "id": "n2",
        "type": "decide",
        "title": {"zh": "总部评审", "en": "Headquarters"},
        "who": [{"kind": "role", "role": "hr_admin"}],
        "empty": {"do": "refuse_start"},
        "outcomes": [
            {"key": "adopt", "title": {"zh": "采纳", "en": "Adopt"}, "steps": []},
            {
                "key": "decline",
                "title": {"zh": "婉拒", "en": "Decline"},
                "require": ["reason"],
                "return": {"to": "submitter", "resume": "here"},
            },
        ],
    },
    {
        "id": "n3",
        "type": "notify",
        "title": {"zh": "告知主管", "en": "Tell the manager"},
        "who": [{"kind": "manager", "of": "submitter", "level": 1}],
    },
]


def publish_flow(steps: list[Document] | None = None) -> DefinitionVersion:
    """Another version where there is one already."""
    people = find_people()
    document = {
        "kind": "workflow",
        "schema_version": 1,
        "key": FLOW,
        "title": {"zh": "提案审批", "en": "Approval of proposals"},
        "body": {"subject": {"form": KEY}, "steps": steps or STEPS},
    }
    known = definitions.published(people.company.id, "workflow", FLOW)
    if known is None:
        draft = definitions.create(people.company.id, document, by_id=people.hr.id)
    else:
        draft = definitions.begin_draft(known.definition, document, by_id=people.hr.id)
    version = definitions.publish(draft, by_id=people.hr.id)
    db.session.commit()
    return version


@pytest.fixture
def flow(app: Flask, people: Any, publish: Any) -> DefinitionVersion:
    """The proposal form, bound to the flow, both in force."""
    publish(PROPOSAL)
    version = publish_flow()
    form = definitions.published(people.company.id, "form", KEY)
    document = form.document | {"body": form.document["body"] | {"workflow": FLOW}}
    definitions.publish(definitions.begin_draft(form.definition, document, by_id=people.hr.id), by_id=people.hr.id)
    db.session.commit()
    return version


@pytest.fixture
def send(app: Flask, flow: DefinitionVersion) -> Callable[..., WorkflowRun]:
    """安店长 sends a proposal through the front door; the run that this began."""

    def sent(name: str = "one", code: str = "S001", **more: str) -> WorkflowRun:
        answer = visitor(app, code).post(f"/forms/{KEY}", data=POSTED | {"client_id": name} | more)
        assert answer.status_code == 303, answer.text[:3000]
        return db.session.scalars(select(WorkflowRun).order_by(WorkflowRun.id.desc())).first()

    return sent


def visitor(app: Flask, code: str) -> Any:
    """A browser of its own, signed in."""
    client = app.test_client()
    client.post("/sign-in", data={"login": code, "password": PASSWORD})
    return client


def open_item(run: WorkflowRun, code: str | None = None) -> WorkItem:
    """The first item of a run that waits, of this person where one is named."""
    asked = select(WorkItem).where(WorkItem.run_id == run.id, WorkItem.closed_at.is_(None)).order_by(WorkItem.id)
    found = [item for item in db.session.scalars(asked) if code is None or (item.member and item.member.code == code)]
    return found[0]


def decided(item: WorkItem, outcome: str, **more: Any) -> Document:
    """What the page posts for a verdict."""
    return {"do": "decide", "item": item.token, "outcome": outcome, "seen": item.run.events, **more}
