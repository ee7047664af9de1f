"""The way in and out, and one's own account."""

from urllib.parse import urlsplit
from zoneinfo import available_timezones

from flask import (
    Blueprint,
    Flask,
    flash,
    g,
    redirect,
    render_template,
    request,
    session,
    url_for,
)
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user
from sqlalchemy import select
from werkzeug import Response

from core import access, i18n
from core.db import db
from core.errors import Invalid, Problem
from core.htmx import go_to
from core.security import limiter
from organization import access as sign_ins
from organization import accounts, companies, links, navigation, roles, sessions
from organization.access import COOKIE
from organization.models import Company

bp = Blueprint("accounts", __name__)

TRIES = "10 per minute"


def init_app(app: Flask) -> None:
    sign_ins.init_app(app)
    app.jinja_env.filters |= {"role_title": _role_title, "device_words": sessions.device_words}


def _role_title(role: str) -> str:
    return i18n.text(roles.title(role))


@bp.get("/")
@access.signed_in
def home() -> ResponseReturnValue:
    steps = navigation.first_steps(current_user)
    if not steps:
        return redirect(navigation.home_of(current_user), 303)
    return render_template("organization/accounts/start.html", steps=steps)


# ── in and out ───────────────────────────────────────────────────────────────────────────────────────────────────────


def _failed(response: Response) -> bool:
    return response.status_code == 422


def _typed_name() -> str:
    return "name:" + accounts.login_name(request.form.get("login", ""))[:120]


@bp.get("/sign-in")
@access.public
def sign_in() -> ResponseReturnValue:
    if current_user.is_authenticated:
        return redirect(_own_address(request.args.get("next")), 303)
    return _sign_in_page()


@bp.post("/sign-in")
@access.public
@limiter.limit(TRIES, deduct_when=_failed)
@limiter.limit(TRIES, key_func=_typed_name, deduct_when=_failed)
def enter() -> ResponseReturnValue:
    stay = "stay" in request.form
    name, password = request.form.get("login", ""), request.form.get("password", "")
    chosen = session.get("language")
    token = accounts.sign_in(name, password, device=request.user_agent.string, stay=stay, language=chosen)
    if token is None:
        wrong = Problem("/password", "wrong", _("Login and password do not belong together. Check both and try again."))
        return _sign_in_page([wrong])
    db.session.commit()
    return _with_session(redirect(_own_address(request.form.get("next")), 303), token, stay=stay)


def _sign_in_page(problems: list[Problem] | None = None) -> ResponseReturnValue:
    companies_here = list(db.session.scalars(select(Company).limit(2)))
    page = render_template(
        "organization/accounts/sign_in.html",
        problems=problems or [],
        demo=accounts.demo_accounts() if any(company.demo for company in companies_here) else [],
        company_name=companies_here[0].name if len(companies_here) == 1 else None,
        next=request.values.get("next", ""),
    )
    return page, 422 if problems else 200


def _with_session(response: Response, token: str, *, stay: bool) -> ResponseReturnValue:
    """The cookie of a new session. What the browser carried as a stranger goes, the CSRF secret included."""
    session.clear()
    age = int(sessions.LONG.total_seconds()) if stay else None
    response.set_cookie(COOKIE, token, max_age=age, httponly=True, samesite="Lax", secure=request.is_secure)
    return response


def _own_address(target: str | None) -> str:
    """Where to go next, if it is a page of ours: a link in a mail must not send anybody elsewhere."""
    parts = urlsplit(target or "")
    foreign = parts.scheme or parts.netloc or not parts.path.startswith("/") or parts.path.startswith("//")
    odd = any(character < " " or character == "\\" for character in target or "")
    return url_for("accounts.home") if foreign or odd else str(target)


@bp.post("/sign-out")
@access.signed_in
def sign_out() -> ResponseReturnValue:
    sessions.end(current_user, g.auth_session.digest)
    db.session.commit()
    return _signed_out()


@bp.post("/sign-out-everywhere")
@access.signed_in
def sign_out_everywhere() -> ResponseReturnValue:
    sessions.end_all(current_user.id)
    db.session.commit()
    return _signed_out()


def _signed_out() -> ResponseReturnValue:
    session.clear()
    response = go_to(url_for("accounts.sign_in"))
    response.delete_cookie(COOKIE)
    return response


@bp.post("/language")
@access.public
def language() -> ResponseReturnValue:
    """Before sign-in the browser remembers it, afterwards the member does."""
    chosen = request.form.get("language", "")
    if chosen not in i18n.LANGUAGES:
        raise Invalid([Problem("/language", "unknown", _("Choose zh or en."))])
    if current_user.is_authenticated:
        session.pop("language", None)
        current_user.language = chosen
        db.session.commit()
    else:
        session["language"] = chosen
    return redirect(_own_address(request.form.get("next")), 303)


# ── one's own account ────────────────────────────────────────────────────────────────────────────────────────────────


@bp.get("/account")
@access.signed_in
def account() -> ResponseReturnValue:
    browsers = sessions.of(current_user)
    return render_template("organization/accounts/account.html", browsers=browsers, here=g.auth_session)


@bp.post("/account/sessions/<digest>/end")
@access.signed_in
def end_session(digest: str) -> ResponseReturnValue:
    sessions.end(current_user, digest)
    db.session.commit()
    flash(_("That browser is signed out."), "good")
    return go_to(url_for("accounts.account"))


@bp.get("/account/password")
@access.signed_in
def password() -> ResponseReturnValue:
    return _password_page()


@bp.post("/account/password")
@access.signed_in
@limiter.limit(TRIES, deduct_when=_failed)
def change_password() -> ResponseReturnValue:
    posted = request.form
    try:
        _must_repeat(posted.get("new", ""), posted.get("again", ""), "/again")
        accounts.change_password(current_user, posted.get("current", ""), posted.get("new", ""), here=g.auth_session)
    except Invalid as error:
        return _password_page(error.problems)
    db.session.commit()
    flash(_("Your password is changed. Other browsers are signed out."), "good")
    return redirect(url_for("accounts.account"), 303)


def _password_page(problems: list[Problem] | None = None) -> ResponseReturnValue:
    page = render_template("organization/accounts/password.html", problems=problems or [])
    return page, 422 if problems else 200


def _must_repeat(new: str, again: str, place: str) -> None:
    if new != again:
        raise Invalid([Problem(place, "differs", _("The two passwords differ. Type the same one twice."))])


# ── links that work once ─────────────────────────────────────────────────────────────────────────────────────────────


@bp.get("/welcome/<token>")
@access.public
def invitation(token: str) -> ResponseReturnValue:
    return _invitation_page(token)


@bp.post("/welcome/<token>")
@access.public
@limiter.limit(TRIES, deduct_when=_failed)
def accept(token: str) -> ResponseReturnValue:
    new = request.form.get("password", "")
    try:
        _must_repeat(new, request.form.get("again", ""), "/again")
        member = accounts.take_link(token, new)
    except Invalid as error:
        db.session.rollback()
        return _invitation_page(token, error.problems)
    opened = sessions.start(member, device=request.user_agent.string, stay=False)
    db.session.commit()
    return _with_session(redirect(url_for("accounts.home"), 303), opened, stay=False)


def _invitation_page(token: str, problems: list[Problem] | None = None) -> ResponseReturnValue:
    link = links.find(token, "invite", "reset")
    page = render_template("organization/accounts/invitation.html", link=link, problems=problems or [])
    return page, 422 if problems else 200


@bp.get("/setup/<token>")
@access.public
def setup(token: str) -> ResponseReturnValue:
    return _setup_page(token)


@bp.post("/setup/<token>")
@access.public
@limiter.limit(TRIES, deduct_when=_failed)
def set_up(token: str) -> ResponseReturnValue:
    posted = {key: request.form.get(key, "").strip() for key in ("company", "time_zone", "name", "login")}
    new = request.form.get("password", "")
    try:
        _must_repeat(new, request.form.get("again", ""), "/again")
        admin = companies.set_up(token, password=new, **posted)
    except Invalid as error:
        db.session.rollback()
        return _setup_page(token, error.problems)
    opened = sessions.start(admin, device=request.user_agent.string, stay=False)
    db.session.commit()
    return _with_session(redirect(url_for("accounts.home"), 303), opened, stay=False)


def _setup_page(token: str, problems: list[Problem] | None = None) -> ResponseReturnValue:
    links.find(token, "setup")
    zones = sorted(zone for zone in available_timezones() if "/" in zone and not zone.startswith("Etc/"))
    page = render_template("organization/accounts/setup.html", zones=zones, problems=problems or [])
    return page, 422 if problems else 200
