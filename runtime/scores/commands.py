"""`guantong scores compute`: score a period again, for scripts."""

import datetime as dt

import click
from flask.cli import with_appcontext
from flask_babel import gettext as _
from sqlalchemy import select

from builder import definitions
from core import clock
from core.cli import print_json
from core.db import Document, db
from core.errors import Invalid, NotFound, Problem
from runtime.api.commands import find_company
from runtime.facts import periods
from runtime.facts.periods import Period
from runtime.scores import rules, runs
from runtime.scores.models import Score, ScoreRun


@click.group("scores", help="Points of people, period by period.")
def scores_group() -> None:
    pass


@scores_group.command("compute", help="Score a period with the versions in force at its end, as a new revision.")
@click.option("--period", "words", required=True, help="2025-Q1, 2025-06 or 2025-W27.")
@click.option("--metric", "metric_key", help="The metric that scores; where there is one only, it may be left out.")
@click.option("--on", "day", type=click.DateTime(["%Y-%m-%d"]), help="Use the versions in force on this day instead.")
@click.option("--company", help="Where there are several: the company's name.")
@click.option("--json", "as_json", is_flag=True, help="Everybody's points, one document on one line.")
@with_appcontext
def compute(words: str, metric_key: str | None, day: dt.datetime | None, company: str | None, as_json: bool) -> None:
    owner, period = find_company(company), _period(words)
    on = day.date() if day else None
    key = metric_key or _only_metric(owner.id, on or min(period.last_day, clock.today()))
    run = runs.compute(owner.id, key, period, by_id=None, on=on)
    db.session.commit()
    people = _people(run)
    if as_json:
        print_json({"metric": key, "period": run.period, "revision": run.revision, "people": people})
    held = sum(person["value"] is None for person in people)
    click.echo(f"{run.period}: {len(people)} people scored, {held} held, revision {run.revision}.", err=True)


def _period(words: str) -> Period:
    try:
        return periods.read(words)
    except ValueError as error:
        raise Invalid([Problem("/period", "period", str(error))]) from None


def _only_metric(company_id: int, day: dt.date) -> str:
    found = rules.all_in(definitions.sources(company_id, on=day))
    if len(found) != 1:
        raise NotFound(_("Name the metric: %(keys)s.", keys=", ".join(found) or "—"))
    return found[0]


def _people(run: ScoreRun) -> list[Document]:
    scores = select(Score).where(Score.run_id == run.id).order_by(Score.id)
    return [
        {"member": score.member.code, "value": score.value, "grade": score.grade}
        for score in db.session.scalars(scores)
    ]


ALL = [scores_group]
