"""What a record makes: a visit that counts, a task that is done, a figure; and what it does not."""

import io
from typing import Any

from sqlalchemy import select

from core import jobs
from core.db import db
from organization.models import Contact, Customer, Member
from runtime.actions.models import TaskItem
from runtime.facts.models import Fact, Touch
from runtime.goals.models import GoalSet
from tests.product import CountedStatements
from tests.sales import Sales
from tests.submissions.conftest import Publish, SignIn

KEY = "test.visit"
VISIT: dict[str, Any] = {
    "data": {
        "type": "object",
        "required": ["customer", "day"],
        "properties": {
            "customer": {"x-id": "f1", "title": "客户", "type": "integer", "x-pick": {}},
            "day": {"x-id": "f2", "title": "日期", "type": "string"},
            "level": {
                "x-id": "f3",
                "title": "级别",
                "type": "string",
                "x-options": [{"id": "head", "title": {"zh": "主任"}}, {"id": "buyer", "title": {"zh": "采购"}}],
            },
            "where": {"x-id": "f4", "title": "地点", "type": "array", "items": {"type": "number"}},
            "sold": {"x-id": "f5", "title": "成交额", "type": "number"},
        },
    },
    "layout": [
        {"id": "l1", "field": "f1", "widget": "customer"},
        {"id": "l2", "field": "f2", "widget": "date"},
        {"id": "l3", "field": "f3", "widget": "choice"},
        {"id": "l4", "field": "f4", "widget": "location"},
        {"id": "l5", "field": "f5", "widget": "money"},
    ],
    "creates": [
        {
            "id": "w1",
            "make": "touch",
            "kind": "visit",
            "from": {"customer": "f1", "day": "f2", "contact_level": "f3"},
        },
        {"id": "w2", "make": "task_done", "from": {"customer": "f1", "day": "f2", "contact_level": "f3"}},
        {"id": "w3", "make": "fact", "metric": "medical.sales_amount", "from": {"value": "f5", "day": "f2"}},
    ],
}


def of(rep: Member, level: str) -> Customer:
    asked = select(Customer).join(Contact).where(Customer.owner_id == rep.id, Contact.level == level)
    return db.session.scalars(asked.order_by(Customer.id)).first() or Customer()


def test_S20_a_visit_is_a_touch_and_closes_the_task_that_asks_for_it(
    sales: Sales, published: GoalSet, publish: Publish, sign_in: SignIn
) -> None:
    publish(VISIT, KEY)
    own = select(TaskItem).where(TaskItem.task.has(member_id=sales.people.an.id))
    wanted = next(one for one in db.session.scalars(own) if one.contact is not None and one.contact.level == "主任")
    visit = {"customer": str(wanted.customer_id), "day": "2025-06-30", "level": "head", "client_id": "one"}
    where = {"where-lat": "31.23", "where-lon": "121.47"}
    assert sign_in(sales.people.an).post(f"/forms/{KEY}", data=visit | where).status_code == 303
    jobs.run_due()
    touch = db.session.scalars(select(Touch)).one()
    assert (touch.customer_id, touch.member_id, touch.contact_level) == (wanted.customer_id, sales.people.an.id, "主任")
    done = db.session.get_one(TaskItem, wanted.id, populate_existing=True)
    assert done.done_at is not None
    assert done.evidence
    assert done.evidence["place"] == "31.23000, 121.47000"


def test_S20_the_visit_log_of_the_pack_closes_a_task_with_its_photo(
    sales: Sales, published: GoalSet, sign_in: SignIn
) -> None:
    own = select(TaskItem).where(TaskItem.task.has(member_id=sales.people.an.id))
    wanted = next(one for one in db.session.scalars(own) if one.contact is not None and one.contact.level == "主任")
    posted = {"customer": str(wanted.customer_id), "day": "2025-06-30", "kind": "visit", "contact_level": "director"}
    client, address = sign_in(sales.people.an), "/forms/medical.visit_log"
    assert client.post(address, data=posted | {"client_id": "one"}).status_code == 422, "a visit needs evidence"
    photo = {"photo": (io.BytesIO(b"\x89PNG\r\n\x1a\n" + b"\0" * 64), "门头.png")}
    answer = client.post(address, data=posted | {"client_id": "one"} | photo, content_type="multipart/form-data")
    assert answer.status_code == 303, answer.text
    jobs.run_due()
    assert db.session.scalars(select(Touch)).one().contact_level == "主任"
    done = db.session.get_one(TaskItem, wanted.id, populate_existing=True)
    assert done.evidence
    assert client.get(f"/tasks/items/{wanted.id}/photo").mimetype == "image/png"
    assert done.evidence["photo"]


def test_S20_words_alone_prove_nothing(sales: Sales, published: GoalSet, publish: Publish, sign_in: SignIn) -> None:
    publish(VISIT, KEY)
    customer = of(sales.people.an, "主任")
    visit = {"customer": str(customer.id), "day": "2025-06-30", "level": "head", "client_id": "one"}
    sign_in(sales.people.an).post(f"/forms/{KEY}", data=visit)
    jobs.run_due()
    assert db.session.scalars(select(Touch)).one()
    assert not db.session.scalars(select(TaskItem).where(TaskItem.done_at.is_not(None))).all()


def test_S7_a_figure_comes_from_a_form_with_its_reference(sales: Sales, publish: Publish, sign_in: SignIn) -> None:
    publish(VISIT, KEY)
    customer, an_id = of(sales.people.an, "采购"), sales.people.an.id
    visit = {"customer": str(customer.id), "day": "2025-06-27", "sold": "12.8万", "client_id": "one"}
    sign_in(sales.people.an).post(f"/forms/{KEY}", data=visit)
    jobs.run_due()
    fact = db.session.scalars(select(Fact).where(Fact.source == "form")).one()
    assert (fact.value, fact.member_id, fact.period) == (128_000, an_id, "2025-06-27")
    assert fact.source_ref.startswith("submission:")


def test_somebody_elses_customer_cannot_be_visited(sales: Sales, publish: Publish, sign_in: SignIn) -> None:
    publish(VISIT, KEY)
    other = next(rep for rep in sales.reps if rep.unit_id == sales.sichuan.id)
    visit = {"customer": str(of(other, "主任").id), "day": "2025-06-27", "client_id": "one"}
    assert sign_in(sales.people.an).post(f"/forms/{KEY}", data=visit).status_code == 422


def test_what_it_creates_costs_one_statement_when_it_is_sent(
    sales: Sales, publish: Publish, sign_in: SignIn, counted_statements: type[CountedStatements]
) -> None:
    plain = {"data": {"type": "object", "properties": {"sold": VISIT["data"]["properties"]["sold"]}}}
    fact = {"id": "w3", "make": "fact", "metric": "medical.sales_amount", "from": {"value": "f5"}}
    publish(plain | {"layout": [VISIT["layout"][4]], "creates": [fact]}, KEY)
    client = sign_in(sales.people.an)
    client.post(f"/forms/{KEY}", data={"sold": "1万", "client_id": "warm"})
    with counted_statements() as counted:
        client.post(f"/forms/{KEY}", data={"sold": "2万", "client_id": "one"})
    assert counted.count == 6, counted.statements
