"""为什么: how a goal got its amount, step by step, from what was stored with it. Nothing is computed again."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from builder.models import DefinitionVersion
from builder.scopes import PLACES
from core.db import Document, db
from core.i18n import language, money, percent, text
from runtime.goals.models import Goal

AMOUNTS = frozenset(
    {"history", "potential", "capacity", "parent_target", "target", "account_potential", "ticket", "team_median"}
)
SHARES = frozenset({"parent_growth", "growth", "conversion", "workdays_share", "senior_share", "sales_share"})
ASKED = ("weight", "floor", "cap")
LONG = 100_000  # from here on decimals say nothing any more

REASONS = {
    "entered": _l("Headquarters entered this amount."),
    "copy": _l("Every unit of this level gets the same value; nothing is split."),
    "weight": _l("It is the part of the parent's target that the weight gives."),
    "equal": _l("No child has a weight, so all get the same."),
    "floor": _l("The weight alone would give less; the floor holds."),
    "cap": _l("The weight alone would give more; the cap holds."),
    "locked": _l("The amount is locked; the others share the rest."),
    "kept": _l("Nothing had to change here, so the amount stayed as it was."),
    "room": _l("The target changed; this is the part of the change that there was room for."),
    "left": _l("This person has left and keeps what was booked; the rest went to the colleagues."),
}
ASKED_TITLES = {"weight": _l("Weight"), "floor": _l("Floor"), "cap": _l("Cap")}


class Number(NamedTuple):
    """A name as formulas write it, what it means, its value as people read it."""

    name: str
    note: str
    value: str


class Asked(NamedTuple):
    """A formula of the level and what it gave."""

    title: str
    formula: str
    value: str


class Use(NamedTuple):
    """A table or formula that was looked up: its version, the row that fired, the formula's own text, what it gave."""

    name: str
    title: str
    number: int | None
    row: str | None
    expression: str | None
    value: str
    uses: list["Use"]


@dataclass(frozen=True)
class Explanation:
    reason: str
    sentence: str
    rule: str
    rule_number: int | None
    note: str
    inputs: list[Number]
    uses: list[Use]
    asked: list[Asked]
    share: float | None
    rounded_up: bool
    grain: int


def of(goal: Goal) -> Explanation:
    why = goal.why
    uses = why.get("uses", [])
    versions = _versions({goal.goal_set.cascade_version_id, *_version_ids(uses)})
    rule = versions[goal.goal_set.cascade_version_id]
    level = _level(rule.document["body"], why.get("level"))
    reason = why.get("reason", "weight")
    return Explanation(
        reason=reason,
        sentence=str(REASONS.get(reason, reason)),
        rule=text(rule.document["title"]),
        rule_number=rule.number,
        note=text(level.get("why")),
        inputs=[_number(name, value) for name, value in why.get("inputs", {}).items()],
        uses=[_use(use, versions, level.get("uses", [])) for use in uses],
        asked=[_asked(name, why) for name in ASKED if name in why.get("formulas", {})],
        share=why.get("share"),
        rounded_up=bool(why.get("rounded_up")),
        grain=rule.document["body"]["grain"],
    )


def _version_ids(uses: Sequence[Document]) -> Iterator[int]:
    for use in uses:
        yield from [use["version_id"]] if use["version_id"] else []
        yield from _version_ids(use.get("uses", []))


def _versions(ids: set[int]) -> dict[int, DefinitionVersion]:
    return {row.id: row for row in db.session.scalars(select(DefinitionVersion).where(DefinitionVersion.id.in_(ids)))}


def _level(body: Document, level_id: str | None) -> Document:
    return next((level for level in body["levels"] if level["id"] == level_id), {})


def _number(name: str, value: Any) -> Number:
    known = _NAMES.get(name)
    if known is None:
        return Number(name, "", plain(value))
    note = known.note["en"] if language() == "en" else text(known.note)
    return Number(name, note, read(known.key, value))


def _use(use: Mapping[str, Any], versions: Mapping[int, DefinitionVersion], asked: Sequence[Document]) -> Use:
    document = versions[use["version_id"]].document if use["version_id"] in versions else {"body": {}}
    return Use(
        name=use["as"],
        title=text(document.get("title")) or use["key"],
        number=use["number"],
        row=row_words(document["body"], use["row"]),
        expression=document["body"].get("expression"),
        value=as_written(use["value"], document["body"], use["as"], asked) or plain(use["value"]),
        uses=[_use(inner, versions, document["body"].get("uses", [])) for inner in use.get("uses", [])],
    )


def as_written(value: Any, table: Document, name: str, asked: Sequence[Document]) -> str:
    """A number in percent where the table writes it so, or nothing. `asked` are the uses that name the output."""
    output = next((use.get("output") for use in asked if use["as"] == name), None)
    column: Document = next((one for one in table.get("outputs", []) if output in (None, one["key"])), {})
    in_percent = text(column.get("unit")) == "%" and isinstance(value, int | float)
    return percent(value, 2) if in_percent else ""


def row_words(body: Document, row_id: str | None) -> str | None:
    """The conditions of the row that fired, as they stand in it; its id where it has none."""
    row: Document = next((row for row in body.get("rows", []) if row["id"] == row_id), {"when": {}})
    return "，".join(cell.replace('"', "") for cell in row["when"].values()) or row_id


def _asked(name: str, why: Document) -> Asked:
    value = why.get("values", {}).get(name)
    shown = plain(value) if name == "weight" else money(value) if isinstance(value, int | float) else plain(value)
    return Asked(str(ASKED_TITLES[name]), why["formulas"][name], shown)


_NAMES = {name.zh: name for place in ("cascade.member", "cascade.unit") for name in PLACES[place]}


def read(key: str, value: Any) -> str:
    """A number of a formula as people read it: amounts as money, shares in percent."""
    if not isinstance(value, int | float) or isinstance(value, bool):
        return plain(value)
    if key in AMOUNTS:
        return money(value)
    return percent(value, 2) if key in SHARES or key.startswith("share_") else plain(value)


def plain(value: Any) -> str:
    if value is None or value == "":
        return "—"
    if isinstance(value, bool):
        return str(_("yes") if value else _("no"))
    if isinstance(value, float):
        return f"{value:,.0f}" if abs(value) >= LONG else f"{value:.6g}"
    return str(value)
