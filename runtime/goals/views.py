"""From a target that headquarters enters, over its preview, to goals that hold."""

from collections.abc import Sequence
from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from core import access
from core.db import db
from core.errors import Invalid, NotFound, Problem
from core.htmx import htmx
from organization import tree as organisation
from runtime.goals import asking, preview_page, publishing, targets
from runtime.goals.asking import Asked
from runtime.goals.models import GoalSet
from runtime.goals.preview_page import Shown
from runtime.goals.publishing import StalePreview

bp = Blueprint("goals", __name__, url_prefix="/goals")

bp.add_app_template_filter(targets.in_words, "amount_words")

READ = "goals.read"
SET = "goals.set"
PUBLISH = "goals.publish"


@bp.get("/targets")
@access.needs(SET)
def entry() -> ResponseReturnValue:
    return _entry([])


@bp.get("/targets/total")
@access.needs(SET)
def total() -> str:
    """The total while somebody types: 8.28亿."""
    return render_template("runtime/goals/_total.html", target=asking.total_of(request.args))


@bp.get("/targets/preview")
@access.needs(SET)
def preview() -> ResponseReturnValue:
    try:
        asked = asking.read(current_user, request.args, SET)
        shown = _shown(asked)
    except Invalid as error:
        return _entry(error.problems)
    return _preview(shown, [])


@bp.get("/targets/preview/<node>")
@access.needs(SET)
def preview_branch(node: str) -> ResponseReturnValue:
    """One node of the preview, with what is right below it when it is open; without htmx the page with it open."""
    shown = _shown(asking.read(current_user, request.args, SET))
    if node not in shown.tree.nodes:
        raise NotFound(_("The organisation changed meanwhile. Reload the page."), f"no node {node}")
    is_open = request.args.get("open") == "1"
    if not htmx:
        return _preview(shown, [], shown.way_to(node) if is_open else shown.way_to(node)[:-1])
    opened = [node] if is_open else []
    return render_template(
        "runtime/goals/_preview_node.html", shown=shown, line=shown.line(shown.tree.nodes[node]), opened=opened
    )


@bp.post("/targets/publish")
@access.needs(PUBLISH)
def publish() -> ResponseReturnValue:
    try:
        asked = asking.read(current_user, request.form, PUBLISH)
    except Invalid as error:
        return _entry(error.problems)
    try:
        goal_set = publishing.stage(
            asked.plan,
            asked.unit,
            asked.cycle,
            asked.target,
            locks=asked.locks,
            digest=request.form.get("digest"),
            waiver=request.form.get("waiver", "").strip() or None,
            by_id=current_user.id,
        )
    except Invalid as error:
        db.session.rollback()
        return _preview(_shown(asked), error.problems)
    db.session.commit()
    return redirect(url_for(".progress", set_id=goal_set.id), 303)


@bp.errorhandler(StalePreview)
def look_again(conflict: StalePreview) -> ResponseReturnValue:
    db.session.rollback()
    fields = {name: value for name, value in request.form.items() if name not in ("csrf_token", "digest", "waiver")}
    return render_template("runtime/goals/stale.html", conflict=conflict, fields=fields), 409


@bp.get("/sets/<int:set_id>")
@access.needs(READ)
def progress(set_id: int) -> ResponseReturnValue:
    """How far publishing is. htmx asks again until it is over; so may the person."""
    goal_set = _find_set(set_id)
    page = "_progress.html" if htmx else "progress.html"
    return render_template(f"runtime/goals/{page}", goal_set=goal_set, steps=publishing.steps(goal_set))


# ── parts ────────────────────────────────────────────────────────────────────────────────────────────────────────────


def _entry(problems: list[Problem], asked: Asked | None = None) -> ResponseReturnValue:
    typed = dict(request.values.items()) if asked is None else asked.fields()
    form = _form_parts(typed)
    own = {f"/{name}" for name in (*asking.FIELDS, *(lock.name for lock in form["locks"]))}
    page = render_template(
        "runtime/goals/entry.html",
        problems=[problem for problem in problems if problem.path in own],
        others=[problem for problem in problems if problem.path not in own],
        target=asking.total_of(typed),
        **form,
    )
    return page, 422 if problems else 200


def _form_parts(typed: dict[str, str]) -> dict[str, Any]:
    """What the fields of a target need."""
    cascades = asking.cascades(current_user.company_id)
    key = typed.get("key") or (cascades[0][0] if cascades else "")
    return {
        "typed": typed,
        "cascades": cascades,
        "key": key,
        "years": asking.years(typed.get("year", "")),
        "units": organisation.choices(current_user, SET),
        "fields": asking.form_fields(current_user.company_id, key),
        "locks": asking.lock_fields(typed),
    }


def _preview(shown: Shown, problems: list[Problem], opened: Sequence[str] = ()) -> ResponseReturnValue:
    asked = shown.asked
    if shown.tree.problems:
        return _entry(shown.tree.problems, asked)
    page = render_template(
        "runtime/goals/preview.html",
        shown=shown,
        asked=asked,
        opened=opened,
        problems=problems or publishing.people_problems(shown.tree),
        needs_waiver=bool(publishing.behaviour_problems(asked.plan, None)),
        waiver=request.form.get("waiver", ""),
        groups=preview_page.grouped(shown.tree.warnings),
        campaigns=preview_page.affected_campaigns(asked),
        underway=publishing.underway(asked.cycle, asked.unit, asked.plan.key),
        may_publish=current_user.may(PUBLISH, asked.unit),
        **_form_parts(asked.fields()),
    )
    return page, 422 if problems else 200


def _shown(asked: Asked) -> Shown:
    replaces = publishing.active_set(asked.cycle, asked.unit, asked.plan.key)
    tree = publishing.preview(asked.plan, asked.unit, asked.cycle, asked.target, asked.locks, replaces)
    asking.refuse_unknown_locks(asked, tree)
    return Shown(asked, tree, replaces, {row.node: row for row in publishing.held_by(replaces)})


def _find_set(set_id: int) -> GoalSet:
    goal_set = db.session.get(GoalSet, set_id)
    if goal_set is None or not current_user.may(READ, goal_set.unit):
        raise NotFound(_("These goals are not there, or outside of what you may see."), f"no goal set {set_id}")
    return goal_set
