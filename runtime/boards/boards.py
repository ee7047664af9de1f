"""Published boards and what stands on them: each widget of a board is one named picture of named numbers.

A board never holds a query. It names widgets of this table; whoever opens it sees what his grants give.
"""

from collections.abc import Callable
from dataclasses import dataclass

from flask import url_for
from flask_babel import gettext as _

from builder import definitions
from builder.models import DefinitionVersion
from core.db import Document
from core.errors import NotFound
from organization.models import Member
from runtime.goals import goal_pages, judged, standing
from runtime.goals.judged import Judged
from runtime.goals.models import GoalSet
from runtime.goals.standing import Forest, Row


@dataclass(frozen=True)
class Seen:
    """What the person who looks may see of the goals that hold."""

    goal_set: GoalSet
    forest: Forest
    judged: dict[int, Judged]

    @property
    def below_the_top(self) -> list[Row]:
        """The units that stand side by side: below headquarters, or his own where he sees several."""
        tops = self.forest.tops
        return self.forest.below.get(tops[0].node, []) if len(tops) == 1 else list(tops)


@dataclass(frozen=True)
class Widget:
    """What a template shows: a picture, and the rows that say the same as a table."""

    type: str
    title: Document
    chart: Document | None
    rows: list[Row]


def published(company_id: int) -> list[DefinitionVersion]:
    return definitions.published_all(company_id, "board")


def find(company_id: int, key: str) -> DefinitionVersion:
    version = definitions.published(company_id, "board", key)
    if version is None:
        raise NotFound(_("There is no published board of this name."))
    return version


def seen_by(actor: Member, set_id: int | None = None) -> Seen | None:
    """The set that was asked for, or the widest of the newest cycle; None when nothing was published."""
    sets = standing.sets_of(actor)
    if not sets:
        return None
    chosen = next((row for row in sets if row.id == set_id), sets[0])
    forest = standing.forest(actor, chosen)
    return Seen(chosen, forest, judged.of_forest(chosen, forest))


def widgets(version: DefinitionVersion, seen: Seen) -> list[Widget]:
    return [
        Widget(entry["type"], entry["title"], *PICTURES[entry["type"]](seen))
        for entry in version.document["body"]["widgets"]
    ]


def _goal_tree(seen: Seen) -> tuple[Document | None, list[Row]]:
    return goal_pages.tree_chart(seen.forest, seen.judged), []


def _growth(seen: Seen) -> tuple[Document | None, list[Row]]:
    """Growth of each unit, with the goal's page behind each bar."""
    rows = [row for row in seen.below_the_top if row.growth is not None]
    bars = [{"value": row.growth, "url": url_for("goals.node", goal_id=row.id)} for row in rows]
    series = [{"name": _("Growth"), "values": bars}]
    labels = [row.name for row in rows]
    return {"kind": "bar", "unit": "percent", "labels": labels, "series": series, "horizontal": True}, rows


def _goal_table(seen: Seen) -> tuple[Document | None, list[Row]]:
    return None, seen.below_the_top


PICTURES: dict[str, Callable[[Seen], tuple[Document | None, list[Row]]]] = {
    "goal_tree": _goal_tree,
    "growth": _growth,
    "goal_table": _goal_table,
}
