"""Administrators see what runs in the background and let a failed job run again."""

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient

from core import jobs
from core.db import db
from core.jobs import Outbox
from organization.models import Member
from tests.product import CountedStatements, People, add_member

SignIn = Callable[[Member], FlaskClient]


@pytest.fixture
def failed(people: People) -> Outbox:
    row = jobs.enqueue("runtime.goals.jobs.publish", {"id": 7}, key="publish:7")
    row.state, row.error, row.attempts = "failed", "AppError: 没有可下达的目标", 1
    db.session.commit()
    return row


@pytest.fixture
def administrator(people: People) -> Member:
    return add_member(people.headquarters, "IT01", "信息部", "it_admin")


def test_a_failed_job_is_shown_with_its_reason(administrator: Member, failed: Outbox, sign_in: SignIn) -> None:
    page = sign_in(administrator).get("/jobs").text
    assert "runtime.goals.jobs.publish" in page
    assert "没有可下达的目标" in page


def test_it_runs_again_when_asked(administrator: Member, failed: Outbox, sign_in: SignIn) -> None:
    answer = sign_in(administrator).post(f"/jobs/{failed.id}/retry")
    assert answer.status_code == 303
    assert (failed.state, failed.attempts) == ("due", 0)


def test_a_job_that_has_not_failed_is_left_alone(administrator: Member, failed: Outbox, sign_in: SignIn) -> None:
    browser = sign_in(administrator)
    browser.post(f"/jobs/{failed.id}/retry")
    assert browser.post(f"/jobs/{failed.id}/retry").status_code == 409
    assert browser.post("/jobs/999/retry").status_code == 404


def test_others_see_no_jobs(people: People, failed: Outbox, sign_in: SignIn) -> None:
    assert sign_in(people.an).get("/jobs").status_code == 403
    assert sign_in(people.an).post(f"/jobs/{failed.id}/retry").status_code == 403


def test_a_long_list_has_pages_and_few_statements(
    administrator: Member, sign_in: SignIn, counted_statements: type[CountedStatements]
) -> None:
    for number in range(120):
        jobs.enqueue("core.server.seal_audit", {}, key=f"seal:{number}")
    browser = sign_in(administrator)
    with counted_statements() as counted:
        first = browser.get("/jobs?state=due").text
    assert counted.count <= 4, counted.statements
    assert "seal:119" in first
    assert "seal:69" not in first
    older = first.split("before=")[1].split('"')[0]
    assert "seal:69" in browser.get(f"/jobs?state=due&before={older}").text
