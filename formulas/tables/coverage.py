"""Where a table says two things at once, and where it says nothing, each with a row of data that shows it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from formulas.tables.classes import Allowed, Classes

MOST_STATES = 50_000
"""A search over more combinations than this is given up: the table is told to have no gap that was found."""


@dataclass(frozen=True, slots=True)
class Overlap:
    """Two rows that hold for the same values."""

    rows: tuple[str, str]
    paths: tuple[str, str]
    witness: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Gap:
    """Values of the inputs, by title, for which no row holds."""

    witness: Mapping[str, Any]


def witness(classes: Sequence[Classes], codes: Sequence[int]) -> dict[str, Any]:
    return {one.column.title: one.witness(code) for one, code in zip(classes, codes, strict=True)}


def overlapping(classes: Sequence[Classes], rows: int) -> Iterator[tuple[int, int, list[int]]]:
    """Pairs of rows that allow a common class in every column, and the first such classes. Columns lead from a class
    to the rows that allow it, the column that tells rows apart best first: few pairs are ever looked at."""
    possible = [_possible(one) for one in classes]
    holding = sorted((allowed.T.copy() for allowed in possible), key=np.mean)
    for first in range(rows):
        others = np.arange(first + 1, rows)
        for column in holding:
            codes = np.flatnonzero(column[:, first])
            others = others[column[np.ix_(codes, others)].any(axis=0)]
        for second in others.tolist():
            yield first, second, [int(np.argmax(allowed[first] & allowed[second])) for allowed in possible]


def _possible(classes: Classes) -> Allowed:
    """What each row allows among the classes that data can have."""
    return classes.allowed & np.isin(np.arange(classes.count), classes.real())


def uncovered(classes: Sequence[Classes], rows: Sequence[int]) -> Iterator[list[int]]:
    """Combinations of classes that none of the rows allows, one for each way in which the rows run out."""
    everything = sum(1 << row for row in rows)
    choices = [_choices(one) if one.closed() else [(one.real()[-1], everything)] for one in classes]
    last = _Last(choices[-1] if choices else [], everything)
    seen: set[tuple[int, int]] = set()

    def search(place: int, left: int, codes: list[int]) -> Iterator[list[int]]:
        if left == 0:
            yield [*codes, *(options[0][0] for options in choices[place:])]
            return
        if place == len(choices) or (place, left) in seen or len(seen) > MOST_STATES:
            return
        seen.add((place, left))
        if place == len(choices) - 1:
            yield from ([*codes, code] for code in last.without(left))
            return
        for code, allowing in choices[place]:
            yield from search(place + 1, left & allowing, [*codes, code])

    yield from search(0, everything, [])


class _Last:
    """The choices of the last column side by side: nearly all of the search ends there."""

    def __init__(self, choices: Sequence[tuple[int, int]], everything: int) -> None:
        self._bytes = (everything.bit_length() + 7) // 8
        self._codes = [code for code, _allowing in choices]
        self._allowing = np.array([self._packed(allowing) for _code, allowing in choices], dtype=np.uint8)

    def _packed(self, rows: int) -> NDArray[np.uint8]:
        return np.frombuffer(rows.to_bytes(self._bytes, "little"), dtype=np.uint8)

    def without(self, left: int) -> Iterator[int]:
        """The classes that none of these rows allows."""
        free = ~(self._allowing & self._packed(left)).any(axis=1)
        return (self._codes[place] for place in np.flatnonzero(free).tolist())


def _choices(classes: Classes) -> list[tuple[int, int]]:
    """Each class that data can have with the rows that allow it, as bits; classes alike in this count once."""
    bits = np.packbits(classes.allowed, axis=0, bitorder="little").T.copy()
    found: dict[int, int] = {}
    for code in classes.real():
        found.setdefault(int.from_bytes(bits[code].tobytes(), "little"), code)
    return [(code, rows) for rows, code in found.items()]
