"""Facts as scores need them: what everybody reached in each period, by product and in all. One statement.

A figure that was fed without a product counts for each line by its share of the target; a rate that was, for every
line as it is. Whoever has figures of a metric in a period, but none for a product, has sold nothing of it: 0.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from sqlalchemy import select

from core.db import db
from runtime.facts import store
from runtime.facts.aggregation import Rows
from runtime.facts.measures.columns import Floats, Ints, divided
from runtime.facts.metrics import Metric
from runtime.facts.models import Fact, counts
from runtime.facts.periods import Period
from runtime.scores.rules import Reached, Rule

SPAN = 1 << 32  # more people than there are


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
        query = (
            select(Fact.metric_key, *store.COLUMNS)
            .where(Fact.company_id == company_id, Fact.metric_key.in_(keys), Fact.member_id.is_not(None), counts())
            .where(Fact.first_day >= periods[0].first_day, Fact.last_day <= periods[-1].last_day)
            .order_by(Fact.id)
        )
        if members is not None:
            query = query.where(Fact.member_id.in_(members))
        found: dict[str, list[Any]] = {key: [] for key in keys}
        for row in db.session.execute(query):
            found[row[0]].append(row[1:])
        return cls({key: _within(store.columns(rows), periods) for key, rows in found.items()}, metrics)

    def targets(self, metric_key: str, *, by_product: bool) -> Iterator[tuple[int, int, int, float]]:
        """(period, member, product, amount) of what was fed as targets; nothing for amounts that ask for nothing."""
        rows, period = self.rows[metric_key]
        products = rows.product_id if by_product else np.zeros_like(rows.product_id)
        owners = np.stack([period, rows.member_id, products], axis=1)
        cells, group = np.unique(owners, axis=0, return_inverse=True)
        amounts = store.number(rows, self.metrics[metric_key], group.reshape(-1), len(cells))
        for (at, member_id, product_id), amount in zip(cells.tolist(), amounts.tolist(), strict=True):
            if amount > 0:
                yield at, member_id, product_id, amount

    def reached(self, asked: Reached, lines: Sequence[Any], owner: Ints, shares: Floats) -> Floats:
        """What was reached of a metric on each line; NaN where nothing is known of the person in the period."""
        rows, period = self.rows[asked.metric]
        metric = self.metrics[asked.metric]
        if not len(lines):
            return np.zeros(0)
        people, firsts = np.unique(owner, return_index=True)
        identities = [lines[at].period * SPAN + lines[at].member_id for at in firsts.tolist()]
        person = _found(period * SPAN + rows.member_id, np.array(identities, dtype=np.int64))
        everything = _number(rows, metric, person, len(people))[owner]
        products = np.array([line.product_id for line in lines], dtype=np.int64)
        if asked.whole or not len(rows):
            return everything
        line = _lines_of(person, rows.product_id, owner, products)
        own = _number(rows, metric, line, len(lines))
        loose = _number(rows, metric, np.where(rows.product_id == 0, person, -1), len(people))[owner]
        if metric.org == metric.time == "sum":
            part = divided(shares, np.bincount(owner, shares)[owner])
            split = np.nan_to_num(own) + np.nan_to_num(loose) * part
            found = np.where(np.isnan(everything), np.nan, split)
        else:
            found = np.where(np.isnan(own), loose, own)
        return np.where(products == 0, everything, found)


def _within(rows: Rows, periods: Sequence[Period]) -> tuple[Rows, Ints]:
    """The facts that lie within a period, and which."""
    starts = np.array([period.first_day.toordinal() for period in periods])
    ends = np.array([period.last_day.toordinal() for period in periods])
    at = np.searchsorted(starts, rows.first_day, side="right") - 1
    inside = (at >= 0) & (rows.last_day <= ends[at])
    return rows.where(inside), at[inside].astype(np.int64)


def _found(keys: Ints, known: Ints) -> Ints:
    """The place of each key among the known ones, which are ascending; -1 where it is none of them."""
    place = np.minimum(np.searchsorted(known, keys), len(known) - 1)
    return np.where(known[place] == keys, place, -1).astype(np.int64)


def _lines_of(person: Ints, product: Ints, owner: Ints, products: Ints) -> Ints:
    """The line of each fact: that of its person and product; -1 where he has none."""
    width = int(max(product.max(initial=0), products.max(initial=0))) + 1
    known = owner * width + products
    return np.where((person >= 0) & (product > 0), _found(person * width + product, known), -1).astype(np.int64)


def _number(rows: Rows, metric: Metric, groups: Ints, count: int) -> Floats:
    kept = groups >= 0
    return store.number(rows.where(kept), metric, groups[kept], count)
