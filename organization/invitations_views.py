"""Handing out the links with which people set their password: shown once, as a workbook, or by e-mail."""

import io

from flask import (
    Blueprint,
    current_app,
    flash,
    redirect,
    render_template,
    request,
    send_file,
    url_for,
)
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user
from sqlalchemy import select

from core import access, mail
from core.db import db
from core.errors import Invalid, NotFound, Problem
from core.later import Later
from organization import invitations
from organization.access import visible_units
from organization.invitations import Link
from organization.models import Member, OrgUnit

xlsxwriter = Later("xlsxwriter")
bp = Blueprint("invitations", __name__, url_prefix="/invitations")


@bp.get("")
@access.needs(invitations.PERMISSION)
def index() -> ResponseReturnValue:
    units = _units()
    chosen = next((unit for unit in units if str(unit.id) == request.args.get("unit")), units[0])
    again = "again" in request.args
    people = invitations.people(current_user, chosen, also_with_password=again)
    return render_template(
        "organization/accounts/invitations.html",
        units=units,
        chosen=chosen,
        again=again,
        people=people,
        mail_ready=mail.ready(),
    )


@bp.post("")
@access.needs(invitations.PERMISSION)
def invite() -> ResponseReturnValue:
    unit = db.session.get(OrgUnit, request.form.get("unit", 0, type=int))
    if unit is None:
        raise Invalid([Problem("/unit", "required", _("Choose a unit."))])
    access.require(invitations.PERMISSION, unit)
    people = invitations.people(current_user, unit, also_with_password="again" in request.form)
    return _hand_out(people, request.form.get("how", "page"))


@bp.post("/members/<int:member_id>")
@access.needs(invitations.PERMISSION)
def one(member_id: int) -> ResponseReturnValue:
    """A link for one person, from his page: the first one, or a new one when he forgot his password."""
    member = db.session.get(Member, member_id)
    if member is None or not current_user.may(invitations.PERMISSION, member.unit):
        raise NotFound(_("There is no such person in your units."))
    invitations.must_be_allowed(current_user, member)
    return _hand_out([member], request.form.get("how", "page"))


def _hand_out(people: list[Member], how: str) -> ResponseReturnValue:
    if how == "mail":
        count = invitations.queue_mails(people, by=current_user, base_url=_base_url())
        db.session.commit()
        flash(
            _(
                "%(count)s e-mails are on their way; %(rest)s people have no address.",
                count=count,
                rest=len(people) - count,
            ),
            "good",
        )
        return redirect(url_for("invitations.index"), 303)
    made = invitations.invite(people, by_id=current_user.id)
    db.session.commit()
    if how == "xlsx":
        return send_file(_workbook(made), download_name=_("sign-in links") + ".xlsx", as_attachment=True)
    return render_template("organization/accounts/links.html", links=made, base_url=_base_url())


def _base_url() -> str:
    return (current_app.config["SETTINGS"].public_url or request.url_root).rstrip("/")


def _units() -> list[OrgUnit]:
    query = select(OrgUnit).where(visible_units(current_user, invitations.PERMISSION), OrgUnit.closed_on.is_(None))
    return list(db.session.scalars(query.order_by(OrgUnit.path)))


def _workbook(made: list[Link]) -> io.BytesIO:
    """One row a person. Names that begin with = stay text."""
    file = io.BytesIO()
    book = xlsxwriter.Workbook(file, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    sheet = book.add_worksheet()
    sheet.set_column(0, 3, 16)
    sheet.set_column(4, 4, 80)
    bold = book.add_format({"bold": True})
    sheet.write_row(
        0, 0, [_("Full name"), _("Staff number"), _("Unit"), _("Login"), _("Link (works once, seven days)")], bold
    )
    for number, link in enumerate(made, start=1):
        member = link.member
        sheet.write_row(number, 0, [member.name, member.code, member.unit.name, link.login, _base_url() + link.path])
    book.close()
    file.seek(0)
    return file
