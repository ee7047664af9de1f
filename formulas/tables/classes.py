"""The values of an input column, divided into classes that the table's cells cannot tell apart.

A row of data becomes one small integer per column, and a cell the set of classes that it allows. Numbers have a
class for each constant that a cell names and one for each gap between them; texts one for each constant and one for
all others.
"""

from bisect import bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from itertools import repeat
from typing import Any

import numpy as np
from numpy.typing import NDArray

from formulas.columns import Column, caseless, near
from formulas.functions.dates import EPOCH
from formulas.tables.body import TableColumn
from formulas.tables.cells import Test

Codes = NDArray[np.intp]
Allowed = NDArray[np.bool_]
_OTHER = "其他"


@dataclass(frozen=True, slots=True)
class Classes:
    """`points` are the constants that cells name; `allowed[r, c]` says whether row r allows class c."""

    column: TableColumn
    points: tuple[Any, ...]
    allowed: Allowed

    @property
    def count(self) -> int:
        return int(self.allowed.shape[1])

    def codes(self, column: Column) -> Codes:
        """The class of each cell of the data."""
        if self.column.kind == "text":
            return self._text_codes(column.values)
        if self.column.kind == "bool":
            return np.asarray(column.values, dtype=np.intp)
        return self._number_codes(column.values)

    def _text_codes(self, values: NDArray[Any]) -> Codes:
        known = {text: place for place, text in enumerate(self.points, 1)}
        cells = values.tolist()
        if not all(caseless(text) for text in self.points):
            cells = list(map(str.casefold, cells))
        return np.fromiter(map(known.get, cells, repeat(0)), dtype=np.intp, count=len(cells))

    def _number_codes(self, values: NDArray[Any]) -> Codes:
        points = np.array(self.points, dtype=np.float64)
        place = np.searchsorted(points, values)
        above = near(values, points[np.minimum(place, len(points) - 1)])
        below = near(values, points[np.maximum(place - 1, 0)])
        on_below = np.where(below, 2 * np.maximum(place, 1) - 1, 2 * place)
        codes = np.where(above, 2 * np.minimum(place, len(points) - 1) + 1, on_below)
        return np.asarray(codes, dtype=np.intp)

    def real(self) -> list[int]:
        """The classes that data can have: of choices the options, of dates whole days."""
        if self.column.kind == "text" and self.column.options:
            code = _coder(self.column, self.points)
            return [code(option) for option in self.column.options]
        return [code for code in range(self.count) if not self._between_days(code)]

    def _between_days(self, code: int) -> bool:
        """No date lies between one day and the next."""
        place, on_point = divmod(code, 2)
        inner = self.column.kind == "date" and not on_point and 0 < place < len(self.points)
        return inner and self.points[place] - self.points[place - 1] <= 1.0

    def closed(self) -> bool:
        """Whether a value that no row allows is a gap worth telling: not for free text."""
        return self.column.kind != "text" or bool(self.column.options)

    def witness(self, code: int) -> Any:
        """A value of this class, as data brings it."""
        if self.column.kind == "bool":
            return bool(code)
        if self.column.kind == "text":
            return self._spelled(code)
        number = self._number(code)
        return EPOCH + timedelta(days=round(number)) if self.column.kind == "date" else number

    def _spelled(self, code: int) -> str:
        if code == 0:
            return _OTHER
        folded = self.points[code - 1]
        return next((option for option in self.column.options if option.casefold() == folded), folded)

    def _number(self, code: int) -> float:
        place, on_point = divmod(code, 2)
        if on_point:
            return float(self.points[place])
        if place == 0:
            return float(self.points[0]) - 1.0
        if place == len(self.points):
            return float(self.points[-1]) + 1.0
        low, high = self.points[place - 1], self.points[place]
        return float((low + high) / 2)


def divide(column: TableColumn, tests: Sequence[Test]) -> Classes | None:
    """The classes of a column; None if no cell of it asks for a constant."""
    if not any(test.simple for test in tests):
        return None
    named = [value for test in tests for value in (*test.values, *(value for _, value in test.bounds))]
    points = _points(column, named)
    size = 2 if column.kind == "bool" else len(points) + 1 if column.kind == "text" else 2 * len(points) + 1
    allowed = np.ones((len(tests), size), dtype=bool)
    code = _coder(column, points)
    for row, test in zip(allowed, tests, strict=True):
        _restrict(row, test, code)
    return Classes(column, points, allowed)


def _points(column: TableColumn, named: list[Any]) -> tuple[Any, ...]:
    if column.kind == "bool":
        return (False, True)
    if column.kind == "text":
        return tuple(dict.fromkeys(text.casefold() for text in (*named, *column.options)))
    points: list[float] = []
    for value in sorted(named):
        if not points or not near(value, points[-1]):
            points.append(value)
    return tuple(points)


def _coder(column: TableColumn, points: tuple[Any, ...]) -> Callable[[Any], int]:
    """The class of a constant that is among the points, or near one and therefore above it at most by a trace."""
    if column.kind == "bool":
        return int
    if column.kind == "text":
        known = {text: place for place, text in enumerate(points, 1)}
        return lambda value: known[value.casefold()]
    return lambda value: 2 * bisect_right(points, value) - 1


def _restrict(allowed: Allowed, test: Test, code: Callable[[Any], int]) -> None:
    """Take from one row's classes, all of them at first, those that its cell does not allow."""
    if test.values:
        allowed[:] = False
        allowed[[code(value) for value in test.values]] = True
    for operator, value in test.bounds:
        for excluded in _EXCLUDED[operator](code(value)):
            allowed[excluded] = False


_EXCLUDED: dict[str, Callable[[int], tuple[slice, ...]]] = {
    "=": lambda code: (slice(0, code), slice(code + 1, None)),
    "<>": lambda code: (slice(code, code + 1),),
    "<": lambda code: (slice(code, None),),
    "<=": lambda code: (slice(code + 1, None),),
    ">": lambda code: (slice(0, code + 1),),
    ">=": lambda code: (slice(0, code),),
}
