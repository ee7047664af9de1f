"""Company A1's scores: four quarters, every grade, and one person's by hand."""

from collections import Counter

import pytest
from sqlalchemy import select

from core import jobs
from core.db import db
from organization.models import Company, Member, Product
from runtime.scores import lists
from runtime.scores.models import Score, ScoreRun

# 梁若军 of 上海 in the first quarter of 2025: product, target, sales and gross profit in yuan, and the weights of the
# stage it was in (coverage, visits, sales, profit). He covered 8 of 12 institutions (80 % were asked) and made 7.5
# visits a week (70 % of 13 were asked).
LAUNCH, GROWTH, MATURE, DECLINE = (40, 25, 20, 15), (20, 20, 35, 25), (5, 10, 30, 55), (5, 10, 25, 60)
LINES = (
    ("IVD-1", 51_900, 72_863, 21_814, LAUNCH),
    ("IVD-2", 103_800, 106_331, 31_181, GROWTH),
    ("IVD-3", 142_700, 168_257, 48_052, MATURE),
    ("IVD-4", 38_900, 53_148, 13_383, DECLINE),
    ("HVC-1", 45_400, 53_777, 15_908, LAUNCH),
    ("HVC-2", 97_300, 118_306, 34_015, GROWTH),
    ("HVC-3", 129_700, 114_706, 34_566, MATURE),
    ("HVC-4", 38_900, 33_917, 9_559, DECLINE),
)
POINTS = [103.0, 94.0, 109.5, 115.4, 95.1, 104.8, 87.8, 83.4]


def test_F13_four_quarters_are_scored_and_one_person_comes_out_as_by_hand(demo_figures: Company) -> None:
    jobs.run_due()
    runs = {run.period: run for run, _title in lists.runs(demo_figures.id)}
    assert sorted(runs) == ["2024-Q3", "2024-Q4", "2025-Q1", "2025-Q2"]
    for run in runs.values():
        scores = db.session.scalars(select(Score).where(Score.run_id == run.id)).all()
        assert all(score.value is not None for score in scores)
        assert len(scores) > 380
    grades = Counter(db.session.scalars(select(Score.grade).where(Score.run_id == runs["2025-Q2"].id)))
    assert grades.keys() == {"优", "良", "中", "待改进"}
    assert_by_hand(runs["2025-Q1"])


def assert_by_hand(run: ScoreRun) -> None:
    of_person = select(Score).join(Score.member).where(Score.run_id == run.id, Member.code == "SH001")
    score = db.session.scalars(of_person).one()
    codes = {product.id: product.code for product in db.session.scalars(select(Product))}
    told = {codes[line["product"]]: line for line in score.why["lines"]}
    whole, total = sum(line[1] for line in LINES), 0.0
    for (code, target, sales, profit, weights), points in zip(LINES, POINTS, strict=True):
        inputs = told[code]["inputs"]
        assert (inputs["revenue"]["actual"], inputs["profit"]["actual"]) == pytest.approx((sales, profit)), code
        reached = (8 / 12 / 0.8, 7.5 / (0.7 * 13), sales / target, profit / (target * 0.3))
        by_hand = sum(weight * part for weight, part in zip(weights, reached, strict=True))
        assert round(by_hand, 1) == points == told[code]["value"], code
        total += points * target / whole
    assert (round(total, 1), score.value, score.grade) == (99.2, 99.2, "优")
