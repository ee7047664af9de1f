"""Working hours: 9 to 12 and 13 to 18 on the days that the company works, in its time zone."""

import datetime as dt
from collections.abc import Iterator

from core import clock
from organization import calendars

SPANS = ((dt.time(9), dt.time(12)), (dt.time(13), dt.time(18)))
FOREVER = 10 * 366  # days; nobody waits longer
ONE_DAY = dt.timedelta(days=1)

Span = tuple[dt.datetime, dt.datetime]


def after(company_id: int, moment: dt.datetime, hours: float) -> dt.datetime:
    """The moment when so many working hours have passed: 2 hours after Friday 17:00 is Monday 10:00. Negative hours
    count back."""
    left = dt.timedelta(hours=abs(hours))
    for begins, ends in _back(company_id, moment) if hours < 0 else _on(company_id, moment):
        if left <= ends - begins:
            return (ends - left if hours < 0 else begins + left).astimezone(dt.UTC)
        left -= ends - begins
    raise OverflowError(f"{hours} working hours do not pass within ten years")


def _on(company_id: int, moment: dt.datetime) -> Iterator[Span]:
    """What is left of the working time from a moment on."""
    for day in _days(moment, ONE_DAY):
        for begins, ends in _spans(company_id, day):
            if ends > moment:
                yield max(begins, moment), ends


def _back(company_id: int, moment: dt.datetime) -> Iterator[Span]:
    """The working time before a moment, the latest first."""
    for day in _days(moment, -ONE_DAY):
        for begins, ends in reversed(_spans(company_id, day)):
            if begins < moment:
                yield begins, min(ends, moment)


def _days(moment: dt.datetime, step: dt.timedelta) -> Iterator[dt.date]:
    first = moment.astimezone(clock.SHANGHAI).date()
    return (first + step * count for count in range(FOREVER))


def _spans(company_id: int, day: dt.date) -> list[Span]:
    if not calendars.is_working_day(company_id, day):
        return []
    return [
        (dt.datetime.combine(day, begins, clock.SHANGHAI), dt.datetime.combine(day, ends, clock.SHANGHAI))
        for begins, ends in SPANS
    ]
