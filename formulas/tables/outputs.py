"""The output columns of a table: constants in arrays, other cells as formulas."""

import datetime
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from formulas.columns import NEUTRAL
from formulas.errors import BLANK, ERRORS, NA, OK, ErrorValue, FormulaError, fault
from formulas.formula import Formula
from formulas.functions.dates import WorkCalendar
from formulas.results import Batch
from formulas.schema import Schema
from formulas.tables.body import TableBody, TableColumn, TableRow, refused

_TYPES: dict[str, Any] = {"number": np.float64, "bool": bool, "text": object, "date": "datetime64[D]"}
_VARIES = object()
_NEUTRAL = NEUTRAL | {"date": np.datetime64("1970-01-01")}


@dataclass(frozen=True, slots=True)
class OutputColumn:
    """`values` and `status` of the constant cells, the default's last; `formulas` of the others, by row."""

    column: TableColumn
    values: NDArray[Any]
    status: NDArray[np.uint8]
    formulas: Mapping[int, Formula]

    @property
    def kind(self) -> str:
        return self.column.type

    def constants(self) -> Batch:
        """The cells of all rows; where one is a formula, a blank."""
        return Batch(self.values[:-1], self.status[:-1])


def read_output(table: TableBody, names: Schema, column: TableColumn) -> OutputColumn:
    """The cells of an output column; their problems are added to the table's."""
    rows = [*table.rows, table.default or TableRow("", "", {}, {})]
    values = np.full(len(rows), _NEUTRAL[column.kind], dtype=_TYPES[column.kind])
    status = np.full(len(rows), BLANK, dtype=np.uint8)
    formulas: dict[int, Formula] = {}
    read: dict[str, tuple[Formula, Any]] = {}  # the same few values stand in many rows
    for place, row in enumerate(rows):
        cell = row.then.get(column.id, "").strip()
        if cell in ("", "-"):
            continue
        try:
            formula, value = read[cell] = read.get(cell) or _cell(cell, column, names)
        except FormulaError as error:
            path = f"{row.path}/then/{column.id}" if row.path else f"/default/{column.id}"
            table.problems.append(refused(path, error))
            continue
        if value is _VARIES:
            formulas[place] = formula
        else:
            status[place] = _status(value)
            values[place] = value if status[place] == OK else _NEUTRAL[column.kind]
    return OutputColumn(column, values, status, formulas)


def _cell(cell: str, column: TableColumn, names: Schema) -> tuple[Formula, Any]:
    """The formula of a cell and its value; _VARIES where that depends on data or on the day."""
    formula = Formula(cell, names)
    if formula.kind not in (column.kind, "blank"):
        kinds = {"number": ("数字", "a number"), "text": ("文字", "text"), "bool": ("是/否", "yes/no"),
                 "date": ("日期", "a date")}  # fmt: skip
        where = (f"“{column.title}”", f"“{column.title}”")
        hint = ("改这个格子，或改列的类型", "change the cell or the type of the column")
        wanted, got = kinds[column.kind], kinds[formula.kind]
        raise fault("wrong_kind", 0, len(cell), place=where, wanted=wanted, got=got, hint=hint)
    if column.options and formula.tree.options and not formula.names:
        option = next(iter(formula.tree.options))
        if option and option not in column.options:
            shown = "、".join(column.options[:5])
            hints = {"zh_hint": f"可用的选项：{shown}", "en_hint": f"options: {shown}"}
            raise fault("unknown_option", 0, len(cell), name=column.title, option=option, **hints)
    return formula, _VARIES if formula.names or formula.reads_day else formula.evaluate({})


def _status(value: Any) -> int:
    if value is None:
        return BLANK
    return ERRORS.index(value) if isinstance(value, ErrorValue) else OK


def selected(
    output: OutputColumn,
    fired: NDArray[np.intp],
    data: Mapping[str, Any],
    today: datetime.date,
    calendar: WorkCalendar | None,
) -> Batch:
    """The cell of the row that fired, for each row of data; what is negative in `fired` is overwritten later."""
    values, status = output.values[fired], output.status[fired]
    for row, formula in output.formulas.items():
        places = np.flatnonzero(fired == row)
        if len(places):
            part = {name: _taken(column, places) for name, column in data.items()}
            batch = formula.evaluate_batch(part, len(places), today, calendar)
            values[places], status[places] = batch.values, batch.status
    values[fired < 0] = _NEUTRAL[output.column.kind]
    return Batch(values, status)


def _taken(column: Any, places: NDArray[np.intp]) -> Any:
    if isinstance(column, Batch):
        return Batch(column.values[places], column.status[places])
    if isinstance(column, tuple) and len(column) == 2 and isinstance(column[0], np.ndarray):
        return column[0][places], np.asarray(column[1])[places]
    if isinstance(column, np.ndarray):
        return column[places]
    return None if column is None else [column[place] for place in places.tolist()]


def collected(
    output: OutputColumn,
    how: str,
    hits: NDArray[np.bool_],
    fired: NDArray[np.intp],
    data: Mapping[str, Any],
    today: datetime.date,
    calendar: WorkCalendar | None,
) -> Batch:
    """All rows that hold, put together; where none does, the default or what nothing amounts to."""
    rows = hits.shape[1]
    if how == "count":
        together = Batch(hits.sum(axis=0).astype(np.float64), np.zeros(rows, dtype=np.uint8))
    else:
        cells = [_everywhere(output, row, rows, data, today, calendar) for row in range(len(hits))]
        together = _listed(cells, hits) if how == "list" else _folded(cells, hits, how)
    default = fired == len(hits)
    if not default.any():
        return together
    given = selected(output, np.where(default, fired, -1), data, today, calendar)
    if how == "list":
        values = given.to_list()
        for place in np.flatnonzero(default).tolist():
            together.values[place] = [values[place]]
        return together
    return Batch(np.where(default, given.values, together.values), np.where(default, given.status, together.status))


def _everywhere(
    output: OutputColumn,
    row: int,
    rows: int,
    data: Mapping[str, Any],
    today: datetime.date,
    calendar: WorkCalendar | None,
) -> Batch:
    if row in output.formulas:
        return output.formulas[row].evaluate_batch(data, rows, today, calendar)
    return Batch(np.broadcast_to(output.values[row], rows), np.broadcast_to(output.status[row], rows))


def _folded(cells: list[Batch], hits: NDArray[np.bool_], how: str) -> Batch:
    """Sum, least or greatest of what is present; an error among it spreads."""
    rows = hits.shape[1]
    values, status = np.zeros(rows), np.zeros(rows, dtype=np.uint8)
    found = np.zeros(rows, dtype=bool)
    pick = {"sum": np.add, "min": np.minimum, "max": np.maximum}[how]
    for cell, hit in zip(cells, hits, strict=True):
        present = hit & (cell.status == OK)
        values = np.where(present, np.where(found, pick(values, cell.values), cell.values), values)
        found |= present
        status = np.where((status == OK) & hit & (cell.status > BLANK), cell.status, status)
    if how != "sum":
        status = np.where((status == OK) & ~found, np.uint8(NA), status)
    return Batch(np.where(status == OK, values, 0.0), status)


def _listed(cells: list[Batch], hits: NDArray[np.bool_]) -> Batch:
    rows = hits.shape[1]
    lists = np.empty(rows, dtype=object)
    lists[:] = [[] for _ in range(rows)]
    for cell, hit in zip(cells, hits, strict=True):
        values = cell.to_list()
        for place in np.flatnonzero(hit).tolist():
            lists[place].append(values[place])
    return Batch(lists, np.zeros(rows, dtype=np.uint8))
