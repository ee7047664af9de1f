"""F1, F1b, F1c and F8: every row of the worked examples, and what must hold for all numbers."""

import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from core.config import CHECKOUT
from formulas.tables import compile_table
from formulas.tables.compiled import CompiledTable
from runtime.facts import measures

PHASED = [(0.3, 0.0), (0.6, 0.5)]  # nothing until 30 % of the time, half of it at 60 %
QUARTER = 90
NAN = float("nan")


@pytest.fixture(scope="module")
def table() -> CompiledTable:
    """The traffic light as the packs publish it."""
    file = CHECKOUT / "seeds/okr_core/definitions/table/okr.light.json"
    return compile_table(json.loads(file.read_text("utf-8"))["body"])


def light(table: CompiledTable, asked: measures.Standing) -> str:
    return str(measures.lights(table, asked).lights[0])


# current, baseline, target, plan | progress, deviation, pace, light
CASES = {
    "S92 +25 % on the quarter before, day 14, 38 % of plan": (7.39, 0, 125, 14 / 90, 0.0591, 0.62, 1.114, "yellow"),
    "8 stores, 3 done, day 45": (3, 0, 8, 0.5, 0.375, 0.25, 1.25, "yellow"),
    "the same on a phased curve": (3, 0, 8, 1 / 3, 0.375, -0.125, 0.94, "green"),
    "the same curve before its first step": (0, 0, 8, 0, 0, 0, NAN, "grey"),
    "50 guides, 31, day 45": (31, 0, 50, 0.5, 0.62, -0.24, 0.76, "green"),
    "market share 15 to 18 %, now 15.9": (15.9, 15, 18, 0.5, 0.3, 0.40, 1.40, "red"),
    "response 9 h to 4 h, now 6.5 h": (6.5, 9, 4, 0.5, 0.5, 0, 1.0, "green"),
    "response 9 h to 4 h, got worse: 10 h": (10, 9, 4, 0.5, -0.2, 1.4, 2.4, "red"),
    "complaints 12 to 0, now 5": (5, 12, 0, 0.5, 0.5833, -0.167, 0.83, "green"),
    "loss -200 to -50, now -125": (-125, -200, -50, 0.5, 0.5, 0, 1.0, "green"),
    "a milestone on a straight plan, not yet": (0, 0, 1, 0.5, 0, 1.0, 2.0, "red"),
    "target is the baseline, held": (100, 100, 100, 0.5, 1, -1, 0, "green"),
    "0 to 100, ends at 107": (107, 0, 100, 1, 1.07, -0.07, 0, "green"),
    "ends at 98 %": (98, 0, 100, 1, 0.98, 0.02, 9.99, "green"),
    "ends at 90 %": (90, 0, 100, 1, 0.90, 0.10, 9.99, "yellow"),
    "ends at 80 %": (80, 0, 100, 1, 0.80, 0.20, 9.99, "red"),
    "day 81 of 90, the late squeeze": (76.5, 0, 100, 0.9, 0.765, 0.15, 2.35, "yellow"),
}


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_S77_the_worked_examples_of_progress_and_light(case: tuple[float, ...], table: CompiledTable) -> None:
    current, baseline, target, plan, progress, deviation, pace, colour = case
    found = measures.standing(current, baseline, target, plan)
    assert found.progress[0] == pytest.approx(progress, abs=5e-5)
    assert found.deviation[0] == pytest.approx(deviation, abs=5e-3)
    assert found.pace[0] == pytest.approx(pace, abs=5e-3, nan_ok=True)
    assert light(table, found) == colour


def test_S92_taken_naively_a_growth_goal_would_be_370_percent_behind() -> None:
    """7.39 of a cumulative 125 is 5.91 %; measured from the base of 100 it would be −370 %."""
    target = measures.growth_target(100, 0.25)
    assert measures.progress(7.39, 0, target) == pytest.approx(0.0591, abs=5e-5)
    assert measures.progress(7.39, 100, target) == pytest.approx(-3.70, abs=5e-3)


def test_a_plan_runs_straight_in_phases_by_steps_or_by_the_split_of_a_target() -> None:
    assert measures.plan_linear([14, 45, 120, -3], QUARTER).round(4).tolist() == [0.1556, 0.5, 1.0, 0.0]
    assert measures.plan_phased([19 / 90, 0.5, 0.6, 1.0], PHASED).round(4).tolist() == [0.0, 0.3333, 0.5, 1.0]
    assert measures.plan_step([44, 45, 46], 45).tolist() == [0.0, 1.0, 1.0]
    assert measures.plan_split([[10, 30, 60]], 1.5).tolist() == [0.25]
    assert measures.plain(measures.plan_split([[0, 0, 0]], 1.5)) == [None]


def test_a_milestone_on_a_step_is_grey_before_its_day_and_red_after(table: CompiledTable) -> None:
    before, after = measures.plan_step([45, 61], 60)
    assert light(table, measures.standing(0, 0, 1, before)) == "grey"
    assert light(table, measures.standing(0, 0, 1, after)) == "red"
    assert light(table, measures.standing(1, 0, 1, after)) == "green"


def test_limits_to_keep_are_kept_or_not() -> None:
    assert measures.progress([4, 4.5, None], 0, 4, "maintain_max").tolist()[:2] == [1.0, 0.0]
    assert measures.progress([95, 94], 0, 95, "maintain_min").tolist() == [1.0, 0.0]
    assert measures.plain(measures.progress([None], 0, 4, "maintain_max")) == [None]


def test_a_target_that_is_the_baseline_is_met_or_not_by_direction() -> None:
    assert measures.progress([99, 100, 101], 100, 100).tolist() == [0.0, 1.0, 1.0]
    assert measures.progress([99, 100, 101], 100, 100, "decrease").tolist() == [1.0, 1.0, 0.0]


def test_nothing_is_computed_from_nothing(table: CompiledTable) -> None:
    found = measures.standing(None, 0, 100, 0.5)
    assert measures.plain(found.progress) == measures.plain(found.deviation) == measures.plain(found.pace) == [None]
    assert light(table, found) == "grey"


def test_progress_is_shown_from_nothing_upwards_and_kept_as_it_is() -> None:
    assert measures.shown([-0.2, 0.5, 1.07]).tolist() == [0.0, 0.5, 1.07]
    assert measures.progress(10, 9, 4) == pytest.approx(-0.2)


# ── silence ──────────────────────────────────────────────────────────────────────────────────────────────────────────


# day of the quarter, value carried or reported, missed in a row | deviation, pace, light
SILENCE = [
    (16, 12, 0, 0.325, 1.07, "yellow"),
    (26, 12, 1, 0.5846, 1.2375, "yellow"),
    (44, 12, 2, 0.7545, 1.7217, "red"),
    (58, 40, 0, 0.379, 1.69, "red"),
]


@pytest.mark.parametrize(("day", "value", "missed", "deviation", "pace", "colour"), SILENCE)
def test_S77_silence_is_never_green(
    day: int, value: float, missed: int, deviation: float, pace: float, colour: str, table: CompiledTable
) -> None:
    """0 to 100, 12 on 17 January, then two check-ins that do not come, then 40 on 28 February."""
    found = measures.standing(value, 0, 100, measures.plan_linear(day, QUARTER), missed)
    assert found.deviation[0] == pytest.approx(deviation, abs=5e-4)
    assert found.pace[0] == pytest.approx(pace, abs=5e-3)
    assert light(table, found) == colour


def test_S77_one_missed_check_in_dims_a_green_light_and_names_its_row(table: CompiledTable) -> None:
    found = measures.lights(table, measures.standing([62, 62], 0, 100, 0.5, [0, 1]))
    assert found.lights.tolist() == ["green", "yellow"]
    assert found.rows == ["default", "r8"]
    assert found.why.tolist() == ["按计划进行", "缺一次快照"]


@pytest.mark.parametrize(
    ("plan", "progress", "colour"),
    [
        *((0.2, 0.0, "yellow"), (0.2, -0.01, "red")),  # before a fifth of the time red needs a step back
        *((0.5, 0.375, "yellow"), (0.5, 0.374, "red")),  # at half-time p/e < .75
        *((0.8, 0.68, "yellow"), (0.8, 0.679, "red")),  # at .8 the 15 % line binds: p/e < .85
        *((0.5, 0.4, "yellow"), (0.7, 0.56, "red")),  # 20 % behind: yellow at half-time, red at 70 %
    ],
)
def test_where_yellow_turns_red(plan: float, progress: float, colour: str, table: CompiledTable) -> None:
    assert light(table, measures.standing_of(plan, progress)) == colour


def test_S78_a_deviation_of_15_percent_opens_no_review_and_a_hair_more_does() -> None:
    opened = measures.asks_for_review(
        [0.5, 0.5, 0.1, 14 / 90], [0.15, 0.150001, 0.62, 0.62], limit=0.15, from_plan=0.15
    )
    assert opened.tolist() == [False, True, False, True]
    late_squeeze = measures.deviation(0.9, 0.765)  # 0.15000000000000002 before rounding
    assert not measures.asks_for_review(0.9, late_squeeze, limit=0.15, from_plan=0.15)


def test_the_light_of_an_objective_is_the_worst_of_its_key_results() -> None:
    assert measures.worst(["green", "red", "yellow"]) == "red"
    assert measures.worst(["grey", "green"]) == "green"
    assert measures.worst(["grey", "grey"]) == measures.worst([]) == "grey"


# ── targets on the move ──────────────────────────────────────────────────────────────────────────────────────────────


def test_a_target_raised_half_way_is_instantly_red_until_the_plan_begins_anew(table: CompiledTable) -> None:
    """100 → 120 on day 45 with 40 done."""
    before = measures.standing(40, 0, 120, measures.plan_linear(45, QUARTER))
    assert before.progress[0] == pytest.approx(1 / 3, abs=1e-6)
    assert before.deviation[0] == pytest.approx(1 / 3, abs=1e-6)
    assert light(table, before) == "red"
    anew = measures.plan_restarted([45 / QUARTER, 60 / QUARTER, 1.0], 45 / QUARTER, 40 / 120)
    assert anew.round(4).tolist() == [0.3333, 0.5556, 1.0]
    assert light(table, measures.standing(40, 0, 120, anew[0])) == "green"


def test_S11_who_comes_late_owes_the_days_that_are_left_and_a_newcomer_ramps_up() -> None:
    assert measures.prorated(300, 63, 40) == pytest.approx(190.48, abs=5e-3)
    assert measures.prorated(300, 63, [18, 22], [0.25, 0.5]) == pytest.approx(73.81, abs=5e-3)
    assert measures.prorated([300, 600], 63, [[18, 22], [0, 40]], [0.25, 0.5]).round(2).tolist() == [73.81, 190.48]


def test_S82_only_what_is_reported_above_the_facts_is_over_reported() -> None:
    assert measures.over_reports([0.6, 0.55, 0.3], [0.5, 0.5, 0.5], 0.05).tolist() == [True, False, False]


# ── for all numbers ──────────────────────────────────────────────────────────────────────────────────────────────────

numbers = st.floats(-1e6, 1e6, allow_nan=False, width=32)
rows = st.integers(1, 20).flatmap(lambda n: arrays.arrays(np.float64, (4, n), elements=numbers))


@given(rows)
def test_columns_give_what_single_rows_give(values: np.ndarray) -> None:
    current, baseline, target, plan = values[0], values[1], values[2], np.abs(values[3]) / 1e6
    together = measures.standing(current, baseline, target, plan)
    for at in range(values.shape[1]):
        alone = measures.standing(current[at], baseline[at], target[at], plan[at])
        for name in ("progress", "deviation", "pace"):
            assert np.array_equal(getattr(alone, name)[0], getattr(together, name)[at], equal_nan=True)


@given(numbers, numbers, numbers, st.floats(0.01, 100))
def test_progress_does_not_mind_the_unit(current: float, baseline: float, target: float, scale: float) -> None:
    if abs(target - baseline) > 1 and abs(target - baseline) * scale > 1:
        alike = measures.progress(current * scale, baseline * scale, target * scale)
        assert alike == pytest.approx(float(measures.progress(current, baseline, target)), rel=1e-6, abs=1e-6)


@given(st.floats(0.01, 0.99), st.floats(-1, 2), st.floats(-1, 2))
def test_who_has_done_more_is_not_more_behind_and_needs_no_more_pace(plan: float, one: float, other: float) -> None:
    less, more = sorted((one, other))
    assert measures.deviation(plan, more) <= measures.deviation(plan, less)
    assert measures.pace(plan, more) <= measures.pace(plan, less)
