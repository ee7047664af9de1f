"""The JSON API of forms: told as OpenAPI, judged as the page, one shape of errors, nothing twice."""

from collections.abc import Callable, Iterable
from contextvars import Context
from typing import Any

import pytest
import schemathesis
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from jsonschema import Draft202012Validator
from schemathesis.checks import not_a_server_error
from schemathesis.generation import GenerationMode
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    ignored_auth,
    negative_data_rejection,
    response_schema_conformance,
    status_code_conformance,
)
from sqlalchemy import select
from werkzeug.test import TestResponse

from core.db import db
from organization.models import OrgUnit
from runtime.api import tokens
from runtime.submissions.models import Submission
from tests.product import CountedStatements, People
from tests.submissions.conftest import KEY, Publish

Send = Callable[..., TestResponse]

ADDRESS = f"/api/v1/forms/{KEY}/submissions"
VALUES: dict[str, Any] = {"relevance": 4, "kind": "price", "resources": [{"item": "展架", "qty": 3, "price": 1200}]}
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
    negative_data_rejection,
    ignored_auth,
]


def token_for(unit: OrgUnit, *permissions: str) -> str:
    _row, token = tokens.create(unit, f"crm-{unit.code}", permissions or ("forms.submit",), days=None, by_id=None)
    db.session.commit()
    return token


@pytest.fixture
def send(client: FlaskClient, people: People) -> Send:
    token = token_for(people.headquarters)

    def posted(values: Any = VALUES, client_id: str = "one", member: str = "S001", **more: Any) -> TestResponse:
        document = {"member": member, "client_id": client_id, "values": values} | more
        return client.post(ADDRESS, json=document, headers={"Authorization": f"Bearer {token}"})

    return posted


def test_what_is_sent_is_computed_stored_and_told(publish: Publish, send: Send) -> None:
    publish()
    answer = send(recorded_at="2025-06-29T18:00:00+08:00")
    assert answer.status_code == 201, answer.text
    told = answer.get_json()
    assert told["values"]["total"] == 3600
    assert told["recorded_at"] == "2025-06-29T10:00:00+00:00"
    stored = db.session.scalars(select(Submission)).one()
    assert (stored.source, stored.state, stored.submitter.code) == ("api", "submitted", "S001")


def test_the_same_again_is_the_first(publish: Publish, send: Send) -> None:
    publish()
    first, again = send(), send(VALUES | {"relevance": 1})
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.get_json() == again.get_json()
    assert len(db.session.scalars(select(Submission)).all()) == 1


@pytest.mark.parametrize(
    ("values", "place"),
    [
        (VALUES | {"relevance": 6}, "/values/relevance"),
        (VALUES | {"relevance": "4"}, "/values/relevance"),
        (VALUES | {"resources": []}, "/values/resources"),
        (VALUES | {"resources": [{"item": "展架", "qty": 0}]}, "/values/resources/0/qty"),
        (VALUES | {"kind": "none"}, "/values/kind"),
        (VALUES | {"total": 1}, "/values/total"),
        (VALUES | {"nothing": 1}, "/values/nothing"),
        (VALUES | {"relevance": 2}, "/values/why"),
        (VALUES | {"starts": "2025-02-30"}, "/values/starts"),
        (VALUES | {"owner": 10**17}, "/values/owner"),
    ],
)
def test_what_is_wrong_is_told_at_its_place(publish: Publish, send: Send, values: Any, place: str) -> None:
    publish()
    answer = send(values)
    assert answer.status_code == 422
    assert answer.mimetype == "application/problem+json"
    assert place in [problem["path"] for problem in answer.get_json()["problems"]], answer.text
    assert not db.session.scalars(select(Submission)).all()


def test_a_token_reaches_no_further_than_its_unit(publish: Publish, people: People, client: FlaskClient) -> None:
    publish()
    header = {"Authorization": f"Bearer {token_for(people.shanghai)}"}
    document = {"client_id": "one", "values": VALUES}
    assert client.post(ADDRESS, json=document | {"member": "E001"}, headers=header).status_code == 422
    sent = client.post(ADDRESS, json=document | {"member": "S001"}, headers=header)
    assert sent.status_code == 201
    address = f"{ADDRESS}/{sent.get_json()['id']}"
    assert client.get(address, headers=header).get_json() == sent.get_json()
    other = {"Authorization": f"Bearer {token_for(people.east, 'facts.feed')}"}
    assert client.get(address, headers=other).status_code == 403
    assert client.get(f"{ADDRESS}/999", headers=header).status_code == 404
    assert client.get(address).status_code == 401


def test_sending_takes_six_statements(
    publish: Publish, send: Send, counted_statements: type[CountedStatements]
) -> None:
    publish()
    send()
    with counted_statements() as counted:
        assert send(client_id="two").status_code == 201
    assert counted.count <= 6, counted.statements


def test_openapi_holds_the_form_as_it_is_stored(publish: Publish, people: People, client: FlaskClient) -> None:
    publish()
    header = {"Authorization": f"Bearer {token_for(people.headquarters)}"}
    document = client.get("/api/v1/openapi.json", headers=header).get_json()
    assert document["openapi"].startswith("3.1")
    body = document["paths"][ADDRESS]["post"]["requestBody"]["content"]["application/json"]["schema"]
    values = body["properties"]["values"]
    Draft202012Validator.check_schema(values)
    assert values["properties"]["relevance"]["maximum"] == 5
    assert "total" not in values["properties"], "nobody types it"
    assert ADDRESS not in client.get("/api/v1/openapi.json").get_json()["paths"], "forms are a company's own"


def test_nothing_that_a_program_makes_up_is_a_crash(app: Flask, publish: Publish, people: People) -> None:
    """schemathesis sends what the description allows, and what it does not, to every address of it."""
    publish()
    header = {"Authorization": f"Bearer {token_for(people.headquarters, 'forms.submit', 'facts.feed')}"}
    described = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", alone(app), headers=header)
    tried = [try_out(found.ok(), header) for found in described.get_all_operations()]
    assert len(tried) == 6


def try_out(operation: Any, header: dict[str, str]) -> None:
    modes = [GenerationMode.POSITIVE, GenerationMode.NEGATIVE]
    for mode in modes:

        @settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
        @given(case=operation.as_strategy(generation_mode=mode))
        def everything_is_answered(case: Any) -> None:
            case.call_and_validate(headers=header, checks=CHECKS)

        everything_is_answered()


def alone(app: Flask) -> Callable[..., Iterable[bytes]]:
    """As on a server: no request shares the session of the test."""
    return lambda environ, start: Context().run(app, environ, start)
