"""How late facts come (S13): working days from the end of their period to the moment they were received.

What comes before its period ends, or on the next working day, is in time. A correction is not a late delivery: the
first revision counts.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

import numpy as np
import sqlalchemy as sa
from sqlalchemy import select

from core import clock
from core.db import db
from organization import calendars
from organization.access import visible_units
from organization.models import Company, Member, OrgUnit
from runtime.facts import periods
from runtime.facts.models import Fact
from runtime.facts.periods import Period

IN_TIME = 1  # working days
READ = "facts.read"
LOOK_BACK = dt.timedelta(days=200)


@dataclass(frozen=True)
class Delivery:
    """One unit's figures of one metric: the last period that is over and how late it came; `missing` while nothing
    of the period that others delivered is there. Days are working days."""

    unit_id: int
    unit: str
    metric_key: str
    period: str
    days: int
    missing: bool
    late_before: int

    @property
    def late(self) -> bool:
        return self.days > IN_TIME


def working_days_between(company_id: int, ends: Sequence[dt.date], received: Sequence[dt.date]) -> list[int]:
    """For each pair the working days after the end, up to and including the day of receipt; 0 for what came before."""
    if not ends:
        return []
    days = calendars.working_days(company_id, min([*ends, *received]), max([*ends, *received]))
    ordinals = np.array([day.toordinal() for day in days], dtype=np.int64)
    until, since = (
        np.searchsorted(ordinals, [day.toordinal() for day in each], side="right") for each in (received, ends)
    )
    late: list[int] = np.maximum(0, until - since).tolist()
    return late


def deliveries(reader: Member) -> list[Delivery]:
    """Who is late, worst first, of the units that he may see; two statements (one is the calendar's)."""
    today = clock.today()
    found: dict[tuple[int, str, str], dict[Period, dt.date]] = defaultdict(dict)
    for unit_id, name, metric_key, key, received_at in _received(reader, today):
        period = periods.read(key)
        if period.last_day < today:
            found[unit_id, name, metric_key][period] = _day(received_at, reader.company)
    expected = _expected(found)
    rows = [
        _delivery(reader.company_id, *owner, received, expected[owner[2], _grain(received)], today)
        for owner, received in found.items()
    ]
    return sorted(rows, key=lambda row: (not row.missing, -row.days, -row.late_before, row.unit, row.metric_key))


def _delivery(
    company_id: int,
    unit_id: int,
    name: str,
    metric_key: str,
    received: dict[Period, dt.date],
    expected: Period,
    today: dt.date,
) -> Delivery:
    of_grain = [period for period in received if period.grain == expected.grain]
    waited = working_days_between(
        company_id,
        [*(period.last_day for period in of_grain), expected.last_day],
        [*(received[period] for period in of_grain), received.get(expected, today)],
    )
    before = sum(days > IN_TIME for period, days in zip(of_grain, waited, strict=False) if period != expected)
    return Delivery(unit_id, name, metric_key, expected.key, waited[-1], expected not in received, before)


def _expected(found: dict[tuple[int, str, str], dict[Period, dt.date]]) -> dict[tuple[str, str], Period]:
    """By metric and grain the last period of which anybody delivered: that is what everybody owes."""
    newest: dict[tuple[str, str], Period] = {}
    for (_unit_id, _name, metric_key), received in found.items():
        for period in received:
            known = newest.get((metric_key, period.grain))
            if known is None or period.last_day > known.last_day:
                newest[metric_key, period.grain] = period
    return newest


def _grain(received: Iterable[Period]) -> str:
    """How a unit delivers: as its last period."""
    return max(received, key=lambda period: period.last_day).grain


def _received(reader: Member, today: dt.date) -> Iterable[sa.Row]:
    """When the last first delivery of each period came."""
    return db.session.execute(
        select(OrgUnit.id, OrgUnit.name, Fact.metric_key, Fact.period, sa.func.max(Fact.received_at))
        .join(OrgUnit, Fact.unit_id == OrgUnit.id)
        .where(Fact.company_id == reader.company_id, visible_units(reader, READ), Fact.revision == 1)
        .where(Fact.source != "rule", Fact.first_day >= today - LOOK_BACK)
        .group_by(OrgUnit.id, OrgUnit.name, Fact.metric_key, Fact.period)
    )


def _day(moment: dt.datetime, company: Company) -> dt.date:
    return moment.astimezone(ZoneInfo(company.time_zone)).date()
