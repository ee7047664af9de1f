"""Which days are worked: the public calendar of China with its make-up days, and what the company changes in it.

The State Council announces each year's days off and make-up days the autumn before. `KNOWN` lists the years whose
announcement stands in the `holidays` package and was compared with it; the package guesses the others, so they count as
Monday to Friday here, and `is_known` says so.
"""

import datetime as dt
from functools import lru_cache
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import event, select
from sqlalchemy.orm import SessionTransaction

from core import audit
from core.db import Session, db
from core.errors import Invalid, Problem
from core.later import Later
from organization.models import CalendarDay

holidays = Later("holidays")

KNOWN = (2024, 2025, 2026)
ONE_DAY = dt.timedelta(days=1)
LONGEST_BREAK = 60  # days; a calendar in which nobody works for longer is a mistake, not a holiday
_CACHE = "calendar overrides"


def is_known(year: int) -> bool:
    """Whether the year's public holidays and make-up days are announced and in our list; else Monday to Friday."""
    return year in KNOWN


def is_working_day(company_id: int, day: dt.date) -> bool:
    """The company's own word first, then the public calendar."""
    own = overrides(company_id).get(day)
    return _works_in_public(day) if own is None else own.works


def working_days(company_id: int, first: dt.date, last: dt.date) -> list[dt.date]:
    """The days that are worked from first to last, both included, in order."""
    own = overrides(company_id)
    return [day for day in days(first, last) if (own[day].works if day in own else _works_in_public(day))]


def days(first: dt.date, last: dt.date) -> list[dt.date]:
    """Every day from first to last, both included."""
    return [first + dt.timedelta(days=n) for n in range((last - first).days + 1)]


def on_or_after(company_id: int, day: dt.date) -> dt.date:
    """The day itself where it is worked, else the next day that is."""
    return _nearest(company_id, day, ONE_DAY)


def on_or_before(company_id: int, day: dt.date) -> dt.date:
    """The day itself where it is worked, else the last day that was."""
    return _nearest(company_id, day, -ONE_DAY)


def after(company_id: int, day: dt.date, count: int) -> dt.date:
    """The count-th working day after a day: 5 working days after 2025-01-02 is 2025-01-09."""
    for _step in range(count):
        day = on_or_after(company_id, day + ONE_DAY)
    return day


def public_name(day: dt.date, language: str = "zh") -> str | None:
    """What the public calendar calls a day off; None for ordinary days and for years that are not known."""
    if not is_known(day.year):
        return None
    return _public(day.year, "zh_CN" if language == "zh" else "en_US").get(day)


def is_make_up(day: dt.date) -> bool:
    """A Saturday or Sunday that the public calendar makes a working day."""
    return is_known(day.year) and day.weekday() >= 5 and day in _public_working_days(day.year)


def overrides(company_id: int) -> dict[dt.date, CalendarDay]:
    """What the company changed, by day. Read once per transaction: within it nothing else could be seen anyway."""
    cache: dict[int, dict[dt.date, CalendarDay]] = db.session.info.setdefault(_CACHE, {})
    if company_id not in cache:
        rows = db.session.scalars(select(CalendarDay).where(CalendarDay.company_id == company_id))
        cache[company_id] = {row.day: row for row in rows}
    return cache[company_id]


def override(company_id: int, day: dt.date, works: bool, name: str, *, by_id: int | None) -> CalendarDay:
    """The company works on this day or is off, whatever the public calendar says. Raises Invalid for a far-off day."""
    if not 2000 <= day.year <= 2100:
        raise Invalid([Problem("/day", "out_of_range", _("A calendar day lies between the years 2000 and 2100."))])
    before = overrides(company_id).get(day)
    audit.record(
        "calendar.override",
        f"company:{company_id}",
        by_id=by_id,
        before=_as_document(before),
        after={"day": day.isoformat(), "works": works, "name": name},
    )
    row = before or CalendarDay(company_id=company_id, day=day)
    row.works, row.name = works, name
    db.session.add(row)
    forget(company_id)
    return row


def restore(company_id: int, day: dt.date, *, by_id: int | None) -> None:
    """The public calendar holds again on this day."""
    row = overrides(company_id).get(day)
    if row is None:
        return
    audit.record("calendar.restore", f"company:{company_id}", by_id=by_id, before=_as_document(row))
    db.session.delete(row)
    forget(company_id)


def forget(company_id: int) -> None:
    """Read the company's changes anew: for whoever wrote them past `override`, such as an import."""
    db.session.flush()
    db.session.info.get(_CACHE, {}).pop(company_id, None)


@event.listens_for(Session, "after_transaction_end")
def _forget_all(session: Session, transaction: SessionTransaction) -> None:
    if transaction.parent is None:
        session.info.pop(_CACHE, None)


def _nearest(company_id: int, day: dt.date, step: dt.timedelta) -> dt.date:
    for _try in range(LONGEST_BREAK):
        if is_working_day(company_id, day):
            return day
        day += step
    raise Invalid(
        [
            Problem(
                "/day",
                "no_working_day",
                _(
                    "The calendar has no working day within %(count)s days of %(day)s. Mend it first.",
                    count=LONGEST_BREAK,
                    day=day.isoformat(),
                ),
            )
        ]
    )


def _works_in_public(day: dt.date) -> bool:
    return day in _public_working_days(day.year)


@lru_cache(maxsize=64)
def _public_working_days(year: int) -> frozenset[dt.date]:
    year_days = days(dt.date(year, 1, 1), dt.date(year, 12, 31))
    if not is_known(year):
        return frozenset(day for day in year_days if day.weekday() < 5)
    public = _public(year, "zh_CN")
    return frozenset(day for day in year_days if public.is_working_day(day))


@lru_cache(maxsize=16)
def _public(year: int, language: str) -> Any:
    return holidays.country_holidays("CN", years=year, language=language, expand=False)


def _as_document(row: CalendarDay | None) -> dict[str, object] | None:
    return row and {"day": row.day.isoformat(), "works": row.works, "name": row.name}
