"""Who is meant when a flow says 直接主管, 单位负责人, HR …: answered from one chart of the company on one day.

    chart = approvers.chart(company_id, day)                        four statements; nothing is looked up afterwards
    chart.people({"kind": "manager", "level": 1}, 7, 3, values)     [4]: people who are there that day, nobody twice
    chart.substitute(4)                                             9 while a dated substitute acts for 4, else None

| `kind`          | says besides                                                                                    |
|-----------------|-------------------------------------------------------------------------------------------------|
| `submitter`     |                                                                                                 |
| `member`        | `member`, an id                                                                                 |
| `manager`       | `level` (1), `of`: `submitter`, `member` with `member`, `field` with `field`                    |
| `manager_chain` | `to` a level or `top` (the default), `of` as above: every manager up to there, nearest first    |
| `unit_head`     | `of`: `submitter` (his unit), `row` (what an `each` goes over), `field` or `unit` with such a key |
| `role`          | `role`, `scope` (see SCOPES), with `unit` where the scope is `unit`                             |
| `field`         | `field`: one with people, or `子表.列`; the caller gives the values of the row that it stands in |

A unit without a head is led by the head of the next unit above, and nobody is his own manager or head. Who has left, or
has not begun, is never given. Goals are not known here: whoever asks resolves `goal_owner` himself.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from sqlalchemy import select

from core.db import Document, db
from organization import members
from organization.models import Grant, Member, OrgUnit, Substitute

SCOPES = ("company", "submitter_unit", "nearest", "row_unit", "unit")
"""Which holders of a role: of the whole company (the default); over the submitter's unit, however far above; only the
nearest of those; the nearest over the unit that an `each` goes over; the nearest over a unit that is named."""


class Person(NamedTuple):
    id: int
    name: str
    code: str
    unit_id: int
    manager_id: int | None


class Unit(NamedTuple):
    """`line` are the ids from the unit itself up to the root."""

    id: int
    name: str
    level: str
    line: tuple[int, ...]
    head_id: int | None


@dataclass(frozen=True)
class Asking:
    """For whom and about what somebody is looked for; `row` is the element of the innermost `each`."""

    submitter_id: int
    unit_id: int
    values: Mapping[str, Any]
    row: str | None


@dataclass(frozen=True)
class Chart:
    """The company on a day: who is there, the units, who holds which role over which unit, who acts for whom."""

    members: Mapping[int, Person]
    units: Mapping[int, Unit]
    holders: Mapping[str, Mapping[int, Sequence[int]]]  # role, unit, people
    substitutes: Mapping[int, int]
    _lines: dict[int, tuple[int, ...]] = field(default_factory=dict, repr=False)

    def people(
        self, who: Document, submitter_id: int, unit_id: int, values: Mapping[str, Any], row: str | None = None
    ) -> list[int]:
        """The people behind an entry of `who`. `unit_id` is the unit that the request is made for, mostly the
        submitter's. LookupError for a kind that is not known here."""
        found = RESOLVERS[who["kind"]](self, who, Asking(submitter_id, unit_id, values, row))
        return list(dict.fromkeys(person for person in found if person in self.members))

    def substitute(self, member_id: int) -> int | None:
        """Who acts for a member that day; None: he acts himself."""
        return self.substitutes.get(member_id)

    def units_at(self, level: str, unit_id: int) -> list[int]:
        """The units of a level within a unit, itself among them, in the order of the tree."""
        inside = [unit for unit in self.units.values() if unit.level == level and unit_id in unit.line]
        return [unit.id for unit in sorted(inside, key=lambda unit: unit.line[::-1])]

    def managers(self, member_id: int) -> tuple[int, ...]:
        """The managers above a member, nearest first, as `managers.line_of` gives them."""
        if member_id not in self._lines:
            self._lines[member_id] = tuple(self._upward(member_id))
        return self._lines[member_id]

    def heads(self, unit_id: int) -> Iterator[int]:
        """Who leads the unit, then who leads those above it."""
        line = self.units[unit_id].line if unit_id in self.units else ()
        leaders = (self.units[above].head_id for above in line if above in self.units)
        return (head for head in leaders if head is not None and head in self.members)

    def _upward(self, member_id: int) -> Iterator[int]:
        """A circle of named managers ends where it would close."""
        seen = {member_id}
        above = self._next_above(member_id, seen)
        while above is not None:
            seen.add(above)
            yield above
            above = self._next_above(above, seen)

    def _next_above(self, member_id: int, seen: set[int]) -> int | None:
        person = self.members.get(member_id)
        if person is None:
            return None
        named = person.manager_id
        if named is not None and named in self.members and named not in seen:
            return named
        return next((head for head in self.heads(person.unit_id) if head not in seen), None)


def chart(company_id: int, day: dt.date) -> Chart:
    """The company as it stands on the day. Four statements."""
    return Chart(_members(company_id, day), _units(company_id), _holders(company_id), _substitutes(company_id, day))


def _members(company_id: int, day: dt.date) -> dict[int, Person]:
    columns = select(Member.id, Member.name, Member.code, Member.unit_id, Member.manager_id)
    present = columns.where(Member.company_id == company_id, members.present_on(day)).order_by(Member.id)
    return {row.id: Person(*row) for row in db.session.execute(present)}


def _units(company_id: int) -> dict[int, Unit]:
    columns = select(OrgUnit.id, OrgUnit.name, OrgUnit.level, OrgUnit.path, OrgUnit.head_id)
    return {
        id: Unit(id, name, level, tuple(int(part) for part in reversed(path.strip("/").split("/"))), head_id)
        for id, name, level, path, head_id in db.session.execute(columns.where(OrgUnit.company_id == company_id))
    }


def _holders(company_id: int) -> dict[str, dict[int, list[int]]]:
    rows = select(Grant.role, Grant.unit_id, Grant.member_id).join(Grant.unit).where(OrgUnit.company_id == company_id)
    found: dict[str, dict[int, list[int]]] = defaultdict(lambda: defaultdict(list))
    for role, unit_id, member_id in db.session.execute(rows.order_by(Grant.member_id)):
        found[role][unit_id].append(member_id)
    return found


def _substitutes(company_id: int, day: dt.date) -> dict[int, int]:
    """The newest appointment that holds wins, as in `absences.substitute_of`; one who is not there acts for nobody."""
    holding = (
        select(Substitute.member_id, Substitute.substitute_id)
        .join(Member, Member.id == Substitute.substitute_id)
        .where(Member.company_id == company_id, members.present_on(day))
        .where(Substitute.first_day <= day, Substitute.last_day >= day)
        .order_by(Substitute.id)
    )
    return dict(db.session.execute(holding).all())


# ── kinds of `who` ────────────────────────────────────────────────────────────────────────────────────────────────


def _submitter(chart: Chart, who: Document, asking: Asking) -> list[int]:
    return [asking.submitter_id]


def _member(chart: Chart, who: Document, asking: Asking) -> list[int]:
    return [int(who["member"])]


def _manager(chart: Chart, who: Document, asking: Asking) -> list[int]:
    level = who.get("level", 1)
    return [one for below in _below(who, asking) for one in chart.managers(below)[level - 1 : level]]


def _manager_chain(chart: Chart, who: Document, asking: Asking) -> list[int]:
    top = who.get("to", "top")
    return [one for below in _below(who, asking) for one in chart.managers(below)[: None if top == "top" else top]]


def _below(who: Document, asking: Asking) -> list[int]:
    """Whose managers are meant."""
    match who.get("of", "submitter"):
        case "member":
            return [int(who["member"])]
        case "field":
            return _ids(who["field"], asking)
        case _:
            return [asking.submitter_id]


def _unit_head(chart: Chart, who: Document, asking: Asking) -> list[int]:
    """The submitter does not lead his own unit here: the next above does."""
    kind = who.get("of", "submitter")
    himself = asking.submitter_id if kind == "submitter" else None
    led = (next((head for head in chart.heads(unit) if head != himself), None) for unit in _led(kind, who, asking))
    return [head for head in led if head is not None]


def _led(kind: str, who: Document, asking: Asking) -> list[int]:
    match kind:
        case "row":
            return _numbers(asking.row)
        case "field":
            return _ids(who["field"], asking)
        case "unit":
            return [int(who["unit"])]
        case _:
            return [asking.unit_id]


def _role(chart: Chart, who: Document, asking: Asking) -> list[int]:
    held = chart.holders.get(who["role"], {})
    scope = who.get("scope", "company")
    if scope == "company":
        return [one for people in held.values() for one in people]
    where = {"row_unit": _numbers(asking.row), "unit": [int(who.get("unit", 0))]}.get(scope, [asking.unit_id])
    over = [
        _present(chart, held.get(above, ()))
        for unit in where
        if unit in chart.units
        for above in chart.units[unit].line
    ]
    if scope != "submitter_unit":
        return next((people for people in over if people), [])
    return [one for people in over for one in people]


def _present(chart: Chart, people: Iterable[int]) -> list[int]:
    return [one for one in people if one in chart.members]


def _field(chart: Chart, who: Document, asking: Asking) -> list[int]:
    return _ids(who["field"], asking)


def _ids(name: str, asking: Asking) -> list[int]:
    """The ids in a field, or in the column of a sub-table."""
    if name in asking.values:
        return _numbers(asking.values[name])
    table, _, column = name.partition(".")
    return [one for row in asking.values.get(table) or () for one in _numbers(row.get(column))]


def _numbers(value: Any) -> list[int]:
    """Ids, whether one or several, and as text or not; what is no id names nobody."""
    several = value if isinstance(value, list | tuple) else [value]
    return [int(one) for one in several if str(one).isdecimal()]


RESOLVERS: Mapping[str, Callable[[Chart, Document, Asking], list[int]]] = {
    "submitter": _submitter,
    "member": _member,
    "manager": _manager,
    "manager_chain": _manager_chain,
    "unit_head": _unit_head,
    "role": _role,
    "field": _field,
}
