"""Drafts in the browser: begin one, save it, be told what is wrong, review, publish, look back."""

import datetime as dt
import json
import re
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, update

from builder import definitions
from builder.models import Definition, DefinitionVersion
from core.audit import AuditEvent
from core.db import db
from tests.builder import documents
from tests.product import People, add_member, add_unit


@pytest.fixture
def metric(people: People) -> DefinitionVersion:
    version = definitions.create(people.company.id, documents.load("metric"), by_id=people.hr.id)
    definitions.publish(version, by_id=people.hr.id, note="首版")
    db.session.commit()
    return version


@pytest.fixture
def hr(people: People, sign_in: Any) -> FlaskClient:
    return sign_in(people.hr)


def start_draft(client: FlaskClient, version: DefinitionVersion) -> int:
    answer = client.post(f"/definitions/{version.definition_id}/draft")
    assert answer.status_code == 303
    page = client.get(f"/definitions/{version.definition_id}/edit").get_data(as_text=True)
    found = re.search(r'name="seen" value="(\d+)"', page)
    assert found is not None
    return int(found[1])


def save(client: FlaskClient, version: DefinitionVersion, text: str, seen: int, **more: str) -> Any:
    return client.post(f"/definitions/{version.definition_id}/edit", data={"text": text, "seen": seen, **more})


def with_title(title: str) -> str:
    return json.dumps(documents.changed(documents.load("metric"), "/title/zh", title), ensure_ascii=False)


def test_saving_a_draft_changes_nothing_for_anybody(hr: FlaskClient, metric: DefinitionVersion) -> None:
    seen = start_draft(hr, metric)
    assert save(hr, metric, with_title("签约额"), seen).status_code == 303
    in_force = definitions.published(metric.definition.company_id, "metric", "test.sales")
    assert in_force is not None
    assert in_force.document["title"]["zh"] == "销售额"


def test_a_draft_may_be_saved_with_problems_and_says_which(hr: FlaskClient, metric: DefinitionVersion) -> None:
    seen = start_draft(hr, metric)
    bad = documents.changed(documents.load("metric"), "/body/direction", "up")
    assert save(hr, metric, json.dumps(bad), seen).status_code == 303
    page = hr.get(f"/definitions/{metric.definition_id}/edit").get_data(as_text=True)
    assert "“up”" in page


def test_text_that_is_no_json_comes_back_as_it_was_typed(hr: FlaskClient, metric: DefinitionVersion) -> None:
    seen = start_draft(hr, metric)
    answer = save(hr, metric, '{"kind": "metric",}', seen)
    assert answer.status_code == 422
    assert "{&#34;kind&#34;: &#34;metric&#34;,}" in answer.get_data(as_text=True)


def test_a_draft_keeps_its_kind_and_key(hr: FlaskClient, metric: DefinitionVersion) -> None:
    seen = start_draft(hr, metric)
    renamed = documents.changed(documents.load("metric"), "/key", "test.turnover")
    assert save(hr, metric, json.dumps(renamed), seen).status_code == 422
    assert db.session.scalar(select(Definition).where(Definition.key == "test.turnover")) is None


def test_the_editor_hears_of_problems_with_their_lines(hr: FlaskClient, metric: DefinitionVersion) -> None:
    start_draft(hr, metric)
    text = json.dumps(documents.changed(documents.load("metric"), "/body/direction", "up"), indent=2)
    answer = hr.post(f"/definitions/{metric.definition_id}/check", data={"text": text})
    problems = {problem["path"]: problem for problem in answer.get_json()["problems"]}
    shown = text.splitlines()[problems["/body/direction"]["line"] - 1]
    assert shown.strip() == '"direction": "up",'


@pytest.mark.parametrize("text", ["", "{", '{"a": 1\n"b": 2}', "[]", "NaN", "null", '"text"'])
def test_the_editor_survives_half_typed_text(hr: FlaskClient, metric: DefinitionVersion, text: str) -> None:
    start_draft(hr, metric)
    answer = hr.post(f"/definitions/{metric.definition_id}/check", data={"text": text})
    assert answer.status_code == 200
    assert answer.get_json()["problems"]


def test_two_people_edit_one_draft_and_both_texts_survive(
    app: Flask, hr: FlaskClient, metric: DefinitionVersion, people: People
) -> None:
    seen = start_draft(hr, metric)
    save(hr, metric, with_title("她的标题"), seen)
    answer = save(hr, metric, with_title("他的标题"), seen)
    page = answer.get_data(as_text=True)
    assert answer.status_code == 409
    assert "她的标题" in page
    assert "他的标题" in page
    kept = definitions.draft_of(metric.definition)
    assert kept is not None
    assert kept.document["title"]["zh"] == "她的标题"
    newer = re.search(r'name="seen" value="(\d+)"', page)
    assert newer is not None
    assert save(hr, metric, with_title("他的标题"), int(newer[1])).status_code == 303


def test_starting_a_draft_twice_gives_the_same_draft(hr: FlaskClient, metric: DefinitionVersion) -> None:
    start_draft(hr, metric)
    start_draft(hr, metric)
    versions = db.session.scalars(select(DefinitionVersion).where(DefinitionVersion.state == "draft")).all()
    assert len(versions) == 1


def test_publishing_shows_what_changes_and_keeps_the_old_version(hr: FlaskClient, metric: DefinitionVersion) -> None:
    seen = start_draft(hr, metric)
    save(hr, metric, with_title("签约额"), seen)
    review = hr.get(f"/definitions/{metric.definition_id}/review").get_data(as_text=True)
    assert "标题 销售额 → 签约额" in review
    answer = hr.post(f"/definitions/{metric.definition_id}/review", data={"note": "改口径", "effective_from": ""})
    assert answer.status_code == 303
    page = hr.get(f"/definitions/{metric.definition_id}").get_data(as_text=True)
    assert "标题 销售额 → 签约额" in page
    assert "改口径" in page
    versions = definitions.history(metric.definition)
    assert [(v.number, v.document["title"]["zh"]) for v in versions] == [(2, "签约额"), (1, "销售额")]


def test_publishing_is_refused_while_there_are_problems(hr: FlaskClient, metric: DefinitionVersion) -> None:
    seen = start_draft(hr, metric)
    save(hr, metric, json.dumps(documents.changed(documents.load("metric"), "/body/org", "total")), seen)
    answer = hr.post(f"/definitions/{metric.definition_id}/review", data={"note": ""})
    assert answer.status_code == 422
    assert "“total”" in answer.get_data(as_text=True)
    assert [version.number for version in definitions.history(metric.definition)] == [1]


def test_S23_a_published_version_is_never_changed(app: Flask, metric: DefinitionVersion) -> None:
    metric.document = documents.changed(metric.document, "/title/zh", "别的")
    with pytest.raises(ValueError, match="is published"):
        db.session.flush()
    db.session.rollback()


def test_a_version_of_tomorrow_is_not_in_force_today(hr: FlaskClient, metric: DefinitionVersion) -> None:
    seen = start_draft(hr, metric)
    save(hr, metric, with_title("签约额"), seen)
    hr.post(f"/definitions/{metric.definition_id}/review", data={"effective_from": "2025-07-01"})
    company = metric.definition.company_id
    today = definitions.published(company, "metric", "test.sales")
    tomorrow = definitions.published(company, "metric", "test.sales", on=dt.date(2025, 7, 1))
    assert today is not None
    assert tomorrow is not None
    assert (today.number, tomorrow.number) == (1, 2)


def test_a_day_that_is_none_is_refused(hr: FlaskClient, metric: DefinitionVersion) -> None:
    start_draft(hr, metric)
    answer = hr.post(f"/definitions/{metric.definition_id}/review", data={"effective_from": "31.07.2025"})
    assert answer.status_code == 422
    assert "2025-07-01" in answer.get_data(as_text=True)


def test_a_new_definition_begins_with_a_name_and_gets_its_key_from_pinyin(hr: FlaskClient, people: People) -> None:
    answer = hr.post("/definitions/new", data={"kind": "metric", "title": "新客转化率"})
    assert answer.status_code == 303
    made = db.session.scalar(select(Definition).where(Definition.key == "own.xin_ke_zhuan_hua_lv"))
    assert made is not None
    again = hr.post("/definitions/new", data={"kind": "metric", "title": "新客转化率"})
    assert again.status_code == 303, "a second one of the same name gets a key of its own"


@pytest.mark.parametrize(
    "posted", [{}, {"kind": "metric"}, {"kind": "x", "title": "甲"}, {"kind": "metric", "title": " "}]
)
def test_a_new_definition_without_a_kind_or_name_is_refused(hr: FlaskClient, posted: dict[str, str]) -> None:
    assert hr.post("/definitions/new", data=posted).status_code == 422
    assert db.session.scalar(select(Definition)) is None


def test_discarding_a_draft_keeps_what_is_published(hr: FlaskClient, metric: DefinitionVersion) -> None:
    start_draft(hr, metric)
    assert hr.post(f"/definitions/{metric.definition_id}/discard").status_code == 303
    assert definitions.draft_of(metric.definition) is None
    assert len(definitions.history(metric.definition)) == 1


def test_discarding_what_was_never_published_removes_it(hr: FlaskClient, people: People) -> None:
    hr.post("/definitions/new", data={"kind": "metric", "title": "甲"})
    made = db.session.scalar(select(Definition))
    assert made is not None
    hr.post(f"/definitions/{made.id}/discard")
    assert db.session.scalar(select(Definition)) is None


def test_retiring_takes_a_version_out_of_force(hr: FlaskClient, metric: DefinitionVersion) -> None:
    assert hr.post(f"/definitions/{metric.definition_id}/versions/{metric.id}/retire").status_code == 303
    assert definitions.published(metric.definition.company_id, "metric", "test.sales") is None
    assert hr.get(f"/definitions/{metric.definition_id}").status_code == 200


def test_publishing_leaves_a_trace(hr: FlaskClient, metric: DefinitionVersion) -> None:
    seen = start_draft(hr, metric)
    save(hr, metric, with_title("签约额"), seen)
    hr.post(f"/definitions/{metric.definition_id}/review", data={"note": "改口径"})
    event = db.session.scalars(select(AuditEvent).where(AuditEvent.action == "definition.publish")).all()[-1]
    assert event.value is not None
    assert event.value.reason == "改口径"


def test_definitions_of_another_company_are_not_there(
    hr: FlaskClient, metric: DefinitionVersion, people: People
) -> None:
    other = add_unit(None, "B", "别家", "company")
    metric.definition.company_id = other.id
    db.session.commit()
    assert hr.get(f"/definitions/{metric.definition_id}").status_code == 404


@pytest.mark.parametrize("address", ["edit", "review", ""])
def test_who_may_not_edit_sees_no_draft(sign_in: Any, people: People, metric: DefinitionVersion, address: str) -> None:
    answer = sign_in(people.an).get(f"/definitions/{metric.definition_id}/{address}".rstrip("/"))
    assert answer.status_code == 403


def test_the_list_takes_few_statements(hr: FlaskClient, people: People, counted_statements: Any) -> None:
    for number in range(30):
        document = documents.changed(documents.load("metric"), "/key", f"test.sales{number}")
        definitions.publish(definitions.create(people.company.id, document, by_id=None), by_id=None)
    db.session.commit()
    db.session.remove()
    with counted_statements() as counted:
        page = hr.get("/definitions").get_data(as_text=True)
    assert page.count("销售额") == 30
    assert counted.count <= 4, counted.statements


def test_keys_and_kinds_show_up_in_expert_mode_only(hr: FlaskClient, metric: DefinitionVersion) -> None:
    assert "test.sales" not in hr.get("/definitions").get_data(as_text=True)
    hr.post("/definitions/expert")
    assert "test.sales" in hr.get("/definitions").get_data(as_text=True)


def test_S23_sales_operations_edit_and_somebody_else_publishes(
    people: People, metric: DefinitionVersion, sign_in: Any
) -> None:
    operations = add_member(people.headquarters, "O001", "苏运营", "sales_ops")
    db.session.commit()
    client = sign_in(operations)
    seen = start_draft(client, metric)
    assert save(client, metric, with_title("签约额"), seen).status_code == 303
    assert client.post(f"/definitions/{metric.definition_id}/review", data={}).status_code == 403
    sign_in(people.hr).post(f"/definitions/{metric.definition_id}/review", data={})
    version = definitions.published(people.company.id, "metric", "test.sales")
    assert version is not None
    assert (version.edited_by, version.published_by) == (operations.id, people.hr.id)


def test_a_version_for_two_cities_is_in_force_there_only(people: People, metric: DefinitionVersion) -> None:
    draft = definitions.open_draft(metric.definition, by_id=None)
    definitions.save_draft(draft, with_title("试点"), seen=draft.version_id, by_id=None)
    definitions.publish(draft, by_id=None, scope=[people.east.id])
    db.session.commit()
    company = people.company.id
    everywhere = definitions.published(company, "metric", "test.sales")
    below = definitions.published(company, "metric", "test.sales", unit=people.shanghai)
    above = definitions.published(company, "metric", "test.sales", unit=people.headquarters)
    assert [version and version.number for version in (everywhere, below, above)] == [1, 2, 1]


def test_a_save_that_is_overtaken_at_the_last_moment_is_told_too(metric: DefinitionVersion) -> None:
    draft = definitions.open_draft(metric.definition, by_id=None)
    db.session.commit()
    theirs = {"document": json.loads(with_title("她的标题")), "version_id": draft.version_id + 1}
    with db.engine.begin() as other:
        other.execute(update(DefinitionVersion).where(DefinitionVersion.id == draft.id).values(theirs))
    with pytest.raises(definitions.EditedMeanwhile) as told:
        definitions.save_draft(draft, with_title("他的标题"), seen=draft.version_id, by_id=None)
    assert "她的标题" in told.value.theirs
    assert "他的标题" in told.value.mine
