"""What an import would do, worked out without writing anything: rows that are new, changed, the same, or wrong.

Codes are the keys, so the same file twice changes nothing the second time. A column that the file does not have is left
as it is; an empty cell empties. Everything refers by code, also within the file: a parent may stand below its child.
"""

import hashlib
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from flask_babel import gettext as _

from core.errors import Invalid, Problem
from organization import values
from organization.access import covered_paths
from organization.imports.columns import Column, Matched, match
from organization.imports.reading import Sheet
from organization.models import Company, Member
from organization.values import Cell

Values = dict[str, Any]
Key = tuple[Any, ...]


@dataclass(frozen=True)
class Kind:
    """One sort of sheet. `key_columns` name a row, those that are not `needed` perhaps with nothing.

    `words` are columns whose vocabulary should not grow by a slip.

    existing(company) → what is there, by key, in the words of the sheet, plus `id`.
    judge(plan): adds the problems that need more than one cell. write(plan): everything, in bulk; no commit.
    """

    key: str
    title: Any
    about: Any
    permission: str
    icon: str
    columns: tuple[Column, ...]
    key_columns: tuple[str, ...]
    existing: Callable[[Company], dict[Key, Values]]
    judge: Callable[["Plan"], None]
    write: Callable[["Plan"], None]
    takes_attributes: bool = False
    words: tuple[str, ...] = ()


@dataclass
class Row:
    """`line` is the line in the file. `values` are the cells that were read; `after` is the whole as it would be."""

    line: int
    cells: list[Cell]
    key: Key = ()
    values: Values = field(default_factory=dict)
    before: Values | None = None
    after: Values = field(default_factory=dict)
    problems: list[tuple[str, str]] = field(default_factory=list)  # (column key, sentence)
    change: str = "same"

    def wrong(self, column: str, sentence: str) -> None:
        self.problems.append((column, sentence))
        self.change = "wrong"

    @property
    def ok(self) -> bool:
        return self.change != "wrong"


@dataclass
class Plan:
    kind: Kind
    actor: Member
    company: Company
    sheet: Sheet
    matched: Matched
    rows: list[Row]
    existing: dict[Key, Values]
    notes: list[str] = field(default_factory=list)

    @property
    def counts(self) -> dict[str, int]:
        counted = Counter(row.change for row in self.rows)
        return {change: counted[change] for change in ("add", "change", "same", "wrong")}

    @property
    def adds(self) -> list[Row]:
        return [row for row in self.rows if row.change == "add"]

    @property
    def changes(self) -> list[Row]:
        return [row for row in self.rows if row.change == "change"]

    @property
    def wrong(self) -> list[Row]:
        return [row for row in self.rows if row.change == "wrong"]

    @property
    def fingerprint(self) -> str:
        """What somebody confirms: equal only when the same rows would do the same."""
        doing = [(row.line, row.change, row.before, row.after) for row in self.rows if row.change != "same"]
        return hashlib.sha256(repr(doing).encode()).hexdigest()

    def columns_by_key(self) -> dict[str, Column]:
        return {column.key: column for column in self.kind.columns}

    def has(self, column: str) -> bool:
        return any(found.key == column for found in self.matched.columns.values())

    def place_of(self, column: str) -> int | None:
        """Where in the header the column, or the attribute, stands."""
        places = {found.key: place for place, found in self.matched.columns.items()} | {
            f"attribute:{key}": place for place, key in self.matched.attributes.items()
        }
        return places.get(column)

    def covered(self, path: str) -> bool:
        """Whether the actor's grants reach a unit's path."""
        return any(path.startswith(prefix) for prefix in covered_paths(self.actor, self.kind.permission))


def make(kind: Kind, sheet: Sheet, actor: Member) -> Plan:
    """Raises Invalid when the sheet as a whole cannot be used; wrong rows are in the plan."""
    company = actor.company
    matched = match(sheet.header, kind.columns, kind.takes_attributes)
    _must_have_keys(kind, matched)
    existing = kind.existing(company)
    rows = [Row(number, cells) for number, cells in enumerate(sheet.rows, start=2)]
    plan = Plan(kind, actor, company, sheet, matched, rows, existing)
    for row in rows:
        _read(plan, row)
    _refuse_doubles(plan)
    for row in rows:
        _compare(plan, row)
    kind.judge(plan)
    plan.notes = list(_notes(plan))
    return plan


def _must_have_keys(kind: Kind, matched: Matched) -> None:
    there = {column.key for column in matched.columns.values()}
    keys = [column for column in kind.columns if column.key in kind.key_columns and column.needed]
    missing = [column.title for column in keys if column.key not in there]
    if missing:
        names = ", ".join(missing)
        sentence = _("The first line must name the columns; missing: %(names)s. Start from the template.", names=names)
        raise Invalid([Problem("/file", "columns", sentence)])


def _read(plan: Plan, row: Row) -> None:
    for place, column in plan.matched.columns.items():
        if column.keeps and row.cells[place] in (None, ""):
            continue
        try:
            row.values[column.key] = column.value(row.cells[place], plan.company)
        except ValueError as error:
            row.wrong(column.key, str(error))
    if plan.matched.attributes:
        row.values["attributes"] = {key: _attribute(row, place, key) for place, key in plan.matched.attributes.items()}
    row.key = tuple(row.values.get(column) for column in plan.kind.key_columns)
    columns = plan.columns_by_key()
    for column in plan.kind.key_columns:
        if row.ok and columns[column].needed and row.values.get(column) is None:
            row.wrong(column, _("%(name)s is missing.", name=columns[column].title))


def _attribute(row: Row, place: int, key: str) -> Any:
    cell = row.cells[place]
    if cell is None or cell == "":
        return None
    if values.attribute_kind(key) == "word":
        return values.word_or_number(str(cell)) if isinstance(cell, str) else cell
    try:
        return values.number(cell)
    except ValueError as error:
        row.wrong(f"attribute:{key}", str(error))
        return None


def _refuse_doubles(plan: Plan) -> None:
    first: dict[Key, int] = {}
    for row in plan.rows:
        if not row.ok:
            continue
        if row.key in first:
            sentence = _("Line %(line)s says the same key already. Leave one of the two.", line=first[row.key])
            row.wrong(plan.kind.key_columns[-1], sentence)
        first.setdefault(row.key, row.line)


def _compare(plan: Plan, row: Row) -> None:
    if not row.ok:
        return
    row.before = plan.existing.get(row.key)
    row.after = {column.key: column.empty for column in plan.kind.columns} | (row.before or {}) | row.values
    row.after["attributes"] = _merged(row)
    for column in plan.kind.columns:
        if column.needed and row.after[column.key] is None:
            row.wrong(column.key, _("%(name)s is missing.", name=column.title))
    if row.ok:
        row.change = "add" if row.before is None else "change" if any(differences(plan, row)) else "same"


def differences(plan: Plan, row: Row) -> Iterator[tuple[str, Any, Any]]:
    """(column, before, after) of everything that a change changes."""
    before = row.before or {}
    for column in plan.kind.columns:
        if column.compared and row.after[column.key] != before.get(column.key):
            yield column.key, before.get(column.key), row.after[column.key]
    was, becomes = before.get("attributes") or {}, row.after["attributes"]
    for key in sorted(was.keys() | becomes.keys()):
        if was.get(key) != becomes.get(key):
            yield f"attribute:{key}", was.get(key), becomes.get(key)


def _merged(row: Row) -> Values:
    kept = dict((row.before or {}).get("attributes") or {}) | (row.values.get("attributes") or {})
    return {key: value for key, value in kept.items() if value is not None}


def _notes(plan: Plan) -> Iterator[str]:
    if plan.matched.unknown:
        yield _("Columns that are not used: %(names)s.", names=", ".join(plan.matched.unknown[:20]))
    columns = plan.columns_by_key()
    for key in plan.kind.words:
        known = {values_[key] for values_ in plan.existing.values() if values_.get(key)}
        new = Counter(row.after[key] for row in plan.rows if row.ok and row.after.get(key)) if known else Counter()
        for word in sorted(set(new) - known):
            yield _(
                "“%(word)s” was not used for %(column)s before (%(count)s rows). If it is a slip, mend the file.",
                word=word,
                column=columns[key].title,
                count=new[word],
            )
