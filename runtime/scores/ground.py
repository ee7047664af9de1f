"""What scores of some periods are made of, as columns: a line is a person's product in a period.

Read in a handful of statements, however many people and periods; scoring itself knows no database.
"""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from builder.sources import Sources
from core.db import db
from organization.models import Member
from runtime.facts import metrics
from runtime.facts.measures.columns import Bools, Floats, Ints, numbered
from runtime.facts.periods import Period
from runtime.scores import lines, names, rules
from runtime.scores.figures import Figures
from runtime.scores.lines import SPAN, Lines, places

NEVER = dt.date.max


class Person(NamedTuple):
    """A person in a period; `period` is a place in `Ground.periods`."""

    member_id: int
    name: str
    role: str
    unit_id: int
    unit_path: str
    period: int


@dataclass(frozen=True)
class Ground:
    """`owner` says for each line which of `people` it belongs to, ascending. `shares` are the lines' targets: what a
    line weighs. `columns` are the names of the place `metric.score` by key, `actual` what was reached by input id."""

    metric_key: str
    periods: tuple[Period, ...]
    people: list[Person]
    owner: Ints
    product_ids: list[int]
    shares: Floats
    columns: Mapping[str, Any]
    actual: Mapping[str, Floats]

    def __len__(self) -> int:
        return len(self.owner)

    def filled(self, wanted: Iterable[str]) -> dict[str, Any]:
        """The columns of some names; what is not known of anybody is blank."""
        blank = [None] * len(self)
        return {name: self.columns.get(name, blank) for name in wanted}


def read(
    company_id: int,
    metric_key: str,
    periods: Sequence[Period],
    sources: Sources,
    *,
    members: Sequence[int] | None = None,
    also: Iterable[str] = (),
) -> Ground:
    """Everybody who has a target in one of the periods, which do not overlap, and was there in it. `members`: only
    these people; `also`: names that no expression reads. Raises NotFound when the metric scores nobody."""
    rule = rules.of(metric_key, sources)
    kept = tuple(sorted(periods, key=lambda period: period.first_day))
    figures = Figures.read(company_id, rule, kept, metrics.in_sources(sources), members)
    staff = _staff(company_id, members)
    found = lines.of(company_id, rule, kept, figures.targets(rule), members)
    found = found.where(_was_there(found, staff, kept))
    identities, owner = numbered(found.person)
    people = _people(identities.tolist(), staff)
    around = names.Around(company_id, kept, found, owner, [(staff[one.member_id], one.period) for one in people])
    return Ground(
        metric_key=metric_key,
        periods=kept,
        people=people,
        owner=owner,
        product_ids=found.product_id.tolist(),
        shares=found.target,
        columns=around.columns({*rule.names, *also}),
        actual={name: figures.reached(one, found, owner, found.target) for name, one in rule.reached.items()},
    )


def _people(identities: Sequence[int], staff: Mapping[int, Member]) -> list[Person]:
    known = {who: (who, one.name, one.role, one.unit_id, one.unit.path) for who, one in staff.items()}
    return [Person(*known[identity % SPAN], period=identity // SPAN) for identity in identities]


def _staff(company_id: int, members: Sequence[int] | None) -> dict[int, Member]:
    query = select(Member).where(Member.company_id == company_id).options(joinedload(Member.unit))
    if members is not None:
        query = query.where(Member.id.in_(members))
    return {member.id: member for member in db.session.scalars(query)}


def _was_there(found: Lines, staff: Mapping[int, Member], periods: Sequence[Period]) -> Bools:
    """Whether the person of each line was in the company during its period."""
    people = sorted(staff.values(), key=lambda member: member.id)
    joined = np.array([member.joined_on.toordinal() for member in people], dtype=np.int64)
    left = np.array([(member.left_on or NEVER).toordinal() for member in people], dtype=np.int64)
    first = np.array([period.first_day.toordinal() for period in periods])[found.period]
    last = np.array([period.last_day.toordinal() for period in periods])[found.period]
    place = places(found.member_id, np.array([member.id for member in people], dtype=np.int64))
    return (place >= 0) & (joined[place] <= last) & (left[place] > first)
