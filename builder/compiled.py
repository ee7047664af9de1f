"""What `uses` can name, compiled: rule tables here, formula definitions in `expressions`. Kept by content, so that a
version is compiled once however often it is asked.
"""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from flask_babel import gettext as _

import formulas
from builder.sources import Source
from core.db import Document
from core.errors import Invalid, Problem
from core.i18n import language, text
from formulas import tables

KEPT = 512
BLANK = 1  # the status byte of a blank in a formulas.Batch


class Explains(Protocol):
    def why(self, row: int) -> list[Document]: ...


@dataclass(frozen=True)
class Result:
    """The values that a use gave, the rows of the table that fired, the names that were missing; what a formula used
    in its turn."""

    column: formulas.Batch
    fired: tables.TableBatch | None = None
    missing: Mapping[str, Any] = field(default_factory=dict)
    inner: Explains | None = None

    def value(self, row: int) -> Any:
        one = slice(row, row + 1)
        return formulas.Batch(self.column.values[one], self.column.status[one]).to_list()[0]

    def row_id(self, row: int) -> str | None:
        """The id of the row that gave the value; the first of them where a table collects."""
        return next(iter(self.fired.ids(row)), None) if self.fired else None

    def missing_names(self, row: int) -> list[str]:
        return [name for name, mask in self.missing.items() if mask[row]]


class Computed(Protocol):
    """A table or a formula, ready for columns. Inputs are given by key, `type_of` raises Invalid below `path`."""

    @property
    def title(self) -> str: ...

    @property
    def inputs(self) -> Mapping[str, str]: ...

    @property
    def sources(self) -> list[Source]: ...

    @property
    def choices(self) -> Mapping[str, tuple[str, ...]]:
        """The options of those inputs that are choices."""

    def type_of(self, output: str | None, path: str) -> str: ...

    def options_of(self, output: str | None) -> tuple[str, ...]: ...

    def compute(self, inputs: Mapping[str, Any], rows: int, output: str | None, today: dt.date | None) -> Result: ...


class TableRule:
    """A definition of kind table."""

    sources: list[Source] = []

    def __init__(self, document: Document) -> None:
        """Raises Invalid, paths relative to the document."""
        self.document = document
        try:
            self.table = tables.compile_table(document["body"])
        except tables.TableError as error:
            raise Invalid(told(found) for found in error.problems) from error
        self.inputs = {key: formulas_kind(type_) for key, type_ in self.table.inputs.items()}
        self.choices = _options(document["body"]["inputs"])
        self.results = _options(document["body"]["outputs"])

    @property
    def title(self) -> str:
        return text(self.document["title"])

    def type_of(self, output: str | None, path: str) -> str:
        return formulas_kind(self.table.outputs[self._output(output, path)])

    def options_of(self, output: str | None) -> tuple[str, ...]:
        return self.results.get(self._output(output, ""), ())

    def compute(self, inputs: Mapping[str, Any], rows: int, output: str | None, today: dt.date | None) -> Result:
        found = self.table.evaluate_batch(inputs, rows, today=today)
        return Result(found.outputs[self._output(output, "")], found)

    def _output(self, output: str | None, path: str) -> str:
        """The output that is named; it may be left out where there is only one."""
        names = list(self.table.outputs)
        if output is None and len(names) == 1:
            return names[0]
        if output in self.table.outputs:
            return str(output)
        sentence = _("“%(title)s” gives: %(names)s. Name one of them.", title=self.title, names=", ".join(names))
        raise Invalid([Problem(f"{path}/output", "output", sentence)])


def _options(columns: list[Document]) -> dict[str, tuple[str, ...]]:
    return {str(column.get("key") or column["id"]): tuple(column.get("options", ())) for column in columns}


def formulas_kind(type_: str) -> str:
    return "text" if type_ == "choice" else type_


def told(found: tables.TableProblem) -> Problem:
    """A problem of the table language at its place in the document, in the reader's language."""
    return Problem(f"/body{found.path}", found.code, found.message[language()])


_TABLES: dict[str, TableRule] = {}


def table(source: Source) -> TableRule:
    """The compiled table of a source. Raises Invalid."""
    if source.digest not in _TABLES:
        if len(_TABLES) >= KEPT:
            _TABLES.clear()
        _TABLES[source.digest] = TableRule(source.document)
    return _TABLES[source.digest]
