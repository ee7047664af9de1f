"""The organisation: its tree with search, a unit, and what may change in it."""

from flask import Blueprint, Flask, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user
from sqlalchemy import func, select

from core import access, clock
from core.db import Document, db
from core.errors import Invalid, NotFound, Problem
from core.htmx import htmx
from organization import dated, members, tree, units, words
from organization.models import Member, OrgUnit, UnitAttribute
from organization.posted import Posted

bp = Blueprint("units", __name__, url_prefix="/organisation")

MANAGE = "organization.manage"
SHOWN = 60  # people on a unit's page; the rest is a link to the list


def init_app(app: Flask) -> None:
    words.init_app(app)


@bp.get("", endpoint="tree")
@access.needs(tree.READ)
def index() -> ResponseReturnValue:
    wanted = request.args.get("q", "").strip()
    if wanted:
        return _search(wanted)
    opened = request.args.get("open", type=int)
    branches = tree.tree(current_user, db.session.get(OrgUnit, opened) if opened else None)
    return render_template(
        "organization/units/_tree.html" if htmx else "organization/units/tree.html", branches=branches, words=""
    )


@bp.get("/units/<int:unit_id>/branch")
@access.needs(tree.READ)
def branch(unit_id: int) -> ResponseReturnValue:
    shown = tree.branch(current_user, find(unit_id), request.args.get("open") == "1")
    return render_template("organization/units/_branch.html", branch=shown)


@bp.get("/units/<int:unit_id>")
@access.needs(tree.READ)
def show(unit_id: int) -> ResponseReturnValue:
    unit = find(unit_id)
    return _page(unit)


def _page(unit: OrgUnit, problems: list[Problem] | None = None) -> ResponseReturnValue:
    changes = dated.history(unit)
    page = render_template(
        "organization/units/unit.html",
        unit=unit,
        attributes=dated.on(clock.today(), unit.attributes, changes),
        changes=changes,
        problems=problems or [],
        posted=request.form if problems else None,
        above=tree.seen_above(current_user, unit)[:-1],
        below=tree.below(current_user, unit),
        people=_people_of(unit),
        shown=SHOWN,
        places=tree.choices(current_user, MANAGE) if current_user.may(MANAGE, unit) else [],
        today=clock.today(),
    )
    return page, 422 if problems else 200


@bp.route("/units/<int:unit_id>/add", methods=["GET", "POST"])
@access.needs(MANAGE)
def add(unit_id: int) -> ResponseReturnValue:
    parent = find(unit_id, MANAGE)
    posted = Posted(request.form, parent.company_id)
    if request.method == "GET":
        return _form(parent, None)
    try:
        level = posted.text("level")
        unit = units.create(parent, posted.text("code"), posted.text("name"), level, by_id=current_user.id)
    except Invalid as error:
        return _form(parent, None, error.problems)
    db.session.commit()
    flash(_("%(name)s is part of the organisation now.", name=unit.name), "good")
    return redirect(url_for("units.show", unit_id=unit.id), 303)


@bp.route("/units/<int:unit_id>/edit", methods=["GET", "POST"])
@access.needs(MANAGE)
def edit(unit_id: int) -> ResponseReturnValue:
    unit = find(unit_id, MANAGE)
    if request.method == "GET":
        return _form(None, unit)
    try:
        _change(unit, Posted(request.form, unit.company_id))
    except Invalid as error:
        return _form(None, unit, error.problems)
    db.session.commit()
    flash(_("Saved."), "good")
    return redirect(url_for("units.show", unit_id=unit.id), 303)


@bp.post("/units/<int:unit_id>/move")
@access.needs(MANAGE)
def move(unit_id: int) -> ResponseReturnValue:
    unit = find(unit_id, MANAGE)
    parent = find(request.form.get("parent", 0, type=int), MANAGE)
    units.move(unit, parent, by_id=current_user.id)
    db.session.commit()
    flash(_("%(name)s belongs to %(parent)s now.", name=unit.name, parent=parent.name), "good")
    return redirect(url_for("units.show", unit_id=unit.id), 303)


@bp.post("/units/<int:unit_id>/close")
@access.needs(MANAGE)
def close(unit_id: int) -> ResponseReturnValue:
    unit = find(unit_id, MANAGE)
    units.close(unit, clock.today(), by_id=current_user.id)
    db.session.commit()
    flash(_("%(name)s is closed.", name=unit.name), "good")
    return redirect(url_for("units.show", unit_id=unit.id), 303)


@bp.post("/units/<int:unit_id>/reopen")
@access.needs(MANAGE)
def reopen(unit_id: int) -> ResponseReturnValue:
    unit = find(unit_id, MANAGE)
    units.reopen(unit, by_id=current_user.id)
    db.session.commit()
    flash(_("%(name)s is open again.", name=unit.name), "good")
    return redirect(url_for("units.show", unit_id=unit.id), 303)


@bp.post("/units/<int:unit_id>/attributes")
@access.needs(MANAGE)
def enter_attribute(unit_id: int) -> ResponseReturnValue:
    """From a day on the unit is more mature, has another potential …"""
    unit = find(unit_id, MANAGE)
    posted = Posted(request.form, unit.company_id)
    from_day = posted.required_day("from_day")
    try:
        posted.refuse_if_wrong()
        dated.enter(unit, posted.text("name"), posted.text("value"), from_day, by_id=current_user.id)
    except Invalid as error:
        return _page(unit, error.problems)
    return _saved(unit)


@bp.post("/attributes/<int:row_id>/remove")
@access.needs(MANAGE)
def drop_attribute(row_id: int) -> ResponseReturnValue:
    row = db.session.get(UnitAttribute, row_id)
    if row is None:
        raise NotFound(_("This change is not there (any more)."))
    unit = find(row.unit_id, MANAGE)
    dated.drop(row, by_id=current_user.id)
    return _saved(unit)


def _saved(unit: OrgUnit) -> ResponseReturnValue:
    db.session.commit()
    flash(_("Saved."), "good")
    return redirect(url_for("units.show", unit_id=unit.id), 303)


def find(unit_id: int, permission: str = tree.READ) -> OrgUnit:
    """The unit, if it is within the signed-in person's company and grants."""
    unit = db.session.get(OrgUnit, unit_id)
    if unit is None or not current_user.may(tree.READ, unit):
        raise NotFound(_("This unit is not there, or outside of what you may see."))
    access.require(permission, unit)
    return unit


def _search(wanted: str) -> ResponseReturnValue:
    found, people = tree.search(current_user, wanted)
    page = "organization/units/_found.html" if htmx else "organization/units/tree.html"
    return render_template(page, words=wanted, found=found, people=people)


def _people_of(unit: OrgUnit) -> list[Member]:
    query = select(Member).where(Member.unit_id == unit.id, members.present_on(clock.today()))
    order = (func.coalesce(Member.id == unit.head_id, False).desc(), Member.pinyin, Member.id)
    return list(db.session.scalars(query.order_by(*order).limit(SHOWN + 1)))


def _form(parent: OrgUnit | None, unit: OrgUnit | None, problems: list[Problem] | None = None) -> ResponseReturnValue:
    page = render_template(
        "organization/units/unit_form.html",
        parent=parent,
        unit=unit,
        above=tree.seen_above(current_user, unit or parent),
        heads=_possible_heads(unit) if unit else [],
        attributes=_undated(unit) if unit else {},
        problems=problems or [],
        posted=request.form if request.method == "POST" else None,
    )
    return page, 422 if problems else 200


def _undated(unit: OrgUnit) -> Document:
    """What the form edits: attributes that change on a day are changed on the unit's page."""
    names = {row.name for row in dated.history(unit)}
    return {name: value for name, value in (unit.attributes or {}).items() if name not in names}


def _possible_heads(unit: OrgUnit) -> list[Member]:
    """Who is in the unit or in a unit above it, and who leads it now."""
    near = Member.unit_id.in_(units.ids_above(unit)) | (Member.id == (unit.head_id or 0))
    query = select(Member).where(near, members.present_on(clock.today()))
    return list(db.session.scalars(query.order_by(Member.pinyin, Member.id).limit(500)))


def _change(unit: OrgUnit, posted: Posted) -> None:
    head = posted.row("head", Member, _("Choose somebody of the company."))
    attributes = posted.attributes()
    posted.refuse_if_wrong()
    units.change(unit, posted.text("name"), posted.text("level"), attributes, by_id=current_user.id)
    units.set_head(unit, head, by_id=current_user.id)
