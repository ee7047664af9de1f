"""F2, F3, F13 and roll-up: every worked example, and what must hold for all numbers."""

import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.config import CHECKOUT
from formulas.tables import compile_table
from runtime.facts import measures

TARGETS = [5200, 3900, 3600, 2300, 2500, 1500]  # 万元: 华东, 华南, 华北, 西南, 华中, 西北
BEFORE = [3380, 1560, 1260, 460, 900, 420]
AFTER = [3900, 2613, 2376, 1403, 1675, 953]
A = [0.9, 0.8, 0.6, 0.5]  # coverage, visits, revenue, profit
STAGES = ("推广期", "成长期", "成熟期")


def stage_weights(stage: str) -> list[float]:
    """A row of the published weight table."""
    file = CHECKOUT / "seeds/medical_goals/definitions/table/medical.stage_weights.json"
    found = compile_table(json.loads(file.read_text("utf-8"))["body"]).evaluate({"stage": stage}).values
    return [found[metric] for metric in ("coverage", "visit", "revenue", "profit")]


# ── F2 ───────────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_S42_attainment_is_actual_over_target_and_not_capped() -> None:
    assert measures.attainment([107, 0, None], 100).tolist()[:2] == [1.07, 0.0]
    assert measures.plain(measures.attainment([None], 100)) == [None]


@pytest.mark.parametrize(("actual", "attained"), [(5, 0.75), (3, 1.25), (9, 0.0), (0, 2.0), (4, 1.0)])
def test_less_is_better_on_a_straight_line(actual: float, attained: float) -> None:
    """A target of 4 hours."""
    assert measures.attainment(actual, 4, "inverse_linear", direction="decrease") == attained


def test_less_is_better_by_ratio_is_undefined_at_nothing() -> None:
    assert measures.plain(measures.attainment([5, 0], 4, "inverse_ratio", direction="decrease")) == [0.8, None]


def test_all_or_nothing_and_from_the_baseline() -> None:
    assert measures.attainment([99.9, 100], 100, "binary").tolist() == [0.0, 1.0]
    assert measures.attainment([4, 4.1], 4, "binary", direction="decrease").tolist() == [1.0, 0.0]
    assert measures.attainment(15.9, 18, "baseline", baseline=15) == pytest.approx(0.3)


def test_a_target_of_zero_is_not_applicable_or_no_fault_at_all() -> None:
    assert measures.plain(measures.attainment([12, 0], 0)) == [None, None]
    assert measures.plain(measures.attainment([12], 0, "binary")) == [None]
    assert measures.attainment([0, 1, -1], 0, "inverse_linear", direction="decrease").tolist() == [1.0, 0.0, 1.0]
    assert measures.attainment([0, 1], 0, "ratio", direction="maintain_max").tolist() == [1.0, 0.0]


def test_a_negative_target_has_no_ratio_but_a_baseline() -> None:
    assert measures.plain(measures.attainment([-125], -50)) == [None]
    assert measures.attainment(-125, -50, "baseline", baseline=-200) == pytest.approx(0.5)


def test_S42_the_whole_is_the_sum_of_actuals_over_the_sum_of_targets() -> None:
    assert measures.summed(BEFORE, TARGETS)[0] == pytest.approx(0.42, abs=1e-12)
    assert measures.summed(AFTER, TARGETS)[0] == pytest.approx(0.68, abs=1e-12)


def test_S42_the_simple_mean_is_another_number() -> None:
    rates = measures.attainment(AFTER, TARGETS)
    assert rates.mean() == pytest.approx(0.6659, abs=5e-5)
    assert measures.weighted(rates, TARGETS)[0] == pytest.approx(0.68)


def test_a_region_without_a_target_is_left_out_above_and_below_the_line() -> None:
    assert measures.summed([*AFTER, 12], [*TARGETS, 0])[0] == pytest.approx(0.68, abs=1e-12)
    assert (sum(AFTER) + 12) / sum(TARGETS) == pytest.approx(0.6806, abs=5e-5)


def test_sums_by_group_and_of_nothing() -> None:
    groups = np.array([0, 0, 1])
    assert measures.plain(measures.summed([1, 2, 3], [2, 2, 0], groups, 3)) == [0.75, None, None]
    assert measures.plain(measures.weighted([0.5, None, None], 1, groups, 2)) == [0.5, None]


# ── F3 ───────────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_S43_spread_is_the_largest_distance_from_the_total() -> None:
    before = measures.regional_spread(measures.attainment(BEFORE, TARGETS), 0.42)
    assert before.largest == 23.0
    assert (before.distances[0], before.distances[3]) == (23.0, -22.0)


def test_S43_within_8_points_is_a_distance_not_a_range() -> None:
    after = measures.regional_spread(measures.attainment(AFTER, TARGETS), 0.68)
    assert after.largest == 7.0
    assert not after.breaches(8).any()
    assert after.range == pytest.approx(14.0, abs=0.1)
    assert after.range > 8


def test_S43_a_breach_is_named_and_a_region_without_a_rate_is_none() -> None:
    spread = measures.regional_spread([0.5, 0.58, 0.581, None], 0.5)
    assert spread.breaches(8).tolist() == [False, False, True, False]
    assert measures.plain(measures.regional_spread([None], 0.5).distances) == [None]


# ── roll-up ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_what_was_not_reported_is_left_out_and_said() -> None:
    found = measures.roll_up([0.8, None, 0.5], [0.5, 0.3, 0.2])
    assert found.values[0] == pytest.approx(0.7143, abs=5e-5)
    assert (found.heard[0], found.of[0]) == (2, 3)
    assert measures.roll_up([0.8, 0, 0.5], [0.5, 0.3, 0.2]).values[0] == pytest.approx(0.50)


def test_too_much_of_one_goal_does_not_hide_too_little_of_another() -> None:
    assert measures.roll_up([1.6, 0.4], [1, 1]).values[0] == pytest.approx(0.70)
    assert measures.weighted([1.6, 0.4], [1, 1])[0] == pytest.approx(1.0)


# ── F13 ──────────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(("stage", "score"), [("推广期", 75.5), ("成长期", 67.5), ("成熟期", 58.0)])
def test_S22_the_same_person_scores_by_the_stage_of_his_product(stage: str, score: float) -> None:
    found = measures.composite(np.array([0]), 1, 1.0, stage_weights(stage), A)
    assert found.scores[0] == pytest.approx(score)


def test_S22_several_lines_count_by_their_share_of_the_target_and_each_is_told() -> None:
    weights = [stage_weights(stage) for stage in STAGES]
    found = measures.composite(np.array([0, 0, 0]), 1, [3_000_000, 1_000_000, 0], weights, [A, A, A])
    assert found.scores[0] == pytest.approx(0.75 * 75.5 + 0.25 * 67.5)
    assert measures.plain(found.lines.round(6)) == [75.5, 67.5, None]


def test_a_metric_without_a_value_makes_the_others_weigh_more_and_is_said() -> None:
    found = measures.composite(np.array([0]), 1, 1.0, [0.5, 0.3, 0.2, 0.0], [0.8, None, 0.5, None])
    assert found.scores[0] == pytest.approx(71.43, abs=5e-3)
    assert (found.heard[0], found.of[0]) == (2, 3)


def test_who_has_nothing_to_be_scored_by_has_no_score() -> None:
    found = measures.composite(np.array([0, 1]), 3, 1.0, [[0.5, 0.5], [0.5, 0.5]], [[None, None], [1, 1]])
    assert measures.plain(found.scores) == [None, 100.0, None]


# ── for all numbers ──────────────────────────────────────────────────────────────────────────────────────────────────

amounts = st.lists(st.tuples(st.floats(0, 1e6), st.floats(0, 1e6), st.integers(0, 3)), min_size=1, max_size=30)


@given(amounts, st.randoms())
def test_the_order_of_rows_is_irrelevant(found: list[tuple[float, float, int]], chance: object) -> None:
    mixed = list(found)
    chance.shuffle(mixed)
    one, other = (measures.summed(*_columns(each), 4) for each in (found, mixed))
    assert np.allclose(one, other, equal_nan=True)


@given(amounts)
def test_a_rate_of_groups_lies_between_those_of_its_members(found: list[tuple[float, float, int]]) -> None:
    actual, target, groups = _columns(found)
    rates, whole = measures.attainment(actual, target), measures.summed(actual, target, groups, 4)
    for group in range(4):
        own = rates[(groups == group) & (np.round(target, 6) != 0)]
        if own.size:
            assert own.min() - 1e-6 <= whole[group] <= own.max() * (1 + 1e-9) + 1e-6


def _columns(rows: list[tuple[float, float, int]]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    actual, target, groups = (np.array(column) for column in zip(*rows, strict=True))
    return actual, target, groups
