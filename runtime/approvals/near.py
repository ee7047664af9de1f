"""A chart of the company that reads only what is asked of it: one statement for the units above somebody with those who
lead them, one for each further person or role. `organization.approvers` says who is meant; this says where it looks.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

import sqlalchemy as sa
from sqlalchemy import select
from sqlalchemy.orm import aliased

from core.db import db
from organization.approvers import Chart, Person, Unit
from organization.models import Grant, Member, OrgUnit, Substitute

K = TypeVar("K")
V = TypeVar("V")
UNIT = (OrgUnit.id.label("unit"), OrgUnit.name.label("called"), OrgUnit.level, OrgUnit.path, OrgUnit.head_id)
ACTING = aliased(Member, name="acting")


class Asked(Mapping[K, V]):
    """Looks a key up when it is first asked for; what was looked up in vain is remembered too."""

    def __init__(self, known: dict[K, V | None], learn: Callable[[K], None]) -> None:
        self._known = known
        self._learn = learn

    def __getitem__(self, key: K) -> V:
        if key not in self._known:
            self._learn(key)
        value = self._known.get(key)
        if value is None:
            self._known[key] = None
            raise KeyError(key)
        return value

    def __iter__(self) -> Iterator[K]:
        return (key for key, value in self._known.items() if value is not None)

    def __len__(self) -> int:
        return sum(1 for _key in self)


@dataclass
class Near:
    """What was read so far."""

    company_id: int
    day: dt.date
    people: dict[int, Person | None] = field(default_factory=dict)
    units: dict[int, Unit | None] = field(default_factory=dict)
    holders: dict[str, Mapping[int, Sequence[int]] | None] = field(default_factory=dict)
    substitutes: dict[int, int | None] = field(default_factory=dict)

    def person(self, member_id: int) -> None:
        asked = self._with_substitute(select(*_person(Member))).where(Member.id == member_id)
        for row in db.session.execute(asked):
            self._keep(row)

    def substitute(self, member_id: int) -> None:
        """People are read with who acts for them: who was not read is not there, or nobody acts for him."""
        if member_id not in self.people:
            self.person(member_id)

    def line(self, unit_id: int) -> None:
        """The unit and all above it, with who leads each."""
        below = select(OrgUnit.path).where(OrgUnit.id == unit_id, OrgUnit.company_id == self.company_id)
        path = below.scalar_subquery()
        leads = sa.and_(OrgUnit.head_id == Member.id, self._there(Member))
        asked = select(*_person(Member), *UNIT).select_from(OrgUnit).outerjoin(Member, leads)
        on_line = sa.func.substr(path, 1, sa.func.length(OrgUnit.path)) == OrgUnit.path
        above = self._with_substitute(asked).where(OrgUnit.company_id == self.company_id, on_line)
        for row in db.session.execute(above):
            line = tuple(int(part) for part in reversed(row.path.strip("/").split("/")))
            self.units[row.unit] = Unit(row.unit, row.called, row.level, line, row.head_id)
            if row.head_id is not None:
                self.people.setdefault(row.head_id, None)
            self._keep(row)

    def role(self, role: str) -> None:
        """Everybody who holds it, over which unit."""
        found: dict[int, list[int]] = defaultdict(list)
        asked = select(*_person(Member), Grant.unit_id.label("over")).join(Grant, Grant.member_id == Member.id)
        held = self._with_substitute(asked).where(Grant.role == role).order_by(Member.id)
        for row in db.session.execute(held):
            self._keep(row)
            if row.id not in found[row.over]:
                found[row.over].append(row.id)
        self.holders[role] = found

    def _with_substitute(self, asked: Any) -> Any:
        """Of several who act for one person the one who was appointed last counts: it comes last."""
        holding = sa.and_(
            Substitute.member_id == Member.id, Substitute.first_day <= self.day, Substitute.last_day >= self.day
        )
        return (
            asked.add_columns(ACTING.id.label("acting"))
            .outerjoin(Substitute, holding)
            .outerjoin(ACTING, sa.and_(ACTING.id == Substitute.substitute_id, self._there(ACTING)))
            .where(sa.or_(Member.id.is_(None), self._there(Member)))
            .order_by(Substitute.id)
        )

    def _there(self, member: Any) -> sa.ColumnElement[bool]:
        joined, left = member.joined_on <= self.day, sa.or_(member.left_on.is_(None), member.left_on > self.day)
        return sa.and_(member.company_id == self.company_id, joined, left)

    def _keep(self, row: Any) -> None:
        if row.id is None:
            return
        self.people[row.id] = Person(row.id, row.name, row.code, row.unit_id, row.manager_id)
        if row.acting is not None or row.id not in self.substitutes:
            self.substitutes[row.id] = row.acting


def chart(company_id: int, day: dt.date) -> Chart:
    """The company on the day, read as it is asked."""
    near = Near(company_id, day)
    return Chart(
        members=Asked(near.people, near.person),
        units=Asked(near.units, near.line),
        holders=Asked(near.holders, near.role),
        substitutes=Asked(near.substitutes, near.substitute),
    )


def _person(member: type[Member]) -> tuple[Any, ...]:
    return member.id, member.name, member.code, member.unit_id, member.manager_id
