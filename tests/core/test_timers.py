"""What must happen at a time happens once, however long the server slept and however many look."""

import datetime as dt

import sqlalchemy as sa
from flask import Flask

from core import clock, timers
from core.db import db
from core.jobs import Outbox
from core.timers import Timer
from tests.core.test_jobs import at_once
from tests.product import TODAY, make_app

MINUTE = dt.timedelta(minutes=1)
HOUR = dt.timedelta(hours=1)


def test_a_timer_fires_when_it_is_due_and_once(app: Flask) -> None:
    set_timer(TODAY + MINUTE)
    assert timers.beat() == 0
    with clock.at(TODAY + 2 * MINUTE):
        assert timers.beat() == 1
        assert timers.beat() == 0
    assert queued() == [(TODAY + MINUTE).isoformat()]


def test_a_missed_beat_is_caught_up_once(app: Flask) -> None:
    set_timer(TODAY, every=HOUR)
    with clock.at(TODAY + 5 * HOUR + MINUTE):
        assert timers.beat() == 1
        assert timers.beat() == 0
    assert queued() == [TODAY.isoformat()]
    assert due_at() == TODAY + 6 * HOUR


def test_a_clock_that_is_put_back_fires_nothing_again(app: Flask) -> None:
    set_timer(TODAY, every=HOUR)
    with clock.at(TODAY + MINUTE):
        timers.beat()
    with clock.at(TODAY - 3 * HOUR):
        assert timers.beat() == 0
    assert due_at() == TODAY + HOUR


def test_a_restart_keeps_the_timers(app: Flask) -> None:
    set_timer(TODAY + MINUTE)
    settings = app.config["SETTINGS"]
    restarted = make_app(settings.instance, settings.database_url)
    with clock.at(TODAY + 2 * MINUTE), restarted.app_context():
        assert timers.beat() == 1
        db.session.remove()
        db.engine.dispose()


def test_tickers_side_by_side_fire_a_timer_once(app: Flask) -> None:
    set_timer(TODAY, every=HOUR)
    with clock.at(TODAY + MINUTE):
        at_once(app, [timers.beat] * 6)
    assert queued() == [TODAY.isoformat()]


def test_a_timer_can_be_moved_and_cancelled(app: Flask) -> None:
    set_timer(TODAY + MINUTE)
    set_timer(TODAY + HOUR)
    with clock.at(TODAY + 2 * MINUTE):
        assert timers.beat() == 0
    timers.cancel("weekly:1")
    db.session.commit()
    with clock.at(TODAY + 2 * HOUR):
        assert timers.beat() == 0


def set_timer(due: dt.datetime, every: dt.timedelta | None = None) -> None:
    seconds = None if every is None else int(every.total_seconds())
    timers.schedule("weekly:1", "runtime.actions.jobs.plan", {"company_id": 1}, due, every_seconds=seconds)
    db.session.commit()


def queued() -> list[str]:
    """The due times that the fired timers carry to their jobs."""
    return [payload["due_at"] for payload in db.session.scalars(sa.select(Outbox.payload).order_by(Outbox.id))]


def due_at() -> dt.datetime:
    db.session.rollback()
    return db.session.scalars(sa.select(Timer.due_at)).one()
