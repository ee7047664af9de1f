"""Writes an `Organisation` with Core bulk inserts: one statement a table, so that the demo is there in seconds."""

import datetime as dt
from collections.abc import Iterable
from typing import Any

import sqlalchemy as sa

from core import audit
from core.db import Model, db
from organization import members, models
from seeds.demo.organisation import Away, Customer, Organisation, Person, Product

Ids = dict[str, int]
Row = dict[str, Any]
SAME_IN_MEMBER = (
    *("code", "name", "role", "phone", "email", "joined_on", "left_on"),
    *("represents_frontline", "attributes"),
)


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
    rows = organisation.people
    ids = _insert_named(models.Member, (_member_row(person, company_id, units) for person in rows))
    managed = [person for person in rows if person.manager]
    _update(models.Member, ({"id": ids[person.code], "manager_id": ids[person.manager]} for person in managed))
    led = [unit for unit in organisation.units if unit.head]
    _update(models.OrgUnit, ({"id": units[unit.code], "head_id": ids[unit.head]} for unit in led))
    grants = organisation.grants
    _insert(models.Grant, ({"member_id": ids[g.member], "role": g.role, "unit_id": units[g.unit]} for g in grants))
    _store_absences(organisation.away, ids)
    return ids


def _member_row(person: Person, company_id: int, units: Ids) -> Row:
    place = {"company_id": company_id, "unit_id": units[person.unit], "pinyin": members.sort_key(person.name)}
    return place | {key: getattr(person, key) for key in SAME_IN_MEMBER}


def _store_absences(aways: list[Away], people: Ids) -> None:
    def row(away: Away) -> Row:
        return {"member_id": people[away.member], "first_day": away.first_day, "last_day": away.last_day}

    _insert(models.Absence, (row(away) | {"kind": away.kind} for away in aways))
    covered = [away for away in aways if away.substitute]
    _insert(models.Substitute, (row(away) | {"substitute_id": people[away.substitute]} for away in covered))


def _store_products(organisation: Organisation, company_id: int) -> None:
    rows = organisation.products
    ids = _insert_named(models.Product, (_product_row(row, company_id) for row in rows))
    stages = ((row.code, stage, day) for row in rows for stage, day in row.stages)
    _insert(
        models.ProductStage, ({"product_id": ids[code], "stage": stage, "from_day": day} for code, stage, day in stages)
    )
    _insert(models.ExternalRef, (_ref("erp", "product", ids[row.code], row.erp_id) for row in rows))


def _product_row(row: Product, company_id: int) -> Row:
    return {"company_id": company_id, **{key: getattr(row, key) for key in ("code", "name", "line", "attributes")}}


def _store_customers(organisation: Organisation, company_id: int, units: Ids, people: Ids) -> None:
    rows = organisation.customers
    ids = _insert_named(models.Customer, (_customer_row(row, company_id, units, people) for row in rows))
    owners = ((ids[row.code], people[owner], day) for row in rows for owner, day in row.owners)
    _insert(models.CustomerOwner, ({"customer_id": c, "member_id": m, "from_day": day} for c, m, day in owners))
    contacts = ((ids[row.code], *contact) for row in rows for contact in row.contacts)
    fields = ("customer_id", "name", "level", "department")
    _insert(models.Contact, (dict(zip(fields, contact, strict=True)) for contact in contacts))
    _insert(models.ExternalRef, (_ref("crm", "customer", ids[row.code], row.crm_id, row.crm_gone_on) for row in rows))


def _customer_row(row: Customer, company_id: int, units: Ids, people: Ids) -> Row:
    place = {"company_id": company_id, "unit_id": units[row.unit], "owner_id": people[row.owner]}
    said = {key: getattr(row, key) for key in ("code", "name", "tier", "last_visited_on")}
    return place | said | {"potential": float(row.potential)}


def _ref(system: str, subject: str, subject_id: int, external_id: str, gone_on: dt.date | None = None) -> Row:
    names = {"system": system, "subject": subject, "subject_id": subject_id}
    return names | {"external_id": external_id, "gone_on": gone_on}


def _insert_named(model: type[Model], rows: Iterable[Row]) -> Ids:
    """Insert rows that have a code; the ids by code."""
    table = model.__table__
    named = db.session.execute(sa.insert(model).returning(table.c.code, table.c.id), list(rows))
    return dict(named.all())


def _insert(model: type[Model], rows: Iterable[Row]) -> None:
    if found := list(rows):
        db.session.execute(sa.insert(model), found)


def _update(model: type[Model], rows: Iterable[Row]) -> None:
    if found := list(rows):
        db.session.execute(sa.update(model), found)
