"""What scores of company A1 are made of beside its sales: targets, gross profit, coverage and visits, by quarter.

Everybody has a talent of his own, the same in every quarter, so that good people stay good; a quarter's luck is added.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from core import clock
from core.db import Document
from organization.models import Company
from runtime.facts import periods
from runtime.facts.periods import Period
from seeds.demo.market_a1 import NEW_SINCE, PACK
from seeds.demo.randomness import rng

TARGET, PROFIT = "medical.sales_target", "medical.gross_profit"
COVERAGE, VISITS = "medical.coverage_rate", "medical.visit_freq"
# Targets of a quarter as a part of the year's, and how much more than last year a year's target is.
QUARTERS = {"2024-Q3": (0.24, 1.0), "2024-Q4": (0.295, 1.02), "2025-Q1": (0.215, 1.12), "2025-Q2": (0.25, 1.13)}
NEWCOMER = 150_000  # yuan a quarter
SETTLING_IN = dt.timedelta(days=30)  # who joined later in the quarter has no target in it
MARGIN = 0.3
INSTITUTIONS = 12
VISITS_ASKED = 7.5  # a week
STEP = 100  # yuan


class Seller(NamedTuple):
    id: int
    code: str
    unit_id: int
    region: str
    joined_on: dt.date
    attributes: Document

    @property
    def history(self) -> float:
        return float(self.attributes["history"])


class Sold(NamedTuple):
    """A product: what part of all sales it is, and when it was launched."""

    share: float
    since: dt.date


def figures(
    company: Company, sellers: Sequence[Seller], products: Mapping[int, Sold], sold: Iterable[Document]
) -> Iterator[Document]:
    """Rows of facts; `sold` are those of sales, which profit is a part of."""
    sales: dict[tuple[int, str], dict[int | None, float]] = defaultdict(lambda: defaultdict(float))
    spans = {key: periods.read(key) for key in QUARTERS}
    quarter_of = {month: key for key, span in spans.items() for month in _months(span)}
    for row in sold:
        sales[row["member_id"], quarter_of[row["first_day"]]][row["product_id"]] += row["value"]
    for key, quarter in spans.items():
        for seller in sellers:
            if seller.joined_on + SETTLING_IN <= quarter.last_day:
                yield from _of_seller(company, seller, products, quarter, sales[seller.id, key])


def _months(quarter: Period) -> list[dt.date]:
    """The first day of each."""
    return [quarter.first_day.replace(month=quarter.first_day.month + n) for n in range(3)]


def _of_seller(
    company: Company, seller: Seller, products: Mapping[int, Sold], quarter: Period, sales: Mapping[int | None, float]
) -> Iterator[Document]:
    talent, luck = rng(PACK, "talent", seller.code), rng(PACK, "quarter", seller.code, quarter.key)
    coverage, visits, thrift = (talent.gauss(0.9, spread) for spread in (0.13, 0.16, 0.1))
    row = _row(company, seller, quarter)
    target = _target(seller, quarter)
    launched = {product_id: one.share for product_id, one in products.items() if one.since <= quarter.first_day}
    for product_id, share in launched.items():
        part = target * share / sum(launched.values())
        yield row(TARGET, max(STEP, round(part / STEP) * STEP), product_id, source="xlsx")
    for sold_product, amount in sales.items():
        yield row(PROFIT, round(amount * MARGIN * thrift * luck.uniform(0.9, 1.15)), sold_product, source="api")
    covered = min(INSTITUTIONS, round(0.8 * coverage * luck.uniform(0.9, 1.1) * INSTITUTIONS))
    yield row(COVERAGE, covered / INSTITUTIONS, None, source="rule", weight=float(INSTITUTIONS))
    yield row(VISITS, round(VISITS_ASKED * visits * luck.uniform(0.9, 1.1), 1), None, source="rule")


def _target(seller: Seller, quarter: Period) -> float:
    """From history; somebody new begins with the days that he is there for."""
    part, growth = QUARTERS[quarter.key]
    if seller.joined_on <= NEW_SINCE:
        return seller.history * part * growth
    there = quarter.last_day - max(seller.joined_on, quarter.first_day)
    return NEWCOMER * there.days / (quarter.last_day - quarter.first_day).days


def _row(company: Company, seller: Seller, quarter: Period) -> Any:
    """Makes facts of a person and quarter. They were fed on the quarter's last morning, targets as it began."""
    last, first = (
        dt.datetime.combine(day, dt.time(8, 0), clock.SHANGHAI) for day in (quarter.last_day, quarter.first_day)
    )
    head = {"company_id": company.id, "unit_id": seller.unit_id, "member_id": seller.id, "source_ref": ""}
    head |= {"period": quarter.key, "first_day": quarter.first_day, "last_day": quarter.last_day}

    def row(metric: str, value: float, product_id: int | None, *, source: str, weight: float | None = None) -> Document:
        received = {"source": source, "received_at": first if metric == TARGET else last}
        return (
            head | received | {"metric_key": metric, "value": float(value), "product_id": product_id, "weight": weight}
        )

    return row
