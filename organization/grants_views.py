"""Who has which rights where: the list, giving and taking."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user
from sqlalchemy import select

from core import access, clock
from core.db import db
from core.errors import Invalid, NotFound, Problem
from organization import grants, members
from organization.access import visible_units
from organization.models import Grant, Member, OrgUnit
from organization.roles import PERMISSIONS, ROLES

bp = Blueprint("grants", __name__, url_prefix="/grants")

FOUND = 12  # people offered while somebody types a name


@bp.get("")
@access.needs(grants.PERMISSION)
def index() -> ResponseReturnValue:
    number = max(request.args.get("page", 1, type=int), 1)
    words, role = request.args.get("q", ""), request.args.get("role", "")
    found, more = grants.page(current_user, number, words=words, role=role)
    return render_template("organization/accounts/grants.html", grants=found, number=number, more=more, roles=ROLES)


@bp.get("/new")
@access.needs(grants.PERMISSION)
def new() -> ResponseReturnValue:
    return _form()


@bp.get("/people")
@access.needs(grants.PERMISSION)
def people() -> ResponseReturnValue:
    """The people whose name holds what was typed, to choose from."""
    return render_template("organization/accounts/_people.html", people=_found(request.args.get("q", "")))


@bp.post("")
@access.needs(grants.PERMISSION)
def add() -> ResponseReturnValue:
    posted = request.form
    try:
        member, unit = _chosen(posted.get("member", ""), posted.get("unit", ""))
        grants.add(current_user, member, posted.get("role", ""), unit, posted.get("reason", ""))
    except Invalid as error:
        return _form(error.problems)
    db.session.commit()
    flash(_("%(name)s holds the role from now on.", name=member.name), "good")
    return redirect(url_for("grants.index", q=member.code), 303)


@bp.get("/<int:grant_id>/remove")
@access.needs(grants.PERMISSION)
def removal(grant_id: int) -> ResponseReturnValue:
    return render_template("organization/accounts/grant_removal.html", grant=_find(grant_id), problems=[])


@bp.post("/<int:grant_id>/remove")
@access.needs(grants.PERMISSION)
def remove(grant_id: int) -> ResponseReturnValue:
    grant = _find(grant_id)
    name = grant.member.name
    try:
        grants.remove(current_user, grant, request.form.get("reason", ""))
    except Invalid as error:
        page = render_template("organization/accounts/grant_removal.html", grant=grant, problems=error.problems)
        return page, 422
    db.session.commit()
    flash(_("%(name)s does not hold the role any more.", name=name), "good")
    return redirect(url_for("grants.index"), 303)


def _find(grant_id: int) -> Grant:
    grant = db.session.get(Grant, grant_id)
    if grant is None or not current_user.may(grants.PERMISSION, grant.unit):
        raise NotFound(_("This right is not there (any more)."))
    return grant


def _form(problems: list[Problem] | None = None) -> ResponseReturnValue:
    words = request.values.get("q", "") or request.args.get("member", "")
    page = render_template(
        "organization/accounts/grant_new.html",
        people=_found(words),
        units=_units(),
        roles=ROLES,
        permissions=PERMISSIONS,
        problems=problems or [],
        words=words,
    )
    return page, 422 if problems else 200


def _found(words: str) -> list[Member]:
    if not words.strip():
        return []
    query = select(Member).where(Member.company_id == current_user.company_id, members.present_on(clock.today()))
    query = query.where(members.matching(words)).order_by(Member.pinyin, Member.id).limit(FOUND)
    return list(db.session.scalars(query))


def _units() -> list[OrgUnit]:
    """The units that he administers, as a tree read from top to bottom."""
    query = select(OrgUnit).where(visible_units(current_user, grants.PERMISSION), OrgUnit.closed_on.is_(None))
    return list(db.session.scalars(query.order_by(OrgUnit.path)))


def _chosen(member_id: str, unit_id: str) -> tuple[Member, OrgUnit]:
    member = db.session.get(Member, int(member_id)) if member_id.isdecimal() else None
    unit = db.session.get(OrgUnit, int(unit_id)) if unit_id.isdecimal() else None
    problems = []
    if member is None or member.company_id != current_user.company_id:
        problems.append(Problem("/member", "required", _("Look the person up by name and choose one.")))
    if unit is None or unit.company_id != current_user.company_id:
        problems.append(Problem("/unit", "required", _("Choose a unit.")))
    if member is None or unit is None or problems:
        raise Invalid(problems)
    return member, unit
