"""数据: figures by unit and period, where each comes from, who is late, what became of visits."""

import datetime as dt
from collections import Counter
from typing import Any

from flask import Blueprint, Flask, render_template, request
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_login import current_user

from core import access, clock
from core.db import db
from core.errors import NotFound
from organization import paging
from organization.access import covered_paths
from organization.imports.kinds import KINDS
from organization.models import OrgUnit
from runtime.facts import figures, imports, latency, metrics, periods, visits
from runtime.facts.figures import READ
from runtime.facts.metrics import Metric
from runtime.facts.models import Fact
from runtime.facts.visits import Rule
from runtime.goals.goal_pages import period_name

bp = Blueprint("facts", __name__, url_prefix="/facts")

GRAINS = (periods.QUARTER, periods.MONTH)
FOUR_WEEKS = dt.timedelta(days=27)
SHOWN = 100


SOURCES = {
    "api": _l("API"),
    "csv": _l("CSV file"),
    "xlsx": _l("Excel file"),
    "form": _l("Form"),
    "rule": _l("Counting rule"),
}


def init_app(_app: Flask) -> None:
    """Figures are imported where everything is; nothing there knows us."""
    KINDS.update({kind.key: kind for kind in imports.KINDS})


@bp.context_processor
def _words() -> dict[str, Any]:
    return {"period_name": period_name, "source_name": lambda source: SOURCES.get(source, source)}


@bp.get("")
@access.needs(READ)
def index() -> str:
    """Metric × period × unit; every number leads to the facts behind it."""
    known, units = metrics.in_force(current_user.company_id), figures.units_of(current_user)
    unit = _chosen_unit(units)
    grain = request.args.get("by", "")
    grain = grain if grain in GRAINS else periods.QUARTER
    year = _year()
    shown = figures.of(current_user, known, request.args.get("metric", ""), unit, units, year, grain)
    return render_template(
        "runtime/facts/index.html",
        shown=shown,
        metrics=sorted(known.values(), key=lambda metric: metric.key),
        units=units,
        unit=unit,
        year=year,
        years=range(clock.today().year, clock.today().year - 4, -1),
        grain=grain,
        above=[other for other in units if unit.path.startswith(other.path) and other.path != unit.path],
    )


@bp.get("/sources")
@access.needs(READ)
def sources() -> str:
    """The facts behind one number (S7)."""
    unit, metric = _unit(), _metric()
    first, last = _days()
    member_id, own = request.args.get("member", type=int), "own" in request.args
    page = paging.page(
        figures.behind(metric.key, unit, first, last, member_id, own),
        Fact,
        "last_day",
        descending=True,
        after=request.args.get("after", type=int),
        before=request.args.get("before", type=int),
    )
    return render_template(
        "runtime/facts/sources.html", page=page, metric=metric, unit=unit, first=first, last=last, asked=request.args
    )


@bp.get("/<int:fact_id>")
@access.needs(READ)
def show(fact_id: int) -> str:
    """One fact with its revisions."""
    fact = figures.find(fact_id)
    if fact is None or not current_user.may(READ, fact.unit):
        raise NotFound(_("This figure is not there, or outside of what you may see."))
    metric = metrics.in_force(fact.company_id).get(fact.metric_key)
    return render_template("runtime/facts/fact.html", fact=fact, metric=metric, history=figures.history(fact))


@bp.get("/latency")
@access.needs(READ)
def late() -> str:
    """Who sends his figures late (S13)."""
    rows = latency.deliveries(current_user)
    known = metrics.in_force(current_user.company_id)
    return render_template("runtime/facts/latency.html", rows=rows, metrics=known, counts=_late_counts(rows))


@bp.get("/visits")
@access.needs(READ)
def visited() -> str:
    """Visits of the last four weeks: effective, unconfirmed, or followed by nothing (S20)."""
    known = metrics.in_force(current_user.company_id).values()
    counted = sorted((metric for metric in known if metric.count), key=lambda metric: len(metric.count or {}))
    metric = next((one for one in counted if one.key == request.args.get("metric")), counted[0] if counted else None)
    found = _visits(metric) if metric else []
    state = request.args.get("state", "")
    rows = [row for row in reversed(found) if state in ("", row.state)]
    return render_template(
        "runtime/facts/visits.html",
        metric=metric,
        counted=counted,
        rows=rows[:SHOWN],
        more=len(rows) - SHOWN,
        counts=Counter(row.state for row in found),
        state=state,
        rule=Rule.of(metric.count) if metric and metric.count else None,
    )


# ── what is asked ────────────────────────────────────────────────────────────────────────────────────────────────────


def _chosen_unit(units: list[Any]) -> Any:
    asked = request.args.get("unit", type=int)
    found = next((unit for unit in units if unit.id == asked), None if asked else units[0])
    if found is None:
        raise NotFound(_("This unit is not there, or outside of what you may see."))
    return found


def _unit() -> OrgUnit:
    unit = db.session.get(OrgUnit, request.args.get("unit", 0, type=int))
    if unit is None or not current_user.may(READ, unit):
        raise NotFound(_("This unit is not there, or outside of what you may see."))
    return unit


def _metric() -> Metric:
    known = metrics.in_force(current_user.company_id)
    if request.args.get("metric") not in known:
        raise NotFound(_("There is no such metric (any more)."))
    return known[request.args["metric"]]


def _year() -> int:
    asked = request.args.get("year", clock.today().year, type=int)
    return asked if 2000 <= asked <= 2100 else clock.today().year


def _days() -> tuple[dt.date, dt.date]:
    """The period that is asked for, or the whole year."""
    words = request.args.get("period", "")
    try:
        period = periods.read(words)
    except ValueError:
        return dt.date(_year(), 1, 1), dt.date(_year(), 12, 31)
    return period.first_day, period.last_day


def _late_counts(rows: list[latency.Delivery]) -> dict[str, int]:
    missing = sum(row.missing and row.late for row in rows)
    return {"missing": missing, "late": sum(row.late for row in rows) - missing, "all": len(rows)}


def _visits(metric: Metric) -> list[visits.Counted]:
    prefixes, today = covered_paths(current_user, READ), clock.today()
    return visits.judged(
        current_user.company_id,
        Rule.of(metric.count or {}),
        today - FOUR_WEEKS,
        today,
        lambda path: any(path.startswith(prefix) for prefix in prefixes),
    )
