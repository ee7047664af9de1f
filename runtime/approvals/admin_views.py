"""审批单管理: what is stuck, and how an administrator gets it going again. Each deed needs a reason and stays told."""

from flask import Blueprint, Response, flash, make_response, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from flask_login import current_user

from core import access
from core.db import db
from core.errors import Conflict, Invalid, NotFound, Problem
from core.htmx import go_to
from runtime.approvals import effects, moving, overview, posted, run_page, running, runs, words
from runtime.approvals.models import RunEffect

bp = Blueprint("run_admin", __name__, url_prefix="/admin/runs")


@bp.get("")
@access.needs("approvals.manage")
def index() -> str:
    asked = overview.Asked(
        request.args.get("q", "")[:80],
        request.args.get("flow", type=int),
        request.args.get("status", "running"),
        request.args.get("trouble", ""),
    )
    after, before = request.args.get("after", type=int), request.args.get("before", type=int)
    found = overview.find(current_user, asked, after=after, before=before)
    kept = {key: value for key, value in request.args.items() if key not in ("after", "before")}
    return render_template("runtime/approvals/admin/index.html", overview=found, kept=kept, words=words)


@bp.get("/<int:run_id>")
@access.needs("approvals.manage")
def intervene(run_id: int) -> Response:
    return _page(run_id)


@bp.post("/<int:run_id>/act")
@access.needs("approvals.manage")
def act(run_id: int) -> Response:
    run = running.locked(run_id)
    runs.require_managed(current_user, run)
    try:
        deed = posted.read(current_user, request.form)
        if deed.operation["do"] not in posted.BY_ADMINS:
            raise NotFound(_("There is nothing like that to do here."))
        operation = deed.operation | {"reason": deed.reason}
        running.act(run, operation, current_user, seen=deed.seen, reason=deed.reason)
    except (Conflict, Invalid) as refusal:
        db.session.rollback()
        return _page(run_id, refusal.status, [Problem("", refusal.code, refusal.message)])
    db.session.commit()
    flash(words.told(deed.operation), "good")
    return go_to(url_for("run_admin.intervene", run_id=run_id))


@bp.post("/<int:run_id>/effects/<int:number>/retry")
@access.needs("approvals.manage")
def retry(run_id: int, number: int) -> Response:
    run = running.locked(run_id)
    runs.require_managed(current_user, run)
    effect = db.session.get(RunEffect, (run.id, number))
    if effect is None:
        raise NotFound(_("There is no such effect."))
    effects.retry(effect)
    db.session.commit()
    flash(_("It is tried again."))
    return go_to(url_for("run_admin.intervene", run_id=run_id))


@bp.get("/versions/<int:definition_id>")
@access.needs("approvals.manage")
def versions(definition_id: int) -> str:
    """Runs of older versions of a flow: keep, move, or needs a person."""
    found = moving.in_flight(current_user, definition_id)
    return render_template("runtime/approvals/admin/versions.html", found=found)


@bp.get("/drafts/<int:definition_id>")
@access.needs("approvals.manage")
def prospect(definition_id: int) -> str:
    """On the review of a draft: what publishing it means for the runs that go on."""
    found = moving.prospect(current_user, definition_id)
    return render_template("runtime/approvals/admin/_prospect.html", found=found, definition_id=definition_id)


@bp.post("/versions/<int:definition_id>/<any(move, back):way>")
@access.needs("approvals.manage")
def move(definition_id: int, way: str) -> Response:
    deed = moving.move_all if way == "move" else moving.take_back
    reason = request.form.get("reason", "").strip() or _("A new version of the flow")
    moved, refused = deed(current_user, definition_id, request.form.getlist("run", type=int), reason)
    db.session.commit()
    flash(ngettext("%(num)d run goes on by another version.", "%(num)d runs go on by another version.", moved))
    for sentence in refused:
        flash(sentence, "warn")
    return go_to(url_for("run_admin.versions", definition_id=definition_id))


def _page(run_id: int, status: int = 200, problems: list[Problem] | None = None) -> Response:
    run = runs.find_to_manage(current_user, run_id)
    page = run_page.of(current_user, run, problems=problems or [])
    around = {"page": page, "words": words, "targets": run_page.jump_targets(page), "posted": request.form}
    return make_response(render_template("runtime/approvals/admin/run.html", **around), status)
