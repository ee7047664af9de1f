"""Columns of numbers as every measure takes and gives them: float64, NaN where a number cannot be computed.

A number that cannot be computed is shown as "—", is never 0 and never part of a mean. Comparisons are made on values
rounded to 6 places, so that 0.9 − 0.765 over 0.9 is 15 % and not a hair more.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]
Given = ArrayLike | Sequence[float | None] | None

PLACES = 6


def column(values: Given) -> Floats:
    """Numbers and None as a column; a single number is a column without rows, which spreads over the others."""
    return np.asarray(values, dtype=np.float64)


def plain(values: Floats) -> list[float | None]:
    """The column as rows that a page or JSON can hold: None where nothing could be computed."""
    return [None if value != value else value for value in np.atleast_1d(values).tolist()]


def rounded(values: Floats) -> Floats:
    return np.round(values, PLACES) + 0.0


def divided(part: Given, whole: Given) -> Floats:
    """part ÷ whole, not computable where the whole is 0 or either is missing."""
    above, below = np.broadcast_arrays(column(part), column(whole))
    result = np.full(above.shape, np.nan)
    with np.errstate(over="ignore"):
        np.divide(above, below, out=result, where=(below != 0) & ~np.isnan(above) & ~np.isnan(below))
    return np.where(np.isinf(result), np.nan, result)


def mean(values: Given) -> float:
    """The mean of what could be computed; NaN of nothing."""
    there = known(values)
    return float(there.mean()) if there.size else float("nan")


def known(values: Given) -> Floats:
    """The values that could be computed."""
    found = np.atleast_1d(column(values))
    return found[~np.isnan(found)]


def sums(values: Floats, groups: Ints, count: int) -> Floats:
    """Σ of the values of each group; what cannot be computed counts for nothing."""
    return np.bincount(groups, weights=np.nan_to_num(values), minlength=count).astype(np.float64)


def together(rows: int) -> Ints:
    """The groups of a column that is one group."""
    return np.zeros(rows, dtype=np.int64)


def numbered(keys: Any) -> tuple[Any, Ints]:
    """The distinct keys in order, and the place of each row's key among them."""
    distinct, places = np.unique(np.asarray(keys), return_inverse=True)
    return distinct, places.reshape(-1).astype(np.int64)
