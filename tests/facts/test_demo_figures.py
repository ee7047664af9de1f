"""Company A1's figures: exact quarters, 华东 above and 西南 below the line of the year before, twice."""

from collections.abc import Callable

import pytest
from sqlalchemy import func, select

from core import jobs
from core.db import db
from organization import accounts
from organization.models import Company, Member, OrgUnit
from runtime.actions.models import Task
from runtime.facts import latency, store
from runtime.facts.models import Fact, counts
from runtime.facts.periods import read
from runtime.goals import plans, publishing, targets
from runtime.goals.models import Goal, GoalSet
from seeds.demo import facts_a1
from seeds.demo.facts_a1 import METRIC, QUARTERS, SEASON
from tests.product import CountedStatements
from tests.sales import CASCADE


@pytest.fixture
def a1(demo_figures: Company) -> Company:
    accounts.create(member("E0002"), login="E0002", password="guantong-2025", must_change=False)
    db.session.commit()
    return demo_figures


def member(code: str) -> Member:
    return db.session.scalars(select(Member).where(Member.code == code)).one()


def sold(company: Company, quarter: str, unit: str = "KL") -> float:
    path = db.session.scalars(select(OrgUnit.path).where(OrgUnit.code == unit)).one()
    period = read(quarter)
    return float(store.values(company.id, METRIC, period.first_day, period.last_day, under=path).value.sum())


def line(unit: str, quarter: str) -> float:
    """What the unit sold last year, by the season."""
    first = read(quarter).first_day.month
    history = db.session.scalars(select(OrgUnit).where(OrgUnit.code == unit)).one().attributes["history"]
    return history * sum(SEASON[first + n] for n in range(3)) / 100


def publish(company: Company, base: str, growth: str) -> GoalSet:
    unit = db.session.get_one(OrgUnit, company.id)
    cycle = publishing.cycle_of_year(company.id, 2025)
    given = {"locks": {}, "digest": None, "waiver": None, "by_id": None}
    staged = publishing.stage(plans.find(unit, CASCADE), unit, cycle, targets.read(base, growth), **given)
    db.session.commit()
    jobs.run_due()
    return db.session.get_one(GoalSet, staged.id, populate_existing=True)


def test_S5_the_southwest_is_below_the_line_two_quarters_and_late_and_the_east_above(a1: Company) -> None:
    assert {quarter: sold(a1, quarter) for quarter in QUARTERS} == QUARTERS
    for quarter in ("2025-Q1", "2025-Q2"):
        assert sold(a1, quarter, "XN") < line("XN", quarter)
        assert sold(a1, quarter, "HD") > line("HD", quarter)
    late = [row.unit for row in latency.deliveries(member("E0002")) if row.late]
    assert set(late) >= {"重庆", "四川", "贵州", "云南"}
    assert "江苏" not in late


def test_S7_there_are_returns_a_correction_and_visits_and_the_same_on_every_run(a1: Company) -> None:
    sales = select(func.count()).select_from(Fact).where(Fact.metric_key == METRIC)
    assert db.session.scalar(sales.where(Fact.value < 0)) == 12
    correction = db.session.scalars(select(Fact).where(Fact.replaces_id.is_not(None), Fact.source == "xlsx")).one()
    first = db.session.get_one(Fact, correction.replaces_id)
    assert correction.member is not None
    assert (correction.member.code, correction.period, first.value - correction.value) == ("JS001", "2025-05", 20_000)
    effective = select(func.sum(Fact.value)).where(Fact.metric_key == "medical.visit_effective", counts())
    assert 700 < db.session.scalar(effective) < 1200
    digest = select(func.sum(Fact.value * Fact.member_id)).where(Fact.metric_key == METRIC)
    before = db.session.scalar(digest)
    db.session.expunge_all()
    for table in ("fact", "touch"):
        db.session.execute(db.metadata.tables[table].delete())
    facts_a1.load(a1)
    assert db.session.scalar(digest) == before


def test_S24_publishing_books_the_half_year_and_stays_exact_and_feasible(a1: Company) -> None:
    """7.2 亿 and 15 %, then 18 % and 12 %: sums stay exact, nobody falls below what he has booked (S2), and the first
    week has its director visits (S26)."""
    for growth, total in (("15", 828_000_000), ("18", 849_600_000), ("12", 806_400_000)):
        goal_set = publish(a1, "7.2亿", growth)
        assert (goal_set.state, goal_set.total, goal_set.problem) == ("active", total, None)
        goals = db.session.scalars(select(Goal).where(Goal.goal_set_id == goal_set.id)).all()
        people = [goal for goal in goals if goal.member_id is not None]
        assert len(people) == 430
        assert sum(goal.target for goal in people) + sum(goal.reserve for goal in goals) == total
        root = next(goal for goal in goals if goal.parent is None)
        assert root.booked == sum(goal.booked for goal in people) == QUARTERS["2025-Q1"] + QUARTERS["2025-Q2"]
        if growth != "15":  # at first nothing was booked on a goal yet
            assert all(goal.target >= goal.booked for goal in people)
    tasks = db.session.scalars(select(Task).where(Task.contact_level == "主任", Task.needed == 3)).all()
    assert len(tasks) > 250
    assert tasks[0].title["zh"] == "本周需完成3家三甲医院主任级拜访"


def test_the_pages_of_figures_take_four_statements(
    a1: Company, client, sign_in: Callable, counted_statements: type[CountedStatements]
) -> None:
    client = sign_in(member("E0002"))
    province = db.session.scalars(select(OrgUnit).where(OrgUnit.code == "JS")).one()
    region = province.parent_id
    fact = db.session.scalar(select(Fact.id).where(Fact.replaces_id.is_not(None)))
    for address in (
        "/facts",
        f"/facts?metric={METRIC}&unit={region}&by=month",
        f"/facts?metric=medical.visit_effective&unit={province.id}",
        f"/facts/sources?metric={METRIC}&unit={province.id}&period=2025-Q2",
        f"/facts/{fact}",
        "/facts/latency",
        "/facts/visits?state=pending",
    ):
        with counted_statements() as counted:
            assert client.get(address).status_code == 200, address
        assert counted.count <= 4, (address, counted.statements)
