"""Facts come in from anywhere, once each; what is wrong says where and what to do (S7)."""

import datetime as dt
import math

import pytest
from sqlalchemy import func, select

from core import clock
from core.audit import AuditEvent, AuditValue
from core.db import db
from core.errors import Conflict
from runtime.facts import judging, periods, store
from runtime.facts.judging import Given
from runtime.facts.models import Fact, counts
from tests.facts.conftest import SALES, Feed
from tests.product import CountedStatements
from tests.sales import Sales


def total(sales: Sales, key: str = SALES) -> float:
    company_id = sales.people.company.id
    return float(store.values(company_id, key, dt.date(2025, 1, 1), dt.date(2025, 12, 31)).value.sum())


def codes(fed: store.Fed) -> list[tuple[str, str]]:
    return [(problem.path, problem.code) for problem in fed.rejected]


def test_S7_a_fact_says_metric_unit_period_source_and_when_it_was_received(sales: Sales, feed: Feed) -> None:
    assert feed({"value": 120_000, "member": "S001", "source_ref": "SO-77"}, source="api").accepted == 1
    fact = db.session.scalars(select(Fact)).one()
    assert (fact.metric_key, fact.unit.code, fact.member.code, fact.period) == (SALES, "SH", "S001", "2025-05")
    assert (fact.first_day, fact.last_day) == (dt.date(2025, 5, 1), dt.date(2025, 5, 31))
    assert (fact.source, fact.source_ref, fact.value) == ("api", "SO-77", 120_000)
    assert fact.received_at.astimezone(clock.SHANGHAI).date() == dt.date(2025, 6, 30)


def test_S7_feeding_twice_changes_nothing(sales: Sales, feed: Feed) -> None:
    row = {"value": 120_000, "member": "S001"}
    assert (feed(row).accepted, feed(row).unchanged) == (1, 1)
    assert total(sales) == 120_000


def test_S7_a_correction_is_a_new_revision_and_the_old_one_stays_readable(sales: Sales, feed: Feed) -> None:
    for value in (120_000, 90_000, -5_000):
        feed({"value": value, "member": "S001"})
    history = db.session.scalars(select(Fact).order_by(Fact.revision)).all()
    assert [(fact.revision, fact.value) for fact in history] == [(1, 120_000), (2, 90_000), (3, -5_000)]
    assert [fact.replaces_id for fact in history] == [None, history[0].id, history[1].id]
    assert db.session.scalars(select(Fact.value).where(counts())).all() == [-5_000]
    assert total(sales) == -5_000


def test_S7_one_batch_is_one_audit_row(sales: Sales, feed: Feed) -> None:
    feed({"value": 1, "member": "S001"}, {"value": 2, "member": "SH0"}, {"value": math.nan, "member": "SH1"})
    found = db.session.scalars(select(AuditValue.after).join(AuditEvent).where(AuditEvent.action == "facts.feed")).one()
    assert (found["accepted"], found["rejected"], found["source"]) == (2, 1, "csv")


def test_returns_and_reversals_are_negative_facts(sales: Sales, feed: Feed) -> None:
    feed({"value": 100_000, "member": "S001"}, {"value": -30_000, "member": "S001", "source_ref": "退货-1"})
    assert total(sales) == 70_000


WRONG = {
    "unknown metric": ({"metric": "medical.luck"}, "metric", "unknown"),
    "unknown person": ({"member": "S999"}, "member", "unknown"),
    "unknown product": ({"product": "P-9"}, "product", "unknown"),
    "unknown unit": ({"unit": "XX"}, "unit", "unknown"),
    "nobody's": ({"member": ""}, "unit", "needed"),
    "NaN": ({"value": math.nan}, "value", "not_a_number"),
    "infinite": ({"value": math.inf}, "value", "not_a_number"),
    "beyond all measure": ({"value": 10**400}, "value", "not_a_number"),
    "text": ({"value": "12万"}, "value", "not_a_number"),
    "yes": ({"value": True}, "value", "not_a_number"),
    "future": ({"period": "2025-07"}, "period", "future"),
    "no period": ({"period": "2025-13"}, "period", "period"),
    "a rate without its denominator": ({"metric": "medical.ticket"}, "weight", "needed"),
    "a weight of nothing": ({"metric": "medical.ticket", "weight": 0}, "weight", "not_positive"),
    "a reference without end": ({"source_ref": "x" * 121}, "source_ref", "too_long"),
}


@pytest.mark.parametrize(("row", "place", "code"), WRONG.values(), ids=WRONG)
def test_a_wrong_row_is_refused_with_its_place_and_the_others_stay(
    sales: Sales, feed: Feed, row: dict, place: str, code: str
) -> None:
    fed = feed({"value": 1, "member": "SH0"}, {"value": 1, "member": "S001"} | row)
    assert codes(fed) == [(f"/facts/1/{place}", code)]
    assert all(problem.message for problem in fed.rejected)
    assert fed.accepted == 1


def test_S20_a_typed_number_cannot_stand_in_for_a_counted_one(sales: Sales, feed: Feed) -> None:
    fed = feed({"metric": "medical.visit_effective", "value": 99, "member": "S001"})
    assert codes(fed) == [("/facts/0/metric", "counted")]


def test_a_file_that_says_the_same_twice_is_told_so(sales: Sales, feed: Feed) -> None:
    fed = feed({"value": 1, "member": "S001"}, {"value": 2, "member": "S001", "unit": "SH"})
    assert codes(fed) == [("/facts/1/period", "twice")]
    assert "/facts/0" in fed.rejected[0].message


def test_a_month_beside_its_days_would_count_twice(sales: Sales, feed: Feed) -> None:
    feed({"period": "2025-05-06", "value": 1, "member": "S001"})
    assert codes(feed({"period": "2025-05", "value": 9, "member": "S001"})) == [("/facts/0/period", "overlap")]
    together = feed(
        {"period": "2025-Q1", "value": 9, "member": "SH0"}, {"period": "2025-03", "value": 9, "member": "SH0"}
    )
    assert codes(together) == [("/facts/1/period", "overlap")]
    assert total(sales) == 10


def test_what_was_sold_stays_where_it_was_sold_when_a_person_moves(sales: Sales, feed: Feed) -> None:
    feed({"value": 100, "member": "S001"})
    sales.people.an.unit = sales.jiangsu
    db.session.commit()
    assert feed({"value": 100, "member": "S001"}).unchanged == 1
    assert feed({"value": 150, "member": "S001"}).corrected == 1
    assert {fact.unit.code for fact in db.session.scalars(select(Fact))} == {"SH"}
    assert feed({"period": "2025-06", "value": 7, "member": "S001"}).accepted == 1
    assert db.session.scalars(select(Fact).where(Fact.period == "2025-06")).one().unit.code == "JS"


def test_units_outside_of_ones_own_are_refused(sales: Sales, feed: Feed) -> None:
    fed = feed({"value": 1, "member": "SC0"}, {"value": 1, "unit": "SH"}, covers=sales.people.east.path.__eq__)
    assert codes(fed) == [("/facts/0/member", "outside"), ("/facts/1/unit", "outside")]


def test_two_who_feed_the_same_at_once_do_not_both_count(sales: Sales, feed: Feed) -> None:
    company_id = sales.people.company.id
    rows = [Given("/facts/0", SALES, "2025-05", 5, member="S001")]
    first, second = judging.judge(company_id, rows), judging.judge(company_id, rows)
    store.write(company_id, first, "csv")
    with pytest.raises(Conflict):
        store.write(company_id, second, "csv")


def test_a_batch_costs_the_same_statements_whatever_its_size(
    sales: Sales, counted_statements: type[CountedStatements]
) -> None:
    company_id, members = sales.people.company.id, [rep.code for rep in sales.reps]
    rows = [
        Given(str(day), SALES, f"2025-{month:02}-{day:02}", day, member=member)
        for member in members
        for month in range(1, 7)
        for day in range(1, 29)
    ]
    with counted_statements() as counted:
        assert store.feed(company_id, rows, source="csv", by_id=None).accepted == len(rows) > 1000
    assert counted.count <= 10, counted.statements
    assert db.session.scalar(select(func.count()).select_from(Fact)) == len(rows)


@pytest.mark.parametrize(
    ("typed", "key", "first", "last"),
    [
        ("2025-06-30", "2025-06-30", (6, 30), (6, 30)),
        ("20250630", "2025-06-30", (6, 30), (6, 30)),
        ("2025年6月3日", "2025-06-03", (6, 3), (6, 3)),
        ("2025-W27", "2025-W27", (6, 30), (7, 6)),
        ("2025-06", "2025-06", (6, 1), (6, 30)),
        ("202506", "2025-06", (6, 1), (6, 30)),
        ("2025年6月", "2025-06", (6, 1), (6, 30)),
        ("2025/2", "2025-02", (2, 1), (2, 28)),
        ("2025-Q2", "2025-Q2", (4, 1), (6, 30)),
        ("2025q4", "2025-Q4", (10, 1), (12, 31)),
        ("2025年第二季度", "2025-Q2", (4, 1), (6, 30)),
    ],
)
def test_a_period_is_read_as_people_write_it(typed: str, key: str, first: tuple, last: tuple) -> None:
    found = periods.read(typed)
    assert (found.key, found.first_day, found.last_day) == (key, dt.date(2025, *first), dt.date(2025, *last))


@pytest.mark.parametrize("typed", ["", "2025", "2025-00", "2025-02-30", "2025-W54", "2025-Q5", "六月", "x" * 99])
def test_what_is_no_period_is_told(app: object, typed: str) -> None:
    with pytest.raises(ValueError, match=r"2025-Q2"):
        periods.read(typed)
