"""What `uses` can name, compiled: rule tables here, formula definitions in `expressions`. Kept by content, so that a
version is compiled once however often it is asked.
"""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, Protocol

import formulas
from builder.sources import Source

BLANK = 1  # the status byte of formulas.Batch


@dataclass(frozen=True)
class Result:
    """The values that a use gave, the rows that fired (by id) and the names that were missing, row by row."""

    column: formulas.Batch
    fired: Sequence[str | None] | None = None
    missing: Mapping[str, Any] = field(default_factory=dict)

    def value(self, row: int) -> Any:
        status = self.column.status[row : row + 1]
        return formulas.Batch(self.column.values[row : row + 1], status).to_list()[0]

    def row_id(self, row: int) -> str | None:
        return None if self.fired is None else self.fired[row]

    def missing_names(self, row: int) -> list[str]:
        return [name for name, mask in self.missing.items() if mask[row]]


class Computed(Protocol):
    """A table or a formula, ready for columns."""

    @property
    def title(self) -> str: ...
    @property
    def inputs(self) -> Mapping[str, str]: ...  # kind wanted, by id
    @property
    def sources(self) -> list[Source]: ...  # what it reads itself

    def type_of(self, output: str | None, path: str) -> str: ...
    def compute(
        self, inputs: Mapping[str, formulas.Batch], rows: int, output: str | None, today: dt.date | None
    ) -> Result: ...


KEPT = 512


@lru_cache(maxsize=KEPT)
def table(source: Source) -> Computed:
    raise NotImplementedError
