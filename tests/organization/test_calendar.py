"""Working days: the public calendar with its make-up days, and what a company changes in it."""

import datetime as dt
from collections.abc import Callable

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from core.audit import AuditEvent
from core.db import db
from organization import calendars
from organization.models import Member
from tests.product import CountedStatements, People

SignIn = Callable[[Member], FlaskClient]


def _day(text: str) -> dt.date:
    return dt.date.fromisoformat(text)


def test_spring_festival_2025_is_off_and_its_make_up_days_are_worked(people: People) -> None:
    worked = calendars.working_days(people.company.id, _day("2025-01-24"), _day("2025-02-10"))
    expected = ["01-24", "01-26", "01-27", "02-05", "02-06", "02-07", "02-08", "02-10"]
    assert [day.isoformat() for day in worked] == [f"2025-{day}" for day in expected]


def test_the_make_up_saturday_of_october_2025_is_worked(people: People) -> None:
    assert calendars.is_working_day(people.company.id, _day("2025-10-11"))
    assert not calendars.is_working_day(people.company.id, _day("2025-10-08"))
    assert calendars.is_make_up(_day("2025-10-11"))


def test_announced_years_have_as_many_working_days_as_announced(people: People) -> None:
    counts = {
        year: len(calendars.working_days(people.company.id, dt.date(year, 1, 1), dt.date(year, 12, 31)))
        for year in calendars.KNOWN
    }
    assert counts == {2024: 251, 2025: 248, 2026: 248}


def test_a_year_that_is_not_announced_is_monday_to_friday_and_says_so(people: People) -> None:
    assert not calendars.is_known(2031)
    assert calendars.is_working_day(people.company.id, _day("2031-10-01"))
    assert calendars.public_name(_day("2031-10-01")) is None


def test_S73_five_working_days_after_the_second_of_january_is_the_ninth(people: People) -> None:
    assert calendars.after(people.company.id, _day("2025-01-02"), 5) == _day("2025-01-09")


def test_S76_a_slot_on_a_holiday_moves_to_the_working_day_before(people: People) -> None:
    assert calendars.on_or_before(people.company.id, _day("2025-01-31")) == _day("2025-01-27")
    assert calendars.on_or_after(people.company.id, _day("2025-01-31")) == _day("2025-02-05")


def test_an_admin_overrides_a_day_and_takes_it_back(people: People, sign_in: SignIn) -> None:
    client = sign_in(people.hr)
    day = _day("2025-07-04")
    posted = {"day": day.isoformat(), "works": "0", "name": "公司年会"}
    assert client.post("/calendar", data=posted).status_code == 303
    assert not calendars.is_working_day(people.company.id, day)
    assert "公司年会" in client.get("/calendar?year=2025").text
    assert client.post("/calendar/restore", data={"day": day.isoformat()}).status_code == 303
    assert calendars.is_working_day(people.company.id, day)
    actions = db.session.scalars(select(AuditEvent.action).where(AuditEvent.action.startswith("calendar")))
    assert list(actions) == ["calendar.override", "calendar.restore"]


def test_a_salesperson_sees_the_calendar_and_cannot_change_it(people: People, sign_in: SignIn) -> None:
    client = sign_in(people.an)
    assert client.get("/calendar").status_code == 200
    assert client.post("/calendar", data={"day": "2025-07-04", "works": "0"}).status_code == 403
    assert calendars.overrides(people.company.id) == {}


def test_a_day_that_is_none_is_refused_at_its_field(people: People, sign_in: SignIn) -> None:
    answer = sign_in(people.hr).post("/calendar", data={"day": "2025-02-30", "works": "0"})
    assert answer.status_code == 422
    assert 'id="day-error"' in answer.text
    assert calendars.overrides(people.company.id) == {}


def test_an_unannounced_year_warns_on_its_page(people: People, sign_in: SignIn) -> None:
    assert "notice-warn" in sign_in(people.hr).get("/calendar?year=2031").text


def test_the_overrides_are_read_once_however_many_days_are_asked(
    app: Flask, people: People, counted_statements: type[CountedStatements]
) -> None:
    db.session.rollback()
    with counted_statements() as counted:
        for month in range(1, 13):
            calendars.working_days(people.company.id, dt.date(2025, month, 1), dt.date(2025, month, 28))
    assert counted.count == 1
