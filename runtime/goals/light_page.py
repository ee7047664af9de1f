"""为什么黄灯: what was planned and what was done, what follows from both (F1c), the row of `okr.light` that fired."""

import datetime as dt
from dataclasses import dataclass

from flask_babel import gettext as _

from builder.sources import Source
from core.db import Document
from core.i18n import percent, text
from runtime.facts.measures.columns import plain
from runtime.goals import judged, lights
from runtime.goals.judged import Driver
from runtime.goals.models import Goal

IMPOSSIBLE = 9.99  # F1c: the time is over


@dataclass(frozen=True)
class Because:
    """Figures as people read them; `row` are the conditions that held, empty where no row did."""

    light: str
    plan: str
    progress: str
    deviation: str
    pace: str
    row: str
    words: str


@dataclass(frozen=True)
class LightPage:
    because: Because
    drivers: list[tuple[Driver, Because]]
    table: Document
    number: int | None
    until: dt.date


def of(goal: Goal) -> LightPage | None:
    """Nothing where the goal has no light. Seven statements."""
    found, source, until = judged.of_goal(goal), judged.table_of(goal.goal_set), judged.day_of(goal.goal_set)
    if found.light is None or source is None:
        return None
    own = _because(source, lights.asked([goal.split["month"]], [goal.booked], [goal.target], until))
    drivers = [
        (driver, _because(source, judged.asked_of([driver.amounts]))) for driver in found.drivers if driver.light
    ]
    return LightPage(own, drivers, source.document["title"], source.number, until)


def _because(source: Source, asked: lights.Standing) -> Because:
    fired = lights.judge(source, asked)
    deviation, pace = (plain(values)[0] for values in (asked.deviation, asked.pace))
    plan, progress = (plain(values)[0] for values in (asked.plan, asked.progress))
    return Because(
        light=str(fired.lights[0]),
        plan=percent(plan),
        progress=percent(progress),
        deviation=_behind(deviation),
        pace=_faster(pace),
        row=row_words(source.document["body"], fired.rows[0]),
        words=str(fired.why[0] or ""),
    )


def _behind(deviation: float | None) -> str:
    if deviation is None:
        return "—"
    share = percent(abs(deviation))
    return str(_("%(share)s behind", share=share) if deviation > 0 else _("%(share)s ahead", share=share))


def _faster(pace: float | None) -> str:
    if pace is None:
        return "—"
    return str(
        _("the time is over") if pace >= IMPOSSIBLE else _("%(times)s times the planned pace", times=f"{pace:.2f}")
    )


def row_words(body: Document, row_id: str | None) -> str:
    """The conditions of a row with the titles of their columns: 偏离度 >15%，所需提速 >1.25."""
    row = next((row for row in body["rows"] if row["id"] == row_id), None)
    when: Document = row["when"] if row else {}
    asked = [column for column in body["inputs"] if when.get(column["id"], "-") != "-"]
    return "，".join(f"{text(column['title'])} {when[column['id']]}" for column in asked)
