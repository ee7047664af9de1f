"""From a target to visits: the worked examples, the rate fallbacks, capacity and a joiner's load."""

from fractions import Fraction
from math import prod

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runtime.goals.allocation import BadInput
from runtime.goals.drivers import (
    Driver,
    Rates,
    grow,
    joiner_target,
    opportunities_needed,
    plan_week,
    pressure,
    resolve_rate,
    visits_due,
    visits_needed,
)

TEMPLATES = {"dir_visit": 0.2, "visit": 0.8}


def rates(ticket=25_000, conversion=0.12, visits_per_opportunity=1):
    return Rates(*(resolve_rate("rate", own, None, None) for own in (ticket, conversion, visits_per_opportunity)))


# The worked examples


def test_S25_a_target_of_1_5_million_needs_500_opportunities():
    assert opportunities_needed(1_500_000, rates()) == 500
    assert visits_needed(1_500_000, rates(visits_per_opportunity=2.5)) == 1250


def test_P12_shared_growth_gives_exactly_the_target():
    drivers = {"visits": Driver(420, 0.5), "conversion": Driver(0.12, 0.3), "ticket": Driver(25_000, 0.2)}
    grown = grow(drivers, 1_500_000)
    assert round(float(grown["visits"]), 2) == 458.26
    assert round(float(grown["conversion"]) * 100, 2) == 12.64
    assert round(float(grown["ticket"])) == 25_887
    assert prod(grown.values()) == 1_500_000


def test_a_joiner_carries_his_days_and_his_ramp():
    assert round(float(joiner_target(300, 63, [(40, 1)])), 2) == 190.48
    assert round(float(joiner_target(300, 63, [(18, 0.25), (22, 0.5)])), 2) == 73.81


# Rates


def test_S25_a_missing_rate_falls_back_to_the_team_and_then_to_the_role():
    assert resolve_rate("conversion", 0.12, 0.1, 0.08) == (Fraction(3, 25), "person")
    assert resolve_rate("conversion", None, 0.1, 0.08) == (Fraction(1, 10), "team_median")
    assert resolve_rate("conversion", None, None, 0.08) == (Fraction(2, 25), "role_benchmark")


@pytest.mark.parametrize("missing", [None, 0, 0.0, -0.1, float("nan"), float("inf")])
def test_a_rate_that_cannot_be_divided_by_counts_as_missing(missing):
    assert resolve_rate("conversion", missing, missing, 0.08).source == "role_benchmark"
    with pytest.raises(BadInput, match=r"conversion: .*enter a role benchmark"):
        resolve_rate("conversion", missing, None, missing)


# The week


def test_S26_visits_follow_the_remaining_target_and_the_remaining_days():
    assert visits_due(1_500_000, rates(), this_week=5, left=100) == 25
    assert visits_due(600_000, rates(), this_week=5, left=50) == 20
    assert visits_due(-20_000, rates(), this_week=5, left=50) == 0


def test_S26_leave_and_holidays_move_visits_to_later_weeks():
    assert visits_due(1_500_000, rates(), this_week=2, left=97) < visits_due(1_500_000, rates(), this_week=5, left=100)
    assert visits_due(1_500_000, rates(), this_week=0, left=95) == 0


def test_a_week_is_rounded_up_once_and_then_split_over_the_templates():
    plan = plan_week(Fraction(121, 10), capacity=20, days_present=5, templates=TEMPLATES)
    assert (plan.visits, plan.overflow) == (13, 0)
    assert plan.by_template == {"dir_visit": 3, "visit": 10}


def test_visits_beyond_capacity_are_handed_back_as_overflow():
    plan = plan_week(Fraction(30), capacity=20, days_present=5, templates=TEMPLATES)
    assert (plan.visits, plan.overflow) == (20, 10)
    assert plan.by_template == {"dir_visit": 4, "visit": 16}


def test_capacity_shrinks_with_the_days_present_and_never_grows():
    assert plan_week(Fraction(30), capacity=20, days_present=2, templates=TEMPLATES).visits == 8
    assert plan_week(Fraction(30), capacity=20, days_present=6, templates=TEMPLATES).visits == 20


def test_without_a_day_left_everything_is_overflow():
    due = visits_due(60_000, rates(), this_week=0, left=0)
    plan = plan_week(due, capacity=20, days_present=0, templates=TEMPLATES)
    assert (plan.visits, plan.overflow) == (0, 20)
    assert plan.by_template == {"dir_visit": 0, "visit": 0}


@given(st.fractions(0, 500), st.integers(0, 60), st.integers(0, 7))
def test_every_visit_due_is_planned_or_overflow_and_every_planned_one_has_a_template(due, capacity, days):
    plan = plan_week(due, capacity=capacity, days_present=days, templates={"a": 0.5, "b": 0.3, "c": 0.2})
    assert due <= plan.visits + plan.overflow < due + 1
    assert plan.visits <= capacity
    assert sum(plan.by_template.values()) == plan.visits


# Growth shares


@given(st.lists(st.tuples(st.floats(0.01, 1e6), st.integers(0, 20)), min_size=1, max_size=5), st.integers(1, 10**12))
def test_P12_the_drivers_product_is_the_target_before_rounding(rows, target):
    whole = sum(part for _, part in rows) or 1
    parts = [Fraction(part, whole) for _, part in rows]
    parts[0] += 1 - sum(parts)
    drivers = {f"d{i}": Driver(value, part) for i, ((value, _), part) in enumerate(zip(rows, parts, strict=True))}
    grown = grow(drivers, target)
    assert list(grown) == list(drivers)
    assert prod(grown.values()) == target
    growth = target / prod(value for value, _ in rows)
    for (value, _), part, new in zip(rows, parts, grown.values(), strict=True):
        assert float(new) == pytest.approx(value * growth ** float(part), rel=1e-6)


# Pressure


def test_S11_a_newcomer_above_1_1_of_his_ramp_is_flagged():
    assert pressure(50_000, 0.25, 200_000) == (1.0, False)
    assert pressure(55_000, 0.25, 200_000) == (1.1, False)
    assert pressure(55_100, 0.25, 200_000) == (1.102, True)


def test_S11_pressure_without_anything_to_compare_with():
    assert pressure(50_000, 0.25, None) == (None, False)
    assert pressure(50_000, 0, 200_000) == (None, True)
    assert pressure(0, 0, 200_000) == (None, False)


@pytest.mark.parametrize(
    ("wrong", "place"),
    [
        (lambda: grow({"a": Driver(1, 0.5), "b": Driver(2, 0.4)}, 10), "exponents"),
        (lambda: grow({"a": Driver(0, 1)}, 10), "a"),
        (lambda: grow({"a": Driver(1, 1)}, -5), "target"),
        (lambda: grow({"a": Driver(1, float("nan"))}, 5), "a"),
        (lambda: joiner_target(300, 0, [(1, 1)]), "full_days"),
        (lambda: visits_due(10, rates(), this_week=5, left=4), "left"),
        (lambda: visits_due(float("nan"), rates(), this_week=5, left=5), "target"),
        (lambda: plan_week(Fraction(1), capacity=-1, days_present=5, templates=TEMPLATES), "capacity"),
        (lambda: plan_week(Fraction(1), capacity=1, days_present=5, templates={}), "products"),
        (lambda: plan_week(Fraction(1), capacity=1, days_present=5, templates=TEMPLATES, full_week=0), "full_week"),
    ],
)
def test_numbers_that_plan_nothing_are_refused_with_their_place(wrong, place):
    with pytest.raises(BadInput) as caught:
        wrong()
    assert caught.value.place == place
