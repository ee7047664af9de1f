"""得分: a team's points of a period, a person's over time, and why."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user
from sqlalchemy.orm import joinedload

from builder.formula_values import shown
from core import access, clock, jobs
from core.db import Document, db
from core.errors import Invalid, NotFound, Problem
from organization import spreadsheets
from organization.models import Member
from runtime.facts import periods
from runtime.goals.goal_pages import period_name
from runtime.goals.sight import READ
from runtime.scores import lists, why_page
from runtime.scores.lists import Count, Team, Unit
from runtime.scores.models import Score, ScoreRun

bp = Blueprint("scores", __name__, url_prefix="/scores")

COMPUTE = "goals.publish"
TONES = {"green": "good", "blue": "info", "yellow": "warn", "red": "bad"}


@bp.context_processor
def words() -> dict[str, Any]:
    return {"period_words": period_words, "tone_of": lambda light: TONES.get(light, ""), "shown_value": shown}


def period_words(key: str) -> str:
    """2025-Q1 is 2025 年一季度."""
    return str(_("%(period)s of %(year)s", year=key[:4], period=period_name(key)))


@dataclass(frozen=True)
class Asked:
    """What the address asks for: whose points, and what else could be chosen."""

    team: Team
    runs: Sequence[ScoreRun]
    titles: Mapping[str, Document]
    units: Sequence[Unit]
    counts: Sequence[Count]


@bp.get("")
@access.needs(READ)
def index() -> str:
    asked = _asked()
    if asked is None:
        return render_template("runtime/scores/none.html", may_compute=current_user.may(COMPUTE))
    after, before = (request.args.get(side, type=int) for side in ("after", "before"))
    unit = asked.team.unit
    by_unit, by_grade = lists.groups(unit, asked.units, asked.counts)
    return render_template(
        "runtime/scores/index.html",
        asked=asked,
        team=asked.team,
        page=lists.page(current_user, asked.team, after=after, before=before),
        by_unit=by_unit,
        by_grade=by_grade,
        above=[other for other in asked.units if unit.path.startswith(other.path) and other.id != unit.id],
        may_compute=current_user.may(COMPUTE),
    )


@bp.get("/export.<any(xlsx, csv):form>")
@access.needs(READ)
def export(form: str) -> Response:
    asked = _asked()
    if asked is None:
        raise NotFound(_("No period has been scored yet."))
    header = [_("Staff number"), _("Full name"), _("Unit"), _("Points"), _("Grade"), _("Before"), _("Change in points")]
    table = [
        [row.code, row.name, row.unit, row.value, row.grade, row.before, row.change]
        for row in lists.everybody(current_user, asked.team)
    ]
    return spreadsheets.answer(f"{_('Scores')}-{asked.team.run.period}", header, table, form)


@bp.post("/compute")
@access.needs(COMPUTE)
def compute() -> ResponseReturnValue:
    """Score a period again: the figures were corrected, or came late."""
    try:
        period = periods.read(request.form.get("period", ""))
    except ValueError as error:
        raise Invalid([Problem("/period", "period", str(error))]) from None
    if period.first_day > clock.today():
        raise Invalid([Problem("/period", "future", _("This period has not begun yet."))])
    payload = {"company_id": current_user.company_id, "periods": [period.key], "by_id": current_user.id}
    jobs.enqueue("runtime.scores.jobs.compute", payload)
    db.session.commit()
    flash(_("%(period)s is being scored. Reload this page in a moment.", period=period_words(period.key)), "good")
    return redirect(url_for("scores.index", period=period.key), 303)


@bp.get("/mine")
@access.needs("goals.own")
def mine() -> str:
    return _person(current_user)


@bp.get("/people/<int:member_id>")
@access.signed_in
def of_person(member_id: int) -> str:
    member = db.session.get(Member, member_id, options=[joinedload(Member.unit)])
    if member is None or member.company_id != current_user.company_id:
        raise NotFound(_("There is no such person."))
    if member.id != current_user.id:
        access.require(READ, member.unit)
    return _person(member)


@bp.get("/<int:score_id>")
@access.signed_in
def why(score_id: int) -> str:
    """为什么: lines, inputs, the rows that fired, the formula's steps, the versions."""
    score, newest = lists.find(score_id) or (None, None)
    if score is None or score.run.company_id != current_user.company_id or not lists.sees(current_user, score):
        raise NotFound(_("This score is not there, or outside of what you may see."))
    return render_template(
        "runtime/scores/why.html",
        score=score,
        explanation=why_page.of(score),
        newest=newest if newest != score.id else None,
        sees_facts=current_user.may("facts.read", score.unit),
    )


# ── what is asked and shown ──────────────────────────────────────────────────────────────────────────────────────────


def _asked() -> Asked | None:
    """None as long as nothing was scored."""
    found = lists.runs(current_user.company_id)
    titles = {run.metric_key: title for run, title in found}
    metric = request.args.get("metric", next(iter(titles), ""))
    known = [run for run, _title in found if run.metric_key == metric]
    if not known:
        return None
    run = next((run for run in known if run.period == request.args.get("period")), _latest(known))
    units, counts = lists.counted(current_user, run)
    sort = request.args.get("sort", "score")
    team = Team(
        run=run,
        earlier=lists.before(run, known),
        unit=_unit(units),
        grade=request.args.get("grade", ""),
        sort=sort if sort in lists.SORTS else "score",
        ascending=request.args.get("order") == "up",
    )
    return Asked(team, known, titles, units, counts)


def _unit(units: Sequence[Unit]) -> Unit:
    """The one that the address names, else the highest that he sees."""
    wanted = request.args.get("unit", type=int)
    unit = next((unit for unit in units if unit.id == wanted), None if wanted else units[0])
    if unit is None:
        raise NotFound(_("This unit is not there, or outside of what you may see."))
    return unit


def _latest(known: Sequence[ScoreRun]) -> ScoreRun:
    """The newest period that has ended, or the newest; a quarter rather than its last month."""
    today = clock.today()
    ended = [run for run in known if run.last_day <= today] or list(known)
    return max(ended, key=lambda run: (run.last_day, run.last_day - run.first_day))


def _person(member: Member) -> str:
    found = lists.of_person(member)
    asked = request.args.get("period")
    chosen = next((score for score in found if score.run.period == asked), found[0] if found else None)
    explanation = why_page.of(chosen) if chosen else None
    return render_template(
        "runtime/scores/person.html",
        member=member,
        mine=member.id == current_user.id,
        scores=found,
        changes=_changes(found),
        shown=chosen,
        explanation=explanation,
        chart_data=_chart(found, chosen, explanation.unit) if chosen and explanation else None,
    )


def _changes(found: Sequence[Score]) -> dict[int, float]:
    """Points more or less than in the period before, by score."""
    changes: dict[int, float] = {}
    for score in found:
        same = [
            other for other in found if _series(other) == _series(score) and other.run.last_day < score.run.first_day
        ]
        if same and score.value is not None and same[0].value is not None:
            changes[score.id] = round(score.value - same[0].value, 6)
    return changes


def _series(score: Score) -> tuple[str, str]:
    return score.run.metric_key, score.run.grain


def _chart(found: Sequence[Score], chosen: Score, unit: str) -> Document | None:
    """Points over the periods of the grain that is shown, the oldest first."""
    same = [score for score in reversed(found) if _series(score) == _series(chosen)]
    if len(same) < 2:
        return None
    labels = [score.run.period for score in same]
    series = [{"name": _("Points"), "values": [score.value for score in same]}]
    return {"kind": "line", "unit": f" {unit}", "labels": labels, "series": series}
