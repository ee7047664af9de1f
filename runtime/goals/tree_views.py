"""Goals that stand: the tree, one goal with its parts, why it is what it is, one's own, the whole as a workbook."""

from flask import Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from builder import definitions
from core import access, files
from core.db import db
from core.errors import Invalid, NotFound, Problem
from core.htmx import htmx
from runtime.goals import (
    adjusting,
    check_ins,
    goal_pages,
    judged,
    light_page,
    notes,
    objectives,
    sight,
    standing,
    why_page,
    workbook,
)
from runtime.goals.models import Goal, GoalSet
from runtime.goals.views import bp

MEDIA = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
OWN = "goals.own"

bp.add_app_template_filter(goal_pages.period_name, "period")


@bp.get("", endpoint="tree")
@access.needs(sight.READ)
def tree() -> str:
    sets = standing.sets_of(current_user)
    if not sets:
        return render_template("runtime/goals/no_goals.html")
    chosen = _chosen(sets)
    forest, splits = standing.forest_with_splits(current_user, chosen, all_of_them=False)
    standing_today = judged.of_forest(chosen, forest)
    shown = forest.below.get(forest.tops[0].node, []) if len(forest.tops) == 1 else forest.tops
    return render_template(
        "runtime/goals/tree.html",
        sets=sets,
        goal_set=chosen,
        forest=forest,
        chart_data=goal_pages.tree_chart(forest, standing_today),
        judged=standing_today,
        rows=[(row, splits.get(row.id, {})) for row in shown],
        by=_by(),
        names=standing.product_names(current_user.company_id) if _by() == "product" else {},
    )


@bp.get("/search")
@access.needs(sight.READ)
def search() -> str:
    words = request.args.get("q", "").strip()
    found = standing.search(current_user, words) if words else []
    return render_template(f"runtime/goals/{'_found' if htmx else 'search'}.html", words=words, found=found)


@bp.get("/export.xlsx")
@access.needs(sight.READ)
def export() -> Response:
    chosen = _chosen(standing.sets_of(current_user))
    forest, splits = standing.forest_with_splits(current_user, chosen, all_of_them=True)
    names = standing.product_names(current_user.company_id)
    content = workbook.of(forest, splits, names, current_user.company)
    name = f"{_('Goals')} {chosen.cycle.key} {chosen.unit.name}.xlsx"
    response = Response(content, mimetype=MEDIA)
    files.name_download(response, name)
    return response


@bp.get("/mine")
@access.needs(OWN)
def mine() -> ResponseReturnValue:
    goals = standing.own(current_user)
    if len(goals) == 1:
        return redirect(url_for(".node", goal_id=goals[0].id), 303)
    return render_template("runtime/goals/mine.html", goals=goals)


@bp.get("/<int:goal_id>")
@access.needs(OWN)
def node(goal_id: int) -> str:
    if written := objectives.find(goal_id, current_user.company_id):
        return _written(written)
    goal = _find(goal_id)
    sees = sight.sees_amount(current_user, goal)
    above, below = standing.relatives(goal)
    names = standing.product_names(current_user.company_id)
    return render_template(
        "runtime/goals/goal.html",
        goal=goal,
        sees=sees,
        above=above,
        standing=judged.of_goal(goal),
        rows=below if sees else [],
        by=_by(),
        names=names,
        path=[(step.name, url_for(".node", goal_id=step.id)) for step in above],
        tasks_url=_tasks_url(goal),
        parts=goal_pages.parts,
        quarters=goal_pages.quarters(goal),
        months_chart=goal_pages.months_chart(goal_pages.parts(goal.split, "month", goal.target), sees),
        successor=None if goal.goal_set.state == "active" else standing.successor(goal),
    )


@bp.get("/objectives", endpoint="objectives")
@access.needs(OWN)
def objective_index() -> str:
    found = objectives.of_company(current_user.company_id)
    return render_template("runtime/goals/objectives.html", objectives=found)


@bp.post("/<int:goal_id>/adjust")
@access.needs(OWN)
def adjust(goal_id: int) -> ResponseReturnValue:
    goal = objectives.find(goal_id, current_user.company_id)
    if goal is None:
        raise NotFound(_("This goal is not there."), f"no written goal {goal_id}")
    try:
        made = adjusting.adjust(goal, request.form.get("wanted", ""), request.form.get("reason", ""), by=current_user)
    except Invalid as error:
        return _written(goal, error.problems), 422
    db.session.commit()
    flash(adjusting.told(made), "good" if made.state == "done" else "info")
    return redirect(url_for(".node", goal_id=goal.id), 303)


@bp.get("/<int:goal_id>/why")
@access.needs(OWN)
def why(goal_id: int) -> str:
    goal = _find(goal_id)
    if not sight.sees_amount(current_user, goal):
        access.refuse(sight.READ)
    above = standing.relatives(goal).above
    return render_template("runtime/goals/why.html", goal=goal, above=above, explanation=why_page.of(goal))


@bp.get("/<int:goal_id>/light")
@access.needs(OWN)
def why_light(goal_id: int) -> str:
    goal = _find(goal_id)
    page = light_page.of(goal)
    if page is None:
        raise NotFound(_("This goal has no light: nothing was booked yet, or it does not hold."))
    sees = sight.sees_amount(current_user, goal)
    return render_template("runtime/goals/light.html", goal=goal, page=page, sees=sees)


def _chosen(sets: list[GoalSet]) -> GoalSet:
    wanted = request.args.get("set", 0, type=int)
    if not sets:
        raise NotFound(_("No goals are published yet."))
    return next((row for row in sets if row.id == wanted), sets[0])


def _by() -> str:
    """Which parts stand beside each target of a list."""
    wanted = request.args.get("by", goal_pages.PARTS[0])
    return wanted if wanted in goal_pages.PARTS else goal_pages.PARTS[0]


def _written(goal: Goal, problems: list[Problem] | None = None) -> str:
    """An objective, a key result or a micro OKR."""
    metric = definitions.find(current_user.company_id, "metric", goal.metric_key) if goal.metric_key else None
    return render_template(
        "runtime/goals/objective.html",
        standing=objectives.of(goal),
        below=objectives.below(goal),
        check_ins=check_ins.of(goal),
        notes=notes.of(goal.id),
        adjustments=adjusting.of(goal),
        may_adjust=adjusting.may(current_user, goal),
        problems=problems or [],
        metric=metric.title if metric else {},
    )


def _find(goal_id: int) -> Goal:
    goal = standing.find(goal_id)
    if goal is None or goal.goal_set.company_id != current_user.company_id:
        raise NotFound(_("This goal is not there. It may have been replaced by a newer one."), f"no goal {goal_id}")
    return goal


def _tasks_url(goal: Goal) -> str | None:
    """Where the week of the goal's owner or unit is shown."""
    if goal.member_id == current_user.id:
        return url_for("tasks.my_week")
    if current_user.may("tasks.read", goal.unit):
        unit_page = goal.member_id is None
        return url_for("tasks.team") if unit_page else url_for("tasks.of_person", member_id=goal.member_id)
    return None
