"""Numbers from facts: by unit, person and time, as the metric's definition says; booked amounts; lateness."""

import datetime as dt
from collections.abc import Callable

import numpy as np
import pytest
from sqlalchemy import select

from core import clock
from core.db import db
from organization.models import Member, OrgUnit
from runtime.facts import latency, metrics, store
from runtime.facts.aggregation import Rows, aggregate
from runtime.goals import reports, standing
from runtime.goals.models import Goal, GoalSet
from tests.facts.conftest import SALES, Feed
from tests.sales import Sales, publish

MAY, JUNE = (dt.date(2025, month, 1).toordinal() for month in (5, 6))


def rows(*facts: tuple[int, int, float, float]) -> Rows:
    """(person, first day, value, weight) at one unit."""
    members, days, values, weights = (np.array(part) for part in zip(*facts, strict=True))
    none, unit = np.zeros(len(facts), dtype=np.int64), np.ones(len(facts), dtype=np.int64)
    return Rows(none, unit, members, none, days, days + 20, values.astype(float), weights.astype(float))


TWO = [(1, MAY, 10.0, 1.0), (1, JUNE, 30.0, 3.0), (2, JUNE, 50.0, 4.0)]


@pytest.mark.parametrize(
    ("org", "time", "number"),
    [
        ("sum", "sum", 90),
        ("sum", "last", 80),
        ("mean", "sum", 45),
        ("mean", "mean", 35),
        ("min", "last", 30),
        ("max", "last", 50),
        ("last", "last", 50),
        ("ratio", "ratio", (10 * 1 + 30 * 3 + 50 * 4) / 8),
        ("weighted", "last", (30 * 3 + 50 * 4) / 7),
    ],
)
def test_a_number_adds_up_as_its_metric_says(org: str, time: str, number: float) -> None:
    found = aggregate(rows(*TWO), org, time, np.zeros(3, dtype=np.int64), 2)
    assert found[0] == pytest.approx(number)
    assert np.isnan(found[1])


def test_the_order_of_facts_is_irrelevant() -> None:
    groups = np.array([0, 0, 1])
    for org, time in (("sum", "sum"), ("ratio", "ratio"), ("weighted", "last"), ("min", "mean")):
        one = aggregate(rows(*TWO), org, time, groups, 2)
        other = aggregate(rows(*TWO[::-1]), org, time, groups[::-1], 2)
        assert one.tolist() == pytest.approx(other.tolist())


def test_nothing_adds_up_to_nothing() -> None:
    nothing = rows(*TWO).where(np.zeros(3, dtype=bool))
    assert np.isnan(aggregate(nothing, "sum", "sum", np.zeros(0, dtype=np.int64), 1)).all()


def test_S7_numbers_of_units_people_and_months(sales: Sales, feed: Feed) -> None:
    feed(
        {"value": 100, "member": "S001"},
        {"value": 50, "member": "S001", "period": "2025-06"},
        {"value": 7, "member": "JS0"},
        {"value": 1, "unit": "JS"},
        {"value": 900, "member": "SC0"},
    )
    company_id, year = sales.people.company.id, (dt.date(2025, 1, 1), dt.date(2025, 12, 31))
    east = store.values(company_id, SALES, *year, under=sales.people.east.path)
    metric = metrics.in_force(company_id)[SALES]
    months = np.where(east.first_day < JUNE, 0, 1)
    assert store.number(east, metric, months, 2).tolist() == [108, 50]
    mine = store.values(company_id, SALES, *year, members=[sales.people.an.id])
    assert mine.value.sum() == 150


# ── booked (S2) ──────────────────────────────────────────────────────────────────────────────────────────────────────


def booked(goal_set: GoalSet) -> dict[str, int]:
    return dict(db.session.execute(select(Goal.name, Goal.booked).where(Goal.goal_set_id == goal_set.id)).all())


def test_S2_what_comes_in_is_booked_on_the_person_and_on_every_unit_above(
    sales: Sales, published: GoalSet, feed: Feed, run_jobs: Callable[[], int]
) -> None:
    feed({"value": 120_000.4, "member": "S001"}, {"value": 30_000, "member": "JS0"}, {"value": 5_000, "unit": "JS"})
    run_jobs()
    found = booked(published)
    assert (found["安店长"], found["赵磊"], found["李敏"]) == (120_000, 30_000, 0)
    assert (found["上海"], found["江苏"], found["四川"]) == (120_000, 35_000, 0)
    assert found["华东大区"] == found["康联医疗器械"] == 155_000


def test_S2_front_line_completion_is_actual_over_target_of_the_people(
    sales: Sales, published: GoalSet, feed: Feed, run_jobs: Callable[[], int]
) -> None:
    feed({"value": 9_000_000, "member": "S001"}, {"value": 4_000_000, "unit": "JS"})
    run_jobs()
    reader = db.session.get_one(Member, sales.people.hr.id)
    whole = reports.completion(standing.forest(reader, published))[0]
    people = [goal for goal in db.session.scalars(select(Goal)) if goal.member_id is not None]
    assert whole.rate == pytest.approx(9_000_000 / sum(goal.target for goal in people))


def test_S2_a_correction_and_a_return_change_what_is_booked(
    sales: Sales, published: GoalSet, feed: Feed, run_jobs: Callable[[], int]
) -> None:
    for value in (120_000, 70_000):
        feed({"value": value, "member": "S001"}, {"value": -20_000, "member": "S001", "source_ref": "退货-1"})
        run_jobs()
    assert (booked(published)["安店长"], booked(published)["华东大区"]) == (50_000, 50_000)


def test_S2_last_year_is_not_booked_on_this_years_goals(
    sales: Sales, published: GoalSet, feed: Feed, run_jobs: Callable[[], int]
) -> None:
    feed({"value": 120_000, "member": "S001", "period": "2024-12"})
    run_jobs()
    assert set(booked(published).values()) == {0}


def test_S2_what_came_in_before_publishing_counts_at_once(sales: Sales, feed: Feed) -> None:
    feed({"value": 120_000, "member": "S001"})
    assert booked(publish(sales, "7.2亿", "15"))["安店长"] == 120_000


def test_S2_who_sold_more_than_his_target_keeps_it_when_goals_are_published_anew(
    sales: Sales, published: GoalSet, feed: Feed, run_jobs: Callable[[], int]
) -> None:
    sold = 2_000_000 + db.session.scalars(select(Goal.target).where(Goal.member_id == sales.people.an.id)).one()
    feed({"value": sold, "member": "S001"})
    run_jobs()
    anew = publish(sales, "7.2亿", "16")
    goals = {row.name: row for row in db.session.scalars(select(Goal).where(Goal.goal_set_id == anew.id))}
    assert goals["安店长"].target >= sold
    for unit in ("康联医疗器械", "华东大区", "上海"):
        below = [row.target for row in goals.values() if row.parent == goals[unit].node]
        assert sum(below) + goals[unit].reserve == goals[unit].target


def test_S2_a_person_who_moved_takes_what_he_sold_along_to_his_goal(
    sales: Sales, feed: Feed, run_jobs: Callable[[], int]
) -> None:
    feed({"value": 100, "member": "S001"})
    sales.people.an.unit = sales.jiangsu
    db.session.commit()
    found = booked(publish(sales, "7.2亿", "15"))
    assert (found["安店长"], found["江苏"], found["上海"]) == (100, 100, 0)


# ── lateness (S13) ───────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("end", "received", "days"),
    [
        ((6, 27), (6, 30), 1),  # Friday to Monday
        ((6, 27), (7, 1), 2),
        ((6, 30), (6, 30), 0),
        ((6, 30), (6, 20), 0),
        ((4, 30), (5, 6), 1),  # the first five days of May are off
        ((1, 24), (1, 26), 1),  # the Sunday before the Spring Festival is worked
        ((1, 27), (2, 5), 1),
    ],
)
def test_S13_latency_is_working_days_from_the_end_of_the_period(
    sales: Sales, end: tuple, received: tuple, days: int
) -> None:
    company_id = sales.people.company.id
    assert latency.working_days_between(company_id, [dt.date(2025, *end)], [dt.date(2025, *received)]) == [days]


def received_on(day: dt.date, feed: Feed, *rows: dict[str, object]) -> None:
    with clock.at(dt.datetime.combine(day, dt.time(10), clock.SHANGHAI)):
        feed(*rows)


def test_S13_who_is_late_or_has_sent_nothing_stands_first(sales: Sales, feed: Feed) -> None:
    april, may = ({"period": f"2025-{month:02}", "value": 1} for month in (4, 5))
    received_on(dt.date(2025, 5, 6), feed, april | {"member": "S001"}, april | {"member": "JS0"})
    received_on(dt.date(2025, 5, 8), feed, april | {"member": "SC0"})
    received_on(dt.date(2025, 6, 3), feed, may | {"member": "S001"})
    received_on(dt.date(2025, 6, 5), feed, may | {"member": "JS0"})
    found = {row.unit: row for row in latency.deliveries(sales.people.hr)}
    assert list(found) == ["四川", "江苏", "上海"]
    assert (found["四川"].missing, found["四川"].late_before, found["四川"].period) == (True, 1, "2025-05")
    assert (found["江苏"].days, found["江苏"].late, found["江苏"].late_before) == (3, True, 0)
    assert (found["上海"].days, found["上海"].late) == (1, False)


def test_S13_a_correction_is_no_late_delivery(sales: Sales, feed: Feed) -> None:
    received_on(dt.date(2025, 6, 3), feed, {"value": 1, "member": "S001"})
    received_on(dt.date(2025, 6, 20), feed, {"value": 2, "member": "S001"})
    assert [row.days for row in latency.deliveries(sales.people.hr)] == [1]


def test_S13_one_sees_the_units_that_one_answers_for(sales: Sales, feed: Feed) -> None:
    received_on(dt.date(2025, 6, 3), feed, {"value": 1, "member": "S001"}, {"value": 1, "member": "SC0"})
    assert [row.unit for row in latency.deliveries(sales.people.east_manager)] == ["上海"]
    assert db.session.scalar(select(OrgUnit.name).where(OrgUnit.code == "SC")) == "四川"
