"""Sheet of people: number, name, position, unit, manager, dates, how to reach them, free attributes."""

from typing import Any

import sqlalchemy as sa
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.orm import aliased

from core.db import db
from organization import members, positions, values
from organization.imports.circles import circles
from organization.imports.columns import Column, short, spoken, text, yes
from organization.imports.plans import Key, Kind, Plan, Row, Values
from organization.models import Company, Member, OrgUnit
from organization.roles import ROLES

PLAIN = ("name", "role", "phone", "email", "joined_on", "left_on", "represents_frontline", "attributes")


def existing(company: Company) -> dict[Key, Values]:
    manager = aliased(Member)
    query = (
        select(Member, OrgUnit.code, manager.code)
        .join(OrgUnit, Member.unit_id == OrgUnit.id)
        .outerjoin(manager, Member.manager_id == manager.id)
        .where(Member.company_id == company.id)
    )
    leads = dict(
        db.session.execute(
            select(OrgUnit.head_id, OrgUnit.code)
            .where(OrgUnit.company_id == company.id, OrgUnit.head_id.is_not(None))
            .order_by(OrgUnit.id.desc())
        ).all()
    )
    return {
        (member.code,): {
            "id": member.id,
            "code": member.code,
            "unit": unit_code,
            "manager": manager_code,
            "leads": leads.get(member.id),
            **{key: getattr(member, key) for key in PLAIN},
        }
        for member, unit_code, manager_code in db.session.execute(query)
    }


def judge(plan: Plan) -> None:
    paths = _paths(plan.company)
    known = {code for (code,) in plan.existing} | {row.after["code"] for row in plan.rows if row.ok}
    for row in plan.rows:
        if row.ok:
            _judge_row(plan, row, paths, known)
    _refuse_circles(plan)
    for column, attribute in (("phone", Member.phone), ("email", Member.email)):
        _refuse_shared(plan, column, attribute)


def _judge_row(plan: Plan, row: Row, paths: dict[str, str], known: set[str]) -> None:
    for column in ("unit", "leads"):
        if (code := row.after.get(column)) and code not in paths:
            row.wrong(column, _("There is no unit with the code %(code)s. Import units first.", code=code))
        elif code and not plan.covered(paths[code]):
            row.wrong(column, _("This unit is outside of those you maintain."))
    if row.before and not plan.covered(paths[row.before["unit"]]):
        row.wrong("unit", _("This unit is outside of those you maintain."))
    if row.after["manager"] and row.after["manager"] not in known:
        row.wrong("manager", _("Nobody has the code %(code)s, here or in the file.", code=row.after["manager"]))
    if row.after["left_on"] and row.after["left_on"] < row.after["joined_on"]:
        row.wrong("left_on", _("Nobody leaves before the day of joining."))


def _refuse_circles(plan: Plan) -> None:
    above = {code: values_["manager"] for (code,), values_ in plan.existing.items()}
    above |= {row.after["code"]: row.after["manager"] for row in plan.rows if row.ok}
    ring = circles(above)
    for row in plan.rows:
        if row.ok and row.after["code"] in ring:
            row.wrong(
                "manager",
                _("These people would be each other's managers: %(ring)s.", ring=" → ".join(ring[row.after["code"]])),
            )


def _refuse_shared(plan: Plan, column: str, attribute: Any) -> None:
    """A phone number or address belongs to one person, in the file and in the installation."""
    wanted = {row.after[column] for row in plan.rows if row.ok and row.after[column]}
    holders: dict[str, Key] = {}
    if wanted:
        # All that are taken, not only the wanted ones: a list of thousands is no good condition.
        query = select(attribute, Member.code, Member.company_id).where(attribute.is_not(None))
        holders = {
            value: (code,) if company == plan.company.id else ()
            for value, code, company in db.session.execute(query)
            if value in wanted
        }
    becoming = {row.key: row.after[column] for row in plan.rows if row.ok}
    for row in plan.rows:
        value = row.after.get(column) if row.ok else None
        if not value:
            continue
        holder = holders.get(value, row.key)
        if holder != row.key and becoming.get(holder, value) == value:
            row.wrong(column, _("Somebody else has it already. Check it."))
        else:
            holders[value] = row.key


def write(plan: Plan) -> None:
    units = dict(
        db.session.execute(select(OrgUnit.code, OrgUnit.id).where(OrgUnit.company_id == plan.company.id)).all()
    )
    ids = {code: values_["id"] for (code,), values_ in plan.existing.items()}
    _free_what_moves(plan)
    if plan.adds:
        new = [{"company_id": plan.company.id, "code": row.after["code"], **_plain(row, units)} for row in plan.adds]
        ids |= dict(db.session.execute(sa.insert(Member).returning(Member.code, Member.id), new).all())
        positions.take((ids[row.after["code"]], row.after["role"], units[row.after["unit"]]) for row in plan.adds)
    _update(plan, units, ids)
    touched = [*plan.adds, *plan.changes]
    leads = [
        {"id": units[row.after["leads"]], "head_id": ids[row.after["code"]]}
        for row in touched
        if row.values.get("leads")
    ]
    if leads:
        db.session.execute(sa.update(OrgUnit), leads)


def _free_what_moves(plan: Plan) -> None:
    """Two people may swap phone numbers: first nobody of them has one."""
    ids = [{"id": row.before["id"], "phone": None, "email": None} for row in plan.changes if row.before]
    if ids:
        db.session.execute(sa.update(Member), ids)


def _update(plan: Plan, units: dict[str, int], ids: dict[str, int]) -> None:
    touched = [*plan.adds, *plan.changes]
    rows = [
        {"id": ids[row.after["code"]], **_plain(row, units), "manager_id": ids.get(row.after["manager"])}
        for row in touched
    ]
    if rows:
        db.session.execute(sa.update(Member), rows)
    for row in plan.changes:
        if row.before and (row.before["role"], row.before["unit"]) != (row.after["role"], row.after["unit"]):
            member = db.session.get_one(Member, row.before["id"], populate_existing=True)
            positions.follow(member, row.before["role"], units[row.before["unit"]])


def _plain(row: Row, units: dict[str, int]) -> Values:
    return {key: row.after[key] for key in PLAIN} | {
        "unit_id": units[row.after["unit"]],
        "pinyin": members.sort_key(row.after["name"]),
    }


def _paths(company: Company) -> dict[str, str]:
    query = select(OrgUnit.code, OrgUnit.path).where(OrgUnit.company_id == company.id)
    return dict(db.session.execute(query).all())


def phone(cell: values.Cell) -> str:
    """Digits, perhaps with + - and spaces between them."""
    words = text(cell)
    if not 5 <= sum(character.isdigit() for character in words) <= 20 or words.strip("+-() 0123456789"):
        raise ValueError(_("“%(typed)s” is not a phone number.", typed=words[:40]))
    return "".join(character for character in words if character.isdigit() or character == "+")


def email(cell: values.Cell) -> str:
    words = text(cell)
    if words.count("@") != 1 or " " in words or len(words) > 200 or not all(words.split("@")):
        raise ValueError(_("“%(typed)s” is not an e-mail address.", typed=words[:40]))
    return words


KIND = Kind(
    key="people",
    title=_l("Staff"),
    about=_l("Staff with position, unit and manager. The manager may stand anywhere in the file."),
    permission="organization.manage",
    icon="users",
    columns=(
        Column("code", "工号", "Code", short(40), "S0001", needed=True),
        Column("name", "姓名", "Name", short(120), "李敏", needed=True),
        Column(
            "role",
            "岗位",
            "Position",
            short(40),
            "一线销售",
            needed=True,
            choices=spoken({role.key: (role.title["zh"], role.title["en"]) for role in ROLES.values()}),
        ),
        Column("unit", "单位编码", "Unit code", short(40), "HD-SH", needed=True),
        Column("manager", "主管工号", "Code of the manager", short(40)),
        Column("leads", "负责单位编码", "Code of the unit led", short(40), keeps=True),
        Column("phone", "手机", "Phone", phone, "13800000000"),
        Column("email", "邮箱", "E-mail", email, "limin@example.com"),
        Column("joined_on", "入职日期", "Joined", values.day, "2025-01-06", needed=True),
        Column("left_on", "离职日期", "Left", values.day),
        Column("represents_frontline", "一线代表", "Front-line representative", yes, "否", empty=False),
    ),
    key_columns=("code",),
    existing=existing,
    judge=judge,
    write=write,
    takes_attributes=True,
)
