"""Where a table says two things at once, and where it says nothing, each with a row of data that shows it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from formulas.tables.classes import Classes

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
    """Pairs of rows that allow a common class in every column, and those classes."""
    real = [np.isin(np.arange(one.count), one.real()) for one in classes]
    for first in range(rows):
        common = np.ones(rows, dtype=bool)
        for one, possible in zip(classes, real, strict=True):
            common &= (one.allowed & one.allowed[first] & possible).any(axis=1)
        for second in np.flatnonzero(common[first + 1 :]) + first + 1:
            shared = [
                int(np.argmax(one.allowed[first] & one.allowed[second] & possible))
                for one, possible in zip(classes, real, strict=True)
            ]
            yield first, int(second), shared


def uncovered(classes: Sequence[Classes], rows: Sequence[int]) -> Iterator[list[int]]:
    """Combinations of classes that none of the rows allows, one for each way in which the rows run out."""
    everything = sum(1 << row for row in rows)
    choices = [_choices(one) if one.closed() else [(one.real()[-1], everything)] for one in classes]
    seen: set[tuple[int, int]] = set()

    def search(place: int, left: int, codes: list[int]) -> Iterator[list[int]]:
        if left == 0:
            yield [*codes, *(options[0][0] for options in choices[place:])]
            return
        if place == len(choices) or (place, left) in seen or len(seen) > MOST_STATES:
            return
        seen.add((place, left))
        for code, allowing in choices[place]:
            yield from search(place + 1, left & allowing, [*codes, code])

    yield from search(0, everything, [])


def _choices(classes: Classes) -> list[tuple[int, int]]:
    """Each class that data can have with the rows that allow it, as bits; classes alike in this count once."""
    found: dict[int, int] = {}
    for code in classes.real():
        rows = sum(1 << int(row) for row in np.flatnonzero(classes.allowed[:, code]))
        found.setdefault(rows, code)
    return [(code, rows) for rows, code in found.items()]
