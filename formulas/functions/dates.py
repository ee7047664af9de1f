"""Dates: day numbers counted as spreadsheets do, whole days only, the years 1 to 9999."""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Protocol

import numpy as np

from formulas.columns import Column, blanks, flagged, leftmost, settled
from formulas.errors import NUM
from formulas.functions.registry import Cost, Function, Param, Routine

EPOCH = date(1899, 12, 30)
_UNIX = (date(1970, 1, 1) - EPOCH).days
FIRST = float((date(1, 1, 1) - EPOCH).days)
LAST = float((date(9999, 12, 31) - EPOCH).days)
_FIRST_WRITTEN = float((date(1900, 1, 1) - EPOCH).days)
_FURTHEST = 10_000_000.0


class WorkCalendar(Protocol):
    """Which days differ from Monday to Friday."""

    @property
    def holidays(self) -> Collection[date]: ...
    @property
    def workdays(self) -> Collection[date]: ...


@dataclass(frozen=True)
class Calendar:
    """Monday to Friday without the `holidays`, and the weekend days on which people work (调休)."""

    holidays: Collection[date] = field(default=())
    workdays: Collection[date] = field(default=())


def day_number(day: date) -> float:
    return float(day.toordinal() - EPOCH.toordinal())


def day(number: float) -> date:
    return date.fromordinal(int(number) + EPOCH.toordinal())


def days_array(numbers: Any) -> Any:
    return (np.asarray(numbers) - _UNIX).astype("datetime64[D]")


def _numbers(days: Any) -> Any:
    return days.astype("datetime64[D]").astype(np.float64) + _UNIX


def _either_blank(*columns: Column) -> Any:
    """A date function of a blank is blank."""
    found = None
    for column in columns:
        mask = blanks(column)
        if mask is not None:
            found = mask if found is None else found | mask
    return found


def _dated(numbers: Any, blank: Any, error: Any, first: float = FIRST) -> Column:
    """A column of dates; what lies outside the calendar is #NUM!."""
    outside = ~((numbers >= first) & (numbers <= LAST))
    if blank is not None:
        outside = outside & ~blank
    kept = np.where(outside, 0.0, numbers)
    return Column(kept if blank is None else np.where(blank, 0.0, kept), blank, flagged(error, outside, NUM))


def shift(signs: str, start: Column, *counts: Column) -> Column:
    """A date plus or minus numbers of days."""
    counts = tuple(settled(count) for count in counts)
    numbers = start.values
    for sign, count in zip(signs, counts, strict=True):
        numbers = numbers + count.values if sign == "+" else numbers - count.values
    error = leftmost(start.error, *(count.error for count in counts))
    return _dated(np.floor(numbers), blanks(start), error)


def days_between(end: Column, start: Column) -> Column:
    blank = _either_blank(end, start)
    numbers = end.values - start.values
    numbers = numbers if blank is None else np.where(blank, 0.0, numbers)
    return Column(np.asarray(numbers), blank, leftmost(end.error, start.error))


def make_date(year: Column, month: Column, number: Column) -> Column:
    parts = [settled(part) for part in (year, month, number)]
    years, months, numbers = (np.trunc(part.values) for part in parts)
    error, blank = leftmost(*(part.error for part in parts)), _either_blank(*parts)
    wild = (years < 1900) | (years > 9999) | (np.abs(months) > _FURTHEST) | (np.abs(numbers) > _FURTHEST)
    count = np.where(wild, 0.0, (years - 1970) * 12 + months - 1)
    first = _numbers(count.astype(np.int64).astype("datetime64[M]"))
    column = _dated(first + np.where(wild, 0.0, numbers - 1), blank, error, _FIRST_WRITTEN)
    return Column(column.values, blank, flagged(column.error, wild if blank is None else wild & ~blank, NUM))


def _part(column: Column, numbers: Any) -> Column:
    blank = blanks(column)
    return Column(numbers if blank is None else np.where(blank, 0.0, numbers), blank, column.error)


def year(column: Column) -> Column:
    return _part(column, days_array(column.values).astype("datetime64[Y]").astype(np.float64) + 1970.0)


def month(column: Column) -> Column:
    return _part(column, days_array(column.values).astype("datetime64[M]").astype(np.float64) % 12 + 1.0)


def day_of_month(column: Column) -> Column:
    days = days_array(column.values)
    return _part(column, (days - days.astype("datetime64[M]")).astype(np.float64) + 1.0)


def _months_later(start: Column, months: Column) -> tuple[Any, Any, Any, Any]:
    """The days, the month that many months later, and where it is blank or wrong."""
    months = settled(months)
    wild = np.abs(months.values) > _FURTHEST
    error = flagged(leftmost(start.error, months.error), wild, NUM)
    days = days_array(start.values)
    count = np.where(wild, 0.0, np.trunc(months.values)).astype(np.int64)
    return days, days.astype("datetime64[M]") + count, _either_blank(start, months), error


def month_later(start: Column, months: Column) -> Column:
    days, later, blank, error = _months_later(start, months)
    place = (days - days.astype("datetime64[M]")).astype(np.float64)
    length = _numbers(later + 1) - _numbers(later)
    return _dated(_numbers(later) + np.minimum(place, length - 1), blank, error)


def month_end(start: Column, months: Column) -> Column:
    _, later, blank, error = _months_later(start, months)
    return _dated(_numbers(later + 1) - 1, blank, error)


def today(current: Column) -> Column:
    return current


def work_days(start: Column, end: Column, calendar: WorkCalendar | None) -> Column:
    """Working days from one date to another, both counted; negative if the end comes first."""
    blank = _either_blank(start, end)
    low, high = np.minimum(start.values, end.values), np.maximum(start.values, end.values)
    counted = _worked(days_array(low), days_array(high) + 1, calendar)
    counted = np.where(end.values < start.values, -counted, counted)
    return Column(counted if blank is None else np.where(blank, 0.0, counted), blank, leftmost(start.error, end.error))


def _worked(first: Any, after: Any, calendar: WorkCalendar | None) -> Any:
    if calendar is None:
        return np.asarray(np.busday_count(first, after), dtype=np.float64)
    holidays = np.array(sorted(calendar.holidays), dtype="datetime64[D]")
    extra = {day for day in calendar.workdays if day.weekday() > 4 or day in set(calendar.holidays)}
    days = np.array(sorted(extra), dtype="datetime64[D]")
    added = np.searchsorted(days, after) - np.searchsorted(days, first)
    return np.asarray(np.busday_count(first, after, holidays=holidays), dtype=np.float64) + added


DATE = Param("日期", "date", "date")
MONTHS = Param("月数", "months", "number")
_DATE = Cost(30.0, 90.0)

DATE_ARITHMETIC = {
    "FSHIFT": Routine(shift, None, Cost(30.0, 60.0)),
    "FDAYSBETWEEN": Routine(days_between, None, Cost(10.0, 20.0)),
}

DATES = (
    Function(
        "DATE", "dates", (Param("年", "year", "number"), Param("月", "month", "number"), Param("日", "day", "number")),
        "date", Routine(make_date, None, Cost(80.0, 220.0)),
        "年、月、日组成的日期；超出的月和日顺延。", "The date of year, month and day; what is too many runs on.",
        "DATE(2025,13,1)", "2026-01-01", search=("日期",),
    ),
    Function(
        "YEAR", "dates", (DATE,), "number", Routine(year, None, _DATE),
        "年份。", "The year.", "YEAR(入职日期)", "2024", search=("年",),
    ),
    Function(
        "MONTH", "dates", (DATE,), "number", Routine(month, None, _DATE),
        "月份，1 到 12。", "The month, 1 to 12.", "MONTH(入职日期)", "1", search=("月",),
    ),
    Function(
        "DAY", "dates", (DATE,), "number", Routine(day_of_month, None, _DATE),
        "几号，1 到 31。", "The day of the month, 1 to 31.", "DAY(入职日期)", "31", search=("日",),
    ),
    Function(
        "TODAY", "dates", (), "date", Routine(today, today, Cost(2.0, 0.0)),
        "计算那天的日期，与结果一起保存，重算不变。",
        "The day of the evaluation, kept with the result so that it can be recomputed.",
        "DAYS(TODAY(),入职日期)", "", needs=("today",), search=("今天", "当天"),
    ),
    Function(
        "DAYS", "dates", (Param("结束", "end", "date"), Param("开始", "start", "date")), "number",
        Routine(days_between, None, Cost(10.0, 20.0)),
        "结束减开始的天数。", "The days from start to end.", "DAYS(DATE(2025,1,10),DATE(2025,1,6))", "4",
        search=("天数", "间隔"),
    ),
    Function(
        "WORKDAYS", "dates", (Param("开始", "start", "date"), Param("结束", "end", "date")), "number",
        Routine(work_days, None, Cost(80.0, 300.0)),
        "从开始到结束的工作日，两头都算，按公司日历。",
        "Working days from start to end, both counted, by the company's calendar.",
        "WORKDAYS(DATE(2025,1,6),DATE(2025,1,10))", "5", needs=("calendar",), aliases=("NETWORKDAYS",),
        search=("工作日",),
    ),
    Function(
        "EDATE", "dates", (DATE, MONTHS), "date", Routine(month_later, None, Cost(80.0, 220.0)),
        "几个月后的同一天；没有这一天就取月末。", "The same day some months later, or that month's last day.",
        "EDATE(入职日期,1)", "2024-02-29", search=("加月", "几个月后", "转正"),
    ),
    Function(
        "EOMONTH", "dates", (DATE, MONTHS), "date", Routine(month_end, None, Cost(60.0, 160.0)),
        "几个月后那个月的最后一天。", "The last day of the month some months later.",
        "EOMONTH(入职日期,0)", "2024-01-31", search=("月末", "月底"),
    ),
)  # fmt: skip
