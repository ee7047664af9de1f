"""The periods that a fact may be about: a day, an ISO week, a month, a quarter."""

import calendar
import datetime as dt
import re
from typing import NamedTuple

from flask_babel import gettext as _

DAY, WEEK, MONTH, QUARTER = "day", "week", "month", "quarter"

_DAY = re.compile(r"(\d{4})[-/.年]?(\d{2})[-/.月]?(\d{2})日?")
_LOOSE_DAY = re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?")
_WEEK = re.compile(r"(\d{4})-?W(\d{2})")
_MONTH = re.compile(r"(\d{4})[-/.年]?(\d{2})月?|(\d{4})[-/.年](\d)月?")
_QUARTER = re.compile(r"(\d{4})[-/.年]?(?:Q|第)?([1-4一二三四])(?:季度)?")


class Period(NamedTuple):
    """Both days included."""

    key: str
    first_day: dt.date
    last_day: dt.date
    grain: str


def read(words: str) -> Period:
    """2025-06-30, 2025-W27, 2025-06 or 2025-Q2, also 2025年6月 and 2025Q2. ValueError with a sentence."""
    typed = words.strip().upper()
    try:
        if found := _DAY.fullmatch(typed) or _LOOSE_DAY.fullmatch(typed):
            return containing(dt.date(*map(int, found.groups())), DAY)
        if found := _WEEK.fullmatch(typed):
            return containing(dt.date.fromisocalendar(int(found[1]), int(found[2]), 1), WEEK)
        if ("Q" in typed or "季" in typed) and (found := _QUARTER.fullmatch(typed)):
            quarter = "一二三四".find(found[2]) + 1 or int(found[2])
            return containing(dt.date(int(found[1]), quarter * 3, 1), QUARTER)
        if found := _MONTH.fullmatch(typed):
            return containing(dt.date(int(found[1] or found[3]), int(found[2] or found[4]), 1), MONTH)
    except ValueError:
        pass
    sentence = _("“%(typed)s” is no period. Write it like 2025-06-30, 2025-W27, 2025-06 or 2025-Q2.", typed=words[:20])
    raise ValueError(sentence)


def containing(day: dt.date, grain: str) -> Period:
    """The period of a grain in which a day lies."""
    if grain == DAY:
        return Period(day.isoformat(), day, day, grain)
    if grain == WEEK:
        year, week, weekday = day.isocalendar()
        monday = day - dt.timedelta(days=weekday - 1)
        return Period(f"{year}-W{week:02}", monday, monday + dt.timedelta(days=6), grain)
    quarter = (day.month + 2) // 3
    key = f"{day:%Y-%m}" if grain == MONTH else f"{day.year}-Q{quarter}"
    first, last = (day.month, day.month) if grain == MONTH else (quarter * 3 - 2, quarter * 3)
    end = calendar.monthrange(day.year, last)[1]
    return Period(key, day.replace(month=first, day=1), day.replace(month=last, day=end), grain)


def of_year(year: int, grain: str) -> list[Period]:
    """The months or quarters of a year."""
    step = 1 if grain == MONTH else 3
    return [containing(dt.date(year, month, 1), grain) for month in range(1, 13, step)]
