"""Customers: the list with its filters, one customer, the people there, who looks after it."""

import sqlalchemy as sa
from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user
from sqlalchemy import select

from core import access, clock
from core.db import db
from core.errors import Invalid, NotFound, Problem
from organization import customers, exports, members, paging, tree
from organization.models import Contact, Customer, CustomerOwner, Member, OrgUnit
from organization.posted import Posted

bp = Blueprint("customers", __name__, url_prefix="/customers")

MANAGE = "masterdata.manage"


@bp.get("")
@access.needs(tree.READ)
def index() -> ResponseReturnValue:
    chosen = _chosen()
    page = paging.page(
        customers.listed(current_user, chosen),
        Customer,
        "potential",
        descending=True,
        after=request.args.get("after", type=int),
        before=request.args.get("before", type=int),
    )
    return render_template(
        "organization/customers/index.html",
        page=page,
        tiers=customers.tiers(current_user, chosen),
        units=tree.choices(current_user),
        owner_name=_owner_name(page, chosen),
    )


@bp.get("/export.<any(xlsx, csv):form>")
@access.needs(tree.READ)
def export(form: str) -> ResponseReturnValue:
    query = customers.listed(current_user, _chosen()).order_by(Customer.code)
    return exports.customers(db.session.execute(query), form)


@bp.get("/<int:customer_id>")
@access.needs(tree.READ)
def show(customer_id: int) -> ResponseReturnValue:
    customer = find(customer_id)
    return render_template(
        "organization/customers/customer.html",
        customer=customer,
        contacts=_contacts(customer),
        history=_history(customer),
        links=customers.links_of(current_user.company, "customer", [customer.id]).get(customer.id, []),
        colleagues=_colleagues(customer) if current_user.may(MANAGE, customer.unit) else [],
        levels=_contact_levels(),
        today=clock.today(),
    )


@bp.route("/<int:customer_id>/edit", methods=["GET", "POST"])
@access.needs(MANAGE)
def edit(customer_id: int) -> ResponseReturnValue:
    customer = find(customer_id, MANAGE)
    if request.method == "GET":
        return _form(customer)
    try:
        _change(customer, Posted(request.form, customer.company_id))
    except Invalid as error:
        return _form(customer, error.problems)
    return _saved(customer)


@bp.post("/<int:customer_id>/owner")
@access.needs(MANAGE)
def hand_over(customer_id: int) -> ResponseReturnValue:
    customer = find(customer_id, MANAGE)
    posted = Posted(request.form, customer.company_id)
    owner = posted.row("owner", Member, _("Choose somebody of the company."))
    from_day = posted.required_day("from_day")
    posted.refuse_if_wrong()
    customers.hand_over(customer, owner, from_day, by_id=current_user.id)
    return _saved(customer)


@bp.post("/<int:customer_id>/contacts")
@access.needs(MANAGE)
def add_contact(customer_id: int) -> ResponseReturnValue:
    customer = find(customer_id, MANAGE)
    posted = Posted(request.form, customer.company_id)
    name, level, department = (posted.text(key) for key in ("name", "level", "department"))
    customers.add_contact(customer, name, level, department, by_id=current_user.id)
    return _saved(customer)


@bp.post("/contacts/<int:contact_id>/remove")
@access.needs(MANAGE)
def remove_contact(contact_id: int) -> ResponseReturnValue:
    contact = db.session.get(Contact, contact_id)
    if contact is None:
        raise NotFound(_("This contact is not there (any more)."))
    customer = find(contact.customer_id, MANAGE)
    customers.remove_contact(contact, by_id=current_user.id)
    return _saved(customer)


def find(customer_id: int, permission: str = tree.READ) -> Customer:
    """The customer, if it is within the signed-in person's company and grants, or one's own."""
    customer = db.session.get(Customer, customer_id)
    mine = customer is not None and customer.owner_id == current_user.id
    if customer is None or not (mine or current_user.may(tree.READ, customer.unit)):
        raise NotFound(_("This customer is not there, or outside of what you may see."))
    if permission != tree.READ:
        access.require(permission, customer.unit)
    return customer


def _chosen() -> customers.Filter:
    return customers.Filter(
        wanted=request.args.get("q", ""),
        unit_id=request.args.get("unit", type=int),
        owner=request.args.get("owner", type=int),
        tier=request.args.get("tier", ""),
    )


def _owner_name(page: paging.Page, chosen: customers.Filter) -> str | None:
    if chosen.owner is None:
        return None
    return page.rows[0].owner_name if page.rows else _("this person")


def _contacts(customer: Customer) -> list[Contact]:
    return list(db.session.scalars(select(Contact).where(Contact.customer_id == customer.id).order_by(Contact.id)))


def _history(customer: Customer) -> list[sa.Row[tuple[CustomerOwner, str | None]]]:
    query = select(CustomerOwner, Member.name).outerjoin(Member, CustomerOwner.member_id == Member.id)
    query = query.where(CustomerOwner.customer_id == customer.id).order_by(CustomerOwner.from_day.desc())
    return list(db.session.execute(query).all())


def _colleagues(customer: Customer) -> list[Member]:
    """Who may look after it: the people of its unit."""
    near = (Member.unit_id == customer.unit_id) | (Member.id == (customer.owner_id or 0))
    query = select(Member).where(near, members.present_on(clock.today())).order_by(Member.pinyin, Member.id)
    return list(db.session.scalars(query))


def _contact_levels() -> list[str]:
    """The words in use: whoever types another one sees that it is new."""
    query = select(Contact.level).join(Contact.customer).where(Customer.company_id == current_user.company_id)
    return list(db.session.scalars(query.distinct().order_by(Contact.level)))


def _form(customer: Customer, problems: list[Problem] | None = None) -> ResponseReturnValue:
    tiers = select(Customer.tier).where(Customer.company_id == customer.company_id, Customer.tier.is_not(None))
    page = render_template(
        "organization/customers/customer_form.html",
        customer=customer,
        units=tree.choices(current_user, MANAGE),
        tiers=list(db.session.scalars(tiers.distinct().order_by(Customer.tier))),
        problems=problems or [],
        posted=request.form if request.method == "POST" else None,
    )
    return page, 422 if problems else 200


def _change(customer: Customer, posted: Posted) -> None:
    unit = posted.row("unit", OrgUnit, _("Choose a unit of the company.")) or customer.unit
    potential = posted.number("potential") or 0
    attributes = posted.attributes()
    posted.refuse_if_wrong()
    access.require(MANAGE, unit)
    name, tier = posted.text("name"), posted.optional("tier")
    customers.change(customer, unit, name, tier, potential, attributes, by_id=current_user.id)


def _saved(customer: Customer) -> ResponseReturnValue:
    db.session.commit()
    flash(_("Saved."), "good")
    return redirect(url_for("customers.show", customer_id=customer.id), 303)
