"""得分 in the browser: a team's list, a person's periods, and why; everybody sees what is his to see."""

import re
from collections.abc import Callable

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from core.db import db
from organization.models import Member
from runtime.facts import periods
from runtime.scores import runs
from runtime.scores.models import Score, ScoreRun
from tests.product import CountedStatements, add_member
from tests.sales import Sales
from tests.scores.figures import COMPOSITE, PROFIT, SALES, TARGET, conduct, feed

SignIn = Callable[[Member], FlaskClient]
QUARTERS = {"2025-Q1": 600_000, "2025-Q2": 900_000}


@pytest.fixture
def scored(sales: Sales) -> Sales:
    """安店长 in 上海 gets 75.5 and then 81.5 points; 周涛 in 四川 has no profit yet and is held."""
    for quarter, amount in QUARTERS.items():
        feed(sales, "S001", *conduct(quarter), (TARGET, quarter, 1_000_000, "P2"))
        feed(sales, "S001", (SALES, quarter, amount, "P2"), (PROFIT, quarter, 150_000, "P2"))
        feed(sales, "SC0", *conduct(quarter), (TARGET, quarter, 1_000_000, "P2"), (SALES, quarter, amount, "P2"))
        runs.compute(sales.people.company.id, COMPOSITE, periods.read(quarter), by_id=None)
    db.session.commit()
    return sales


def score_of(name: str, quarter: str = "2025-Q2") -> Score:
    query = select(Score).join(Score.member).join(Score.run).order_by(ScoreRun.revision.desc())
    found = db.session.scalars(query.where(Member.name == name, ScoreRun.period == quarter)).first()
    assert found is not None
    return found


def test_hr_sees_everybody_with_grade_and_change(scored: Sales, sign_in: SignIn) -> None:
    page = sign_in(scored.people.hr).get("/scores").text
    assert "2025年2季度" in page
    row = page.partition("安店长")[2].partition("</tr>")[0]
    assert "81.5" in row
    assert "+6.0" in row
    assert "暂不计分" in page.partition("周涛")[2].partition("</tr>")[0]
    assert "华东大区" in page.partition("按单位")[2].partition("</section>")[0]


def test_a_manager_sees_his_own_people_only(scored: Sales, sign_in: SignIn) -> None:
    client = sign_in(scored.people.east_manager)
    page = client.get("/scores").text
    assert "安店长" in page
    assert "周涛" not in page
    assert client.get(f"/scores/people/{scored.people.an.id}").status_code == 200
    assert client.get(f"/scores/people/{score_of('周涛').member_id}").status_code == 403
    assert client.get(f"/scores/{score_of('周涛').id}").status_code == 404


def test_a_salesperson_sees_his_own_points_and_why(scored: Sales, sign_in: SignIn) -> None:
    client = sign_in(scored.people.an)
    assert client.get("/scores").status_code == 403
    page = client.get("/scores/mine").text
    assert "81.5" in page
    assert "分子诊断" in page
    assert client.get(f"/scores/{score_of('安店长').id}").status_code == 200
    assert client.get(f"/scores/{score_of('周涛').id}").status_code == 404
    assert 'href="/scores/mine"' in page


def test_the_explanation_names_values_rows_versions_and_leads_to_the_figures(scored: Sales, sign_in: SignIn) -> None:
    client = sign_in(scored.people.hr)
    page = client.get(f"/scores/{score_of('安店长', '2025-Q1').id}").text
    for words in ("75.5", "推广期", "覆盖权重", "0.4", "产品阶段权重", "第 1 版", "60%", "60万", "30万", "得分等级"):
        assert words in page, words
    assert "metric=medical.sales_amount" in page
    assert f"member={scored.people.an.id}" in page
    facts = (
        page.partition('href="/facts/sources?metric=medical.sales_amount')[2].partition('"')[0].replace("&amp;", "&")
    )
    assert "60万" in sign_in(scored.people.hr).get(f"/facts/sources?metric=medical.sales_amount{facts}").text


def test_a_held_score_says_what_is_missing(scored: Sales, sign_in: SignIn) -> None:
    page = sign_in(scored.people.hr).get(f"/scores/{score_of('周涛').id}").text
    assert "为什么没有得分" in page
    assert "利润达成" in page


def test_the_list_sorts_filters_and_goes_out_as_a_sheet(scored: Sales, sign_in: SignIn) -> None:
    client = sign_in(scored.people.hr)
    assert client.get("/scores?sort=change&order=up").status_code == 200
    assert "安店长" not in client.get("/scores?grade=held").text.partition("<tbody>")[2].rpartition("周涛")[0][-400:]
    sheet = client.get("/scores/export.csv").data.decode("utf-8-sig")
    assert "S001,安店长,上海,81.5," in sheet
    assert client.get("/scores/export.xlsx").data[:2] == b"PK"


@pytest.mark.parametrize("order", ["sort=score", "sort=change", "sort=change&order=up", "sort=name&order=up"])
def test_pages_follow_each_other_whatever_ties_and_gaps(scored: Sales, sign_in: SignIn, order: str) -> None:
    colleagues(scored, 110)
    client = sign_in(scored.people.hr)
    sheet = client.get(f"/scores/export.csv?{order}").data.decode("utf-8-sig").splitlines()[1:]
    everybody = [line.split(",")[1] for line in sheet]
    assert len(everybody) == 112
    first = client.get(f"/scores?{order}").text
    second = client.get(link(first, "next")).text
    third = client.get(link(second, "next")).text
    assert names(first) + names(second) + names(third) == everybody
    assert 'rel="next"' not in third
    assert names(client.get(link(third, "prev")).text) == names(second)
    held = [bool(line.split(",")[3]) for line in sheet]
    if order == "sort=score":
        assert held == sorted(held, reverse=True), "who has no points comes last"


def colleagues(scored: Sales, count: int) -> None:
    """People of 上海 whose points are often the same; every ninth is held, every seventh is new."""
    before, now = db.session.scalars(select(ScoreRun).order_by(ScoreRun.first_day))
    unit = scored.people.shanghai
    for n in range(count):
        member = add_member(unit, f"N{n:03}", f"同事{n:03}", "sales")
        for run in (before, now) if n % 7 else (now,):
            value = None if n % 9 == 0 else 60.0 + n % 4
            db.session.add(Score(run=run, member=member, unit=unit, value=value, why={"lines": []}))
    db.session.commit()


def link(page: str, rel: str) -> str:
    return page.partition(f'rel="{rel}" href="')[2].partition('"')[0].replace("&amp;", "&")


def names(page: str) -> list[str]:
    return re.findall(r'<th scope="row"><a href="/scores/people/[^"]+">([^<]+)</a>', page)


def test_hr_scores_a_period_again(scored: Sales, sign_in: SignIn, run_jobs: Callable[[], int]) -> None:
    feed(scored, "SC0", (PROFIT, "2025-Q2", 300_000, "P2"))
    client = sign_in(scored.people.hr)
    assert client.post("/scores/compute", data={"period": "2025-Q2"}).status_code == 303
    run_jobs()
    assert score_of("周涛").value == 89.0
    old = next(score for score in db.session.scalars(select(Score)) if score.run.period == "2025-Q2")
    assert "之后重新计过分" in client.get(f"/scores/{old.id}").text
    assert client.post("/scores/compute", data={"period": "2027-Q1"}).status_code == 422
    assert sign_in(scored.people.east_manager).post("/scores/compute", data={"period": "2025-Q2"}).status_code == 403


def test_pages_without_any_score_say_when_there_will_be(sales: Sales, sign_in: SignIn) -> None:
    assert "还没有得分" in sign_in(sales.people.hr).get("/scores").text
    assert "还没有得分" in sign_in(sales.people.an).get("/scores/mine").text


def test_the_pages_take_few_statements_however_many_people(
    scored: Sales, sign_in: SignIn, counted_statements: type[CountedStatements]
) -> None:
    client = sign_in(scored.people.hr)
    person, why = f"/scores/people/{scored.people.an.id}", f"/scores/{score_of('安店长').id}"
    for address, most in (("/scores", 4), ("/scores?sort=change", 4), (person, 5), (why, 4)):
        client.get(address)
        with counted_statements() as counted:
            assert client.get(address).status_code == 200
        assert counted.count <= most, counted.statements
