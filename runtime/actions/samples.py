"""Customers of a person and counts of a week, for whoever edits how tasks choose their customers."""

from collections import Counter

from flask import Flask
from flask_babel import gettext as _
from sqlalchemy import select

from builder import samples
from builder.samples import Rows
from core import clock
from core.db import db
from organization.models import Customer
from runtime.actions import picking

COUNTS = (1, 3, 8)


def init_app(_app: Flask) -> None:
    samples.register("cascade.customer", customers)
    samples.register("cascade.take", counts)


def customers(company_id: int, _level: str | None) -> Rows | None:
    """Those of whoever has most of them."""
    owned = select(Customer.owner_id).where(Customer.company_id == company_id, Customer.owner_id.is_not(None))
    owners = Counter(owner for owner in db.session.scalars(owned.order_by(Customer.owner_id)) if owner)
    if not owners:
        return None
    found = picking.read(company_id, [owner for owner, _count in owners.most_common(1)])
    names = dict(
        db.session.execute(select(Customer.id, Customer.name).where(Customer.id.in_(one.id for one in found))).all()
    )
    return Rows([names[one.id] for one in found], picking.columns_of(found, clock.today()))


def counts(_company_id: int, _level: str | None) -> Rows | None:
    """A task that a week asks for once, a few times, often."""
    return Rows([_("%(count)s this week", count=count) for count in COUNTS], {"n": [float(count) for count in COUNTS]})
