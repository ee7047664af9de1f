"""How a metric scores people, ready to run: its formula and expressions compiled, and the versions of all they read.

`sources` is what references resolve to, as `definitions.sources()` gives it. Whoever wants to know what a draft would
do lays it over: `{**sources, ("table", "medical.stage_weights"): draft}`.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _

from builder import compiled, references
from builder.compiled import Computed
from builder.expressions import Expression, Scope, target_of
from builder.scopes import PLACES
from builder.sources import Source, Sources
from core.db import Document
from core.errors import NotFound
from runtime.facts.measures.attainment import Policy

PLACE = "metric.score"
POLICIES: dict[str, Policy] = {"decrease": "inverse_linear", "maintain_max": "inverse_linear"}


@dataclass(frozen=True)
class Reached:
    """An input that is how far a metric came towards a target. `whole`: of the person, whatever the line."""

    metric: str
    target: Expression
    policy: Policy
    direction: str
    whole: bool


@dataclass(frozen=True)
class Rule:
    """`values` and `reached` are the formula's inputs by id; `grades` is the table of grades, where there is one."""

    key: str
    by_product: bool
    goals: str | None
    figures: str | None
    scope: Scope
    values: dict[str, Expression]
    reached: dict[str, Reached]
    formula: Computed
    decimals: int
    grades: compiled.TableRule | None
    sources: tuple[Source, ...]

    @property
    def names(self) -> frozenset[str]:
        """The keys of the place's names that any of its expressions reads."""
        return frozenset(key for expression in self._expressions for key in expression.keys)

    @property
    def inputs_rest_on(self) -> list[Source]:
        """What the inputs of the formula are made with; the formula itself and the grades are no part of it."""
        metrics = [source for source in self.sources if source.kind == "metric"]
        return metrics + [source for expression in self._expressions for source in expression.sources]

    @property
    def _expressions(self) -> list[Expression]:
        return [*self.values.values(), *(reached.target for reached in self.reached.values())]

    @property
    def pins(self) -> Document:
        """Kind and key → version id of everything that a score is made with; 0 for what is not published."""
        return {f"{source.kind} {source.key}": source.version_id or 0 for source in self.sources}


def all_in(sources: Sources) -> list[str]:
    """Keys of the metrics that score people."""
    return [key for (kind, key), source in sources.items() if kind == "metric" and "score" in source.document["body"]]


def of(key: str, sources: Sources) -> Rule:
    """Raises NotFound for a metric that scores nobody, Invalid where a draft is wrong."""
    source = sources.get(("metric", key))
    score = source.document["body"].get("score") if source else None
    if source is None or score is None:
        raise NotFound(_("There is no published metric “%(key)s” that scores people.", key=key))
    scope = Scope(PLACES[PLACE], score.get("uses", ()), sources)
    formula = sources["formula", score["formula"]]
    given: dict[str, Document] = score["inputs"]
    return Rule(
        key=key,
        by_product=score["by"] == "product",
        goals=score["targets"].get("goals"),
        figures=score["targets"].get("figures"),
        scope=scope,
        values={name: scope.compile(one["value"], None) for name, one in given.items() if "value" in one},
        reached={name: _reached(one, score["by"], scope, sources) for name, one in given.items() if "metric" in one},
        formula=target_of(formula, sources),
        decimals=int(formula.document["body"]["result"].get("decimals", 6)),
        grades=compiled.table(sources["table", score["grades"]]) if "grades" in score else None,
        sources=(source, *_behind(source, sources)),
    )


def _reached(given: Document, by: str, scope: Scope, sources: Sources) -> Reached:
    metric: dict[str, Any] = sources["metric", given["metric"]].document["body"]
    return Reached(
        metric=given["metric"],
        target=scope.compile(given["target"]),
        policy=metric.get("policy") or POLICIES.get(metric["direction"], "ratio"),
        direction=metric["direction"],
        whole=given.get("of", by) == "person",
    )


def _behind(source: Source, sources: Sources) -> Iterator[Source]:
    """The tables, formulas and metrics that a document names, and those that the former name."""
    found: dict[tuple[str, str], Source] = {}
    waiting = [source]
    while waiting:
        for reference in references.of(waiting.pop().document):
            named = sources.get((reference.kind, reference.key))
            if named is not None and (named.kind, named.key) not in found:
                found[named.kind, named.key] = named
                waiting += [named] if named.kind != "metric" else []
    yield from found.values()
