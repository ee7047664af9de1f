"""填报: the forms that one may fill, filling one, what one has sent. The server draws every change of the page anew."""

import secrets

from flask import Blueprint, Response, flash, jsonify, make_response, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user

from builder import form_page, forms
from core import access, clock, files
from core.db import db
from core.errors import Invalid, NotFound, wants_json
from core.htmx import go_to
from runtime.approvals.posted import chosen_ids, chosen_people
from runtime.submissions import attachments, elsewhere, filling, pages, pickers, posting, route, sights, submissions
from runtime.submissions.filling import LONGEST_CLIENT_ID, Filling
from runtime.submissions.models import Submission
from runtime.submissions.pages import FillingPage
from runtime.submissions.public_views import token_of
from runtime.submissions.submissions import Doubtful, EditedElsewhere, Open, SentAlready

bp = Blueprint("forms", __name__, url_prefix="/forms")

LISTED = 50


@bp.get("")
@access.signed_in
def index() -> str:
    published = filling.published(current_user)
    return render_template(
        "runtime/submissions/index.html",
        offered=[version for version in published if filling.is_for(current_user, version)],
        seen=[version for version in published if sights.granted(current_user, filling.form_of(version))],
        own=filling.own(current_user, LISTED),
    )


@bp.get("/<key>")
@access.signed_in
def fill(key: str) -> Response:
    """A fresh form, or the draft that the address names."""
    place = filling.find(current_user, key, request.args.get("draft") or secrets.token_urlsafe(16))
    if place.begun is not None and place.is_sent:
        return go_to(_record_url(key, place.begun))
    values = filling.begin(place, posting.given(place, request.args))
    coming = route.ahead(place, values, {})
    return _page(pages.begun(place, values), refusal=filling.may_fill(place), link=_link(place), ahead=coming)


@bp.post("/<key>")
@access.signed_in
def send(key: str) -> Response:
    """Twice the same is once. What is refused comes back with everything that is wrong; its files are kept."""
    place = _posted_place(key)
    sent = posting.read(place, request.form, request.files)
    try:
        submission = submissions.submit(
            place,
            sent.values,
            unread=sent.unread,
            recorded_at=clock.moment(request.form.get("recorded_at")),
            in_spite_of_warnings="anyway" in request.form,
            chosen=chosen_people(current_user.company_id, request.form),
            page=_open_page(),
        )
    except SentAlready as again:
        submission = again.submission
    except EditedElsewhere as edited:
        db.session.commit()
        return _two_versions(place, sent, edited)
    except Invalid as invalid:
        db.session.commit()
        return _refused(place, sent, invalid)
    db.session.commit()
    return _sent(key, submission)


@bp.post("/<key>/live")
@access.signed_in
def live(key: str) -> tuple[str, int]:
    """The form as it stands after a change: shown, hidden, computed; kept as a draft, unless another device did."""
    place = _posted_place(key)
    submissions.require(place)
    sent = posting.read(place, posting.his(place, request.form))
    page = pages.of(place, sent, checked="checked" in request.form)
    try:
        draft = submissions.keep_draft(place, page.state, _open_page())
    except EditedElsewhere as edited:
        told = elsewhere.of(page, edited.draft, edited.seen)
        return render_template("runtime/submissions/_form.html", page=page, elsewhere=told), 422
    drawn = render_template("runtime/submissions/_form.html", page=page, draft=draft)
    db.session.commit()
    return drawn, 200


@bp.get("/<key>/offered")
@access.signed_in
def offered(key: str) -> str:
    """What a picker offers for the words typed so far."""
    place = filling.find(current_user, key, "")
    field = place.form.fields.get(request.args.get("field", ""))
    if field is None or field.widget not in pickers.PICKERS:
        raise NotFound(_("There is nothing to pick here."))
    found = pickers.offered(current_user, field, request.args.get("q", "")[:40])
    page, chosen = pages.begun(place, {}), form_page.chosen(field, request.args)
    return render_template("runtime/submissions/_offered.html", page=page, field=field, found=found, chosen=chosen)


@bp.post("/<key>/files")
@access.signed_in
def upload(key: str) -> tuple[str, int]:
    """Files that were just chosen in a field, stored before the form is sent."""
    request.max_content_length = attachments.LARGEST
    place = _posted_place(key)
    name = request.form.get("name", "")
    field = posting.named(place.form, name)
    if field is None or field.widget not in attachments.FILES:
        raise NotFound(_("There is no such field for files."))
    kept, problems = attachments.keep_all(place, field, request.files.getlist("files"))
    drawn = render_template("runtime/submissions/_uploaded.html", name=name, kept=kept, problems=problems)
    db.session.commit()
    return drawn, 422 if problems else 200


@bp.get("/files/<name>")
@access.signed_in
def file(name: str) -> Response:
    found = attachments.readable(current_user, name)
    return files.send(found.content, found.media, found.title)


@bp.post("/<key>/discard")
@access.signed_in
def discard(key: str) -> Response:
    place = _posted_place(key)
    if place.begun is None:
        raise NotFound(_("There is no such draft of yours."))
    submissions.discard(place.begun)
    db.session.commit()
    flash(_("The draft is gone."))
    return go_to(url_for("forms.index"))


# ── what the pages share ─────────────────────────────────────────────────────────────────────────────────────────────


def _posted_place(key: str) -> Filling:
    return filling.find(current_user, key, request.form.get("client_id", "")[:LONGEST_CLIENT_ID] or _new_id())


def _new_id() -> str:
    return secrets.token_urlsafe(16)


def _page(page: FillingPage, status: int = 200, **more: object) -> Response:
    """`page_id` stays with the page as long as it is open."""
    page_id = request.form.get("@page") or _new_id()
    return make_response(render_template("runtime/submissions/fill.html", page=page, page_id=page_id, **more), status)


def _refused(place: Filling, sent: posting.Sent, invalid: Invalid) -> Response:
    if wants_json():
        raise invalid
    doubtful = isinstance(invalid, Doubtful)
    page = pages.of(place, sent, checked=True, problems=[] if doubtful else invalid.problems)
    coming = route.ahead(place, page.state.values, chosen_ids(request.form))
    return _page(page, 422, doubts=invalid.problems if doubtful else [], ahead=coming)


def _two_versions(place: Filling, sent: posting.Sent, edited: EditedElsewhere) -> Response:
    if wants_json():
        raise edited
    page = pages.of(place, sent, checked=True, problems=[])
    return _page(page, 422, elsewhere=elsewhere.of(page, edited.draft, edited.seen))


def _open_page() -> Open | None:
    """Which page it is, and the draft as it knows it: a button that chooses comes after it. None for programs."""
    seen = request.form.getlist("@seen", type=int)
    return Open(request.form["@page"][:40], seen[-1] if seen else 0) if "@page" in request.form else None


def _sent(key: str, submission: Submission) -> Response:
    url = _record_url(key, submission)
    if wants_json():
        return jsonify({"id": submission.id, "state": submission.state, "url": url})
    flash(_("Sent. Thank you."), "good")
    return go_to(url)


def _link(place: Filling) -> str | None:
    """The address for people without an account, for those who publish forms and where there is one."""
    if forms.limits.public(place.form) is None or not current_user.may("definitions.publish"):
        return None
    return url_for("public_forms.fill", token=token_of(place.version.definition_id), _external=True)


def _record_url(key: str, submission: Submission) -> str:
    return url_for("forms.record", key=key, record_id=submission.id)
