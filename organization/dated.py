"""Attributes of units that change on a day (S22): a region matures; what was split or scored before stays as it was.

`unit.attributes` holds what was true before the first dated row of a name; from its day on a row holds, until the next.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence

from flask_babel import gettext as _
from sqlalchemy import select

from core import audit
from core.db import Document, db
from core.errors import Invalid, Problem
from organization import values
from organization.models import OrgUnit, UnitAttribute

LATEST = dt.date(2100, 1, 1)


def history(unit: OrgUnit) -> Sequence[UnitAttribute]:
    """By name, the newest first."""
    rows = select(UnitAttribute).where(UnitAttribute.unit_id == unit.id)
    return db.session.scalars(rows.order_by(UnitAttribute.name, UnitAttribute.from_day.desc())).all()


def of_company(company_id: int) -> dict[int, list[UnitAttribute]]:
    """The rows of every unit, the oldest first; one statement."""
    rows = select(UnitAttribute).join(UnitAttribute.unit).where(OrgUnit.company_id == company_id)
    found: dict[int, list[UnitAttribute]] = defaultdict(list)
    for row in db.session.scalars(rows.order_by(UnitAttribute.from_day)):
        found[row.unit_id].append(row)
    return found


def on(day: dt.date, attributes: Mapping[str, object] | None, rows: Iterable[UnitAttribute]) -> Document:
    """A unit's attributes as they are on a day, from its own and its dated rows."""
    started = sorted((row for row in rows if row.from_day <= day), key=lambda row: row.from_day)
    return {**(attributes or {}), **{row.name: row.value for row in started}}


def attributes_of(unit_ids: Collection[int], day: dt.date) -> dict[int, Document]:
    """The attributes of some units as they are on a day; two statements."""
    rows = db.session.execute(select(OrgUnit.id, OrgUnit.attributes).where(OrgUnit.id.in_(unit_ids))).all()
    changing: dict[int, list[UnitAttribute]] = defaultdict(list)
    for row in db.session.scalars(select(UnitAttribute).where(UnitAttribute.unit_id.in_(unit_ids))):
        changing[row.unit_id].append(row)
    return {unit_id: on(day, attributes, changing[unit_id]) for unit_id, attributes in rows}


def enter(unit: OrgUnit, title: str, typed: str, from_day: dt.date, *, by_id: int | None) -> UnitAttribute:
    """From the day on the unit has this value. One that begins the same day is replaced. Flushes. Raises Invalid."""
    name = _name(title)
    if not typed.strip():
        raise Invalid([Problem("/value", "required", _("Say what it is from that day on."))])
    if not dt.date(2000, 1, 1) <= from_day < LATEST:
        raise Invalid([Problem("/from_day", "out_of_range", _("The day lies between the years 2000 and 2100."))])
    before = next((row for row in history(unit) if row.name == name and row.from_day <= from_day), None)
    row = before if before is not None and before.from_day == from_day else None
    row = row or UnitAttribute(unit_id=unit.id, name=name, from_day=from_day)
    was = before.value if before is not None else (unit.attributes or {}).get(name)
    row.value = values.word_or_number(typed.strip())
    db.session.add(row)
    db.session.flush()
    after = {name: row.value, "from_day": from_day.isoformat()}
    audit.record("unit.attribute", f"unit:{unit.id}", by_id=by_id, before={name: was}, after=after)
    return row


def drop(row: UnitAttribute, *, by_id: int | None) -> None:
    """What held before the row goes on."""
    before = {row.name: row.value, "from_day": row.from_day.isoformat()}
    audit.record("unit.attribute_drop", f"unit:{row.unit_id}", by_id=by_id, before=before)
    db.session.delete(row)


def keeping_dated(unit: OrgUnit, attributes: Document) -> Document:
    """The attributes to keep when all are written anew: dated names stay as they are recorded."""
    names = {row.name for row in history(unit)}
    kept = {name: value for name, value in (unit.attributes or {}).items() if name in names}
    return {name: value for name, value in attributes.items() if name not in names} | kept


def _name(title: str) -> str:
    if not title.strip():
        raise Invalid([Problem("/name", "required", _("Name the attribute that changes."))])
    try:
        return values.attribute_key(title)
    except ValueError as error:
        raise Invalid([Problem("/name", "attribute", str(error))]) from None
