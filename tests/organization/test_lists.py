"""Lists at the sizes that companies have: every page in at most four statements, whatever the number of rows."""

import datetime as dt
import io
from collections.abc import Callable

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient
from sqlalchemy import select

from core.db import db
from organization import accounts, members
from organization.models import Company, Customer, Grant, Member, OrgUnit
from tests.product import PASSWORD, CountedStatements, People, add_unit

SignIn = Callable[[Member], FlaskClient]

LIMIT = 4


@pytest.fixture
def a1(demo_company: Company) -> None:
    """The demo company; its HR and one salesperson may sign in."""
    for code in ("E0002", "JS001", "RXN"):
        accounts.create(_member(code), login=code, password=PASSWORD, must_change=False)
    db.session.commit()


def _member(code: str) -> Member:
    return db.session.scalars(select(Member).where(Member.code == code)).one()


def _unit(code: str) -> OrgUnit:
    return db.session.scalars(select(OrgUnit).where(OrgUnit.code == code)).one()


def _statements(client: FlaskClient, counted_statements: type[CountedStatements], address: str) -> int:
    with counted_statements() as counted:
        assert client.get(address).status_code == 200
    return counted.count


def test_every_list_page_takes_four_statements_at_most(
    a1: None, sign_in: SignIn, counted_statements: type[CountedStatements]
) -> None:
    client = sign_in(_member("E0002"))
    jiangsu, someone = _unit("JS").id, _member("JS001").id
    for address in (
        "/organisation",
        "/organisation?q=江苏",
        "/people",
        "/people?q=wang&role=sales",
        "/customers",
        f"/customers?unit={jiangsu}&tier=三甲&q=医院",
        f"/customers?owner={someone}",
        "/products",
        "/calendar",
        "/imports",
    ):
        assert _statements(client, counted_statements, address) <= LIMIT, address


def test_S30_every_customer_is_reached_page_by_page_once_and_back(a1: None, sign_in: SignIn) -> None:
    client = sign_in(_member("E0002"))
    jiangsu = _unit("JS").id
    wanted = set(db.session.scalars(select(Customer.id).where(Customer.unit_id == jiangsu)))
    address, seen = f"/customers?unit={jiangsu}", []
    while address:
        page = client.get(address).text
        seen += _links(page, "/customers/")
        address = _relation(page, "next")
    assert len(seen) == len(wanted) == 384
    assert set(seen) == wanted
    first = client.get("/customers?tier=三甲").text
    second = client.get(_relation(first, "next")).text
    back = client.get(_relation(second, "prev")).text
    assert _links(back, "/customers/") == _links(first, "/customers/")
    assert _relation(back, "prev") == ""


def test_a_salesperson_lists_the_customers_of_his_province_only(a1: None, sign_in: SignIn) -> None:
    client = sign_in(_member("JS001"))
    assert "384" in client.get("/customers").text
    mine = client.get(f"/customers?owner={_member('JS001').id}").text
    owned = set(db.session.scalars(select(Customer.id).where(Customer.owner_id == _member("JS001").id)))
    assert set(_links(mine, "/customers/")) == owned
    assert client.get("/customers/export.csv").get_data(as_text=True).count("\n") == 385


def test_S30_all_5160_customers_and_the_staff_are_exported_and_come_back_unchanged(a1: None, sign_in: SignIn) -> None:
    client = sign_in(_member("E0002"))
    for address, kind, count, language in (
        ("/customers/export.xlsx", "customers", 5160, "zh"),
        ("/customers/export.csv", "customers", 5160, "en"),
        ("/people/export.xlsx", "people", 470, "en"),
        ("/people/export.csv", "people", 470, "zh"),
    ):
        file = client.get(address, headers={"Accept-Language": language})
        answer = client.post(f"/imports/{kind}", data={"file": (io.BytesIO(file.data), "导出")})
        page = client.get(answer.location).text
        assert f"<dd>{count}</dd>" in page, address
        assert "fingerprint" not in page


@pytest.mark.parametrize("size", [50, 160, 430, 500])
def test_S102_a_company_of_this_size_is_shown_in_the_same_statements(
    people: People, sign_in: SignIn, counted_statements: type[CountedStatements], size: int
) -> None:
    _hire(people, size)
    client = sign_in(people.hr)
    for address in ("/organisation", "/people", f"/people?unit={people.east.id}", "/organisation?q=00"):
        assert _statements(client, counted_statements, address) <= LIMIT, address
    assert str(size) in client.get(f"/people?unit={people.shanghai.id}&role=sales").text


def test_S60_three_regions_of_five_to_eight_cities_are_a_tree(people: People, sign_in: SignIn) -> None:
    people.company.levels = [*people.company.levels, {"key": "city", "title": {"zh": "城市", "en": "City"}}]
    for region, cities in (("华南大区", 6), ("华北大区", 5), ("西部大区", 8)):
        unit = add_unit(people.headquarters, region, region, "region")
        for number in range(cities):
            add_unit(unit, f"{region}{number}", f"{region}第{number}城", "city")
    client = sign_in(people.hr)
    page = client.get(f"/organisation?open={_unit('西部大区').id}").text
    assert all(f"西部大区第{number}城" in page for number in range(8))
    assert "华南大区第0城" not in page


def _hire(people: People, size: int) -> None:
    """So many salespeople in 上海, 安店长 among them."""
    names = [f"员工{number:04}" for number in range(size - 1)]
    rows = [
        {
            "company_id": people.company.id,
            "unit_id": people.shanghai.id,
            "code": f"N{number:04}",
            "name": name,
            "pinyin": members.sort_key(name),
            "role": "sales",
            "joined_on": dt.date(2024, 1, 1),
            "attributes": {},
            "represents_frontline": False,
        }
        for number, name in enumerate(names)
    ]
    ids = db.session.scalars(sa.insert(Member).returning(Member.id), rows)
    grants = [{"member_id": member_id, "role": "sales", "unit_id": people.shanghai.id} for member_id in ids]
    db.session.execute(sa.insert(Grant), grants)


def _links(page: str, prefix: str) -> list[int]:
    heads = page.split('<th scope="row"><a href="' + prefix)[1:]
    return [int(head.partition('"')[0]) for head in heads]


def _relation(page: str, name: str) -> str:
    _before, found, after = page.partition(f'rel="{name}" href="')
    return after.partition('"')[0].replace("&amp;", "&") if found else ""
