"""The week's tasks of everybody who carries a goal: numbers from the drivers, customers from the selections.

Generating a week twice creates nothing twice: what a person has already for a template stays as it is.
"""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction

import sqlalchemy as sa
from sqlalchemy import select

from core.db import Document, db
from organization.models import Contact, Customer
from runtime.actions import carriers, demand, picking, task_rows, weeks
from runtime.actions.models import Task, TaskItem
from runtime.actions.task_rows import Week, template_name
from runtime.goals import ground, plans
from runtime.goals.allocation import as_typed
from runtime.goals.models import GoalSet
from runtime.goals.plans import Driver, Plan

ALL_COLUMNS = {"render_nulls": True}  # or rows with and without a blank become statements of their own


def generate(goal_set: GoalSet, week: str) -> int:
    """Create the tasks that this week lacks; returns how many. Flushes."""
    plan = plans.of_version(goal_set.cascade_version)
    monday, sunday = weeks.days_of(week)
    here = ground.read(goal_set.unit, goal_set.cycle, plan.roles, sunday)
    carrying = carriers.of_set(goal_set, here)
    if not carrying or not plan.tasks:
        return 0
    people = carriers.people(plan, here, carrying, week)
    read = carriers.columns_of(here, carrying)
    demands = {driver.id: demand.of(driver, people, read, _shares(plan, driver)) for driver in plan.drivers}
    due_on = weeks.last_working_day_of(goal_set.company_id, week)
    making = Week(goal_set, plan, week, due_on, carrying, read, demands)
    return _store(making, task_rows.of(making), monday)


def _shares(plan: Plan, driver: Driver) -> dict[str, Fraction]:
    """What part of a driver's actions each of its tasks takes; a driver without tasks keeps them to itself."""
    shares: dict[str, Fraction] = {}
    for template in plan.tasks:
        if template.driver == driver.id and "share" in template.number:
            filled = template.number.fill({}, 1)
            shares[template.id] = as_typed(template.number.expressions["share"].evaluate(filled).to_list()[0])
    return shares or {driver.id: Fraction(1)}


def _store(week: Week, rows: Sequence[Document], monday: dt.date) -> int:
    there = _already_there(week.goal_set.company_id, week.name)
    new = [row for row in rows if (row["member_id"], row["template"]) not in there]
    if not new:
        return 0
    made = db.session.execute(
        sa.insert(Task).returning(Task.id, Task.member_id, Task.template), new, execution_options=ALL_COLUMNS
    )
    ids = {(member_id, template): task_id for task_id, member_id, template in made}
    items = _items(week.plan, new, ids, week.goal_set.company_id, monday)
    if items:
        db.session.execute(sa.insert(TaskItem), items, execution_options=ALL_COLUMNS)
    return len(new)


def _already_there(company_id: int, week: str) -> set[tuple[int, str]]:
    rows = db.session.execute(
        select(Task.member_id, Task.template).where(Task.company_id == company_id, Task.week == week)
    )
    return {(member_id, template) for member_id, template in rows}


def _items(
    plan: Plan, rows: Iterable[Document], ids: Mapping[tuple[int, str], int], company_id: int, monday: dt.date
) -> list[Document]:
    """The customers of each new task, best first, with the contact whose level the task asks for."""
    picker = picking.Picker(picking.read(company_id), monday)
    contacts = _contacts(company_id)
    templates = {template_name(plan, template.id): template for template in plan.tasks}
    items = []
    for row in rows:
        template = templates.get(row["template"])
        if template is None:
            continue
        for customer_id in picker.pick(template, row["member_id"], row["needed"]):
            contact_id = contacts.get((customer_id, template.contact_level or ""))
            task_id = ids[row["member_id"], row["template"]]
            items.append({"task_id": task_id, "customer_id": customer_id, "contact_id": contact_id})
    return items


def _contacts(company_id: int) -> dict[tuple[int, str], int]:
    """The first contact of each level at each customer."""
    asked = select(Contact.customer_id, Contact.level, sa.func.min(Contact.id)).join(Contact.customer)
    asked = asked.where(Customer.company_id == company_id).group_by(Contact.customer_id, Contact.level)
    return {(customer_id, level): contact_id for customer_id, level, contact_id in db.session.execute(asked)}
