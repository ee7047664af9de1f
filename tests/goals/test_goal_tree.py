"""Goals that stand: who sees which amounts, how they came about, the whole as a workbook, at every size."""

import datetime as dt
import io
import json

import pytest
from flask import Flask
from python_calamine import CalamineWorkbook
from sqlalchemy import insert, select

from builder import packs
from core.db import db
from organization.models import Company, Member, OrgUnit, Product
from runtime.goals import plans, publishing, targets
from runtime.goals.models import Goal, GoalSet
from tests.goals.test_entering_a_target import text_of
from tests.product import LEVELS, People, add_member, add_unit
from tests.sales import CASCADE, Sales, publish

STATEMENTS = 4


def goal_of(goal_set: GoalSet, node: str) -> Goal:
    return db.session.scalars(select(Goal).where(Goal.goal_set_id == goal_set.id, Goal.node == node)).one()


def drawn_by(answer) -> str:
    """The document that the picture is drawn from."""
    page = answer.get_data(as_text=True)
    document = page.partition('<script type="application/json">')[2].partition("</script>")[0]
    return json.dumps(json.loads(document), ensure_ascii=False)


def yuan(amount: int) -> str:
    return f"{amount:,} 元"


# ── who sees what (decision 5) ───────────────────────────────────────────────────────────────────────────────────────


def test_headquarters_sees_the_whole_tree_with_its_picture_and_its_table(
    sales: Sales, published: GoalSet, sign_in
) -> None:
    answer = sign_in(sales.people.hr).get("/goals")
    page = text_of(answer)
    assert "828,000,000 元" in page
    assert all(name in page for name in ("华东大区", "西南大区", "1季度", "4季度"))
    assert '"kind": "tree"' in drawn_by(answer)
    assert "安店长" in drawn_by(answer)


def test_a_region_manager_sees_his_region_and_no_other(sales: Sales, published: GoalSet, sign_in) -> None:
    client = sign_in(sales.people.east_manager)
    answer = client.get("/goals")
    assert "华东大区" in drawn_by(answer)
    assert "安店长" in drawn_by(answer)
    for name in ("西南大区", "周涛"):
        assert name not in drawn_by(answer)
        assert name not in text_of(answer)
    assert "西南大区" not in text_of(client.get("/goals/search?q=西南"))
    assert "周涛" not in client.get("/goals/reports").get_data(as_text=True)


def test_a_salesperson_is_led_to_his_own_goal_with_the_way_up(sales: Sales, published: GoalSet, sign_in) -> None:
    client, own = sign_in(sales.people.an), goal_of(published, f"m{sales.people.an.id}")
    answer = client.get("/goals/mine")
    assert (answer.status_code, answer.location) == (303, f"/goals/{own.id}")
    page = text_of(client.get(answer.location))
    assert yuan(own.target) in page
    assert all(name in page for name in ("康联医疗器械", "华东大区", "上海", "1季度", "12月", "化学发光"))
    assert client.get("/goals").status_code == 403
    assert client.get("/goals/export.xlsx").status_code == 403


def test_S90_others_see_rates_and_no_amount(sales: Sales, published: GoalSet, sign_in) -> None:
    client = sign_in(sales.people.an)
    for node in (f"m{sales.reps[1].id}", f"u{sales.people.shanghai.id}", f"u{sales.people.headquarters.id}"):
        goal = goal_of(published, node)
        answer = client.get(f"/goals/{goal.id}")
        assert answer.status_code == 200
        assert "您看到的是比率" in text_of(answer)
        assert str(goal.target) not in answer.get_data(as_text=True)
        assert f"{goal.target:,}" not in answer.get_data(as_text=True)
        assert client.get(f"/goals/{goal.id}/why").status_code == 403


def test_a_unit_head_sees_his_own_unit(sales: Sales, published: GoalSet, sign_in) -> None:
    client = sign_in(sales.people.east_manager)
    page = text_of(client.get("/goals/mine"))
    assert "华东大区" in page
    root = goal_of(published, f"u{sales.people.headquarters.id}")
    assert "828,000,000" not in text_of(client.get(f"/goals/{root.id}"))


def test_a_goal_of_another_company_is_not_there(sales: Sales, published: GoalSet, app: Flask, sign_in) -> None:
    other = add_unit(None, "X", "别家公司", "company")
    db.session.add(Company(id=other.id, name="别家公司", levels=LEVELS, link_templates={}))
    stranger = add_member(other, "X001", "外人", "hq_exec")
    goal = goal_of(published, f"m{sales.people.an.id}")
    client = sign_in(stranger)
    assert client.get(f"/goals/{goal.id}").status_code == 404
    assert client.get(f"/goals/{goal.id}/why").status_code == 404
    assert "还没有下达目标" in text_of(client.get("/goals"))


def test_before_anything_is_published_the_pages_say_what_to_do(sales: Sales, sign_in) -> None:
    client = sign_in(sales.people.hr)
    assert "还没有下达目标" in text_of(client.get("/goals"))
    assert "您还没有目标" in text_of(client.get("/goals/mine"))
    for report in ("", "/completion", "/difficulty"):
        assert "还没有下达目标" in text_of(client.get(f"/goals/reports{report}"))
    assert client.get("/goals/export.xlsx").status_code == 404


# ── search, parts, why ───────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("words", "found"), [("安", "安店长"), ("S001", "安店长"), ("江苏", "江苏"), ("%", "没有找到")]
)
def test_a_person_or_a_unit_is_found(sales: Sales, published: GoalSet, sign_in, words: str, found: str) -> None:
    client = sign_in(sales.people.hr)
    assert found in text_of(client.get("/goals/search", query_string={"q": words}))
    assert found in text_of(client.get("/goals/search", query_string={"q": words}, headers={"HX-Request": "true"}))


@pytest.mark.parametrize(
    ("by", "column"), [("quarter", "1季度"), ("month", "12月"), ("product", "分子诊断"), ("x", "1季度")]
)
def test_S3_the_children_are_shown_over_time_and_over_products(
    sales: Sales, published: GoalSet, sign_in, by: str, column: str
) -> None:
    client = sign_in(sales.people.hr)
    assert column in text_of(client.get(f"/goals?by={by}"))
    region = goal_of(published, f"u{sales.people.east.id}")
    page = text_of(client.get(f"/goals/{region.id}?by={by}"))
    assert column in page
    assert "江苏" in page


def test_S21_why_names_the_inputs_the_tables_with_version_and_row_and_what_decided(
    sales: Sales, published: GoalSet, sign_in
) -> None:
    province = goal_of(published, f"u{sales.people.shanghai.id}")
    parent = goal_of(published, province.parent)
    page = text_of(sign_in(sales.people.hr).get(f"/goals/{province.id}/why"))
    assert "历史占比" in page
    assert "区域成熟度系数 · 第 1 版 · 命中行“成熟”" in page
    assert "团队构成系数 · 第 1 版" in page
    assert "保底:" in page or "保底: " in page
    assert any(sentence in page for sentence in ("按权重从上级目标中分得", "由保底托住", "由封顶限住"))
    assert "第 1 版。组织数据截至 2025-06-30" in page
    assert parent.name in page


def test_why_says_when_an_amount_is_locked_and_when_it_was_entered(sales: Sales, published: GoalSet, sign_in) -> None:
    node = f"m{sales.people.an.id}"
    locked = publish(sales, "7.2亿", "15", locks={node: goal_of(published, node).target})
    client = sign_in(sales.people.hr)
    assert "金额已锁定" in text_of(client.get(f"/goals/{goal_of(locked, node).id}/why"))
    root = goal_of(locked, f"u{sales.people.headquarters.id}")
    assert "这是总部录入的金额" in text_of(client.get(f"/goals/{root.id}/why"))


# ── the workbook ─────────────────────────────────────────────────────────────────────────────────────────────────────


def sheet_of(answer) -> list[list[object]]:
    return CalamineWorkbook.from_filelike(io.BytesIO(answer.get_data())).get_sheet_by_index(0).to_python()


def test_the_workbook_has_every_goal_with_quarters_months_and_products(
    sales: Sales, published: GoalSet, sign_in
) -> None:
    answer = sign_in(sales.people.hr).get("/goals/export.xlsx")
    head, *rows = sheet_of(answer)
    assert head[:8] == ["层级", "单位或人员", "上级", "目标(元)", "机动额(元)", "上年实际(元)", "增长率", "已锁定"]
    assert {"1季度", "12月", "化学发光", "分子诊断"} <= set(head)
    goals = {goal.name: goal for goal in db.session.scalars(select(Goal).where(Goal.goal_set_id == published.id))}
    assert {row[1]: row[3] for row in rows} == {name: goal.target for name, goal in goals.items()}
    months = slice(head.index("1月"), head.index("12月") + 1)
    assert all(sum(row[months]) == row[3] for row in rows)


def test_the_workbook_holds_what_one_may_see_and_runs_nothing(sales: Sales, sign_in) -> None:
    sales.reps[1].name = "=1+1"
    publish(sales, "7.2亿", "15")
    rows = sheet_of(sign_in(sales.people.east_manager).get("/goals/export.xlsx"))
    names = {row[1] for row in rows[1:]}
    assert "华东大区" in names
    assert "=1+1" in names
    assert not names & {"康联医疗器械", "西南大区", "周涛"}


# ── size ─────────────────────────────────────────────────────────────────────────────────────────────────────────────


def staff(people: People, count: int) -> None:
    """Seven regions with four provinces each and `count` salespeople among them."""
    company_id, provinces = people.company.id, []
    for region_number in range(7):
        region = add_unit(people.headquarters, f"R{region_number}", f"第{region_number}大区", "region")
        for number in range(4):
            provinces.append(add_unit(region, f"P{region_number}{number}", f"省区{region_number}-{number}", "province"))
    joined = dt.date(2020, 1, 1)
    people_rows = [
        {
            "company_id": company_id,
            "unit_id": provinces[n % len(provinces)].id,
            "code": f"N{n:04}",
            "name": f"销售{n}",
            "pinyin": f"n{n}",
            "role": "sales",
            "joined_on": joined,
            "attributes": {"history": 1_500_000 + 1_000 * n, "seniority": "资深", "weekly_capacity": 12},
        }
        for n in range(count)
    ]
    db.session.execute(insert(Member), people_rows)
    for unit in [people.headquarters, *db.session.scalars(select(OrgUnit).where(OrgUnit.code.like("R%")))]:
        _figure(unit, [row for row in people_rows if _under(row["unit_id"], unit, provinces)])
    for unit in provinces:
        _figure(unit, [row for row in people_rows if row["unit_id"] == unit.id])
    people.an.role = "manager"  # this company's front line is the people above
    for n in range(8):
        db.session.add(
            Product(company_id=company_id, code=f"Q{n}", name=f"产品{n}", line="线", attributes={"share": 0.1})
        )
    packs.install(packs.shipped_folder("medical_goals"), company_id, by_id=None)
    db.session.commit()


def _under(unit_id: int, unit: OrgUnit, provinces: list[OrgUnit]) -> bool:
    return next(province for province in provinces if province.id == unit_id).path.startswith(unit.path)


def _figure(unit: OrgUnit, people: list[dict]) -> None:
    history = sum(row["attributes"]["history"] for row in people)
    more = {"headcount": len(people), "senior_share": 0.5, "maturity": "成熟", "launch_factor": 1.0}
    unit.attributes = {"history": history, "potential": history * 2, "capacity": history * 2} | more


@pytest.mark.parametrize("count", [50, 160, 430, 500])
def test_S4_S102_every_size_splits_exactly_and_no_page_asks_more_than_four_questions(
    people: People, sign_in, counted_statements, count: int
) -> None:
    staff(people, count)
    unit = people.headquarters
    plan, cycle = plans.find(unit, CASCADE), publishing.cycle_of_year(unit.id, 2025)
    target = targets.read("7.2亿", "15")
    goal_set = publishing.stage(plan, unit, cycle, target, locks={}, digest=None, waiver=None, by_id=None)
    publishing.fill_and_activate(goal_set)
    db.session.commit()
    goals = db.session.execute(select(Goal.id, Goal.node, Goal.parent, Goal.target, Goal.reserve)).all()
    people_goals = [goal for goal in goals if goal.node.startswith("m")]
    assert len(people_goals) == count
    assert sum(goal.target for goal in people_goals) + sum(goal.reserve for goal in goals) == 828_000_000
    client = sign_in(people.hr)
    region = next(goal for goal in goals if goal.parent == f"u{unit.id}")
    # One more for the lights of goals, seven for the behaviour behind one of them.
    pages = [
        "/goals",
        "/goals?by=month",
        "/goals?by=product",
        "/goals/search?q=销售",
        f"/goals/{region.id}",
        f"/goals/{people_goals[0].id}",
    ]
    pages += ["/goals/export.xlsx", "/goals/reports", "/goals/reports/completion", "/goals/reports/attrition"]
    pages += ["/goals/reports/difficulty", "/campaigns"]
    for page in pages:
        with counted_statements() as counted:
            assert client.get(page).status_code == 200, page
        judged = 7 if page.removeprefix("/goals/").isdecimal() else 1
        assert counted.count <= STATEMENTS + judged, (page, counted.count, counted.statements)


def test_beyond_two_thousand_goals_the_picture_ends_with_the_units(people: People, sign_in) -> None:
    staff(people, 2100)
    publish(Sales(people, people.east, people.east, [], people.an), "70亿", "10")
    drawn = drawn_by(sign_in(people.hr).get("/goals"))
    assert "省区" in drawn
    assert "销售" not in drawn
