"""Weeks of the company's calendar: named as ISO weeks (2025-W27), worked on the days that the calendar says."""

import datetime as dt

from organization import calendars


def week_of(day: dt.date) -> str:
    year, week, _weekday = day.isocalendar()
    return f"{year}-W{week:02}"


def days_of(week: str) -> tuple[dt.date, dt.date]:
    """Monday and Sunday."""
    year, number = week.split("-W")
    monday = dt.date.fromisocalendar(int(year), int(number), 1)
    return monday, monday + dt.timedelta(days=6)


def last_working_day_of(company_id: int, week: str) -> dt.date:
    """When the week's tasks are due; its Sunday where nobody works."""
    monday, sunday = days_of(week)
    working = calendars.working_days(company_id, monday, sunday)
    return working[-1] if working else sunday
