"""Records from a sheet: each is judged as on the page and looked at before anything is stored; all are stored or none.

A line is a record. Columns of a sub-table are called 资源需求清单.数量; a line that fills only these belongs to the
record above it, as merged cells come out of a spreadsheet. The id of a record is made from what it says, so that the
same file twice stores nothing twice.
"""

import hashlib
import json
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from itertools import product
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import select

from builder import forms
from builder.forms import Field
from core import audit
from core.db import db
from core.errors import Conflict, Invalid, Problem
from core.i18n import text
from organization.imports.columns import PROBLEMS
from organization.imports.reading import Sheet
from organization.models import Member
from organization.values import Cell
from runtime.submissions import filling, submissions
from runtime.submissions.attachments import FILES
from runtime.submissions.filling import Filling
from runtime.submissions.models import Submission
from runtime.submissions.submissions import Doubtful

MOST = 1_000  # records of a file
FIRST_LINE = 2  # below the titles

Line = tuple[int, Sequence[Cell]]
Parse = Callable[[Field, Cell], Any]


@dataclass(frozen=True)
class Column:
    """A field that a sheet may bring, or with `table` a column of that sub-table."""

    field: Field
    table: Field | None = None

    @property
    def title(self) -> str:
        own = text(self.field.title)
        return own if self.table is None else f"{text(self.table.title)}.{own}"

    @property
    def spellings(self) -> Iterator[str]:
        """How a header may call it: by its titles or its name, in small letters."""
        own = [*self.field.title.values(), self.field.name]
        around = [*self.table.title.values(), self.table.name] if self.table else []
        yield from (f"{outer}.{inner}".casefold() for outer, inner in product(around, own))
        yield from (name.casefold() for name in own if self.table is None)


@dataclass
class Entry:
    """A record of the file: its lines, what they say, what is wrong. `rows` are the lines of each sub-table's rows."""

    lines: list[Line]
    values: dict[str, Any] = field(default_factory=dict)
    rows: dict[str, list[int]] = field(default_factory=dict)
    unread: list[Problem] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    doubts: list[Problem] = field(default_factory=list)
    client_id: str = ""
    is_there: bool = False

    @property
    def line(self) -> int:
        return self.lines[0][0]

    def line_of(self, path: str) -> int:
        """The line of the file that a place of the values came from."""
        parts = path.split("/")[1:]
        rows = self.rows.get(parts[0], []) if len(parts) > 1 and parts[1].isdigit() else []
        return rows[int(parts[1])] if rows and int(parts[1]) < len(rows) else self.line


@dataclass(frozen=True)
class Plan:
    """What an import would do. `matched` are columns by their place in the header, `unknown` titles nobody knows."""

    place: Filling
    sheet: Sheet
    matched: Mapping[int, Column]
    unknown: Sequence[str]
    entries: Sequence[Entry]

    @property
    def wrong(self) -> list[Entry]:
        return [entry for entry in self.entries if entry.problems]

    @property
    def new(self) -> list[Entry]:
        return [entry for entry in self.entries if not entry.problems and not entry.is_there]

    @property
    def doubtful(self) -> list[Entry]:
        return [entry for entry in self.new if entry.doubts]

    @property
    def counts(self) -> dict[str, int]:
        there = sum(entry.is_there for entry in self.entries)
        return {"new": len(self.new), "there": there, "wrong": len(self.wrong)}

    @property
    def fingerprint(self) -> str:
        """Changes with what would be stored and with the form."""
        stored = "\n".join([str(self.place.version.id), *(entry.client_id for entry in self.new)])
        return hashlib.sha256(stored.encode()).hexdigest()

    def column_at(self, path: str) -> int | None:
        """The place in the header of what a problem is about; None where the file has no such column."""
        found = forms.field_at(self.place.form, path)
        return next((place for place, column in self.matched.items() if column.field is found), None)


def columns(place: Filling) -> list[Column]:
    """What a sheet may say: what he fills in on the page, files aside."""
    return [column for column in _all(place) if _is_given(place, column.field)]


def _all(place: Filling) -> Iterator[Column]:
    for at in place.form.order:
        if at.widget == "table":
            yield from (Column(column, at) for column in at.columns)
        else:
            yield Column(at)


def _is_given(place: Filling, at: Field) -> bool:
    right = forms.rights.may(place.form, at.id, place.world.who.roles)
    return at.typed and at.widget not in FILES and right == forms.rights.EDIT


# ── looking ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def make(member: Member, key: str, sheet: Sheet) -> Plan:
    """Judge every record of a sheet. Raises NotFound and Forbidden as the page does, Invalid for a wrong file."""
    place = filling.find(member, key, "")
    submissions.require(place)
    matched, unknown = _matched(place, sheet.header)
    if not matched:
        known = ", ".join(column.title for column in columns(place))
        sentence = _("The first line names no field of this form. Known are: %(known)s.", known=known)
        raise Invalid([Problem("/file", "columns", sentence)])
    entries = _entries(matched, sheet)
    if len(entries) > MOST:
        raise Invalid([Problem("/file", "too_many", _("A file may hold %(most)s records. Split it.", most=MOST))])
    _read(place, matched, entries)
    _name(place, entries)
    _judge(place, entries)
    return Plan(place, sheet, matched, unknown, entries)


def _matched(place: Filling, header: Sequence[str]) -> tuple[dict[int, Column], list[str]]:
    known: dict[str, Column] = {}
    for column in columns(place):
        known |= {spelling: column for spelling in column.spellings if spelling not in known}
    found: dict[int, Column] = {}
    unknown: list[str] = []
    for at, title in enumerate(header):
        spelling = title.strip().rstrip("*").strip().casefold()
        if spelling in known and known[spelling] not in found.values():
            found[at] = known[spelling]
        elif title and title not in PROBLEMS:
            unknown.append(title)
    return found, unknown


def _entries(matched: Mapping[int, Column], sheet: Sheet) -> list[Entry]:
    own = [at for at, column in matched.items() if column.table is None]
    has_rows = len(own) < len(matched)
    entries: list[Entry] = []
    for line, cells in enumerate(sheet.rows, start=FIRST_LINE):
        continues = has_rows and all(_is_blank(cells[at]) for at in own)
        if entries and continues:
            entries[-1].lines.append((line, cells))
        else:
            entries.append(Entry([(line, cells)]))
    return entries


def _is_blank(cell: Cell) -> bool:
    return cell is None or (isinstance(cell, str) and not cell.strip())


def _read(place: Filling, matched: Mapping[int, Column], entries: Sequence[Entry]) -> None:
    """Fields without a column begin as on the page: with their default or what is known of him."""
    parse = _parser(place)
    asked = {column.field.name if column.table is None else column.table.name for column in matched.values()}
    begun = filling.begin(place, {})
    left = {at.name: begun[at.name] for at in place.form.tops if at.typed and at.name in begun and at.name not in asked}
    own = [(at, column.field) for at, column in matched.items() if column.table is None]
    tables = {column.table: _of_table(matched, column.table) for column in matched.values() if column.table}
    for entry in entries:
        entry.values = {**left, **_cells(parse, own, entry.lines[0][1], "", entry.unread)}
        for table, cells in tables.items():
            _read_rows(parse, table, cells, entry)


def _parser(place: Filling) -> Parse:
    """The same cell of the same field is read once: a name that is picked costs a statement."""

    def parse(at: Field, cell: Cell) -> Any:
        return forms.parse(at, cell, place.world, forms.offered_to_all(place.form, at, place.world))

    return lru_cache(maxsize=50_000, typed=True)(parse)


def _of_table(matched: Mapping[int, Column], table: Field) -> list[tuple[int, Field]]:
    return [(at, column.field) for at, column in matched.items() if column.table is table]


def _read_rows(parse: Parse, table: Field, columns: Sequence[tuple[int, Field]], entry: Entry) -> None:
    rows: list[dict[str, Any]] = []
    for line, cells in entry.lines:
        if any(not _is_blank(cells[at]) for at, _column in columns):
            rows.append(_cells(parse, columns, cells, f"/{table.name}/{len(rows)}", entry.unread))
            entry.rows.setdefault(table.name, []).append(line)
    if rows:
        entry.values[table.name] = rows


def _cells(
    parse: Parse, columns: Sequence[tuple[int, Field]], cells: Sequence[Cell], path: str, unread: list[Problem]
) -> dict[str, Any]:
    said: dict[str, Any] = {}
    for at, column in columns:
        try:
            value = parse(column, cells[at])
        except ValueError as error:
            unread.append(Problem(f"{path}/{column.name}", "format", str(error)))
            continue
        if value is not None and value != []:
            said[column.name] = value
    return said


def _name(place: Filling, entries: Sequence[Entry]) -> None:
    """The same words twice in one file are two records; the same file again is none."""
    seen: Counter[str] = Counter()
    for entry in entries:
        said = json.dumps([place.version.definition_id, place.world.who.member_id, entry.values], sort_keys=True)
        seen[said] += 1
        entry.client_id = "import-" + hashlib.sha256(f"{said}{seen[said]}".encode()).hexdigest()[:40]
    known = _known(place, [entry.client_id for entry in entries])
    for entry in entries:
        entry.is_there = not entry.unread and entry.client_id in known


def _known(place: Filling, client_ids: Collection[str]) -> set[str]:
    stored = select(Submission.client_id).where(Submission.company_id == place.company_id)
    return set(db.session.scalars(stored.where(Submission.client_id.in_(client_ids))))


def _judge(place: Filling, entries: Sequence[Entry]) -> None:
    left = _left(place)
    for entry in entries:
        if entry.is_there:
            continue
        try:
            submissions.judged(place, entry.values, unread=entry.unread, in_spite_of_warnings=False)
        except Doubtful as doubtful:
            entry.doubts = doubtful.problems
        except Invalid as invalid:
            entry.problems = invalid.problems
        if not entry.problems and left is not None:
            entry.problems = _beyond(left)
            left -= 1


def _left(place: Filling) -> int | None:
    """How often he may still send the form in this period; None for as often as he likes."""
    often = forms.limits.often(place.form)
    return often.most - filling.sent_since(place, often.began(place.world.today)) if often else None


def _beyond(left: int) -> list[Problem]:
    sentence = _("The form takes no more records of yours in this period. Take this line out.")
    return [Problem("", "often", sentence)] if left <= 0 else []


# ── storing ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def store(plan: Plan, *, fingerprint: str, file: Mapping[str, str]) -> int:
    """Every new record, as if he had sent it on the page; how many. Raises Conflict when a line is wrong, or when it is
    not what he looked at. Flushes."""
    if plan.wrong:
        raise Conflict(_("Some rows are wrong. Download the marked file, mend it and upload it again."))
    if plan.fingerprint != fingerprint:
        raise Conflict(_("The data changed since you looked. Look at the preview again, then confirm."))
    for entry in plan.new:
        own = replace(plan.place, client_id=entry.client_id)
        submissions.submit(own, entry.values, source="import", in_spite_of_warnings=True)
    who = plan.place.world.who.member_id
    subject = f"definition:{plan.place.version.definition_id}"
    audit.record("submission.import", subject, by_id=who, after={**file, **plan.counts})
    return len(plan.new)
