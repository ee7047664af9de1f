"""One target split exactly over time (年→季→月→周) and over product lines.

The smallest piece is the part of an ISO week that lies in one month. It weighs seasonality[month] × the working days
in it on which the person is there. The target goes to quarters, a quarter to its months, a month to its pieces, each
time exactly by largest remainder; a week is the sum of its pieces. So Σ quarters = Σ months = Σ weeks = target and a
quarter is the sum of its months. The cumulated weeks are the plan curve F1b (序时进度).

Seasonality numbers are read as the decimals that were typed. Where all of the person's days weigh nothing (a month
of seasonality 0), every working day counts the same. Nobody is planned on a day he is absent: presence without one
working day is refused, and the caller moves that target to the reserve or to peers.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import accumulate
from math import gcd

import numpy as np
from numpy.typing import NDArray

from runtime.goals.allocation import (
    BadInput,
    Weight,
    apportion,
    as_typed,
    check_amount,
    check_weight,
    integer_weights,
)

Ints = NDArray[np.int64]
Split = dict[str, dict[str, int]]

SAFE_WHOLE = 2**31
"""Row sums of weights below this keep every product of two of them inside int64."""


@dataclass(frozen=True)
class WorkingYear:
    """The working days of a cycle, cut into its pieces; made once, used for everybody on the same calendar."""

    days: Ints
    """Ordinals of the working days, ascending."""
    starts: Ints
    """Position in `days` of each piece's first day."""
    piece_month: list[int]
    piece_week: list[int]
    month_quarter: list[int]
    """Indices into the names below: of each piece its month and week, of each month its quarter."""
    quarters: list[str]
    months: list[str]
    weeks: list[str]

    def days_present(self, start: date | None = None, end: date | None = None) -> list[int]:
        """Working days of [start, end) in each piece."""
        counts = self.days_present_of_many([start], [end])[0]
        return [int(count) for count in counts]

    def days_present_of_many(self, starts: Sequence[date | None], ends: Sequence[date | None]) -> Ints:
        """One row per person, one column per piece."""
        first = np.array([0 if start is None else start.toordinal() for start in starts], dtype=np.int64)
        last = np.array([date.max.toordinal() if end is None else end.toordinal() for end in ends], dtype=np.int64)
        came, gone = np.searchsorted(self.days, first)[:, None], np.searchsorted(self.days, last)[:, None]
        piece_ends = np.append(self.starts[1:], len(self.days))
        counts: Ints = np.minimum(gone, piece_ends) - np.maximum(came, self.starts)
        return np.maximum(counts, 0)

    def workdays_of_months(self) -> list[int]:
        """Working days of each month of the cycle."""
        return _sums(self.days_present(), self.piece_month, len(self.months))

    def season_of_pieces(self, seasonality: Mapping[int, Weight]) -> list[int]:
        """The seasonality of each piece's month, as whole numbers in the same proportions."""
        months = [int(name[-2:]) for name in self.months]
        for month in months:
            if month not in seasonality:
                raise BadInput(f"seasonality/{month}", "is missing")
            check_weight(f"seasonality/{month}", seasonality[month])
        exact = integer_weights([as_typed(seasonality[month]) for month in months])
        common = gcd(*exact) or 1
        return [exact[month] // common for month in self.piece_month]


@dataclass(frozen=True)
class TimeSplits:
    """Many targets over time, one row per target; the columns are named by `quarters`, `months` and `weeks`."""

    year: WorkingYear
    quarter: Ints
    month: Ints
    week: Ints

    def of(self, row: int) -> Split:
        """One person's split as plain data, equal to what `split_time` gives."""
        return _as_split(self.year, *(table[row].tolist() for table in (self.quarter, self.month, self.week)))


def working_year(working_days: Sequence[date]) -> WorkingYear:
    """Cut the working days of a cycle (half-open, holidays out, make-up days in) into the pieces of weeks."""
    days = sorted(set(working_days))
    if not days:
        raise BadInput("working_days", "the cycle has no working day")
    pieces = [(f"{day:%Y-%m}", "{}-W{:02}".format(*day.isocalendar())) for day in days]
    firsts = [i for i, piece in enumerate(pieces) if i == 0 or piece != pieces[i - 1]]
    months = sorted({month for month, _ in pieces})
    weeks = sorted({week for _, week in pieces})
    quarters = sorted({_quarter(month) for month in months})
    return WorkingYear(
        days=np.array([day.toordinal() for day in days], dtype=np.int64),
        starts=np.array(firsts, dtype=np.int64),
        piece_month=[months.index(pieces[i][0]) for i in firsts],
        piece_week=[weeks.index(pieces[i][1]) for i in firsts],
        month_quarter=[quarters.index(_quarter(month)) for month in months],
        quarters=quarters,
        months=months,
        weeks=weeks,
    )


def split_time(
    target: int,
    year: WorkingYear,
    seasonality: Mapping[int, Weight],
    *,
    start: date | None = None,
    end: date | None = None,
) -> Split:
    """`target` yuan of a person who is there in [start, end): {"quarter": {"2025-Q1": …}, "month": …, "week": …}.

    Periods in which he is absent are there with 0, weeks without any working day are not there.
    Raises `BadInput` naming presence or seasonality.
    """
    check_amount("target", target)
    present = year.days_present(start, end)
    if not any(present):
        raise BadInput("presence", f"no working day between {start} and {end}")
    season = year.season_of_pieces(seasonality)
    weights = [days * weight for days, weight in zip(present, season, strict=True)]
    if not any(weights):
        weights = present
    by_month = _sums(weights, year.piece_month, len(year.months))
    by_quarter = _sums(by_month, year.month_quarter, len(year.quarters))
    quarters = apportion(target, by_quarter)
    months = _split_groups(quarters, by_month, year.month_quarter)
    pieces = _split_groups(months, weights, year.piece_month)
    return _as_split(year, quarters, months, _sums(pieces, year.piece_week, len(year.weeks)))


def split_time_of_many(
    targets: Sequence[int],
    year: WorkingYear,
    seasonality: Mapping[int, Weight],
    *,
    starts: Sequence[date | None] | None = None,
    ends: Sequence[date | None] | None = None,
) -> TimeSplits:
    """The same numbers as `split_time` for many people at once.

    Columns of int64 where seasonality has up to seven digits; beyond that row by row, as exact and slower.
    """
    for row, target in enumerate(targets):
        check_amount(f"targets/{row}", target)
    starts, ends = starts or [None] * len(targets), ends or [None] * len(targets)
    present = year.days_present_of_many(starts, ends)
    absent = np.flatnonzero(~present.any(axis=1))
    if absent.size:
        row = int(absent[0])
        raise BadInput(f"presence/{row}", f"no working day between {starts[row]} and {ends[row]}")
    season = year.season_of_pieces(seasonality)
    if max(season) * len(year.days) >= SAFE_WHOLE or max(targets, default=0) >= 2**62:
        return _row_by_row(targets, year, seasonality, starts, ends)
    weights = present * np.array(season, dtype=np.int64)
    weights = np.where(weights.any(axis=1, keepdims=True), weights, present)
    by_month = _column_sums(weights, year.piece_month, len(year.months))
    by_quarter = _column_sums(by_month, year.month_quarter, len(year.quarters))
    quarters = _apportion_rows(np.array(targets, dtype=np.int64), by_quarter)
    months = _split_column_groups(quarters, by_month, year.month_quarter)
    pieces = _split_column_groups(months, weights, year.piece_month)
    return TimeSplits(year, quarters, months, _column_sums(pieces, year.piece_week, len(year.weeks)))


def split_products(target: int, shares: Mapping[str, Weight]) -> dict[str, int]:
    """`target` yuan over product lines by share, exactly; the shares need not sum to 1."""
    if not shares:
        raise BadInput("products", "there is no product line to split over")
    for product, share in shares.items():
        check_weight(f"products/{product}", share)
    names = sorted(shares)
    amounts = dict(zip(names, apportion(target, [as_typed(shares[name]) for name in names]), strict=True))
    return {product: amounts[product] for product in shares}


def split_amounts(targets: Sequence[int], weights: Sequence[Weight]) -> Ints:
    """Each of many targets over the same weights, exactly: one row per target, one column per weight.

    In columns where the weights have up to seven digits; beyond that row by row, as exact and slower.
    """
    exact = integer_weights([as_typed(weight) for weight in weights])
    common = gcd(*exact) or 1
    exact = [weight // common for weight in exact]
    if sum(exact) >= SAFE_WHOLE or max(targets, default=0) >= 2**62:
        return np.array([apportion(target, exact) for target in targets], dtype=np.int64)
    return _apportion_rows(
        np.array(targets, dtype=np.int64), np.tile(np.array(exact, dtype=np.int64), (len(targets), 1))
    )


def plan_to_date(weeks: Mapping[str, int]) -> dict[str, int]:
    """What should be reached by the end of each week (F1b)."""
    return dict(zip(weeks, accumulate(weeks.values()), strict=True))


def _quarter(month: str) -> str:
    return f"{month[:4]}-Q{(int(month[5:]) + 2) // 3}"


def _as_split(year: WorkingYear, quarters: list[int], months: list[int], weeks: list[int]) -> Split:
    return {
        "quarter": dict(zip(year.quarters, quarters, strict=True)),
        "month": dict(zip(year.months, months, strict=True)),
        "week": dict(zip(year.weeks, weeks, strict=True)),
    }


def _sums(values: Sequence[int], group_of: Sequence[int], groups: int) -> list[int]:
    sums = [0] * groups
    for value, group in zip(values, group_of, strict=True):
        sums[group] += value
    return sums


def _split_groups(totals: Sequence[int], weights: Sequence[int], group_of: Sequence[int]) -> list[int]:
    """Each group's total over its members, which stand side by side."""
    amounts: list[int] = []
    for group, total in enumerate(totals):
        amounts += apportion(total, [weight for weight, of in zip(weights, group_of, strict=True) if of == group])
    return amounts


def _row_by_row(
    targets: Sequence[int],
    year: WorkingYear,
    seasonality: Mapping[int, Weight],
    starts: Sequence[date | None],
    ends: Sequence[date | None],
) -> TimeSplits:
    rows = [
        split_time(target, year, seasonality, start=start, end=end)
        for target, start, end in zip(targets, starts, ends, strict=True)
    ]
    quarter, month, week = (
        np.array([list(row[period].values()) for row in rows], dtype=np.int64).reshape(len(rows), width)
        for period, width in (("quarter", len(year.quarters)), ("month", len(year.months)), ("week", len(year.weeks)))
    )
    return TimeSplits(year, quarter, month, week)


def _column_sums(values: Ints, group_of: Sequence[int], groups: int) -> Ints:
    sums = np.zeros((len(values), groups), dtype=np.int64)
    for column, group in enumerate(group_of):
        sums[:, group] += values[:, column]
    return sums


def _split_column_groups(totals: Ints, weights: Ints, group_of: Sequence[int]) -> Ints:
    amounts = np.empty_like(weights)
    groups = np.array(group_of)
    for group in range(totals.shape[1]):
        members = np.flatnonzero(groups == group)
        amounts[:, members] = _apportion_rows(totals[:, group], weights[:, members])
    return amounts


def _apportion_rows(totals: Ints, weights: Ints) -> Ints:
    """`apportion` for each row: largest remainder, ties to the larger weight, then to the earlier column.

    total × weight may leave int64, so whole turns of the sum of weights are taken out first; what is left, like the
    sort key below, is a product of two numbers under SAFE_WHOLE.
    """
    whole = weights.sum(axis=1, keepdims=True)
    weights = np.where(whole > 0, weights, 1)
    whole = np.where(whole > 0, whole, weights.shape[1])
    turns, rest = np.divmod(totals[:, None], whole)
    quotients, remainders = np.divmod(rest * weights, whole)
    amounts: Ints = turns * weights + quotients
    left_over = totals - amounts.sum(axis=1)
    order = np.argsort(-(remainders * SAFE_WHOLE + weights), axis=1, kind="stable")
    up = np.arange(weights.shape[1]) < left_over[:, None]
    np.put_along_axis(amounts, order, np.take_along_axis(amounts, order, axis=1) + up, axis=1)
    return amounts
