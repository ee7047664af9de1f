"""Sheets of customers, of the people at them, and of what other systems call things."""

from typing import Any

import sqlalchemy as sa
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from core import clock
from core.db import db
from organization import members, values
from organization.imports.columns import Column, amount, short, spoken
from organization.imports.plans import Key, Kind, Plan, Row, Values
from organization.models import (
    Company,
    Contact,
    Customer,
    CustomerOwner,
    ExternalRef,
    Member,
    OrgUnit,
    Product,
)

PLAIN = ("code", "name", "tier", "potential", "attributes")
SUBJECTS: dict[str, Any] = {"customer": Customer, "member": Member, "product": Product}


# ── customers ────────────────────────────────────────────────────────────────────────────────────────────────────────


def existing(company: Company) -> dict[Key, Values]:
    query = (
        select(
            Customer.id,
            *(getattr(Customer, key) for key in PLAIN),
            OrgUnit.code.label("unit"),
            Member.code.label("owner"),
        )
        .join(OrgUnit, Customer.unit_id == OrgUnit.id)
        .outerjoin(Member, Customer.owner_id == Member.id)
        .where(Customer.company_id == company.id)
    )
    return {(row.code,): dict(row._mapping) for row in db.session.execute(query)}


def judge(plan: Plan) -> None:
    paths = _paths(plan.company)
    present = set(
        db.session.scalars(
            select(Member.code).where(Member.company_id == plan.company.id, members.present_on(clock.today()))
        )
    )
    reached = {code for code, path in paths.items() if plan.covered(path)}
    for row in plan.rows:
        if not row.ok:
            continue
        if row.after["unit"] not in paths:
            row.wrong("unit", _("There is no unit with the code %(code)s. Import units first.", code=row.after["unit"]))
        elif row.after["unit"] not in reached or (row.before and row.before["unit"] not in reached):
            row.wrong("unit", _("This unit is outside of those you maintain."))
        if _changes_owner(row) and row.after["owner"] not in present:
            row.wrong("owner", _("Nobody present has the code %(code)s.", code=row.after["owner"]))
        if row.values.get("from_day") and row.values["from_day"] > clock.today():
            row.wrong("from_day", _("A hand-over in the future is planned on the customer's page."))


def _changes_owner(row: Row) -> bool:
    return row.after["owner"] is not None and row.after["owner"] != (row.before or {}).get("owner")


def write(plan: Plan) -> None:
    units = _ids(OrgUnit, plan.company)
    people = _ids(Member, plan.company)
    ids = {code: values_["id"] for (code,), values_ in plan.existing.items()}
    if plan.adds:
        new = [{"company_id": plan.company.id, **_plain(row, units, people)} for row in plan.adds]
        ids |= dict(db.session.execute(sa.insert(Customer).returning(Customer.code, Customer.id), new).all())
    if plan.changes:
        changed = [{"id": ids[row.key[0]], **_plain(row, units, people)} for row in plan.changes]
        db.session.execute(sa.update(Customer), changed)
    _write_owners(plan, ids, people)


def _write_owners(plan: Plan, ids: dict[str, int], people: dict[str, int]) -> None:
    """From the day that the row names, else from today on. A row of that same day is replaced."""
    handed = [row for row in (*plan.adds, *plan.changes) if row.after["owner"] != (row.before or {}).get("owner")]
    rows = [
        {
            "customer_id": ids[row.key[0]],
            "member_id": people.get(row.after["owner"]),
            "from_day": row.after["from_day"] or clock.today(),
        }
        for row in handed
    ]
    before = [row for row in rows if row["customer_id"] in {values_["id"] for values_ in plan.existing.values()}]
    for row in before:
        db.session.execute(
            sa.delete(CustomerOwner).where(
                CustomerOwner.customer_id == row["customer_id"], CustomerOwner.from_day == row["from_day"]
            )
        )
    if rows:
        db.session.execute(sa.insert(CustomerOwner), rows)


def _plain(row: Row, units: dict[str, int], people: dict[str, int]) -> Values:
    references = {"unit_id": units[row.after["unit"]], "owner_id": people.get(row.after["owner"])}
    return {key: row.after[key] for key in PLAIN} | references


CUSTOMERS = Kind(
    key="customers",
    title=_l("Customers"),
    about=_l("Customers with tier, unit and who looks after them."),
    permission="masterdata.manage",
    icon="building-hospital",
    columns=(
        Column("code", "客户编码", "Customer code", short(40), "C-SH-0001", needed=True),
        Column("name", "客户名称", "Name", short(160), "浦东仁和中心医院", needed=True),
        Column("tier", "等级", "Tier", short(40), "三甲"),
        Column("unit", "单位编码", "Unit code", short(40), "HD-SH", needed=True),
        Column("owner", "负责人工号", "Code of the owner", short(40), "S0001"),
        Column("from_day", "负责起始日", "Owner from", values.day, compared=False),
        Column("potential", "年潜力(元)", "Potential (yuan)", amount, "600000", empty=0.0),
    ),
    key_columns=("code",),
    existing=existing,
    judge=judge,
    write=write,
    takes_attributes=True,
    words=("tier",),
)


# ── contacts ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def existing_contacts(company: Company) -> dict[Key, Values]:
    query = (
        select(Contact.id, Contact.name, Contact.level, Contact.department, Customer.code.label("customer"))
        .join(Contact.customer)
        .where(Customer.company_id == company.id)
    )
    return {(row.customer, row.name): dict(row._mapping) for row in db.session.execute(query)}


def judge_contacts(plan: Plan) -> None:
    query = (
        select(Customer.code, OrgUnit.path)
        .join(OrgUnit, Customer.unit_id == OrgUnit.id)
        .where(Customer.company_id == plan.company.id)
    )
    paths = dict(db.session.execute(query).all())
    reached = {path for path in set(paths.values()) if plan.covered(path)}
    for row in plan.rows:
        code = row.after.get("customer")
        if row.ok and code not in paths:
            row.wrong("customer", _("There is no customer with the code %(code)s. Import customers first.", code=code))
        elif row.ok and paths[code] not in reached:
            row.wrong("customer", _("This customer is outside of those you maintain."))


def write_contacts(plan: Plan) -> None:
    customers = _ids(Customer, plan.company)
    fields = ("name", "level", "department")
    if plan.adds:
        db.session.execute(
            sa.insert(Contact),
            [
                {"customer_id": customers[row.after["customer"]], **{key: row.after[key] for key in fields}}
                for row in plan.adds
            ],
        )
    changed = [
        {"id": row.before["id"], **{key: row.after[key] for key in fields}} for row in plan.changes if row.before
    ]
    if changed:
        db.session.execute(sa.update(Contact), changed)


CONTACTS = Kind(
    key="contacts",
    title=_l("Contacts"),
    about=_l("The people at customers and their level. Customer and name together name a contact."),
    permission="masterdata.manage",
    icon="id-badge-2",
    columns=(
        Column("customer", "客户编码", "Customer code", short(40), "C-SH-0001", needed=True),
        Column("name", "姓名", "Name", short(120), "张伟", needed=True),
        Column("level", "级别", "Level", short(40), "主任", needed=True),
        Column("department", "科室", "Department", short(80), "检验科", empty=""),
    ),
    key_columns=("customer", "name"),
    existing=existing_contacts,
    judge=judge_contacts,
    write=write_contacts,
    words=("level",),
)


# ── external references ──────────────────────────────────────────────────────────────────────────────────────────────


def existing_references(company: Company) -> dict[Key, Values]:
    found: dict[Key, Values] = {}
    for subject, model in SUBJECTS.items():
        query = (
            select(ExternalRef, model.code)
            .join(model, ExternalRef.subject_id == model.id)
            .where(ExternalRef.subject == subject, model.company_id == company.id)
        )
        for ref, code in db.session.execute(query):
            found[ref.system, subject, code] = {
                "id": ref.id,
                "system": ref.system,
                "subject": subject,
                "code": code,
                "external_id": ref.external_id,
                "gone_on": ref.gone_on,
            }
    return found


def judge_references(plan: Plan) -> None:
    known = {subject: _ids(model, plan.company) for subject, model in SUBJECTS.items()}
    for row in plan.rows:
        if row.ok and row.after["code"] not in known[row.after["subject"]]:
            row.wrong("code", _("Nothing of this sort has the code %(code)s.", code=row.after["code"]))
    if not plan.covered(f"/{plan.company.id}/"):
        for row in plan.rows:
            row.wrong("code", _("References are the whole company's; ask who maintains its master data."))


def write_references(plan: Plan) -> None:
    known = {subject: _ids(model, plan.company) for subject, model in SUBJECTS.items()}
    if plan.adds:
        db.session.execute(
            sa.insert(ExternalRef),
            [
                {
                    "system": row.after["system"],
                    "subject": row.after["subject"],
                    "subject_id": known[row.after["subject"]][row.after["code"]],
                    "external_id": row.after["external_id"],
                    "gone_on": row.after["gone_on"],
                }
                for row in plan.adds
            ],
        )
    changed = [
        {"id": row.before["id"], "external_id": row.after["external_id"], "gone_on": row.after["gone_on"]}
        for row in plan.changes
        if row.before
    ]
    if changed:
        db.session.execute(sa.update(ExternalRef), changed)


REFERENCES = Kind(
    key="references",
    title=_l("External references"),
    about=_l("What the CRM or the ERP calls a customer, a product or a person: links open there."),
    permission="masterdata.manage",
    icon="link",
    columns=(
        Column("system", "系统", "System", short(40), "crm", needed=True),
        Column(
            "subject",
            "对象",
            "Thing",
            short(40),
            "客户",
            needed=True,
            choices=spoken(
                {"customer": ("客户", "Customer"), "member": ("人员", "Person"), "product": ("产品", "Product")}
            ),
        ),
        Column("code", "编码", "Code", short(40), "C-SH-0001", needed=True),
        Column("external_id", "外部编号", "External id", short(120), "SH100001", needed=True),
        Column("gone_on", "对方删除日期", "Deleted there on", values.day),
    ),
    key_columns=("system", "subject", "code"),
    existing=existing_references,
    judge=judge_references,
    write=write_references,
    words=("system",),
)


def _paths(company: Company) -> dict[str, str]:
    query = select(OrgUnit.code, OrgUnit.path).where(OrgUnit.company_id == company.id)
    return dict(db.session.execute(query).all())


def _ids(model: Any, company: Company) -> dict[str, int]:
    query = select(model.code, model.id).where(model.company_id == company.id)
    return dict(db.session.execute(query).all())
