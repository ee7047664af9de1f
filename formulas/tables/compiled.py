"""A table compiled once: data rows to classes, classes to the table's rows, those to outputs. All in columns."""

import datetime
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import islice
from typing import Any

import numpy as np
from numpy.typing import NDArray

from formulas.columns import Column
from formulas.errors import NA, OK, VALUE, FormulaError
from formulas.formula import BLOCK, Formula, slice_column
from formulas.functions.dates import WorkCalendar
from formulas.inputs import read_column
from formulas.results import Batch, join_batches
from formulas.schema import Schema
from formulas.tables.body import (
    DEFAULT,
    TableBody,
    TableColumn,
    TableError,
    TableProblem,
    problem,
    read_body,
    refused,
)
from formulas.tables.cells import ANY, Test, read_cell
from formulas.tables.classes import Classes, Codes, divide
from formulas.tables.coverage import Gap, Overlap, overlapping, uncovered, witness
from formulas.tables.outputs import OutputColumn, collected, read_output, selected

NONE, SEVERAL = -1, -2
"""`fired` where no row and no default holds, and where several rows do under `unique`."""
_GRID_CELLS = 4_000_000
_GRID_SIZE = 200_000
_MOST_TRIED = 200


@dataclass(frozen=True, slots=True)
class TableResult:
    """`values` by output key; `rows` the ids of the rows that held (`default` for the default row); `problem` says
    in Chinese and English why the outputs are errors: no row held, or several under `unique`."""

    values: Mapping[str, Any]
    rows: tuple[str, ...]
    problem: Mapping[str, str] | None = None


@dataclass(frozen=True, slots=True)
class TableBatch:
    """`outputs` by key. `fired` holds the place of the row that gave each result: NONE, SEVERAL, or the number of
    rows for the default. Under `collect` it is the first row and `hits[row, n]` tells all."""

    outputs: Mapping[str, Batch]
    fired: NDArray[np.intp]
    row_ids: Sequence[str]
    hits: NDArray[np.bool_] | None = None

    @property
    def fired_ids(self) -> list[str | None]:
        """The id of the row that gave each result, None if there is none or several."""
        ids = np.array([*self.row_ids, None, None], dtype=object)
        return list(ids[self.fired])

    def ids(self, row: int) -> tuple[str, ...]:
        """The ids of all rows that fired for one row of data."""
        if self.hits is not None and self.hits[:, row].any():
            return tuple(self.row_ids[place] for place in np.flatnonzero(self.hits[:, row]).tolist())
        fired = int(self.fired[row])
        return (self.row_ids[fired],) if fired >= 0 else ()


class CompiledTable:
    """Made by `compile_table`. Immutable; may be shared between threads."""

    def __init__(
        self, body: TableBody, schema: Schema, tests: Sequence[Sequence[Test]], outputs: Sequence[OutputColumn]
    ) -> None:
        self.body = body
        self.hit = body.hit
        self.collect = body.collect
        self.inputs: dict[str, str] = {column.key or column.title: column.type for column in body.inputs}
        self.outputs: dict[str, str] = {column.column.key or column.column.title: column.kind for column in outputs}
        self.row_ids = [row.id for row in body.rows] + [DEFAULT]
        self._schema = schema
        self._outputs = outputs
        columns = zip(body.inputs, zip(*tests, strict=True) if tests else (), strict=False)
        self._classes: list[Classes] = [found for column, cells in columns if (found := divide(column, cells))]
        self._conditions = [[formula for test in row for formula in test.formulas] for row in tests]

    # which rows hold

    @property
    def names(self) -> frozenset[str]:
        """The titles of the inputs that some cell reads, and other names that cells use."""
        read = {one.column.title for one in self._classes}
        for formula in self._formulas():
            read |= formula.names
        return frozenset(read)

    def _formulas(self) -> list[Formula]:
        conditions = [formula for row in self._conditions for formula in row]
        return conditions + [cell for output in self._outputs for cell in output.formulas.values()]

    @cached_property
    def _grid(self) -> NDArray[np.bool_] | None:
        """For tables of constants: which rows hold for every combination of classes."""
        size = int(np.prod([one.count for one in self._classes], dtype=np.float64)) if self._classes else 1
        if any(self._conditions) or size > _GRID_SIZE or size * len(self.body.rows) > _GRID_CELLS:
            return None
        codes = np.unravel_index(np.arange(size), [one.count for one in self._classes] or [1])
        return self._match(list(codes), size)

    def _match(self, codes: Sequence[Codes], rows: int) -> NDArray[np.bool_]:
        hits = np.ones((len(self.body.rows), rows), dtype=bool)
        for one, code in zip(self._classes, codes, strict=False):
            hits &= one.allowed[:, code]
        return hits

    @cached_property
    def _grid_fired(self) -> NDArray[np.intp]:
        assert self._grid is not None
        return self._fire(self._grid)

    def _fire(self, hits: NDArray[np.bool_]) -> NDArray[np.intp]:
        """The place of the row that gives each column of hits its outputs."""
        nothing = len(self.body.rows) if self.body.default is not None else NONE
        if not len(hits):
            return np.full(hits.shape[1], nothing, dtype=np.intp)
        fired = np.where(hits.any(axis=0), hits.argmax(axis=0), nothing)
        if self.hit == "unique":
            fired = np.where(hits.sum(axis=0) > 1, SEVERAL, fired)
        return np.asarray(fired, dtype=np.intp)

    def _holding(
        self, data: Mapping[str, Any], rows: int, today: datetime.date | None, calendar: WorkCalendar | None
    ) -> tuple[NDArray[np.intp], NDArray[np.bool_] | None, Any]:
        """Which row fires, which hold (under collect), and the error of an input."""
        codes, error = self._read(data, rows)
        if self._grid is not None:
            place = _flat(codes, [one.count for one in self._classes], rows)
            hits = self._grid[:, place] if self.hit == "collect" else None
            return self._grid_fired[place], hits, error
        hits = self._match(codes, rows)
        for row, conditions in enumerate(self._conditions):
            for formula in conditions:
                held = formula.evaluate_batch(data, rows, today, calendar)
                hits[row] &= held.values & (held.status == OK)
        return self._fire(hits), hits if self.hit == "collect" else None, error

    def _read(self, data: Mapping[str, Any], rows: int) -> tuple[list[Codes], Any]:
        codes, error = [], None
        for one in self._classes:
            column: Column = read_column(data.get(one.column.title), one.column.kind, one.column.title, rows)
            codes.append(one.codes(column))
            if column.error is not None:
                error = column.error if error is None else np.where(error != 0, error, column.error)
        return codes, error

    # what they give

    def evaluate(
        self,
        row: Mapping[str, Any],
        today: datetime.date | None = None,
        calendar: WorkCalendar | None = None,
    ) -> TableResult:
        """The outputs for one row of data and the rows of the table that gave them."""
        batch = self.evaluate_batch({name: [value] for name, value in row.items()}, 1, today, calendar)
        values = {key: column.to_list()[0] for key, column in batch.outputs.items()}
        rows, fired = batch.ids(0), int(batch.fired[0])
        if fired == SEVERAL:
            rows = tuple(one.id for one, held in zip(self.body.rows, self._hits_of(row), strict=True) if held)
        settled = self.hit == "collect" and self.collect in ("sum", "count", "list")
        return TableResult(values, rows, None if settled else _PROBLEMS.get(fired))

    def evaluate_batch(
        self,
        columns: Mapping[str, Any],
        rows: int,
        today: datetime.date | None = None,
        calendar: WorkCalendar | None = None,
    ) -> TableBatch:
        """The same for `rows` rows of data at once; columns as for `Formula.evaluate_batch`."""
        today, columns = today or datetime.date.today(), self._by_title(columns)
        blocks = []
        for start in range(0, max(rows, 1), BLOCK):
            end = min(start + BLOCK, rows)
            data = columns if rows <= BLOCK else {n: slice_column(c, start, end) for n, c in columns.items()}
            blocks.append(self._block(data, end - start, today, calendar))
        return blocks[0] if len(blocks) == 1 else _joined(blocks)

    def _block(
        self, data: Mapping[str, Any], rows: int, today: datetime.date, calendar: WorkCalendar | None
    ) -> TableBatch:
        fired, hits, error = self._holding(data, rows, today, calendar)
        if hits is None:
            outputs = {key: selected(output, fired, data, today, calendar) for key, output in self._keyed()}
        else:
            outputs = {
                key: collected(output, self.collect, hits, fired, data, today, calendar)
                for key, output in self._keyed()
            }
        for batch in outputs.values():
            _mark(batch, fired, error, hits is None)
        return TableBatch(outputs, fired, self.row_ids, hits)

    def _keyed(self) -> list[tuple[str, OutputColumn]]:
        return [(output.column.key or output.column.title, output) for output in self._outputs]

    # what it leaves open

    def overlaps(self, limit: int = 20) -> list[Overlap]:
        """Pairs of rows that hold for the same values. Rows with whole formulas are tried on the values found, some
        hundreds of them at most."""
        return list(islice(self._overlapping(), limit))

    def _overlapping(self) -> Iterator[Overlap]:
        rows, tried = self.body.rows, 0
        for first, second, codes in overlapping(self._classes, len(rows)):
            shown = witness(self._classes, codes)
            if conditions := self._conditions[first] + self._conditions[second]:
                tried += 1
                if tried > _MOST_TRIED:
                    return
                if not all(formula.evaluate(shown) is True for formula in conditions):
                    continue
            yield Overlap((rows[first].id, rows[second].id), (rows[first].path, rows[second].path), shown)

    def gaps(self, limit: int = 5) -> list[Gap]:
        """Values of the numeric, date, yes/no and choice inputs for which no row holds and no default stands in."""
        if self.body.default is not None:
            return []
        # Rows with whole formulas may hold all the same: each gap is tried on the table itself.
        plain = [Classes(one.column, one.points, one.allowed & self._plain()) for one in self._classes]
        codes = islice(uncovered(plain, np.flatnonzero(self._plain()).tolist()), _MOST_TRIED)
        found = [witness(plain, one) for one in codes]
        if not found:
            return []
        data = {one.column.title: [shown[one.column.title] for shown in found] for one in plain}
        fired, _hits, _error = self._holding(data, len(found), None, None)
        return [Gap(found[place]) for place in np.flatnonzero(fired == NONE)[:limit].tolist()]

    def _plain(self) -> NDArray[np.bool_]:
        return np.array([not conditions for conditions in self._conditions], dtype=bool).reshape(-1, 1)

    def _by_title(self, data: Mapping[str, Any]) -> dict[str, Any]:
        """The data with each input under its title, under whatever name it came."""
        named = dict(data)
        for column in self.body.inputs:
            name = next((name for name in column.names if name in data), None)
            if name is not None:
                named[column.title] = data[name]
        return named

    def _hits_of(self, row: Mapping[str, Any]) -> list[bool]:
        row = self._by_title(row)
        data = {name: [value] for name, value in row.items()}
        codes, _ = self._read(data, 1)
        hits = self._match(codes, 1)[:, 0].tolist()
        for place, conditions in enumerate(self._conditions):
            hits[place] = hits[place] and all(formula.evaluate(row) is True for formula in conditions)
        return list(hits)

    def row_problems(self) -> list[TableProblem]:
        """Rows whose constant outputs fail a check."""
        found: list[TableProblem] = []
        schema = self.body.schema([output.column for output in self._outputs])
        for check in self.body.checks:
            formula = Formula(str(check.get("text", "")), schema)
            used = [output for output in self._outputs if output.column.title in formula.names]
            message = check.get("message") or {}
            zh = message.get("zh") or f"这一行不满足：{formula.text}"
            en = message.get("en") or f"the row fails {formula.text}"
            data = {output.column.title: output.constants() for output in used}
            kept = formula.evaluate_batch(data, len(self.body.rows))
            for place in np.flatnonzero(~(kept.values.astype(bool) & (kept.status == OK))).tolist():
                if not any(place in output.formulas for output in used):
                    found.append(problem(self.body.rows[place].path, "row_check", zh, en))
        return found


_PROBLEMS: dict[int, Mapping[str, str]] = {
    NONE: {"zh": "没有一行符合，也没有默认行", "en": "no row holds and there is no default row"},
    SEVERAL: {"zh": "有几行同时符合，而规则表要求只有一行", "en": "several rows hold where only one may"},
}


def _flat(codes: Sequence[Codes], counts: Sequence[int], rows: int) -> Codes:
    if not codes:
        return np.zeros(rows, dtype=np.intp)
    flat = codes[0]
    for code, count in zip(codes[1:], counts[1:], strict=True):
        flat = flat * count + code
    return flat


def _mark(batch: Batch, fired: NDArray[np.intp], error: Any, single: bool) -> None:
    """Write the errors of the hit policy and of the inputs over the outputs."""
    if single:
        batch.status[fired == NONE] = NA
        batch.status[fired == SEVERAL] = VALUE
    if error is not None:
        np.copyto(batch.status, error, where=error != 0)
        if batch.values.dtype.kind == "f":
            batch.values[error != 0] = 0.0


def _joined(blocks: Sequence[TableBatch]) -> TableBatch:
    outputs = {key: join_batches([block.outputs[key] for block in blocks]) for key in blocks[0].outputs}
    hits = [block.hits for block in blocks if block.hits is not None]
    return TableBatch(
        outputs,
        np.concatenate([block.fired for block in blocks]),
        blocks[0].row_ids,
        np.concatenate(hits, axis=1) if hits else None,
    )


def compile_table(body: Mapping[str, Any], schema: Schema | None = None) -> CompiledTable:
    """The table of a body; raises TableError. `schema` declares more names that cells may use."""
    table = read_body(body)
    if table.problems:
        raise TableError(table.problems)
    try:
        names = table.schema(table.inputs, schema)
        table.schema(table.outputs)
    except FormulaError as error:
        raise TableError([refused("/inputs", error)]) from None
    tests = [[_test(table, names, row.path, row.when, column) for column in table.inputs] for row in table.rows]
    outputs = [read_output(table, names, column) for column in table.outputs]
    _judge_checks(table)
    _judge_collect(table)
    if table.problems:
        raise TableError(table.problems)
    return CompiledTable(table, names, tests, outputs)


def _test(table: TableBody, names: Schema, path: str, when: Mapping[str, str], column: TableColumn) -> Test:
    try:
        return read_cell(when.get(column.id, ""), column, names)
    except FormulaError as error:
        table.problems.append(refused(f"{path}/when/{column.id}", error))
        return ANY


def _judge_checks(table: TableBody) -> None:
    schema = table.schema(table.outputs)
    for place, check in enumerate(table.checks):
        try:
            formula = Formula(str(check.get("text", "")), schema)
        except FormulaError as error:
            table.problems.append(refused(f"/checks/{place}/text", error))
            continue
        if formula.kind != "bool":
            zh, en = "检查要写成条件，例如 甲+乙=100%", "a check is a condition, for example a+b=100%"
            table.problems.append(problem(f"/checks/{place}/text", "not_a_condition", zh, en))


def _judge_collect(table: TableBody) -> None:
    """A sum, a least and a greatest are of numbers."""
    if table.hit != "collect" or table.collect in ("list", "count"):
        return
    for place, column in enumerate(table.outputs):
        if column.kind != "number":
            zh, en = f"“{column.title}”不是数字，不能这样汇总", f"“{column.title}” holds no numbers to put together so"
            table.problems.append(problem(f"/outputs/{place}/type", "not_numbers", zh, en))


def check_table(body: Mapping[str, Any], schema: Schema | None = None) -> list[TableProblem]:
    """Everything that keeps the table from being published."""
    try:
        table = compile_table(body, schema)
    except TableError as error:
        return error.problems
    problems = table.row_problems()
    if table.hit == "unique":
        for overlap in table.overlaps():
            shown = "，".join(f"{name}={value}" for name, value in overlap.witness.items())
            zh = f"与行 {overlap.rows[0]} 重叠，例如 {shown}" if shown else f"与行 {overlap.rows[0]} 重叠"
            en = f"overlaps with row {overlap.rows[0]}" + (f", for example {shown}" if shown else "")
            problems.append(problem(overlap.paths[1], "overlap", zh, en))
    return problems
