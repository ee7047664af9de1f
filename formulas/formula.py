"""A compiled formula: what it is, what it needs, what it costs and what it gives."""

import ast
import datetime
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from formulas import cost
from formulas.checker import Checker
from formulas.columns import Column
from formulas.errors import FormulaError, fault
from formulas.evaluator import run, run_columns
from formulas.explain import Step, explain
from formulas.functions import ROUTINES, Cost
from formulas.functions.dates import WorkCalendar, day_number
from formulas.inputs import CELLS, read_column, read_items, refused
from formulas.lowering import Lowering, Names
from formulas.nodes import Node
from formulas.parser import parse
from formulas.results import Batch, finish, finish_single, join_batches
from formulas.schema import OWN_ROW, FieldType, Schema

BLOCK = 16_384
"""Rows that are computed at a time: what lies between two steps then stays in the processor's cache."""
_MISSING = object()


@dataclass(frozen=True, slots=True)
class Input:
    """A field that a formula reads, and the names under which a row may bring it."""

    symbol: str
    name: str
    type: FieldType
    spellings: tuple[str, ...]

    def of(self, row: Mapping[str, Any]) -> Any:
        for spelling in self.spellings:
            value = row.get(spelling, _MISSING)
            if value is not _MISSING:
                return value
        if self.name.startswith(f"{OWN_ROW}."):
            own = row.get(OWN_ROW)
            return own.get(self.type.spelled.removeprefix(f"{OWN_ROW}.")) if isinstance(own, Mapping) else None
        return None


class Formula:
    """Made by `compile`. Immutable; may be shared between threads."""

    def __init__(self, text: str, schema: Schema, decimals: int | None = None) -> None:
        self.text = text
        self.decimals = decimals
        self.tree: Node = parse(text)
        checker = Checker(text, schema)
        checker.check_formula(self.tree)
        self.kind = self.tree.kind
        self.names = frozenset(checker.names)
        self.required_names = frozenset(checker.required)
        self._schema = schema
        self._used = used = Names()
        self._lowered = Lowering(used).lower(self.tree, self.kind)
        self._routines = {symbol: ROUTINES[symbol].run for symbol in used.routines}
        self._inputs = [self._input(symbol, name) for name, symbol in used.inputs.items()]
        self._prepare_single(used)

    def _input(self, symbol: str, name: str) -> Input:
        declared = self._schema.fields[name]
        spellings = dict.fromkeys((declared.spelled, name))
        spellings |= dict.fromkeys(alias for alias, target in self._schema.aliases.items() if target == name)
        return Input(symbol, name, declared, tuple(spellings))

    def _prepare_single(self, used: Names) -> None:
        """The way of one row, where every routine has one and no sub-table is read."""
        self._single: ast.expr | None = None
        singles = {symbol: ROUTINES[symbol].single for symbol in used.routines}
        if used.shapes or "c0" in used.hidden or None in singles.values():
            return
        self._single = Lowering(Names(inputs=dict(used.inputs)), plain=True).lower(self.tree, self.kind)
        self._single_routines: dict[str, Any] = dict(singles)
        self._cells = [(field.symbol, field.type.spelled, CELLS[field.type.kind], field) for field in self._inputs]

    @property
    def reads_day(self) -> bool:
        """Whether the value depends on the day of the evaluation or on the calendar."""
        return bool(self._used.hidden)

    # what it costs

    @property
    def costs(self) -> list[Cost]:
        return self._used.costs

    def cost(self, rows: int, items: int = 0) -> float:
        """Seconds for `rows` rows whose sub-tables hold `items` items altogether: an upper estimate."""
        used = self._used
        return cost.seconds(self.costs, len(used.inputs), len(used.shapes), len(used.item_columns), rows, items)

    def refuse_above(self, budget: float, rows: int, items: int = 0) -> None:
        """Raise FormulaError E_COST if the estimate is over `budget` seconds."""
        estimate = self.cost(rows, items)
        if estimate > budget:
            shown = {"rows": rows, "estimate": round(estimate * 1000), "budget": round(budget * 1000)}
            raise fault("too_costly", 0, len(self.text), **shown)

    # what it gives

    def evaluate(
        self,
        row: Mapping[str, Any],
        today: datetime.date | None = None,
        calendar: WorkCalendar | None = None,
    ) -> Any:
        """float, str, bool, date, None (blank) or ErrorValue. A missing key is blank; E_INPUT for a wrong type."""
        if self._single is None:
            return self.evaluate_batch(self._as_columns(row), 1, today, calendar).to_list()[0]
        names = dict(self._single_routines)
        for symbol, spelled, cell, field in self._cells:
            value = row[spelled] if spelled in row else field.of(row)
            names[symbol] = cell(value, field.name)
        if self._used.hidden:
            names["d0"] = day_number(today or datetime.date.today())
        return finish_single(run(self._single, names), self.kind, self.decimals)

    def _as_columns(self, row: Mapping[str, Any]) -> dict[str, Any]:
        columns: dict[str, Any] = {field.name: [field.of(row)] for field in self._inputs}
        return columns | {name: [self._table_of(row, name)] for name in self._used.shapes}

    def _table_of(self, row: Mapping[str, Any], name: str) -> Any:
        return row.get(self._schema.spelled_tables[name], row.get(name))

    def evaluate_batch(
        self,
        columns: Mapping[str, Any],
        rows: int,
        today: datetime.date | None = None,
        calendar: WorkCalendar | None = None,
    ) -> Batch:
        """The same for `rows` rows at once; see `formulas.inputs` for what a column may be."""
        today = today or datetime.date.today()
        if rows <= BLOCK:
            return self._block(columns, rows, today, calendar)
        needed = {field.name: field.of(columns) for field in self._inputs}
        needed |= {name: self._table_of(columns, name) for name in self._used.shapes}
        for name, data in needed.items():
            _refuse_length(name, data, rows)
        blocks = []
        for start in range(0, rows, BLOCK):
            end = min(start + BLOCK, rows)
            part = {name: slice_column(data, start, end) for name, data in needed.items()}
            blocks.append(self._block(part, end - start, today, calendar))
        return join_batches(blocks)

    def _block(
        self, columns: Mapping[str, Any], rows: int, today: datetime.date, calendar: WorkCalendar | None
    ) -> Batch:
        names = self.column_names(columns, rows, today, calendar)
        return finish(run_columns(self._lowered, names), self.kind, self.decimals, rows)

    def column_names(
        self, columns: Mapping[str, Any], rows: int, today: datetime.date, calendar: WorkCalendar | None
    ) -> dict[str, Any]:
        """What the synthetic names stand for in one evaluation."""
        names: dict[str, Any] = dict(self._routines)
        for field in self._inputs:
            names[field.symbol] = read_column(field.of(columns), field.type.kind, field.name, rows)
        for name, symbol in self._used.shapes.items():
            names[symbol], items = read_items(self._table_of(columns, name), name, rows)
            for (table, column), item_symbol in self._used.item_columns.items():
                if table == name:
                    declared = self._schema.tables[table][column]
                    cells = [item.get(declared.spelled) for item in items]
                    if declared.spelled != column:
                        cells = [item.get(column, cell) for item, cell in zip(items, cells, strict=True)]
                    names[item_symbol] = read_column(cells, declared.kind, f"{table}.{column}", len(cells))
        if self._used.hidden:
            names["d0"] = Column(np.asarray(day_number(today)))
            names["c0"] = calendar
        return names

    def explain(
        self,
        row: Mapping[str, Any],
        today: datetime.date | None = None,
        calendar: WorkCalendar | None = None,
    ) -> Step:
        """How the value of this row comes about, as a tree of steps."""
        names = self.column_names(self._as_columns(row), 1, today or datetime.date.today(), calendar)
        names |= {symbol: routine.run for symbol, routine in ROUTINES.items()}

        def evaluate(node: Node, kind: str) -> Any:
            used = Names(dict(self._used.inputs), dict(self._used.item_columns), dict(self._used.shapes))
            return run_columns(Lowering(used).lower(node, kind), dict(names))

        step = explain(self.text, self.tree, evaluate, self.kind)
        return replace(step, value=self.evaluate(row, today, calendar))


def slice_column(data: Any, start: int, end: int) -> Any:
    """Some rows of whatever a column may be."""
    if data is None:
        return None
    if isinstance(data, Batch):
        return Batch(data.values[start:end], data.status[start:end])
    if isinstance(data, tuple) and len(data) == 2 and isinstance(data[0], np.ndarray):
        return data[0][start:end], data[1][start:end]
    return data[start:end]


def _refuse_length(name: str, data: Any, rows: int) -> None:
    sized = data[0] if isinstance(data, tuple) and len(data) == 2 and isinstance(data[0], np.ndarray) else data
    if data is not None and (not isinstance(sized, (Sequence, np.ndarray, Batch)) or len(sized) != rows):
        raise refused(name, type(data).__name__, f"要 {rows} 行 / {rows} rows are needed")


def compile(text: str, schema: Schema, decimals: int | None = None) -> Formula:
    """The formula of a text; raises FormulaError. `decimals` rounds the result, after snapping to 15 digits."""
    return Formula(text, schema, decimals)


def check(text: str, schema: Schema) -> list[FormulaError]:
    """The problems of a text, none if it compiles."""
    try:
        Formula(text, schema)
    except FormulaError as problem:
        return [problem]
    return []
