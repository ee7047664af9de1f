"""安店长 opens her week on the phone, does one task with evidence, takes it back, adds a customer of her own."""

import io
import json
import re
from pathlib import Path

from flask import current_app
from sqlalchemy import select, update

from builder.models import DefinitionVersion
from core.db import db
from organization.models import Contact, Customer
from runtime.actions import tasks
from runtime.actions.models import Task, TaskItem
from runtime.goals.models import GoalSet
from tests.sales import Sales

WEEK = "2025-W27"
PNG = b"\x89PNG\r\n\x1a\n" + b"\x00" * 64


def test_S26_she_sees_her_own_tasks_and_nobody_elses(sales: Sales, published: GoalSet, sign_in) -> None:
    page = sign_in(sales.people.an).get("/tasks/week").get_data(as_text=True)
    assert "三甲医院主任级拜访" in page
    assert "安店长的第" in page
    assert "李敏的第" not in page


def test_S27_each_customer_links_to_the_crm_and_a_deleted_one_is_flagged(
    sales: Sales, published: GoalSet, sign_in
) -> None:
    gone = db.session.scalar(select(Customer).where(Customer.name == "安店长的第10家医院"))
    task = next(task for task in tasks.of_week(sales.people.an, WEEK) if task.tier == "routine")
    tasks.add_customer(task, gone.id)
    db.session.commit()
    page = sign_in(sales.people.an).get("/tasks/week").get_data(as_text=True)
    assert re.search(r'href="https://crm\.example\.com/customers/X0\d"', page)
    assert "CRM 中已删除" in page


def test_S20_an_item_is_done_with_place_and_time(sales: Sales, published: GoalSet, sign_in) -> None:
    item = director_item(sales)
    client = sign_in(sales.people.an)
    answer = client.post(f"/tasks/items/{item.id}/done", data={"place": "检验科 3 楼", "note": "约了周四试机"})
    assert answer.status_code == 303
    done = db.session.get_one(TaskItem, item.id, populate_existing=True)
    assert done.evidence["place"] == "检验科 3 楼"
    assert done.evidence["at"].startswith("2025-06-30")
    assert done.task.done == 1
    assert done.customer.last_visited_on.isoformat() == "2025-06-30"


def test_S20_a_photo_is_evidence_too_for_her_and_her_line(sales: Sales, published: GoalSet, sign_in) -> None:
    item = director_item(sales)
    client = sign_in(sales.people.an)
    answer = client.post(f"/tasks/items/{item.id}/done", data={"photo": (io.BytesIO(PNG), "x.exe")})
    assert answer.status_code == 303
    shown = client.get(f"/tasks/items/{item.id}/photo")
    assert shown.mimetype == "image/png"
    assert shown.get_data() == PNG
    assert sign_in(sales.people.east_manager).get(f"/tasks/items/{item.id}/photo").status_code == 200
    colleague = next(rep for rep in sales.reps if rep.name == "李敏")
    assert sign_in(colleague).get(f"/tasks/items/{item.id}/photo").status_code == 403


def test_S20_words_alone_prove_nothing(sales: Sales, published: GoalSet, sign_in) -> None:
    item = director_item(sales)
    answer = sign_in(sales.people.an).post(f"/tasks/items/{item.id}/done", data={"note": "聊得很好"})
    assert answer.status_code == 422
    assert "写明地点,或附一张照片" in answer.get_data(as_text=True)
    assert db.session.get_one(TaskItem, item.id, populate_existing=True).done_at is None


def test_S20_where_the_rules_want_a_photo_a_place_is_not_enough(sales: Sales, published: GoalSet, sign_in) -> None:
    item = director_item(sales)
    asked = {"evidence": "photo"}
    document = published.cascade_version.document
    tasks_then = [
        entry | asked if item.task.template.endswith(entry["id"]) else entry for entry in document["body"]["tasks"]
    ]
    changed = document | {"body": document["body"] | {"tasks": tasks_then}}
    db.session.execute(
        update(DefinitionVersion).where(DefinitionVersion.id == item.task.cascade_version_id).values(document=changed)
    )
    db.session.commit()
    client = sign_in(sales.people.an)
    refused = client.post(f"/tasks/items/{item.id}/done", data={"place": "检验科"})
    assert refused.status_code == 422
    assert "这项任务需要照片" in refused.get_data(as_text=True)
    done = client.post(f"/tasks/items/{item.id}/done", data={"photo": (io.BytesIO(PNG), "a.png")})
    assert done.status_code == 303


def test_S20_the_contacts_level_must_be_the_one_asked_for(sales: Sales, published: GoalSet, sign_in) -> None:
    item = director_item(sales)
    buyer = Contact(customer_id=item.customer_id, name="采购员", level="采购", department="")
    db.session.add(buyer)
    db.session.commit()
    answer = sign_in(sales.people.an).post(
        f"/tasks/items/{item.id}/done", data={"place": "采购部", "contact_id": buyer.id}
    )
    assert answer.status_code == 422
    assert "主任" in answer.get_data(as_text=True)


def test_a_file_that_is_not_a_picture_is_refused(sales: Sales, published: GoalSet, sign_in) -> None:
    item = director_item(sales)
    upload = {"photo": (io.BytesIO(b"<script>alert(1)</script>"), "photo.png")}
    answer = sign_in(sales.people.an).post(f"/tasks/items/{item.id}/done", data=upload)
    assert answer.status_code == 422
    assert db.session.get_one(TaskItem, item.id, populate_existing=True).done_at is None


def test_a_phone_that_had_no_signal_says_when_it_was_done_and_may_send_it_twice(
    sales: Sales, published: GoalSet, sign_in
) -> None:
    item = director_item(sales)
    client = sign_in(sales.people.an)
    sent = {"place": "检验科", "client_id": "phone-1", "recorded_at": "2025-06-29T18:00:00+08:00"}
    for _ in range(2):
        assert client.post(f"/tasks/items/{item.id}/done", data=sent).status_code == 303
    done = db.session.get_one(TaskItem, item.id, populate_existing=True)
    assert done.done_at.isoformat() == "2025-06-29T10:00:00+00:00"
    assert done.task.done == 1
    other = client.post(f"/tasks/items/{item.id}/done", data=sent | {"client_id": "phone-2"})
    assert other.status_code == 409


def test_doing_it_twice_counts_once(sales: Sales, published: GoalSet, sign_in) -> None:
    item = director_item(sales)
    client = sign_in(sales.people.an)
    client.post(f"/tasks/items/{item.id}/done", data={"place": "检验科"})
    assert client.post(f"/tasks/items/{item.id}/done", data={"place": "检验科"}).status_code == 409
    assert db.session.get_one(Task, item.task_id, populate_existing=True).done == 1


def test_she_takes_it_back_within_a_day(sales: Sales, published: GoalSet, sign_in) -> None:
    item = director_item(sales)
    client = sign_in(sales.people.an)
    client.post(f"/tasks/items/{item.id}/done", data={"place": "检验科"})
    client.post(f"/tasks/items/{item.id}/reopen")
    reopened = db.session.get_one(TaskItem, item.id, populate_existing=True)
    assert reopened.done_at is None
    assert reopened.task.done == 0


def test_somebody_elses_item_does_not_exist_for_her(sales: Sales, published: GoalSet, sign_in) -> None:
    colleague = next(rep for rep in sales.reps if rep.name == "李敏")
    item = tasks.of_week(colleague, WEEK)[0].items[0]
    client = sign_in(sales.people.an)
    assert client.get(f"/tasks/items/{item.id}").status_code == 404
    assert client.post(f"/tasks/items/{item.id}/done", data={"place": "x"}).status_code == 404


def test_she_adds_a_customer_of_her_own_but_not_of_another_tier(sales: Sales, published: GoalSet, sign_in) -> None:
    directors = director_item(sales).task
    second_rate = db.session.scalar(select(Customer).where(Customer.name == "安店长的第8家医院"))
    client = sign_in(sales.people.an)
    refused = client.post(f"/tasks/{directors.id}/customers", data={"customer_id": second_rate.id})
    assert refused.status_code == 422
    assert "三甲" in refused.get_data(as_text=True)


def test_why_tells_amount_rates_rounding_and_part(sales: Sales, published: GoalSet, sign_in) -> None:
    task = director_item(sales).task
    page = sign_in(sales.people.an).get(f"/tasks/{task.id}/why").get_data(as_text=True)
    for words in ("全年目标还剩", "本周应完成", "统一进位", task.why["formula"]):
        assert words in page


def test_the_manager_sees_his_people_and_who_is_behind(sales: Sales, published: GoalSet, sign_in) -> None:
    page = sign_in(sales.people.east_manager).get("/tasks/team").get_data(as_text=True)
    assert "安店长" in page
    assert "赵磊" in page
    assert "周涛" not in page  # 西南 is not his
    stranger = next(rep for rep in sales.reps if rep.name == "周涛")
    assert sign_in(sales.people.east_manager).get(f"/tasks/people/{stranger.id}").status_code == 403


def test_the_pages_cost_few_statements(sales: Sales, published: GoalSet, sign_in, counted_statements) -> None:
    client = sign_in(sales.people.an)
    with counted_statements() as counted:
        client.get("/tasks/week")
    assert counted.count <= 6, "\n".join(counted.statements)
    client = sign_in(sales.people.east_manager)
    with counted_statements() as counted:
        client.get("/tasks/team")
    assert counted.count <= 4, "\n".join(counted.statements)


def director_item(sales: Sales) -> TaskItem:
    task = next(task for task in tasks.of_week(sales.people.an, WEEK) if task.contact_level == "主任")
    return task.items[0]


def test_an_erased_persons_goals_and_tasks_no_longer_name_her(
    sales: Sales, published: GoalSet, guantong, sign_in
) -> None:
    item = director_item(sales)
    evidence = {"place": "检验科 3 楼", "note": "安店长约了周四", "photo": (io.BytesIO(PNG), "a.png")}
    sign_in(sales.people.an).post(f"/tasks/items/{item.id}/done", data=evidence)
    held = json.loads(guantong("members", "export", "S001", "--json").stdout)
    assert held["goals"]["goals"][0]["name"] == "安店长"
    assert [row["evidence"]["place"] for row in held["tasks"]["items"] if row["evidence"]] == ["检验科 3 楼"]
    erased = guantong("members", "erase", "S001", "--yes", "--reason", "本人要求")
    assert erased.exit_code == 0, erased.output
    said = everything(without=("customer",))  # a hospital's name is not a person's
    for trace in ("安店长", "检验科 3 楼", "周四"):
        assert trace not in said
    files = Path(current_app.instance_path) / "files"
    assert [file for file in files.rglob("*") if file.is_file()] == []


def everything(without: tuple[str, ...]) -> str:
    """All that the database says, as text."""
    tables = [table for name, table in db.metadata.tables.items() if name not in without]
    return "\n".join(str(value) for table in tables for row in db.session.execute(select(table)) for value in row)
