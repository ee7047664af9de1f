"""The people whom a formula definition is about: those of the cascades that use it."""

from collections.abc import Iterator
from typing import Any

import formulas
from builder import samples
from builder.expressions import Filled, Scope
from builder.samples import NOBODY, Rows
from builder.scopes import PLACES
from builder.sources import Sources
from core.db import Document
from core.i18n import text


def of_formula(key: str, company_id: int, known: Sources) -> Rows:
    """Rows by the formula's input ids, from the level of a cascade in force that asks it about most."""
    return max((_rows(use, level, company_id, known) for use, level in _used(key, known)), key=len, default=NOBODY)


def _used(key: str, known: Sources) -> Iterator[tuple[Document, Document]]:
    for (kind, _key), source in known.items():
        for level in source.document["body"].get("levels", ()) if kind == "cascade" else ():
            yield from ((use, level) for use in level.get("uses", ()) if use.get("formula") == key)


def _rows(use: Document, level: Document, company_id: int, known: Sources) -> Rows:
    place = "cascade.member" if level["to"] == "member" else "cascade.unit"
    found = samples.of(place, company_id, level["to"])
    scope = Scope(PLACES[place], level["uses"], known)
    if not found or use["as"] not in scope.uses:
        return NOBODY
    columns = {key: found.columns.get(key, [None] * len(found)) for key in scope.keys.values()}
    filled = Filled(scope, columns, len(found))
    inputs = scope.uses[use["as"]].inputs
    return Rows(found.names, {key: _known(filled.compute(asked).to_list()) for key, asked in inputs.items()})


def _known(values: list[Any]) -> list[Any]:
    """An input that could not be computed is one that nobody knows."""
    return [None if isinstance(value, formulas.ErrorValue) else value for value in values]


def of_samples(body: Document) -> Rows:
    """The sample rows that the definition brings itself."""
    entries = body.get("samples", ())
    columns = {entry["id"]: [sample["inputs"].get(entry["id"]) for sample in entries] for entry in body["inputs"]}
    return Rows([_called(sample, position) for position, sample in enumerate(entries, 1)], columns)


def _called(sample: Document, position: int) -> str:
    return text({"zh": f"样例 {position}", "en": f"Sample {position}"})
