"""Whose goals were made with which definitions: told to the review of a change (`builder.impact`)."""

from collections.abc import Collection

from sqlalchemy import select

from builder.models import DefinitionVersion
from core.db import db
from runtime.goals.models import Goal, GoalSet


def members(company_id: int, definition_ids: Collection[int]) -> set[int]:
    """Members with a goal in force that was split by a version of these cascades; one statement."""
    asked = (
        select(Goal.member_id)
        .join(Goal.goal_set)
        .join(GoalSet.cascade_version)
        .where(GoalSet.company_id == company_id, GoalSet.state == "active", Goal.member_id.is_not(None))
        .where(DefinitionVersion.definition_id.in_(definition_ids))
        .distinct()
    )
    return {member_id for member_id in db.session.scalars(asked) if member_id is not None}
