"""What the pages of standing goals show: the tree as a picture, a goal's parts over time and products."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from flask import url_for
from flask_babel import gettext as _

from core.db import Document
from runtime.goals.judged import Judged
from runtime.goals.models import Goal
from runtime.goals.standing import Forest, Row

DRAWN = 2000  # nodes; beyond that the picture ends with the units
COLOURED = ("red", "yellow", "green")
PARTS = ("quarter", "month", "product")


def tree_chart(forest: Forest, judged: Mapping[int, Judged]) -> Document:
    """The tree for ECharts, in the colours of lights. A person leads to the goal's page; a unit opens."""
    people = len(forest.rows) <= DRAWN
    tops = [_branch(forest, row, people, judged) for row in forest.tops]
    root = tops[0] if len(tops) == 1 else {"name": _("All"), "value": _sum(forest.tops), "children": tops}
    return {"kind": "tree", "unit": "money", "root": root}


def _branch(forest: Forest, row: Row, people: bool, judged: Mapping[int, Judged]) -> Document:
    branch = {"name": row.name, "value": row.target, "note": _note(row, judged[row.id])}
    light, state = judged[row.id].light, forest.state(row)
    branch |= {"light": light} if light in COLOURED and state != "reserve" else {"tone": state}
    if row.member_id is not None:
        return branch | {"url": url_for("goals.node", goal_id=row.id)}
    below = [child for child in forest.below.get(row.node, []) if people or child.member_id is None]
    return branch | {"children": [_branch(forest, child, people, judged) for child in below]}


def _note(row: Row, judged: Judged) -> str:
    growth = _("Growth %(growth)s", growth=f"{row.growth:+.1%}") if row.growth is not None else ""
    words = [growth, light_name(judged.light) if judged.light else "", warning() if judged.warns else ""]
    return " · ".join(filter(None, [*words, _("locked") if row.locked else ""]))


def light_name(light: str) -> str:
    """Red, yellow, green as the word beside the colour."""
    return {"red": _("Red"), "yellow": _("Yellow"), "green": _("Green")}.get(light, _("No data"))


def warning() -> str:
    return _("Result fine, behaviour alarms")


def _sum(rows: Sequence[Row]) -> int:
    return sum(row.target for row in rows)


class Part(NamedTuple):
    """A piece of a target: a month, a product."""

    name: str
    amount: int
    share: float


def parts(split: Document, kind: str, target: int, names: Mapping[str, str] | None = None) -> list[Part]:
    """The pieces of one kind (quarter, month, week, product), in order."""
    known = names or {}
    return [
        Part(known.get(key, period_name(key)), amount, amount / target if target else 0.0)
        for key, amount in split.get(kind, {}).items()
    ]


class Quarter(NamedTuple):
    part: Part
    months: list[Part]


def quarters(goal: Goal) -> list[Quarter]:
    """Each quarter with its months."""
    months = dict(zip(goal.split["month"], parts(goal.split, "month", goal.target), strict=True))
    return [
        Quarter(part, [month for name, month in months.items() if _quarter_of(name) == key])
        for key, part in zip(goal.split["quarter"], parts(goal.split, "quarter", goal.target), strict=True)
    ]


def _quarter_of(month: str) -> str:
    """2025-05 is in 2025-Q2."""
    return f"{month[:-3]}-Q{(int(month[-2:]) + 2) // 3}"


def period_name(key: str) -> str:
    """2025-Q1, 2025-03 and 2025-W07 as people say them within the year; anything else as it is."""
    part = key.rpartition("-")[2]
    if part.startswith("Q") and part[1:].isdecimal():
        return str(_("Q%(number)s", number=part[1:]))
    if part.startswith("W") and part[1:].isdecimal():
        return str(_("Week %(number)s", number=int(part[1:])))
    if part.isdecimal() and len(part) == 2 and "-" in key:
        return str(_("Month %(number)s", number=int(part)))
    return key


def months_chart(months: Sequence[Part], sees: bool) -> Document:
    """Amounts for who may see them, shares of the year for everybody else."""
    values = [month.amount if sees else round(month.share, 6) for month in months]
    return {
        "kind": "bar",
        "unit": "money" if sees else "percent",
        "labels": [month.name for month in months],
        "series": [{"name": _("Target") if sees else _("Share of the year"), "values": values}],
    }
