"""何人事 hands the work of somebody who leaves to others, sees what moved, and takes it back (decision 9)."""

import datetime as dt

import pytest
import sqlalchemy as sa

from builder import definitions
from core import clock, timers
from core.db import db
from organization.models import Customer, Member
from runtime.actions.models import Task
from runtime.goals.models import Goal, GoalSet
from runtime.handover.models import Handover
from tests.product import TODAY, add_member
from tests.sales import Sales

APPROVED_BY_NAME = {
    "schema_version": 1,
    "kind": "workflow",
    "key": "medical.swap_by_name",
    "title": {"zh": "置换审批", "en": "Swap"},
    "body": {
        "subject": {"kind": "task_swap"},
        "steps": [
            {
                "id": "n1",
                "type": "approve",
                "title": {"zh": "点名审批", "en": "By name"},
                "who": [{"kind": "member", "member": 0}],
                "empty": {"do": "refuse_start"},
            }
        ],
    },
}


@pytest.fixture
def leaver(sales: Sales) -> Member:
    return sales.people.an


@pytest.fixture
def taker(sales: Sales) -> Member:
    return next(rep for rep in sales.reps if rep.name == "李敏")


def hand_over(client, member: Member, from_day: str = "2025-06-30", **takers: str):
    posted = {f"taker-{part}": name for part, name in takers.items()}
    return client.post(f"/handovers/of/{member.id}", data={"from_day": from_day, "reason": "离职", **posted})


def owners_of(member: Member) -> int:
    return db.session.scalar(sa.select(sa.func.count()).where(Customer.owner_id == member.id))


def test_customers_and_open_tasks_go_to_the_successor_and_come_back(
    sales: Sales, published: GoalSet, leaver: Member, taker: Member, sign_in, run_jobs
) -> None:
    client, hers, his = sign_in(sales.people.hr), owners_of(leaver), owners_of(taker)
    his_tasks = {task.template: task.needed for task in tasks_of(taker)}
    hers_needed = {task.template: task.needed for task in tasks_of(leaver)}
    page = client.get(f"/handovers/of/{leaver.id}").get_data(as_text=True)
    assert f'<span class="count">{hers}</span>' in page
    assert "不随交接移动" in page, "a target that was split stays"
    answer = hand_over(client, leaver, customers="李敏", tasks="李敏 (SH0)")
    assert answer.status_code == 303
    run_jobs()
    assert (owners_of(leaver), owners_of(taker)) == (0, hers + his)
    for task in tasks_of(taker):
        assert task.needed == his_tasks.get(task.template, 0) + hers_needed.get(task.template, 0)
    assert f"移动了 {hers} 项" in client.get(answer.location).get_data(as_text=True)
    assert client.post(f"{answer.location}/undo").status_code == 303
    assert (owners_of(leaver), owners_of(taker)) == (hers, his)
    assert {task.template: task.needed for task in tasks_of(taker)} == his_tasks
    assert {task.state for task in tasks_of(leaver)} == {"assigned"}
    assert client.post(f"{answer.location}/undo").status_code == 409


def tasks_of(member: Member) -> list[Task]:
    return list(db.session.scalars(sa.select(Task).where(Task.member_id == member.id)))


def test_what_came_to_somebody_else_meanwhile_stays_there(
    sales: Sales, leaver: Member, taker: Member, sign_in, run_jobs
) -> None:
    client = sign_in(sales.people.hr)
    answer = hand_over(client, leaver, customers="李敏")
    run_jobs()
    customer = db.session.scalars(sa.select(Customer).where(Customer.owner_id == taker.id)).first()
    customer.owner_id = sales.newcomer.id
    client.post(f"{answer.location}/undo")
    assert db.session.get_one(Customer, customer.id).owner_id == sales.newcomer.id


def test_a_manager_hands_over_people_units_and_objectives_without_a_circle(sales: Sales, sign_in, run_jobs) -> None:
    """The successor reports to the one who leaves, and so does somebody who stands above the successor."""
    east, an, boss = (
        sales.people.east_manager,
        sales.people.an,
        add_member(sales.people.east, "E009", "副经理", "manager"),
    )
    boss.manager, an.manager = east, boss
    sales.newcomer.manager = east
    goal = Goal(kind="objective", layer="campaign", unit_id=east.unit_id, member_id=east.id, name="做透华东")
    goal.last_day = dt.date(2025, 9, 30)
    db.session.add(goal)
    answer = hand_over(sign_in(sales.people.hr), east, people="安店长", units="安店长", goals="安店长")
    assert answer.status_code == 303
    run_jobs()
    assert (boss.manager_id, an.manager_id, sales.newcomer.manager_id) == (None, boss.id, an.id)
    assert sales.people.east.head_id == an.id
    assert goal.member_id == an.id


def test_a_later_day_is_kept_by_a_timer_and_can_be_cancelled(
    sales: Sales, leaver: Member, taker: Member, sign_in, run_jobs
) -> None:
    client = sign_in(sales.people.hr)
    kept = hand_over(client, leaver, "2025-07-07", customers="李敏")
    given_up = hand_over(client, leaver, "2025-07-07", customers="新人")
    assert client.post(f"{given_up.location}/cancel").status_code == 303
    run_jobs()
    assert owners_of(taker) < owners_of(leaver) * 2, "its day has not come"
    with clock.at(TODAY + dt.timedelta(days=7)):
        timers.beat()
        run_jobs()
    assert owners_of(leaver) == 0
    assert {row.state for row in db.session.scalars(sa.select(Handover))} == {"done", "cancelled"}
    assert client.post(f"{kept.location}/cancel").status_code == 409


def test_a_flow_that_names_somebody_gets_a_draft_with_the_successor(
    sales: Sales, leaver: Member, taker: Member, sign_in, run_jobs
) -> None:
    document = APPROVED_BY_NAME | {"body": named(leaver)}
    version = definitions.create(sales.people.company.id, document, by_id=sales.people.hr.id)
    definitions.publish(version, by_id=sales.people.hr.id)
    client = sign_in(sales.people.hr)
    answer = hand_over(client, leaver, flows="李敏")
    run_jobs()
    draft = definitions.draft_of(version.definition)
    assert draft.document["body"] == named(taker)
    assert "流程已有指名继任者的草稿" in client.get(answer.location).get_data(as_text=True)
    client.post(f"{answer.location}/undo")
    db.session.expire_all()
    assert definitions.draft_of(version.definition) is None


def named(member: Member) -> dict:
    body = APPROVED_BY_NAME["body"]
    who = [{"kind": "member", "member": member.id}]
    return body | {"steps": [body["steps"][0] | {"who": who}]}


def test_what_is_wrong_is_told_beside_the_field_and_nothing_is_planned(sales: Sales, leaver: Member, sign_in) -> None:
    client = sign_in(sales.people.hr)
    for day, takers, sentence in (
        ("2025-06-30", {"customers": "安店长"}, "请选择另一位在那一天在职的人"),
        ("2025-06-29", {"customers": "李敏"}, "日期须为今天"),
        ("2025-06-30", {"customers": "没有这个人"}, "请从列表中选择一个人"),
        ("2025-06-30", {}, "请至少指定一位继任者"),
    ):
        answer = hand_over(client, leaver, day, **takers)
        assert answer.status_code == 422
        assert sentence in answer.get_data(as_text=True)
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Handover)) == 0


def test_only_who_manages_the_organisation_hands_over(sales: Sales, leaver: Member, sign_in) -> None:
    client = sign_in(sales.people.east_manager)
    assert client.get(f"/handovers/of/{leaver.id}").status_code == 403
    assert hand_over(client, leaver, customers="李敏").status_code == 403
