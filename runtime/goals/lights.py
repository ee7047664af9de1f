"""The lights of amounts that were split over a year's months: how far one should be, how far one is, F8 (measures).

The table of lights is `okr.light`; where a company has none, or nobody has booked anything yet, there are no lights:
nobody is red because nobody has fed anything.
"""

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from sqlalchemy import select

from builder import compiled, definitions
from builder.sources import Source, Sources
from core.db import db
from formulas.tables.compiled import CompiledTable
from runtime.facts import measures, periods
from runtime.facts.measures.columns import Floats, Given
from runtime.facts.measures.lights import Lights, Standing
from runtime.goals.models import Goal, GoalSet

KEY = "okr.light"
TABLE = ("table", KEY)
BETTER = ("grey", "red", "yellow", "green")  # from the worst


def in_sources(sources: Sources) -> CompiledTable | None:
    """The table of lights among what references resolve to."""
    source = sources.get(TABLE)
    return compiled.table(source).table if source else None


def in_force(company_id: int) -> CompiledTable | None:
    """The published table; one statement."""
    version = definitions.published(company_id, *TABLE)
    return compiled.table(definitions.source(version)).table if version else None


def has_figures(goal_set: GoalSet) -> bool:
    """Whether anything was booked towards any goal of the set; one statement."""
    booked = select(Goal.id).where(Goal.goal_set_id == goal_set.id, Goal.booked != 0).limit(1)
    return db.session.scalar(booked) is not None


def of(
    table: CompiledTable, months: Sequence[Mapping[str, Any]], booked: Given, targets: Given, until: dt.date
) -> Lights:
    """A light for each goal: `months` is its split, amounts are yuan, `until` the last day whose bookings count."""
    return measures.lights(table, asked(months, booked, targets, until))


def asked(months: Sequence[Mapping[str, Any]], booked: Given, targets: Given, until: dt.date) -> Standing:
    """What the table is asked of each goal."""
    return measures.standing_of(planned(months, until), measures.progress(booked, 0.0, targets))


def judge(source: Source, standing: Standing) -> Lights:
    """By a table of lights as references resolve to it."""
    return measures.lights(compiled.table(source).table, standing)


def planned(months: Sequence[Mapping[str, Any]], until: dt.date) -> Floats:
    """F1b 序时进度: the share of each goal that its months plan by the end of a day."""
    names = sorted({month for split in months for month in split})
    amounts = np.array([[split.get(month, 0) for month in names] for split in months], dtype=float)
    return measures.plan_split(amounts, _months_passed(until))


def _months_passed(until: dt.date) -> float:
    """3.5 is the middle of April. Goals are split over calendar years."""
    month = periods.containing(until, periods.MONTH)
    return until.month - 1 + until.day / month.last_day.day
