"""What deserves a look before a tree is published: the warnings that the cascade defines, person by person.

Such as S11: a newcomer whose target is above 1.1 × ramp × the median of his team.
"""

from collections import defaultdict
from statistics import median
from typing import Any

from builder.scopes import PLACES
from core.errors import Problem
from core.i18n import money, text
from runtime.goals import columns
from runtime.goals.ground import Ground
from runtime.goals.plans import Caution, Plan
from runtime.goals.tree import Node, Preview

AMOUNTS = ("target", "team_median", "history", "account_potential", "parent_target")


def of(plan: Plan, ground: Ground, preview: Preview) -> list[Problem]:
    people = [node for node in preview.members if node.row is not None]
    if not people or not plan.cautions:
        return []
    read = _columns(ground, preview, people)
    return [found for caution in plan.cautions for found in _found(caution, read, people)]


def _found(caution: Caution, read: columns.Columns, people: list[Node]) -> list[Problem]:
    filled = caution.asked.fill(read, len(people))
    holding = caution.asked.expressions["when"].evaluate(filled).to_list()
    found = []
    for at, (node, holds) in enumerate(zip(people, holding, strict=True)):
        if holds is True:
            used = {use["as"]: use["value"] for use in filled.why(at)}
            words = {name: values[at] for name, values in read.items()} | used
            found.append(Problem(f"/{node.id}", caution.id, _sentence(caution, words)))
    return found


def _columns(ground: Ground, preview: Preview, people: list[Node]) -> columns.Columns:
    parents = [preview.nodes[node.parent or ""] for node in people]
    given = {
        "history": [node.history for node in people],
        "parent_target": [float(parent.target) for parent in parents],
        "parent_growth": [parent.growth for parent in parents],
        "target": [float(node.target) for node in people],
        "name": [node.name for node in people],
        "team_median": _medians(people),
    }
    return columns.of_children(ground, [node.row for node in people], given, [parent.id for parent in parents])


def _medians(people: list[Node]) -> list[float]:
    teams: dict[str | None, list[int]] = defaultdict(list)
    for node in people:
        teams[node.parent].append(node.target)
    medians = {team: float(median(targets)) for team, targets in teams.items()}
    return [medians[node.parent] for node in people]


def _sentence(caution: Caution, names: dict[str, Any]) -> str:
    """The message with its names filled in: amounts as people say them, other numbers without trailing zeros."""
    words = {
        name: money(value) if name in AMOUNTS and value is not None else _plain(value) for name, value in names.items()
    }
    words |= {name.zh: words[name.key] for name in PLACES["cascade.warning"] if name.key in words}
    return text(caution.message).format_map(defaultdict(lambda: "—", words))


def _plain(value: Any) -> str:
    return f"{value:g}" if isinstance(value, float) else str(value if value is not None else "—")
