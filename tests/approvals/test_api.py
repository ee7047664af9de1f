"""The JSON API of approvals: what waits for somebody, his answer, and why it is refused."""

from collections.abc import Callable
from typing import Any

from flask.testing import FlaskClient

from core.db import db
from runtime.api import tokens
from tests.approvals.conftest import Send, asked, open_items
from tests.product import CountedStatements, People

Flow = Callable[..., object]
Counted = type[CountedStatements]


def signed(people: People) -> dict[str, str]:
    _row, token = tokens.create(people.headquarters, "portal", ("approvals.manage",), days=None, by_id=None)
    db.session.commit()
    return {"Authorization": f"Bearer {token}"}


def test_a_portal_shows_the_inbox_and_hands_in_the_answer(
    client: FlaskClient, people: People, flow: Flow, send: Send, counted_statements: Counted
) -> None:
    flow()
    run, headers = send(people.an), signed(people)
    (item,) = client.get("/api/v1/inbox?member=E001", headers=headers).json["items"]
    assert (item["run"], item["title"], item["step"], item["submitter"]) == (
        run.id,
        "区域提案 · 降价",
        "直接主管",
        "S001",
    )
    assert client.get("/api/v1/inbox?member=H001", headers=headers).json == {"items": []}
    answer: dict[str, Any] = {"member": "E001", "client_id": "c1", "item": item["item"], "outcome": "approve"}
    address = f"/api/v1/runs/{run.id}/decisions"
    with counted_statements() as counted:
        done = client.post(address, json=answer | {"comment": "同意"}, headers=headers)
    assert (done.status_code, done.json) == (200, {"run": run.id, "status": "running", "waits_for": 1})
    assert counted.count <= 10, "seven for the step; the token, its first use that day, and the member"
    assert asked(run) == ["H001"]
    assert client.post(address, json=answer, headers=headers).status_code == 200, "sent twice, done once"
    late = client.post(address, json=answer | {"client_id": "c2"}, headers=headers)
    assert late.status_code == 409
    assert "华东大区经理" in late.json["detail"]


def test_what_a_portal_may_not_do_is_refused_at_its_place(
    client: FlaskClient, people: People, flow: Flow, send: Send
) -> None:
    flow()
    run, headers = send(people.an), signed(people)
    address, token = f"/api/v1/runs/{run.id}/decisions", open_items(run)[0].token
    assert client.get("/api/v1/inbox?member=E001").status_code == 401
    wrong = client.post(address, json={"member": 7, "outcome": "approve", "extra": 1}, headers=headers)
    assert {problem["path"] for problem in wrong.json["problems"]} == {"/client_id", "/item", "/extra", "/member"}
    stranger = {"member": "H001", "client_id": "c1", "item": token, "outcome": "approve"}
    assert client.post(address, json=stranger, headers=headers).status_code == 403
    assert client.post("/api/v1/runs/99/decisions", json=stranger, headers=headers).status_code == 404
    unknown = client.post(address, json=stranger | {"member": "E001", "outcome": "maybe"}, headers=headers)
    assert [problem["path"] for problem in unknown.json["problems"]] == ["/outcome"]
    assert "/api/v1/runs/{id}/decisions" in client.get("/api/v1/openapi.json", headers=headers).json["paths"]
