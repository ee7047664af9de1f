"""The records of a form as a list: narrowed by any field, with the columns that one chose, page by page by key.

Whose records there are is one WHERE (`sights.visible`); fields that one may not see are neither shown nor searched.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any, NamedTuple

import sqlalchemy as sa
from flask_babel import gettext as _
from sqlalchemy import select

from builder import forms
from builder.forms import Field, Form, World
from builder.models import DefinitionVersion
from core.db import db
from core.errors import NotFound
from core.i18n import moment, text
from organization import members, paging
from organization.models import Member, OrgUnit
from runtime.submissions import field_values, sights, worlds
from runtime.submissions.models import Submission
from runtime.submissions.pickers import Names

USUAL_COLUMNS = 5
CONTAINS = "contains"
OPS = ("=", "<>", ">=", "<=", CONTAINS)
MOST_EXPORTED = 10_000
NOTHING = "—"
NARROW = field_values.NUMBERS | {"date", "phone", "serial"}
SUBMITTER, UNIT = Member.name.label("submitter"), OrgUnit.name.label("unit")
HEAD = (Submission.id, Submission.named, Submission.recorded_at, SUBMITTER, UNIT)


@dataclass(frozen=True)
class Asked:
    """A condition as it was typed: field id, one of OPS, words."""

    field: str
    op: str
    words: str


@dataclass(frozen=True)
class Chosen:
    """What the list is narrowed to, and the ids of the fields that it shows; none shows the usual ones."""

    words: str = ""
    asked: Sequence[Asked] = ()
    columns: Sequence[str] = ()


@dataclass
class Records:
    """The list of a form for one person. `wrong` are sentences about conditions that cannot be read, by position."""

    member: Member
    version: DefinitionVersion
    form: Form
    world: World
    names: Names
    chosen: Chosen
    wrong: dict[int, str] = field(default_factory=dict)

    @cached_property
    def unseen(self) -> Mapping[str, str]:
        """Fields that his roles may not see, by id."""
        barred = forms.rights.barred(self.form, self.world.who.roles)
        return {field_id: right for field_id, right in barred.items() if right == forms.rights.HIDE}

    @cached_property
    def fields(self) -> list[Field]:
        """What he may see and a list can show, in the order of the page."""
        seen = (one for one in self.form.order if one.id not in self.unseen)
        return [one for one in seen if one.widget not in ("table", "signature")]

    @cached_property
    def searched(self) -> list[Field]:
        """What a condition may name; columns of sub-tables too."""
        columns = [column for table in self.form.tables for column in table.columns]
        seen = [one for one in (*self.fields, *columns) if one.id not in self.unseen]
        return [one for one in seen if field_values.column_of(one) is not None]

    @cached_property
    def columns(self) -> list[Field]:
        chosen = [one for one in self.fields if one.id in self.chosen.columns]
        return chosen or [one for one in self.fields if one.id != self._naming][:USUAL_COLUMNS]

    @property
    def _naming(self) -> str:
        """The field that every record is called by: it stands in front already."""
        return str(self.form.body.get("named_by", ""))

    @cached_property
    def titled(self) -> list[tuple[Field, str]]:
        return [(one, text(one.title)) for one in self.columns]

    @cached_property
    def narrow(self) -> frozenset[str]:
        """Titles of columns whose cells stay on one line."""
        return frozenset(title for one, title in self.titled if one.widget in NARROW)

    @cached_property
    def offered(self) -> dict[str, Sequence[forms.Option]]:
        """What may be chosen in each field, read once for all rows."""
        choosers = (one for one in self.form.fields.values() if "x-options" in one.spec)
        return {one.id: forms.offered_to_all(self.form, one, self.world) for one in choosers}

    def shown(self, one: Field, values: Mapping[str, Any]) -> str:
        value = values.get(one.name)
        if value is None:
            return ""
        if one.widget in ("file", "image"):
            return _("%(count)s files", count=len(value) if isinstance(value, list) else 1)
        return forms.shown(one, value, self.world, self.offered.get(one.id, ()))


def find(member: Member, key: str, chosen: Chosen) -> Records:
    """Raises NotFound where there is no such form. One statement."""
    version = sights.version_of(member.company_id, key)
    if version is None:
        raise NotFound(_("There is no such form, or it is not published for your unit."))
    form = forms.of(version.document["body"], version.digest)
    names = Names(member.company_id, member)
    return Records(member, version, form, worlds.of(member, form, names), names, chosen)


class Line(NamedTuple):
    """A record in the list, in words; of each column its title and what stands there."""

    id: int
    named: str
    cells: list[tuple[str, str]]
    submitter: str
    unit: str
    sent_at: str


def page(records: Records, *, after: int | None, before: int | None) -> paging.Page:
    """Newest first, as lines. Two statements: the rows with the cells that are shown, and what is picked in them."""
    values = sa.type_coerce(Submission.values, sa.JSON)
    query = _query(records, [values[one.name] for one in records.columns])
    found = paging.page(query, Submission, "id", descending=True, after=after, before=before)
    names = [one.name for one in records.columns]
    rows = [(row, dict(zip(names, row[len(HEAD) :], strict=True))) for row in found.rows]
    records.names.learn_all(records.form, [values for _row, values in rows])
    return replace(found, rows=[_line(records, row, values) for row, values in rows])


def _line(records: Records, row: Any, values: Mapping[str, Any]) -> Line:
    return Line(
        id=row.id,
        named=row.named or f"#{row.id}",
        cells=[(title, records.shown(one, values) or NOTHING) for one, title in records.titled],
        submitter=row.submitter or NOTHING,
        unit=row.unit,
        sent_at=moment(row.recorded_at),
    )


def exported(records: Records, ids: Sequence[int] = ()) -> list[Any]:
    """What he may take out, at most MOST_EXPORTED, newest first; of these only `ids` where some were chosen."""
    query = _query(records, [Submission.values], "export")
    if ids:
        query = query.where(Submission.id.in_(ids))
    rows = list(db.session.execute(query.order_by(Submission.id.desc()).limit(MOST_EXPORTED)))
    records.names.learn_all(records.form, [row.values for row in rows])
    return rows


def _query(records: Records, more: Sequence[Any], action: str | None = None) -> sa.Select[Any]:
    """`more` are the columns behind HEAD."""
    return (
        select(*HEAD, *more)
        .outerjoin(Member, Member.id == Submission.submitter_id)
        .join(OrgUnit, OrgUnit.id == Submission.unit_id)
        .where(Submission.definition_id == records.version.definition_id, Submission.state == "submitted")
        .where(sights.visible(records.member, records.form, action), *_conditions(records))
    )


def _conditions(records: Records) -> Iterator[sa.ColumnElement[bool]]:
    if words := records.chosen.words.strip():
        yield sa.or_(members.holds(Submission.named, words), members.holds(Member.name, words))
    known = {one.id: one for one in records.searched}
    for number, asked in enumerate(records.chosen.asked):
        if asked.field in known and asked.words.strip():
            yield _condition(records, number, known[asked.field], asked)


def _condition(records: Records, number: int, one: Field, asked: Asked) -> sa.ColumnElement[bool]:
    """What was typed means what it means in the form: 7.2亿, 降价, 张三. What cannot be read finds nothing."""
    if asked.op == CONTAINS and field_values.column_of(one) == "text":
        return field_values.contains(one, asked.words)
    try:
        offered = forms.offered_to_all(records.form, one, records.world)
        value = forms.parse(one, asked.words, records.world, offered)
    except ValueError as error:
        records.wrong[number] = str(error)
        return sa.false()
    op = "=" if asked.op == CONTAINS or asked.op not in OPS else asked.op
    return field_values.holds(one, op, value[0] if isinstance(value, list) else value)
