"""战役 in the browser: the battles under the strategic goals, one battle with its tactics, planning and cloning."""

from collections.abc import Sequence
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
from organization import tree as organisation
from organization.access import visible_units
from organization.models import Member, OrgUnit, Product
from organization.posted import Posted
from runtime.goals import campaigns, sight, targets
from runtime.goals.campaigns import MANAGE, Action, Plan
from runtime.goals.models import Campaign, GoalSet, Tactic

bp = Blueprint("campaigns", __name__, url_prefix="/campaigns")

OFFERED = 12  # people offered while a name is typed


@bp.get("")
@access.needs(sight.READ)
def index() -> str:
    return render_template(
        "runtime/goals/campaigns/index.html",
        campaigns=campaigns.of_company(current_user),
        strategic=campaigns.strategic_goals(current_user.company_id),
        states=campaigns.STATES,
    )


@bp.route("/new", methods=["GET", "POST"])
@access.needs(MANAGE)
def new() -> ResponseReturnValue:
    source = _source()
    if request.method == "GET":
        return _form(campaigns.clone_plan(source) if source else None, source=source)
    try:
        plan = _plan()
        campaign = campaigns.create(_strategic(), plan, by_id=current_user.id, cloned_from=source)
    except Invalid as error:
        return _form(None, error.problems, source=source)
    db.session.commit()
    flash(_("The campaign is planned. Add its tactics."), "good")
    return redirect(url_for(".show", campaign_id=campaign.id), 303)


@bp.get("/people")
@access.needs("goals.own")
def people() -> str:
    """Who may be meant, while a name is typed: people of the units that the signed-in person sees."""
    words = request.args.get("owner") or request.args.get("tactic_owner") or ""
    return render_template("runtime/goals/campaigns/_people.html", people=_matching(words))


@bp.get("/<int:campaign_id>")
@access.needs("goals.own")
def show(campaign_id: int) -> ResponseReturnValue:
    return _page(_find(campaign_id))


@bp.route("/<int:campaign_id>/edit", methods=["GET", "POST"])
@access.needs("goals.own")
def edit(campaign_id: int) -> ResponseReturnValue:
    campaign = _find_mine(campaign_id)
    if request.method == "GET":
        return _form(_plan_of(campaign), campaign=campaign)
    try:
        campaigns.change(campaign, _goal_of(campaign), _plan(), by_id=current_user.id)
    except Invalid as error:
        return _form(None, error.problems, campaign=campaign)
    db.session.commit()
    flash(_("Saved."), "good")
    return redirect(url_for(".show", campaign_id=campaign.id), 303)


@bp.post("/<int:campaign_id>/state")
@access.needs("goals.own")
def move(campaign_id: int) -> ResponseReturnValue:
    campaign = _find_mine(campaign_id)
    campaigns.move_to(campaign, request.form.get("state", ""), by_id=current_user.id)
    db.session.commit()
    return redirect(url_for(".show", campaign_id=campaign.id), 303)


@bp.post("/<int:campaign_id>/tactics")
@access.needs("goals.own")
def add_tactic(campaign_id: int) -> ResponseReturnValue:
    campaign = _find_mine(campaign_id)
    posted = Posted(request.form, current_user.company_id)
    try:
        owner = _person(posted, "tactic_owner")
        action = Action(posted.text("title"), owner, posted.day("due_on"))
        posted.refuse_if_wrong()
        campaigns.add_tactic(campaign, action, by_id=current_user.id)
    except Invalid as error:
        return _page(campaign, error.problems)
    db.session.commit()
    return redirect(url_for(".show", campaign_id=campaign.id), 303)


@bp.post("/tactics/<int:tactic_id>/done")
@access.needs("goals.own")
def finish(tactic_id: int) -> ResponseReturnValue:
    tactic = db.session.get(Tactic, tactic_id)
    if tactic is None or not campaigns.may_see(current_user, tactic.campaign):
        raise NotFound(_("This tactic is not there."), f"no tactic {tactic_id}")
    if current_user.id != tactic.owner_id and not campaigns.may_change(current_user, tactic.campaign):
        access.refuse(MANAGE)
    campaigns.finish(tactic, request.form.get("done") == "1", by_id=current_user.id)
    db.session.commit()
    return redirect(url_for(".show", campaign_id=tactic.campaign_id), 303)


# ── parts ────────────────────────────────────────────────────────────────────────────────────────────────────────────


def _page(campaign: Campaign, problems: list[Problem] | None = None) -> ResponseReturnValue:
    units = db.session.execute(select(OrgUnit.id, OrgUnit.name).where(OrgUnit.id.in_(campaign.unit_ids))).all()
    products = db.session.execute(select(Product.id, Product.name).where(Product.id.in_(campaign.product_ids))).all()
    page = render_template(
        "runtime/goals/campaigns/campaign.html",
        campaign=campaign,
        units=units,
        products=products,
        goal_set=_goal_of(campaign),
        states=campaigns.STATES,
        next_states=campaigns.NEXT.get(campaign.state, ()),
        may_change=campaigns.may_change(current_user, campaign),
        problems=problems or [],
        posted=request.form,
        people=_matching(""),
    )
    return page, 422 if problems else 200


def _form(
    plan: Plan | None,
    problems: list[Problem] | None = None,
    *,
    campaign: Campaign | None = None,
    source: Campaign | None = None,
) -> ResponseReturnValue:
    page = render_template(
        "runtime/goals/campaigns/form.html",
        campaign=campaign,
        source=source,
        typed=_typed(plan),
        problems=problems or [],
        strategic=campaigns.strategic_goals(current_user.company_id),
        units=organisation.choices(current_user, sight.READ),
        products=_products(),
        people=_matching(""),
    )
    return page, 422 if problems else 200


def _typed(plan: Plan | None) -> dict[str, Any]:
    """What stands in the fields: what was posted, or a campaign as it is."""
    if request.method == "POST":
        lists = {name: request.form.getlist(name) for name in ("units", "products")}
        return dict(request.form.items()) | lists
    if plan is None:
        return {"units": [], "products": []}
    return {
        "theme": plan.theme,
        "owner": named(plan.owner),
        "first_day": plan.first_day,
        "last_day": plan.last_day,
        "target": "" if plan.target is None else str(plan.target),
        "units": list(map(str, plan.unit_ids)),
        "products": list(map(str, plan.product_ids)),
    }


def _plan() -> Plan:
    """Raises Invalid with what cannot be read."""
    posted = Posted(request.form, current_user.company_id)
    owner, target = _person(posted, "owner"), None
    if posted.text("target"):
        try:
            target = targets.read_amount(posted.text("target"), "/target")
        except Invalid as invalid:
            posted.problems += invalid.problems
    first, last = posted.day("first_day"), posted.day("last_day")
    units = _chosen(
        posted, "units", {str(unit_id) for unit_id, _name in organisation.choices(current_user, sight.READ)}
    )
    products = _chosen(posted, "products", {str(row.id) for row in _products()})
    posted.refuse_if_wrong()
    return Plan(posted.text("theme"), owner, first, last, target, units, products)


def _chosen(posted: Posted, name: str, offered: set[str]) -> list[int]:
    chosen = request.form.getlist(name)
    if not set(chosen) <= offered:
        posted.problems.append(Problem(f"/{name}", "unknown", _("Choose from the list.")))
        return []
    return [int(value) for value in chosen]


def _plan_of(campaign: Campaign) -> Plan:
    return Plan(
        campaign.theme,
        campaign.owner,
        campaign.first_day,
        campaign.last_day,
        campaign.target,
        list(campaign.unit_ids),
        list(campaign.product_ids),
    )


def named(member: Member | None) -> str:
    """陈子涵 (JS001): how a person stands in a field."""
    return f"{member.name} ({member.code})" if member else ""


def _person(posted: Posted, name: str) -> Member | None:
    """Whoever is named in a field as 陈子涵 (JS001), JS001 or 陈子涵, among those that one may see."""
    words = posted.text(name)
    code = words.rpartition("(")[2].rstrip(")") if words.endswith(")") else words
    query = _people_query().where((Member.code == code) | (Member.name == words)).limit(2)
    found: Sequence[Member] = db.session.scalars(query).all()
    if len(found) == 1:
        return found[0]
    if words:
        posted.problems.append(Problem(f"/{name}", "unknown", _("Choose one person from the list.")))
    return None


def _matching(words: str) -> list[Member]:
    query = _people_query()
    if words.strip():
        query = query.where(members.matching(words.partition("(")[0].strip() or words))
    return list(db.session.scalars(query.order_by(Member.role == "sales", Member.pinyin, Member.id).limit(OFFERED)))


def _people_query() -> Any:
    there = members.present_on(clock.today())
    return select(Member).join(Member.unit).where(visible_units(current_user, sight.READ), there)


def _products() -> list[Any]:
    on_sale = select(Product.id, Product.name).where(
        Product.company_id == current_user.company_id, Product.retired_on.is_(None)
    )
    return list(db.session.execute(on_sale.order_by(Product.code)).all())


def _strategic() -> GoalSet:
    wanted = request.form.get("goal", 0, type=int)
    found = next((row for row in campaigns.strategic_goals(current_user.company_id) if row.id == wanted), None)
    if found is None:
        raise Invalid([Problem("/goal", "required", _("Choose the strategic goal that it serves."))])
    return found


def _goal_of(campaign: Campaign) -> GoalSet | None:
    """The strategic goal that it serves, as it holds today."""
    asked = (campaign.cycle_id, campaign.cascade_key)
    sets = campaigns.strategic_goals(campaign.company_id)
    return next((row for row in sets if (row.cycle_id, row.cascade_key) == asked), None)


def _source() -> Campaign | None:
    wanted = request.values.get("from", 0, type=int)
    return _find(wanted) if wanted else None


def _find(campaign_id: int) -> Campaign:
    campaign = db.session.get(Campaign, campaign_id)
    same = campaign is not None and campaign.company_id == current_user.company_id
    if campaign is None or not same or not campaigns.may_see(current_user, campaign):
        raise NotFound(_("This campaign is not there, or outside of what you may see."), f"no campaign {campaign_id}")
    return campaign


def _find_mine(campaign_id: int) -> Campaign:
    campaign = _find(campaign_id)
    if not campaigns.may_change(current_user, campaign):
        access.refuse(MANAGE)
    return campaign
