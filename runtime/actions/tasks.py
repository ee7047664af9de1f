"""A person's week: what is on it, doing one of it with evidence, and taking that back.

An item counts when its customer is of the tier that the task asks for, the contact of the level, and the evidence says
when and where, or shows a photo. A sentence typed into a field proves nothing (S20).
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import contains_eager, joinedload, selectinload

from builder.models import DefinitionVersion
from core import audit, clock
from core.db import Document, db
from core.errors import Conflict, Invalid, NotFound, Problem
from organization import customers
from organization.access import visible_units
from organization.models import Company, Contact, Customer, Member, OrgUnit
from runtime.actions.models import Task, TaskItem

UNDO_WITHIN = dt.timedelta(days=1)
LONGEST_PLACE = 120
PLACE_OR_PHOTO = "place_or_photo"
FOUND_AT_MOST = 20


@dataclass(frozen=True)
class Evidence:
    """What somebody gives for an item: where he was, whom he met, what was agreed, a photo's name. A phone that sends
    it later says when it was done, and knows what it sent by `client_id`."""

    place: str
    note: str = ""
    contact_id: int | None = None
    photo: str | None = None
    recorded_at: dt.datetime | None = None
    client_id: str = ""


def of_week(member: Member, week: str) -> list[Task]:
    """The member's own tasks with their customers and contacts; two statements."""
    asked = (
        select(Task)
        .where(Task.member_id == member.id, Task.week == week)
        .options(
            selectinload(Task.items).options(
                joinedload(TaskItem.customer).selectinload(Customer.contacts), joinedload(TaskItem.contact)
            )
        )
        .order_by(Task.tier, Task.id)
    )
    return list(db.session.scalars(asked))


def links_of(company: Company, tasks: Sequence[Task]) -> dict[int, list[Document]]:
    """Where other systems show the customers of these tasks, by customer."""
    wanted = {item.customer_id for task in tasks for item in task.items}
    return customers.links_of(company, "customer", wanted) if wanted else {}


def item_of(member: Member, item_id: int) -> TaskItem:
    """One's own item. Somebody else's does not exist for one."""
    item = db.session.get(TaskItem, item_id, options=[joinedload(TaskItem.task), joinedload(TaskItem.customer)])
    if item is None or item.task.member_id != member.id:
        raise NotFound(_("There is no such task of yours."))
    return item


def task_of(member: Member, task_id: int) -> Task:
    task = db.session.get(Task, task_id)
    if task is None or task.member_id != member.id:
        raise NotFound(_("There is no such task of yours."))
    return task


def complete(item: TaskItem, evidence: Evidence) -> None:
    """Done, with evidence. Raises Invalid with every field that is wrong, Conflict when it is done already; the same
    sent twice is once."""
    if evidence.client_id and (item.evidence or {}).get("client_id") == evidence.client_id:
        return
    contact = _contact(item, evidence.contact_id)
    if problems := _problems(item, evidence, contact):
        raise Invalid(problems)
    done_at = clock.believed(evidence.recorded_at)
    said = {"at": done_at.isoformat(), "photo": evidence.photo, "client_id": evidence.client_id}
    said |= {"place": evidence.place.strip(), "note": evidence.note.strip()}
    done = sa.update(TaskItem).where(TaskItem.id == item.id, TaskItem.done_at.is_(None))
    values = {"done_at": done_at, "evidence": said, "contact_id": contact.id if contact else item.contact_id}
    if not db.session.execute(done.values(**values), execution_options={"synchronize_session": False}).rowcount:
        raise Conflict(_("This is done already."))
    db.session.refresh(item)
    item.customer.last_visited_on = done_at.astimezone(clock.SHANGHAI).date()
    _count(item.task)
    audit.record("task.item_done", f"task:{item.task_id}", by_id=item.task.member_id, after={"item": item.id, **said})


def reopen(item: TaskItem) -> None:
    """Take it back, within a day. Raises Conflict later."""
    if item.done_at is None:
        return
    if clock.now() - item.done_at > UNDO_WITHIN:
        raise Conflict(_("It was done more than a day ago and counts already. Ask your manager."))
    audit.record("task.item_reopened", f"task:{item.task_id}", by_id=item.task.member_id, before=item.evidence)
    item.done_at, item.evidence = None, None
    _count(item.task)


def close_remedy(task: Task, note: str) -> None:
    """A manager says what he agreed on for people whose week is too full."""
    if task.tier != "remedy":
        raise Conflict(_("This task is closed by its customers, one by one."))
    if not note.strip():
        raise Invalid([Problem("/note", "required", _("Write what you agreed on."))])
    task.done, task.state = task.needed, "done"
    audit.record("task.remedy", f"task:{task.id}", by_id=task.member_id, after={"note": note.strip()})


def add_customer(task: Task, customer_id: int) -> TaskItem:
    """Another customer of one's own, of the tier that the task asks for. Adding twice gives the one that is there."""
    customer = db.session.get(Customer, customer_id)
    if customer is None or customer.owner_id != task.member_id:
        raise NotFound(_("There is no such customer of yours."))
    if not _tier_fits(task, customer):
        raise Invalid([_wrong_tier("/customer_id", task, customer)])
    there = db.session.scalar(select(TaskItem).where(TaskItem.task_id == task.id, TaskItem.customer_id == customer.id))
    if there is not None:
        return there
    item = TaskItem(task_id=task.id, customer_id=customer.id)
    db.session.add(item)
    db.session.flush()
    return item


def customers_for(task: Task, words: str) -> list[Customer]:
    """One's own customers that fit the task and are not on it, by name."""
    on_it = select(TaskItem.customer_id).where(TaskItem.task_id == task.id)
    asked = select(Customer).where(Customer.owner_id == task.member_id, Customer.id.not_in(on_it))
    if task.customer_tier:
        asked = asked.where(Customer.tier == task.customer_tier)
    if words.strip():
        asked = asked.where(Customer.name.contains(words.strip(), autoescape=True))
    return list(db.session.scalars(asked.order_by(Customer.name).limit(FOUND_AT_MOST)))


@dataclass
class Progress:
    """What a person's week asks for and what of it is done; `late` when the week is over and something is missing."""

    member_id: int
    name: str
    unit: str
    needed: int
    done: int
    base_needed: int
    base_done: int


def team(manager: Member, week: str) -> list[Progress]:
    """Everybody below the manager's grants who has tasks this week, those with most left to do first; one statement."""
    base = sa.case((Task.tier == "base", 1), else_=0)
    counted = sa.case((Task.done + Task.swapped > Task.needed, Task.needed), else_=Task.done + Task.swapped)
    asked = (
        select(
            *(Member.id, Member.name, OrgUnit.name, sa.func.sum(Task.needed), sa.func.sum(counted)),
            *(sa.func.sum(Task.needed * base), sa.func.sum(counted * base)),
        )
        .join(Member, Member.id == Task.member_id)
        .join(OrgUnit, OrgUnit.id == Member.unit_id)
        .where(Task.company_id == manager.company_id, Task.week == week, Task.tier != "remedy")
        .where(visible_units(manager, "tasks.read"))
        .group_by(Member.id, Member.name, OrgUnit.name, OrgUnit.code)
        .order_by(OrgUnit.code, Member.code)
    )
    return [Progress(*row) for row in db.session.execute(asked)]


def by_unit(rows: Collection[Progress]) -> dict[str, list[Progress]]:
    grouped: dict[str, list[Progress]] = defaultdict(list)
    for row in rows:
        grouped[row.unit].append(row)
    return dict(grouped)


def _contact(item: TaskItem, contact_id: int | None) -> Contact | None:
    contact = db.session.get(Contact, contact_id or item.contact_id or 0)
    return contact if contact is not None and contact.customer_id == item.customer_id else None


def _problems(item: TaskItem, evidence: Evidence, contact: Contact | None) -> list[Problem]:
    problems = []
    task = item.task
    if not _tier_fits(task, item.customer):
        problems.append(_wrong_tier("/customer", task, item.customer))
    if task.contact_level and (contact is None or contact.level != task.contact_level):
        sentence = _("Choose a contact of the level %(level)s.", level=task.contact_level)
        problems.append(Problem("/contact_id", "level", sentence))
    if evidence.photo is None and asked_evidence(task) != PLACE_OR_PHOTO:
        problems.append(Problem("/photo", "evidence", _("This task asks for a photo of what was done.")))
    elif evidence.photo is None and not evidence.place.strip():
        problems.append(Problem("/place", "evidence", _("Say where it was, or add a photo.")))
    if len(evidence.place) > LONGEST_PLACE:
        problems.append(Problem("/place", "too_long", _("Keep it under %(most)s characters.", most=LONGEST_PLACE)))
    return problems


def _wrong_tier(path: str, task: Task, customer: Customer) -> Problem:
    wanted, tier = task.customer_tier, customer.tier or _("without a tier")
    return Problem(
        path, "tier", _("This task asks for %(wanted)s; this customer is %(tier)s.", wanted=wanted, tier=tier)
    )


def asked_evidence(task: Task) -> str:
    """What the rules that made the task want as proof: place_or_photo, photo, or document (a photo of it)."""
    version = db.session.get(DefinitionVersion, task.cascade_version_id) if task.cascade_version_id else None
    templates = version.document["body"].get("tasks", []) if version else []
    own = next((entry for entry in templates if task.template.endswith(f"/{entry['id']}")), {})
    return str(own.get("evidence", PLACE_OR_PHOTO))


def _tier_fits(task: Task, customer: Customer) -> bool:
    return task.customer_tier is None or customer.tier == task.customer_tier


def _count(task: Task) -> None:
    """Counted from the items, under the write transaction: two at once cannot both miss the other."""
    db.session.flush()
    done = select(sa.func.count()).where(TaskItem.task_id == task.id, TaskItem.done_at.is_not(None))
    task.done = db.session.scalar(done) or 0
    task.state = state_of(task)


def refuse(task: Task, reason: str) -> None:
    """Not taken on, with the reason (S38). What was due stays due, a base task above all. Raises Invalid, Conflict."""
    if not 5 <= len(reason.strip()) <= 500:
        raise Invalid([Problem("/reason", "required", _("Say why, in 5 to 500 characters. Your manager reads it."))])
    if task.tier == "remedy" or state_of(task) != "assigned":
        raise Conflict(_("Only an open task can be refused."))
    task.refusal, task.state = reason.strip(), "refused"
    audit.record("task.refuse", f"task:{task.id}", by_id=task.member_id, reason=task.refusal)


def take_on(task: Task) -> None:
    """After all."""
    if task.refusal is None:
        return
    audit.record("task.take_on", f"task:{task.id}", by_id=task.member_id, before={"refusal": task.refusal})
    task.refusal = None
    task.state = state_of(task)


def refused(manager: Member, week: str) -> list[Task]:
    """拒单: what people below the manager's grants did not take on that week; one statement."""
    asked = select(Task).join(Task.member).join(Member.unit).options(contains_eager(Task.member))
    asked = asked.where(Task.company_id == manager.company_id, Task.week == week, Task.refusal.is_not(None))
    return list(db.session.scalars(asked.where(visible_units(manager, "tasks.read")).order_by(Member.code, Task.id)))


def state_of(task: Task) -> str:
    """What an action of more value replaces (`swaps`) need not be done."""
    if task.refusal is not None:
        return "refused"
    if task.done + task.swapped < task.needed:
        return "assigned"
    return "substituted" if task.swapped else "done"
