"""What tables and formulas gave each line, as plain columns: read out once for everybody, then told line by line."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import formulas
from builder.expressions import Filled
from core.db import Document


@dataclass(frozen=True)
class Used:
    """One entry of `uses`: its name, which definition it is, the value and the table's row of every line."""

    name: str
    kind: str
    key: str
    values: list[Any]
    rows: list[str | None] | None
    inner: list["Used"]


def all_of(filled: Filled) -> list[Used]:
    """Everything that was asked, those behind formulas included."""
    return [_used(name, filled) for name in filled.results]


def _used(name: str, filled: Filled) -> Used:
    use, result = filled.scope.uses[name], filled.results[name]
    return Used(
        name=name,
        kind=use.source.kind,
        key=use.source.key,
        values=result.column.to_list(),
        rows=result.fired.fired_ids if result.fired else None,
        inner=all_of(result.inner) if isinstance(result.inner, Filled) else [],
    )


def of(columns: Iterable[Used], line: int) -> list[Document]:
    """What each gave one line."""
    return [_told(one, line) for one in columns]


def _told(one: Used, line: int) -> Document:
    told: Document = {"as": one.name, "kind": one.kind, "key": one.key, "value": formulas.plain(one.values[line])}
    if one.rows is not None:
        told["row"] = one.rows[line]
    return told | ({"uses": of(one.inner, line)} if one.inner else {})
