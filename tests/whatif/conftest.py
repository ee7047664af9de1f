"""A company with goals handed down, what its people sold until now, and sales operations who change the rules."""

import pytest

from core.db import db
from organization.models import Member
from runtime.facts import store
from runtime.facts.judging import Given
from runtime.goals.models import GoalSet
from tests.product import add_member
from tests.sales import Sales


@pytest.fixture
def ops(sales: Sales, request: pytest.FixtureRequest) -> Member:
    """Added once the goals are there, which come with a database of their own."""
    if "published" in request.fixturenames:
        request.getfixturevalue("published")
    return add_member(sales.people.headquarters, "O001", "苏运营", "sales_ops")


@pytest.fixture
def sold(published: GoalSet, sales: Sales, run_jobs: object) -> GoalSet:
    """Half a year's sales: 安店长 far behind his plan, the others a little more each."""
    rows = [
        Given("", "medical.sales_amount", f"2025-0{month}", 4_000_000.0 + 1_200_000 * n, member=rep.code)
        for n, rep in enumerate(sales.reps)
        for month in (1, 2, 3, 4, 5, 6)
        if month == 6 or rep is not sales.newcomer
    ]
    fed = store.feed(sales.people.company.id, rows, source="api", by_id=None)
    assert fed.rejected == []
    db.session.commit()
    run_jobs()
    return db.session.get_one(GoalSet, published.id)
