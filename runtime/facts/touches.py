"""What happened with customers: visits, and the contacts, quotes and meetings that may follow them (S20)."""

import datetime as dt
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

import sqlalchemy as sa
from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from core import audit, clock, jobs
from core.db import Document, db
from core.errors import Conflict, Problem
from organization import values
from organization.models import Customer, Member, OrgUnit
from runtime.facts.judging import LONGEST_REF, Covers
from runtime.facts.models import Touch
from runtime.facts.store import Fed

VISIT = "visit"
KINDS = (VISIT, "contact", "quote", "meeting")
LONGEST_LEVEL = 40
COUNT = "runtime.facts.jobs.count"

Named = tuple[int, int, dt.date, str, str]


@dataclass(frozen=True)
class GivenTouch:
    """A touch as it was fed, everything by code. `place` is where it stood."""

    place: str
    customer: str
    member: str
    day: str
    kind: str
    contact_level: str = ""
    source_ref: str = ""


@dataclass
class JudgedTouch:
    """`change` is add, same or wrong; `wrong` has (field, code, sentence)."""

    given: GivenTouch
    row: Document = field(default_factory=dict)
    change: str = "add"
    wrong: list[tuple[str, str, str]] = field(default_factory=list)

    def refuse(self, name: str, code: str, sentence: str) -> None:
        self.wrong.append((name, code, sentence))
        self.change = "wrong"


def feed(
    company_id: int,
    batch: Sequence[GivenTouch],
    *,
    source: str,
    by_id: int | None,
    covers: Covers = lambda _path: True,
    note: str | None = None,
) -> Fed:
    """What is there already is left alone; what is wrong is left out and told. Flushes."""
    judged = judge(company_id, batch, covers=covers)
    write(company_id, judged, source)
    made = Counter(one.change for one in judged)
    wrong = [
        Problem(f"{one.given.place}/{name}", code, sentence) for one in judged for name, code, sentence in one.wrong
    ]
    fed = Fed(made["add"], made["same"], 0, wrong)
    after = {"source": source, "note": note, **fed.as_json(), "rejected": len(wrong)}
    audit.record("touches.feed", f"company:{company_id}", by_id=by_id, after=after)
    return fed


def judge(company_id: int, batch: Sequence[GivenTouch], *, covers: Covers = lambda _path: True) -> list[JudgedTouch]:
    """Three statements, whatever the size of the batch."""
    customers = _ids(Customer, company_id)
    people = {code: (member_id, path) for code, member_id, path in db.session.execute(_people(company_id))}
    judged = [JudgedTouch(given) for given in batch]
    for one in judged:
        _resolve(one, customers, people, covers)
    sound = [one for one in judged if not one.wrong]
    there = _there(company_id, [one.row for one in sound])
    for one in sound:
        named = _named(one.row)
        one.change = "same" if named in there else "add"
        there.add(named)
    return judged


def write(company_id: int, judged: Sequence[JudgedTouch], source: str) -> None:
    """Insert what is new and have the visits counted anew. Raises Conflict when the same came at this moment."""
    head = {"company_id": company_id, "source": source, "received_at": clock.now()}
    rows = [one.row | head for one in judged if one.change == "add"]
    if not rows:
        return
    try:
        db.session.execute(sa.insert(Touch), rows, execution_options={"render_nulls": True})
    except IntegrityError as error:
        raise Conflict(_("Somebody fed the same at this moment. Send it again."), str(error)) from error
    days = [row["day"] for row in rows]
    span = {"first": min(days).isoformat(), "last": max(days).isoformat()}
    jobs.enqueue(COUNT, {"company_id": company_id, **span})


def _resolve(one: JudgedTouch, customers: dict[str, int], people: dict[str, tuple[int, str]], covers: Covers) -> None:
    given = one.given
    if given.customer not in customers:
        sentence = _("There is no customer with the code “%(code)s”.", code=given.customer[:40])
        one.refuse("customer", "unknown", sentence)
    if given.member not in people:
        one.refuse("member", "unknown", _("Nobody has the number “%(code)s”.", code=given.member[:40]))
    elif not covers(people[given.member][1]):
        one.refuse("member", "outside", _("This unit is outside of those you may feed."))
    if given.kind not in KINDS:
        sentence = _("“%(kind)s” is none of: %(known)s.", kind=given.kind[:20], known=", ".join(KINDS))
        one.refuse("kind", "unknown", sentence)
    for name, most in (("source_ref", LONGEST_REF), ("contact_level", LONGEST_LEVEL)):
        if len(getattr(given, name)) > most:
            one.refuse(name, "too_long", _("Keep it under %(most)s characters.", most=most))
    day = _day(one)
    if not one.wrong:
        one.row = {"customer_id": customers[given.customer], "member_id": people[given.member][0], "day": day}
        one.row |= {"kind": given.kind, "source_ref": given.source_ref, "contact_level": given.contact_level or None}


def _day(one: JudgedTouch) -> dt.date | None:
    try:
        day = values.day(one.given.day)
    except ValueError as error:
        one.refuse("day", "day", str(error))
        return None
    if day > clock.today():
        one.refuse("day", "future", _("This day is still to come."))
    return day


def _named(row: Document) -> Named:
    return row["customer_id"], row["member_id"], row["day"], row["kind"], row["source_ref"]


def _there(company_id: int, rows: Sequence[Document]) -> set[Named]:
    if not rows:
        return set()
    days = [row["day"] for row in rows]
    query = select(Touch.customer_id, Touch.member_id, Touch.day, Touch.kind, Touch.source_ref)
    query = query.where(Touch.company_id == company_id, Touch.day >= min(days), Touch.day <= max(days))
    return {(row[0], row[1], row[2], row[3], row[4]) for row in db.session.execute(query)}


def _people(company_id: int) -> sa.Select[tuple[str, int, str]]:
    people = select(Member.code, Member.id, OrgUnit.path).join(OrgUnit, Member.unit_id == OrgUnit.id)
    return people.where(Member.company_id == company_id)


def _ids(model: type[Customer], company_id: int) -> dict[str, int]:
    rows = db.session.execute(select(model.code, model.id).where(model.company_id == company_id))
    return dict(rows.all())
