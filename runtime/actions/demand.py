"""How many actions each person's week needs (decision 7, S25, S26), in columns over everybody at once.

What is left of a person's target goes to this week in the proportion of his working days, this week's to all that are
left, each weighed by its season: leave and holidays move actions to other weeks. A rate that a person lacks falls back
to his team's median, then to the benchmark. One rounding up, then at most the capacity; what is over is told.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from statistics import median
from typing import Any

from builder.expressions import Filled
from core.db import Document
from runtime.goals.allocation import as_typed
from runtime.goals.columns import Columns
from runtime.goals.drivers import Rate, WeekPlan, plan_week, resolve_rate
from runtime.goals.plans import Driver

FULL_WEEK = 5
CAPACITY = "capacity"


@dataclass(frozen=True)
class Person:
    """One person's week: what is left of his target and the days he has for it."""

    member_id: int
    team: int
    remaining: Fraction
    days_this_week: int
    weight_this_week: Fraction
    weight_left: Fraction

    @property
    def amount(self) -> Fraction:
        """Yuan that this week should bring; with no day left all of what is missing is due."""
        if self.weight_left == 0:
            return max(self.remaining, Fraction(0))
        return max(self.remaining, Fraction(0)) * self.weight_this_week / self.weight_left


@dataclass(frozen=True)
class Demand:
    """Actions of one driver for one person, and how the number came about."""

    plan: WeekPlan
    why: Document


def of(driver: Driver, people: Sequence[Person], read: Columns, templates: Mapping[str, Fraction]) -> list[Demand]:
    """`read` are the columns of the members in the same order; `templates` shares the actions over task ids."""
    filled = driver.rates.fill(read, len(people))
    rates = {name: _resolved(driver, name, filled, people) for name in driver.rate_names}
    capacity = _resolved(driver, CAPACITY, filled, people) if CAPACITY in driver.rates else None
    given = {name: [float(found.value) for found in values] for name, values in rates.items()}
    given["target"] = [float(person.amount) for person in people]
    asked = driver.needed.fill(given, len(people))
    needed = driver.needed.expressions["needed"].evaluate(asked).to_list()
    return [
        _demand(driver, person, _exact(needed[at]), templates, capacity and capacity[at], _at(rates, at))
        for at, person in enumerate(people)
    ]


def _demand(
    driver: Driver,
    person: Person,
    due: Fraction,
    templates: Mapping[str, Fraction],
    capacity: Rate | None,
    rates: Mapping[str, Rate],
) -> Demand:
    most = capacity.value if capacity else due + 1
    plan = plan_week(due, capacity=most, days_present=person.days_this_week, templates=templates, full_week=FULL_WEEK)
    why = {
        "driver": driver.id,
        "formula": driver.needed.expressions["needed"].text,
        "remaining": round(person.remaining),
        "week_amount": round(person.amount),
        "days": person.days_this_week,
        "rates": {name: _told(rate) for name, rate in rates.items()},
        "capacity": capacity and _told(capacity),
        "exact": round(float(due), 6),
        "visits": plan.visits,
        "overflow": plan.overflow,
    }
    return Demand(plan, why)


def _told(rate: Rate) -> Document:
    return {"value": float(rate.value), "source": rate.source}


def _at(rates: Mapping[str, Sequence[Rate]], at: int) -> dict[str, Rate]:
    return {name: values[at] for name, values in rates.items()}


def _exact(needed: Any) -> Fraction:
    """An amount that cannot be computed asks for nothing; 为什么 shows which rate is missing."""
    return as_typed(needed) if isinstance(needed, float) else Fraction(0)


def _resolved(driver: Driver, name: str, filled: Filled, people: Sequence[Person]) -> list[Rate]:
    """Each person's rate and whose it is: his own, his team's median, or the benchmark."""
    own = driver.rates.expressions[name].evaluate(filled).to_list()
    benchmark = driver.rates.expressions.get(f"{name}:benchmark")
    benchmarks = benchmark.evaluate(filled).to_list() if benchmark else [None] * len(people)
    medians = _medians(own, people)
    return [
        resolve_rate(name, _number(mine), medians.get(person.team), _number(stand_in))
        for person, mine, stand_in in zip(people, own, benchmarks, strict=True)
    ]


def _medians(values: Sequence[Any], people: Sequence[Person]) -> dict[int, float]:
    teams: dict[int, list[float]] = defaultdict(list)
    for value, person in zip(values, people, strict=True):
        if isinstance(value, float) and value > 0:
            teams[person.team].append(value)
    return {team: median(found) for team, found in teams.items()}


def _number(value: Any) -> float | None:
    return value if isinstance(value, float) else None
