"""What leaves: values and a status byte for each row."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from formulas.columns import NEUTRAL, Column, settled
from formulas.errors import BLANK, ERRORS, NUM, OK
from formulas.functions.dates import day, days_array
from formulas.rounding import HALF, round_column, round_to, snap, snap_column
from formulas.single import BLANK as BLANK_VALUE


@dataclass(frozen=True, slots=True)
class Batch:
    """`values` holds float64, bool, text objects or datetime64[D]; where `status` is not 0 the value is neutral.

    Status: 0 a value, 1 blank, 2 #DIV/0!, 3 #VALUE!, 4 #NUM!, 5 #N/A.
    """

    values: np.ndarray[Any, Any]
    status: np.ndarray[Any, np.dtype[np.uint8]]

    def to_list(self) -> list[Any]:
        """float, str, bool, date, None for a blank, ErrorValue for an error."""
        cells: list[Any] = self.values.tolist()
        if not self.status.any():
            return cells
        statuses = self.status.tolist()
        return [cell if status == OK else ERRORS[status] for cell, status in zip(cells, statuses, strict=True)]

    def __len__(self) -> int:
        return len(self.status)


def finish(column: Column, kind: str, decimals: int | None, rows: int) -> Batch:
    """The column as it leaves: snapped to 15 digits, rounded, no infinity, no minus zero."""
    column = settled(column)
    values = column.values
    if kind in ("number", "blank"):
        values = snap_column(np.atleast_1d(values))
        if decimals is not None:
            values = round_column(values, np.full((), float(decimals)), HALF)
    status = np.zeros(rows, dtype=np.uint8)
    if column.blank is not None:
        status[:] = np.where(column.blank, np.uint8(BLANK), np.uint8(OK))
    if column.error is not None:
        status[:] = np.where(column.error != 0, column.error, status)
    values = np.broadcast_to(values, (rows,))
    if column.blank is not None or column.error is not None:
        values = np.where(status == OK, values, NEUTRAL.get(kind, 0.0))
    return Batch(_typed(values, kind), status)


def _typed(values: Any, kind: str) -> Any:
    if kind == "date":
        return days_array(values)
    if kind == "text":
        return values.astype(object)
    return np.array(values, dtype=bool if kind == "bool" else np.float64)


def join_batches(batches: list[Batch]) -> Batch:
    return Batch(
        np.concatenate([batch.values for batch in batches]), np.concatenate([batch.status for batch in batches])
    )


def finish_single(value: Any, kind: str, decimals: int | None) -> Any:
    """One row's value as it leaves."""
    if value.__class__ is float:
        if value - value != 0.0:
            return ERRORS[NUM]
        if kind == "date":
            return day(value)
        value = snap(value)
        return value if decimals is None else round_to(value, float(decimals), HALF)
    return None if value is BLANK_VALUE else value
