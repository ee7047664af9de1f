"""待办: what waits for somebody, what he dealt with, what he was told, what he began."""

from typing import Any

from flask import Blueprint, Response, flash, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from flask_login import current_user

from core import access, clock
from core.db import db
from core.htmx import go_to
from runtime.approvals import bulk, inbox, people, words
from runtime.approvals.bulk import Outcome

bp = Blueprint("inbox", __name__, url_prefix="/inbox")


@bp.get("")
@access.signed_in
def waiting() -> str:
    return _page(inbox.WAITING)


@bp.get("/<any(done, copied, started):name>")
@access.signed_in
def listed(name: str) -> str:
    return _page(name)


@bp.post("/approve")
@access.signed_in
def approve() -> Response:
    """Those that were ticked, each judged; what is refused stays in the list and is told."""
    outcome = bulk.approve(current_user, _ticked(), request.form.get("comment", "").strip())
    db.session.commit()
    return _told(outcome, ngettext("%(num)d approved.", "%(num)d approved.", outcome.done))


@bp.post("/transfer")
@access.signed_in
def transfer() -> Response:
    to = people.named(current_user.company_id, request.form.get("person", ""))
    outcome = bulk.transfer(current_user, _ticked(), to)
    db.session.commit()
    return _told(outcome, ngettext("%(num)d handed over.", "%(num)d handed over.", outcome.done))


@bp.get("/people")
@access.signed_in
def offered() -> str:
    """Who may be meant, while a name is typed."""
    typed = next(iter(request.args.values()), "")  # each field has a name of its own
    found = people.offered(current_user.company_id, typed[:40])
    return render_template("runtime/approvals/_people.html", people=found)


# ── what the pages share ─────────────────────────────────────────────────────────────────────────────────────────────


def _page(name: str) -> str:
    asked = inbox.Asked(
        request.args.get("q", "")[:80],
        request.args.get("flow", type=int),
        request.args.get("unit", type=int),
        request.args.get("overdue") == "1",
    )
    after, before = request.args.get("after", type=int), request.args.get("before", type=int)
    found = inbox.find(current_user, name, asked, after=after, before=before)
    kept = {key: value for key, value in request.args.items() if key not in ("after", "before")}
    around = {"tabs": _tabs(name), "kept": kept, "page_url": address, "words": words, "now": clock.now()}
    return render_template("runtime/approvals/inbox.html", inbox=found, **around)


def _tabs(here: str) -> list[dict[str, Any]]:
    titles = {
        inbox.WAITING: (_("To do"), current_user.items_waiting or None),
        inbox.DONE: (_("Dealt with"), None),
        inbox.COPIED: (_("Copied to me"), current_user.copies_unread or None),
        inbox.STARTED: (_("Started by me"), None),
    }
    return [
        {"label": label, "url": address(name), "active": name == here, "count": count}
        for name, (label, count) in titles.items()
    ]


def address(name: str, **more: Any) -> str:
    return url_for("inbox.waiting", **more) if name == inbox.WAITING else url_for("inbox.listed", name=name, **more)


def _ticked() -> list[int]:
    return request.form.getlist("item", type=int)


def _told(outcome: Outcome, done: str) -> Response:
    if outcome.done:
        flash(done, "good")
    for title, refusal in outcome.refused:
        flash(_("“%(title)s” stays: %(why)s", title=title, why=refusal), "warn")
    if not outcome.done and not outcome.refused:
        flash(_("Tick what you mean first."), "warn")
    return go_to(url_for("inbox.waiting"))
