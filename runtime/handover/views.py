"""The wizard: whose work, from when, what to whom; then what moved, and the way back."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user
from sqlalchemy import select

from core import access, clock
from core.db import db
from core.errors import Invalid, NotFound, Problem
from organization import members
from organization.access import visible_units
from organization.models import Member
from organization.posted import Posted
from runtime.goals import standing
from runtime.handover import handovers, parts
from runtime.handover.handovers import MANAGE
from runtime.handover.models import Handover

bp = Blueprint("handovers", __name__, url_prefix="/handovers")

OFFERED = 12  # people offered while a name is typed


@bp.get("")
@access.needs(MANAGE)
def index() -> str:
    return render_template("runtime/handover/index.html", handovers=handovers.listed(current_user), people=_offered(""))


@bp.get("/people")
@access.needs(MANAGE)
def people() -> str:
    """Whoever may be meant, while a name is typed in a field of any name."""
    typed = next(iter(request.args.values()), "")
    return render_template("runtime/goals/campaigns/_people.html", people=_offered(typed))


@bp.post("/who")
@access.needs(MANAGE)
def choose() -> ResponseReturnValue:
    posted = Posted(request.form, current_user.company_id)
    member = _person(posted, "who")
    if member is None:
        page = render_template(
            "runtime/handover/index.html",
            handovers=handovers.listed(current_user),
            people=_offered(""),
            problems=posted.problems or [Problem("/who", "required", _("Choose one person from the list."))],
        )
        return page, 422
    return redirect(url_for(".plan", member_id=member.id), 303)


@bp.route("/of/<int:member_id>", methods=["GET", "POST"])
@access.needs(MANAGE)
def plan(member_id: int) -> ResponseReturnValue:
    member = _member(member_id)
    if request.method == "GET":
        return _planning(member, [])
    posted = Posted(request.form, member.company_id)
    try:
        takers = {key: _person(posted, f"taker-{key}") for key in parts.of(member)}
        from_day = posted.day("from_day")
        posted.refuse_if_wrong()
        handover = handovers.plan(member, from_day, takers, posted.text("reason"), by=current_user)
    except Invalid as error:
        return _planning(member, error.problems)
    db.session.commit()
    flash(_("The handover is planned."), "good")
    return redirect(url_for(".show", handover_id=handover.id), 303)


@bp.get("/<int:handover_id>")
@access.needs(MANAGE)
def show(handover_id: int) -> str:
    handover = _find(handover_id)
    takers = {row.id: row for row in db.session.scalars(select(Member).where(Member.id.in_(handover.takers.values())))}
    coming = parts.of(handover.member) if handover.state == "planned" else {}
    return render_template(
        "runtime/handover/handover.html", handover=handover, takers=takers, parts=parts.PARTS, coming=coming
    )


@bp.post("/<int:handover_id>/undo")
@access.needs(MANAGE)
def undo(handover_id: int) -> ResponseReturnValue:
    handover = _find(handover_id)
    handovers.undo(handover, by=current_user)
    db.session.commit()
    flash(_("The handover is undone."), "good")
    return redirect(url_for(".show", handover_id=handover.id), 303)


@bp.post("/<int:handover_id>/cancel")
@access.needs(MANAGE)
def cancel(handover_id: int) -> ResponseReturnValue:
    handover = _find(handover_id)
    handovers.cancel(handover, by=current_user)
    db.session.commit()
    flash(_("The handover is cancelled."), "good")
    return redirect(url_for(".show", handover_id=handover.id), 303)


# ── parts ────────────────────────────────────────────────────────────────────────────────────────────────────────────


def _planning(member: Member, problems: list[Problem]) -> ResponseReturnValue:
    page = render_template(
        "runtime/handover/plan.html",
        member=member,
        parts=parts.PARTS,
        things=parts.of(member),
        targets=[goal for goal in standing.own(member) if goal.member_id == member.id],
        problems=problems,
        typed=request.form,
        from_day=request.form.get("from_day") or _first_day(member),
        people=_offered(""),
    )
    return page, 422 if problems else 200


def _first_day(member: Member) -> str:
    """The day after the last one, where that is known and to come."""
    today = clock.today()
    return max(today, member.left_on or today).isoformat()


def _member(member_id: int) -> Member:
    member = db.session.get(Member, member_id)
    if member is None or member.company_id != current_user.company_id or not current_user.may(MANAGE, member.unit):
        raise NotFound(_("This person is not there, or outside of what you may change."), f"no member {member_id}")
    return member


def _find(handover_id: int) -> Handover:
    handover = db.session.get(Handover, handover_id)
    if handover is None:
        raise NotFound(_("This handover is not there."), f"no handover {handover_id}")
    _member(handover.member_id)
    return handover


def _person(posted: Posted, name: str) -> Member | None:
    """Whoever is named as 陈子涵 (JS001), JS001 or 陈子涵; a problem for words that name nobody or several."""
    words = posted.text(name)
    code = words.rpartition("(")[2].rstrip(")") if words.endswith(")") else words
    found = db.session.scalars(_there().where((Member.code == code) | (Member.name == words)).limit(2)).all()
    if len(found) == 1:
        return found[0]
    if words:
        posted.problems.append(Problem(f"/{name}", "unknown", _("Choose one person from the list.")))
    return None


def _offered(words: str) -> list[Member]:
    query = _there()
    if words.strip():
        query = query.where(members.matching(words.partition("(")[0].strip() or words))
    return list(db.session.scalars(query.order_by(Member.pinyin, Member.id).limit(OFFERED)))


def _there() -> Any:
    """Those of his units who work here, and those who have left: their work is handed over, too."""
    return select(Member).join(Member.unit).where(visible_units(current_user, MANAGE))
