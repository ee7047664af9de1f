"""The rows of a week's tasks, before they are stored: what each person gets, and what is over for his manager."""

import datetime as dt
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import ceil
from typing import Any

from flask_babel import force_locale
from flask_babel import gettext as _

from core import clock
from core.db import Document, db
from core.i18n import LANGUAGES
from organization import managers
from organization.models import Member
from runtime.actions.carriers import Carrier
from runtime.actions.demand import Demand
from runtime.goals.columns import Columns
from runtime.goals.ground import MemberRow
from runtime.goals.models import GoalSet
from runtime.goals.plans import Plan, TaskTemplate

REMEDY = "remedy"


@dataclass(frozen=True)
class Week:
    """One week of one goal set: who carries it, what everybody's drivers ask for, and by when it is due."""

    goal_set: GoalSet
    plan: Plan
    name: str
    due_on: dt.date
    carriers: Sequence[Carrier]
    read: Columns
    demands: Mapping[str, Sequence[Demand]]

    @property
    def shared(self) -> Document:
        """What all tasks of the week have in common."""
        return {
            "company_id": self.goal_set.company_id,
            "goal_id": None,
            "week": self.name,
            "cascade_version_id": self.plan.version.id,
            "customer_tier": None,
            "contact_level": None,
            "link": None,
            "due_on": self.due_on,
            "state": "assigned",
            "done": 0,
            "created_at": clock.now(),
        }


def of(week: Week) -> list[Document]:
    """A row for each person and template that asks for something, and the managers' remedies."""
    counted = {template.id: _numbers(week, template) for template in week.plan.tasks}
    return [
        _row(week, template, carrier, at, counted[template.id][at])
        for at, carrier in enumerate(week.carriers)
        for template in week.plan.tasks
        if counted[template.id][at] > 0 and template.is_for(carrier.member.role)
    ] + _remedies(week)


def template_name(plan: Plan, template_id: str) -> str:
    """What tells tasks of one week apart: the cascade and its template."""
    return f"{plan.key}/{template_id}"


def _numbers(week: Week, template: TaskTemplate) -> list[int]:
    """How many of this task everybody gets: its share of a driver, or its own count rounded up."""
    if template.driver is not None and "share" in template.number:
        return [found.plan.by_template[template.id] for found in week.demands[template.driver]]
    given = {
        driver.name: [float(found.plan.visits) for found in week.demands[driver.id]] for driver in week.plan.drivers
    }
    filled = template.number.fill(week.read | given, len(week.carriers))
    values = template.number.expressions["count"].evaluate(filled).to_list()
    return [max(0, ceil(value)) if isinstance(value, float) else 0 for value in values]


def _row(week: Week, template: TaskTemplate, carrier: Carrier, at: int, count: int) -> Document:
    words = {"n": count, "customer_tier": template.customer_tier or "", "contact_level": template.contact_level or ""}
    return week.shared | {
        "member_id": carrier.member.id,
        "goal_id": carrier.goal_id,
        "template": template_name(week.plan, template.id),
        "title": {name: text.format_map(defaultdict(str, words)) for name, text in template.title.items()},
        "tier": template.tier,
        "value": template.value,
        "needed": count,
        "customer_tier": template.customer_tier,
        "contact_level": template.contact_level,
        "link": template.link,
        "why": week.demands[template.driver][at].why if template.driver in week.demands else {},
    }


def _remedies(week: Week) -> list[Document]:
    """One 补救 item a manager: who of his people needs more than a week can hold, and by how much."""
    over = _over(week)
    return [
        week.shared
        | {
            "member_id": boss,
            "template": template_name(week.plan, REMEDY),
            "title": _in_both_languages(_remedy_title, len(people), sum(entry["over"] for entry in people)),
            "tier": REMEDY,
            "value": 0.0,
            "needed": 1,
            "why": {"overflow": people},
        }
        for boss, people in over.items()
    ]


def _over(week: Week) -> dict[int, list[Document]]:
    """The people whose week is too full, by manager."""
    over: dict[int, list[Document]] = defaultdict(list)
    bosses: dict[tuple[int, int | None], int | None] = {}
    for driver in week.plan.drivers:
        for carrier, found in zip(week.carriers, week.demands[driver.id], strict=True):
            if found.plan.overflow > 0 and (boss := _manager_id(carrier.member, bosses)) is not None:
                who = carrier.member
                over[boss].append({"member_id": who.id, "name": who.name, "over": found.plan.overflow})
    return over


def _manager_id(member: MemberRow, known: dict[tuple[int, int | None], int | None]) -> int | None:
    """Looked up once for all who share a unit and a named manager."""
    line = (member.unit_id, member.manager_id)
    if line not in known:
        manager = managers.manager_of(db.session.get_one(Member, member.id))
        known[line] = manager and manager.id
    return known[line]


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
