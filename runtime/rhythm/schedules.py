"""When a published schedule fires next, and making it fire: in the company's time zone and working calendar.

One timer a schedule carries the next moment. A firing sets the next one from *now*, so however many were missed while
the server was down, one is caught up.
"""

import datetime as dt
from zoneinfo import ZoneInfo

from sqlalchemy import select

from builder import definitions
from builder.models import DefinitionVersion
from core import clock, jobs, timers
from core.db import Document, db
from organization import calendars
from organization.models import Company
from runtime.actions import weeks
from runtime.rhythm.models import Schedule

WEEK, MONTH = "week", "month"
DAYS = {"first_workday": 0, "fifth_workday": 4}  # places among the working days of a period


def follow(company_id: int) -> None:
    """Bring the schedules of a company in step with what is published now. Flushes."""
    versions = {version.definition.key: version for version in definitions.published_all(company_id, "schedule")}
    known = {row.key: row for row in db.session.scalars(select(Schedule).where(Schedule.company_id == company_id))}
    for key in known.keys() - versions.keys():
        timers.cancel(timer_key(known[key]))
        db.session.delete(known[key])
    for key, version in versions.items():
        schedule = known.get(key)
        if schedule is None:
            schedule = Schedule(company_id=company_id, key=key, version=version)
            db.session.add(schedule)
            db.session.flush()
        if schedule.next_at is None or schedule.version_id != version.id:
            schedule.version = version
            set_next(schedule, clock.now())


def fire(schedule: Schedule, due_at: dt.datetime) -> None:
    """Queue the run that was due and set the next one. Firing the same moment twice queues one run."""
    day = max(due_at, clock.now()).astimezone(zone_of(schedule.company_id)).date()
    body = body_of(schedule.version)
    period = weeks.week_of(day) if body["every"] == WEEK else f"{day:%Y-%m}"
    payload = {"company_id": schedule.company_id, "week": weeks.week_of(day), "day": day.isoformat()}
    jobs.enqueue(RUNS[body["run"]], payload, key=f"schedule:{schedule.id}:{period}")
    schedule.last_at = due_at
    set_next(schedule, clock.now())


RUNS = {"weekly_tasks": "runtime.actions.jobs.generate_week", "scores": "runtime.scores.jobs.compute_ended"}


def set_next(schedule: Schedule, after: dt.datetime) -> None:
    schedule.next_at = next_time(body_of(schedule.version), schedule.company_id, after)
    payload = {"schedule_id": schedule.id}
    timers.schedule(timer_key(schedule), "runtime.rhythm.jobs.fire", payload, schedule.next_at)


def next_time(body: Document, company_id: int, after: dt.datetime) -> dt.datetime:
    """The first moment after `after`: that working day of a week or month at the given hour; a period that has fewer
    takes its last, one without work is left out."""
    zone = zone_of(company_id)
    hour, minute = map(int, body["at"].split(":"))
    first = _beginning(body["every"], after.astimezone(zone).date())
    while True:
        following = _beginning(body["every"], first + LONGER[body["every"]])
        working = calendars.working_days(company_id, first, following - ONE_DAY)
        if working:
            day = working[min(DAYS[body["on"]], len(working) - 1)]
            moment = dt.datetime.combine(day, dt.time(hour, minute), zone)
            if moment > after:
                return moment.astimezone(dt.UTC)
        first = following


LONGER = {WEEK: dt.timedelta(days=7), MONTH: dt.timedelta(days=31)}  # from a first day into the next period
ONE_DAY = dt.timedelta(days=1)


def _beginning(every: str, day: dt.date) -> dt.date:
    """The first day of the week or month."""
    return day - dt.timedelta(days=day.weekday()) if every == WEEK else day.replace(day=1)


def zone_of(company_id: int) -> ZoneInfo:
    company = db.session.get_one(Company, company_id)
    return ZoneInfo(company.time_zone)


def body_of(version: DefinitionVersion) -> Document:
    body: Document = version.document["body"]
    return body


def timer_key(schedule: Schedule) -> str:
    return f"schedule:{schedule.id}"
