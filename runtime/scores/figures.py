"""Facts as scores need them: what everybody reached in each period, by product and in all. One statement.

A figure that was fed without a product counts for each line by its share of the target; a rate that was, for every
line as it is. Whoever has figures of a metric in a period, but none for a product, has sold nothing of it: 0.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from sqlalchemy import select

from runtime.facts import store
from runtime.facts.aggregation import Rows
from runtime.facts.measures.columns import Floats, Ints, divided, numbered
from runtime.facts.metrics import Metric
from runtime.facts.models import Fact, counts
from runtime.facts.periods import Period
from runtime.scores.lines import NONE, SPAN, Lines, places
from runtime.scores.rules import Reached, Rule


@dataclass(frozen=True)
class Figures:
    """Facts by metric, and for each the place of its period."""

    rows: Mapping[str, tuple[Rows, Ints]]
    metrics: Mapping[str, Metric]

    @classmethod
    def read(
        cls,
        company_id: int,
        rule: Rule,
        periods: Sequence[Period],
        metrics: Mapping[str, Metric],
        members: Sequence[int] | None,
    ) -> "Figures":
        """Those of people that lie within one of the periods."""
        keys = {reached.metric for reached in rule.reached.values()} | ({rule.figures} if rule.figures else set())
        fact = Fact.__table__.c
        query = (
            select(*store.COLUMNS, fact.metric_key)
            .where(fact.company_id == company_id, fact.metric_key.in_(keys), fact.member_id.is_not(None), counts())
            .where(fact.first_day >= periods[0].first_day, fact.last_day <= periods[-1].last_day)
        )
        if members is not None:
            query = query.where(fact.member_id.in_(members))
        found = store.read(query)
        places_of = {key: place for place, key in enumerate(sorted(keys))}
        metric = np.fromiter(map(places_of.__getitem__, found[-1]), np.int64, len(found[-1]))
        rows = store.columns(found)
        order = np.argsort(rows.id)
        rows, metric = rows.where(order), metric[order]
        return cls({key: _within(rows.where(metric == place), periods) for key, place in places_of.items()}, metrics)

    def targets(self, rule: Rule) -> Lines:
        """What was fed as targets; amounts that ask for nothing are left out."""
        if rule.figures is None:
            return NONE
        rows, period = self.rows[rule.figures]
        products = rows.product_id if rule.by_product else np.zeros_like(rows.product_id)
        people, person = numbered(period * SPAN + rows.member_id)
        width = int(products.max(initial=0)) + 1
        cells, cell = numbered(person * width + products)
        amounts = store.number(rows, self.metrics[rule.figures], cell, len(cells))
        owner = people[cells // width]
        lines = Lines(owner // SPAN, owner % SPAN, cells % width, amounts)
        return lines.where(amounts > 0)

    def reached(self, asked: Reached, lines: Lines, owner: Ints, shares: Floats) -> Floats:
        """What was reached of a metric on each line; NaN where nothing is known of the person in the period."""
        rows, period = self.rows[asked.metric]
        metric = self.metrics[asked.metric]
        if not len(lines):
            return np.zeros(0)
        people = numbered(lines.person)[0]
        person = places(period * SPAN + rows.member_id, people)
        everything = _number(rows, metric, person, len(people))[owner]
        if asked.whole or not len(rows):
            return everything
        line = _lines_of(person, rows.product_id, owner, lines.product_id)
        own = _number(rows, metric, line, len(lines))
        loose = _number(rows, metric, np.where(rows.product_id == 0, person, -1), len(people))[owner]
        if metric.org == metric.time == "sum":
            part = divided(shares, np.bincount(owner, shares)[owner])
            split = np.nan_to_num(own) + np.nan_to_num(loose) * part
            found = np.where(np.isnan(everything), np.nan, split)
        else:
            found = np.where(np.isnan(own), loose, own)
        return np.where(lines.product_id == 0, everything, found)


def _within(rows: Rows, periods: Sequence[Period]) -> tuple[Rows, Ints]:
    """The facts that lie within a period, and which."""
    starts = np.array([period.first_day.toordinal() for period in periods])
    ends = np.array([period.last_day.toordinal() for period in periods])
    at = np.searchsorted(starts, rows.first_day, side="right") - 1
    inside = (at >= 0) & (rows.last_day <= ends[at])
    return rows.where(inside), at[inside].astype(np.int64)


def _lines_of(person: Ints, product: Ints, owner: Ints, products: Ints) -> Ints:
    """The line of each fact: that of its person and product; -1 where he has none."""
    width = int(max(product.max(initial=0), products.max(initial=0))) + 1
    known = owner * width + products
    return np.where((person >= 0) & (product > 0), places(person * width + product, known), -1).astype(np.int64)


def _number(rows: Rows, metric: Metric, groups: Ints, count: int) -> Floats:
    kept = groups >= 0
    return store.number(rows.where(kept), metric, groups[kept], count)
