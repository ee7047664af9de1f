"""交接: planned with a preview, carried out on its day by a job, and undone as far as nobody went on from there."""

import datetime as dt
from collections.abc import Mapping

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from core import audit, clock, jobs, timers
from core.db import Document, db
from core.errors import AppError, Conflict, Invalid, Problem
from organization.access import visible_units
from organization.models import Member
from runtime.handover.models import Handover
from runtime.handover.parts import PARTS
from runtime.handover.things import Thing

MANAGE = "organization.manage"
CARRY_OUT = "runtime.handover.jobs.carry_out"
LATEST = 366  # days ahead


def plan(
    member: Member, from_day: dt.date | None, takers: Mapping[str, Member | None], reason: str, *, by: Member
) -> Handover:
    """Each part to whom it is given; parts without anybody stay. Raises Invalid; flushes."""
    given = {key: taker for key, taker in takers.items() if taker is not None}
    if problems := [*_wrong_day(from_day), *_wrong_takers(member, from_day or clock.today(), given)]:
        raise Invalid(problems)
    handover = Handover(company_id=member.company_id, member_id=member.id, from_day=from_day, reason=reason[:200])
    handover.takers = {key: taker.id for key, taker in given.items()}
    handover.created_at, handover.created_by_id, handover.state = clock.now(), by.id, "planned"
    db.session.add(handover)
    db.session.flush()
    after = {"from_day": handover.from_day.isoformat(), "takers": handover.takers}
    audit.record("handover.plan", _subject(handover), by_id=by.id, after=after, reason=reason or None)
    _set_going(handover)
    return handover


def carry_out(handover: Handover) -> None:
    """Whatever the person has that morning, not what he had when it was planned."""
    if handover.state != "planned":
        return
    member = db.session.get_one(Member, handover.member_id)
    moved: dict[str, list[Document]] = {}
    left: dict[str, list[Document]] = {}
    for key, taker_id in handover.takers.items():
        taker = db.session.get_one(Member, taker_id)
        for thing in PARTS[key].things(member):
            _move(handover, key, thing, taker, moved, left)
    handover.moved, handover.left = moved, left
    handover.state, handover.done_at = "done", clock.now()
    counts = {key: len(entries) for key, entries in moved.items()}
    audit.record("handover.done", _subject(handover), by_id=handover.created_by_id, after={"moved": counts})


def undo(handover: Handover, *, by: Member) -> None:
    """What came to somebody else meanwhile, or was done, stays as it is."""
    if handover.state != "done":
        raise Conflict(_("Only a handover that was carried out can be undone."))
    member = db.session.get_one(Member, handover.member_id)
    if not member.present_on(clock.today()):
        raise Conflict(_("%(name)s does not work here any more. Hand over to somebody else.", name=member.name))
    for key, entries in handover.moved.items():
        for entry in reversed(entries):
            PARTS[key].back(entry, member, by.id)
    handover.state, handover.undone_at = "undone", clock.now()
    audit.record("handover.undo", _subject(handover), by_id=by.id)


def cancel(handover: Handover, *, by: Member) -> None:
    if handover.state != "planned":
        raise Conflict(_("Only a handover whose day has not come can be cancelled."))
    handover.state = "cancelled"
    timers.cancel(_timer(handover))
    audit.record("handover.cancel", _subject(handover), by_id=by.id)


def listed(actor: Member, limit: int = 100) -> list[Handover]:
    """Those of people whom he manages, the newest first."""
    asked = select(Handover).join(Handover.member).join(Member.unit).where(visible_units(actor, MANAGE))
    asked = asked.where(Handover.company_id == actor.company_id).options(joinedload(Handover.member))
    return list(db.session.scalars(asked.order_by(Handover.id.desc()).limit(limit)))


def _move(
    handover: Handover,
    key: str,
    thing: Thing,
    taker: Member,
    moved: dict[str, list[Document]],
    left: dict[str, list[Document]],
) -> None:
    """A thing that cannot move is told, and the others move all the same."""
    try:
        with db.session.begin_nested():
            entry = PARTS[key].give(thing.id, handover.member, taker, handover.created_by_id)
            db.session.flush()
        moved.setdefault(key, []).append(entry | {"title": thing.title})
    except AppError as error:
        left.setdefault(key, []).append({"title": thing.title, "why": error.message})


def _set_going(handover: Handover) -> None:
    payload = {"handover_id": handover.id}
    if handover.from_day <= clock.today():
        jobs.enqueue(CARRY_OUT, payload, key=_timer(handover))
        return
    morning = dt.datetime.combine(handover.from_day, dt.time(0, 5), clock.SHANGHAI)
    timers.schedule(_timer(handover), CARRY_OUT, payload, morning.astimezone(dt.UTC))


def _wrong_day(day: dt.date | None) -> list[Problem]:
    if day is None:
        return [Problem("/from_day", "required", _("Choose the day from which it holds."))]
    if not clock.today() <= day <= clock.today() + dt.timedelta(days=LATEST):
        return [Problem("/from_day", "out_of_range", _("The day is today, or within a year from now."))]
    return []


def _wrong_takers(member: Member, day: dt.date, takers: Mapping[str, Member]) -> list[Problem]:
    if not takers:
        return [Problem("/takers", "required", _("Name at least one successor."))]
    sentence = _("Choose somebody else, who works here on that day.")
    return [
        Problem(f"/taker-{key}", "unfit", sentence)
        for key, taker in takers.items()
        if taker.id == member.id or taker.company_id != member.company_id or not taker.present_on(day)
    ]


def _timer(handover: Handover) -> str:
    return f"handover:{handover.id}"


def _subject(handover: Handover) -> str:
    return f"member:{handover.member_id}"
