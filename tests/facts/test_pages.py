"""数据 in the browser: each number leads to the facts behind it, and one sees the units that one answers for."""

import datetime as dt
import re
from collections.abc import Callable

from flask.testing import FlaskClient
from sqlalchemy import select

from core import clock
from core.config import CHECKOUT
from core.db import db
from organization.models import Member
from runtime.facts import measures, touches
from runtime.facts.models import Fact
from runtime.facts.touches import GivenTouch
from tests.facts.conftest import Feed
from tests.sales import Sales

SignIn = Callable[[Member], FlaskClient]


def numbers(page: str) -> dict[str, list[str]]:
    """What the table says, by line."""
    lines = re.findall(r"<tr>\s*<th scope=\"row\">(.*?)</th>(.*?)</tr>", page, re.DOTALL)
    cells = [(_text(name), re.findall(r"<td[^>]*>(.*?)</td>", row, re.DOTALL)) for name, row in lines]
    return {name: [_text(cell) for cell in row] for name, row in cells}


def _text(html: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", html).split())


def links(page: str) -> list[str]:
    return [url.replace("&amp;", "&") for url in re.findall(r'href="(/facts/sources[^"]*)"', page)]


def test_S7_figures_by_unit_and_quarter_and_a_dash_where_nothing_came(
    sales: Sales, feed: Feed, sign_in: SignIn
) -> None:
    feed({"value": 120_000, "member": "S001"}, {"value": 30_000, "member": "JS0", "period": "2025-02"})
    feed({"value": 5_000, "unit": "EAST", "period": "2025-Q2"}, {"value": 1_000, "member": "SC0", "period": "2024-12"})
    client = sign_in(sales.people.hr)
    whole = numbers(client.get("/facts").text)
    assert whole["合计"] == ["3万", "12.5万", "—", "—", "15.5万"]
    assert whole["华东大区"] == ["3万", "12.5万", "—", "—", "15.5万"]
    assert whole["西南大区"] == ["—"] * 5
    east = numbers(client.get(f"/facts?unit={sales.people.east.id}&by=month").text)
    assert east["上海"][4] == "12万"
    assert east["计入本单位"] == ["—"] * 12 + ["5,000元"]  # a quarter lies in no month, but in the year
    assert numbers(client.get(f"/facts?unit={sales.people.shanghai.id}").text)["安店长"][1] == "12万"


def test_S7_every_number_leads_to_its_facts_and_these_add_up_to_it(sales: Sales, feed: Feed, sign_in: SignIn) -> None:
    for value in (90_000, 120_000):
        feed({"value": value, "member": "S001", "source_ref": "SO-7"}, {"value": 40_000, "unit": "SH"}, source="xlsx")
    client = sign_in(sales.people.hr)
    for address in (f"/facts?unit={sales.people.shanghai.id}", "/facts?by=month"):
        for link in links(client.get(address).text):
            page = client.get(link)
            assert page.status_code == 200, link
            assert "12万" in page.text or "4万" in page.text, link
    own = next(link for link in links(client.get(f"/facts?unit={sales.people.shanghai.id}").text) if "own=1" in link)
    assert next(iter(numbers(client.get(own).text).values()))[1] == "4万"
    page = client.get(links(client.get("/facts").text)[0]).text
    row = next(cells for cells in re.findall(r"<tr>.*?</tr>", page, re.DOTALL) if "安店长" in cells)
    assert ["Excel 文件" in row, "SO-7" in row, "2025-06-30 09:00" in row, "已更正" in row] == [True] * 4


def test_S7_a_fact_shows_its_revisions(sales: Sales, feed: Feed, sign_in: SignIn) -> None:
    for value in (90_000, 120_000):
        feed({"value": value, "member": "S001"})
    for fact in db.session.scalars(select(Fact)).all():
        page = sign_in(sales.people.hr).get(f"/facts/{fact.id}").text
        assert numbers(page) == {
            "2 生效": ["12万", "CSV 文件", "2025-06-30 09:00"],
            "1": ["9万", "CSV 文件", "2025-06-30 09:00"],
        }


def test_figures_of_other_units_are_not_there(sales: Sales, feed: Feed, sign_in: SignIn) -> None:
    feed({"value": 1, "member": "SC0"})
    fact = db.session.scalars(select(Fact.id)).one()
    client = sign_in(sales.people.east_manager)
    for address in (f"/facts/{fact}", f"/facts?unit={sales.sichuan.id}", "/facts/999999"):
        assert client.get(address).status_code == 404, address
    hidden = f"/facts/sources?metric=medical.sales_amount&unit={sales.sichuan.id}"
    assert client.get(hidden).status_code == 404
    assert "四川" not in client.get("/facts").text


def test_a_salesperson_is_not_shown_everybodys_figures(sales: Sales, sign_in: SignIn) -> None:
    client = sign_in(sales.people.an)
    assert client.get("/facts").status_code == 403


def test_S13_the_page_says_who_is_late(sales: Sales, feed: Feed, sign_in: SignIn) -> None:
    with clock.at(dt.datetime(2025, 6, 3, 2, tzinfo=dt.UTC)):
        feed({"value": 1, "member": "S001"}, {"value": 1, "member": "SC0", "period": "2025-04"})
    page = sign_in(sales.people.hr).get("/facts/latency").text
    assert numbers(page)["上海"][1:4] == ["2025-05", "及时", "1"]
    assert numbers(page)["四川"][1:3] == ["2025-05", "缺报"]


def test_S20_the_page_says_what_became_of_visits(sales: Sales, sign_in: SignIn, run_jobs: Callable[[], int]) -> None:
    happened = [("C0-0", "2025-06-20", "visit"), ("C0-0", "2025-06-23", "quote"), ("C0-1", "2025-06-24", "visit")]
    batch = [GivenTouch(f"/{n}", customer, "S001", day, kind) for n, (customer, day, kind) in enumerate(happened)]
    touches.feed(sales.people.company.id, batch, source="api", by_id=None)
    run_jobs()
    client = sign_in(sales.people.hr)
    states = {row[0]: (row[3], row[4]) for row in numbers(client.get("/facts/visits").text).values()}
    assert states == {"2025-06-20": ("有效", "2025-06-23"), "2025-06-24": ("待确认", "—")}
    assert len(numbers(client.get("/facts/visits?state=pending").text)) == 1
    assert "手工填写" in client.get("/facts?metric=medical.visit_effective").text


def test_pages_without_figures_say_what_to_do(sales: Sales, sign_in: SignIn) -> None:
    client = sign_in(sales.people.hr)
    for address in ("/facts", "/facts/latency", "/facts/visits", "/facts?metric=medical.nothing&year=1&by=x"):
        page = client.get(address)
        assert page.status_code == 200
        assert 'class="empty"' in page.text, address


def test_the_reference_names_every_measure() -> None:
    text = (CHECKOUT / "docs/reference/measures.md").read_text("utf-8")
    functions = [name for name in measures.__all__ if name.islower()]
    shapes = {"column", "plain", "rounded", "shown", "is_met", "growth_target", "standing_of"}
    assert [name for name in functions if name not in shapes and f"`{name}`" not in text] == []
    assert all(f"F{number}" in text for number in range(1, 14))
