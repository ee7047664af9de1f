"""The week's tasks of everybody who carries a goal: numbers from the drivers, customers from the selections.

Generating a week twice creates nothing twice: what a person has already for a template stays as it is.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy import select

from builder.i18n import both_languages
from core import clock
from core.db import Document, db
from organization import absences, managers
from organization.models import Contact, Member
from runtime.actions import demand, picking, weeks
from runtime.actions.models import Task, TaskItem
from runtime.goals import columns, ground, plans
from runtime.goals.ground import Ground, MemberRow
from runtime.goals.models import Goal, GoalSet
from runtime.goals.plans import Plan, TaskTemplate
from runtime.goals.splits import seasonality


class Carrier(NamedTuple):
    """A person with a goal, and the part of his target that the plan puts on each week."""

    goal_id: int
    member: MemberRow
    target: int
    booked: int
    weeks: Mapping[str, int]
