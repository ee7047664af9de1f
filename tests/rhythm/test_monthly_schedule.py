"""Scores are computed on the fifth working day of a month: the month that ended, and the quarter that ended with it."""

import datetime as dt

import pytest
from sqlalchemy import select

from core import clock, jobs, timers
from core.db import db
from core.jobs import Outbox
from runtime.rhythm import schedules
from runtime.scores.jobs import ended_before
from runtime.scores.models import ScoreRun
from tests.product import People
from tests.sales import Sales
from tests.scores.figures import conduct, feed

MONTHLY = {"every": "month", "on": "fifth_workday", "at": "06:00", "run": "scores"}


@pytest.mark.parametrize(
    ("after", "next_at"),
    [
        ("2025-06-30T07:59+08:00", "2025-07-07T06:00+08:00"),
        ("2025-07-07T06:00+08:00", "2025-08-07T06:00+08:00"),
        ("2025-09-30T09:00+08:00", "2025-10-14T06:00+08:00"),  # National Day: 9, 10, 11 (made up), 13, 14
        ("2025-12-31T09:00+08:00", "2026-01-08T06:00+08:00"),  # 4 January makes up for New Year
    ],
)
def test_the_next_run_is_the_months_fifth_working_day(people: People, after: str, next_at: str) -> None:
    found = schedules.next_time(MONTHLY, people.company.id, dt.datetime.fromisoformat(after))
    assert found == dt.datetime.fromisoformat(next_at)


@pytest.mark.parametrize(
    ("day", "ended"),
    [((2025, 7, 7), ["2025-06", "2025-Q2"]), ((2025, 8, 7), ["2025-07"]), ((2026, 1, 8), ["2025-12", "2025-Q4"])],
)
def test_a_quarter_is_scored_with_its_last_month(day: tuple[int, int, int], ended: list[str]) -> None:
    assert [period.key for period in ended_before(dt.date(*day))] == ended


def test_the_schedule_scores_what_has_ended_once(sales: Sales) -> None:
    feed(sales, "S001", *conduct("2025-06"), ("medical.sales_target", "2025-06", 500_000, "P2"))
    jobs.run_due()
    with clock.at(dt.datetime(2025, 7, 7, 1, 0, tzinfo=dt.UTC)):
        for _twice in range(2):
            timers.beat()
            jobs.run_due()
        failed = db.session.scalars(select(Outbox).where(Outbox.error.is_not(None))).all()
    assert failed == []
    runs = db.session.scalars(select(ScoreRun)).all()
    assert sorted((run.period, run.revision) for run in runs) == [("2025-06", 1), ("2025-Q2", 1)]
