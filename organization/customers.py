"""Customers, the people at them, and who looks after them since when."""

import datetime as dt
import math
from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import quote

import sqlalchemy as sa
from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import aliased

from core import audit, clock, timers
from core.db import Document, db
from core.errors import Invalid, Problem
from organization import members, units
from organization.access import visible_units
from organization.models import Company, Contact, Customer, CustomerOwner, ExternalRef, Member, OrgUnit


@dataclass(frozen=True)
class Filter:
    """What a list of customers is narrowed to; empty fields narrow nothing. `owner` 0 means: nobody's."""

    wanted: str = ""
    unit_id: int | None = None
    owner: int | None = None
    tier: str = ""


def listed(actor: Member, chosen: Filter) -> sa.Select[Any]:
    """The customers he may see, as rows for lists and exports."""
    owner = aliased(Member)
    query = (
        select(
            *(Customer.id, Customer.code, Customer.name, Customer.tier, Customer.potential, Customer.last_visited_on),
            *(OrgUnit.id.label("unit_id"), OrgUnit.code.label("unit_code"), OrgUnit.name.label("unit_name")),
            *(owner.id.label("owner_id"), owner.code.label("owner_code"), owner.name.label("owner_name")),
        )
        .join(OrgUnit, Customer.unit_id == OrgUnit.id)
        .outerjoin(owner, Customer.owner_id == owner.id)
        .where(Customer.company_id == actor.company_id, visible_units(actor, "organization.read"))
    )
    return query.where(*_conditions(chosen))


def tiers(actor: Member, chosen: Filter) -> dict[str, int]:
    """How many customers of each tier the filter leaves, its own tier not looked at; the weightiest tier first."""
    inner = listed(actor, replace(chosen, tier="")).subquery()
    weightiest = sa.func.avg(inner.c.potential).desc()
    rows = db.session.execute(select(inner.c.tier, sa.func.count()).group_by(inner.c.tier).order_by(weightiest))
    return {tier or "": count for tier, count in rows}


def _conditions(chosen: Filter) -> Iterator[sa.ColumnElement[bool]]:
    if chosen.unit_id is not None:
        yield units.within(chosen.unit_id)
    if chosen.owner is not None:
        yield Customer.owner_id == chosen.owner if chosen.owner else Customer.owner_id.is_(None)
    if chosen.tier:
        yield Customer.tier == chosen.tier
    if chosen.wanted.strip():
        yield sa.or_(members.holds(Customer.name, chosen.wanted), members.holds(Customer.code, chosen.wanted))


def change(
    customer: Customer,
    unit: OrgUnit,
    name: str,
    tier: str | None,
    potential: float,
    attributes: Document,
    *,
    by_id: int | None,
) -> None:
    """Raises Invalid with every field that is wrong. The owner changes through `hand_over`."""
    if problems := _problems(customer, unit, name, potential):
        raise Invalid(problems)
    before = summary(customer)
    customer.unit, customer.name, customer.tier = unit, name, tier
    customer.potential, customer.attributes = potential, attributes
    db.session.flush()
    audit.record("customer.change", f"customer:{customer.id}", by_id=by_id, before=before, after=summary(customer))


def hand_over(customer: Customer, owner: Member | None, from_day: dt.date, *, by_id: int | None) -> None:
    """From the day on this member looks after the customer, until the next row of the history.

    A day that has come changes today's owner at once; for a later one a timer settles it that morning.
    """
    if owner is not None and (owner.company_id != customer.company_id or not owner.present_on(from_day)):
        raise Invalid([Problem("/owner", "absent", _("The new owner must work here on that day."))])
    entry = db.session.scalar(
        select(CustomerOwner).where(CustomerOwner.customer_id == customer.id, CustomerOwner.from_day == from_day)
    )
    entry = entry or CustomerOwner(customer_id=customer.id, from_day=from_day)
    entry.member_id = owner and owner.id
    db.session.add(entry)
    audit.record(
        "customer.hand_over",
        f"customer:{customer.id}",
        by_id=by_id,
        before={"owner": customer.owner_id},
        after={"owner": entry.member_id, "from_day": from_day.isoformat()},
    )
    db.session.flush()
    if from_day > clock.today():
        _settle_that_morning(customer.company_id, from_day)
    else:
        customer.owner_id = _owner_id_on(customer.id, clock.today())


def settle_owners(company_id: int, day: dt.date) -> None:
    """Make `Customer.owner_id` say who looks after each customer on the day. One statement; safe to repeat."""
    begun = select(CustomerOwner.customer_id).where(CustomerOwner.from_day == day)
    newest = (
        select(CustomerOwner.member_id)
        .where(CustomerOwner.customer_id == Customer.id, CustomerOwner.from_day <= day)
        .order_by(CustomerOwner.from_day.desc())
        .limit(1)
        .scalar_subquery()
    )
    db.session.execute(
        sa.update(Customer).where(Customer.company_id == company_id, Customer.id.in_(begun)).values(owner_id=newest),
        execution_options={"synchronize_session": False},
    )


def links_of(company: Company, subject: str, subject_ids: Collection[int]) -> dict[int, list[Document]]:
    """What other systems know the subjects as: `{"system", "external_id", "url" | None, "gone_on"}` by id.

    The address comes from the company's link template; a thing deleted over there keeps its row and has no address.
    """
    refs = select(ExternalRef).where(ExternalRef.subject == subject, ExternalRef.subject_id.in_(subject_ids))
    links: dict[int, list[Document]] = {}
    for ref in db.session.scalars(refs.order_by(ExternalRef.system)):
        links.setdefault(ref.subject_id, []).append(
            {
                "system": ref.system,
                "external_id": ref.external_id,
                "gone_on": ref.gone_on,
                "url": None if ref.gone_on else _link(company, ref),
            }
        )
    return links


def add_contact(customer: Customer, name: str, level: str, department: str, *, by_id: int | None) -> Contact:
    """Raises Invalid with every field that is wrong; flushes."""
    problems = []
    if not 1 <= len(name) <= 120:
        problems.append(Problem("/name", "length", _("Give a name of 1 to 120 characters.")))
    if not 1 <= len(level) <= 40:
        problems.append(Problem("/level", "required", _("Say which level the contact has, such as 主任.")))
    if problems:
        raise Invalid(problems)
    contact = Contact(customer_id=customer.id, name=name, level=level, department=department[:80])
    db.session.add(contact)
    db.session.flush()
    audit.record("contact.add", f"customer:{customer.id}", by_id=by_id, after={"contact": contact.id, "level": level})
    return contact


def remove_contact(contact: Contact, *, by_id: int | None) -> None:
    audit.record(
        "contact.remove",
        f"customer:{contact.customer_id}",
        by_id=by_id,
        before={"contact": contact.id, "level": contact.level},
    )
    db.session.delete(contact)


def summary(customer: Customer) -> Document:
    return {
        "code": customer.code,
        "name": customer.name,
        "unit": customer.unit_id,
        "owner": customer.owner_id,
        "tier": customer.tier,
        "potential": customer.potential,
        "attributes": customer.attributes or {},
    }


def _owner_id_on(customer_id: int, day: dt.date) -> int | None:
    history = select(CustomerOwner.member_id).where(
        CustomerOwner.customer_id == customer_id, CustomerOwner.from_day <= day
    )
    return db.session.scalar(history.order_by(CustomerOwner.from_day.desc()).limit(1))


def _settle_that_morning(company_id: int, day: dt.date) -> None:
    midnight = dt.datetime.combine(day, dt.time(), clock.SHANGHAI)
    timers.schedule(
        f"customers.settle:{company_id}:{day}",
        "organization.jobs.settle_owners",
        {"company": company_id, "day": day.isoformat()},
        midnight,
    )


def _link(company: Company, ref: ExternalRef) -> str | None:
    template = (company.link_templates or {}).get(ref.system)
    if not template or not template.startswith(("https://", "http://")):
        return None
    return template.replace("{id}", quote(ref.external_id, safe=""))


def _problems(customer: Customer, unit: OrgUnit, name: str, potential: float) -> list[Problem]:
    problems = []
    if unit.company_id != customer.company_id:
        problems.append(Problem("/unit", "unknown", _("Choose a unit of the company.")))
    if not 1 <= len(name) <= 160:
        problems.append(Problem("/name", "length", _("Give the customer a name of 1 to 160 characters.")))
    if not math.isfinite(potential) or not 0 <= potential <= 1e12:
        problems.append(Problem("/potential", "range", _("The potential is an amount from 0 to 1 trillion yuan.")))
    return problems
