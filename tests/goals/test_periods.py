"""A target over quarters, months and weeks, and over product lines: always exact."""

from datetime import date, timedelta
from fractions import Fraction

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from runtime.goals.allocation import BadInput, apportion, as_typed
from runtime.goals.periods import (
    plan_to_date,
    split_amounts,
    split_products,
    split_time,
    split_time_of_many,
    working_year,
)

EVEN = dict.fromkeys(range(1, 13), 1)
SEASONS = dict(zip(range(1, 13), (6, 5, 9, 8, 8, 10, 7, 7, 10, 8, 9, 13), strict=True))


def workdays(start, end, holidays=()):
    days = (start + timedelta(n) for n in range((end - start).days))
    return [day for day in days if day.weekday() < 5 and day not in holidays]


SPRING_FESTIVAL = {date(2025, 1, 28) + timedelta(n) for n in range(8)}
YEAR = working_year(workdays(date(2025, 1, 1), date(2026, 1, 1), SPRING_FESTIVAL))


def quarter_of(month):
    return f"{month[:4]}-Q{(int(month[5:]) + 2) // 3}"


def assert_exact(split, target):
    assert sum(split["quarter"].values()) == sum(split["month"].values()) == sum(split["week"].values()) == target
    for quarter, amount in split["quarter"].items():
        assert amount == sum(part for month, part in split["month"].items() if quarter_of(month) == quarter)


def test_S24_a_year_splits_exactly_over_quarters_months_and_weeks():
    split = split_time(1_930_001, YEAR, SEASONS)
    assert list(split["quarter"]) == ["2025-Q1", "2025-Q2", "2025-Q3", "2025-Q4"]
    assert len(split["month"]) == 12
    assert_exact(split, 1_930_001)


def test_each_working_day_counts_the_same_under_an_even_season():
    split = split_time(len(YEAR.days) * 100, YEAR, EVEN)
    assert split["week"]["2025-W02"] == 500
    assert split["week"]["2025-W05"] == 100
    assert split["month"]["2025-02"] == 1800


def test_a_strong_month_carries_more_per_working_day():
    month = split_time(10_000_000, YEAR, SEASONS)["month"]
    assert month["2025-12"] / 23 == pytest.approx(month["2025-04"] / 22 * 13 / 8, rel=1e-4)


def test_a_week_across_new_year_belongs_to_the_iso_year_that_owns_it():
    weeks = split_time(10_000, YEAR, EVEN)["week"]
    assert next(iter(weeks)) == "2025-W01"
    assert list(weeks)[-1] == "2026-W01"


def test_a_joiner_is_planned_from_his_first_day_and_a_leaver_up_to_his_last():
    joiner = split_time(50_000, YEAR, SEASONS, start=date(2025, 5, 12))
    assert_exact(joiner, 50_000)
    assert joiner["quarter"]["2025-Q1"] == joiner["month"]["2025-04"] == joiner["week"]["2025-W19"] == 0
    assert joiner["week"]["2025-W20"] > 0
    leaver = split_time(50_000, YEAR, SEASONS, end=date(2025, 5, 12))
    assert leaver["week"]["2025-W19"] > 0
    assert leaver["week"]["2025-W20"] == leaver["quarter"]["2025-Q3"] == 0


def test_a_week_without_working_days_has_no_plan():
    golden_week = working_year(workdays(date(2025, 1, 1), date(2025, 3, 1), SPRING_FESTIVAL | {date(2025, 1, 27)}))
    assert "2025-W05" not in split_time(100, golden_week, EVEN)["week"]


def test_presence_in_months_that_weigh_nothing_counts_working_days():
    season = SEASONS | {1: 0, 2: 0}
    split = split_time(3700, YEAR, season, end=date(2025, 3, 1))
    assert_exact(split, 3700)
    assert (split["month"]["2025-01"], split["month"]["2025-02"]) == (1900, 1800)
    assert split == split_time_of_many([3700], YEAR, season, ends=[date(2025, 3, 1)]).of(0)
    assert split_time(900, YEAR, season)["month"]["2025-01"] == 0


def test_the_cumulated_weeks_are_the_plan_curve():
    weeks = split_time(1000, YEAR, SEASONS)["week"]
    curve = list(plan_to_date(weeks).values())
    assert curve == sorted(curve)
    assert curve[-1] == 1000


def test_S3_products_split_exactly_in_the_order_given():
    assert split_products(1000, {"试剂": 0.6, "仪器": 0.3, "耗材": 0.1}) == {"试剂": 600, "仪器": 300, "耗材": 100}
    assert split_products(10, {"b": 1, "c": 1, "a": 1}) == {"b": 3, "c": 3, "a": 4}


@pytest.mark.parametrize(
    ("wrong", "place"),
    [
        (lambda: working_year([]), "working_days"),
        (lambda: split_time(10, YEAR, SEASONS, start=date(2026, 1, 1)), "presence"),
        (lambda: split_time(10, YEAR, SEASONS, start=date(2025, 5, 3), end=date(2025, 5, 5)), "presence"),
        (lambda: split_time(-1, YEAR, SEASONS), "target"),
        (lambda: split_time(True, YEAR, SEASONS), "target"),
        (lambda: split_time(10, YEAR, {1: 1}), "seasonality/2"),
        (lambda: split_time(10, YEAR, SEASONS | {7: float("nan")}), "seasonality/7"),
        (lambda: split_time(10, YEAR, SEASONS | {7: -1}), "seasonality/7"),
        (lambda: split_time_of_many([1, 1e308], YEAR, SEASONS), "targets/1"),
        (lambda: split_time_of_many([1, 2], YEAR, SEASONS, ends=[None, date(2024, 1, 1)]), "presence/1"),
        (lambda: split_products(10, {}), "products"),
        (lambda: split_products(10, {"a": 1, "b": float("inf")}), "products/b"),
    ],
)
def test_what_cannot_be_planned_is_refused_with_its_place(wrong, place):
    with pytest.raises(BadInput) as caught:
        wrong()
    assert caught.value.place == place


def test_nobody_to_plan_for_is_no_error():
    assert split_time_of_many([], YEAR, SEASONS).week.shape == (0, len(YEAR.weeks))


seasons = st.fixed_dictionaries({month: st.integers(0, 20) | st.floats(0, 20) for month in range(1, 13)})
short_seasons = st.fixed_dictionaries({month: st.integers(0, 200).map(lambda n: n / 10) for month in range(1, 13)})
targets = st.integers(0, 10**6) | st.integers(10**9, 10**12)
dates = st.dates(date(2024, 12, 1), date(2026, 1, 31))


@given(targets, seasons, st.none() | dates, st.none() | dates)
def test_P1_every_level_of_time_sums_to_the_target(target, season, start, end):
    assume(any(YEAR.days_present(start, end)))
    assert_exact(split_time(target, YEAR, season, start=start, end=end), target)


@given(st.lists(st.tuples(targets, st.none() | dates), min_size=1, max_size=6), seasons | short_seasons)
def test_many_people_at_once_get_the_same_numbers_as_one_by_one(people, season):
    people = [(target, start) for target, start in people if any(YEAR.days_present(start, None))]
    assume(people)
    starts = [start for _, start in people]
    table = split_time_of_many([target for target, _ in people], YEAR, season, starts=starts)
    for row, (target, start) in enumerate(people):
        assert table.of(row) == split_time(target, YEAR, season, start=start)


@given(targets, st.dictionaries(st.text(min_size=1, max_size=4), st.integers(0, 100), min_size=1, max_size=6))
def test_P6_products_are_within_one_yuan_of_their_share(target, shares):
    assume(any(shares.values()))
    split = split_products(target, shares)
    assert sum(split.values()) == target
    for product, share in shares.items():
        assert abs(split[product] - target * Fraction(share, sum(shares.values()))) < 1


@given(
    st.lists(st.integers(0, 10**12), min_size=1, max_size=20),
    st.lists(st.floats(0, 1e6, allow_nan=False) | st.decimals(0, 1, places=4).map(float), min_size=1, max_size=9),
)
def test_S3_amounts_split_in_columns_are_those_split_one_by_one(targets: list[int], weights: list[float]) -> None:
    columns = split_amounts(targets, weights)
    assert columns.tolist() == [apportion(target, [as_typed(weight) for weight in weights]) for target in targets]
