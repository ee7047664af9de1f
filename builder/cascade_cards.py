"""A cascade as the cards of its editor: what each control stands at, what may be chosen, what is wrong at this card."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple

from flask_babel import gettext as _

from builder import cascade_bindings, cascade_editor, cascade_phrases, formula_uses
from builder.cascade_editor import MEMBER, Around
from builder.cascade_phrases import FORMULA, Bound
from builder.scopes import PLACES
from core.db import Document
from core.errors import Problem
from core.i18n import text
from organization import roles


class Choice(NamedTuple):
    value: str
    words: str


class Used(NamedTuple):
    """A table or formula behind a card."""

    name: str
    title: str
    kind: str
    definition_id: int | None


@dataclass(frozen=True)
class Shares:
    """How a weight is chosen: of a level, of products, of months."""

    way: str
    ways: list[Choice]
    text: str
    place: str
    used: list[Used]


@dataclass(frozen=True)
class Cards:
    """`titles` are the levels of the company by key, `ids` the definitions in force by kind and key."""

    document: Document
    around: Around
    titles: dict[str, Document]
    ids: dict[tuple[str, str], int]
    problems: Sequence[Problem]
    positions: Sequence[str]  # roles that people of the company have
    systems: Sequence[str]  # other systems that have a link template

    @property
    def body(self) -> Document:
        body: Document = self.document["body"]
        return body

    def problems_at(self, *path: str | int) -> list[Problem]:
        """What is wrong with a part, in the order of the text."""
        start = "/body/" + "/".join(map(str, path))
        return [found for found in self.problems if found.path == start or found.path.startswith(f"{start}/")]

    @cached_property
    def elsewhere(self) -> list[Problem]:
        """What no card shows."""
        shown = ("levels", "products", "time", "drivers", "tasks", "warnings", "on_change", "behaviour")
        at_cards = tuple(f"/body/{part}" for part in shown)
        return [found for found in self.problems if not found.path.startswith(at_cards)]

    # ── levels ───────────────────────────────────────────────────────────────────────────────────────────────────────

    def level_title(self, key: str) -> str:
        if key == MEMBER:
            return str(_("the person"))
        return text(self.titles[key]) if key in self.titles else key

    def above(self, at: int) -> str:
        """The level that a card splits from."""
        top = self.around.levels[0] if self.around.levels else ""
        return self.level_title(self.body["levels"][at - 1]["to"] if at else top)

    def levels_left(self) -> list[Choice]:
        return [Choice(key, self.level_title(key)) for key in cascade_editor.levels_left(self.body, self.around)]

    def shares(self, part: Document, place: str) -> Shares:
        uses = part.get("uses", [])
        weight = part.get("weight", "")
        way = cascade_phrases.weight_way(weight, place, uses)
        return Shares(way, self._ways(part, place, way), weight, place, [self._used(use) for use in uses])

    def _ways(self, part: Document, place: str, way: str) -> list[Choice]:
        uses = part.get("uses", [])
        ways = [Choice(key, way_words(key)) for key in cascade_phrases.WEIGHTS[place]]
        ways += [
            Choice(f"use:{use['as']}", _("by “%(name)s”", name=self._used(use).title))
            for use in uses
            if "formula" in use or way == f"use:{use['as']}"
        ]
        used = {use.get("formula") for use in uses}
        ways += [
            Choice(f"{FORMULA}:{key}", _("by “%(name)s”", name=text(source.document["title"])))
            for key, source in cascade_bindings.bindable(PLACES[place], uses, self.around.known).items()
            if key not in used
        ]
        return [*ways, Choice(FORMULA, way_words(FORMULA))] if way == FORMULA else ways

    def bound(self, level: Document, name: str) -> Bound:
        return cascade_phrases.bound(name, level.get(name))

    def bound_ways(self, name: str, now: Bound) -> list[Choice]:
        words = bound_words(name)
        return [Choice(way, words[way]) for way in words if way != FORMULA or now.way == FORMULA]

    def used_by(self, level: Document, name: str) -> Used | None:
        """What gives a name of the level."""
        return next((self._used(use) for use in level.get("uses", ()) if use["as"] == name), None)

    def _used(self, use: Document) -> Used:
        kind = "table" if "table" in use else "formula"
        source = self.around.known.get((kind, use[kind]))
        title = text(source.document["title"]) if source else use[kind]
        return Used(use["as"], title, kind, self.ids.get((kind, use[kind])))

    def uses(self, part: Document) -> list[formula_uses.Row]:
        """Each table and formula of a card with its controls."""
        return formula_uses.rows(part, self.around.known)

    @cached_property
    def offered(self) -> list[Choice]:
        """Tables and formulas that a card may use."""
        return [Choice(*choice) for choice in formula_uses.offered(self.around.known, "")]

    def all_used(self, part: Document) -> list[Used]:
        """Each table and formula once."""
        found = {(used.kind, used.definition_id): used for use in part.get("uses", ()) for used in [self._used(use)]}
        return list(found.values())

    # ── numbers, words, choices ──────────────────────────────────────────────────────────────────────────────────────

    def percent(self, expression: str | None) -> str | None:
        return cascade_phrases.percent(expression)

    def metrics(self) -> list[Choice]:
        found = [(key, source) for (kind, key), source in self.around.known.items() if kind == "metric"]
        return [Choice(key, text(source.document["title"])) for key, source in sorted(found, key=lambda pair: pair[0])]

    def metric_title(self, key: str) -> str:
        source = self.around.known.get(("metric", key))
        return text(source.document["title"]) if source else key

    def driver_names(self) -> list[Choice]:
        return [Choice(driver["id"], driver["as"]) for driver in self.body.get("drivers", ())]

    def role_choices(self, chosen: Iterable[str] = ()) -> list[Choice]:
        keys = dict.fromkeys([*self.positions, *chosen])
        return [Choice(key, text(roles.title(key))) for key in keys]

    def system_choices(self, now: str) -> list[Choice]:
        """Where a customer can be opened, what a task says already among it."""
        keys = dict.fromkeys([*self.systems, *filter(None, [now])])
        return [Choice("", _("wherever it is known")), *(Choice(key, key.upper()) for key in keys)]

    @property
    def carrying(self) -> list[str]:
        """The positions that carry a target."""
        found = (level.get("roles", ["sales"]) for level in self.body["levels"] if level["to"] == MEMBER)
        return list(dict.fromkeys(role for own in found for role in own))

    def behaviour_of(self, role: str) -> list[str]:
        return [key for entry in self.body.get("behaviour", ()) if entry["role"] == role for key in entry["metrics"]]

    def orders(self, task: Document) -> list[str]:
        """The ways in which customers are put in order, the first two at least."""
        ways = [cascade_phrases.order_way(entry) for entry in task.get("pick", {}).get("order", ())]
        return [*ways, *[""] * (2 - len(ways))]

    def order_choices(self, now: str) -> list[Choice]:
        words = order_words()
        return [Choice(way, words[way]) for way in words if way != FORMULA or now == FORMULA]


def way_words(way: str) -> str:
    words: dict[str, str] = {
        "history": _("by history"),
        "potential": _("by potential"),
        "capacity": _("by capacity"),
        "workdays": _("by working days"),
        "sales": _("by share of sales"),
        "equal": _("equally"),
        FORMULA: _("by a formula of its own"),
    }
    return words[way]


def bound_words(name: str) -> dict[str, str]:
    if name == "floor":
        return {
            "none": _("no floor"),
            "history": _("at least … times last year"),
            "growth": _("at least … times last year grown as the level above"),
            FORMULA: _("by a formula of its own"),
        }
    return {
        "none": _("no cap"),
        "history": _("at most … times last year"),
        "growth": _("at most … times last year grown as the level above"),
        FORMULA: _("by a formula of its own"),
    }


def order_words() -> dict[str, str]:
    return {
        "": _("—"),
        "potential": _("the largest potential"),
        "longest": _("not visited for longest"),
        "recent": _("visited most recently"),
        FORMULA: _("by a formula of its own"),
    }


def layer_choices() -> list[Choice]:
    return [
        Choice("strategic", _("strategic goal")),
        Choice("campaign", _("campaign goal")),
        Choice("tactic", _("tactical goal")),
    ]


def tier_choices() -> list[Choice]:
    return [Choice("base", _("base: must be done")), Choice("routine", _("routine: may be swapped"))]


def evidence_choices() -> list[Choice]:
    return [
        Choice("", _("none asked")),
        Choice("place_or_photo", _("time and place, or a photo")),
        Choice("photo", _("a photo")),
        Choice("document", _("a document")),
    ]


def words_of(choices: Iterable[Choice], value: Any) -> str:
    return next((choice.words for choice in choices if choice.value == value), str(value))
