"""The lines of people: what each is to reach with a product in a period. Lines weigh what their targets are."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from sqlalchemy import select

from core.db import Document, db
from organization.models import Product
from runtime.facts import booking
from runtime.facts.periods import Period
from runtime.goals.models import Cycle, Goal, GoalSet
from runtime.scores.figures import Figures
from runtime.scores.rules import Rule


class Line(NamedTuple):
    """`period` is a place among the periods; `product_id` is 0 where the target is for everything."""

    period: int
    member_id: int
    product_id: int
    target: float


def of(
    company_id: int, rule: Rule, periods: Sequence[Period], figures: Figures, members: Sequence[int] | None
) -> list[Line]:
    """From goals; for periods that no goals were handed down for, from figures. Three statements."""
    found = list(_of_goals(company_id, rule, periods, members)) if rule.goals else []
    covered = {line.period for line in found}
    if rule.figures:
        fed = figures.targets(rule.figures, by_product=rule.by_product)
        found += [Line(*row) for row in fed if row[0] not in covered]
    return found


def _of_goals(company_id: int, rule: Rule, periods: Sequence[Period], members: Sequence[int] | None) -> Iterator[Line]:
    sets = _sets(company_id, rule, periods)
    query = select(Goal.member_id, Goal.target, Goal.split).where(Goal.goal_set_id.in_(sets))
    query = query.where(Goal.member_id.is_not(None)).order_by(Goal.id)
    if members is not None:
        query = query.where(Goal.member_id.in_(members))
    products = _product_ids(company_id) if sets and rule.by_product else {}
    goals = {member_id or 0: (target, split) for member_id, target, split in db.session.execute(query)}
    for member_id, (target, split) in goals.items():
        for at, period in enumerate(periods):
            amount = split.get(period.grain, {}).get(period.key)
            if amount:
                parts = _parts(split, target, products)
                yield from (Line(at, member_id, product, amount * part) for product, part in parts)


def _sets(company_id: int, rule: Rule, periods: Sequence[Period]) -> list[int]:
    """The sets in force that split this metric over a cycle with one of the periods."""
    active = (
        select(GoalSet)
        .join(GoalSet.cycle)
        .where(GoalSet.company_id == company_id, GoalSet.state == "active")
        .where(Cycle.first_day <= periods[-1].last_day, Cycle.last_day >= periods[0].first_day)
    )
    return [goal_set.id for goal_set in db.session.scalars(active) if booking.metric_of(goal_set) == rule.goals]


def _parts(split: Document, target: int, products: Mapping[str, int]) -> list[tuple[int, float]]:
    """Product ids with what part of the target each is; all of it for no product where it was not split."""
    parts = [(products[code], amount / target) for code, amount in split.get("product", {}).items() if code in products]
    return [(product, part) for product, part in parts if part > 0] or [(0, 1.0)]


def _product_ids(company_id: int) -> dict[str, int]:
    rows: Any = db.session.execute(select(Product.code, Product.id).where(Product.company_id == company_id)).all()
    return dict(rows)
