"""A draft that scores are made with: everybody's points of a past period, before and after (S23)."""

import json
from typing import Any

import pytest

from builder import definitions
from builder.models import DefinitionVersion
from core.db import Document, db
from organization.models import Member
from runtime.facts import periods
from runtime.scores import runs
from runtime.scores.models import Score
from runtime.whatif import drafts
from tests.product import add_member
from tests.sales import Sales
from tests.scores.figures import COMPOSITE, PROFIT, SALES, TARGET, conduct, feed
from tests.whatif.drafts_of import draft_of

Q1, Q2 = "2025-Q1", "2025-Q2"
NEW, MATURE = "P2", "P1"  # 推广期 and 成熟期


@pytest.fixture
def figures(sales: Sales) -> None:
    """In the first quarter 安店长 sells what is new, 李敏 what is mature, 王强 both; nobody knows 赵磊's coverage.

    All reach 90 % of the coverage, 80 % of the visits, 60 % of sales and 50 % of profit.
    """
    an, li, wang, _new, zhao = sales.reps[:5]
    feed(sales, an.code, *line(NEW), *conduct(Q1))
    feed(sales, li.code, *line(MATURE), *conduct(Q1))
    feed(sales, wang.code, *line(NEW), *line(MATURE), *conduct(Q1))
    feed(sales, zhao.code, *line(NEW))
    db.session.commit()


def line(product: str, period: str = Q1) -> list[tuple[str, str, float, str]]:
    return [
        (TARGET, period, 1_000_000, product),
        (SALES, period, 600_000, product),
        (PROFIT, period, 150_000, product),
    ]


def coverage_to_45(body: Document) -> None:
    """推广期: five points of the weight of visits go to coverage."""
    outputs = {column["key"]: column["id"] for column in body["outputs"]}
    row = next(row for row in body["rows"] if "推广期" in json.dumps(row["when"], ensure_ascii=False))
    row["then"] |= {outputs["coverage"]: "45%", outputs["visit"]: "20%"}


@pytest.fixture
def draft(ops: Member, figures: None) -> DefinitionVersion:
    return draft_of(ops, "table", "medical.stage_weights", coverage_to_45)


def page(client: Any, draft: DefinitionVersion, **asked: str) -> str:
    answer = client.get(f"/what-if/{draft.definition_id}", query_string=asked)
    assert answer.status_code == 200
    return str(answer.get_data(as_text=True))


def test_S23_a_weight_of_a_stage_moves_those_who_sell_it(draft: DefinitionVersion) -> None:
    """75.5 and 58.0 as in F13; five points from visits at 80 % to coverage at 90 % are half a point."""
    [part] = drafts.parts(draft)
    found = drafts.compare(draft, part, Q1)
    told = {row.name: (row.before, row.after) for row in found.moves.rows}
    assert told == {"安店长": (75.5, 76.0), "李敏": (58.0, 58.0), "王强": (66.8, 67.0)}
    assert found.moves.held == 1, "of whom something is missing has no points, and no change"


def test_S23_sales_operations_see_before_and_after_and_submit_and_old_periods_stay(
    draft: DefinitionVersion, ops: Member, sales: Sales, sign_in: Any
) -> None:
    stored = runs.compute(sales.people.company.id, COMPOSITE, periods.read(Q1), by_id=None)
    db.session.commit()
    told = page(sign_in(ops), draft, period=Q1)
    assert "3 人中 2 人变化,最多 +0.5 分" in told
    assert "另有 1 人缺少数据,算不出数" in told
    answer = sign_in(ops).post(f"/definitions/{draft.definition_id}/submit", data={"note": "重覆盖", "period": Q1})
    assert answer.status_code == 303
    review = draft.open_review
    assert review is not None
    hr = sign_in(sales.people.hr)
    assert "3 人中 2 人变化,最多 +0.5 分" in hr.get(f"/definitions/{draft.definition_id}/review").get_data(as_text=True)
    approved = hr.post(f"/definitions/{draft.definition_id}/reviews/{review.id}/approve")
    assert approved.status_code == 303
    values = db.session.execute(db.select(Score.value).where(Score.run_id == stored.id)).scalars().all()
    assert sorted(value for value in values if value is not None) == [58.0, 66.8, 75.5], "computed with version 1"
    again = runs.compute(sales.people.company.id, COMPOSITE, periods.read(Q1), by_id=None)
    assert again.pins["table medical.stage_weights"] == stored.pins["table medical.stage_weights"]


def test_S23_the_number_after_has_its_why_and_the_draft_is_named(
    draft: DefinitionVersion, ops: Member, sales: Sales, sign_in: Any
) -> None:
    client, an = sign_in(ops), sales.people.an
    address = f"/what-if/{draft.definition_id}/why/{an.id}?part=scores:{COMPOSITE}&period={Q1}"
    assert address.replace("&", "&amp;") in page(client, draft, period=Q1)
    told = client.get(address).get_data(as_text=True)
    assert "试算:为什么是 76.0 分" in told
    assert "用“产品阶段权重”的草稿试算" in told
    assert "覆盖权重 = <strong>45%</strong>" in told, "as the table writes it"
    assert not db.session.query(Score).count(), "nothing is stored"


def test_whose_why_after_is_asked_must_be_there_and_be_seen(
    draft: DefinitionVersion, ops: Member, sales: Sales, sign_in: Any
) -> None:
    asked = {"part": f"scores:{COMPOSITE}", "period": Q1}
    client, an = sign_in(ops), sales.people.an
    for member_id, period in ((sales.newcomer.id, Q1), (99_999, Q1), (an.id, "weeks")):
        address = f"/what-if/{draft.definition_id}/why/{member_id}"
        assert client.get(address, query_string=asked | {"period": period}).status_code == 404
    assert sign_in(an).get(f"/what-if/{draft.definition_id}/why/{an.id}", query_string=asked).status_code == 403


def test_the_period_of_a_review_is_said_in_the_readers_language(
    draft: DefinitionVersion, ops: Member, sales: Sales, sign_in: Any
) -> None:
    sign_in(ops).post(f"/definitions/{draft.definition_id}/submit", data={"note": "重覆盖", "period": Q1})
    address = f"/definitions/{draft.definition_id}/review"
    assert "2025年1季度" in sign_in(sales.people.hr).get(address).get_data(as_text=True)
    sales.people.hr.language = "en"
    db.session.commit()
    assert "Q1 of 2025" in sign_in(sales.people.hr).get(address).get_data(as_text=True)


def test_S23_what_is_tried_is_what_the_next_period_gets(draft: DefinitionVersion, sales: Sales, ops: Member) -> None:
    found = drafts.compare(draft, drafts.parts(draft)[0], Q1)
    promised = {row.member_id: row.after for row in found.moves.rows}
    version = definitions.publish(draft, by_id=None)
    db.session.commit()
    run = runs.compute(sales.people.company.id, COMPOSITE, periods.read(Q1), by_id=None, on=version.published_at.date())
    made = db.session.execute(db.select(Score.member_id, Score.value).where(Score.run_id == run.id)).all()
    assert {who: value for who, value in made if value is not None} == promised


def test_a_draft_of_grades_moves_nobodys_points_but_grades(ops: Member, figures: None, sign_in: Any) -> None:
    def milder(body: Document) -> None:
        body["rows"][2]["when"]["c1"], body["rows"][3]["when"]["c1"] = ">=65,<85", "<65"

    draft = draft_of(ops, "table", "medical.grade", milder)
    told = page(sign_in(ops), draft, period=Q1)
    assert "3 人中 1 人变化,1 人跨档" in told
    assert "待改进 → 中" in told.replace("\n", "")


def test_a_draft_of_the_formula_and_of_the_metric_count_too(ops: Member, figures: None) -> None:
    def doubled(body: Document) -> None:
        body["expression"] = body["expression"].replace("100*", "50*")

    formula = draft_of(ops, "formula", "medical.composite_score", doubled)
    [part] = drafts.parts(formula)
    assert {row.name: row.after for row in drafts.compare(formula, part, Q1).moves.rows}["李敏"] == 29.0
    metric = draft_of(
        ops, "metric", COMPOSITE, lambda body: body["score"]["inputs"]["revenue"].update(target="目标*50%")
    )
    [part] = drafts.parts(metric)
    assert {row.name: row.after for row in drafts.compare(metric, part, Q1).moves.rows}["李敏"] == 76.0


def test_a_year_of_weeks_is_the_mean_of_its_weeks(draft: DefinitionVersion, sales: Sales) -> None:
    for week in ("2025-W20", "2025-W21"):
        feed(sales, sales.people.an.code, *line(NEW, week), *conduct(week))
    [part] = drafts.parts(draft)
    assert part.periods[-1].words == {"zh": "最近 52 周", "en": "the last 52 weeks"}
    found = drafts.compare(draft, part, part.periods[-1].value)
    assert {row.name: (row.before, row.after) for row in found.moves.rows} == {"安店长": (75.5, 76.0)}


def test_F9_the_spread_of_weights_stands_before_and_after(draft: DefinitionVersion) -> None:
    """Coverage weighs 40 in 推广期 and 5 in 成熟期: 35 points that the rule makes, 40 by the draft."""
    spreads = {entry.metric["zh"]: entry for entry in drafts.compare(draft, drafts.parts(draft)[0], Q1).spreads}
    coverage = spreads["覆盖权重"]
    assert (coverage.overall_before, coverage.overall_after) == (35.0, 40.0)
    assert (coverage.within_before, coverage.within_after) == (0.0, 0.0)


def test_a_period_without_figures_says_what_to_do(draft: DefinitionVersion, ops: Member, sign_in: Any) -> None:
    told = page(sign_in(ops), draft, period="2024-Q4")
    assert "这个期间没有可以比较的人" in told


def test_a_score_that_was_computed_is_explained_beside_it(
    draft: DefinitionVersion, ops: Member, sales: Sales, sign_in: Any
) -> None:
    runs.compute(sales.people.company.id, COMPOSITE, periods.read(Q1), by_id=None)
    score_id = db.session.execute(db.select(Score.id).where(Score.member_id == sales.people.an.id)).scalar_one()
    assert f"/scores/{score_id}" in page(sign_in(ops), draft, period=Q1)


def test_people_whose_scores_are_made_with_it_are_counted(
    draft: DefinitionVersion, ops: Member, sales: Sales, sign_in: Any
) -> None:
    address = f"/definitions/{draft.definition_id}/review"
    assert "启用后将用于 9 人" in sign_in(ops).get(address).get_data(as_text=True)
    runs.compute(sales.people.company.id, COMPOSITE, periods.read(Q1), by_id=None)
    assert "4 人的目标、任务或得分由它算出" in sign_in(ops).get(address).get_data(as_text=True)


def test_the_statements_do_not_grow_with_people(
    draft: DefinitionVersion, sales: Sales, counted_statements: Any
) -> None:
    part = drafts.parts(draft)[0]
    with counted_statements() as few:
        drafts.compare(draft, part, Q1)
    for n in range(20):
        code = f"N{n}"
        add_member(sales.jiangsu, code, f"新{n}", "sales")
        feed(sales, code, *line(NEW), *conduct(Q1))
    db.session.commit()
    with counted_statements() as many:
        drafts.compare(draft, part, Q1)
    assert many.count == few.count
    assert few.count <= 20
