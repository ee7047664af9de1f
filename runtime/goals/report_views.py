"""Reports over goals in the browser."""

from flask import render_template, request
from flask_babel import gettext as _
from flask_login import current_user

from core import access, clock
from core.db import Document
from runtime.actions import weeks
from runtime.goals import reports, sight, standing
from runtime.goals.models import GoalSet
from runtime.goals.standing import Forest
from runtime.goals.views import bp

COHORTS = (3, 6, 12)  # months that a cohort of joiners may cover


@bp.get("/reports", endpoint="reports")
@access.needs(sight.READ)
def chain() -> str:
    """断链: which goals reach somebody's week, and where the way ends."""
    week = weeks.week_of(clock.today())
    chains = reports.chains(current_user, standing.sets_of(current_user), week)
    idle = reports.campaigns_without_tactics(current_user.company_id)
    return render_template("runtime/goals/reports/chain.html", chains=chains, idle=idle, week=week)


@bp.get("/reports/completion")
@access.needs(sight.READ)
def completion() -> str:
    goal_set, forest = _newest()
    rows = reports.completion(forest)
    return render_template("runtime/goals/reports/completion.html", goal_set=goal_set, rows=rows)


@bp.get("/reports/attrition")
@access.needs(sight.READ)
def attrition() -> str:
    months = request.args.get("months", COHORTS[0], type=int)
    months = months if months in COHORTS else COHORTS[0]
    rows = reports.attrition(current_user, months)
    chart = _bars(_("Left within three months"), [(row.name, row.rate) for row in rows])
    return render_template(
        "runtime/goals/reports/attrition.html", rows=rows, months=months, cohorts=COHORTS, chart_data=chart
    )


@bp.get("/reports/difficulty")
@access.needs(sight.READ)
def difficulty() -> str:
    goal_set, forest = _newest()
    rows = reports.difficulty(forest)
    highest = min((row.row.path.count("/") for row in rows), default=0)
    shown = [(row.row.name, row.row.growth) for row in rows if row.row.path.count("/") == highest]
    return render_template(
        "runtime/goals/reports/difficulty.html", goal_set=goal_set, rows=rows, chart_data=_bars(_("Growth"), shown)
    )


def _newest() -> tuple[GoalSet | None, Forest]:
    sets = standing.sets_of(current_user)
    return (sets[0], standing.forest(current_user, sets[0])) if sets else (None, Forest([]))


def _bars(name: str, bars: list[tuple[str, float | None]]) -> Document:
    values = [None if value is None else round(value, 6) for _label, value in bars]
    labels = [label for label, _value in bars]
    return {"kind": "bar", "unit": "percent", "labels": labels, "series": [{"name": name, "values": values}]}
