"""The working-day calendar of a year, and the days that the company changes in it."""

import calendar
import datetime as dt
from dataclasses import dataclass

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from core import access, clock
from core.db import db
from core.errors import Invalid, NotFound, Problem
from core.i18n import language
from organization import calendars, tree
from organization.models import OrgUnit
from organization.posted import Posted

bp = Blueprint("calendar", __name__, url_prefix="/calendar")

MANAGE = "organization.manage"
FIRST_YEAR, LAST_YEAR = 2000, 2100


@dataclass(frozen=True)
class Day:
    """A day as the page shows it: `sort` is work, off, make-up, own-work or own-off."""

    date: dt.date
    sort: str
    name: str


@bp.get("")
@access.needs(tree.READ)
def year() -> ResponseReturnValue:
    return _page(request.args.get("year", clock.today().year, type=int))


@bp.post("")
@access.needs(MANAGE)
def override() -> ResponseReturnValue:
    _must_manage_company()
    posted = Posted(request.form, current_user.company_id)
    day = posted.required_day("day")
    try:
        posted.refuse_if_wrong()
        works = posted.text("works") == "1"
        calendars.override(current_user.company_id, day, works, posted.text("name")[:80], by_id=current_user.id)
    except Invalid as error:
        return _page(clock.today().year, error.problems)
    return _saved(day.year)


@bp.post("/restore")
@access.needs(MANAGE)
def restore() -> ResponseReturnValue:
    _must_manage_company()
    posted = Posted(request.form, current_user.company_id)
    day = posted.required_day("day")
    posted.refuse_if_wrong()
    calendars.restore(current_user.company_id, day, by_id=current_user.id)
    return _saved(day.year)


def _must_manage_company() -> None:
    """The calendar is the whole company's: a right over one region does not change it."""
    access.require(MANAGE, db.session.get_one(OrgUnit, current_user.company_id))


def _saved(year: int) -> ResponseReturnValue:
    db.session.commit()
    flash(_("The calendar is changed. What is planned from now on follows it."), "good")
    return redirect(url_for("calendar.year", year=year), 303)


def _page(year: int, problems: list[Problem] | None = None) -> ResponseReturnValue:
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise NotFound(_("The calendar shows the years 2000 to 2100."))
    company_id = current_user.company_id
    own = calendars.overrides(company_id)
    first, last = dt.date(year, 1, 1), dt.date(year, 12, 31)
    page = render_template(
        "organization/calendar/year.html",
        year=year,
        known=calendars.is_known(year),
        count=len(calendars.working_days(company_id, first, last)),
        months=[(month, _weeks(company_id, year, month)) for month in range(1, 13)],
        own=[own[day] for day in sorted(own) if day.year == year],
        manages=current_user.may(MANAGE, db.session.get_one(OrgUnit, company_id)),
        today=clock.today(),
        problems=problems or [],
    )
    return page, 422 if problems else 200


def _weeks(company_id: int, year: int, month: int) -> list[list[Day | None]]:
    weeks = calendar.Calendar().monthdatescalendar(year, month)
    return [[_day(company_id, day) if day.month == month else None for day in week] for week in weeks]


def _day(company_id: int, day: dt.date) -> Day:
    own = calendars.overrides(company_id).get(day)
    if own is not None:
        return Day(day, "own-work" if own.works else "own-off", own.name)
    if calendars.is_make_up(day):
        return Day(day, "make-up", _("make-up day"))
    works = calendars.is_working_day(company_id, day)
    return Day(day, "work" if works else "off", calendars.public_name(day, language()) or "")
