"""Writes an `Organisation` with Core bulk inserts: one statement a table, so that the demo is there in seconds."""

from collections.abc import Iterable
from typing import Any

import sqlalchemy as sa

from core import audit
from core.db import Model, db
from organization import members, models
from seeds.demo.organisation import Organisation

Ids = dict[str, int]


def store(organisation: Organisation) -> models.Company:
    """Everything of the organisation, in the caller's transaction: flushes, never commits."""
    units = _store_units(organisation)
    company_id = units[organisation.units[0].code]
    company = models.Company(
        id=company_id,
        name=organisation.name,
        levels=organisation.levels,
        link_templates=organisation.link_templates,
        demo=True,
    )
    db.session.add(company)
    db.session.flush()
    people = _store_people(organisation, company_id, units)
    _store_products(organisation, company_id)
    _store_customers(organisation, company_id, units, people)
    audit.record("demo.load", f"company:{company_id}", by_id=None, after={"digest": organisation.digest()})
    db.session.flush()
    return company


def _store_units(organisation: Organisation) -> Ids:
    ids = _insert_named(
        models.OrgUnit,
        (
            {
                "company_id": None,
                "path": "/",
                "code": unit.code,
                "name": unit.name,
                "level": unit.level,
                "attributes": unit.attributes,
            }
            for unit in organisation.units
        ),
    )
    paths: dict[str, str] = {}
    for unit in organisation.units:  # parents stand before their children
        paths[unit.code] = f"{paths[unit.parent] if unit.parent else '/'}{ids[unit.code]}/"
    _update(
        models.OrgUnit,
        (
            {
                "id": ids[unit.code],
                "company_id": ids[organisation.units[0].code],
                "parent_id": unit.parent and ids[unit.parent],
                "path": paths[unit.code],
            }
            for unit in organisation.units
        ),
    )
    return ids


def _store_people(organisation: Organisation, company_id: int, units: Ids) -> Ids:
    ids = _insert_named(
        models.Member,
        (
            {
                "company_id": company_id,
                "unit_id": units[person.unit],
                "code": person.code,
                "name": person.name,
                "pinyin": members.sort_key(person.name),
                "role": person.role,
                "phone": person.phone,
                "email": person.email,
                "joined_on": person.joined_on,
                "left_on": person.left_on,
                "attributes": person.attributes,
                "represents_frontline": person.represents_frontline,
            }
            for person in organisation.people
        ),
    )
    _update(
        models.Member,
        (
            {"id": ids[person.code], "manager_id": ids[person.manager]}
            for person in organisation.people
            if person.manager
        ),
    )
    _update(
        models.OrgUnit,
        ({"id": units[unit.code], "head_id": ids[unit.head]} for unit in organisation.units if unit.head),
    )
    _insert(
        models.Grant,
        (
            {"member_id": ids[grant.member], "role": grant.role, "unit_id": units[grant.unit]}
            for grant in organisation.grants
        ),
    )
    _insert(
        models.Absence,
        (
            {"member_id": ids[away.member], "first_day": away.first_day, "last_day": away.last_day, "kind": away.kind}
            for away in organisation.away
        ),
    )
    _insert(
        models.Substitute,
        (
            {
                "member_id": ids[away.member],
                "substitute_id": ids[away.substitute],
                "first_day": away.first_day,
                "last_day": away.last_day,
            }
            for away in organisation.away
            if away.substitute
        ),
    )
    return ids


def _store_products(organisation: Organisation, company_id: int) -> None:
    ids = _insert_named(
        models.Product,
        (
            {
                "company_id": company_id,
                "code": product.code,
                "name": product.name,
                "line": product.line,
                "attributes": product.attributes,
            }
            for product in organisation.products
        ),
    )
    _insert(
        models.ProductStage,
        (
            {"product_id": ids[product.code], "stage": stage, "from_day": day}
            for product in organisation.products
            for stage, day in product.stages
        ),
    )
    _insert(
        models.ExternalRef,
        (
            {"system": "erp", "subject": "product", "subject_id": ids[product.code], "external_id": product.erp_id}
            for product in organisation.products
        ),
    )


def _store_customers(organisation: Organisation, company_id: int, units: Ids, people: Ids) -> None:
    rows = organisation.customers
    ids = _insert_named(
        models.Customer,
        (
            {
                "company_id": company_id,
                "unit_id": units[row.unit],
                "owner_id": people[row.owner],
                "code": row.code,
                "name": row.name,
                "tier": row.tier,
                "potential": float(row.potential),
                "last_visited_on": row.last_visited_on,
            }
            for row in rows
        ),
    )
    _insert(
        models.CustomerOwner,
        (
            {"customer_id": ids[row.code], "member_id": people[owner], "from_day": day}
            for row in rows
            for owner, day in row.owners
        ),
    )
    _insert(
        models.Contact,
        (
            {"customer_id": ids[row.code], "name": name, "level": level, "department": department}
            for row in rows
            for name, level, department in row.contacts
        ),
    )
    _insert(
        models.ExternalRef,
        (
            {
                "system": "crm",
                "subject": "customer",
                "subject_id": ids[row.code],
                "external_id": row.crm_id,
                "gone_on": row.crm_gone_on,
            }
            for row in rows
        ),
    )


def _insert_named(model: type[Model], rows: Iterable[dict[str, Any]]) -> Ids:
    """Insert rows that have a code; the ids by code."""
    table = model.__table__
    named = db.session.execute(sa.insert(model).returning(table.c.code, table.c.id), list(rows))
    return dict(named.tuples().all())


def _insert(model: type[Model], rows: Iterable[dict[str, Any]]) -> None:
    if found := list(rows):
        db.session.execute(sa.insert(model), found)


def _update(model: type[Model], rows: Iterable[dict[str, Any]]) -> None:
    if found := list(rows):
        db.session.execute(sa.update(model), found)
