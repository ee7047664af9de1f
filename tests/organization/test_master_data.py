"""Products and customers through the front door (S30)."""

import datetime as dt
from collections.abc import Callable

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from core import clock, jobs, timers
from core.db import db
from organization import customers
from organization.models import Customer, CustomerOwner, ExternalRef, Member, Product
from tests.product import People, add_member, add_unit

SignIn = Callable[[Member], FlaskClient]


@pytest.fixture
def hospital(people: People) -> Customer:
    customer = Customer(
        company_id=people.company.id, unit_id=people.shanghai.id, code="C1", name="浦东仁和中心医院", tier="三甲",
        owner_id=people.an.id, potential=600_000.0,
    )  # fmt: skip
    db.session.add(customer)
    db.session.flush()
    db.session.add(CustomerOwner(customer_id=customer.id, member_id=people.an.id, from_day=dt.date(2024, 1, 1)))
    db.session.commit()
    return customer


def test_S30_a_product_s_stage_holds_from_its_day_on(people: People, sign_in: SignIn) -> None:
    client = sign_in(people.hr)
    assert client.post("/products/add", data={"code": "P1", "name": "试剂盒", "line": "体外诊断"}).status_code == 303
    product = db.session.scalars(select(Product)).one()
    for stage, day in (("推广期", "2025-01-01"), ("成熟期", "2025-08-01")):
        answer = client.post(f"/products/{product.id}/stages", data={"stage": stage, "from_day": day})
        assert answer.status_code == 303
    product = db.session.scalars(select(Product)).one()
    assert [product.stage_on(dt.date(2025, month, 1)) for month in (7, 8)] == ["推广期", "成熟期"]
    assert product.stage_on(dt.date(2024, 12, 31)) is None
    page = client.get("/products").text
    assert "推广期" in page
    assert "成熟期" not in page


def test_S30_a_product_is_edited_and_a_wrong_form_is_not_saved(people: People, sign_in: SignIn) -> None:
    client = sign_in(people.hr)
    client.post("/products/add", data={"code": "P1", "name": "试剂盒", "line": "体外诊断"})
    product = db.session.scalars(select(Product)).one()
    edited = {"name": "试剂盒Ⅱ", "line": "体外诊断", "attribute": ["share"], "attribute_value": ["22%"]}
    assert client.post(f"/products/{product.id}/edit", data=edited).status_code == 303
    assert product.attributes == {"share": 0.22}
    assert client.post(f"/products/{product.id}/edit", data={"name": "", "line": ""}).status_code == 422
    assert client.post("/products/add", data={"code": "P1", "name": "x", "line": "y"}).status_code == 422
    assert db.session.scalars(select(Product.name)).all() == ["试剂盒Ⅱ"]


def test_S30_a_customer_s_tier_is_edited(people: People, hospital: Customer, sign_in: SignIn) -> None:
    posted = {"name": hospital.name, "tier": "三乙", "unit": people.shanghai.id, "potential": "72.5万"}
    assert sign_in(people.hr).post(f"/customers/{hospital.id}/edit", data=posted).status_code == 303
    assert (hospital.tier, hospital.potential) == ("三乙", 725_000.0)
    wrong = posted | {"potential": "1e308"}
    answer = sign_in(people.hr).post(f"/customers/{hospital.id}/edit", data=wrong)
    assert answer.status_code == 422
    assert 'id="potential-error"' in answer.text


def test_contacts_are_added_with_their_level(people: People, hospital: Customer, sign_in: SignIn) -> None:
    client = sign_in(people.hr)
    contact = {"name": "王主任", "level": "主任", "department": "检验科"}
    assert client.post(f"/customers/{hospital.id}/contacts", data=contact).status_code == 303
    assert "王主任" in client.get(f"/customers/{hospital.id}").text
    assert client.post(f"/customers/{hospital.id}/contacts", data={"name": "王", "level": ""}).status_code == 422
    assert client.post("/customers/contacts/1/remove").status_code == 303
    assert hospital.contacts == []


def test_a_hand_over_from_today_on_shows_at_once(people: People, hospital: Customer, sign_in: SignIn) -> None:
    heir = add_member(people.shanghai, "S002", "李敏", "sales")
    client = sign_in(people.hr)
    posted = {"owner": heir.id, "from_day": "2025-06-30"}
    assert client.post(f"/customers/{hospital.id}/owner", data=posted).status_code == 303
    assert hospital.owner == heir
    page = client.get(f"/customers/{hospital.id}").text
    assert "2024-01-01" in page
    assert "2025-06-30" in page


def test_a_planned_hand_over_happens_on_its_morning(people: People, hospital: Customer, sign_in: SignIn) -> None:
    heir = add_member(people.shanghai, "S002", "李敏", "sales")
    posted = {"owner": heir.id, "from_day": "2025-07-07"}
    assert sign_in(people.hr).post(f"/customers/{hospital.id}/owner", data=posted).status_code == 303
    assert hospital.owner == people.an
    with clock.at(dt.datetime(2025, 7, 7, 0, 1, tzinfo=clock.SHANGHAI)):
        timers.beat()
        jobs.run_due()
    assert db.session.scalars(select(Member.code).join(Customer, Customer.owner_id == Member.id)).all() == ["S002"]


def test_an_owner_must_work_here_on_the_day(people: People, hospital: Customer, sign_in: SignIn) -> None:
    people.an.left_on = dt.date(2025, 7, 1)
    posted = {"owner": people.an.id, "from_day": "2025-07-07"}
    assert sign_in(people.hr).post(f"/customers/{hospital.id}/owner", data=posted).status_code == 422


def test_S27_a_customer_links_to_the_crm_and_says_when_it_is_gone_there(
    people: People, hospital: Customer, sign_in: SignIn
) -> None:
    people.company.link_templates = {"crm": "https://crm.example.com/customers/{id}"}
    ref = ExternalRef(system="crm", subject="customer", subject_id=hospital.id, external_id="SH/1")
    db.session.add(ref)
    client = sign_in(people.an)
    assert 'href="https://crm.example.com/customers/SH%2F1"' in client.get(f"/customers/{hospital.id}").text
    ref.gone_on = dt.date(2025, 5, 20)
    page = client.get(f"/customers/{hospital.id}")
    assert page.status_code == 200
    assert "crm.example.com" not in page.text
    assert "2025-05-20" in page.text


def test_a_link_template_cannot_carry_a_script(people: People, hospital: Customer) -> None:
    people.company.link_templates = {"crm": "javascript:alert(1)//{id}"}
    db.session.add(ExternalRef(system="crm", subject="customer", subject_id=hospital.id, external_id="1"))
    db.session.flush()
    (link,) = customers.links_of(people.company, "customer", [hospital.id])[hospital.id]
    assert link["url"] is None


def test_customers_outside_of_one_s_units_are_not_there(people: People, hospital: Customer, sign_in: SignIn) -> None:
    north = add_unit(people.headquarters, "NORTH", "华北大区", "region")
    hospital.unit_id, hospital.owner_id = north.id, None
    client = sign_in(people.an)
    assert client.get(f"/customers/{hospital.id}").status_code == 404
    assert hospital.name not in client.get("/customers").text
    assert client.post(f"/customers/{hospital.id}/contacts", data={"name": "x", "level": "y"}).status_code == 403
