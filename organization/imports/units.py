"""Sheet of units: code, name, the unit above, level, head, free attributes."""

from typing import Any

import sqlalchemy as sa
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.orm import aliased

from core import clock
from core.db import db
from organization import dated, members
from organization.imports.circles import circles
from organization.imports.columns import Column, short
from organization.imports.plans import Key, Kind, Plan, Row, Values
from organization.models import Company, Member, OrgUnit
from organization.values import attribute_title


def levels(company: Company) -> dict[str, str]:
    """Key by every word for a level, in lower case."""
    words: dict[str, str] = {}
    for level in company.levels:
        words |= {str(title).lower(): level["key"] for title in level["title"].values()} | {level["key"]: level["key"]}
    return words


def existing(company: Company) -> dict[Key, Values]:
    parent, head = aliased(OrgUnit), aliased(Member)
    query = (
        select(OrgUnit, parent.code, head.code)
        .outerjoin(parent, OrgUnit.parent_id == parent.id)
        .outerjoin(head, OrgUnit.head_id == head.id)
        .where(OrgUnit.company_id == company.id)
    )
    changing, today = dated.of_company(company.id), clock.today()
    return {
        (unit.code,): {
            "id": unit.id,
            "path": unit.path,
            "code": unit.code,
            "name": unit.name,
            "level": unit.level,
            "parent": parent_code,
            "head": head_code,
            "attributes": dated.on(today, unit.attributes, changing.get(unit.id, ())),
            "recorded": {row.name: (unit.attributes or {}).get(row.name) for row in changing.get(unit.id, ())},
        }
        for unit, parent_code, head_code in db.session.execute(query)
    }


def judge(plan: Plan) -> None:
    """Every unit but the root has a place above it that exists, in the file or before; nothing goes in a circle."""
    root = next(code for (code,), values in plan.existing.items() if values["parent"] is None)
    known = {code for (code,) in plan.existing} | {row.after["code"] for row in plan.rows if row.ok}
    people = _codes_of_people(plan.company)
    for row in plan.rows:
        if row.ok:
            _settle_parent(plan, row, root)
            _judge_row(plan, row, known, people)
    _refuse_circles(plan)
    _refuse_foreign(plan)


def _settle_parent(plan: Plan, row: Row, root: str) -> None:
    """An empty place above means: right below the company."""
    if row.after["code"] != root and row.after["parent"] is None:
        row.after["parent"] = root
        if row.before and row.before["parent"] == root and row.change == "change" and not _differs(plan, row):
            row.change = "same"


def _differs(plan: Plan, row: Row) -> bool:
    before = row.before or {}
    return any(row.after[key] != before.get(key) for key in ("name", "level", "parent", "head", "attributes"))


def _judge_row(plan: Plan, row: Row, known: set[str], people: set[str]) -> None:
    above = row.after["parent"]
    is_root = row.before is not None and row.before["parent"] is None
    if is_root and above is not None:
        row.wrong("parent", _("The company itself stands above all units. Leave this cell empty."))
    elif above is not None and above not in known:
        row.wrong("parent", _("There is no unit with the code %(code)s, here or in the file.", code=above))
    if row.values.get("head") and row.values["head"] not in people:
        row.wrong(
            "head", _("Nobody present has the code %(code)s. Import people first, then heads.", code=row.values["head"])
        )
    before = row.before or {}
    for name in before.get("recorded", {}):
        if row.after["attributes"].get(name) != before["attributes"].get(name):
            sentence = _(
                "%(name)s changes on a day here. Say on the unit's page from when.", name=attribute_title(name)
            )
            row.wrong(f"attribute:{name}", sentence)


def _refuse_circles(plan: Plan) -> None:
    above = {code: values["parent"] for (code,), values in plan.existing.items()}
    above |= {row.after["code"]: row.after["parent"] for row in plan.rows if row.ok}
    ring = circles(above)
    for row in plan.rows:
        if row.ok and row.after["code"] in ring:
            row.wrong(
                "parent",
                _("These units would stand below each other: %(ring)s.", ring=" → ".join(ring[row.after["code"]])),
            )


def _refuse_foreign(plan: Plan) -> None:
    """Who maintains one region cannot write into another."""
    if plan.covered(f"/{plan.company.id}/"):
        return
    above = {row.after["code"]: row.after["parent"] for row in plan.rows if row.ok and row.before is None}
    for row in plan.rows:
        places = [code for code in (row.after.get("code"), row.after.get("parent")) if row.ok]
        if any(not _reaches(plan, above, code) for code in places):
            row.wrong("parent" if row.before is None else "code", _("This unit is outside of those you maintain."))


def _reaches(plan: Plan, above: dict[str, Any], code: str) -> bool:
    while code in above:
        code = above[code]
    return plan.covered(plan.existing[(code,)]["path"])


def write(plan: Plan) -> None:
    ids = {code: values["id"] for (code,), values in plan.existing.items()}
    new = [{"company_id": plan.company.id, "path": "/", **_plain(row)} for row in plan.adds]
    if new:
        inserted = db.session.execute(sa.insert(OrgUnit).returning(OrgUnit.code, OrgUnit.id), new)
        ids |= dict(inserted.all())
    touched = [*plan.adds, *plan.changes]
    people = _ids_of_people(plan.company)
    db.session.execute(
        sa.update(OrgUnit),
        [
            {
                "id": ids[row.after["code"]],
                **_plain(row),
                "parent_id": ids.get(row.after["parent"]),
                "head_id": people.get(row.after["head"]),
            }
            for row in touched
        ],
    )
    _rename_company(plan)
    renew_paths(plan.company.id)


def renew_paths(company_id: int) -> None:
    """Every path from its parent's; only those that changed are written."""
    query = select(OrgUnit.id, OrgUnit.parent_id, OrgUnit.path).where(OrgUnit.company_id == company_id)
    rows = {row.id: row for row in db.session.execute(query)}
    paths: dict[int, str] = {}
    for unit_id in rows:
        way = [unit_id]
        while way[-1] not in paths and rows[way[-1]].parent_id is not None:
            way.append(rows[way[-1]].parent_id)
        for step in reversed(way):
            above = rows[step].parent_id
            paths[step] = f"{paths[above] if above else '/'}{step}/"
    moved = [{"id": unit_id, "path": path} for unit_id, path in paths.items() if rows[unit_id].path != path]
    if moved:
        db.session.execute(sa.update(OrgUnit), moved)


def _plain(row: Row) -> Values:
    """What changes on a day stays as it is recorded for the time before."""
    recorded = (row.before or {}).get("recorded", {})
    attributes = {name: value for name, value in row.after["attributes"].items() if name not in recorded}
    attributes |= {name: value for name, value in recorded.items() if value is not None}
    return {**{key: row.after[key] for key in ("code", "name", "level")}, "attributes": attributes}


def _rename_company(plan: Plan) -> None:
    for row in plan.changes:
        if row.before and row.before["parent"] is None:
            plan.company.name = row.after["name"]


def _codes_of_people(company: Company) -> set[str]:
    present = members.present_on(clock.today())
    return set(db.session.scalars(select(Member.code).where(Member.company_id == company.id, present)))


def _ids_of_people(company: Company) -> dict[str, int]:
    query = select(Member.code, Member.id).where(Member.company_id == company.id)
    return dict(db.session.execute(query).all())


KIND = Kind(
    key="units",
    title=_l("Units"),
    about=_l("The organisation from the top down. The unit above may stand anywhere in the file."),
    permission="organization.manage",
    icon="sitemap",
    columns=(
        Column("code", "单位编码", "Unit code", short(40), "HD-SH", needed=True),
        Column("name", "单位名称", "Name", short(120), "上海", needed=True),
        Column("parent", "上级编码", "Code of the unit above", short(40), "HD"),
        Column("level", "层级", "Level", short(40), "", needed=True, choices=levels),
        Column("head", "负责人工号", "Code of the head", short(40), keeps=True),
    ),
    key_columns=("code",),
    existing=existing,
    judge=judge,
    write=write,
    takes_attributes=True,
)
