"""跟进单 in the browser: the list, one case with its course, and what one does with it."""

from flask import Blueprint, Response, flash, make_response, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from sqlalchemy import select

from core import access
from core.db import db
from core.errors import Invalid, Problem
from core.htmx import go_to
from organization.access import visible_units
from organization.models import Member
from runtime.cases import cases
from runtime.cases.models import Case

bp = Blueprint("cases", __name__, url_prefix="/cases")


@bp.get("")
@access.needs("organization.read")
def index() -> str:
    live, kind = request.args.get("state") != "over", request.args.get("kind", "")
    after, before = (request.args.get(name, type=int) for name in ("after", "before"))
    page = cases.listed(current_user, live=live, kind=kind, after=after, before=before)
    words = {"page": page, "live": live, "kind": kind, "kinds": cases.KINDS, "states": cases.STATES}
    return render_template("runtime/cases/index.html", **words)


@bp.get("/<int:case_id>")
@access.needs("organization.read")
def show(case_id: int) -> Response:
    return _page(cases.find(current_user, case_id))


@bp.post("/<int:case_id>/state")
@access.needs("organization.read")
def move(case_id: int) -> Response:
    case = cases.find(current_user, case_id)
    try:
        cases.move(case, request.form.get("state", ""), request.form.get("text", ""), by=current_user)
    except Invalid as invalid:
        return _page(case, invalid.problems)
    return _done(case, _("Noted."))


@bp.post("/<int:case_id>/notes")
@access.needs("organization.read")
def add_note(case_id: int) -> Response:
    case = cases.find(current_user, case_id)
    try:
        cases.add_note(case, request.form.get("text", ""), by=current_user)
    except Invalid as invalid:
        return _page(case, invalid.problems)
    return _done(case, _("Noted."))


@bp.post("/<int:case_id>/owner")
@access.needs("organization.read")
def hand_over(case_id: int) -> Response:
    case = cases.find(current_user, case_id)
    try:
        cases.hand_over(case, _named(request.form.get("owner", "")), by=current_user)
    except Invalid as invalid:
        return _page(case, invalid.problems)
    return _done(case, _("Handed over."))


# ── parts ────────────────────────────────────────────────────────────────────────────────────────────────────────────


def _named(words: str) -> Member | None:
    """Who is meant by 陈子涵 (JS001), JS001 or 陈子涵, among those whom he sees."""
    code = words.strip().rpartition("(")[2].rstrip(")")
    seen = select(Member).join(Member.unit).where(visible_units(current_user, "organization.read"))
    found = db.session.scalars(seen.where((Member.code == code) | (Member.name == words.strip())).limit(2)).all()
    return found[0] if len(found) == 1 else None


def _done(case: Case, sentence: str) -> Response:
    db.session.commit()
    flash(sentence, "good")
    return go_to(url_for(".show", case_id=case.id))


def _page(case: Case, problems: list[Problem] | None = None) -> Response:
    handles = cases.may_handle(current_user, case)
    page = render_template(
        "runtime/cases/case.html",
        case=case,
        kinds=cases.KINDS,
        states=cases.STATES,
        handles=handles,
        next_states=cases.NEXT.get(case.state, ()) if handles else (),
        needs_words=cases.NEEDS_WORDS,
        live=case.state in cases.LIVE,
        problems=problems or [],
        posted=request.form,
    )
    return make_response(page, 422 if problems else 200)
