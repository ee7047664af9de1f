"""我还差多少: the least that leads to the next grade or light, by the same scoring, in steps that people count in."""

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st

from builder import definitions
from core.db import db
from organization import calendars
from organization.models import Member
from runtime.facts import periods
from runtime.goals.models import GoalSet
from runtime.scores import short_of, short_of_goal
from runtime.scores.least import least
from runtime.scores.short_of import Short
from tests.sales import Sales
from tests.scores.figures import COMPOSITE, PROFIT, SALES, TARGET, conduct, feed

SignIn = Callable[[Member], FlaskClient]
QUARTER = periods.read("2025-Q2")


@pytest.fixture
def scored(sales: Sales) -> Sales:
    """安店长 has one product, in 推广期 (weights 40/25/20/15): 75.5 points, 中; 良 begins at 85."""
    amounts = ((TARGET, 1_000_000), (SALES, 600_000), (PROFIT, 150_000))
    feed(sales, "S001", *conduct("2025-Q2"), *((metric, "2025-Q2", amount, "P2") for metric, amount in amounts))
    db.session.commit()
    return sales


def short_for(sales: Sales, member: Member) -> Short:
    found = short_of.of(member, COMPOSITE, QUARTER, definitions.sources(sales.people.company.id))
    assert found is not None
    return found


def by_metric(short: Short, few: dict[str, int]) -> dict[str, int]:
    return {factor.metric.key.split(".")[1]: few[factor.id] for factor in short.factors if factor.id in few}


def test_the_least_of_each_factor_that_leads_to_the_next_grade_is_as_by_hand(scored: Sales) -> None:
    short = short_for(scored, scored.people.an)
    now = short.at({})
    assert (now.value, now.grade, now.missing) == (75.5, "中", ())
    above = short.next_after(now.value)
    assert above is not None
    assert (above.grade, above.points) == ("良", 85.0)
    # 9.45 points are missing, for 84.95 is rounded to 85.0: of sales 9.45 ÷ 20 of a million, and so on. Visits are
    # asked for by the week (70 % of 12) and counted over all weeks.
    weeks = len(calendars.working_days(scored.people.company.id, QUARTER.first_day, QUARTER.last_day)) / 5
    visits = -(-9.45 / 25 * 8.4 * weeks // 1)
    by_hand = {"sales_amount": 48, "gross_profit": 19, "coverage_rate": 19, "visit_freq": int(visits)}
    few = short.least({}, above.points)
    assert by_metric(short, few) == by_hand
    for factor, steps in few.items():
        assert short.at({factor: steps}).grade == "良", factor
        assert short.at({factor: steps - 1}).grade == "中", factor


def test_what_is_moved_already_counts_for_the_rest(scored: Sales) -> None:
    short = short_for(scored, scored.people.an)
    sales = next(factor.id for factor in short.factors if factor.metric.key == SALES)
    assert by_metric(short, short.least({sales: 40}, 85.0))["sales_amount"] == 8
    assert short.next_after(short.at({sales: 48}).value).grade == "优"


def test_what_cannot_do_it_alone_is_left_out(scored: Sales) -> None:
    feed(scored, "S001", ("medical.coverage_rate", "2025-Q2", 0.1, ""))
    short = short_for(scored, scored.people.an)
    few = by_metric(short, short.least({}, 85.0))
    assert "gross_profit" not in few  # 30 % of the points at most
    assert "coverage_rate" in few


def test_a_held_score_says_what_is_missing_and_moves_as_soon_as_that_is_there(sales: Sales) -> None:
    feed(sales, "S001", *conduct("2025-Q2"), (TARGET, "2025-Q2", 1_000_000, "P2"), (SALES, "2025-Q2", 600_000, "P2"))
    short = short_for(sales, sales.people.an)
    now = short.at({})
    assert (now.value, now.missing) == (None, ("利润达成",))
    assert short.next_after(now.value) is None
    profit = next(factor.id for factor in short.factors if factor.metric.key == PROFIT)
    assert short.at({profit: 15}).value == 75.5


@given(st.lists(st.tuples(st.integers(0, 5_000), st.integers(1, 6_000)), max_size=8))
def test_the_search_finds_the_fewest_steps_of_every_factor(cases: list[tuple[int, int]]) -> None:
    found = least(lambda places, steps: steps >= [cases[place][1] for place in places], [most for most, _at in cases])
    assert found == [at if at <= most else None for most, at in cases]


# ── the page ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_salesperson_sees_what_leads_to_the_next_grade_and_tries_it_out(scored: Sales, sign_in: SignIn) -> None:
    client = sign_in(scored.people.an)
    page = client.get("/scores/short-of").text
    for words in ("75.5", "分子诊断的销售额再增 48万", "分子诊断的毛利贡献再增 19万", "再增 19 个百分点", "“良”"):
        assert words in page, words
    product = page.partition('name="revenue-')[2].partition('"')[0]
    tried = client.get(f"/scores/short-of?period=2025-Q2&revenue-{product}=48", headers={"HX-Request": "true"}).text
    assert "85.1" in tried
    assert "“优”" in tried
    assert "<html" not in tried


def test_nobody_tries_out_the_scores_of_others_but_who_reads_them(scored: Sales, sign_in: SignIn) -> None:
    an, other = scored.people.an, next(rep for rep in scored.reps if rep.name == "周涛")
    manager = sign_in(scored.people.east_manager)
    assert "安店长" in manager.get(f"/scores/people/{an.id}/short-of").text
    assert manager.get(f"/scores/people/{other.id}/short-of").status_code == 403
    assert sign_in(an).get(f"/scores/people/{other.id}/short-of").status_code == 403


def test_nonsense_in_the_address_is_answered(scored: Sales, sign_in: SignIn) -> None:
    client = sign_in(scored.people.an)
    assert client.get("/scores/short-of?period=nonsense").status_code == 422
    assert "75.5" in client.get("/scores/short-of?coverage-0=-3&visit-0=x&unknown=7").text
    assert client.get("/scores/short-of?coverage-0=99999999999999999999").status_code == 200


def test_without_targets_the_page_says_where_they_come_from(sales: Sales, sign_in: SignIn) -> None:
    assert "还没有什么可差的" in sign_in(sales.people.an).get("/scores/short-of").text


def test_booking_more_turns_the_goal_of_the_year_green(
    published: GoalSet, sales: Sales, sign_in: SignIn, run_jobs: Callable[[], int]
) -> None:
    """By 30 June the months plan about 46 % of the year; he has booked a third of that."""
    feed(sales, "S001", *((SALES, f"2025-0{month}", 1_500_000.0, "P1") for month in range(1, 7)))
    run_jobs()
    short = short_of_goal.of(sales.people.an)
    assert short is not None
    assert short.light(0) == "red"
    better = short.better(0)
    assert better[-1].light == "green"
    for step in better:
        assert short.light(step.steps) == step.light
        assert short.light(step.steps - 1) != step.light
    page = sign_in(sales.people.an).get("/scores/short-of").text
    assert "年度目标就转为" in page
