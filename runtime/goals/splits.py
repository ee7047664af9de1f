"""Each target of a tree over time (年→季→月→周) and over products, exactly, and the same from every side.

People and reserves are split by themselves (a person only over the days he is there); a unit is the sum of its children
and its reserve. So for every period and product Σ children + reserve's part = the unit's part, and each sums to the
target (S3).
"""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from flask_babel import gettext as _

from core.errors import Invalid, Problem
from runtime.goals import columns
from runtime.goals.ground import Ground, MemberRow
from runtime.goals.periods import Ints, TimeSplits, split_amounts, split_time_of_many
from runtime.goals.plans import Plan
from runtime.goals.tree import Node, Preview


def fill(plan: Plan, ground: Ground, preview: Preview) -> None:
    """Set `split` of every node: {"quarter": {…}, "month": {…}, "week": {…}, "product": {…}}."""
    nodes = list(preview.nodes.values())
    time = _over_time(nodes, ground, seasonality(plan, ground))
    products = product_weights(plan, ground)
    amounts = _up(nodes, _over_products(nodes, list(products.values()))) if products else None
    for at, node in enumerate(nodes):
        node.split = time.of(at)
        if amounts is not None:
            node.split["product"] = dict(zip(products, amounts[at].tolist(), strict=True))


def seasonality(plan: Plan, ground: Ground) -> dict[int, float]:
    """What each month of the cycle weighs; without a rule a month weighs what a working day weighs in every other."""
    months = [int(name[-2:]) for name in ground.year.months]
    if plan.time is None:
        return dict.fromkeys(months, 1.0)
    filled = plan.time.fill(columns.of_months(ground), len(months))
    weights = plan.time.expressions["weight"].evaluate(filled).to_list()
    return {month: _weight(weight, f"/body/time/{month}") for month, weight in zip(months, weights, strict=True)}


def product_weights(plan: Plan, ground: Ground) -> dict[str, float]:
    """What each product weighs in everybody's target, by product code; nothing without a rule or products."""
    if plan.products is None or not ground.products:
        return {}
    filled = plan.products.fill(columns.of_products(ground), len(ground.products))
    weights = plan.products.expressions["weight"].evaluate(filled).to_list()
    return {
        product.code: _weight(weight, f"/body/products/{product.code}")
        for product, weight in zip(ground.products, weights, strict=True)
    }


def _weight(value: Any, path: str) -> float:
    if value is None:
        return 0.0
    if isinstance(value, float) and value >= 0:
        return value
    raise Invalid(
        [Problem(path, "bad_weight", _("The weight formula gives %(value)s; a weight is 0 or more.", value=value))]
    )


def _over_time(nodes: Sequence[Node], ground: Ground, months: Mapping[int, float]) -> TimeSplits:
    own = [_own_part(node) for node in nodes]
    presence = [_presence(node, ground) for node in nodes]
    starts, ends = [start for start, _end in presence], [end for _start, end in presence]
    alone = split_time_of_many(own, ground.year, months, starts=starts, ends=ends)
    tables = {name: _up(nodes, getattr(alone, name)) for name in ("quarter", "month", "week")}
    return replace(alone, **tables)


def _presence(node: Node, ground: Ground) -> tuple[dt.date | None, dt.date | None]:
    """When a person is there; the whole cycle for reserves, and for whoever has no working day in it."""
    if isinstance(node.row, MemberRow) and ground.workdays[node.row.id]:
        return ground.presence(node.row)
    return None, None


def _over_products(nodes: Sequence[Node], weights: Sequence[float]) -> Ints:
    return split_amounts([_own_part(node) for node in nodes], weights)


def _own_part(node: Node) -> int:
    """What of the target is split here: all of a person's, the reserve of a unit."""
    return node.target if node.member_id is not None else node.reserve


def _up(nodes: Sequence[Node], own: Ints) -> Ints:
    """Each row plus the rows of everything below it. Children stand behind their parents."""
    sums, position = own.copy(), {node.id: at for at, node in enumerate(nodes)}
    for at in range(len(nodes) - 1, 0, -1):
        parent = nodes[at].parent
        if parent is not None:
            sums[position[parent]] += sums[at]
    return sums
