"""A column: the values of one expression for all rows, with what is blank or an error.

`values` is float64 (numbers, and dates as spreadsheet day numbers), bool, or text (str or object array); a constant
is an array without dimensions. `blank` and `error` are None where no row is: most columns. A blank cell holds its
kind's neutral value (0, "", False), so arithmetic need not ask. Sums and products let an overflow run on as inf or
NaN; whoever could hide it (a quotient, a comparison, IFERROR, the result) calls `settled` first, which turns it
into #NUM!.
"""

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from formulas.errors import NUM

Array = NDArray[Any]
EPSILON = 2.0**-48
"""Two numbers that differ by less than this share of the larger one are equal."""

NEUTRAL: dict[str, Any] = {"number": 0.0, "date": 0.0, "text": "", "bool": False}


class Column:
    __slots__ = ("blank", "error", "values")

    def __init__(self, values: Any, blank: Any = None, error: Any = None) -> None:
        self.values = values
        self.blank = blank
        self.error = error

    def __len__(self) -> int:
        return len(self.values) if np.ndim(self.values) else 1


@dataclass(slots=True, frozen=True)
class Shape:
    """How the items of a sub-table lie in its flat columns: `owner` is each item's row."""

    rows: int
    owner: NDArray[np.intp]

    @property
    def items(self) -> int:
        return len(self.owner)

    def first(self, found: Array) -> Array:
        """For each row the place of its first item where `found` holds, or -1."""
        places = np.flatnonzero(found)[::-1]
        first = np.full(self.rows, -1, dtype=np.intp)
        first[self.owner[places]] = places
        return first


class Items:
    """An expression over the items of one sub-table, as an argument of SUM and its like."""

    __slots__ = ("column", "shape")

    def __init__(self, shape: Shape, column: Column) -> None:
        self.shape = shape
        size = shape.items
        self.column = Column(
            *(part if part is None or np.ndim(part) else np.full(size, part) for part in parts(column))
        )


def parts(column: Column) -> tuple[Any, Any, Any]:
    return column.values, column.blank, column.error


def constant(value: float | str | bool) -> Column:
    return Column(np.asarray(value, dtype=object if value == "" and isinstance(value, str) else None))


def blank(kind: str) -> Column:
    return Column(constant(NEUTRAL.get(kind, 0.0)).values, np.True_)


def blanks(column: Column) -> Any:
    """Where the cells are blank (an error is not), None if nowhere."""
    return column.blank if column.blank is None or column.error is None else column.blank & (column.error == 0)


def settled(column: Column) -> Column:
    """The column with every infinity and NaN turned into #NUM!."""
    values = column.values
    if values.dtype.kind != "f":
        return column
    finite = np.isfinite(values)
    if finite.all() if values.ndim else finite:
        return column
    wild = ~finite
    error = np.where(wild, np.uint8(NUM), np.uint8(0))
    if column.error is not None:
        error = np.where(column.error != 0, column.error, error)
    return Column(np.where(finite, values, 0.0), column.blank, error)


def leftmost(*errors: Any) -> Any:
    """The error of each row that stands furthest to the left."""
    found = None
    for error in errors:
        if error is not None:
            found = error if found is None else np.where(found != 0, found, error)
    return found


def flagged(error: Any, mask: Any, status: int) -> Any:
    """`error` with `status` where the mask holds and no error was before."""
    if not np.any(mask):
        return error
    return leftmost(error, np.where(mask, np.uint8(status), np.uint8(0)))


def picked(mask: Any, yes: Any, no: Any) -> Any:
    """One status or another, by row; None means nowhere."""
    if yes is None and no is None:
        return None
    nothing = np.zeros((), dtype=np.result_type(no if yes is None else yes))
    return np.where(mask, nothing if yes is None else yes, nothing if no is None else no)


def choose(mask: Any, yes: Column, no: Column) -> Column:
    """`yes` where the mask holds, else `no`, with their blanks and errors."""
    return Column(
        np.where(mask, yes.values, no.values), picked(mask, yes.blank, no.blank), picked(mask, yes.error, no.error)
    )


def failing(column: Column, status: int) -> Column:
    """A column of the same kind in which every cell is this error."""
    return Column(column.values, None, np.full(np.shape(column.values), status, dtype=np.uint8))


def near(left: Any, right: Any) -> Any:
    return np.abs(left - right) <= EPSILON * np.maximum(np.abs(left), np.abs(right))


@lru_cache(maxsize=4096)
def caseless(text: str) -> bool:
    """No character of the text has a small or capital form, as in all Chinese."""
    return all(character.lower() == character.upper() == character.casefold() for character in text)


def folded(values: Array) -> Array:
    """The texts with case taken away, as objects."""
    if not np.ndim(values):
        return np.asarray(str(values.item()).casefold(), dtype=object)
    texts = np.empty(len(values), dtype=object)
    texts[:] = [text.casefold() for text in values.tolist()]
    return texts


def same_text(left: Array, right: Array) -> Any:
    """Equality of texts without regard to case."""
    for one, other in ((left, right), (right, left)):
        if not np.ndim(one) and caseless(one.item()):
            return other == one.item()
    return np.asarray(folded(left) == folded(right))
