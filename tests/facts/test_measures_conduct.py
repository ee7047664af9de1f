"""F4 to F7 and F9 to F12: every worked example."""

import datetime as dt
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from runtime.facts import measures

FRIDAY = dt.date(2025, 6, 27).toordinal()
WEEKDAYS = [day for day in range(FRIDAY - 30, FRIDAY + 30) if dt.date.fromordinal(day).weekday() < 5]
BEGAN, TOOK = FRIDAY + 0.5, [0.25, 2.708, 1.0]


# ── F4 ───────────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_S44_compliance_caps_each_person_at_what_was_due() -> None:
    """张 9 done and one swapped, 李 12 of 10, 王 with two excused, 赵 who came late."""
    due = measures.due_actions([10, 10, 10, 10], [0, 0, 2, 0], [1, 1, 1, 0.6])
    done, swapped = np.array([9, 12, 4, 5]), np.array([1, 0, 0, 0])
    assert due.tolist() == [10, 10, 8, 6]
    assert measures.compliance(done, swapped, due) == pytest.approx(29 / 34)
    assert (done + swapped).sum() / due.sum() == pytest.approx(31 / 34)  # what uncapped would say
    assert np.minimum(1, (done + swapped) / due).mean() == pytest.approx(0.8333, abs=5e-5)  # and a mean of rates


def test_S44_the_weeks_of_one_person_and_action_type_count_together() -> None:
    """Two done in a week that asked for one make up for the week before; another's do not."""
    done, due, cells = [0, 2, 2], [1, 1, 1], np.array([0, 0, 1])
    assert measures.compliance(done, 0, due, cells) == 1.0
    assert measures.compliance(done, 0, due) == pytest.approx(2 / 3)


def test_S44_where_nothing_is_due_there_is_no_rate() -> None:
    assert np.isnan(measures.compliance([3], [0], [0]))


# ── F5, F7 ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_S45_the_response_time_with_median_and_what_is_open() -> None:
    began = [BEGAN, BEGAN, BEGAN, BEGAN]
    found = measures.responses(began, [*(BEGAN + days for days in TOOK), None], BEGAN + 6)
    assert (round(found.mean, 3), found.median) == (1.319, 1.0)
    assert (found.answered, found.open, found.oldest_open) == (3, 1, 6.0)
    assert found.mean_with_open == pytest.approx(2.49, abs=5e-3)


def test_S45_in_working_time_a_weekend_does_not_count() -> None:
    """The second fired on a Friday and was answered on Monday, the others within the week."""
    monday = FRIDAY - 4
    began = [monday + 0.25, BEGAN, monday + 1]
    found = measures.responses(began, [at + days for at, days in zip(began, TOOK, strict=True)], FRIDAY, WEEKDAYS)
    assert found.mean == pytest.approx(0.653, abs=5e-4)


def test_S45_a_moment_is_a_day_of_the_company_and_its_share() -> None:
    at = dt.datetime(2025, 6, 27, 4, 0, tzinfo=dt.UTC)  # noon in Shanghai
    assert measures.moment(at, ZoneInfo("Asia/Shanghai")) == BEGAN
    assert np.isnan(measures.moment(None, ZoneInfo("Asia/Shanghai")))


def test_S45_nothing_fired_nothing_to_tell() -> None:
    found = measures.responses([], [], FRIDAY)
    assert (found.answered, found.open) == (0, 0)
    assert np.isnan(found.mean)


def test_S99_agility_runs_from_the_first_sign_to_the_first_step() -> None:
    rule, self_report = [FRIDAY, None, FRIDAY + 3], [FRIDAY + 1, FRIDAY + 2, None]
    detected = measures.earliest(rule, self_report, [None, None, FRIDAY + 1])
    assert detected.tolist() == [FRIDAY, FRIDAY + 2, FRIDAY + 1]
    found = measures.responses(detected, detected + np.array([2.958, 4.25, 2.0]), FRIDAY + 30)
    assert found.mean == pytest.approx(3.07, abs=5e-3)


def test_S63_self_adjustments_stand_apart_from_what_somebody_approves() -> None:
    requested, effective = [FRIDAY, FRIDAY, FRIDAY], [FRIDAY + 17, FRIDAY + 0.001, None]
    found = measures.revision_lead_times(requested, effective, ["approved", "self", "approved"])
    assert found["approved"] == 17
    assert found["self"] == pytest.approx(0.001)


# ── F6 ───────────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_S98_penetration_and_coverage() -> None:
    found = measures.penetration([46, 52, 0, 39], [52, 52, 52, 52])
    assert found.rate == 0.75
    assert found.coverage == pytest.approx(0.6587, abs=5e-5)
    assert (found.mostly, found.full) == (0.5, 0.25)


@pytest.mark.parametrize(("reaching", "of", "rate"), [(7, 17, 0.4118), (25, 28, 0.8929)])
def test_S98_the_rates_of_the_source(reaching: int, of: int, rate: float) -> None:
    assert measures.penetration([1] * reaching + [0] * (of - reaching), [1] * of).rate == pytest.approx(rate, abs=5e-5)


def test_S98_what_headquarters_carries_alone_stands_apart() -> None:
    found = measures.penetration([1, 0, 0], [1, 1, 1], np.array([False, False, True]))
    assert (found.rate, found.by_headquarters) == (0.5, 1)


def test_S98_a_chain_breaks_at_a_skipped_level_and_at_a_goal_that_is_not_active() -> None:
    """Three key results: whole, one that skips the middle, one whose middle is a draft."""
    parents = np.array([-1, -1, -1, 0, 3, 3, 1, 2, 7])
    levels = np.array([0, 0, 0, 1, 2, 2, 2, 1, 2])
    active = np.array([True, True, True, True, True, True, True, False, True])
    reached = measures.reached_positions(parents, levels, active, levels == 2)
    assert reached[:3].tolist() == [2, 0, 0]


# ── F9, F10 ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_S62_the_same_role_may_not_weigh_differently() -> None:
    found = measures.weight_spread([[0.40], [0.10], [0.15], [0.20]])
    assert found.within.tolist() == [30.0]
    assert found.blocked(10).tolist() == [True]


def test_S57_a_metric_that_a_unit_lacks_weighs_nothing_there() -> None:
    assert measures.weight_spread([[0.25, None], [0.2, 0.1]]).within.tolist() == [5.0, 10.0]
    assert not measures.weight_spread([[0.25, None], [0.2, 0.1]]).blocked(10).any()


def test_S62_a_difference_that_the_table_makes_is_shown_and_never_blocked() -> None:
    found = measures.weight_spread([[0.40], [0.38], [0.05]], ["推广期", "推广期", "成熟期"])
    assert (found.within.tolist(), found.overall.tolist()) == ([2.0], [35.0])
    assert not found.blocked(10).any()


def test_S61_consistency_counts_units_that_use_the_commonest_definition() -> None:
    slots, used = ["转化"] * 3, ["new_cust_conv@1", "repeat_amount@1", "new_cust_conv@1"]
    assert measures.consistency(slots, used) == pytest.approx(0.6667, abs=5e-5)
    assert measures.consistency(slots, ["a@1", "a@1", "a@2"]) == pytest.approx(2 / 3)
    assert measures.consistency([*slots, "额", "额"], [*used, "x@1", "x@1"]) == pytest.approx(4 / 5)
    assert np.isnan(measures.consistency([], []))


# ── F12 ──────────────────────────────────────────────────────────────────────────────────────────────────────────────


def history(*lights: tuple[str, int, float, str, float]) -> tuple[list, ...]:
    """(team, key result, day, light, deviation) as columns."""
    return tuple(list(column) for column in zip(*lights, strict=True))


SOUTH = [("华南", 1, 0, "red", 0.4), ("华南", 1, 14, "green", 0.0)]
EAST = [("华东", key, day, light, d) for key in (2, 3) for day, light, d in ((0, "red", 0.5), (21, "green", 0.0))]


def test_S83_faster_beats_more() -> None:
    ranked = measures.fastest_progress(*history(*EAST, *SOUTH))
    assert [(entry.team, entry.days, entry.key_results) for entry in ranked] == [("华南", 14.0, 1), ("华东", 21.0, 2)]
    assert ranked[1].gain == 0.5


def test_S83_a_red_that_a_team_gave_itself_does_not_count() -> None:
    ranked = measures.fastest_progress(*history(*EAST, *SOUTH), computed=np.array([True] * 4 + [False, True]))
    assert [entry.team for entry in ranked] == ["华东"]


def test_S83_from_the_first_red_to_the_first_green_after_it() -> None:
    """A green before the red is none, and neither is a second recovery."""
    days = [(0, "green"), (7, "red"), (14, "red"), (28, "green"), (35, "red"), (36, "green")]
    ranked = measures.fastest_progress(*history(*(("华北", 1, day, light, 0.2) for day, light in days)))
    assert [entry.days for entry in ranked] == [21.0]


def test_S83_ties_go_by_key_results_then_gain_then_name() -> None:
    def turn(team: str, key: int, gain: float) -> list[tuple[str, int, float, str, float]]:
        return [(team, key, 0, "red", gain), (team, key, 14, "green", 0.0)]

    rows = [*turn("丙", 1, 0.3), *turn("乙", 2, 0.3), *turn("甲", 3, 0.4), *turn("丁", 4, 0.2), *turn("丁", 5, 0.2)]
    assert [entry.team for entry in measures.fastest_progress(*history(*rows))] == ["丁", "甲", "丙", "乙"]


def test_S83_nobody_turned() -> None:
    assert measures.fastest_progress([], [], [], [], []) == []
    assert measures.fastest_progress(*history(("华北", 1, 0, "red", 0.2))) == []
