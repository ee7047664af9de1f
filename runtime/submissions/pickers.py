"""What may be picked in a form: people, units, products, customers, goals, tasks, other records. Each is found by
words, told by its name, and only offered and accepted where the person may see it.

Metrics are published definitions: `builder.forms` finds them itself.
"""

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa
from flask_babel import gettext as _
from sqlalchemy import select

from builder.forms import Field, Form
from builder.models import Definition
from core import clock
from core.db import Document, db, like_prefix
from core.errors import Problem
from core.i18n import language
from organization import members, units
from organization.access import visible_units
from organization.models import Customer, Member, OrgUnit, Product
from runtime.actions.models import Task
from runtime.goals import sight
from runtime.goals.models import Goal, GoalSet
from runtime.submissions import sights
from runtime.submissions.models import Submission

OFFERED = 20
MOST_CARRIED = 500
SEES = "organization.read"
CODED = re.compile(r"(.*) \(([^()]+)\)")

Condition = sa.ColumnElement[bool]


@dataclass(frozen=True)
class Picker:
    """`rows` selects id, name and code of a company's; `allowed` narrows them to what a person may pick in a field."""

    rows: Callable[[int], sa.Select[Any]]
    key: Any
    name: Any
    code: Any
    allowed: Callable[[Member, Document], Iterator[Condition]]


# ── who may pick what ────────────────────────────────────────────────────────────────────────────────────────────────


def _where(member: Member, pick: Document) -> Condition:
    """The units that a field offers: those asked for, otherwise those he may see."""
    asked = pick.get("unit")
    if asked == "mine":
        return OrgUnit.id == member.unit_id
    if asked == "below":
        return like_prefix(OrgUnit.path, member.unit.path)
    return sa.true() if asked == "company" else visible_units(member, SEES)


def _people(member: Member, pick: Document) -> Iterator[Condition]:
    yield members.present_on(clock.today())
    yield _where(member, pick)
    if "roles" in pick:
        yield Member.role.in_(pick["roles"])


def _units(member: Member, pick: Document) -> Iterator[Condition]:
    yield units.open_on(clock.today())
    yield _where(member, pick)


def _products(_member: Member, _pick: Document) -> Iterator[Condition]:
    yield sa.or_(Product.retired_on.is_(None), Product.retired_on > clock.today())


def _customers(member: Member, pick: Document) -> Iterator[Condition]:
    yield sa.or_(Customer.owner_id == member.id, _where(member, pick))


def _goals(member: Member, pick: Document) -> Iterator[Condition]:
    yield sa.or_(Goal.member_id == member.id, visible_units(member, sight.READ))
    if "layer" in pick:
        yield Goal.layer == pick["layer"]


def _tasks(member: Member, _pick: Document) -> Iterator[Condition]:
    yield Task.member_id == member.id


def _records(member: Member, pick: Document) -> Iterator[Condition]:
    yield Definition.key == pick.get("form", "")
    yield sights.visible(member, sights.form_of(member.company_id, pick.get("form", "")))


# ── what there is ────────────────────────────────────────────────────────────────────────────────────────────────────


def _of_units(company_id: int) -> sa.Select[Any]:
    return select(OrgUnit.id, OrgUnit.name, OrgUnit.code).where(OrgUnit.company_id == company_id)


def _of_people(company_id: int) -> sa.Select[Any]:
    rows = select(Member.id, Member.name, Member.code).join(OrgUnit, OrgUnit.id == Member.unit_id)
    return rows.where(Member.company_id == company_id)


def _of_products(company_id: int) -> sa.Select[Any]:
    return select(Product.id, Product.name, Product.code).where(Product.company_id == company_id)


def _of_customers(company_id: int) -> sa.Select[Any]:
    rows = select(Customer.id, Customer.name, Customer.code).join(OrgUnit, OrgUnit.id == Customer.unit_id)
    return rows.where(Customer.company_id == company_id)


def _of_goals(company_id: int) -> sa.Select[Any]:
    """Those of a split that holds, and those that people wrote."""
    rows = select(Goal.id, Goal.name, NO_CODE).outerjoin(Goal.goal_set).join(OrgUnit, OrgUnit.id == Goal.unit_id)
    holds = sa.func.coalesce(GoalSet.state, Goal.state) == "active"
    return rows.where(OrgUnit.company_id == company_id, holds)


def _of_tasks(company_id: int) -> sa.Select[Any]:
    return select(Task.id, _task_title(), NO_CODE).where(Task.company_id == company_id)


def _of_records(company_id: int) -> sa.Select[Any]:
    rows = select(Submission.id, Submission.named, RECORD_NUMBER).join(Submission.definition)
    return rows.where(Submission.company_id == company_id, Submission.state == "submitted")


def _task_title() -> sa.ColumnElement[str]:
    """As a JSON text of SQL: in the reader's language."""
    return sa.type_coerce(Task.title, sa.JSON)[language()].as_string()


NO_CODE = sa.literal("")
RECORD_NUMBER = sa.cast(Submission.id, sa.String).label("number")

PICKERS: Mapping[str, Picker] = {
    "person": Picker(_of_people, Member.id, Member.name, Member.code, _people),
    "unit": Picker(_of_units, OrgUnit.id, OrgUnit.name, OrgUnit.code, _units),
    "product": Picker(_of_products, Product.id, Product.name, Product.code, _products),
    "customer": Picker(_of_customers, Customer.id, Customer.name, Customer.code, _customers),
    "goal": Picker(_of_goals, Goal.id, Goal.name, NO_CODE, _goals),
    "task": Picker(_of_tasks, Task.id, _task_title(), NO_CODE, _tasks),
    "record": Picker(_of_records, Submission.id, Submission.named, RECORD_NUMBER, _records),
}


CARRIED: Mapping[str, Callable[[Member], Condition]] = {
    "customer": lambda member: Customer.owner_id == member.id,
    "product": lambda _member: sa.true(),
}
"""What a page carries whole: his own customers, the company's products."""


# ── finding ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def first(member: Member, field: Field) -> list[tuple[int, str]]:
    """What a list holds before anything is typed: some, and of customers and products those he works with, so that a
    page that was opened before the network went can be filled all the same. Rows of a sub-table share one list."""
    if field.table is not None or field.widget not in CARRIED:
        return offered(member, field)
    carried = offered(member, field, most=MOST_CARRIED, only=CARRIED[field.widget](member))
    return carried or offered(member, field)


def offered(
    member: Member, field: Field, words: str = "", most: int = OFFERED, only: Condition | None = None
) -> list[tuple[int, str]]:
    """What fits the words typed so far: ids, and names with their numbers, 张三 (S0001)."""
    picker = PICKERS[field.widget]
    query = _allowed(member, field, picker).order_by(picker.name, picker.key).limit(most)
    if only is not None:
        query = query.where(only)
    if words.strip():
        query = query.where(sa.or_(members.holds(picker.name, words), members.holds(picker.code, words)))
    return [(key, called(name, code)) for key, name, code in db.session.execute(query)]


def called(name: str, code: str) -> str:
    return f"{name} ({code})" if code else name


def _allowed(member: Member, field: Field, picker: Picker) -> sa.Select[Any]:
    return picker.rows(member.company_id).where(*picker.allowed(member, field.spec.get("x-pick", {})))


def _meant(picker: Picker, words: str) -> Condition:
    """A name with its number, a number, or a name."""
    typed = words.strip()
    coded = CODED.fullmatch(typed)
    told = sa.or_(picker.name == typed, picker.code == typed)
    return sa.or_(told, sa.and_(picker.name == coded[1], picker.code == coded[2])) if coded else told


@dataclass
class Names:
    """What picked ids are called, and which of them this person may pick. Each is asked for once."""

    company_id: int
    member: Member | None
    known: dict[tuple[str, int], tuple[str, str]] = field(default_factory=dict)
    allowed: set[tuple[str, int]] = field(default_factory=set)

    def named(self, widget: str, value: Any) -> str | None:
        """The name of an id; None where the company has no such thing."""
        found = self._row(widget, value)
        return found and found[0]

    def typed(self, widget: str, value: Any) -> str:
        found = self._row(widget, value)
        return called(*found) if found else ""

    def found(self, at: Field, words: str) -> int | None:
        """The id that typed words mean among what he may pick; None for none, and for several."""
        picker = PICKERS.get(at.widget)
        if picker is None or self.member is None:
            return None
        rows = db.session.execute(_allowed(self.member, at, picker).where(_meant(picker, words)).limit(2)).all()
        if len(rows) != 1:
            return None
        self.known[at.widget, rows[0][0]] = (rows[0][1], rows[0][2])
        self.allowed.add((at.id, rows[0][0]))
        return int(rows[0][0])

    def refused(self, form: Form, values: Mapping[str, Any], before: Mapping[str, Any]) -> list[Problem]:
        """Problems at ids that are not his to pick. What stood there `before` may stay."""
        self.allowed |= {(at.id, one) for at, picked in _picked(form, before) for _path, one in picked}
        return [problem for at, picked in _picked(form, values) for problem in self._outside(at, picked)]

    def learn(self, form: Form, values: Mapping[str, Any]) -> None:
        """Look up all picked ids of some values in one statement."""
        self.learn_all(form, [values])

    def learn_all(self, form: Form, several: Iterable[Mapping[str, Any]]) -> None:
        wanted: dict[str, set[int]] = {}
        for values in several:
            for at, picked in _picked(form, values):
                wanted.setdefault(at.widget, set()).update(value for _path, value in picked)
        unknown = {widget: {one for one in ids if (widget, one) not in self.known} for widget, ids in wanted.items()}
        asked = [self._called(widget, ids) for widget, ids in unknown.items() if ids]
        if asked:
            for widget, key, name, code in db.session.execute(sa.union_all(*asked)):
                self.known[widget, key] = (name, code)

    def _row(self, widget: str, value: Any) -> tuple[str, str] | None:
        if widget not in PICKERS or not _is_id(value):
            return None
        if (widget, value) not in self.known:
            for _widget, key, name, code in db.session.execute(self._called(widget, {value})):
                self.known[widget, key] = (name, code)
        return self.known.get((widget, value))

    def _called(self, widget: str, ids: Collection[int]) -> sa.Select[Any]:
        picker = PICKERS[widget]
        columns = sa.literal(widget), picker.key, picker.name, picker.code
        return picker.rows(self.company_id).with_only_columns(*columns).where(picker.key.in_(ids))

    def _outside(self, at: Field, picked: Sequence[tuple[str, int]]) -> Iterator[Problem]:
        left = {value for _path, value in picked if (at.id, value) not in self.allowed}
        if not left:
            return
        picker = PICKERS[at.widget]
        query = _allowed(self.member, at, picker).where(picker.key.in_(left)) if self.member else None
        found = {row[0] for row in db.session.execute(query)} if query is not None else set()
        sentence = _("This is not there any more, or not for you to choose. Choose another.")
        yield from (Problem(path, at.widget, sentence) for path, value in picked if value in left - found)


def _picked(form: Form, values: Mapping[str, Any]) -> Iterator[tuple[Field, list[tuple[str, int]]]]:
    """Every picker with the places and ids that stand in it."""
    for at in form.tops:
        value = values.get(at.name)
        if at.widget in PICKERS:
            yield at, list(_ids(f"/{at.name}", value))
        elif at.widget == "table" and isinstance(value, list):
            for column in at.columns:
                if column.widget in PICKERS:
                    yield column, list(_of_rows(at, column, value))


def _of_rows(table: Field, column: Field, rows: Sequence[Any]) -> Iterator[tuple[str, int]]:
    for number, row in enumerate(rows):
        if isinstance(row, dict):
            yield from _ids(f"/{table.name}/{number}/{column.name}", row.get(column.name))


def _ids(path: str, value: Any) -> Iterator[tuple[str, int]]:
    for entry in value if isinstance(value, list) else [value]:
        if _is_id(entry):
            yield path, entry


def _is_id(value: Any) -> bool:
    """One that a database could hold."""
    return isinstance(value, int) and not isinstance(value, bool) and 0 < value < 2**63
