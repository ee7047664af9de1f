"""为什么: how a goal got its amount, step by step, from what was stored with it. Nothing is computed again."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.orm import joinedload

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
    """A table or formula that was looked up: its version, the row that fired, what it gave."""

    name: str
    title: str
    definition_id: int | None
    number: int | None
    row: str | None
    value: str


@dataclass(frozen=True)
class Explanation:
    reason: str
    sentence: str
    rule: str
    rule_definition_id: int
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
    versions = _versions([goal.goal_set.cascade_version_id, *(use["version_id"] for use in why.get("uses", []))])
    rule = versions[goal.goal_set.cascade_version_id]
    reason = why.get("reason", "weight")
    return Explanation(
        reason=reason,
        sentence=str(REASONS.get(reason, reason)),
        rule=text(rule.document["title"]),
        rule_definition_id=rule.definition_id,
        rule_number=rule.number,
        note=text(_level(rule.document["body"], why.get("level")).get("why")),
        inputs=[_number(name, value) for name, value in why.get("inputs", {}).items()],
        uses=[_use(use, versions) for use in why.get("uses", [])],
        asked=[_asked(name, why) for name in ASKED if name in why.get("formulas", {})],
        share=why.get("share"),
        rounded_up=bool(why.get("rounded_up")),
        grain=rule.document["body"]["grain"],
    )


def _versions(ids: Sequence[int | None]) -> dict[int, DefinitionVersion]:
    asked = select(DefinitionVersion).where(DefinitionVersion.id.in_({id_ for id_ in ids if id_}))
    return {row.id: row for row in db.session.scalars(asked.options(joinedload(DefinitionVersion.definition)))}


def _level(body: Document, level_id: str | None) -> Document:
    return next((level for level in body["levels"] if level["id"] == level_id), {})


def _number(name: str, value: Any) -> Number:
    known = _NAMES.get(name)
    if known is None:
        return Number(name, "", plain(value))
    note = known.note["en"] if language() == "en" else text(known.note)
    return Number(name, note, read(known.key, value))


def _use(use: Mapping[str, Any], versions: Mapping[int, DefinitionVersion]) -> Use:
    version = versions.get(use["version_id"])
    return Use(
        name=use["as"],
        title=text(version.document["title"]) if version else use["key"],
        definition_id=version.definition_id if version else None,
        number=use["number"],
        row=_row(version, use["row"]),
        value=plain(use["value"]),
    )


def _row(version: DefinitionVersion | None, row_id: str | None) -> str | None:
    """The row that fired, in the words that stand in it; its id where it has none."""
    if version is None or row_id is None:
        return row_id
    row = next((row for row in version.document["body"].get("rows", []) if row.get("id") == row_id), {})
    return "，".join(str(cell) for cell in row.get("when", {}).values()) or row_id


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
        return _("yes") if value else _("no")
    return f"{value:.6g}" if isinstance(value, float) else str(value)
