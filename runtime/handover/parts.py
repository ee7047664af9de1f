"""The parts of a handover: what somebody has in hand of each, how it goes to another, and how it comes back.

Rights are none of them: what somebody may do is granted to the successor by hand, on the page 权限. Nor are targets
that were split: taking somebody out of a split gives his amounts to the others, and that is a split of its own.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from core import audit, clock
from core.db import Document, db
from organization import customers, members, units
from organization.models import Customer, Member, OrgUnit
from runtime.goals.models import Campaign, Goal, Tactic
from runtime.handover import approvals, flows, tasks
from runtime.handover.things import Thing

Owner = sa.orm.InstrumentedAttribute[Any]


@dataclass(frozen=True)
class Part:
    """`give` says what `back` needs; it raises AppError with the reason when the thing cannot move."""

    key: str
    title: Any
    icon: str
    things: Callable[[Member], Sequence[Thing]]
    give: Callable[[int, Member, Member, int], Document]
    back: Callable[[Document, Member, int], None]


def of(member: Member) -> dict[str, Sequence[Thing]]:
    """What the member has in hand, by part; parts of which he has nothing are left out."""
    found = {key: part.things(member) for key, part in PARTS.items()}
    return {key: things for key, things in found.items() if things}


def _owned(
    key: str,
    title: Any,
    icon: str,
    owner: Owner,
    named: Owner,
    put: Callable[[Any, Member, Member, int], None],
    *holding: sa.ColumnElement[bool],
) -> Part:
    """Rows that bear somebody's id. What came to somebody else meanwhile is not taken from him again."""
    model = owner.class_

    def things(member: Member) -> list[Thing]:
        rows = select(model.id, named).where(owner == member.id, *holding).order_by(model.id)
        return [Thing(*row) for row in db.session.execute(rows)]

    def give(id: int, member: Member, taker: Member, by_id: int) -> Document:
        row = db.session.get_one(model, id)
        put(row, taker, member, by_id)
        return {"id": id, "to": getattr(row, owner.key)}

    def back(moved: Document, member: Member, by_id: int) -> None:
        row = db.session.get(model, moved["id"])
        if row is not None and getattr(row, owner.key) == moved["to"]:
            put(row, member, member, by_id)

    return Part(key, title, icon, things, give, back)


def _put_customer(customer: Customer, to: Member, member: Member, by_id: int) -> None:
    customers.hand_over(customer, to, clock.today(), by_id=by_id)


def _put_unit(unit: OrgUnit, to: Member, member: Member, by_id: int) -> None:
    units.set_head(unit, to, by_id=by_id)


def _put_person(person: Member, to: Member, member: Member, by_id: int) -> None:
    """Whoever takes over, or stands above him, comes under the manager of the one who leaves: no circle arises."""
    circle = person.id == to.id or members.stands_above(person, to)
    members.put_under(person, member.manager if circle else to, by_id=by_id)


def _put_goal(goal: Goal, to: Member, member: Member, by_id: int) -> None:
    _put_owner(goal, "member_id", f"goal:{goal.id}", to, by_id)


def _put_campaign(campaign: Campaign, to: Member, member: Member, by_id: int) -> None:
    _put_owner(campaign, "owner_id", f"campaign:{campaign.id}", to, by_id)


def _put_tactic(tactic: Tactic, to: Member, member: Member, by_id: int) -> None:
    _put_owner(tactic, "owner_id", f"campaign:{tactic.campaign_id}", to, by_id)


def _put_owner(row: Any, column: str, subject: str, to: Member, by_id: int) -> None:
    before = getattr(row, column)
    setattr(row, column, to.id)
    audit.record(f"{row.__tablename__}.hand_over", subject, by_id=by_id, before={column: before}, after={column: to.id})


PARTS = {
    part.key: part
    for part in (
        _owned("customers", _l("Customers"), "building-hospital", Customer.owner_id, Customer.name, _put_customer),
        Part("tasks", _l("Open tasks"), "checklist", tasks.things, tasks.give, tasks.back),
        _owned(
            *("goals", _l("Objectives and key results"), "target-arrow", Goal.member_id, Goal.name, _put_goal),
            *(Goal.kind.in_(("objective", "key_result")), Goal.state == "active"),
        ),
        _owned(
            *("campaigns", _l("Campaigns"), "flag", Campaign.owner_id, Campaign.theme, _put_campaign),
            Campaign.state.in_(("planned", "running")),
        ),
        _owned(
            *("tactics", _l("Tactics"), "list-check", Tactic.owner_id, Tactic.title, _put_tactic),
            Tactic.done_at.is_(None),
        ),
        Part("approvals", _l("Open approvals"), "inbox", approvals.things, approvals.give, approvals.back),
        _owned(
            *("people", _l("People who report to this person"), "users", Member.manager_id, Member.name, _put_person),
            Member.left_on.is_(None),
        ),
        _owned(
            *("units", _l("Units led"), "sitemap", OrgUnit.head_id, OrgUnit.name, _put_unit),
            OrgUnit.closed_on.is_(None),
        ),
        Part("flows", _l("Places as a named approver"), "git-branch", flows.things, flows.give, flows.back),
    )
}
