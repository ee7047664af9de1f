"""Scoring a period for good: with the versions that were in force at its end, and kept with them."""

import datetime as dt
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any

import sqlalchemy as sa
from flask_babel import gettext as _
from sqlalchemy import select

from builder import definitions
from core import audit, clock
from core.db import Document, db
from core.errors import NotFound
from runtime.facts.periods import Period
from runtime.scores import ground, rules, scoring
from runtime.scores.models import Score, ScoreRun
from runtime.scores.scoring import Scores

SLICE = 2_000  # rows of an INSERT


def compute(
    company_id: int, metric_key: str, period: Period, *, by_id: int | None, on: dt.date | None = None
) -> ScoreRun:
    """A new revision of everybody's points. `on`: the day whose versions it is made with; the period's last day where
    nothing is said, or today while it goes on. Flushes. Raises NotFound when the metric scores nobody, or nobody has a
    target in the period."""
    day = on or min(period.last_day, clock.today())
    sources = definitions.sources(company_id, on=day)
    here = ground.read(company_id, metric_key, [period], sources)
    if not here.people:
        sentence = _("Nobody has a target in %(period)s. Hand goals down, or feed its targets.", period=period.key)
        raise NotFound(sentence)
    found = scoring.score(here, sources)
    run = _run(company_id, period, found, by_id)
    rows = _rows(run, found)
    while some := list(islice(rows, SLICE)):
        db.session.execute(sa.insert(Score), some, execution_options={"render_nulls": True})
    after = {"metric": metric_key, "period": period.key, "revision": run.revision, "people": len(here.people)}
    audit.record("scores.compute", f"company:{company_id}", by_id=by_id, after=after)
    return run


def compute_all(company_id: int, periods: Iterable[Period], *, by_id: int | None = None) -> list[ScoreRun]:
    """Every metric that scores people, in every period in which anybody has a target."""
    made = []
    for period in periods:
        for key in rules.all_in(definitions.sources(company_id, on=min(period.last_day, clock.today()))):
            try:
                made.append(compute(company_id, key, period, by_id=by_id))
            except NotFound:
                continue  # nobody has a target there: not every company plans every month
    return made


def _run(company_id: int, period: Period, found: Scores, by_id: int | None) -> ScoreRun:
    last = select(sa.func.max(ScoreRun.revision)).where(
        ScoreRun.company_id == company_id, ScoreRun.metric_key == found.rule.key, ScoreRun.period == period.key
    )
    run = ScoreRun(
        company_id=company_id,
        metric_key=found.rule.key,
        period=period.key,
        grain=period.grain,
        first_day=period.first_day,
        last_day=period.last_day,
        revision=(db.session.scalar(last) or 0) + 1,
        pins=found.rule.pins,
        computed_at=clock.now(),
        computed_by=by_id,
    )
    db.session.add(run)
    definitions.flush_or_refuse(_("Somebody else computes this period right now. Reload the page in a minute."))
    return run


def _rows(run: ScoreRun, found: Scores) -> Iterator[Document]:
    for at, person in enumerate(found.ground.people):
        row: dict[str, Any] = {"run_id": run.id, "member_id": person.member_id, "unit_id": person.unit_id}
        yield row | {
            "value": found.value(at),
            "grade": found.grades[at],
            "light": found.lights[at],
            "why": found.why(at),
        }
