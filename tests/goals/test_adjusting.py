"""安店长 changes what is wanted of her own goal a little and leaves a trace; more goes to 华东大区经理 (S91)."""

import datetime as dt

import pytest
from sqlalchemy import select

from builder import packs
from core.audit import AuditEvent
from core.db import db
from organization.models import Member
from runtime.approvals.models import WorkItem
from runtime.goals.models import Goal, GoalAdjustment
from tests.approvals.flow import decided
from tests.product import People, add_member


@pytest.fixture
def retail(people: People) -> People:
    for key in ("okr_core", "retail_okr"):
        packs.install(packs.shipped_folder(key), people.company.id, by_id=people.hr.id)
    db.session.commit()
    return people


@pytest.fixture
def goal(retail: People) -> Goal:
    return written(retail.an, "retail.store_refit")


def written(owner: Member, metric: str) -> Goal:
    goal = Goal(kind="key_result", layer="tactic", name="门店改造 100 场", metric_key=metric, wanted=100.0)
    goal.unit_id, goal.member_id, goal.last_day = owner.unit_id, owner.id, dt.date(2025, 9, 28)
    db.session.add(goal)
    db.session.commit()
    return goal


def adjust(client, goal: Goal, wanted: str, reason: str = "两家门店停业装修"):
    return client.post(f"/goals/{goal.id}/adjust", data={"wanted": wanted, "reason": reason})


def wanted_of(goal: Goal) -> float | None:
    return db.session.get_one(Goal, goal.id, populate_existing=True).wanted


def test_S91_ten_percent_twice_with_a_reason_leaves_a_trace(goal: Goal, retail: People, sign_in) -> None:
    colleague = add_member(retail.shanghai, "S002", "李敏", "sales")
    written(colleague, "retail.store_refit")
    client = sign_in(retail.an)
    assert "幅度不超过 10%" in client.get(f"/goals/{goal.id}").text
    assert adjust(client, goal, "90", "无").status_code == 422
    assert adjust(client, goal, "九十").status_code == 422
    assert wanted_of(goal) == 100
    assert adjust(client, goal, "90").status_code == 303
    page = client.get(f"/goals/{goal.id}").text
    assert "同岗目标值相差 11%" in page, "(100 − 90) ÷ 95"
    assert "两家门店停业装修" in page
    assert adjust(client, goal, "99").status_code == 303
    assert wanted_of(goal) == 99
    trace = db.session.scalars(select(AuditEvent).where(AuditEvent.action == "goal.adjust")).all()
    assert [(one.value.before, one.value.after) for one in trace] == [
        ({"wanted": 100.0}, {"wanted": 90.0}),
        ({"wanted": 90.0}, {"wanted": 99.0}),
    ]


@pytest.mark.parametrize(("outcome", "state", "wanted"), [("approve", "done", 70.0), ("reject", "refused", 100.0)])
def test_S91_more_than_that_goes_to_the_manager(
    goal: Goal, retail: People, sign_in, run_jobs, outcome: str, state: str, wanted: float
) -> None:
    assert adjust(sign_in(retail.an), goal, "70").status_code == 303
    assert wanted_of(goal) == 100, "the old value holds until then"
    assert adjust(sign_in(retail.an), goal, "95").status_code == 409
    item = db.session.scalars(select(WorkItem)).one()
    assert item.member_id == retail.east_manager.id
    answer = sign_in(retail.east_manager).post(
        f"/runs/{item.run_id}/act", data=decided(item, outcome, reason="见面谈过")
    )
    assert answer.status_code == 303, answer.text
    run_jobs()
    assert db.session.scalars(select(GoalAdjustment.state)).one() == state
    assert wanted_of(goal) == wanted


def test_S91_a_third_time_goes_to_the_manager(goal: Goal, retail: People, sign_in) -> None:
    client = sign_in(retail.an)
    for wanted in ("95", "98", "97"):
        assert adjust(client, goal, wanted).status_code == 303
    assert wanted_of(goal) == 98
    assert db.session.scalars(select(WorkItem)).one().member_id == retail.east_manager.id


def test_S91_nobody_else_and_nothing_that_the_pack_does_not_allow(goal: Goal, retail: People, sign_in) -> None:
    assert adjust(sign_in(retail.east_manager), goal, "95").status_code == 409
    own = written(retail.an, "medical.sales_amount")
    assert adjust(sign_in(retail.an), own, "95").status_code == 409
    assert "调整记录" not in sign_in(retail.an).get(f"/goals/{own.id}").text
