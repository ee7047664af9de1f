"""Scores are kept: a period with the versions of its end, scored again as a new revision, never changed."""

import datetime as dt
import json
from collections.abc import Callable
from typing import Any

import pytest
import sqlalchemy as sa
from click.testing import Result
from sqlalchemy import select

from builder import definitions
from core.db import db
from core.errors import NotFound
from organization.models import Product
from organization.products import enter_stage
from runtime.facts import periods
from runtime.scores import lists, runs
from runtime.scores.models import Score, ScoreRun
from tests.sales import Sales
from tests.scores.figures import COMPOSITE, PROFIT, SALES, TARGET, conduct, feed

Q1, Q2 = "2025-Q1", "2025-Q2"


@pytest.fixture
def fed(sales: Sales) -> Sales:
    """安店长 sells P2, which is new, in two quarters: 90, 80, 60 and 50 % of what was asked for."""
    for quarter in (Q1, Q2):
        feed(sales, "S001", *conduct(quarter), (TARGET, quarter, 1_000_000, "P2"))
        feed(sales, "S001", (SALES, quarter, 600_000, "P2"), (PROFIT, quarter, 150_000, "P2"))
    return sales


def compute(sales: Sales, quarter: str, **options: Any) -> ScoreRun:
    return runs.compute(sales.people.company.id, COMPOSITE, periods.read(quarter), by_id=None, **options)


def scores(run: ScoreRun) -> list[tuple[str, float | None, str | None]]:
    found = db.session.scalars(select(Score).where(Score.run_id == run.id).order_by(Score.id))
    return [(score.member.name, score.value, score.grade) for score in found]


def test_points_are_kept_with_their_grade_and_what_made_them(fed: Sales) -> None:
    run = compute(fed, Q1)
    assert scores(run) == [("安店长", 75.5, "中")]
    assert {"metric medical.composite", "formula medical.composite_score", "table medical.grade"} <= run.pins.keys()
    assert all(run.pins.values())
    (line,) = lists.of_person(fed.people.an)[0].why["lines"]
    assert line["inputs"]["profit"] == {"value": 0.5, "actual": 150_000, "target": 300_000}


def test_S22_a_product_that_matures_weighs_anew_from_that_day_and_what_was_scored_stays(fed: Sales) -> None:
    before = scores(compute(fed, Q1))
    product = db.session.scalars(select(Product).where(Product.code == "P2")).one()
    enter_stage(product, "成熟期", dt.date(2025, 4, 1), by_id=None)
    after = compute(fed, Q2)
    first = db.session.scalars(select(ScoreRun).where(ScoreRun.period == Q1)).one()
    assert scores(first) == before == [("安店长", 75.5, "中")]
    assert scores(after) == [("安店长", 58.0, "待改进")]
    assert scores(compute(fed, Q1)) == before  # also when it is scored again


def test_S22_a_stage_within_the_period_changes_the_next_one(fed: Sales) -> None:
    product = db.session.scalars(select(Product).where(Product.code == "P2")).one()
    enter_stage(product, "成熟期", dt.date(2025, 4, 2), by_id=None)
    assert scores(compute(fed, Q2)) == [("安店长", 75.5, "中")]


def test_S23_old_periods_keep_the_version_that_was_in_force_at_their_end(fed: Sales) -> None:
    """Coverage 40 → 45 from April on: the first quarter is scored by version 1, whenever that happens."""
    definition = definitions.find(fed.people.company.id, "table", "medical.stage_weights")
    assert definition is not None
    draft = definitions.open_draft(definition, by_id=None)
    document = json.loads(json.dumps(draft.document).replace('"40%"', '"45%"'))
    document["body"]["rows"][0]["then"] |= {"c5": "10%"}
    draft.document, draft.digest = document, "changed"
    definitions.put_in_force(draft, by_id=None, note="", effective_from=dt.date(2025, 4, 1))
    first, second, again = compute(fed, Q1), compute(fed, Q2), compute(fed, Q1, on=dt.date(2025, 6, 30))
    assert [scores(run)[0][1] for run in (first, second, again)] == [75.5, 77.5, 77.5]
    assert first.pins["table medical.stage_weights"] != second.pins["table medical.stage_weights"]


def test_scoring_again_is_a_new_revision_and_the_newest_counts(fed: Sales) -> None:
    first = compute(fed, Q1)
    feed(fed, "S001", (SALES, Q1, 800_000, "P2"))
    second = compute(fed, Q1)
    assert [(run.revision, scores(run)[0][1]) for run in (first, second)] == [(1, 75.5), (2, 79.5)]
    assert [run.id for run, _title in lists.runs(fed.people.company.id)] == [second.id]
    assert [score.value for score in lists.of_person(fed.people.an)] == [79.5]


def test_what_is_missing_is_kept_as_held(fed: Sales) -> None:
    feed(fed, "SH0", *conduct(Q1), (TARGET, Q1, 1_000_000, "P1"))
    assert scores(compute(fed, Q1)) == [("安店长", 75.5, "中"), ("李敏", None, None)]


def test_a_period_without_targets_is_refused_in_words(sales: Sales) -> None:
    with pytest.raises(NotFound, match="2024-Q1"):
        compute(sales, "2024-Q1")


def test_the_command_scores_and_prints_everybody(fed: Sales, guantong: Callable[..., Result]) -> None:
    done = guantong("scores", "compute", "--period", "2025年Q1", "--json")
    assert json.loads(done.stdout.splitlines()[0]) == {
        "metric": COMPOSITE,
        "period": Q1,
        "revision": 1,
        "people": [{"member": "S001", "value": 75.5, "grade": "中"}],
    }
    assert db.session.scalar(select(sa.func.count(Score.id))) == 1
    assert guantong("scores", "compute", "--period", "hier").exit_code != 0
