"""How things are done: F4 compliance, F5 response times, F7 agility, F11 revision lead time.

A moment is a number of days: `date.toordinal()` plus the share of the day, in the company's time (`moment`). Ages and
times are days. NaN is "not yet".
"""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

import numpy as np

from runtime.facts.measures.columns import Floats, Given, Ints, column, divided, known, mean, numbered, sums

DAY = dt.timedelta(days=1)


def moment(at: dt.datetime | None, zone: ZoneInfo) -> float:
    """An aware time as a number of days in the company's time; NaN for "not yet"."""
    if at is None:
        return float("nan")
    local = at.astimezone(zone).replace(tzinfo=None)
    return local.toordinal() + (local - dt.datetime.combine(local.date(), dt.time())) / DAY


# ── F4 过程行为合规率 ────────────────────────────────────────────────────────────────────────────────────────────────


def due_actions(required: Given, excused: Given = 0.0, presence: Given = 1.0) -> Floats:
    """What is due of what was required: the part of the time that the person was there for, less what is excused."""
    return np.maximum(0.0, column(required) * column(presence) - column(excused))


def compliance(done: Given, swapped: Given, due: Given, cells: Ints | None = None) -> float:
    """F4: Σ min(done + swapped, due) ÷ Σ due. Not computable where nothing is due.

    A row is a person and an action type, and capped by itself: nobody does another's share. Rows of one person and
    type (its weeks) carry the same number in `cells` and are added up first.
    """
    made = np.atleast_1d(np.nan_to_num(column(done)) + np.nan_to_num(column(swapped)))
    asked = np.atleast_1d(np.nan_to_num(column(due)))
    if cells is not None:
        count = int(cells.max(initial=-1)) + 1
        made, asked = sums(made, cells, count), sums(asked, cells, count)
    return float(divided(np.minimum(made, asked).sum(), asked.sum()))


# ── F5 预警响应时间, F7 修正敏捷度 ───────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class Responses:
    """Days from something happening to the first real action on it. Open ones are told, never hidden:
    a mean over what was answered only improves when people ignore the hard ones."""

    mean: float
    median: float
    answered: int
    open: int
    oldest_open: float
    mean_with_open: float


def responses(began: Given, answered: Given, now: float, working_days: Sequence[int] | None = None) -> Responses:
    """F5 (alert fired → first action by a human) and F7 (deviation detected → adjustment started).

    Acknowledging is no answer: call again with those moments and show both. With `working_days` (ordinals, ascending)
    only time on these days counts; without them calendar time.
    """
    start, end = np.broadcast_arrays(np.atleast_1d(column(began)), np.atleast_1d(column(answered)))
    still_open = np.isnan(end) & ~np.isnan(start)
    until = np.where(still_open, now, end)
    took = until - start if working_days is None else _worked(until, working_days) - _worked(start, working_days)
    done, ages = known(np.where(still_open, np.nan, took)), known(np.where(still_open, took, np.nan))
    return Responses(
        mean=mean(done),
        median=float(np.median(done)) if done.size else float("nan"),
        answered=int(done.size),
        open=int(ages.size),
        oldest_open=float(ages.max()) if ages.size else float("nan"),
        mean_with_open=mean(took),
    )


def earliest(*moments: Given) -> Floats:
    """The first of several things that may have happened: rule fired, self-report, a remark of headquarters."""
    return np.asarray(np.fmin.reduce([column(each) for each in moments]))


def _worked(moments: Floats, working_days: Sequence[int]) -> Floats:
    """Working time up to each moment, in days."""
    days = np.asarray(working_days, dtype=np.float64)
    whole = np.floor(moments)
    before = np.searchsorted(days, whole)
    works = np.searchsorted(days, whole, side="right") > before
    return np.where(np.isnan(moments), np.nan, before + np.where(works, moments - whole, 0.0))


# ── F11 修订周期 ─────────────────────────────────────────────────────────────────────────────────────────────────────


def revision_lead_times(requested: Given, effective: Given, kinds: Sequence[str]) -> Mapping[str, float]:
    """F11: mean days from asking for a change to its taking effect, by kind: self-adjustments (minutes) stand apart
    from those that somebody approves."""
    took = column(effective) - column(requested)
    names, places = numbered(kinds)
    return {str(name): mean(took[places == place]) for place, name in enumerate(names)}
