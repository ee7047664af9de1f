"""任务置换 (S37, S38): an action of high value instead of routine tasks. Base tasks are never swapped away.

What keeps the rules holds at once, as far as is known (预批), and settles when the week closes: with the base work done
it counts, else what it replaced is due again. What breaks a rule goes to the manager, where the pack has a flow for it.
"""

import datetime as dt
import math
from collections.abc import Sequence

from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy import select

from builder import definitions
from builder.models import DefinitionVersion
from core import audit, clock, timers
from core.db import db
from organization.models import Member
from runtime.actions import tasks as tasks_of_week
from runtime.actions import weeks
from runtime.actions.models import Task, TaskSwap

SHARE = 0.3
"""Of a week's value, how much may be swapped without the manager (S37)."""

SETTLE = "runtime.actions.jobs.settle_swap"


def ask(member: Member, tasks: Sequence[Task], action: str, value: float, source_ref: str) -> TaskSwap:
    """Judge and keep a swap; asking again with the same reference judges it anew until it is settled. Flushes."""
    swap = db.session.scalar(select(TaskSwap).where(TaskSwap.source_ref == source_ref))
    if swap is not None and swap.state not in ("provisional", "refused"):
        return swap
    if swap is not None:
        _give_back(swap)
    swap = swap or TaskSwap(company_id=member.company_id, member_id=member.id, source_ref=source_ref)
    swap.week = max((task.week for task in tasks), default=weeks.week_of(clock.today()))
    swap.action, swap.value, swap.created_at = action, value, clock.now()
    swap.replaced, swap.broken = _replaceable(tasks, value), []
    swap.broken = [*broken_rules(swap, tasks, _of_week(member.id, swap.week))]
    swap.state = "asked" if swap.broken else "provisional"
    db.session.add(swap)
    db.session.flush()
    if swap.state == "provisional":
        _take_out(swap)
    after = {"action": action, "value": value, "replaced": swap.replaced, "broken": swap.broken}
    audit.record("task.swap", f"task_swap:{swap.id}", by_id=member.id, after=after)
    return swap


def _replaceable(tasks: Sequence[Task], value: float) -> dict[str, int]:
    """How many of each task's open items the action is worth, in the order in which the tasks were named."""
    left, found = value, {}
    for task in tasks:
        worth = math.floor(left / task.value + 1e-9) if task.value else 0
        count = min(task.needed - task.done - task.swapped, worth)
        if count > 0:
            found[str(task.id)] = count
            left -= count * task.value
    return found


def broken_rules(swap: TaskSwap, tasks: Sequence[Task], week: Sequence[Task]) -> list[str]:
    """Codes of what keeps a swap from being granted without the manager; see `reasons`."""
    lost = sum(task.value * swap.replaced.get(str(task.id), 0) for task in tasks)
    whole = sum(task.value * task.needed for task in week)
    before = sum(task.value * task.swapped for task in week)
    rules = {
        "not_routine": any(task.tier != "routine" for task in tasks),
        "worth_less": not swap.replaced,
        "over_share": whole > 0 and (before + lost) / whole > SHARE + 1e-9,
        "other_week": len({task.week for task in tasks}) > 1,
    }
    return [code for code, broken in rules.items() if broken]


def reasons(swap: TaskSwap) -> list[str]:
    """Why the manager is asked, or why it was refused, in words."""
    words = {
        "not_routine": _("Only routine tasks can be replaced; a base task cannot."),
        "worth_less": _("The action is worth less than one of the tasks, or nothing of them is open."),
        "over_share": _("More than %(share)s of the week's value would be swapped.", share=f"{SHARE:.0%}"),
        "other_week": _("The tasks belong to different weeks."),
    }
    return [words[code] for code in swap.broken]


def decided(swap: TaskSwap, granted: bool) -> None:
    """The manager has spoken."""
    swap.state, swap.settled_at = ("granted" if granted else "refused"), clock.now()
    if granted:
        _take_out(swap, settles=False)


def settle(swap: TaskSwap) -> None:
    """The week closes: with the base work done it counts, else the replaced tasks are due again."""
    if swap.state != "provisional":
        return
    done, needed = base(swap)
    swap.state, swap.settled_at = ("granted" if done >= needed else "lapsed"), clock.now()
    if swap.state == "lapsed":
        _put_back(swap)
    after = {"state": swap.state, "base": [done, needed]}
    audit.record("task.swap_settled", f"task_swap:{swap.id}", by_id=None, after=after)


def base(swap: TaskSwap) -> tuple[int, int]:
    """基础量: what is done of the week's base tasks, and what they ask for."""
    rows = [task for task in _of_week(swap.member_id, swap.week) if task.tier == "base"]
    return sum(min(task.done, task.needed) for task in rows), sum(task.needed for task in rows)


def standing(swap: TaskSwap) -> str:
    """What the phone says: 基础量 5/8,再完成 3 个即生效."""
    if swap.state != "provisional":
        said = {"asked": _("waits for the manager"), "granted": _("counts"), "refused": _("refused")}
        return said.get(swap.state) or _("does not count: the base work was not done; the tasks are due again")
    done, needed = base(swap)
    if done >= needed:
        return _("base work done; it counts when the week closes")
    more = ngettext("%(num)d more and it counts", "%(num)d more and it counts", needed - done)
    return _("Base work %(done)s/%(needed)s", done=done, needed=needed) + _("; ") + more


def of_week(member: Member, week: str) -> list[TaskSwap]:
    asked = select(TaskSwap).where(TaskSwap.member_id == member.id, TaskSwap.week == week).order_by(TaskSwap.id)
    return list(db.session.scalars(asked))


def week_of(swap: TaskSwap) -> list[Task]:
    """Everything that the week asks of the person."""
    return _of_week(swap.member_id, swap.week)


def flow_of(company_id: int) -> DefinitionVersion | None:
    """The flow in force that decides on swaps."""
    flows = definitions.published_all(company_id, "workflow")
    return next((flow for flow in flows if flow.document["body"]["subject"].get("kind") == "task_swap"), None)


def _of_week(member_id: int, week: str) -> list[Task]:
    return list(db.session.scalars(select(Task).where(Task.member_id == member_id, Task.week == week)))


def _take_out(swap: TaskSwap, *, settles: bool = True) -> None:
    _swap_out(swap, 1)
    if settles:
        sunday = weeks.days_of(swap.week)[1]
        closes = dt.datetime.combine(sunday + dt.timedelta(days=1), dt.time(0, 1), clock.SHANGHAI)
        timers.schedule(f"swap:{swap.id}", SETTLE, {"swap_id": swap.id}, closes.astimezone(dt.UTC))


def _put_back(swap: TaskSwap) -> None:
    _swap_out(swap, -1)


def _give_back(swap: TaskSwap) -> None:
    if swap.state == "provisional":
        _put_back(swap)
        timers.cancel(f"swap:{swap.id}")


def _swap_out(swap: TaskSwap, sign: int) -> None:
    for task_id, count in swap.replaced.items():
        task = db.session.get_one(Task, int(task_id), populate_existing=True)
        task.swapped += sign * count
        task.state = tasks_of_week.state_of(task)
    db.session.flush()
