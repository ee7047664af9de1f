"""Tasks that are not done go with their customers. Where the successor has the same line in that week already, what is
open of it is added to his."""

from flask_babel import gettext as _
from sqlalchemy import select

from core import audit, clock
from core.db import Document, db
from core.errors import Conflict
from organization.models import Member
from runtime.actions import weeks
from runtime.actions.models import Task, TaskItem
from runtime.handover.things import Thing


def things(member: Member) -> list[Thing]:
    """Of this week and later ones."""
    rows = select(Task.id, Task.title).where(
        Task.member_id == member.id, Task.week >= weeks.week_of(clock.today()), Task.state.in_(("planned", "assigned"))
    )
    return [Thing(*row) for row in db.session.execute(rows.order_by(Task.week, Task.id))]


def give(id: int, member: Member, taker: Member, by_id: int) -> Document:
    task = db.session.get_one(Task, id)
    if task.state not in ("planned", "assigned"):
        raise Conflict(_("It was done meanwhile."))
    his = db.session.scalar(
        select(Task).where(Task.member_id == taker.id, Task.week == task.week, Task.template == task.template)
    )
    moved = _whole(task, taker) if his is None else _what_is_open(task, his)
    audit.record("task.hand_over", f"task:{id}", by_id=by_id, before={"member": member.id}, after={"member": taker.id})
    return moved


def back(moved: Document, member: Member, by_id: int) -> None:
    task = db.session.get_one(Task, moved["id"])
    if "into" not in moved and task.member_id == moved["to"]:
        task.member_id = member.id
    if "into" in moved:
        _separate(task, db.session.get_one(Task, moved["into"]), moved)
    audit.record("task.hand_back", f"task:{task.id}", by_id=by_id, after={"member": member.id})


def _whole(task: Task, taker: Member) -> Document:
    task.member_id = taker.id
    return {"id": task.id, "to": taker.id}


def _what_is_open(task: Task, his: Task) -> Document:
    known = {item.customer_id for item in his.items}
    items = [item for item in task.items if item.done_at is None and item.customer_id not in known]
    missing = max(0, task.needed - task.done)
    for item in items:
        item.task_id = his.id
    his.needed += missing
    task.state = "substituted"
    _read_again(task, his)
    return {"id": task.id, "into": his.id, "items": [item.id for item in items], "missing": missing}


def _separate(task: Task, his: Task, moved: Document) -> None:
    """What the successor did of it meanwhile stays with him."""
    open_items = select(TaskItem).where(TaskItem.id.in_(moved["items"]), TaskItem.done_at.is_(None))
    done = len(moved["items"])
    for item in db.session.scalars(open_items):
        item.task_id = task.id
        done -= 1
    his.needed = max(his.done, his.needed - max(0, moved["missing"] - done))
    task.state = "assigned"
    _read_again(task, his)


def _read_again(*tasks: Task) -> None:
    db.session.flush()
    for task in tasks:
        db.session.expire(task, ["items"])
