"""What happens when time passes: limits in working hours, reminders, the next manager, an outcome by itself, waits."""

import datetime as dt
from collections.abc import Callable

from flask import Flask
from sqlalchemy import func, select

from core import clock, timers
from core.clock import SHANGHAI
from core.db import db
from core.timers import Timer
from organization import working_hours
from organization.models import Member
from runtime.approvals import effects
from runtime.approvals.models import RunReader, RunWait, WorkflowRun
from tests.approvals.conftest import HR, MANAGER, Document, Send, approve, asked, decide, open_items
from tests.product import People, make_app

Flow = Callable[..., object]
RunJobs = Callable[[], int]

FRIDAY = dt.datetime(2025, 6, 27, 17, 0, tzinfo=SHANGHAI)
LIMIT: Document = {
    "working_hours": 16,
    "then": [
        {"before": 4, "remind": "assignee"},
        {"remind": "manager"},
        {"after": 8, "escalate": 1},
        {"after": 16, "outcome": "approve"},
    ],
}


def at(day: int, hour: int, month: int = 7) -> dt.datetime:
    return dt.datetime(2025, month, day, hour, tzinfo=SHANGHAI)


def passes(moment: dt.datetime, run_jobs: RunJobs) -> None:
    """The ticker and the worker at that moment."""
    with clock.at(moment + dt.timedelta(minutes=1)):
        timers.beat()
        run_jobs()
    db.session.expire_all()


def test_working_hours_pass_on_working_days_only(people: People) -> None:
    company = people.company.id
    assert working_hours.after(company, FRIDAY, 2) == at(30, 10, month=6)
    assert working_hours.after(company, FRIDAY, 16) == at(1, 17)
    assert working_hours.after(company, at(30, 10, month=6), -2) == FRIDAY
    before_national_day = dt.datetime(2025, 9, 30, 17, 30, tzinfo=SHANGHAI)
    assert working_hours.after(company, before_national_day, 1).astimezone(SHANGHAI).date() == dt.date(2025, 10, 9)


def test_a_limit_reminds_then_tells_the_manager_escalates_and_decides(
    people: People, flow: Flow, send: Send, boss: Member, run_jobs: RunJobs
) -> None:
    flow([approve("n1", MANAGER, due=LIMIT)])
    with clock.at(FRIDAY):
        run = send(people.an)
    (item,) = open_items(run)
    assert item.due_at is not None
    assert item.due_at.replace(microsecond=0) == at(1, 17)
    passes(at(1, 11), run_jobs)
    assert open_items(run)[0].urged_at is None
    passes(at(1, 13), run_jobs)
    assert open_items(run)[0].urged_at is not None
    passes(at(1, 17), run_jobs)
    assert [one.member_id for one in db.session.scalars(select(RunReader))] == [boss.id]
    passes(at(2, 17), run_jobs)
    assert asked(run) == ["B001"]
    assert open_items(run)[0].why == "escalated"
    with clock.at(at(10, 9)):
        decide(run, boss)
    left = db.session.scalar(select(func.count(Timer.id)))
    assert left, "the timers of the closed items are still there"
    passes(at(20, 9), run_jobs)
    assert db.session.scalar(select(func.count(Timer.id))) == 0
    ended = db.session.get_one(WorkflowRun, run.id)
    assert ended.status == "finished"
    assert ended.ended_at is not None
    assert ended.ended_at < at(10, 10), "what came later changed nothing"


def test_no_timer_is_lost_by_a_restart(app: Flask, people: People, flow: Flow, send: Send, run_jobs: RunJobs) -> None:
    flow([approve("n1", MANAGER, due={"working_hours": 8, "then": [{"outcome": "reject"}]})])
    with clock.at(FRIDAY):
        run = send(people.an)
    settings = app.config["SETTINGS"]
    db.session.remove()
    with make_app(settings.instance, settings.database_url).app_context(), clock.at(at(7, 9)):
        assert timers.beat() == 1
        db.session.remove()
    with clock.at(at(7, 10)):
        assert run_jobs() == 1
    assert db.session.get_one(WorkflowRun, run.id, populate_existing=True).status == "rejected"


def test_a_run_waits_for_a_day_in_the_record_for_hours_and_for_an_event(
    people: People, flow: Flow, send: Send, run_jobs: RunJobs
) -> None:
    waits = [
        {"id": "n1", "type": "wait", "for": {"until": "开始日"}},
        {"id": "n2", "type": "wait", "for": {"working_hours": 4}},
        {"id": "n3", "type": "wait", "for": {"event": "budget_closed"}},
        approve("n4", HR),
    ]
    flow(waits)
    with clock.at(FRIDAY):
        run = send(people.an)
    assert db.session.scalars(select(RunWait.due_at)).all() == [at(1, 0)]
    passes(at(1, 0), run_jobs)
    passes(at(1, 13), run_jobs)
    passes(at(1, 14), run_jobs)
    assert asked(run) == []
    effects.announce(people.company.id, "something_else")
    run_jobs()
    assert asked(run) == []
    effects.announce(people.company.id, "budget_closed")
    run_jobs()
    assert asked(run) == ["H001"]
