"""How much of a target is reached: F2 attainment, F3 regional spread, F13 composite score, roll-up with gaps.

Attainment is a share: 1.07 is 107 %. Differences between shares are percentage points: 23.0.
"""

from dataclasses import dataclass
from typing import Literal

import numpy as np

from runtime.facts.measures.columns import (
    Bools,
    Floats,
    Given,
    Ints,
    column,
    divided,
    known,
    mean,
    rounded,
    sums,
    together,
)
from runtime.facts.measures.progress import DECREASE, INCREASE, MAINTAIN_MAX, is_met, progress

Policy = Literal["ratio", "inverse_linear", "inverse_ratio", "binary", "baseline"]
POINTS = 100.0


# ── F2 目标达成率 ────────────────────────────────────────────────────────────────────────────────────────────────────


def attainment(
    actual: Given, target: Given, policy: Policy = "ratio", *, direction: str = INCREASE, baseline: Given = None
) -> Floats:
    """F2 of each goal by the metric's policy; not capped.

    Zero targets: one to be increased is not applicable (not computable), one to be kept low (零缺陷) is 1 while the
    actual is at most 0, else 0. A negative target has no ratio: use `baseline`, which is F1.
    """
    done, goal = np.broadcast_arrays(column(actual), column(target))
    if policy == "baseline":
        return progress(done, baseline, goal, direction)
    low_is_good = policy.startswith("inverse") or direction in (DECREASE, MAINTAIN_MAX)
    found = _by_policy(policy, done, goal, direction)
    without_fault = np.where(rounded(done) <= 0, 1.0, 0.0) if low_is_good else np.full(done.shape, np.nan)
    found = np.where(rounded(goal) == 0, without_fault, found)
    return np.where(np.isnan(done) | np.isnan(goal), np.nan, found)


def _by_policy(policy: Policy, actual: Floats, target: Floats, direction: str) -> Floats:
    if policy == "binary":
        return is_met(actual, target, direction).astype(np.float64)
    positive = np.where(target > 0, target, np.nan)
    if policy == "inverse_linear":
        return np.asarray(np.maximum(0.0, 2 - divided(actual, positive)))
    return divided(positive, actual) if policy == "inverse_ratio" else divided(actual, positive)


def summed(actual: Given, target: Given, groups: Ints | None = None, count: int = 1) -> Floats:
    """F2 of goals together, of a metric that adds up: Σ actual ÷ Σ target, by group.

    A goal without an actual or with a target of 0 is left out above and below the line.
    """
    done, goal = np.broadcast_arrays(np.atleast_1d(column(actual)), np.atleast_1d(column(target)))
    counts = ~np.isnan(done) & ~np.isnan(goal) & (rounded(goal) != 0)
    groups = together(len(done)) if groups is None else groups
    return divided(sums(np.where(counts, done, 0), groups, count), sums(np.where(counts, goal, 0), groups, count))


def weighted(attained: Given, weights: Given, groups: Ints | None = None, count: int = 1) -> Floats:
    """F2 of goals together where sums mean nothing: Σ w·A ÷ Σ w over those that could be computed."""
    rates, given = np.broadcast_arrays(np.atleast_1d(column(attained)), np.atleast_1d(column(weights)))
    groups = together(len(rates)) if groups is None else groups
    heard = np.where(np.isnan(rates), 0.0, given)
    return divided(sums(rates * heard, groups, count), sums(heard, groups, count))


# ── F3 区域差异 ──────────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class Spread:
    """Percentage points: each region's distance from the total, the largest of them, and two other readings."""

    distances: Floats
    largest: float
    range: float
    from_mean: float

    def breaches(self, band: float) -> Bools:
        """Which regions are further from the total than `band` points (8 for ±8)."""
        return np.asarray(np.abs(rounded(self.distances)) > band)


def regional_spread(attained: Given, total: float) -> Spread:
    """F3: the largest distance of a region's rate from the total rate. ±8 is this distance, not the range."""
    rates = np.atleast_1d(column(attained))
    there = known(rates)
    distances = rounded((rates - total) * POINTS)
    if not there.size:
        return Spread(distances, np.nan, np.nan, np.nan)
    widest = rounded(np.array([np.ptp(there), np.abs(there - mean(there)).max()]) * POINTS)
    return Spread(distances, float(np.nanmax(np.abs(distances))), float(widest[0]), float(widest[1]))


# ── roll-up with gaps ────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class RolledUp:
    """Values by parent, with how many of its children could be computed: the badge "2 of 3"."""

    values: Floats
    heard: Ints
    of: Ints


def roll_up(progressed: Given, weights: Given, parents: Ints | None = None, count: int = 1) -> RolledUp:
    """A parent's progress from its children's: Σ w·min(p, 1) ÷ Σ w over those that reported.

    Over-achievement is capped here and only here: 160 % of one goal must not hide 40 % of another.
    """
    values = np.atleast_1d(column(progressed))
    parents = together(len(values)) if parents is None else parents
    there = ~np.isnan(values)
    rolled = weighted(np.minimum(values, 1.0), weights, parents, count)
    return RolledUp(rolled, np.bincount(parents[there], minlength=count), np.bincount(parents, minlength=count))


# ── F13 动态权重得分 ─────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class Composite:
    """Points of 100. One score a person; one sub-score a line, with how many of its metrics were heard of how many."""

    scores: Floats
    lines: Floats
    heard: Ints
    of: Ints


def composite(people: Ints, count: int, shares: Given, weights: Given, attained: Given) -> Composite:
    """F13: Σ over product lines (share of the person's target) × Σ over metrics w[stage of the line, date] × A.

    One row a person and line. `shares` may be amounts; `weights` and `attained` have a column a metric, weights being
    those of the stage in which the line's product is on the date. Lines without a share are left out; a metric
    without a value is left out and the others of its line weigh more.
    """
    given, reached = np.atleast_2d(column(weights)), np.atleast_2d(column(attained))
    asked = given > 0
    heard = asked & ~np.isnan(reached)
    heavy = np.where(heard, given, 0.0)
    lines = divided((heavy * np.nan_to_num(reached)).sum(axis=1), heavy.sum(axis=1)) * POINTS
    part = np.nan_to_num(np.broadcast_to(column(shares), lines.shape))
    lines = np.where(part > 0, lines, np.nan)
    scores = weighted(lines, part, people, count)
    return Composite(scores, lines, heard.sum(axis=1), asked.sum(axis=1))
