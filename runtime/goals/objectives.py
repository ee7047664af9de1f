"""Objectives as pages show them: with key results and how far each is. Public within the company (S90)."""

from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from core import clock
from core.db import db
from organization.models import Member, OrgUnit
from runtime.goals import check_ins
from runtime.goals.models import CheckIn, Goal

TOPS = ("objective", "micro")
LISTED = 200


@dataclass(frozen=True)
class Standing:
    """A goal that somebody wrote, and what was said of it last."""

    goal: Goal
    last: CheckIn | None

    @property
    def progress(self) -> float | None:
        """From the start to what is wanted, as it was said; None without both numbers."""
        if self.last is None or self.last.value is None or self.goal.wanted is None:
            return None
        start = self.goal.start or 0.0
        return (self.last.value - start) / (self.goal.wanted - start) if self.goal.wanted != start else None


@dataclass(frozen=True)
class Objective:
    """With its key results, and the objectives below that serve it."""

    top: Standing
    key_results: Sequence[Standing]


def find(goal_id: int, company_id: int) -> Goal | None:
    """A goal that somebody wrote; None for a target of a split, and for nothing."""
    asked = select(Goal).join(Goal.unit).where(Goal.id == goal_id, Goal.kind != "target")
    asked = asked.where(OrgUnit.company_id == company_id)
    return db.session.scalar(asked.options(joinedload(Goal.serves), joinedload(Goal.witness)))


def of_company(company_id: int) -> list[Objective]:
    """What holds today, the highest first. Three statements."""
    asked = select(Goal).join(Goal.unit).where(OrgUnit.company_id == company_id, Goal.kind.in_(TOPS), *_holding())
    return _with_results(asked.order_by(Goal.layer, Goal.id.desc()))


def of_member(member: Member) -> list[Objective]:
    """Those that he leads."""
    own = select(Goal).where(Goal.member_id == member.id, Goal.kind.in_(TOPS), *_holding())
    return _with_results(own.order_by(Goal.id.desc()))


def below(goal: Goal) -> list[Standing]:
    """Key results of an objective, and what else serves it."""
    served = select(Goal).where(Goal.serves_id == goal.id, Goal.state == "active").order_by(Goal.kind, Goal.id)
    return _standing(list(db.session.scalars(served.options(joinedload(Goal.unit), joinedload(Goal.member)))))


def of(goal: Goal) -> Standing:
    return _standing([goal])[0]


def _holding() -> tuple[sa.ColumnElement[bool], ...]:
    """A goal of 90 days ends by itself."""
    return Goal.state == "active", Goal.last_day >= clock.today()


def _with_results(asked: sa.Select[tuple[Goal]]) -> list[Objective]:
    query = asked.options(joinedload(Goal.unit), joinedload(Goal.member)).limit(LISTED)
    tops = list(db.session.scalars(query))
    results = select(Goal).where(Goal.serves_id.in_([top.id for top in tops]), Goal.kind == "key_result")
    rows = list(db.session.scalars(results.where(Goal.state == "active").order_by(Goal.id)))
    standing = {one.goal.id: one for one in _standing([*tops, *rows])}
    return [Objective(standing[top.id], [standing[row.id] for row in rows if row.serves_id == top.id]) for top in tops]


def _standing(goals: Sequence[Goal]) -> list[Standing]:
    said = check_ins.latest([goal.id for goal in goals])
    return [Standing(goal, said.get(goal.id)) for goal in goals]
