"""Whose goals are made with which definitions, and whose would be: told to the review of a change (`impact`)."""

from collections.abc import Collection

from sqlalchemy import select

from builder.models import Definition, DefinitionVersion
from core import clock
from core.db import db
from organization.members import present_on
from organization.models import Member
from runtime.goals.models import Goal, GoalSet
from runtime.goals.plans import FRONT_LINE
from runtime.goals.tree import MEMBER


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


def prospects(company_id: int, definition_ids: Collection[int]) -> set[int]:
    """Who is here today in a position that these cascades, as they stand or are drafted, hand targets to."""
    asked = (
        select(DefinitionVersion.document)
        .join(DefinitionVersion.definition)
        .where(DefinitionVersion.definition_id.in_(definition_ids), Definition.kind == "cascade")
        .where(DefinitionVersion.state != "retired")
    )
    levels = [level for document in db.session.scalars(asked) for level in document["body"].get("levels", ())]
    roles = {role for level in levels if level.get("to") == MEMBER for role in level.get("roles", FRONT_LINE)}
    here = select(Member.id).where(Member.company_id == company_id, Member.role.in_(roles), present_on(clock.today()))
    return set(db.session.scalars(here)) if roles else set()
