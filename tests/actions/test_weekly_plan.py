"""Each week's tasks come from the targets, once, and fit the week of whoever gets them."""

import datetime as dt

from sqlalchemy import delete, func, select

from core import clock, jobs, timers
from core.db import db
from organization import absences
from runtime.actions import tasks, weekly
from runtime.actions.models import Task, TaskItem
from runtime.goals.models import Goal, GoalSet
from tests.sales import Sales, publish

WEEK = "2025-W27"


def test_S25_publishing_creates_this_weeks_tasks(sales: Sales, published: GoalSet) -> None:
    assert published.state == "active"
    having = set(db.session.scalars(select(Task.member_id).where(Task.week == WEEK, Task.tier != "remedy")))
    assert having == {rep.id for rep in sales.reps}


def test_S25_running_the_week_again_creates_nothing_twice(sales: Sales, published: GoalSet) -> None:
    before = counts()
    assert weekly.generate(published, WEEK) == 0
    assert counts() == before


def test_S25_each_weeks_first_working_day_at_eight_creates_the_next(sales: Sales, published: GoalSet) -> None:
    with clock.at(dt.datetime(2025, 7, 7, 0, 0, 5, tzinfo=dt.UTC)):  # Monday 08:00:05 in Shanghai
        fire_timers()
        assert tasks.of_week(sales.people.an, "2025-W28")


def test_S26_the_title_is_rendered_from_number_tier_and_level(sales: Sales, published: GoalSet) -> None:
    found = tasks.of_week(sales.people.an, WEEK)
    directors = next(task for task in found if task.contact_level == "主任")
    assert directors.title["zh"] == f"本周需完成{directors.needed}家三甲医院主任级拜访"
    assert {item.customer.tier for item in directors.items} == {"三甲"}
    assert {item.contact.level for item in directors.items if item.contact} == {"主任"}


def test_S26_customers_are_ones_own_and_nobody_is_asked_for_twice_a_week(sales: Sales, published: GoalSet) -> None:
    for rep in sales.reps:
        customers = [item.customer for task in tasks.of_week(rep, WEEK) for item in task.items]
        assert {customer.owner_id for customer in customers} <= {rep.id}
        assert len({customer.id for customer in customers}) == len(customers)


def test_S26_a_person_on_leave_all_week_is_asked_for_nothing(sales: Sales) -> None:
    absences.record(sales.people.an, dt.date(2025, 6, 30), dt.date(2025, 7, 6), by_id=None)
    from_here = publish(sales, "7.2亿", "15")
    assert not [task for task in tasks.of_week(sales.people.an, WEEK) if task.tier != "remedy"]
    assert from_here.state == "active"


def test_S26_who_lacks_a_rate_gets_his_teams_median_and_is_told_so(sales: Sales, published: GoalSet) -> None:
    task = next(task for task in tasks.of_week(sales.newcomer, WEEK) if task.why)
    assert {rate["source"] for rate in task.why["rates"].values()} == {"team_median"}


def test_S26_who_is_behind_is_asked_for_more_once_actuals_are_known(sales: Sales, published: GoalSet) -> None:
    db.session.execute(delete(TaskItem))
    db.session.execute(delete(Task))
    rep, other = sales.people.an, sales.reps[1]
    for member, share in ((rep, 0.1), (other, 0.9)):
        goal = db.session.scalars(select(Goal).where(Goal.member_id == member.id)).one()
        goal.booked = round(goal.target * share)
    db.session.flush()
    weekly.generate(published, WEEK)
    behind, ahead = (tasks.of_week(member, WEEK)[0].why for member in (rep, other))
    assert behind["remaining"] > ahead["remaining"] * 5
    assert behind["visits"] + behind["overflow"] > ahead["visits"] + ahead["overflow"]


def test_S26_what_a_week_cannot_hold_opens_one_remedy_for_the_manager(sales: Sales) -> None:
    for rep in sales.reps:
        rep.attributes = rep.attributes | {"weekly_capacity": 1}
    db.session.commit()
    publish(sales, "7.2亿", "15")
    remedies = [task for task in tasks.of_week(sales.people.east_manager, WEEK) if task.tier == "remedy"]
    assert len(remedies) == 1
    assert "安店长" in {person["name"] for person in remedies[0].why["overflow"]}


def test_S29_a_week_costs_statements_by_unit_never_by_person_or_customer(
    sales: Sales, published: GoalSet, counted_statements: type
) -> None:
    db.session.execute(delete(TaskItem))
    db.session.execute(delete(Task))
    with counted_statements() as counted:
        weekly.generate(published, WEEK)
    units = 3
    assert counted.count <= 20 + 4 * units, "\n".join(counted.statements)


def fire_timers() -> None:
    timers.beat()
    jobs.run_due()


def counts() -> tuple[int, int]:
    return (
        db.session.scalar(select(func.count()).select_from(Task)) or 0,
        db.session.scalar(select(func.count()).select_from(TaskItem)) or 0,
    )
