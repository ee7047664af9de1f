"""What scores of some periods are made of, as columns: a line is a person's product in a period.

Read in a handful of statements, however many people and periods; scoring itself knows no database.
"""

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
from runtime.facts.measures.columns import Floats, Ints
from runtime.facts.periods import Period
from runtime.scores import lines, names, rules
from runtime.scores.figures import Figures


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
    found = [
        line
        for line in lines.of(company_id, rule, kept, figures, members)
        if line.member_id in staff and _was_there(staff[line.member_id], kept[line.period])
    ]
    found.sort()
    people = list(dict.fromkeys((line.period, line.member_id) for line in found))
    place = {identity: at for at, identity in enumerate(people)}
    owner = np.array([place[line.period, line.member_id] for line in found], dtype=np.int64)
    shares = np.array([line.target for line in found], dtype=np.float64)
    around = names.Around(company_id, kept, found, owner, shares, [(staff[who], at) for at, who in people])
    return Ground(
        metric_key=metric_key,
        periods=kept,
        people=[_person(staff[who], at) for at, who in people],
        owner=owner,
        product_ids=[line.product_id for line in found],
        shares=shares,
        columns=around.columns({*rule.names, *also}),
        actual={name: figures.reached(one, found, owner, shares) for name, one in rule.reached.items()},
    )


def _person(member: Member, period: int) -> Person:
    return Person(member.id, member.name, member.role, member.unit_id, member.unit.path, period)


def _staff(company_id: int, members: Sequence[int] | None) -> dict[int, Member]:
    query = select(Member).where(Member.company_id == company_id).options(joinedload(Member.unit))
    if members is not None:
        query = query.where(Member.id.in_(members))
    return {member.id: member for member in db.session.scalars(query)}


def _was_there(member: Member, period: Period) -> bool:
    return member.joined_on <= period.last_day and (member.left_on is None or member.left_on > period.first_day)
