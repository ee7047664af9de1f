"""自主微调 (S91): the owner changes what is wanted of a goal that people wrote, a little and not often, with a reason.

How much and how often is data of the pack that brought the goal's metric (`policy.self_adjust`); where it says nothing
nobody may: targets of a split must add up. What is more goes to the manager by the flow that decides on goals.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask import Flask
from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from builder import definitions, packs
from builder.models import DefinitionVersion
from core import audit, clock
from core.db import Document, db
from core.errors import Conflict, Invalid, Problem
from organization import values
from organization.models import Member
from runtime.approvals import running, subjects
from runtime.approvals.subjects import Subject
from runtime.goals.models import Goal, GoalAdjustment

KIND = "goal"


@dataclass(frozen=True)
class Policy:
    """At most this share at once, this often in the goal's time."""

    most: float
    times: int


def policy_of(goal: Goal) -> Policy | None:
    if goal.metric_key is None or goal.kind == "target":
        return None
    said = packs.policy_of(goal.unit.company_id or goal.unit_id, "metric", goal.metric_key).get("self_adjust")
    return Policy(said["most"], said["times"]) if said else None


def may(member: Member, goal: Goal) -> Policy | None:
    """What the goal's owner may change by himself; None for everybody else."""
    own = goal.member_id == member.id and goal.state == "active" and goal.wanted
    return policy_of(goal) if own else None


def of(goal: Goal) -> list[GoalAdjustment]:
    """The newest first."""
    asked = select(GoalAdjustment).where(GoalAdjustment.goal_id == goal.id).options(joinedload(GoalAdjustment.by))
    return list(db.session.scalars(asked.order_by(GoalAdjustment.id.desc())))


def adjust(goal: Goal, wanted: str, reason: str, *, by: Member) -> GoalAdjustment:
    """Within the policy it holds at once, else the manager is asked. Raises Invalid, Conflict; flushes."""
    policy = may(by, goal)
    if policy is None or goal.wanted is None:
        raise Conflict(_("What is wanted of this goal cannot be changed by its owner. Ask your manager."))
    before = of(goal)
    if any(one.state == "asked" for one in before):
        raise Conflict(_("Your manager has not answered the last change yet."))
    row = GoalAdjustment(goal_id=goal.id, before=goal.wanted, after=_read(wanted, reason, goal), by_id=by.id)
    row.reason, row.at, row.state = reason.strip(), clock.now(), "done"
    used = Counter(one.state for one in before)["done"]
    within = abs(row.after - row.before) <= policy.most * abs(row.before) + 1e-9 and used < policy.times
    db.session.add(row)
    if within:
        _put(goal, row)
    else:
        _ask_manager(goal, row, by)
    return row


def told(row: GoalAdjustment) -> str:
    """What the owner reads, with how far people of his position are apart now (F9 asks for the same of weights)."""
    if row.state != "done":
        return _("Your manager is asked; the old value holds until then.")
    return _("Changed. In your position what is wanted now differs by %(spread)s.", spread=f"{spread(row.goal):.0%}")


def spread(goal: Goal) -> float:
    """Largest less smallest of what is wanted of the same metric in the same position, as a share of their mean."""
    asked = select(Goal.wanted).join(Goal.member).where(Goal.metric_key == goal.metric_key, Goal.state == "active")
    role = goal.member.role if goal.member else ""
    found = list(db.session.scalars(asked.where(Goal.wanted.is_not(None), Member.role == role)))
    mean = sum(found) / len(found) if found else 0.0
    return (max(found) - min(found)) / mean if mean else 0.0


def _read(wanted: str, reason: str, goal: Goal) -> float:
    problems = []
    if not 5 <= len(reason.strip()) <= 500:
        problems.append(Problem("/reason", "required", _("Say why, in 5 to 500 characters.")))
    try:
        number = float(values.number(wanted))
    except ValueError as error:
        problems.append(Problem("/wanted", "format", str(error)))
        raise Invalid(problems) from None
    if number == goal.wanted or number <= 0:
        problems.append(Problem("/wanted", "same", _("Give another number, above zero.")))
    if problems:
        raise Invalid(problems)
    return number


def _put(goal: Goal, row: GoalAdjustment) -> None:
    goal.wanted = row.after
    db.session.flush()
    change = {"before": {"wanted": row.before}, "after": {"wanted": row.after}}
    audit.record("goal.adjust", f"goal:{goal.id}", by_id=row.by_id, reason=row.reason, **change)


# ── more than that: the manager ──────────────────────────────────────────────────────────────────────────────────────


def _ask_manager(goal: Goal, row: GoalAdjustment, by: Member) -> None:
    flow = _flow(by.company_id)
    if flow is None:
        raise Conflict(
            _("This is more than you may change yourself, and no flow asks your manager. Ask him in person.")
        )
    row.state = "asked"
    db.session.flush()
    running.start(flow, (KIND, row.id), goal.name, by)


def _flow(company_id: int) -> DefinitionVersion | None:
    flows = definitions.published_all(company_id, "workflow")
    return next((flow for flow in flows if flow.document["body"]["subject"].get("kind") == KIND), None)


class AdjustmentSubject(Subject):
    @property
    def row(self) -> GoalAdjustment:
        return db.session.get_one(GoalAdjustment, self.run.subject_id, options=[joinedload(GoalAdjustment.goal)])

    @property
    def address(self) -> tuple[str, Document]:
        return "goals.node", {"goal_id": self.row.goal_id}

    def values(self, row: str | None) -> Mapping[str, Any]:
        """The names are those of `builder.flows.subjects`."""
        goal = self.row.goal
        return {"指标": goal.metric_key, "目标值": self.row.after, "层级": goal.layer, "单位": goal.unit.name}

    def ended(self) -> None:
        row = self.row
        row.state = "done" if self.run.status == "finished" else "refused"
        if row.state == "done":
            _put(row.goal, row)


def init_app(_app: Flask) -> None:
    subjects.register(KIND, AdjustmentSubject)
