"""Figures for the small sales company, fed as another system would."""

from runtime.facts import store
from runtime.facts.judging import Given
from tests.sales import Sales

TARGET, SALES, PROFIT = "medical.sales_target", "medical.sales_amount", "medical.gross_profit"
COVERAGE, VISITS = "medical.coverage_rate", "medical.visit_freq"
COMPOSITE = "medical.composite"

Fed = tuple[str, str, float, str]
"""Metric, period, value, code of the product or nothing."""


def feed(sales: Sales, code: str, *rows: Fed, weight: float = 10.0) -> None:
    """Figures of one person; every one must be accepted."""
    batch = [
        Given(f"/{n}", metric, period, value, "", code, product, "", weight if metric == COVERAGE else None)
        for n, (metric, period, value, product) in enumerate(rows)
    ]
    fed = store.feed(sales.people.company.id, batch, source="csv", by_id=None)
    assert fed.rejected == []


def conduct(period: str, coverage: float = 0.72, visits: float = 6.72) -> list[Fed]:
    """90 % of the coverage and, with twelve visits a week at most, 80 % of the visits that are asked for."""
    return [(COVERAGE, period, coverage, ""), (VISITS, period, visits, "")]
