"""The week's tasks of everybody who carries a goal: numbers from the drivers, customers from the selections.

Generating a week twice creates nothing twice: what a person has already for a template stays as it is.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import ceil
from typing import Any

import sqlalchemy as sa
from flask_babel import force_locale
from flask_babel import gettext as _
from sqlalchemy import select

from core import clock
from core.db import Document, db
from core.i18n import LANGUAGES
from organization import absences, managers
from organization.models import Contact, Customer, Member
from runtime.actions import demand, picking, weeks
from runtime.actions.demand import Demand, Person
from runtime.actions.models import Task, TaskItem
from runtime.goals import columns, ground, plans
from runtime.goals.allocation import as_typed
from runtime.goals.ground import Ground, MemberRow
from runtime.goals.models import Goal, GoalSet
from runtime.goals.plans import Driver, Plan, TaskTemplate
from runtime.goals.splits import seasonality

REMEDY = "remedy"
ALL_COLUMNS = {"render_nulls": True}  # or rows with and without a blank become statements of their own


@dataclass(frozen=True)
class Carrier:
    """A person with a goal, and what his plan puts on each week."""

    goal_id: int
    target: int
    booked: int
    weeks: Mapping[str, int]
    member: MemberRow


def generate(goal_set: GoalSet, week: str) -> int:
    """Create the tasks that this week lacks; returns how many. Flushes."""
    plan = plans.of_version(goal_set.cascade_version)
    monday, sunday = weeks.days_of(week)
    here = ground.read(goal_set.unit, goal_set.cycle, plan.roles, sunday)
    carriers = _carriers(goal_set, here)
    if not carriers or not plan.tasks:
        return 0
    people = _people(plan, here, carriers, week)
    read = _columns(here, carriers)
    demands = {driver.id: demand.of(driver, people, read, _shares(plan, driver)) for driver in plan.drivers}
    rows = _rows(plan, carriers, demands, read, goal_set, week) + _remedies(plan, carriers, demands, goal_set, week)
    return _store(plan, rows, goal_set, week, monday)


# ── who, and how much of a week he has ───────────────────────────────────────────────────────────────────────────────


def _carriers(goal_set: GoalSet, here: Ground) -> list[Carrier]:
    """Who has a goal and is there this week, in the order of the organisation."""
    asked = select(Goal.member_id, Goal.id, Goal.target, Goal.booked, Goal.split)
    rows = db.session.execute(asked.where(Goal.goal_set_id == goal_set.id, Goal.member_id.is_not(None)))
    goals = {member_id: values for member_id, *values in rows}
    return [
        Carrier(goal_id, target, booked, split["week"], member)
        for member in here.members
        if member.id in goals
        for goal_id, target, booked, split in [goals[member.id]]
    ]


def _people(plan: Plan, here: Ground, carriers: Sequence[Carrier], week: str) -> list[Person]:
    """Each carrier's days this week and until the end of the cycle, weighed by season, leave taken out."""
    monday, _sunday = weeks.days_of(week)
    days = [day for day in map(dt.date.fromordinal, here.year.days.tolist()) if day >= monday]
    season = {month: as_typed(weight) for month, weight in seasonality(plan, here).items()}
    away = absences.absent_days([carrier.member.id for carrier in carriers], monday, here.last_day)
    return [_person(carrier, days, season, away.get(carrier.member.id, set()), week) for carrier in carriers]


def _person(
    carrier: Carrier, days: Sequence[dt.date], season: Mapping[int, Fraction], away: set[dt.date], week: str
) -> Person:
    member = carrier.member
    mine = [day for day in days if day not in away and day >= member.joined_on]
    mine = [day for day in mine if member.left_on is None or day < member.left_on]
    this_week = [day for day in mine if weeks.week_of(day) == week]
    planned = sum(amount for name, amount in carrier.weeks.items() if name < week)
    return Person(
        member_id=member.id,
        team=member.unit_id,
        remaining=Fraction(carrier.target - max(planned, carrier.booked)),
        days_this_week=len(this_week),
        weight_this_week=sum((season[day.month] for day in this_week), Fraction(0)),
        weight_left=sum((season[day.month] for day in mine), Fraction(0)),
    )


def _columns(here: Ground, carriers: Sequence[Carrier]) -> columns.Columns:
    members = [carrier.member for carrier in carriers]
    given = {"history": [here.history_of(member) for member in members]}
    return columns.of_children(here, members, given, [member.unit_id for member in members])


def _shares(plan: Plan, driver: Driver) -> dict[str, Fraction]:
    """What part of a driver's actions each of its tasks takes; a driver without tasks keeps them to itself."""
    shares: dict[str, Fraction] = {}
    for template in plan.tasks:
        if template.driver == driver.id and "share" in template.number:
            filled = template.number.fill({}, 1)
            shares[template.id] = as_typed(template.number.expressions["share"].evaluate(filled).to_list()[0])
    return shares or {driver.id: Fraction(1)}


# ── rows ─────────────────────────────────────────────────────────────────────────────────────────────────────────────


def _rows(
    plan: Plan,
    carriers: Sequence[Carrier],
    demands: Mapping[str, Sequence[Demand]],
    read: columns.Columns,
    goal_set: GoalSet,
    week: str,
) -> list[Document]:
    counted = {template.id: _numbers(plan, template, demands, read, len(carriers)) for template in plan.tasks}
    return [
        _row(plan, template, carrier, counted[template.id][at], demands, at, goal_set, week)
        for at, carrier in enumerate(carriers)
        for template in plan.tasks
        if counted[template.id][at] > 0
    ]


def _numbers(
    plan: Plan,
    template: TaskTemplate,
    demands: Mapping[str, Sequence[Demand]],
    read: columns.Columns,
    rows: int,
) -> list[int]:
    """How many of this task everybody gets: its share of a driver, or its own count rounded up."""
    if template.driver is not None and "share" in template.number:
        return [found.plan.by_template[template.id] for found in demands[template.driver]]
    given = {driver.name: [float(found.plan.visits) for found in demands[driver.id]] for driver in plan.drivers}
    filled = template.number.fill(read | given, rows)
    values = template.number.expressions["count"].evaluate(filled).to_list()
    return [max(0, ceil(value)) if isinstance(value, float) else 0 for value in values]


def _row(
    plan: Plan,
    template: TaskTemplate,
    carrier: Carrier,
    count: int,
    demands: Mapping[str, Sequence[Demand]],
    at: int,
    goal_set: GoalSet,
    week: str,
) -> Document:
    words = {"n": count, "customer_tier": template.customer_tier or "", "contact_level": template.contact_level or ""}
    why = demands[template.driver][at].why if template.driver in demands else {}
    return _task(goal_set, week, plan) | {
        "member_id": carrier.member.id,
        "goal_id": carrier.goal_id,
        "template": f"{plan.key}/{template.id}",
        "title": {name: text.format_map(defaultdict(str, words)) for name, text in template.title.items()},
        "tier": template.tier,
        "value": template.value,
        "needed": count,
        "customer_tier": template.customer_tier,
        "contact_level": template.contact_level,
        "link": template.link,
        "why": why,
    }


def _task(goal_set: GoalSet, week: str, plan: Plan) -> Document:
    """What all tasks of the week have in common; due on the week's last working day."""
    working = weeks.working_days_of(goal_set.company_id, week)
    return {
        "company_id": goal_set.company_id,
        "goal_id": None,
        "week": week,
        "cascade_version_id": plan.version.id,
        "customer_tier": None,
        "contact_level": None,
        "link": None,
        "due_on": working[-1] if working else weeks.days_of(week)[1],
        "state": "assigned",
        "done": 0,
        "created_at": clock.now(),
    }


def _remedies(
    plan: Plan,
    carriers: Sequence[Carrier],
    demands: Mapping[str, Sequence[Demand]],
    goal_set: GoalSet,
    week: str,
) -> list[Document]:
    """One 补救 item a manager: who of his people needs more than a week can hold, and by how much."""
    over: dict[int, list[Document]] = defaultdict(list)
    bosses: dict[int, int | None] = {}
    for driver in plan.drivers:
        for carrier, found in zip(carriers, demands[driver.id], strict=True):
            if found.plan.overflow <= 0:
                continue
            boss = _manager_id(carrier.member, bosses)
            if boss is not None:
                entry = {"member_id": carrier.member.id, "name": carrier.member.name, "over": found.plan.overflow}
                over[boss].append(entry)
    return [
        _task(goal_set, week, plan)
        | {
            "member_id": boss,
            "template": f"{plan.key}/{REMEDY}",
            "title": _in_both_languages(_remedy_title, len(people), sum(entry["over"] for entry in people)),
            "tier": REMEDY,
            "value": 0.0,
            "needed": 1,
            "why": {"overflow": people},
        }
        for boss, people in over.items()
    ]


def _manager_id(member: MemberRow, known: dict[int, int | None]) -> int | None:
    """The manager of a person; looked up once a unit, as people of one unit nearly always share him."""
    if member.unit_id not in known:
        manager = managers.manager_of(db.session.get_one(Member, member.id))
        known[member.unit_id] = manager and manager.id
    return known[member.unit_id]


def _remedy_title(people: int, visits: int) -> str:
    return _(
        "%(people)s people need %(visits)s visits more than their week holds: agree how to make up for it",
        people=people,
        visits=visits,
    )


def _in_both_languages(sentence: Any, *values: Any) -> Document:
    told = {}
    for name, locale in LANGUAGES.items():
        with force_locale(locale):
            told[name] = sentence(*values)
    return told


# ── storing ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def _store(plan: Plan, rows: Sequence[Document], goal_set: GoalSet, week: str, monday: dt.date) -> int:
    there = _already_there(goal_set.company_id, week)
    new = [row for row in rows if (row["member_id"], row["template"]) not in there]
    if not new:
        return 0
    made = db.session.execute(
        sa.insert(Task).returning(Task.id, Task.member_id, Task.template), new, execution_options=ALL_COLUMNS
    )
    ids = {(member_id, template): task_id for task_id, member_id, template in made}
    items = _items(plan, new, ids, goal_set.company_id, monday)
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
    templates = {f"{plan.key}/{template.id}": template for template in plan.tasks}
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
