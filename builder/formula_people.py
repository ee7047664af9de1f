"""The people for whom an expression is shown: best, middle and worst unless somebody chose others."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import formulas
from builder import formula_editor, samples
from builder.expressions import Filled, Scope
from builder.formula_editor import Text
from builder.formula_places import Place
from builder.remedies import Fault
from builder.samples import NOBODY, Rows
from builder.scopes import PLACES
from builder.sources import Sources
from core import clock
from core.db import Document
from core.i18n import text

MOST = 8  # people beside each other
FOUND = 8  # names that a search offers
RANKS = {3: ("highest", "middle", "lowest"), 2: ("highest", "lowest")}


@dataclass(frozen=True)
class People:
    """Rows, where each stands among everybody, and what it is among them: highest, middle, lowest or nothing."""

    rows: Rows
    at: Sequence[int]
    ranks: Sequence[str]


class Found(NamedTuple):
    at: int
    name: str


def chosen(everybody: Rows, at: Sequence[int], extremes: Mapping[int, str]) -> People:
    return People(everybody.take(at), at, [extremes.get(position, "") for position in at])


def ranked(extremes: Sequence[int]) -> dict[int, str]:
    """What best, middle and worst are called, by where they stand."""
    return dict(zip(extremes, RANKS.get(len(extremes), ()), strict=False))


def search(everybody: Rows, sought: str, taken: Sequence[int]) -> list[Found]:
    """Those whose name holds what is sought, those who begin with it first."""
    wanted = sought.strip().casefold()
    found = [Found(at, name) for at, name in enumerate(everybody.names) if wanted in name.casefold()]
    left = [one for one in found if one.at not in taken]
    return sorted(left, key=lambda one: not one.name.casefold().startswith(wanted))[:FOUND]


# ── everybody whom an expression is about ─────────────────────────────────────────────────────────────────────────


def of_place(place: Place, company_id: int, known: Sources) -> Rows:
    """The rows of a place, with what the document itself computes for each of them: its rates, by their names."""
    rows = samples.of(place.name, company_id, place.level)
    made = {name: _first_given(texts, rows, known) for name, texts in place.made.items()}
    return Rows(rows.names, {**rows.columns, **made})


def _first_given(texts: Sequence[Text], rows: Rows, known: Sources) -> list[Any]:
    """Each row's value of the first text that gives it one."""
    found: list[Any] = [None] * len(rows)
    for text_ in texts:
        judged = formula_editor.judge(text_.typed, text_.setting, known)
        if not isinstance(judged, Fault):
            given = _known(formula_editor.compute(judged, text_.setting, rows, clock.today()).values)
            found = [now if now is not None else value for now, value in zip(found, given, strict=True)]
    return found


# ── everybody whom a formula is about ─────────────────────────────────────────────────────────────────────────────


def of_formula(document: Document, company_id: int, known: Sources) -> Rows:
    """Rows by the formula's input ids, from the level of a cascade in force that asks it about most; else the
    formula's own samples."""
    used = (_rows(use, level, company_id, known) for use, level in _used(document["key"], known))
    return max(used, key=len, default=NOBODY) or of_samples(document["body"])


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
