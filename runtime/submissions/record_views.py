"""The records of a form: the list, one of them with its history, corrections, removal, files to take out."""

from typing import Any

from flask import Response, flash, make_response, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from flask_login import current_user

from core import access
from core.db import db
from core.errors import Invalid, Problem
from core.htmx import go_to
from runtime.approvals import runs
from runtime.submissions import (
    asking,
    bulk,
    exports,
    filling,
    histories,
    pages,
    posting,
    record_list,
    records,
    sights,
    submissions,
    things,
)
from runtime.submissions.record_list import OPS, Asked, Chosen
from runtime.submissions.views import bp

MOST_CONDITIONS = 5


@bp.get("/<key>/records")
@access.signed_in
def record_index(key: str) -> str:
    found = record_list.find(current_user, key, _chosen())
    page = record_list.page(
        found, after=request.args.get("after", type=int), before=request.args.get("before", type=int)
    )
    kept = {name: values for name, values in request.args.lists() if name not in ("after", "before")}
    may = sights.actions(current_user, found.form)
    settable = bulk.settable(current_user, found.form) if "edit" in may else []
    words = {"records": found, "page": page, "kept": kept, "ops": OPS, "may": may, "settable": settable}
    return render_template("runtime/submissions/records.html", **words)


@bp.route("/<key>/records.<any(xlsx, csv):form>", methods=["GET", "POST"])
@access.signed_in
def record_export(key: str, form: str) -> Response:
    """The list as it is narrowed, or of it those that were ticked; these are posted, for there may be many."""
    ids = request.values.getlist("id", type=int)
    if request.method == "POST" and not ids:
        flash(_("Tick the records that you want first."))
        return go_to(url_for("forms.record_index", key=key, **request.args.to_dict(flat=False)))
    found = record_list.find(current_user, key, _chosen())
    return exports.answer(found, record_list.exported(found, ids), form)


@bp.post("/<key>/records/remove")
@access.signed_in
def record_remove(key: str) -> Response:
    """Several at once, with one reason. Those that he may not remove stay."""
    removed = records.remove(current_user, key, request.form.getlist("id", type=int), request.form.get("reason", ""))
    db.session.commit()
    flash(ngettext("%(num)d record was removed.", "%(num)d records were removed.", removed))
    return go_to(url_for("forms.record_index", key=key))


@bp.post("/<key>/records/set")
@access.signed_in
def record_set(key: str) -> Response:
    """One field in all that were ticked; those that refuse are told one by one."""
    posted, ids = request.form, request.form.getlist("id", type=int)
    outcome = bulk.set_field(
        current_user, key, ids, posted.get("set-field", ""), posted.get("set-value", ""), posted.get("set-reason", "")
    )
    db.session.commit()
    return make_response(render_template("runtime/submissions/set.html", key=key, outcome=outcome, ticked=len(ids)))


@bp.post("/drafts/send")
@access.signed_in
def drafts_send() -> Response:
    """Those of one's own drafts that were ticked; what is kept back stays a draft and is told."""
    outcome = bulk.hand_in(current_user, request.form.getlist("id", type=int))
    db.session.commit()
    return make_response(render_template("runtime/submissions/handed_in.html", outcome=outcome))


@bp.post("/<key>/records/print")
@access.signed_in
def record_print(key: str) -> str:
    """Those that were ticked on one page, each with the version it was made with."""
    ids = request.form.getlist("id", type=int)[: bulk.MOST_PRINTED]
    found = [records.find(current_user, key, record_id) for record_id in ids]
    sheets = [(one, histories.lines(pages.reading(current_user, one), one.submission)) for one in found]
    return render_template("runtime/submissions/print.html", key=key, sheets=sheets)


@bp.get("/<key>/records/<int:record_id>")
@access.signed_in
def record(key: str, record_id: int) -> str:
    """What was sent, with the version of the form that it was made with."""
    found = records.find(current_user, key, record_id)
    page = pages.reading(current_user, found)
    form = sights.form_of(current_user.company_id, key) or found.form
    return render_template(
        "runtime/submissions/record.html",
        record=found,
        page=page,
        files=page.titles,
        kept=histories.kept(page, found.submission),
        steps=histories.of(page, found.submission),
        seers=histories.seers(form, found.submission),
        may=records.actions(current_user, key, found.submission),
        things=things.of(found.submission, found.form),
        run_id=asking.flow_of(form) and runs.about(current_user, asking.KIND, found.submission.id),
    )


@bp.get("/records/<int:record_id>")
@access.signed_in
def record_by_number(record_id: int) -> Response:
    """Where what a record made leads back to it."""
    return go_to(url_for("forms.record", key=records.key_of(current_user, record_id), record_id=record_id))


@bp.get("/<key>/records/<int:record_id>/correct")
@access.signed_in
def correct_form(key: str, record_id: int) -> Response:
    place = records.to_correct(current_user, key, record_id)
    return _correcting(key, record_id, pages.begun(place, filling.begin(place, {})))


@bp.post("/<key>/records/<int:record_id>/correct")
@access.signed_in
def correct(key: str, record_id: int) -> Response:
    place = records.to_correct(current_user, key, record_id)
    sent = posting.read(place, request.form, request.files)
    reason = request.form.get("reason", "").strip()
    try:
        submissions.correct(
            place,
            sent.values,
            unread=[*sent.unread, *_without_reason(reason)],
            seen=request.form.get("seen", 0, type=int),
            by_id=current_user.id,
            reason=reason,
        )
    except Invalid as invalid:
        db.session.rollback()
        page = pages.of(place, sent, checked=True, problems=invalid.problems)
        return _correcting(key, record_id, page, 422)
    db.session.commit()
    flash(_("Corrected. The former values stay in the history."), "good")
    return go_to(url_for("forms.record", key=key, record_id=record_id))


@bp.post("/<key>/records/<int:record_id>/correct/live")
@access.signed_in
def correct_live(key: str, record_id: int) -> str:
    """The form as it stands after a change; nothing is kept before it is sent."""
    place = records.to_correct(current_user, key, record_id)
    page = pages.of(place, posting.read(place, request.form), checked="checked" in request.form)
    return render_template("runtime/submissions/_form.html", page=page, live_url=_live_url(key, record_id))


# ── what the pages share ─────────────────────────────────────────────────────────────────────────────────────────────


def _chosen() -> Chosen:
    conditions = zip(*(request.args.getlist(name) for name in ("field", "op", "value")), strict=False)
    asked = [Asked(*condition) for condition in conditions if condition[0] and condition[2].strip()]
    return Chosen(request.args.get("q", "")[:80], asked[:MOST_CONDITIONS], request.args.getlist("column"))


def _without_reason(reason: str) -> list[Problem]:
    return [] if reason else [Problem("/reason", "required", _("Say why it is corrected."))]


def _live_url(key: str, record_id: int) -> str:
    return url_for("forms.correct_live", key=key, record_id=record_id)


def _correcting(key: str, record_id: int, page: Any, status: int = 200) -> Response:
    words = {"page": page, "key": key, "record_id": record_id, "live_url": _live_url(key, record_id)}
    return make_response(render_template("runtime/submissions/correct.html", **words), status)
