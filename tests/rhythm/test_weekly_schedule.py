"""The weekly plan runs on the week's first working day at eight, in Shanghai, once, also after a break."""

import datetime as dt

import pytest
from sqlalchemy import select

from builder import definitions
from core import clock, jobs, timers
from core.db import db
from core.jobs import Outbox
from organization import calendars
from runtime.rhythm import schedules
from runtime.rhythm.models import Schedule
from tests.product import People
from tests.sales import Sales

WEEKLY = {"every": "week", "on": "first_workday", "at": "08:00", "run": "weekly_tasks"}


@pytest.mark.parametrize(
    ("after", "next_at"),
    [
        ("2025-06-30T07:59+08:00", "2025-06-30T08:00+08:00"),
        ("2025-06-30T08:00+08:00", "2025-07-07T08:00+08:00"),
        ("2025-01-26T09:00+08:00", "2025-01-27T08:00+08:00"),  # the Monday before the Spring Festival
        ("2025-01-27T09:00+08:00", "2025-02-05T08:00+08:00"),  # the festival's week begins on Wednesday
        ("2025-09-29T09:00+08:00", "2025-10-09T08:00+08:00"),  # National Day: Thursday is the first working day
    ],
)
def test_S25_the_next_run_is_the_weeks_first_working_day(people: People, after: str, next_at: str) -> None:
    found = schedules.next_time(WEEKLY, people.company.id, dt.datetime.fromisoformat(after))
    assert found == dt.datetime.fromisoformat(next_at)


def test_S25_a_day_that_the_company_takes_off_is_passed_over(people: People) -> None:
    calendars.override(people.company.id, dt.date(2025, 7, 7), False, "店庆", by_id=None)
    found = schedules.next_time(WEEKLY, people.company.id, dt.datetime.fromisoformat("2025-06-30T09:00+08:00"))
    assert found == dt.datetime.fromisoformat("2025-07-08T08:00+08:00")


def test_installing_the_pack_sets_its_schedule(sales: Sales) -> None:
    jobs.run_due()
    schedule = the_schedule()
    assert schedule.next_at == dt.datetime(2025, 7, 7, 0, 0, tzinfo=dt.UTC)


def test_weeks_missed_while_the_server_was_down_are_caught_up_once(sales: Sales) -> None:
    jobs.run_due()
    with clock.at(dt.datetime(2025, 8, 1, 4, 0, tzinfo=dt.UTC)):
        timers.beat()
        jobs.run_due()
        timers.beat()
        jobs.run_due()
        runs = db.session.scalars(select(Outbox).where(Outbox.job == "runtime.actions.jobs.generate_week")).all()
        assert [row.payload["week"] for row in runs] == ["2025-W31"]
        assert the_schedule().next_at == dt.datetime(2025, 8, 4, 0, 0, tzinfo=dt.UTC)


def test_retiring_the_schedule_stops_it(sales: Sales) -> None:
    jobs.run_due()
    definitions.retire(the_schedule().version, by_id=None)
    db.session.commit()
    jobs.run_due()
    assert db.session.scalar(select(Schedule).where(Schedule.key == "medical.weekly_plan")) is None
    with clock.at(dt.datetime(2025, 7, 7, 1, 0, tzinfo=dt.UTC)):
        timers.beat()
        queued = db.session.scalars(select(Outbox.job).where(Outbox.state == "due")).all()
        assert "runtime.actions.jobs.generate_week" not in queued


def the_schedule() -> Schedule:
    asked = select(Schedule).where(Schedule.key == "medical.weekly_plan")
    return db.session.scalars(asked.execution_options(populate_existing=True)).one()
