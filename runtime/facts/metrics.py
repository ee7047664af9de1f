"""Metrics as facts need them: which there are, how they add up, which are counted and so cannot be typed."""

from dataclasses import dataclass
from typing import Any

from builder import definitions
from builder.sources import Sources
from core.db import Document
from core.i18n import text

RATES = frozenset({"ratio", "weighted"})


@dataclass(frozen=True)
class Metric:
    """`org` and `time` say how it adds up over units and over time; `count` how it is counted from visits."""

    key: str
    title: Document
    unit: Document
    direction: str
    org: str
    time: str
    count: Document | None
    tags: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        return text(self.title)

    @property
    def needs_weight(self) -> bool:
        """A rate adds up only with what it is a rate of."""
        return bool({self.org, self.time} & RATES)

    @property
    def is_money(self) -> bool:
        return self.unit.get("zh") == "元"


def in_force(company_id: int) -> dict[str, Metric]:
    """Every published metric by key; one statement."""
    versions = definitions.published_all(company_id, "metric")
    return {version.definition.key: _metric(version.definition.key, version.document) for version in versions}


def in_sources(sources: Sources) -> dict[str, Metric]:
    """Every metric among what references resolve to, drafts that were laid over included."""
    return {key: _metric(key, source.document) for (kind, key), source in sources.items() if kind == "metric"}


def by_any_name(metrics: dict[str, Metric]) -> dict[str, Metric]:
    """By key and by title in both languages, in lower case: a spreadsheet says 销售额."""
    titled = {str(words).lower(): metric for metric in metrics.values() for words in metric.title.values()}
    return titled | {key.lower(): metric for key, metric in metrics.items()}


def _metric(key: str, document: dict[str, Any]) -> Metric:
    body = document["body"]
    return Metric(
        *(key, document["title"], body["unit"], body["direction"], body["org"], body["time"]),
        count=body.get("count"),
        tags=tuple(body.get("tags", ())),
    )
