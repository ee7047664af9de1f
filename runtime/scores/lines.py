"""The lines of people: what each is to reach with a product in a period. Lines weigh what their targets are."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from sqlalchemy import select

from core.db import Document, db
from organization.models import Product
from runtime.facts import booking
from runtime.facts.measures.columns import Bools, Floats, Ints
from runtime.facts.periods import Period
from runtime.goals.models import Cycle, Goal, GoalSet
from runtime.scores.rules import Rule

SPAN = 1 << 32  # more people than there are


@dataclass(frozen=True)
class Lines:
    """Columns. `period` is a place among the periods; `product_id` is 0 where the target is for everything."""

    period: Ints
    member_id: Ints
    product_id: Ints
    target: Floats

    def __len__(self) -> int:
        return len(self.target)

    @property
    def person(self) -> Ints:
        """One number for a person in a period, ascending by period and person."""
        return self.period * SPAN + self.member_id

    def where(self, wanted: Bools | Ints) -> "Lines":
        return Lines(self.period[wanted], self.member_id[wanted], self.product_id[wanted], self.target[wanted])

    def with_(self, others: "Lines") -> "Lines":
        pairs = ((getattr(self, name), getattr(others, name)) for name in self.__dataclass_fields__)
        return Lines(*(np.concatenate(pair) for pair in pairs))

    def in_order(self) -> "Lines":
        """By period, person and product."""
        return self.where(np.lexsort((self.product_id, self.member_id, self.period)))


def places(keys: Ints, known: Ints) -> Ints:
    """The place of each key among the known ones, which are ascending; -1 where it is none of them."""
    place = np.minimum(np.searchsorted(known, keys), len(known) - 1)
    return np.where(known[place] == keys, place, -1).astype(np.int64)


_NOTHING = np.zeros(0, dtype=np.int64)
NONE = Lines(_NOTHING, _NOTHING, _NOTHING, np.zeros(0))


def of(company_id: int, rule: Rule, periods: Sequence[Period], fed: Lines, members: Sequence[int] | None) -> Lines:
    """From goals; for periods that no goals were handed down for, those that were fed. Three statements."""
    found = _of_goals(company_id, rule, periods, members) if rule.goals else NONE
    return found.with_(fed.where(~np.isin(fed.period, found.period))).in_order()


def _of_goals(company_id: int, rule: Rule, periods: Sequence[Period], members: Sequence[int] | None) -> Lines:
    sets = _sets(company_id, rule, periods)
    query = select(Goal.member_id, Goal.target, Goal.split).where(Goal.goal_set_id.in_(sets))
    query = query.where(Goal.member_id.is_not(None)).order_by(Goal.id)
    if members is not None:
        query = query.where(Goal.member_id.in_(members))
    products = _product_ids(company_id) if sets and rule.by_product else {}
    goals = {member_id or 0: (target, split) for member_id, target, split in db.session.execute(query)}
    found = [line for who, goal in goals.items() for line in _of_goal(who, *goal, periods, products)]
    return Lines(*(np.concatenate(column) for column in zip(*found, strict=True))) if found else NONE


def _of_goal(
    member_id: int, target: int, split: Document, periods: Sequence[Period], products: Mapping[str, int]
) -> Iterator[tuple[Ints, Ints, Ints, Floats]]:
    """A person's lines as columns, all periods of a product together; none where nothing is asked in a period."""
    amounts = np.array([split.get(period.grain, {}).get(period.key) or 0 for period in periods], dtype=np.float64)
    asked = np.flatnonzero(amounts)
    for product, part in _parts(split, target, products):
        yield asked, np.full_like(asked, member_id), np.full_like(asked, product), amounts[asked] * part


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
