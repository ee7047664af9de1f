"""有效拜访 (S20): visits that count because something followed them, as the metric's counting rule says.

Visits are touches of that kind and the customers of weekly tasks that were done with evidence. A visit is effective
once a contact, quote or meeting with the same customer follows on a later day within the rule's days; until then it is
unconfirmed (待确认), afterwards it came to nothing. One visit a customer and day counts, for whoever came first.
"""

import datetime as dt
from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import aliased

from core import clock
from core.db import Document, db
from organization.models import Contact, Customer, Member, OrgUnit
from runtime.actions.models import Task, TaskItem
from runtime.facts import metrics, store, touches
from runtime.facts.judging import Covers, Given
from runtime.facts.metrics import Metric
from runtime.facts.models import Touch

EFFECTIVE, PENDING, LAPSED = "effective", "pending", "lapsed"
COUNTED = "count"  # the source reference of facts that the rule makes
SOURCES = {"visits": touches.VISIT}


class Visit(NamedTuple):
    """Somebody was with a customer on a day; a touch or a done task. `path` is that of his unit."""

    customer: int
    day: dt.date
    member: int
    tier: str | None
    contact_level: str | None
    customer_name: str
    member_name: str
    path: str


class Counted(NamedTuple):
    visit: Visit
    state: str
    followed_on: dt.date | None


@dataclass(frozen=True)
class Rule:
    """A metric's counting rule."""

    kind: str
    distinct: tuple[str, ...]
    customer_tier: str | None
    contact_level: str | None
    followed_by: frozenset[str]
    same: str
    within: dt.timedelta

    @classmethod
    def of(cls, count: Document) -> "Rule":
        follow = count["followed_by"]
        return cls(
            kind=SOURCES[count["from"]],
            distinct=tuple(count["distinct"]),
            customer_tier=count.get("customer_tier"),
            contact_level=count.get("contact_level"),
            followed_by=frozenset(follow["from"]),
            same=follow["same"],
            within=dt.timedelta(days=follow["within_days"]),
        )

    def fits(self, visit: Visit) -> bool:
        return self.customer_tier in (None, visit.tier) and self.contact_level in (None, visit.contact_level)


def recount(company_id: int, first: dt.date, last: dt.date) -> None:
    """Feed every counted metric anew for the visits that something between two days may have followed, or been."""
    for metric in metrics.in_force(company_id).values():
        if metric.count:
            _recount(company_id, metric, Rule.of(metric.count), first, last)


def _recount(company_id: int, metric: Metric, rule: Rule, first: dt.date, last: dt.date) -> None:
    start = first - rule.within
    made = Counter(
        (counted.visit.member, counted.visit.day)
        for counted in judged(company_id, rule, start, last)
        if counted.state == EFFECTIVE
    )
    there = store.values(company_id, metric.key, start, last)
    known = zip(there.member_id.tolist(), map(dt.date.fromordinal, there.first_day.tolist()), strict=True)
    numbers = dict.fromkeys(known, 0) | made
    codes = _codes({member_id for member_id, _day in numbers})
    batch = [
        Given(f"/{code}/{day}", metric.key, day.isoformat(), float(numbers[member_id, day]), "", code, "", COUNTED)
        for member_id, day in sorted(numbers)
        for code in [codes[member_id]]
    ]
    if batch:
        store.feed(company_id, batch, source="rule", by_id=None, counted=True, note=metric.key)


def judged(
    company_id: int, rule: Rule, first: dt.date, last: dt.date, covers: Covers = lambda _path: True
) -> list[Counted]:
    """Each visit between two days and what became of it, in order of days, of the units that `covers` says yes to.
    Two statements."""
    today = clock.today()
    seen = _touches(company_id, first, last + rule.within)
    follow_ups: dict[int, list[dt.date]] = defaultdict(list)
    for kind, visit in seen:
        if kind in rule.followed_by:
            follow_ups[getattr(visit, rule.same)].append(visit.day)
    for days in follow_ups.values():
        days.sort()
    found = [visit for kind, visit in seen if kind == rule.kind and visit.day <= last]
    found += _done_tasks(company_id, first, last)
    return [
        _judge(visit, follow_ups[getattr(visit, rule.same)], rule, today)
        for visit in _distinct(filter(rule.fits, found), rule)
        if covers(visit.path)
    ]


def _judge(visit: Visit, later: Sequence[dt.date], rule: Rule, today: dt.date) -> Counted:
    at = bisect_right(later, visit.day)
    followed_on = later[at] if at < len(later) and later[at] <= visit.day + rule.within else None
    if followed_on is not None:
        return Counted(visit, EFFECTIVE, followed_on)
    return Counted(visit, PENDING if today <= visit.day + rule.within else LAPSED, None)


def _distinct(visits: Iterable[Visit], rule: Rule) -> list[Visit]:
    """One of each (customer, day), the first that was recorded."""
    first: dict[tuple[object, ...], Visit] = {}
    for visit in visits:
        first.setdefault(tuple(getattr(visit, name) for name in rule.distinct), visit)
    return sorted(first.values(), key=lambda visit: (visit.day, visit.customer))


def _touches(company_id: int, first: dt.date, last: dt.date) -> list[tuple[str, Visit]]:
    rows = db.session.execute(
        select(
            *(Touch.kind, Touch.customer_id, Touch.day, Touch.member_id, Customer.tier, Touch.contact_level),
            *(Customer.name, Member.name, OrgUnit.path),
        )
        .join(Touch.customer)
        .join(Touch.member)
        .join(OrgUnit, OrgUnit.id == Member.unit_id)
        .where(Touch.company_id == company_id, Touch.day >= first, Touch.day <= last)
        .order_by(Touch.id)
    )
    return [(kind, Visit(*columns)) for kind, *columns in rows]


def _done_tasks(company_id: int, first: dt.date, last: dt.date) -> list[Visit]:
    met = aliased(Contact)
    begin, end = _midnight(first), _midnight(last + dt.timedelta(days=1))
    rows = db.session.execute(
        select(
            *(TaskItem.customer_id, TaskItem.done_at, Task.member_id, Customer.tier, met.level),
            *(Customer.name, Member.name, OrgUnit.path),
        )
        .join(TaskItem.task)
        .join(TaskItem.customer)
        .join(Task.member)
        .join(OrgUnit, OrgUnit.id == Member.unit_id)
        .outerjoin(met, met.id == TaskItem.contact_id)
        .where(Task.company_id == company_id, TaskItem.done_at >= begin, TaskItem.done_at < end)
        .order_by(TaskItem.done_at, TaskItem.id)
    )
    return [
        Visit(customer_id, done_at.astimezone(clock.SHANGHAI).date(), *others) for customer_id, done_at, *others in rows
    ]


def _midnight(day: dt.date) -> dt.datetime:
    return dt.datetime.combine(day, dt.time(), clock.SHANGHAI)


def _codes(member_ids: set[int]) -> dict[int, str]:
    rows = db.session.execute(select(Member.id, Member.code).where(Member.id.in_(member_ids)))
    return dict(rows.all())
