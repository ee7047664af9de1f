"""S20: a visit counts when something follows it; nobody can type the number."""

import datetime as dt
from collections.abc import Callable

import pytest
from sqlalchemy import select

from core import clock
from core.db import db
from organization.models import Customer
from runtime.actions import tasks
from runtime.actions.tasks import Evidence
from runtime.facts import metrics, store, touches, visits
from runtime.facts.models import Fact, counts
from runtime.facts.touches import GivenTouch
from runtime.facts.visits import Rule
from runtime.goals.models import GoalSet
from tests.sales import Sales

VISITS, DIRECTORS = "medical.visit_effective", "medical.director_visit"
Happened = Callable[..., store.Fed]


@pytest.fixture
def happened(sales: Sales, run_jobs: Callable[[], int]) -> Happened:
    """Feed what happened with customers, as (day, kind) with 安店长 and his first customer unless said otherwise."""

    def fed(*rows: tuple[str, str], **options: str) -> store.Fed:
        batch = [
            GivenTouch(f"/touches/{n}", **({"customer": "C0-0", "member": "S001"} | options), day=day, kind=kind)
            for n, (day, kind) in enumerate(rows)
        ]
        found = touches.feed(sales.people.company.id, batch, source="api", by_id=None)
        run_jobs()
        return found

    return fed


def counted(sales: Sales, key: str = VISITS) -> dict[tuple[str, str], float]:
    """By person and day."""
    facts = db.session.scalars(select(Fact).where(Fact.metric_key == key, counts(), Fact.value != 0))
    return {(fact.member.code, fact.period): fact.value for fact in facts}


def states(sales: Sales, key: str = VISITS) -> list[str]:
    company_id = sales.people.company.id
    rule = Rule.of(metrics.in_force(company_id)[key].count)
    return [one.state for one in visits.judged(company_id, rule, dt.date(2025, 6, 1), dt.date(2025, 6, 30))]


def test_S20_a_visit_counts_once_a_contact_quote_or_meeting_follows(sales: Sales, happened: Happened) -> None:
    happened(("2025-06-16", "visit"))
    assert (states(sales), counted(sales)) == (["pending"], {})
    happened(("2025-06-25", "quote"))
    assert (states(sales), counted(sales)) == (["effective"], {("S001", "2025-06-16"): 1})


@pytest.mark.parametrize(("followed", "state"), [("2025-06-15", "effective"), ("2025-06-16", "lapsed")])
def test_S20_within_14_days(sales: Sales, happened: Happened, followed: str, state: str) -> None:
    happened(("2025-06-01", "visit"), (followed, "contact"))
    assert states(sales) == [state]


def test_S20_after_14_days_without_anything_it_came_to_nothing(sales: Sales, happened: Happened) -> None:
    happened(("2025-06-15", "visit"), ("2025-06-16", "visit"))
    assert states(sales) == ["lapsed", "pending"]


@pytest.mark.parametrize("kind", ["visit", "contact"])
def test_S20_another_visit_or_something_of_the_same_day_or_before_is_no_follow_up(
    sales: Sales, happened: Happened, kind: str
) -> None:
    happened(("2025-06-20", "visit"), ("2025-06-20", "contact"), ("2025-06-18", "meeting"))
    if kind == "visit":
        happened(("2025-06-24", "visit"))
    assert set(states(sales)) == {"pending"}


def test_S20_another_customers_quote_is_no_follow_up(sales: Sales, happened: Happened) -> None:
    happened(("2025-06-20", "visit"))
    happened(("2025-06-24", "quote"), customer="C0-1")
    assert states(sales) == ["pending"]


def test_S20_a_customer_counts_once_a_day_and_for_whoever_came_first(sales: Sales, happened: Happened) -> None:
    happened(("2025-06-20", "visit"))
    happened(("2025-06-20", "visit"), member="SH0")
    happened(("2025-06-20", "visit"), source_ref="CRM-2")
    happened(("2025-06-23", "meeting"), member="SH0")
    assert counted(sales) == {("S001", "2025-06-20"): 1}


def test_S20_feeding_the_same_again_adds_nothing(sales: Sales, happened: Happened) -> None:
    rows = ("2025-06-20", "visit"), ("2025-06-23", "meeting")
    assert (happened(*rows).accepted, happened(*rows).unchanged) == (2, 2)
    assert counted(sales) == {("S001", "2025-06-20"): 1}


def test_S20_a_done_task_is_a_visit(sales: Sales, published: GoalSet, happened: Happened) -> None:
    item = tasks.of_week(sales.people.an, "2025-W27")[0].items[0]
    tasks.complete(item, Evidence(place="住院部三楼", contact_id=item.contact_id))
    db.session.commit()
    code = db.session.get_one(Customer, item.customer_id).code
    with clock.at(clock.now() + dt.timedelta(days=3)):
        happened(("2025-07-03", "quote"), customer=code)
    assert counted(sales) == {("S001", "2025-06-30"): 1}


def test_S20_director_visits_ask_for_tier_and_level(sales: Sales, happened: Happened) -> None:
    """C0-0 is a 三甲 hospital, C0-5 is not."""
    happened(("2025-06-20", "visit"), contact_level="主任")
    happened(("2025-06-19", "visit"), contact_level="副主任")
    happened(("2025-06-20", "visit"), customer="C0-5", contact_level="主任")
    for customer in ("C0-0", "C0-5"):
        happened(("2025-06-24", "quote"), customer=customer)
    assert counted(sales, DIRECTORS) == {("S001", "2025-06-20"): 1}
    assert sum(counted(sales).values()) == 3


WRONG = {
    "customer": ({"customer": "C9-9"}, "unknown"),
    "member": ({"member": "S999"}, "unknown"),
    "day": ({"day": "昨天"}, "day"),
    "kind": ({"kind": "lunch"}, "unknown"),
    "source_ref": ({"source_ref": "x" * 121}, "too_long"),
}


@pytest.mark.parametrize(("place", "row", "code"), [(place, *found) for place, found in WRONG.items()])
def test_S20_what_is_wrong_says_where(sales: Sales, place: str, row: dict[str, str], code: str) -> None:
    good = {"customer": "C0-0", "member": "S001", "day": "2025-06-20", "kind": "visit"}
    batch = [GivenTouch("/touches/0", **good), GivenTouch("/touches/1", **(good | {"day": "2025-06-21"} | row))]
    fed = touches.feed(sales.people.company.id, batch, source="api", by_id=None)
    assert [(problem.path, problem.code) for problem in fed.rejected] == [(f"/touches/1/{place}", code)]
    assert fed.accepted == 1


def test_S20_a_visit_of_tomorrow_did_not_happen(sales: Sales, happened: Happened) -> None:
    assert [problem.code for problem in happened(("2025-07-01", "visit")).rejected] == ["future"]
