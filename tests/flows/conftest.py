"""A flow in the designer, as HR who draws it has it before her eyes."""

from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from builder import definitions
from builder.flows import tree
from builder.models import Definition, DefinitionVersion
from core.db import Document, db
from organization.models import Member
from tests.flows.test_what_publishing_refuses import FORM
from tests.product import People


class Desk:
    def __init__(self, client: FlaskClient, definition_id: int) -> None:
        self.client = client
        self.id = definition_id

    @property
    def draft(self) -> DefinitionVersion:
        draft = definitions.draft_of(db.session.get_one(Definition, self.id))
        assert draft is not None
        return draft

    @property
    def steps(self) -> list[Document]:
        steps: list[Document] = self.draft.document["body"]["steps"]
        return steps

    @property
    def problems(self) -> list[tuple[str, str]]:
        return [(problem.path, problem.code) for problem in definitions.check_draft(self.draft)]

    def step(self, identity: str) -> Document:
        found = tree.find(self.steps, identity)
        assert found is not None
        return found

    def do(self, deed: str, seen: int | None = None, **posted: Any) -> TestResponse:
        data = {"seen": self.draft.version_id if seen is None else seen, **posted}
        return self.client.post(f"/flow-designer/{self.id}/{deed}", data=data, headers={"HX-Request": "true"})

    def page(self, **query: Any) -> str:
        answer = self.client.get(f"/flow-designer/{self.id}", query_string=query)
        assert answer.status_code == 200
        return answer.text


@pytest.fixture
def hr(client: FlaskClient, people: People, sign_in: Callable[[Member], object]) -> FlaskClient:
    sign_in(people.hr)
    return client


@pytest.fixture
def desk(hr: FlaskClient, people: People) -> Desk:
    """A flow for a form in force, with one step: the direct manager."""
    form = definitions.create(people.hr.company_id, FORM, by_id=people.hr.id)
    definitions.publish(form, by_id=people.hr.id)
    db.session.commit()
    posted = {"title": "提案审批", "subject": "form:own.proposal", "starter": "manager"}
    made = hr.post("/flow-designer/new", data=posted)
    assert made.status_code == 303
    return Desk(hr, int(made.location.rsplit("/", 1)[1]))
