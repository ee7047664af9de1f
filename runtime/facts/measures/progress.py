"""Progress against plan: F1 progress, F1b plan to date, F1c deviation and pace, targets that change on the way.

Everything here is a share: 0.375 is 37.5 % of the way from the baseline to the target. All arguments may be columns.
"""

from collections.abc import Sequence

import numpy as np

from runtime.facts.measures.columns import Floats, Given, column, divided, rounded

NEVER = 9.99  # the pace that stands for "not any more": the time is over and the target is not reached
INCREASE, DECREASE, MAINTAIN_MIN, MAINTAIN_MAX = "increase", "decrease", "maintain_min", "maintain_max"

Curve = Sequence[tuple[float, float]]
"""Points (share of the time, share of the way) between which a plan runs straight."""


def progress(current: Given, baseline: Given, target: Given, direction: str = INCREASE) -> Floats:
    """F1: (current − baseline) ÷ (target − baseline), not clamped; one formula for rising and falling metrics.

    Where the target is the baseline: 1 while it is met, else 0. `maintain_min` and `maintain_max` ask for no way at
    all: 1 within the limit, else 0. Not computable without a current value.
    """
    now, start, goal = np.broadcast_arrays(column(current), column(baseline), column(target))
    met = np.where(np.isnan(now) | np.isnan(goal), np.nan, is_met(now, goal, direction).astype(np.float64))
    if direction in (MAINTAIN_MIN, MAINTAIN_MAX):
        return np.asarray(met)
    way = divided(now - start, goal - start)
    return np.where(rounded(goal - start) == 0, met, way)


def is_met(current: Given, target: Given, direction: str = INCREASE) -> np.ndarray[tuple[int, ...], np.dtype[np.bool_]]:
    """Whether the target is reached; a limit that is just kept is kept."""
    now, goal = rounded(column(current)), rounded(column(target))
    return np.asarray(now <= goal if direction in (DECREASE, MAINTAIN_MAX) else now >= goal)


def shown(progressed: Given) -> Floats:
    """Progress as a bar shows it: never below 0, above 1 as far as it goes."""
    return np.maximum(column(progressed), 0.0)


def growth_target(base: Given, growth: Given) -> Floats:
    """The target of "+25 % on the base period": (1 + growth) × base quantity, cumulative from 0."""
    return column(base) * (1 + column(growth))


def plan_linear(elapsed: Given, whole: Given) -> Floats:
    """F1b on a straight plan: elapsed days ÷ days of the cycle, within 0 and 1."""
    return np.clip(divided(elapsed, whole), 0.0, 1.0)


def plan_phased(time: Given, curve: Curve) -> Floats:
    """F1b on a curve given as points; before the first point 0, after the last one all of it."""
    times, shares = zip((0.0, 0.0), *curve, (1.0, 1.0), strict=True)
    return np.asarray(np.interp(column(time), times, shares))


def plan_step(elapsed: Given, due: Given) -> Floats:
    """F1b of a milestone: nothing before its due day, all of it from then on."""
    day, at = np.broadcast_arrays(column(elapsed), column(due))
    return np.where(np.isnan(day) | np.isnan(at), np.nan, np.where(rounded(day) >= rounded(at), 1.0, 0.0))


def plan_split(amounts: Given, at: Given) -> Floats:
    """F1b of a target split over periods (序时进度): the share planned by `at`.

    `amounts` has a row a goal and a column a period; `at` 3.5 is half-way through the fourth period.
    """
    planned = np.atleast_2d(column(amounts))
    position = np.atleast_1d(column(at))[:, None]
    passed = np.clip(position - np.arange(planned.shape[1])[None, :], 0.0, 1.0)
    return divided((planned * passed).sum(axis=1), planned.sum(axis=1))


def plan_restarted(time: Given, changed_at: float, reached: float) -> Floats:
    """F1b after 重排计划: the curve begins anew at the moment of the change (both as shares), where one stood.

    `reached` is the progress towards the new target at that moment. The old curve is kept beside it.
    """
    return np.asarray(np.interp(column(time), (changed_at, 1.0), (reached, 1.0)))


def deviation(plan: Given, progressed: Given) -> Floats:
    """F1c KR 偏离度: (e − p) ÷ e, positive is behind ("落后 25 %"); 0 while nothing is planned yet."""
    due, done = np.broadcast_arrays(column(plan), column(progressed))
    return np.where(np.isnan(due) | np.isnan(done), np.nan, np.where(rounded(due) > 0, divided(due - done, due), 0.0))


def pace(plan: Given, progressed: Given) -> Floats:
    """F1c 所需提速: max(0, 1 − p) ÷ (1 − e), times the planned speed; NEVER when the time is over and p < 1.

    Not computable while nothing is planned yet.
    """
    due, done = np.broadcast_arrays(column(plan), column(progressed))
    left = np.maximum(0.0, 1 - done)
    over = np.where(np.isnan(done), np.nan, np.where(rounded(left) > 0, NEVER, 0.0))
    asked = np.where(rounded(due) >= 1, over, divided(left, 1 - due))
    return np.where(rounded(due) > 0, asked, np.nan)


def prorated(target: Given, workdays: Given, days: Given, ramp: Given = 1.0) -> Floats:
    """What of a full target somebody owes who came late: target ÷ working days of the cycle × Σ days × ramp.

    `days` are the working days he is there for, in the last axis those of each step of the ramp.
    """
    present = np.atleast_1d(column(days) * column(ramp)).sum(axis=-1)
    return divided(column(target) * present, workdays)


def over_reports(reported: Given, fact: Given, limit: float) -> np.ndarray[tuple[int, ...], np.dtype[np.bool_]]:
    """S82: whose reported progress is above that of the facts by more than `limit` (0.05: 5 percentage points)."""
    return np.asarray(rounded(column(reported) - column(fact)) > limit)
