"""我还差多少: one's own what-if. Nothing is stored: the sliders stand in the address."""

from flask import Response, request
from flask_babel import gettext as _
from flask_login import current_user
from sqlalchemy import select

from builder import definitions
from core import access, clock
from core.db import db
from core.errors import Invalid, NotFound, Problem
from core.htmx import fragment_or_page
from organization.models import Member, Product
from runtime.facts import metrics, periods
from runtime.facts.periods import Period
from runtime.goals.sight import READ
from runtime.scores import rules, short_of, short_of_goal, short_page
from runtime.scores.short_page import Page
from runtime.scores.views import bp

GRAINS = (periods.QUARTER, periods.MONTH)


@bp.get("/short-of")
@access.needs("goals.own")
def short_of_mine() -> Response:
    return _answer(current_user)


@bp.get("/people/<int:member_id>/short-of")
@access.signed_in
def short_of_person(member_id: int) -> Response:
    member = db.session.get(Member, member_id)
    if member is None or member.company_id != current_user.company_id:
        raise NotFound(_("There is no such person."))
    if member.id != current_user.id:
        access.require(READ, member.unit)
    return _answer(member)


def _answer(member: Member) -> Response:
    tried = _page(member, _period())
    own = member.id == current_user.id
    around = {"who": {} if own else {"member_id": member.id}, "mine": own}
    around["here"] = "scores.short_of_mine" if own else "scores.short_of_person"
    around["choices"] = [periods.containing(clock.today(), grain) for grain in GRAINS]
    fragment, whole = "runtime/scores/_short_of.html", "runtime/scores/short_of.html"
    return fragment_or_page(fragment, whole, tried=tried, **around)


def _period() -> Period:
    """The one that is asked for, or this quarter."""
    words = request.args.get("period")
    try:
        return periods.read(words) if words else periods.containing(clock.today(), GRAINS[0])
    except ValueError as error:
        raise Invalid([Problem("/period", "period", str(error))]) from None


def _page(member: Member, period: Period) -> Page:
    """By the first metric that scores people."""
    sources = definitions.sources(member.company_id)
    key = next(iter(rules.all_in(sources)), None)
    short = short_of.of(member, key, period, sources) if key else None
    goal = short_of_goal.of(member)
    products = {product.id: product.name for product in db.session.scalars(_products(member))}
    counted = metrics.in_sources(sources).get(goal.metric_key) if goal else None
    return Page(member, period, short, goal, products, counted, short_page.asked(short, goal, request.args))


def _products(member: Member) -> object:
    return select(Product).where(Product.company_id == member.company_id)
