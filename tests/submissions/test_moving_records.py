"""Records are moved to another version of their form: matched, previewed, moved by a job, taken back."""

import copy
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select

from builder import definitions
from builder.models import DefinitionVersion
from core.db import db
from runtime.submissions.migrating.models import RecordMigration
from runtime.submissions.models import FieldValue, Submission
from tests.product import People
from tests.submissions.conftest import SignIn

KEY = "test.visits"
FIRST: dict[str, Any] = {
    "data": {
        "type": "object",
        "properties": {
            "size": {"x-id": "f1", "title": "面积", "type": "string"},
            "state": {
                "x-id": "f2",
                "title": "状态",
                "type": "string",
                "x-options": [{"id": "good", "title": {"zh": "好"}}, {"id": "poor", "title": {"zh": "差"}}],
            },
            "memo": {"x-id": "f3", "title": "备注", "type": "string"},
        },
    },
    "layout": [
        {"id": "l1", "field": "f1", "widget": "text"},
        {"id": "l2", "field": "f2", "widget": "choice"},
        {"id": "l3", "field": "f3", "widget": "text"},
    ],
    "records": [{"id": "v1", "roles": ["hr_admin"], "see": "all", "may": ["edit"]}],
}


def second() -> dict[str, Any]:
    """面积 becomes a number, 状态 has other options of which several may be chosen, 备注 gives way to 说明."""
    body = copy.deepcopy(FIRST)
    fields = body["data"]["properties"]
    fields["size"] = {"x-id": "f1", "title": "面积", "type": "number", "maximum": 500}
    options = [{"id": "fine", "title": {"zh": "良好"}}, {"id": "bad", "title": {"zh": "差"}}]
    fields["state"] = {
        "x-id": "f2",
        "title": "状态",
        "type": "array",
        "items": {"type": "string"},
        "x-options": options,
    }
    del fields["memo"]
    fields["told"] = {"x-id": "f4", "title": "说明", "type": "string"}
    body["layout"][0]["widget"], body["layout"][1]["widget"] = "number", "choices"
    body["layout"][2] = {"id": "l4", "field": "f4", "widget": "long_text"}
    return body


def publish(people: People, body: dict[str, Any]) -> DefinitionVersion:
    document = {"kind": "form", "schema_version": 1, "key": KEY, "title": {"zh": "巡店"}, "body": body}
    known = definitions.find(people.company.id, "form", KEY)
    if known is None:
        draft = definitions.create(people.company.id, document, by_id=people.hr.id)
    else:
        draft = definitions.begin_draft(known, document, by_id=people.hr.id)
    version = definitions.publish(draft, by_id=people.hr.id)
    db.session.commit()
    return version


@pytest.fixture
def records(people: People, sign_in: SignIn) -> list[int]:
    """Three records of the first version, and the second published."""
    publish(people, FIRST)
    client = sign_in(people.an)
    sent = []
    for size, state, memo in (("120", "good", "朝南"), ("很大", "poor", "转角"), ("900", "poor", "地下")):
        posted = {"size": size, "state": state, "memo": memo, "client_id": f"visit-{size}"}
        sent.append(int(client.post(f"/forms/{KEY}", data=posted).location.rpartition("/")[2]))
    publish(people, second())
    return sent


CHOSEN = {"from": "1", "field-f3": "f4", "option-f2-good": "fine"}


def test_a_matching_is_shown_with_real_values_and_reasons(people: People, records: list[int], sign_in: SignIn) -> None:
    page = sign_in(people.hr).get(f"/forms/{KEY}/migrate", query_string={"from": "1"}).text
    assert "未指定“好”对应的选项" in page
    page = sign_in(people.hr).get(f"/forms/{KEY}/migrate", query_string=CHOSEN).text
    for words in (
        "<del>120</del> → <ins>120</ins>",
        "<del>好</del> → <ins>良好</ins>",
        "<del>朝南</del> → <ins>朝南</ins>",
    ):
        assert words in page, words
    assert "未指定" not in page
    assert "很大" in page, "the record that stays is named"
    assert db.session.scalars(select(Submission.version_id).distinct()).all() == [
        db.session.get_one(Submission, records[0]).version_id
    ], "looking moves nothing"


def test_what_can_go_goes_and_what_cannot_stays_with_its_reason(
    people: People, records: list[int], sign_in: SignIn, run_jobs: Callable[[], int]
) -> None:
    client = sign_in(people.hr)
    answer = client.post(f"/forms/{KEY}/migrate", data=CHOSEN)
    assert answer.status_code == 303
    run_jobs()
    first, large, deep = (db.session.get_one(Submission, record) for record in records)
    assert first.values == {"size": 120, "state": ["fine"], "told": "朝南"}
    assert [one.version.number for one in (first, large, deep)] == [2, 1, 1]
    assert large.values["size"] == "很大"
    page = client.get(answer.location).text
    assert "已迁移 1 条,1" not in page
    assert "已迁移 1 条,保留 2 条" in page
    shown = client.get(f"/forms/{KEY}/records/{first.id}").text
    assert "迁移到新版本" in shown
    assert "按表单第 2 版填写" in shown
    assert "朝南" in shown, "what stood in the field that is gone is in the history"
    found = select(FieldValue.number).where(FieldValue.submission_id == first.id, FieldValue.field == "f1")
    assert db.session.scalars(found).all() == [120.0], "it is found as what it is now"


def test_moving_is_taken_back_but_for_what_was_corrected_since(
    people: People, records: list[int], sign_in: SignIn, run_jobs: Callable[[], int]
) -> None:
    client = sign_in(people.hr)
    db.session.get_one(Submission, records[2]).values = {"size": "90", "state": "good", "memo": "地下"}
    db.session.commit()
    address = client.post(f"/forms/{KEY}/migrate", data=CHOSEN).location
    run_jobs()
    assert client.post(f"{address}/undo").status_code == 303
    stored = db.session.get_one(Submission, records[2])
    assert stored.version.number == 2
    stored.values = stored.values | {"told": "改过"}
    db.session.commit()
    run_jobs()
    first, corrected = (db.session.get_one(Submission, record) for record in (records[0], records[2]))
    assert (first.version.number, first.values["memo"]) == (1, "朝南")
    assert (corrected.version.number, corrected.values["told"]) == (2, "改过")
    assert db.session.scalars(select(RecordMigration.state)).one() == "undone"


def test_only_who_publishes_forms_moves_records(people: People, records: list[int], sign_in: SignIn) -> None:
    client = sign_in(people.east_manager)
    assert client.get(f"/forms/{KEY}/migrate").status_code == 403
    assert client.post(f"/forms/{KEY}/migrate", data=CHOSEN).status_code == 403


def test_the_draft_is_tried_on_records_before_it_is_published(
    people: People, records: list[int], sign_in: SignIn
) -> None:
    known = definitions.find(people.company.id, "form", KEY)
    assert known is not None
    third = second()
    third["data"]["properties"]["size"]["maximum"] = 1000
    document = {"kind": "form", "schema_version": 1, "key": KEY, "title": {"zh": "巡店"}, "body": third}
    definitions.begin_draft(known, document, by_id=people.hr.id)
    db.session.commit()
    page = sign_in(people.hr).get(f"/forms/{KEY}/migrate", query_string=CHOSEN | {"to": "draft"}).text
    assert "发布后才能迁移" in page
    assert "迁移第 1 版的记录" not in page
