"""The names of the place `metric.score` as columns, one entry a line. Only what expressions read is made."""

import datetime as dt
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
from sqlalchemy import select
from sqlalchemy.orm import selectinload

from core.db import db
from organization import calendars, dated
from organization.models import Member, Product
from runtime.facts.measures.columns import Ints, divided
from runtime.facts.periods import Period
from runtime.scores.lines import Lines

WEEK = 5  # working days
OF_MEMBER = ("seniority", "ticket", "conversion", "visits_per_opportunity", "weekly_capacity")
OF_PRODUCT = ("line", "stage")
ONE_DAY = dt.timedelta(days=1)


@dataclass(frozen=True)
class Around:
    """What stands around the lines. `people` are the members of `owner`'s places, each with his period's place."""

    company_id: int
    periods: Sequence[Period]
    lines: Lines
    owner: Ints
    people: Sequence[tuple[Member, int]]

    def columns(self, wanted: Iterable[str]) -> dict[str, Any]:
        asked = set(wanted)
        found = self._amounts() | (self._of_products() if asked & set(OF_PRODUCT) else {})
        found |= {name: self._spread(make(self)) for name, make in OF_PEOPLE.items() if name in asked}
        return {name: column for name, column in found.items() if name in asked}

    def _amounts(self) -> dict[str, Any]:
        target = self.lines.target
        whole = np.bincount(self.owner, target)[self.owner] if len(self.owner) else target
        return {"target": target, "person_target": whole, "share": divided(target, whole)}

    def _of_products(self) -> dict[str, Any]:
        """The product's line, and the stage in which it is when the period begins; one statement and that of stages."""
        query = select(Product).where(Product.company_id == self.company_id).options(selectinload(Product.stages))
        products = {product.id: product for product in db.session.scalars(query)}
        known = {
            (product.id, at): (product.line, product.stage_on(period.first_day))
            for product in products.values()
            for at, period in enumerate(self.periods)
        }
        owned = zip(self.lines.product_id.tolist(), self.lines.period.tolist(), strict=True)
        pairs = [known.get(own, (None, None)) for own in owned]
        return {name: [pair[n] for pair in pairs] for n, name in enumerate(OF_PRODUCT)}

    def _spread(self, values: Sequence[Any]) -> list[Any]:
        """What holds for a person, for each of his lines."""
        return [values[at] for at in self.owner.tolist()]

    def workdays(self) -> list[float]:
        """Working days of the period that each person was there for, leave not counted."""
        first, last = self.periods[0].first_day, self.periods[-1].last_day
        days = np.array([day.toordinal() for day in calendars.working_days(self.company_id, first, last)])
        spans = [self._presence(member, self.periods[at]) for member, at in self.people]
        starts, ends = (np.searchsorted(days, [span[n] for span in spans]) for n in range(2))
        counts: list[int] = np.maximum(ends - starts, 0).tolist()
        return [float(count) for count in counts]

    def _presence(self, member: Member, period: Period) -> tuple[int, int]:
        """[start, end) as ordinals."""
        end = period.last_day + ONE_DAY
        return (
            max(member.joined_on, period.first_day).toordinal(),
            (min(member.left_on, end) if member.left_on else end).toordinal(),
        )

    def months(self) -> list[float]:
        return [_months(member.joined_on, self.periods[at].first_day) for member, at in self.people]

    def of_unit(self, name: str) -> list[Any]:
        """An attribute of each person's unit as it was when the period began."""
        changing, days = dated.of_company(self.company_id), [period.first_day for period in self.periods]
        units = {(member.unit, at) for member, at in self.people}
        known = {
            (unit.id, at): dated.on(days[at], unit.attributes, changing.get(unit.id, ())).get(name)
            for unit, at in units
        }
        return [known[member.unit_id, at] for member, at in self.people]

    def of_member(self, name: str) -> list[Any]:
        return [(member.attributes or {}).get(name) for member, _at in self.people]


OF_PEOPLE: dict[str, Callable[[Around], Sequence[Any]]] = {
    "role": lambda around: [member.role for member, _at in around.people],
    "tenure_months": Around.months,
    "workdays": Around.workdays,
    "weeks": lambda around: [count / WEEK for count in around.workdays()],
    "maturity": partial(Around.of_unit, name="maturity"),
    **{name: partial(Around.of_member, name=name) for name in OF_MEMBER},
}


def _months(joined_on: dt.date, day: dt.date) -> float:
    """Whole months from joining to a day."""
    months = (day.year - joined_on.year) * 12 + day.month - joined_on.month
    return float(max(0, months - (day.day < joined_on.day)))
