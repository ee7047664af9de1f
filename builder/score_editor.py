"""How a metric scores people, changed by controls: which formula, what its inputs are given, which table grades.

Each deed is a function from one document to the next, as in `cascade_editor`. Texts are kept as typed, right or wrong;
the check of the draft says what is wrong and where. Pure.
"""

import copy
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import NamedTuple

from flask_babel import gettext as _

from builder import cascade_uses, formula_uses, remedies
from builder.cascade_posted import Posted, set_or_drop
from builder.scopes import PLACES
from builder.sources import Source, Sources
from core.db import Document
from core.errors import NotFound, Problem
from core.i18n import text

PLACE = "metric.score"
VALUE, REACHED = "value", "reached"
TEXTS = ("value", "target")
Choices = list[tuple[str, str]]


def apply(document: Document, deed: str, posted: Posted, known: Sources) -> Document:
    """Raises NotFound where the metric scores nobody any more."""
    if deed != "begin" and "score" not in document["body"]:
        raise NotFound(_("Nobody is scored by this metric any more. Reload the page."), "the metric scores nobody")
    return {**document, "body": DEEDS[deed](document["body"], posted, known)}


# ── deeds ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def begin(body: Document, posted: Posted, known: Sources) -> Document:
    """A line a person, by a formula; each input gets the name that is called as it is."""
    formula = known.get(("formula", posted.get("formula", "")))
    metrics = [key for (kind, key), source in sorted(known.items()) if kind == "metric" and _adds_up(source)]
    if formula is None or not metrics:
        return body
    score = {"by": "person", "targets": {"goals": metrics[0]}, "formula": formula.key, "inputs": {}}
    return {**body, "score": _wired(score, known)}


def change(body: Document, posted: Posted, known: Sources) -> Document:
    score = copy.deepcopy(body["score"])
    if posted.get("by") in ("product", "person"):
        score["by"] = posted["by"]
    targets = {name: posted.get(name, score["targets"].get(name)) for name in ("goals", "figures")}
    score["targets"] = {name: key for name, key in targets.items() if key} or score["targets"]
    if "grades" in posted:
        set_or_drop(score, "grades", posted["grades"])
    score["inputs"] = {name: _given(name, given, score["by"], posted, known) for name, given in score["inputs"].items()}
    if names := formula_uses.read(score, posted):
        score = _renamed(score, names)
    if posted.get("formula", score["formula"]) != score["formula"]:
        score = _wired(score | {"formula": posted["formula"]}, known)
    return {**body, "score": score}


def add_use(body: Document, posted: Posted, known: Sources) -> Document:
    return {**body, "score": cascade_uses.add(body["score"], PLACE, posted.get("source", ""), known)}


def remove_use(body: Document, posted: Posted, known: Sources) -> Document:
    return {**body, "score": cascade_uses.remove(body["score"], posted.get("which", -1, type=int))}


def end(body: Document, posted: Posted, known: Sources) -> Document:
    """Nobody is scored by it any more."""
    return {name: value for name, value in body.items() if name != "score"}


DEEDS: dict[str, Callable[[Document, Posted, Sources], Document]] = {
    "begin": begin,
    "change": change,
    "add_use": add_use,
    "remove_use": remove_use,
    "end": end,
}


def _wired(score: Document, known: Sources) -> Document:
    """With what its formula asks for: what is given already stays, the rest finds its names."""
    formula = known.get(("formula", score["formula"]))
    entries = formula.document["body"]["inputs"] if formula else []
    before = score["inputs"]
    fresh = {entry["id"]: {"value": cascade_uses.wired(entry, PLACES[PLACE])} for entry in entries}
    return {**score, "inputs": {name: before.get(name, given) for name, given in fresh.items()}}


def _given(name: str, before: Document, by: str, posted: Posted, known: Sources) -> Document:
    """A value, or how far a metric reached a target."""
    own = f"in-{name}"
    way = posted.get(f"{own}-way", REACHED if "metric" in before else VALUE)
    if way == VALUE:
        return {"value": posted.get(f"{own}-value", "").strip() or before.get("value") or before.get("target", "0")}
    first = next(key for kind, key in sorted(known) if kind == "metric")
    given = {
        "metric": posted.get(f"{own}-metric") or before.get("metric") or first,
        "target": posted.get(f"{own}-target", "").strip() or before.get("target") or before.get("value", "0"),
    }
    of = posted.get(f"{own}-of", before.get("of"))
    is_said = of == "person" or "of" in before  # a line is a product: its figures are meant where nothing is said
    return given | {"of": of} if is_said and by == "product" else given


def _renamed(score: Document, names: dict[str, str]) -> Document:
    """New names of uses in every expression of the score."""
    spelled = {name: _respelled(given, names) for name, given in score["inputs"].items()}
    return cascade_uses.renamed(score, names) | {"inputs": spelled}


def _respelled(given: Document, names: dict[str, str]) -> Document:
    return {key: remedies.renamed(value, names) if key in TEXTS else value for key, value in given.items()}


def _adds_up(metric: Source) -> bool:
    return bool(metric.document["body"]["org"] == "sum")


# ── what the page shows ───────────────────────────────────────────────────────────────────────────────────────────


class Input(NamedTuple):
    """An input of the formula and what it is given. Only a number can be how far something was reached."""

    id: str
    title: str
    is_number: bool
    given: Document

    @property
    def way(self) -> str:
        return REACHED if "metric" in self.given else VALUE


@dataclass(frozen=True)
class Card:
    document: Document
    known: Sources
    problems: list[Problem]

    @property
    def score(self) -> Document | None:
        found: Document | None = self.document["body"].get("score")
        return found

    def problems_at(self, *path: str) -> list[Problem]:
        start = "/".join(("/body/score", *path))
        return [found for found in self.problems if found.path == start or found.path.startswith(f"{start}/")]

    def inputs(self) -> Iterator[Input]:
        score = self.score or {}
        formula = self.known.get(("formula", score.get("formula", "")))
        known = {entry["id"]: entry for entry in formula.document["body"]["inputs"]} if formula else {}
        for name, given in score.get("inputs", {}).items():
            entry = known.get(name, {"as": name, "type": "number"})
            yield Input(
                name, text(entry["label"]) if "label" in entry else entry["as"], entry["type"] == "number", given
            )

    def uses(self) -> list[formula_uses.Row]:
        return formula_uses.rows(self.score or {}, self.known)

    def offered(self) -> Choices:
        return formula_uses.offered(self.known, "")

    def formulas(self) -> Choices:
        """Those that give a number."""
        return self._titles("formula", lambda source: bool(source.document["body"]["result"]["type"] == "number"))

    def metrics(self) -> Choices:
        return self._titles("metric", lambda source: source.key != self.document["key"])

    def grades(self) -> Choices:
        return self._titles("table", _grades)

    def _titles(self, wanted: str, fits: Callable[[Source], bool]) -> Choices:
        found = [(key, source) for (kind, key), source in sorted(self.known.items()) if kind == wanted]
        return [(key, text(source.document["title"])) for key, source in found if fits(source)]


def _grades(table: Source) -> bool:
    body = table.document["body"]
    outputs = [entry.get("key") or entry["id"] for entry in body["outputs"]]
    return [entry["type"] for entry in body["inputs"]] == ["number"] and "grade" in outputs
