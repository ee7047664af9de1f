"""Whose lights and scores are made with which definitions, and whose would be: told to reviews (`builder.impact`)."""

from collections.abc import Collection
from typing import Any

import sqlalchemy as sa
from sqlalchemy import select

from builder import definitions
from builder.models import Definition
from core import clock
from core.db import db
from organization.members import present_on
from organization.models import Member
from runtime.goals import lights
from runtime.goals.models import Goal, GoalSet
from runtime.goals.plans import FRONT_LINE
from runtime.scores.models import Score, ScoreRun


def judged(company_id: int, definition_ids: Collection[int]) -> set[int]:
    """Everybody with a goal that holds, where the table of lights is among the definitions."""
    kind, key = lights.TABLE
    table = definitions.find(company_id, kind, key)
    return set(db.session.scalars(_with_goals(company_id))) if table and table.id in definition_ids else set()


def scored(company_id: int, definition_ids: Collection[int]) -> set[int]:
    """Who has points of one of these metrics; one statement."""
    keys = select(Definition.key).where(Definition.id.in_(definition_ids), Definition.kind == "metric")
    asked = (
        select(Score.member_id)
        .join(Score.run)
        .where(ScoreRun.company_id == company_id, ScoreRun.metric_key.in_(keys))
        .distinct()
    )
    return set(db.session.scalars(asked))


def would_be_scored(company_id: int, definition_ids: Collection[int]) -> set[int]:
    """Who has a goal, where one of these metrics scores people; while nobody has, whoever is here in the front line."""
    metrics = definitions.published_all(company_id, "metric")
    if not any(metric.definition_id in definition_ids and "score" in metric.document["body"] for metric in metrics):
        return set()
    here = select(Member.id).where(Member.company_id == company_id, Member.role.in_(FRONT_LINE))
    return set(db.session.scalars(_with_goals(company_id))) or set(
        db.session.scalars(here.where(present_on(clock.today())))
    )


def _with_goals(company_id: int) -> sa.Select[Any]:
    return (
        select(Goal.member_id)
        .join(Goal.goal_set)
        .where(GoalSet.company_id == company_id, GoalSet.state == "active", Goal.member_id.is_not(None))
        .distinct()
    )
