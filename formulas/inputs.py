"""What a host hands in, checked and made into columns or plain values.

A column is a sequence, an array, a pair (array, blank mask) or a Batch. Numbers become float64; NaN, infinity and
values of another kind are refused with E_INPUT.
"""

import datetime
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from typing import Any

import numpy as np

from formulas.columns import NEUTRAL, Column, Shape
from formulas.errors import BLANK, ErrorValue, FormulaError, fault
from formulas.functions.dates import EPOCH, day_number
from formulas.functions.text import MAX_TEXT
from formulas.results import Batch
from formulas.single import BLANK as BLANK_VALUE

_HINTS = {
    "number": ("要数字，不能是文字、NaN 或无穷大", "a finite number is needed"),
    "text": (f"要文字，最多 {MAX_TEXT} 字", f"text is needed, {MAX_TEXT} characters at most"),
    "bool": ("要 true 或 false", "true or false is needed"),
    "date": ("要日期，例如 2025-01-31", "a date such as 2025-01-31 is needed"),
}
_TYPES = {"number": np.float64, "date": np.float64, "bool": bool, "text": object}
_NONE = type(None)
_USUAL: dict[str, set[type]] = {"number": {float, int}, "text": {str}, "bool": {bool}, "date": {datetime.date}}
_UNIX = (datetime.date(1970, 1, 1) - EPOCH).days


def refused(name: str, what: Any, kind: str, row: int | None = None) -> FormulaError:
    shown = f"{what!r}"
    shown = shown if len(shown) <= 40 else shown[:40] + "…"
    where = (shown, shown) if row is None else (f"第 {row + 1} 行 {shown}", f"row {row + 1}: {shown}")
    return fault("bad_input", 0, 0, name=name, what=where, hint=_HINTS.get(kind, (kind, kind)))


# one cell


def _number_cell(value: Any, name: str) -> Any:
    if value.__class__ is float and value - value == 0.0:
        return value
    if isinstance(value, (int, float, Decimal, np.integer, np.floating)) and not isinstance(value, bool):
        try:
            number = float(value)
        except OverflowError:
            raise refused(name, "10^308…", "number") from None
        if number - number == 0.0:
            return number
    return _other_cell(value, name, "number")


def _text_cell(value: Any, name: str) -> Any:
    if isinstance(value, str) and len(value) <= MAX_TEXT:
        return value if value.__class__ is str else str(value)
    return _other_cell(value, name, "text")


def _bool_cell(value: Any, name: str) -> Any:
    if isinstance(value, (bool, np.bool_)):
        return bool(value)
    return _other_cell(value, name, "bool")


def _date_cell(value: Any, name: str) -> Any:
    if isinstance(value, np.datetime64):
        value = value.astype("datetime64[D]").item()
    if isinstance(value, datetime.datetime):
        value = value.date()
    if isinstance(value, datetime.date):
        return day_number(value)
    if isinstance(value, str):
        try:
            return day_number(datetime.date.fromisoformat(value))
        except ValueError:
            raise refused(name, value, "date") from None
    return _other_cell(value, name, "date")


def _other_cell(value: Any, name: str, kind: str) -> Any:
    """A blank or an error stands in a cell of any kind."""
    if value is None:
        return BLANK_VALUE
    if isinstance(value, ErrorValue) and value.code:
        return value
    raise refused(name, value, kind)


CELLS: dict[str, Callable[[Any, str], Any]] = {
    "number": _number_cell, "text": _text_cell, "bool": _bool_cell, "date": _date_cell,
}  # fmt: skip


# a column


def read_column(data: Any, kind: str, name: str, rows: int) -> Column:
    """The column of a field for `rows` rows; None is blank throughout."""
    if data is None:
        return Column(np.full(rows, NEUTRAL[kind], dtype=_TYPES[kind]), np.ones(rows, dtype=bool))
    if isinstance(data, Batch):
        column = _batch_column(data, kind, name)
    elif isinstance(data, tuple) and len(data) == 2 and isinstance(data[0], np.ndarray):
        column = _array_column(data[0], kind, name, np.asarray(data[1], dtype=bool))
    elif isinstance(data, np.ndarray):
        column = _array_column(data, kind, name, None)
    elif isinstance(data, Sequence) and not isinstance(data, str):
        column = _cells_column(data, kind, name)
    else:
        raise refused(name, data, "要一列值 / a column is needed")
    if len(column.values) != rows or column.values.ndim != 1:
        raise refused(name, len(column.values), f"要 {rows} 行 / {rows} rows are needed")
    return column


def _batch_column(batch: Batch, kind: str, name: str) -> Column:
    blank = batch.status == BLANK
    failed = batch.status > BLANK
    column = _array_column(batch.values, kind, name, blank | failed)
    error = np.where(failed, batch.status, np.uint8(0)) if failed.any() else None
    return Column(column.values, blank if blank.any() else None, error)


def _array_column(array: np.ndarray[Any, Any], kind: str, name: str, blank: Any) -> Column:
    code = array.dtype.kind
    if code == "O":
        cells = array.tolist()
        return _cells_column(cells if blank is None else _masked(cells, blank), kind, name)
    if blank is not None and not blank.any():
        blank = None
    if kind == "number" and code in "fiu":
        return _finite(array, name, blank)
    if kind == "bool" and code == "b":
        return Column(array if blank is None else array & ~blank, blank)
    if kind == "text" and code == "U" and array.dtype.itemsize <= 4 * MAX_TEXT:
        return Column(array if blank is None else np.where(blank, "", array), blank)
    if kind == "date" and code == "M":
        return _date_array(array, blank)
    return _cells_column(array.tolist() if blank is None else _masked(array.tolist(), blank), kind, name)


def _masked(cells: list[Any], blank: Any) -> list[Any]:
    return [None if missing else cell for cell, missing in zip(cells, blank.tolist(), strict=True)]


def _finite(array: np.ndarray[Any, Any], name: str, blank: Any) -> Column:
    values = array.astype(np.float64, copy=False)
    if blank is not None:
        values = np.where(blank, 0.0, values)
    finite = np.isfinite(values)
    if not finite.all():
        row = int(np.argmin(finite))
        raise refused(name, float(values[row]), "number", row)
    return Column(values, blank)


def _date_array(array: np.ndarray[Any, Any], blank: Any) -> Column:
    missing = np.isnat(array)
    days = np.where(missing, 0.0, array.astype("datetime64[D]").astype(np.float64) + _UNIX)
    blank = missing if blank is None else missing | blank
    return Column(np.where(blank, 0.0, days), blank if blank.any() else None)


def _cells_column(cells: Sequence[Any], kind: str, name: str) -> Column:
    """Cells that are all of the usual types are read at once, others one by one."""
    kinds = set(map(type, cells))
    blank = None
    if _NONE in kinds:
        blank = np.array([cell is None for cell in cells], dtype=bool)
        kinds.discard(_NONE)
    if not kinds <= _USUAL[kind]:
        return _mixed_column(cells, kind, name)
    neutral: Any = EPOCH if kind == "date" else NEUTRAL[kind]
    filled = cells if blank is None else [neutral if cell is None else cell for cell in cells]
    try:
        return _usual_column(filled, kind, name, blank)
    except OverflowError:
        return _mixed_column(cells, kind, name)  # which names the integer that is too large


def _usual_column(cells: Sequence[Any], kind: str, name: str, blank: Any) -> Column:
    if kind == "number":
        return _finite(np.array(cells, dtype=np.float64), name, blank)
    if kind == "date":
        return Column(np.array([day_number(cell) for cell in cells], dtype=np.float64), blank)
    if kind == "bool":
        return Column(np.array(cells, dtype=bool), blank)
    if cells and len(max(cells, key=len)) > MAX_TEXT:
        return _mixed_column(cells, kind, name)
    return Column(_objects(cells), blank)


def _mixed_column(cells: Sequence[Any], kind: str, name: str) -> Column:
    read = CELLS[kind]
    values = []
    for row, cell in enumerate(cells):
        try:
            values.append(read(cell, name))
        except FormulaError:
            raise refused(name, cell, kind, row) from None
    blank = np.array([value is BLANK_VALUE for value in values], dtype=bool)
    error = np.array([value.status if isinstance(value, ErrorValue) else 0 for value in values], dtype=np.uint8)
    neutral = NEUTRAL[kind]
    plain = [neutral if value is BLANK_VALUE or isinstance(value, ErrorValue) else value for value in values]
    array = _objects(plain) if kind == "text" else np.array(plain, dtype=_TYPES[kind])
    return Column(array, blank if blank.any() else None, error if error.any() else None)


def _objects(cells: Sequence[Any]) -> np.ndarray[Any, Any]:
    array = np.empty(len(cells), dtype=object)
    array[:] = cells
    return array


# a sub-table


def read_items(data: Any, name: str, rows: int) -> tuple[Shape, list[Mapping[str, Any]]]:
    """The shape of a sub-table and its items, one row's after the other's."""
    tables = [()] * rows if data is None else data
    if isinstance(tables, (str, Mapping)) or not isinstance(tables, (Sequence, np.ndarray)) or len(tables) != rows:
        raise refused(name, data, f"要 {rows} 行子表 / {rows} sub-tables are needed")
    items: list[Mapping[str, Any]] = []
    counts = np.zeros(rows, dtype=np.intp)
    for row, table in enumerate(tables):
        table = () if table is None else table
        if table.__class__ is not list and (isinstance(table, (str, Mapping)) or not isinstance(table, Sequence)):
            raise refused(name, table, "子表要是字典的列表 / a sub-table is a list of dicts", row)
        counts[row] = len(table)
        items.extend(table)
    if not set(map(type, items)) <= {dict} and not all(isinstance(item, Mapping) for item in items):
        raise refused(name, next(item for item in items if not isinstance(item, Mapping)), "要字典 / a dict is needed")
    return Shape(rows, np.repeat(np.arange(rows, dtype=np.intp), counts)), items
