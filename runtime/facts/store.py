"""The one place where facts come in and where numbers are read from (S7).

`feed` takes a batch from whatever source: what is known is left alone, what differs becomes a new revision, what is
wrong is told with its place. It never commits; one batch is one audit row. A job then brings the goals up to date.
"""

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import sqlalchemy as sa
from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from core import audit, clock, jobs
from core.db import Document, db, like_prefix
from core.errors import Conflict, Problem
from organization.models import OrgUnit
from runtime.facts import periods
from runtime.facts.aggregation import Rows, aggregate
from runtime.facts.judging import Covers, Given, Judged, judge
from runtime.facts.measures.columns import Floats, Ints
from runtime.facts.metrics import Metric
from runtime.facts.models import Fact, counts

BOOK = "runtime.facts.jobs.book"
# As plain columns of the table: a year of a company is some 100,000 rows, which the ORM would touch one by one.
COLUMNS = tuple(
    Fact.__table__.c[name] for name in ("id", "unit_id", "member_id", "product_id", "period", "value", "weight")
)
SLICE = 500  # rows at a time: of many more at once Python's collector would look through all again and again


@dataclass(frozen=True)
class Fed:
    """How many rows of a batch were new, known already, corrections; and what is wrong with the others."""

    accepted: int
    unchanged: int
    corrected: int
    rejected: list[Problem]

    def as_json(self) -> Document:
        return {"accepted": self.accepted, "unchanged": self.unchanged, "corrected": self.corrected}


def feed(
    company_id: int,
    batch: Sequence[Given],
    *,
    source: str,
    by_id: int | None,
    covers: Covers = lambda _path: True,
    counted: bool = False,
    note: str | None = None,
) -> Fed:
    """Rows that are wrong are left out and told; whoever wants all or nothing raises Invalid with them. Flushes.
    `note` says in the audit which file or token it was."""
    judged = judge(company_id, batch, covers=covers, counted=counted)
    write(company_id, judged, source)
    fed = _fed(judged)
    after = {"source": source, "note": note, **fed.as_json(), "rejected": len(fed.rejected)}
    audit.record("facts.feed", f"company:{company_id}", by_id=by_id, after=after)
    return fed


def write(company_id: int, judged: Iterable[Judged], source: str) -> None:
    """Insert what is new and what corrects, and have the goals follow. Raises Conflict when somebody fed the same at
    this moment."""
    head = {"company_id": company_id, "source": source, "received_at": clock.now()}
    rows = [one.row | head for one in judged if one.change in ("add", "change")]
    if not rows:
        return
    try:
        db.session.execute(sa.insert(Fact), rows, execution_options={"render_nulls": True})
    except IntegrityError as error:
        raise Conflict(_("Somebody fed the same figures at this moment. Send them again."), str(error)) from error
    changed = {"company_id": company_id, "metrics": sorted({row["metric_key"] for row in rows})}
    jobs.enqueue(BOOK, changed)


def _fed(judged: Sequence[Judged]) -> Fed:
    made = Counter(one.change for one in judged)
    wrong = [
        Problem(f"{one.given.place}/{name}", code, sentence) for one in judged for name, code, sentence in one.wrong
    ]
    return Fed(made["add"], made["same"], made["change"], wrong)


# ── numbers ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def values(
    company_id: int,
    metric_key: str,
    first: dt.date,
    last: dt.date,
    *,
    under: str | None = None,
    members: Sequence[int] | None = None,
) -> Rows:
    """The facts that count whose periods lie between two days (both included), as columns; one statement.

    `under` is a unit's path: only what counts there or below. `members`: only these people's.
    """
    query = select(*COLUMNS).where(*within(company_id, metric_key, first, last))
    if under is not None:
        query = query.join(OrgUnit, Fact.unit_id == OrgUnit.id).where(like_prefix(OrgUnit.path, under))
    if members is not None:
        query = query.where(Fact.member_id.in_(members))
    return columns(read(query.order_by(Fact.id)))


def within(company_id: int, metric_key: Any, first: dt.date, last: dt.date) -> list[sa.ColumnElement[bool]]:
    """Facts of a metric (a key, or an expression that gives one) that count and lie within two days."""
    return [
        Fact.company_id == company_id,
        Fact.metric_key == metric_key,
        Fact.first_day >= first,
        Fact.last_day <= last,
        counts(),
    ]


def number(rows: Rows, metric: Metric, groups: Ints, count: int) -> Floats:
    """The facts added up by group as the metric's definition says."""
    return aggregate(rows, metric.org, metric.time, groups, count)


def read(query: sa.Select[Any]) -> list[list[Any]]:
    """What a statement gives, column by column."""
    found: list[list[Any]] = [[] for _column in query.selected_columns]
    for rows in db.session.execute(query).partitions(SLICE):
        for column, cells in zip(found, zip(*rows, strict=True), strict=True):
            column.extend(cells)
    return found


def columns(found: Sequence[Sequence[Any]]) -> Rows:
    """What a statement over COLUMNS, and perhaps more behind them, gave. The days of a fact are those of its period."""
    ids, units, members, products, names, amounts, weights = found[: len(COLUMNS)]
    first_days, last_days = _days(names)
    return Rows(
        _whole(ids),
        _whole(units),
        _whole(members),
        _whole(products),
        first_days,
        last_days,
        np.array(amounts, dtype=np.float64),
        np.array(weights, dtype=np.float64),
    )


def _days(names: Sequence[str]) -> tuple[Ints, Ints]:
    """First and last day of each period named, of which there are few different ones."""
    known = {name: place for place, name in enumerate(dict.fromkeys(names))}
    days = [periods.read(name) for name in known]
    place = np.fromiter(map(known.__getitem__, names), np.int64, len(names))
    first = np.array([period.first_day.toordinal() for period in days], dtype=np.int64)
    last = np.array([period.last_day.toordinal() for period in days], dtype=np.int64)
    return first[place], last[place]


def _whole(values: Sequence[int | None]) -> Ints:
    """None is NaN first and 0 then: numpy reads a column at once, Python would ask cell by cell."""
    return np.nan_to_num(np.array(values, dtype=np.float64)).astype(np.int64)
