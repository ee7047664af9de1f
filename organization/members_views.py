"""People: the list, a person, and what changes about one."""

from typing import Any

import sqlalchemy as sa
from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user
from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from core import access, clock
from core.db import db
from core.errors import Invalid, NotFound, Problem
from core.i18n import text
from organization import absences, exports, managers, members, paging, tree, words
from organization.models import Absence, Customer, Member, OrgUnit, Substitute
from organization.posted import Posted
from organization.roles import ROLES, title

bp = Blueprint("members", __name__, url_prefix="/people")

MANAGE = "organization.manage"


@bp.get("")
@access.needs(tree.READ)
def index() -> ResponseReturnValue:
    query = _filtered()
    page = paging.page(
        query,
        Member,
        "pinyin",
        after=request.args.get("after", type=int),
        before=request.args.get("before", type=int),
    )
    return render_template(
        "organization/members/index.html",
        page=page,
        roles=_roles_in(query),
        units=tree.choices(current_user),
    )


@bp.get("/export.<any(xlsx, csv):form>")
@access.needs(tree.READ)
def export(form: str) -> ResponseReturnValue:
    rows = db.session.execute(_filtered().order_by(OrgUnit.path, Member.pinyin, Member.id)).all()
    return exports.people(rows, form, words.may_see_figures)


@bp.get("/<int:member_id>")
@access.needs(tree.READ)
def show(member_id: int) -> ResponseReturnValue:
    member = find(member_id)
    return render_template(
        "organization/members/member.html",
        member=member,
        above=tree.seen_above(current_user, member.unit),
        line=managers.line_of(member),
        customers=db.session.scalar(select(func.count()).where(Customer.owner_id == member.id)),
        absences=_coming(Absence, member),
        substitutes=_coming(Substitute, member),
        today=clock.today(),
    )


@bp.route("/add", methods=["GET", "POST"])
@access.needs(MANAGE)
def add() -> ResponseReturnValue:
    posted = Posted(request.form, current_user.company_id)
    if request.method == "GET":
        return _form(None)
    try:
        unit = posted.row("unit", OrgUnit, _("Choose a unit of the company."))
        person = _person(posted)
        unit = _unit_or_refuse(posted, unit)
        member = members.create(unit, posted.text("code"), person, by_id=current_user.id)
    except Invalid as error:
        return _form(None, error.problems)
    db.session.commit()
    flash(_("%(name)s works here now.", name=member.name), "good")
    return redirect(url_for("members.show", member_id=member.id), 303)


@bp.route("/<int:member_id>/edit", methods=["GET", "POST"])
@access.needs(MANAGE)
def edit(member_id: int) -> ResponseReturnValue:
    member = find(member_id, MANAGE)
    if request.method == "GET":
        return _form(member)
    try:
        _change(member, Posted(request.form, member.company_id))
    except Invalid as error:
        return _form(member, error.problems)
    db.session.commit()
    flash(_("Saved."), "good")
    return redirect(url_for("members.show", member_id=member.id), 303)


@bp.post("/<int:member_id>/absences")
@access.needs(MANAGE)
def record_absence(member_id: int) -> ResponseReturnValue:
    member = find(member_id, MANAGE)
    posted = Posted(request.form, member.company_id)
    first, last = posted.required_day("first_day"), posted.required_day("last_day")
    posted.refuse_if_wrong()
    absences.record(member, first, last, by_id=current_user.id)
    return _saved(member)


@bp.post("/absences/<int:absence_id>/remove")
@access.needs(MANAGE)
def remove_absence(absence_id: int) -> ResponseReturnValue:
    absence = db.session.get(Absence, absence_id)
    if absence is None:
        raise NotFound(_("This leave is not there (any more)."))
    member = find(absence.member_id, MANAGE)
    absences.remove(absence, by_id=current_user.id)
    return _saved(member)


@bp.post("/<int:member_id>/substitutes")
@access.needs(MANAGE)
def appoint(member_id: int) -> ResponseReturnValue:
    member = find(member_id, MANAGE)
    posted = Posted(request.form, member.company_id)
    first, last = posted.required_day("first_day"), posted.required_day("last_day")
    code = posted.text("substitute")
    substitute = db.session.scalar(select(Member).where(Member.company_id == member.company_id, Member.code == code))
    if substitute is None:
        posted.problems.append(Problem("/substitute", "unknown", _("Nobody has the code %(code)s.", code=code)))
    posted.refuse_if_wrong()
    absences.appoint(member, substitute, first, last, posted.optional("reason"), by_id=current_user.id)
    return _saved(member)


@bp.post("/substitutes/<int:substitute_id>/remove")
@access.needs(MANAGE)
def dismiss(substitute_id: int) -> ResponseReturnValue:
    row = db.session.get(Substitute, substitute_id)
    if row is None:
        raise NotFound(_("This substitute is not there (any more)."))
    member = find(row.member_id, MANAGE)
    absences.dismiss(row, by_id=current_user.id)
    return _saved(member)


def find(member_id: int, permission: str = tree.READ) -> Member:
    """The person, if he is within the signed-in person's company and grants; everybody finds himself."""
    member = db.session.get(Member, member_id)
    known = member is not None and (member.id == current_user.id or current_user.may(tree.READ, member.unit))
    if member is None or not known:
        raise NotFound(_("This person is not there, or outside of what you may see."))
    if permission != tree.READ:
        access.require(permission, member.unit)
    return member


def _filtered() -> sa.Select[Any]:
    return members.listed(
        current_user,
        wanted=request.args.get("q", ""),
        unit_id=request.args.get("unit", type=int),
        role=request.args.get("role", ""),
        left=request.args.get("left") == "1",
    )


def _roles_in(query: sa.Select[Any]) -> list[tuple[str, str, int]]:
    """Positions among the people found, with how many there are of each."""
    inner = query.subquery()
    rows = db.session.execute(select(inner.c.role, func.count()).group_by(inner.c.role)).all()
    order = {key: place for place, key in enumerate(ROLES)}
    return [(key, text(title(key)), count) for key, count in sorted(rows, key=lambda row: order.get(row[0], 99))]


def _coming(model: type[Absence] | type[Substitute], member: Member) -> list[Any]:
    query = select(model).where(model.member_id == member.id, model.last_day >= clock.today())
    if model is Substitute:
        query = query.options(joinedload(Substitute.substitute))
    return list(db.session.scalars(query.order_by(model.first_day)))


def _saved(member: Member) -> ResponseReturnValue:
    db.session.commit()
    flash(_("Saved."), "good")
    return redirect(url_for("members.show", member_id=member.id), 303)


def _form(member: Member | None, problems: list[Problem] | None = None) -> ResponseReturnValue:
    page = render_template(
        "organization/members/member_form.html",
        member=member,
        units=tree.choices(current_user, MANAGE),
        unit_id=member.unit_id if member else request.args.get("unit", ""),
        problems=problems or [],
        posted=request.form if request.method == "POST" else None,
        today=clock.today(),
    )
    return page, 422 if problems else 200


def _person(posted: Posted) -> members.Person:
    return members.Person(
        name=posted.text("name"),
        role=posted.text("role"),
        joined_on=posted.required_day("joined_on"),
        left_on=posted.day("left_on"),
        phone=posted.optional("phone"),
        email=posted.optional("email"),
        represents_frontline="represents_frontline" in posted.form,
        attributes=posted.attributes(),
    )


def _unit_or_refuse(posted: Posted, unit: OrgUnit | None) -> OrgUnit:
    if unit is None and not posted.problems:
        posted.problems.append(Problem("/unit", "required", _("Choose a unit of the company.")))
    posted.refuse_if_wrong()
    if unit is None:
        raise Invalid(posted.problems)
    access.require(MANAGE, unit)
    return unit


def _change(member: Member, posted: Posted) -> None:
    unit = posted.row("unit", OrgUnit, _("Choose a unit of the company."))
    manager = _manager(posted)
    person = _person(posted)
    members.change(member, _unit_or_refuse(posted, unit), manager, person, by_id=current_user.id)


def _manager(posted: Posted) -> Member | None:
    """Named by code; an empty field leaves it to the head of the unit."""
    code = posted.text("manager")
    if not code:
        return None
    query = select(Member).where(Member.company_id == posted.company_id, Member.code == code)
    manager = db.session.scalar(query)
    if manager is None:
        posted.problems.append(Problem("/manager", "unknown", _("Nobody has the code %(code)s.", code=code)))
    return manager
