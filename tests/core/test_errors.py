"""Whatever goes wrong is said in a sentence, in the form that the asker reads, and nothing of it is kept."""

import pytest
import sqlalchemy as sa
from flask import Flask, abort
from flask.testing import FlaskClient

from core import access, audit, errors
from core.audit import AuditEvent
from core.db import db
from core.errors import AppError, Problem
from tests.product import PASSWORD, People, make_app

RAISED = {
    "bad": AppError("That cannot be."),
    "forbidden": errors.Forbidden("You may not."),
    "missing": errors.NotFound("It is not there."),
    "conflict": errors.Conflict("Somebody was faster."),
    "large": errors.TooLarge("That is too large."),
    "invalid": errors.Invalid([Problem("/target", "negative", "The target must be positive.")]),
    "often": errors.TooMany("Too often."),
}
JSON = {"Accept": "application/json"}
HTMX = {"HX-Request": "true"}


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """A product with views that fail in every way, as it runs for people: no exception reaches the server."""
    settings = app.config["SETTINGS"]
    failing = make_app(settings.instance, settings.database_url, TESTING=False)
    failing.add_url_rule("/fail/<how>", view_func=fail, methods=["GET", "POST"])
    failing.add_url_rule("/abort/<int:code>", view_func=access.public(abort), endpoint="abort")
    return failing.test_client()


@access.public
def fail(how: str) -> str:
    """Fails after it has begun to write."""
    db.session.add(AuditEvent(at=None, action="half", subject="a:1", digest="-"))
    if how == "crash":
        raise ZeroDivisionError("secret detail")
    raise RAISED[how]


@pytest.mark.parametrize("how", [*RAISED, "crash"])
def test_every_json_error_has_the_one_shape(client: FlaskClient, how: str) -> None:
    answer = client.post(f"/fail/{how}", headers=JSON)
    body = answer.get_json(force=True)
    assert answer.mimetype == "application/problem+json"
    assert set(body) == {"type", "title", "status", "detail", "problems"}
    assert body["status"] == answer.status_code
    assert body["type"] == f"urn:guantong:error:{body['title']}"
    assert "secret" not in answer.text


@pytest.mark.parametrize("code", [400, 404, 405, 413, 429])
def test_errors_of_the_web_server_have_it_too(client: FlaskClient, code: int) -> None:
    body = client.get(f"/abort/{code}", headers=JSON).get_json(force=True)
    assert (body["status"], body["problems"]) == (code, [])
    assert body["detail"]


def test_an_unknown_address_of_the_api_answers_json(client: FlaskClient) -> None:
    answer = client.get("/api/v1/nothing")
    assert (answer.status_code, answer.mimetype) == (404, "application/problem+json")


def test_problems_carry_their_place_and_remedy(client: FlaskClient) -> None:
    body = client.post("/fail/invalid", headers=JSON).get_json(force=True)
    problem = {"path": "/target", "code": "negative", "message": "The target must be positive."}
    assert body["problems"] == [problem]


@pytest.mark.parametrize("how", [how for how in RAISED if how != "invalid"])
def test_a_page_says_it_in_a_sentence(client: FlaskClient, how: str) -> None:
    answer = client.post(f"/fail/{how}")
    assert answer.status_code == RAISED[how].status
    assert "<h1" in answer.text
    assert RAISED[how].message in answer.text


@pytest.mark.parametrize("how", ["invalid", "conflict"])
def test_htmx_gets_a_fragment(client: FlaskClient, how: str) -> None:
    answer = client.post(f"/fail/{how}", headers=HTMX)
    assert answer.status_code == RAISED[how].status
    assert "<html" not in answer.text
    assert (RAISED[how].problems or [RAISED[how]])[0].message in answer.text


def test_a_crash_tells_nothing_of_the_inside(client: FlaskClient) -> None:
    answer = client.post("/fail/crash")
    assert answer.status_code == 500
    assert "secret detail" not in answer.text
    assert "Traceback" not in answer.text


def test_a_crash_is_answered_without_the_database_too(client: FlaskClient, people: People) -> None:
    signed_in = client.post("/sign-in", data={"login": people.an.code, "password": PASSWORD})
    assert signed_in.status_code == 303
    with db.engine.begin() as connection:
        connection.execute(sa.text("ALTER TABLE auth_session RENAME TO elsewhere"))
    answer = client.post("/fail/crash")
    assert (answer.status_code, answer.text) == (500, errors.NO_DATABASE)


def test_nothing_of_a_failed_request_is_kept(client: FlaskClient) -> None:
    for how in [*RAISED, "crash"]:
        client.post(f"/fail/{how}")
    assert db.session.scalar(sa.select(sa.func.count()).select_from(audit.AuditEvent)) == 0


def test_who_is_not_signed_in_is_led_to_the_sign_in(client: FlaskClient) -> None:
    page = client.get("/jobs?state=due")
    assert page.status_code == 303
    assert page.location == "/sign-in?next=/jobs?state%3Ddue"
    fragment = client.get("/jobs", headers=HTMX)
    assert (fragment.status_code, fragment.text) == (401, "")
    assert fragment.headers["HX-Redirect"].startswith("/sign-in")
