"""Facts and touches from a sheet: two more kinds of import, with the preview, the marked file and the template of all.

Excel turns a typed 2025-06 into the first of June. Where every date of a sheet is the first of a month, months are
meant.
"""

import datetime as dt
from collections.abc import Iterable, Sequence
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from core.errors import Invalid, Problem
from organization import values
from organization.access import covered_paths
from organization.imports.columns import Column, Matched, match, short, spoken, text
from organization.imports.plans import Kind, Plan, Row
from organization.imports.reading import Sheet
from organization.models import Company
from organization.values import Cell
from runtime.facts import judging, periods, store, touches
from runtime.facts.judging import Covers, Given, Judged
from runtime.facts.touches import GivenTouch, JudgedTouch

FEED = "facts.feed"
Period = str | dt.date


def _period(cell: Cell) -> Period:
    """A date stays one until the whole sheet is read."""
    if isinstance(cell, dt.date):
        return cell.date() if isinstance(cell, dt.datetime) else cell
    return periods.read(text(cell)).key


def _covers(plan: Plan) -> Covers:
    prefixes = covered_paths(plan.actor, FEED)
    return lambda path: any(path.startswith(prefix) for prefix in prefixes)


def _source(sheet: Sheet) -> str:
    """A CSV holds nothing but text."""
    return "csv" if all(cell is None or isinstance(cell, str) for row in sheet.rows for cell in row) else "xlsx"


# ── facts ────────────────────────────────────────────────────────────────────────────────────────────────────────────


def given(rows: Iterable[tuple[str, dict[str, Any]]]) -> list[Given]:
    """Facts from (place, values by column)."""
    read = list(rows)
    dates = [cells["period"] for _place, cells in read if isinstance(cells["period"], dt.date)]
    grain = periods.MONTH if all(day.day == 1 for day in dates) else periods.DAY
    return [Given(place, **(cells | {"period": _key(cells["period"], grain)})) for place, cells in read]


def _key(period: Period, grain: str) -> str:
    return periods.containing(period, grain).key if isinstance(period, dt.date) else period


def _judged(plan: Plan) -> list[tuple[Row, Judged]]:
    rows = [row for row in plan.rows if row.ok]
    batch = given((_line(row), {column.key: row.after[column.key] for column in FACTS.columns}) for row in rows)
    return list(zip(rows, judging.judge(plan.company.id, batch, covers=_covers(plan)), strict=True))


def judge(plan: Plan) -> None:
    for row, one in _judged(plan):
        row.change = one.change
        for name, _code, sentence in one.wrong:
            row.wrong(name, sentence)
        if one.before is not None:
            row.before = row.after | {"value": one.before.value, "weight": one.before.weight}


def write(plan: Plan) -> None:
    store.write(plan.company.id, [one for _row, one in _judged(plan)], _source(plan.sheet))


def _line(row: Row) -> str:
    return _("Line %(number)s", number=row.line)


FACTS = Kind(
    key="facts",
    title=_l("Figures"),
    about=_l("Sales and other figures by person or unit and period. A corrected figure replaces the one before."),
    permission=FEED,
    icon="database",
    columns=(
        Column("metric", "指标", "Metric", short(80), "销售额", needed=True),
        Column("period", "期间", "Period", _period, "2025-06", needed=True),
        Column("value", "数值", "Value", values.number, "128万", needed=True),
        Column("member", "工号", "Staff number", short(40), "S0001", empty=""),
        Column("unit", "单位编码", "Unit code", short(40), empty=""),
        Column("product", "产品编码", "Product code", short(40), empty=""),
        Column("weight", "分母", "Denominator", values.number),
        Column("source_ref", "单据号", "Reference", short(120), empty=""),
    ),
    key_columns=("metric", "period", "unit", "member", "product", "source_ref"),
    existing=lambda _company: {},
    judge=judge,
    write=write,
)


# ── touches ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def _judged_touches(plan: Plan) -> list[tuple[Row, JudgedTouch]]:
    rows = [row for row in plan.rows if row.ok]
    batch = [GivenTouch(_line(row), **_as_touch(row.after)) for row in rows]
    return list(zip(rows, touches.judge(plan.company.id, batch, covers=_covers(plan)), strict=True))


def _as_touch(said: dict[str, Any]) -> dict[str, str]:
    return {column.key: said[column.key] for column in TOUCHES.columns} | {"day": said["day"].isoformat()}


def judge_touches(plan: Plan) -> None:
    for row, one in _judged_touches(plan):
        row.change = one.change
        for name, _code, sentence in one.wrong:
            row.wrong(name, sentence)


def write_touches(plan: Plan) -> None:
    touches.write(plan.company.id, [one for _row, one in _judged_touches(plan)], _source(plan.sheet))


TOUCHES = Kind(
    key="touches",
    title=_l("Visits and what followed"),
    about=_l("Visits, contacts, quotes and meetings with customers. Effective visits are counted from them."),
    permission=FEED,
    icon="stethoscope",
    columns=(
        Column("customer", "客户编码", "Customer code", short(40), "C-SH-0001", needed=True),
        Column("member", "工号", "Staff number", short(40), "S0001", needed=True),
        Column("day", "日期", "Day", values.day, "2025-06-27", needed=True),
        Column(
            "kind",
            "事项",
            "What",
            short(10),
            "拜访",
            needed=True,
            choices=spoken(
                {
                    "visit": ("拜访", "Visit"),
                    "contact": ("沟通", "Contact"),
                    "quote": ("报价", "Quote"),
                    "meeting": ("会议", "Meeting"),
                }
            ),
        ),
        Column("contact_level", "联系人级别", "Contact's level", short(40), "主任", empty=""),
        Column("source_ref", "单据号", "Reference", short(120), empty=""),
    ),
    key_columns=("customer", "member", "day", "kind", "source_ref"),
    existing=lambda _company: {},
    judge=judge_touches,
    write=write_touches,
)


# ── without a browser ────────────────────────────────────────────────────────────────────────────────────────────────


def read(sheet: Sheet, company: Company) -> list[Given]:
    """The facts of a sheet, for whoever has no preview. Raises Invalid with every cell that cannot be read."""
    matched = match(sheet.header, FACTS.columns, takes_attributes=False)
    missing = [column.title for column in FACTS.columns if column.needed and column not in matched.columns.values()]
    if missing:
        raise Invalid([Problem("/1", "columns", _("The first line lacks: %(names)s.", names=", ".join(missing)))])
    problems: list[Problem] = []
    rows = [
        (f"/{line}", _cells(line, cells, matched, company, problems)) for line, cells in enumerate(sheet.rows, start=2)
    ]
    if problems:
        raise Invalid(problems)
    return given(rows)


def _cells(
    line: int, cells: Sequence[Cell], matched: Matched, company: Company, problems: list[Problem]
) -> dict[str, Any]:
    said = {column.key: column.empty for column in FACTS.columns}
    for place, column in matched.columns.items():
        try:
            said[column.key] = column.value(cells[place], company)
            if column.needed and said[column.key] is None:
                raise ValueError(_("%(name)s is missing.", name=column.title))
        except ValueError as error:
            problems.append(Problem(f"/{line}/{column.key}", "cell", str(error)))
    return said


KINDS: Sequence[Kind] = (FACTS, TOUCHES)
