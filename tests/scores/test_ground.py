"""What scores are made of, read from goals and figures: through the database, in a few statements."""

import pytest

from builder import definitions
from builder.sources import of_documents
from core.db import db
from organization.models import Product, ProductStage
from runtime.facts import periods
from runtime.goals.models import GoalSet
from runtime.scores import ground, scoring
from runtime.scores.scoring import Scores
from tests.builder.documents import changed
from tests.product import CountedStatements
from tests.sales import Sales
from tests.scores.figures import COMPOSITE, PROFIT, SALES, TARGET, conduct, feed

Q1 = "2025-Q1"


def scored(sales: Sales, *keys: str) -> Scores:
    company_id = sales.people.company.id
    sources = definitions.sources(company_id)
    here = ground.read(company_id, COMPOSITE, [periods.read(key) for key in keys or (Q1,)], sources)
    return scoring.score(here, sources)


def test_S22_a_person_is_scored_from_what_was_fed(sales: Sales) -> None:
    """P1 is mature and three quarters of the target, P2 is new: 58.0 and 75.5, by shares 62.4."""
    feed(sales, "S001", *conduct(Q1), (TARGET, Q1, 3_000_000, "P1"), (TARGET, Q1, 1_000_000, "P2"))
    feed(sales, "S001", (SALES, Q1, 1_800_000, "P1"), (PROFIT, Q1, 450_000, "P1"))
    feed(sales, "S001", (SALES, Q1, 600_000, "P2"), (PROFIT, Q1, 150_000, "P2"))
    found = scored(sales)
    assert [person.name for person in found.ground.people] == ["安店长"]
    assert found.lines.tolist() == [58.0, 75.5]
    assert found.value(0) == pytest.approx(62.4)


def test_months_add_up_within_the_period_and_others_stay_out(sales: Sales) -> None:
    feed(sales, "S001", *conduct(Q1), (TARGET, Q1, 1_000_000, "P2"))
    feed(sales, "S001", *((SALES, f"2025-0{month}", 200_000, "P2") for month in (1, 2, 3, 4)))
    feed(sales, "S001", *((PROFIT, f"2025-0{month}", 50_000, "P2") for month in (1, 2, 3)))
    assert scored(sales).value(0) == 75.5


def test_figures_without_a_product_count_by_share(sales: Sales) -> None:
    feed(sales, "S001", *conduct(Q1), (TARGET, Q1, 3_000_000, "P1"), (TARGET, Q1, 1_000_000, "P2"))
    feed(sales, "S001", (SALES, Q1, 2_400_000, ""), (PROFIT, Q1, 600_000, ""))
    assert scored(sales).lines.tolist() == [58.0, 75.5]


def test_who_sold_nothing_of_a_product_has_zero_and_who_has_no_figures_is_held(sales: Sales) -> None:
    for code in ("S001", "SH0"):
        feed(sales, code, *conduct(Q1), (TARGET, Q1, 1_000_000, "P1"), (TARGET, Q1, 1_000_000, "P2"))
    feed(sales, "S001", (SALES, Q1, 600_000, "P2"), (PROFIT, Q1, 150_000, "P2"))
    found = scored(sales)
    assert found.lines[:2].tolist() == [12.5, 75.5]  # .05 × .9 + .10 × .8 of a mature product, nothing sold
    assert found.value(1) is None
    assert found.why(1)["lines"][0]["missing"] == ["利润达成", "销售达成"]


def test_goals_that_were_handed_down_come_before_figures(sales: Sales, published: GoalSet) -> None:
    feed(sales, "S001", (TARGET, Q1, 1.0, "P1"), (TARGET, "2024-Q4", 500_000, "P1"))
    now, before = scored(sales), scored(sales, "2024-Q4")
    goal_amount = sum(now.ground.shares[line] for line in now.of_person(0))
    assert len(now.ground.people) == 8  # everybody but who joined in June
    assert goal_amount > 1_000_000
    assert before.ground.shares.tolist() == [500_000]


def test_S22_a_stage_holds_for_periods_that_begin_on_its_day_or_later(sales: Sales) -> None:
    product = db.session.query(Product).filter_by(code="P2").one()
    product.stages.append(ProductStage(stage="成熟期", from_day=periods.read("2025-Q2").first_day))
    db.session.flush()
    for quarter in (Q1, "2025-Q2"):
        feed(sales, "S001", *conduct(quarter), (TARGET, quarter, 1_000_000, "P2"))
        feed(sales, "S001", (SALES, quarter, 600_000, "P2"), (PROFIT, quarter, 150_000, "P2"))
    found = scored(sales, Q1, "2025-Q2")
    assert found.values.tolist() == [75.5, 58.0]
    weights = [{use["as"]: use["value"] for use in found.why(at)["lines"][0]["uses"]}["利润权重"] for at in range(2)]
    assert weights == [0.15, 0.55]


def test_a_score_by_person_knows_no_products(sales: Sales) -> None:
    """One line a person: all that he sold against all that was asked."""
    feed(sales, "S001", *conduct(Q1), (TARGET, Q1, 600_000, "P1"), (TARGET, Q1, 400_000, "P2"))
    feed(sales, "S001", (SALES, Q1, 500_000, "P1"), (SALES, Q1, 100_000, ""), (PROFIT, Q1, 150_000, "P2"))
    company_id = sales.people.company.id
    sources = definitions.sources(company_id)
    document = changed(sources["metric", COMPOSITE].document, "/body/score/by", "person")
    document = changed(document, "/body/score/inputs/stage/value", '"成长期"')
    sources |= of_documents([document])
    found = scoring.score(ground.read(company_id, COMPOSITE, [periods.read(Q1)], sources), sources)
    assert (found.lines.tolist(), found.value(0)) == ([67.5], 67.5)
    assert found.why(0)["lines"][0]["product"] is None


def test_many_periods_take_as_many_statements_as_one(
    sales: Sales, published: GoalSet, counted_statements: type[CountedStatements]
) -> None:
    counts = []
    for keys in ([Q1], ["2024-Q3", "2024-Q4", Q1, "2025-Q2"]):
        db.session.expire_all()
        with counted_statements() as counted:
            scored(sales, *keys)
        counts.append(counted.count)
    assert counts[0] == counts[1] <= 14
