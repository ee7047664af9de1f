"""Facts of the small sales company."""

from collections.abc import Callable

import pytest

from core.db import db
from runtime.facts import store
from runtime.facts.judging import Given
from runtime.facts.store import Fed
from tests.sales import Sales

SALES = "medical.sales_amount"
Feed = Callable[..., Fed]


@pytest.fixture
def feed(sales: Sales) -> Feed:
    """Feed rows (metric, period, value, and whatever else by name) and commit."""

    def fed(*rows: dict[str, object], source: str = "csv", **options: object) -> Fed:
        batch = [Given(f"/facts/{n}", **({"metric": SALES, "period": "2025-05"} | row)) for n, row in enumerate(rows)]
        found = store.feed(sales.people.company.id, batch, source=source, by_id=None, **options)
        db.session.commit()
        return found

    return fed
