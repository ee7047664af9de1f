"""Sheet of calendar days that the company works, or does not, whatever the public calendar says."""

import sqlalchemy as sa
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from core.db import db
from organization import calendars, values
from organization.imports.columns import Column, short, spoken
from organization.imports.plans import Key, Kind, Plan, Values
from organization.models import CalendarDay, Company


def existing(company: Company) -> dict[Key, Values]:
    return {
        (day,): {"id": row.id, "day": day, "works": "yes" if row.works else "no", "name": row.name}
        for day, row in calendars.overrides(company.id).items()
    }


def judge(plan: Plan) -> None:
    reached = plan.covered(f"/{plan.company.id}/")
    for row in plan.rows:
        if not reached:
            row.wrong("day", _("The calendar is the whole company's; ask who maintains it."))
        elif row.ok and not 2000 <= row.after["day"].year <= 2100:
            row.wrong("day", _("A calendar day lies between the years 2000 and 2100."))


def write(plan: Plan) -> None:
    fields = [(row, {"works": row.after["works"] == "yes", "name": row.after["name"]}) for row in plan.rows]
    new = [
        {"company_id": plan.company.id, "day": row.after["day"], **said} for row, said in fields if row.change == "add"
    ]
    changed = [{"id": row.before["id"], **said} for row, said in fields if row.change == "change" and row.before]
    if new:
        db.session.execute(sa.insert(CalendarDay), new)
    if changed:
        db.session.execute(sa.update(CalendarDay), changed)
    calendars.forget(plan.company.id)


KIND = Kind(
    key="calendar",
    title=_l("Working-day calendar"),
    about=_l("Days off and make-up days of the company, such as next year's public holidays."),
    permission="organization.manage",
    icon="calendar",
    columns=(
        Column("day", "日期", "Day", values.day, "2027-02-05", needed=True),
        Column(
            "works",
            "是否上班",
            "Worked",
            short(10),
            "休息",
            needed=True,
            choices=spoken({"yes": ("上班", "是", "works", "worked", "1"), "no": ("休息", "否", "off", "0")}),
        ),
        Column("name", "说明", "Why", short(80), "春节", empty=""),
    ),
    key_columns=("day",),
    existing=existing,
    judge=judge,
    write=write,
)
