"""A run: what is decided on, the route, the verdict; what was done to it; its files."""

import secrets
from dataclasses import replace
from typing import Any

from flask import Blueprint, Response, flash, make_response, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user

from core import access, clock, files
from core.db import Document, db
from core.errors import Conflict, Forbidden, Invalid, Problem
from core.htmx import go_to
from runtime.approvals import inbox, posted, run_page, running, runs, words
from runtime.submissions import attachments

bp = Blueprint("runs", __name__, url_prefix="/runs")


@bp.get("/<int:run_id>")
@access.signed_in
def show(run_id: int) -> Response:
    return _page(run_id)


@bp.post("/<int:run_id>/act")
@access.signed_in
def act(run_id: int) -> Response:
    """What somebody does. Twice the same is once; whoever comes too late reads what happened meanwhile."""
    run = running.locked(run_id)
    runs.require_visible(current_user, run)
    try:
        deed = posted.read(current_user, request.form, request.files.getlist("files"))
        if deed.operation["do"] in posted.BY_ADMINS:
            raise Forbidden(_("You may not do this. Ask HR if you need it."), f"{deed.operation['do']} on its page")
        changes = run_page.changes(current_user, run, request.form, request.files)
        running.act(run, deed.operation, current_user, changes=changes, **deed.beside)
    except Conflict as conflict:
        db.session.rollback()
        return _page(run_id, 409, conflict=conflict.message)
    except Invalid as invalid:
        db.session.rollback()
        return _page(run_id, 422, problems=[_at_field(problem) for problem in invalid.problems])
    db.session.commit()
    flash(words.told(deed.operation), "good")
    return go_to(_next(run_id, deed.operation))


@bp.post("/<int:run_id>/read")
@access.signed_in
def acknowledge(run_id: int) -> Response:
    inbox.acknowledge(runs.find(current_user, run_id), current_user)
    db.session.commit()
    return go_to(url_for("inbox.listed", name=inbox.COPIED))


@bp.get("/<int:run_id>/history")
@access.signed_in
def history(run_id: int) -> str:
    page = run_page.of(current_user, runs.find(current_user, run_id))
    return render_template("runtime/approvals/history.html", page=page, words=words, files=_addresses(run_id))


@bp.post("/<int:run_id>/files")
@access.signed_in
def upload(run_id: int) -> tuple[str, int]:
    """A signature as it is drawn, or a file for a field that the step leaves to him, before the answer is sent."""
    run = runs.find(current_user, run_id)
    uploads = request.files.getlist("files")
    if request.form.get("name") == "signature":
        kept = [posted.keep(one.read(), "signature.png") for one in uploads[:1]]
        return render_template("runtime/approvals/_signed.html", kept=kept), 200
    place, field = run_page.field_for_files(current_user, run, request.form.get("name", ""))
    stored, problems = attachments.keep_all(place, field, uploads)
    drawn = render_template("runtime/submissions/_uploaded.html", name=field.name, kept=stored, problems=problems)
    db.session.commit()
    return drawn, 422 if problems else 200


@bp.get("/<int:run_id>/files/<content>")
@access.signed_in
def file(run_id: int, content: str) -> Response:
    """What somebody attached to his verdict, or his signature."""
    found = runs.attached(runs.find(current_user, run_id), content)
    return files.send(found["content"], found["media"], found["title"])


@bp.get("/<int:run_id>/attached/<name>")
@access.signed_in
def attached(run_id: int, name: str) -> Response:
    """A file of the record, for whoever sees its field in the run."""
    found = run_page.attachment(current_user, runs.find(current_user, run_id), name)
    return files.send(found.content, found.media, found.title)


# ── what the pages share ─────────────────────────────────────────────────────────────────────────────────────────────


def _page(run_id: int, status: int = 200, *, conflict: str = "", problems: list[Problem] | None = None) -> Response:
    run = runs.find(current_user, run_id)
    typed = request.form if problems else None
    page = run_page.of(current_user, run, request.args.get("item", type=int), typed=typed, problems=problems or [])
    drawn = render_template(
        "runtime/approvals/run.html",
        page=page,
        words=words,
        conflict=conflict,
        client_id=secrets.token_urlsafe(16),
        posted=request.form,
        now=clock.now(),
        may_manage=current_user.may(runs.MANAGE, run.unit),
        is_submitter=run.submitter_id == current_user.id,
        unread=any(one.member_id == current_user.id and one.read_at is None for one in page.readers),
    )
    return make_response(drawn, status)


def _next(run_id: int, operation: Document) -> str:
    """The next that waits for him, oldest due first; back to the run itself where he only changed the way."""
    if operation["do"] not in ("decide", "send_back", "transfer"):
        return url_for("runs.show", run_id=run_id)
    item = inbox.first(current_user)
    return url_for("runs.show", run_id=item.run_id, item=item.id) if item else url_for("inbox.waiting")


def _at_field(problem: Problem) -> Problem:
    """A choice of people is refused at /chosen/<step>; its field is called chosen-<step>."""
    return replace(problem, path=problem.path.replace("/chosen/", f"/{posted.CHOSEN}"))


def _addresses(run_id: int) -> Any:
    return lambda content: url_for("runs.file", run_id=run_id, content=content)
