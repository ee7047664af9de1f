"""The behaviour behind a result, and the lights of goals where goals stand (S28)."""

import datetime as dt
import json
import re
from collections.abc import Callable, Iterator

import pytest
from flask.testing import FlaskClient

from core import clock
from core.db import db
from organization.models import Member
from runtime.facts import store
from runtime.facts.judging import Given
from runtime.goals import judged, standing
from runtime.goals.models import Goal, GoalSet
from tests.sales import Sales

SignIn = Callable[[Member], FlaskClient]
FRIDAY = dt.datetime(2025, 7, 4, 1, 0, tzinfo=dt.UTC)
VISITS, DIRECTORS = "medical.visit_effective", "medical.director_visit"
MARK = "结果尚好，过程告警"


@pytest.fixture
def friday(published: GoalSet, sales: Sales, run_jobs: Callable[[], int]) -> Iterator[Sales]:
    """On Friday of the first week with tasks everybody has sold more than planned; 周涛 alone has made visits."""
    with clock.at(FRIDAY):
        sold = [Given("", "medical.sales_amount", "2025-06", 60_000_000.0, member=rep.code) for rep in sales.reps]
        assert store.feed(sales.people.company.id, sold, source="api", by_id=None).rejected == []
        visit(sales, "周涛", 40)
        run_jobs()
        yield sales


def visit(sales: Sales, name: str, times: int) -> None:
    rep = next(rep for rep in sales.reps if rep.name == name)
    rows = [Given("", metric, "2025-07-03", float(times), member=rep.code) for metric in (VISITS, DIRECTORS)]
    fed = store.feed(sales.people.company.id, rows, source="rule", by_id=None, counted=True)
    assert fed.rejected == []
    db.session.commit()


def goal_of(member: Member) -> Goal:
    return next(goal for goal in standing.own(member) if goal.member_id == member.id)


def test_S28_a_result_shows_its_behaviour_and_a_green_one_with_red_behaviour_is_marked(
    friday: Sales, sign_in: SignIn
) -> None:
    goal = goal_of(friday.people.an)
    found = judged.of_goal(goal)
    assert found.light == "green"
    assert [(driver.metric.key, driver.light) for driver in found.drivers] == [(VISITS, "red"), (DIRECTORS, "red")]
    director = found.drivers[1].amounts
    assert (director.asked, director.due, director.done) == (3, pytest.approx(2.4), 0)  # four of five days are over
    page = sign_in(friday.people.an).get(f"/goals/{goal.id}").text
    for words in ("背后的过程行为", MARK, "有效拜访量", "三甲医院主任级拜访量", "先行"):
        assert words in page, words


def test_S28_behaviour_that_keeps_up_takes_the_mark_away(friday: Sales, sign_in: SignIn) -> None:
    visit(friday, "安店长", 40)
    page = sign_in(friday.people.an).get(f"/goals/{goal_of(friday.people.an).id}").text
    assert "背后的过程行为" in page
    assert MARK not in page


def test_S28_the_mark_stands_in_the_tree_and_on_the_board_too(friday: Sales, sign_in: SignIn) -> None:
    client = sign_in(friday.people.hr)
    for address in ("/goals", "/boards/medical.cockpit"):
        page = client.get(address).text
        row = page.partition("华东大区</a>")[2].partition("</th>")[0]
        assert MARK in row, address
        assert "light-green" in row, address
    tree = next(chart for chart in charts(page) if chart["kind"] == "tree")
    lights = {node["name"]: node.get("light") for node in nodes(tree["root"])}
    assert lights["安店长"] == lights["周涛"] == "green"
    notes = {node["name"]: node["note"] for node in nodes(tree["root"])}
    assert MARK in notes["安店长"]
    assert MARK not in notes["周涛"]


def test_a_light_tells_the_row_that_fired_and_what_led_to_it(friday: Sales, sign_in: SignIn) -> None:
    goal = goal_of(friday.people.an)
    client = sign_in(friday.people.an)
    assert f"/goals/{goal.id}/light" in client.get(f"/goals/{goal.id}").text
    page = client.get(f"/goals/{goal.id}/light").text
    for words in (
        "为什么是这个灯",
        "红黄绿灯判定表",
        "领先",
        "按计划进行",
        "三甲医院主任级拜访量",
        "落后 100%",
        "偏离度 &gt;15%",
    ):
        assert words in page, words


def test_a_goal_without_a_light_has_nothing_to_explain(published: GoalSet, sales: Sales, sign_in: SignIn) -> None:
    goal = goal_of(sales.people.an)
    client = sign_in(sales.people.an)
    assert "/light" not in client.get(f"/goals/{goal.id}").text
    assert client.get(f"/goals/{goal.id}/light").status_code == 404


def test_S28_the_factor_library_says_what_leads_and_what_lags(sales: Sales, sign_in: SignIn) -> None:
    client = sign_in(sales.people.hr)
    row = client.get("/definitions/factors").text.partition("有效拜访量</a>")[2].partition("</th>")[0]
    assert "先行" in row
    assert "滞后指标" in client.get("/definitions/factors").text


def test_nobody_is_red_before_anything_was_fed_or_asked_for(published: GoalSet, sales: Sales) -> None:
    """On Monday morning nothing is due yet, and no sale is known."""
    found = judged.of_goal(goal_of(sales.people.an))
    assert found.light is None
    assert {driver.light for driver in found.drivers} <= {"grey", None}
    assert not found.warns


def test_behaviour_that_nobody_in_the_company_has_figures_of_is_grey(published: GoalSet, sales: Sales) -> None:
    with clock.at(FRIDAY):
        assert {driver.light for driver in judged.of_goal(goal_of(sales.people.an)).drivers} == {"grey"}


def charts(page: str) -> list[dict]:
    found = re.findall(r'data-chart[^>]*><script type="application/json">(.*?)</script>', page, re.DOTALL)
    return [json.loads(chart) for chart in found]


def nodes(node: dict) -> Iterator[dict]:
    yield node
    for child in node.get("children", ()):
        yield from nodes(child)
