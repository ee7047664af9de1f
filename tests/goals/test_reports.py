"""Reports over goals: broken chains, front-line completion, newcomers who left, difficulty."""

import datetime as dt

import pytest
from sqlalchemy import delete, select

from core.db import db
from organization.models import Company, Member
from runtime.actions.models import Task, TaskItem
from runtime.goals import reports, standing
from runtime.goals.models import Goal, GoalSet
from tests.goals.test_campaigns import campaign_of
from tests.goals.test_entering_a_target import text_of
from tests.product import add_member, add_unit
from tests.sales import Sales, publish


def forget_tasks(*members: Member) -> None:
    ids = [member.id for member in members]
    tasks = select(Task.id).where(Task.member_id.in_(ids))
    db.session.execute(delete(TaskItem).where(TaskItem.task_id.in_(tasks)))
    db.session.execute(delete(Task).where(Task.member_id.in_(ids)))
    db.session.commit()


def again(member: Member) -> Member:
    """The member in this session: jobs that ran meanwhile have ended the one before."""
    return db.session.get_one(Member, member.id)


def booked(published: GoalSet, member: Member, share: float) -> None:
    goal = db.session.scalars(select(Goal).where(Goal.goal_set_id == published.id, Goal.member_id == member.id)).one()
    goal.booked = round(goal.target * share)
    db.session.commit()


# ── 断链 ─────────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_S1_every_goal_of_headquarters_shows_its_way_down_to_a_task(sales: Sales, published: GoalSet, sign_in) -> None:
    page = text_of(sign_in(sales.people.hr).get("/goals/reports"))
    assert "2025 · 康联医疗器械" in page
    assert "断链" in page
    assert "康联医疗器械" in page.partition("承接该目标的")[2]
    assert "本周任务" in page.partition("承接该目标的")[2]


def test_S1_a_person_without_a_task_breaks_the_chain_at_the_tasks(sales: Sales, published: GoalSet, sign_in) -> None:
    tasked = {member_id for (member_id,) in db.session.execute(select(Task.member_id))}
    forget_tasks(sales.people.an)
    hr = again(sales.people.hr)
    (chain,) = reports.chains(hr, standing.sets_of(hr), "2025-W27")
    found = next(entry for entry in chain.breaks if entry.row.name == "上海")
    assert found.missing == "本周任务"
    assert "安店长" in [row.name for row in found.people]
    assert chain.reached == len(tasked & {rep.id for rep in sales.reps} - {sales.people.an.id})
    assert "安店长" in text_of(sign_in(sales.people.hr).get("/goals/reports"))


def test_S1_without_any_task_no_way_is_shown_and_every_team_is_listed(
    sales: Sales, published: GoalSet, sign_in
) -> None:
    forget_tasks(*sales.reps)
    page = text_of(sign_in(sales.people.hr).get("/goals/reports"))
    assert "3 处断链" in page
    assert all(name in page for name in ("上海", "江苏", "四川"))


def test_S1_a_unit_with_a_target_and_nobody_breaks_the_chain_at_the_people(sales: Sales, sign_in) -> None:
    empty = add_unit(sales.people.headquarters, "NW", "西北大区", "region")
    empty.attributes = {"history": 50_000_000, "potential": 70_000_000, "capacity": 60_000_000, "maturity": "成熟"}
    publish(sales, "7.2亿", "15")
    page = text_of(sign_in(sales.people.hr).get("/goals/reports"))
    assert "西北大区 没有承接人" in page


def test_S1_a_campaign_without_tactics_is_listed(sales: Sales, published: GoalSet, sign_in) -> None:
    client = sign_in(sales.people.hr)
    campaign_of(sales, published, client, theme="只有口号的战役")
    assert "只有口号的战役" in text_of(client.get("/goals/reports"))


# ── 一线完成率 ───────────────────────────────────────────────────────────────────────────────────────────────────────


def test_S2_before_facts_come_there_is_a_dash_and_not_a_zero(sales: Sales, published: GoalSet, sign_in) -> None:
    page = text_of(sign_in(sales.people.hr).get("/goals/reports/completion"))
    assert "还没有实际数据" in page
    assert "0%" not in page


def test_S2_completion_is_the_sum_of_actuals_over_the_sum_of_targets_of_people(
    sales: Sales, published: GoalSet, sign_in
) -> None:
    for rep, share in zip(sales.reps, (0.2, 0.4, 0.6, 0.1, 0.5, 0.3, 0.0, 0.0), strict=False):
        booked(published, rep, share)
    goals = db.session.scalars(
        select(Goal).where(Goal.goal_set_id == published.id, Goal.member_id.is_not(None), Goal.path.contains("/u"))
    ).all()
    east = [goal for goal in goals if f"/u{sales.people.east.id}/" in goal.path]
    expected = sum(goal.booked for goal in east) / sum(goal.target for goal in east)
    page = text_of(sign_in(sales.people.hr).get("/goals/reports/completion"))
    assert f"{expected:.1%}".removesuffix(".0%") in page
    assert "还没有实际数据" not in page
    assert "西南大区 2 2.4282亿 0元 0%" in page


# ── 新人流失 ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_S11_the_southwest_of_the_demo_lost_30_percent_of_its_newcomers(demo_company: Company) -> None:
    boss = db.session.scalars(select(Member).where(Member.code == "E0001")).one()
    worst, *others = reports.attrition(boss, 3)
    assert (worst.name, worst.joined, worst.left, worst.rate) == ("西南大区", 10, 3, 0.3)
    assert all(entry.left == 0 for entry in others)
    manager = db.session.scalars(select(Member).where(Member.code == "RXN")).one()
    assert [entry.name for entry in reports.attrition(manager, 3)] == ["西南大区"]


@pytest.mark.parametrize(
    ("left_on", "counts"),
    [(dt.date(2025, 6, 29), 1), (None, 0), (dt.date(2025, 7, 30), 0)],
)
def test_S11_who_left_within_three_months_counts_and_who_will_leave_does_not_yet(
    sales: Sales, sign_in, left_on: dt.date | None, counts: int
) -> None:
    sales.newcomer.left_on = left_on
    page = text_of(sign_in(sales.people.hr).get("/goals/reports/attrition"))
    assert ("100%" in page) == bool(counts)


def test_S11_who_left_after_more_than_three_months_does_not_count(sales: Sales, sign_in) -> None:
    stayed = add_member(sales.jiangsu, "JS9", "干满半年的人", "sales")
    stayed.joined_on, stayed.left_on = dt.date(2025, 1, 6), dt.date(2025, 6, 20)
    page = text_of(sign_in(sales.people.hr).get("/goals/reports/attrition?months=6"))
    assert "华东大区 2 0 0% 1" in page


# ── 难度 ─────────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_difficulty_puts_the_highest_growth_first_beside_the_market(sales: Sales, published: GoalSet, sign_in) -> None:
    rows = reports.difficulty(standing.forest(again(sales.people.hr), published))
    growths = [row.row.growth for row in rows]
    assert growths == sorted(growths, reverse=True)
    assert all(0 < row.of_potential < 2 for row in rows)
    page = text_of(sign_in(sales.people.hr).get("/goals/reports/difficulty"))
    assert "个百分点" in page
    assert "四川" in page


def test_reports_are_for_who_reads_goals(sales: Sales, published: GoalSet, sign_in) -> None:
    client = sign_in(sales.people.an)
    for report in ("", "/completion", "/attrition", "/difficulty"):
        assert client.get(f"/goals/reports{report}").status_code == 403
