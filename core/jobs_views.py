"""What runs in the background, for whoever looks after the installation; and the sign of life for load balancers."""

from typing import Any

from flask import Blueprint, Response, flash, jsonify, render_template, request
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import func, select

from core import access, jobs
from core.db import db
from core.errors import NotFound
from core.htmx import go_to
from core.jobs import Outbox

bp = Blueprint("jobs", __name__)

PAGE = 50
STATES = {"failed": _l("Failed"), "due": _l("Waiting"), "done": _l("Finished")}


@bp.get("/jobs")
@access.needs("jobs.manage")
def index() -> str:
    state = request.args.get("state", "failed")
    before = request.args.get("before", type=int)
    rows = _page(state if state in STATES else "failed", before)
    return render_template("core/jobs.html", rows=rows[:PAGE], more=len(rows) > PAGE, state=state, states=_counts())


@bp.post("/jobs/<int:outbox_id>/retry")
@access.needs("jobs.manage")
def retry(outbox_id: int) -> Response:
    row = db.session.get(Outbox, outbox_id)
    if row is None:
        raise NotFound(_("There is no such job."))
    jobs.retry(row)
    db.session.commit()
    flash(_("The job runs again."), "good")
    return go_to(request.referrer or "/jobs")


@bp.get("/healthz")
@access.public
def health() -> Response:
    """200 when this process and its database answer; anything else is ill."""
    db.session.execute(select(1))
    return jsonify(status="ok")


def _page(state: str, before: int | None) -> list[Any]:
    """The newest first, one more than fits: it says whether there is a next page."""
    query = select(Outbox).where(Outbox.state == state).order_by(Outbox.id.desc()).limit(PAGE + 1)
    return list(db.session.scalars(query if before is None else query.where(Outbox.id < before)))


def _counts() -> list[dict[str, Any]]:
    counted = select(Outbox.state, func.count()).where(Outbox.state != "done").group_by(Outbox.state)
    counts = dict(db.session.execute(counted).tuples().all())
    return [{"key": key, "label": label, "count": counts.get(key)} for key, label in STATES.items()]
