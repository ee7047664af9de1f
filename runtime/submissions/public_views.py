"""Forms by a link: the address is signed, so that nobody guesses it, and takes no more than a person types."""

import secrets

from flask import Blueprint, Response, current_app, make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _
from itsdangerous import BadSignature, URLSafeSerializer

from core import access
from core.db import db
from core.errors import Invalid, NotFound
from core.security import limiter
from runtime.submissions import attachments, filling, pages, posting, public, submissions
from runtime.submissions.filling import LONGEST_CLIENT_ID, Filling
from runtime.submissions.pages import FillingPage
from runtime.submissions.submissions import Doubtful, SentAlready

bp = Blueprint("public_forms", __name__, url_prefix="/public/forms")

TYPING = "60 per minute"
SENDING = "20 per minute"


def token_of(definition_id: int) -> str:
    return str(_signer().dumps(definition_id))


def _signer() -> URLSafeSerializer:
    return URLSafeSerializer(str(current_app.secret_key), salt="public form")


@bp.get("/<token>")
@access.public
@limiter.limit(TYPING)
def fill(token: str) -> Response:
    place = _place(token)
    return _page(token, pages.begun(place, filling.begin(place, {})))


@bp.post("/<token>/live")
@access.public
@limiter.limit(TYPING)
def live(token: str) -> str:
    """The form as it stands after a change; nothing is kept."""
    place = _place(token)
    page = pages.of(place, posting.read(place, request.form), checked="checked" in request.form)
    return render_template("runtime/submissions/_form.html", page=page, live_url=_live_url(token))


@bp.post("/<token>")
@access.public
@limiter.limit(SENDING)
def send(token: str) -> Response:
    place = _place(token)
    sent = posting.read(place, request.form, request.files)
    try:
        submissions.submit(
            place,
            sent.values,
            unread=sent.unread,
            source=public.SOURCE,
            in_spite_of_warnings="anyway" in request.form,
        )
    except SentAlready:
        pass  # a second tap: the first was stored
    except Invalid as invalid:
        db.session.rollback()
        return _refused(token, place, sent, invalid)
    db.session.commit()
    return make_response(redirect(url_for("public_forms.thanks", token=token), 303))


@bp.post("/<token>/files")
@access.public
@limiter.limit(SENDING)
def upload(token: str) -> tuple[str, int]:
    place = _place(token)
    name = request.form.get("name", "")
    field = posting.named(place.form, name)
    if field is None or field.widget not in attachments.FILES or public.refusal(place):
        raise NotFound(_("There is no such field for files."))
    kept, problems = attachments.keep_all(place, field, request.files.getlist("files"))
    drawn = render_template("runtime/submissions/_uploaded.html", name=name, kept=kept, problems=problems)
    db.session.commit()
    return drawn, 422 if problems else 200


@bp.get("/<token>/sent")
@access.public
def thanks(token: str) -> str:
    return render_template("runtime/submissions/public_sent.html", page=pages.begun(_place(token), {}), token=token)


def _place(token: str) -> Filling:
    try:
        definition_id = int(_signer().loads(token))
    except BadSignature:
        raise NotFound(_("This link leads to no form any more.")) from None
    return public.find(
        definition_id, request.form.get("client_id", "")[:LONGEST_CLIENT_ID] or secrets.token_urlsafe(16)
    )


def _live_url(token: str) -> str:
    return url_for("public_forms.live", token=token)


def _page(token: str, page: FillingPage, status: int = 200, **more: object) -> Response:
    refusal = public.refusal(page.place) if page.place else None
    words = {"page": page, "token": token, "live_url": _live_url(token), "refusal": refusal, **more}
    return make_response(render_template("runtime/submissions/public.html", **words), status)


def _refused(token: str, place: Filling, sent: posting.Sent, invalid: Invalid) -> Response:
    doubtful = isinstance(invalid, Doubtful)
    page = pages.of(place, sent, checked=True, problems=[] if doubtful else invalid.problems)
    return _page(token, page, 422, doubts=invalid.problems if doubtful else [])
