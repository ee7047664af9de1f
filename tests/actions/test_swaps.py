"""安店长 swaps routine tasks for an action of more value; what breaks a rule goes to 华东大区经理 (S37, decision 8)."""

import datetime as dt
import io
import re

import pytest
import sqlalchemy as sa

from core import clock, timers
from core.db import db
from runtime.actions import tasks
from runtime.actions.models import Task, TaskSwap
from runtime.approvals.models import WorkItem
from runtime.goals.models import GoalSet
from tests.approvals.flow import decided
from tests.product import TODAY
from tests.sales import Sales

WEEK = "2025-W27"
PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 64


def of_tier(sales: Sales, tier: str) -> Task:
    return next(task for task in tasks.of_week(sales.people.an, WEEK) if task.tier == tier)


def ask(client, run_jobs, task: Task, action: str = "主任级拜访", sent_as: str = "one") -> None:
    posted = {"replaced": str(task.id), "action": action, "day": "2025-07-01", "reason": "科室统一安排"}
    proof = {"client_id": sent_as, "proof": (io.BytesIO(PNG), "邀请函.png")}
    answer = client.post("/forms/medical.task_swap", data=posted | proof, content_type="multipart/form-data")
    assert answer.status_code == 303, re.findall(r"<span>(.*?)</span></p>", answer.text)
    run_jobs()


def swap_of_today() -> TaskSwap:
    """The newest, where there are several."""
    return db.session.scalars(sa.select(TaskSwap).order_by(TaskSwap.id.desc())).first()


def finish_base(sales: Sales) -> None:
    base = of_tier(sales, "base")
    base.done, base.state = base.needed, "done"
    db.session.commit()


def after_the_week(run_jobs) -> None:
    with clock.at(TODAY + dt.timedelta(days=7)):
        timers.beat()
        run_jobs()


def test_S37_what_keeps_the_rules_holds_at_once_and_counts_when_the_base_work_is_done(
    sales: Sales, published: GoalSet, sign_in, run_jobs
) -> None:
    client, routine = sign_in(sales.people.an), of_tier(sales, "routine")
    ask(client, run_jobs, routine)
    swap, base = swap_of_today(), of_tier(sales, "base")
    assert (swap.state, routine.swapped) == ("provisional", 2), "2 ÷ 1 of them"
    page = client.get("/tasks/week").get_data(as_text=True)
    assert f"基础量 0/{base.needed}；再完成 {base.needed} 个即生效" in page
    assert "置换:主任级拜访" in page
    finish_base(sales)
    assert "基础量已完成" in client.get("/tasks/week").get_data(as_text=True)
    after_the_week(run_jobs)
    assert (swap_of_today().state, of_tier(sales, "routine").swapped) == ("granted", 2)


def test_S37_without_the_base_work_the_replaced_tasks_are_due_again(
    sales: Sales, published: GoalSet, sign_in, run_jobs
) -> None:
    client, routine = sign_in(sales.people.an), of_tier(sales, "routine")
    ask(client, run_jobs, routine)
    after_the_week(run_jobs)
    after_the_week(run_jobs)
    routine = of_tier(sales, "routine")
    assert (swap_of_today().state, routine.swapped, routine.state) == ("lapsed", 0, "assigned")
    assert "任务恢复待做" in client.get(f"/tasks/week?week={WEEK}").get_data(as_text=True)


@pytest.mark.parametrize(("outcome", "state", "swapped"), [("approve", "granted", 8), ("reject", "refused", 4)])
def test_S37_more_than_30_percent_of_the_week_goes_to_the_manager(
    sales: Sales, published: GoalSet, sign_in, run_jobs, outcome: str, state: str, swapped: int
) -> None:
    client, routine = sign_in(sales.people.an), of_tier(sales, "routine")
    ask(client, run_jobs, routine, "专家讲座参与")
    assert (swap_of_today().state, routine.swapped) == ("provisional", 4)
    ask(client, run_jobs, routine, "专家讲座参与", "two")
    assert (swap_of_today().state, swap_of_today().broken, routine.swapped) == ("asked", ["over_share"], 4)
    assert "超过本周价值的 30%" in client.get("/tasks/week").get_data(as_text=True)
    item = db.session.scalars(sa.select(WorkItem)).one()
    manager = sign_in(sales.people.east_manager)
    assert "专家讲座参与" in manager.get("/inbox").get_data(as_text=True)
    answer = manager.post(f"/runs/{item.run_id}/act", data=decided(item, outcome, reason="学术活动优先"))
    assert answer.status_code == 303, answer.text
    run_jobs()
    assert (swap_of_today().state, of_tier(sales, "routine").swapped) == (state, swapped)


def test_S38_a_task_is_refused_with_a_reason_that_the_manager_reads_and_stays_due(
    sales: Sales, published: GoalSet, sign_in
) -> None:
    client, base = sign_in(sales.people.an), of_tier(sales, "base")
    needed = base.needed
    assert client.post(f"/tasks/{base.id}/refuse", data={"reason": " "}).status_code == 422
    assert client.post(f"/tasks/{base.id}/refuse", data={"reason": "客户正在搬迁院区"}).status_code == 303
    assert "客户正在搬迁院区" in client.get("/tasks/week").text
    assert client.post(f"/tasks/{base.id}/refuse", data={"reason": "再拒一次看看"}).status_code == 409
    report = sign_in(sales.people.east_manager).get("/tasks/team").text
    assert "客户正在搬迁院区" in report
    assert "仍需完成" in report
    base = of_tier(sales, "base")
    assert (base.state, base.needed) == ("refused", needed)
    assert sign_in(sales.people.an).post(f"/tasks/{base.id}/take-on").status_code == 303
    assert of_tier(sales, "base").state == "assigned"


def test_S37_a_base_task_is_never_swapped_away(sales: Sales, published: GoalSet, sign_in, run_jobs) -> None:
    ask(sign_in(sales.people.an), run_jobs, of_tier(sales, "base"))
    assert swap_of_today().broken == ["not_routine"]
    assert of_tier(sales, "base").swapped == 0
