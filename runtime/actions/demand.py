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

from core.db import Document
from runtime.goals.allocation import as_typed
from runtime.goals.columns import Columns
from runtime.goals.drivers import Rate, WeekPlan, plan_week, resolve_rate
from runtime.goals.plans import Driver, PersonalRate

FULL_WEEK = 5


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
    rates = [_resolved(rate, people, read) for rate in driver.rates]
    capacities = _resolved(driver.capacity, people, read) if driver.capacity else None
    given = {"target": [float(person.amount) for person in people]}
    given |= {
        rate.name: [float(found.value) for found in values] for rate, values in zip(driver.rates, rates, strict=True)
    }
    needed = driver.needed.evaluate_batch(given, len(people)).to_list()
    demands = []
    for at, person in enumerate(people):
        due = as_typed(needed[at], driver.name) if isinstance(needed[at], float) else Fraction(0)
        capacity = capacities[at].value if capacities else due + 1
        plan = plan_week(
            due,
            capacity=capacity,
            days_present=person.days_this_week,
            templates=templates,
            full_week=FULL_WEEK,
        )
        demands.append(Demand(plan, _why(driver, person, due, plan, capacities and capacities[at], rates, at)))
    return demands


def _resolved(rate: PersonalRate, people: Sequence[Person], read: Columns) -> list[Rate]:
    """Each person's rate and whose it is."""
    own = rate.value.evaluate_batch(read, len(people)).to_list()
    benchmarks = rate.benchmark.evaluate_batch(read, len(people)).to_list() if rate.benchmark else [None] * len(people)
    medians = _medians(own, people)
    return [
        _first(rate.name, _number(mine), medians.get(person.team), _number(benchmark))
        for person, mine, benchmark in zip(people, own, benchmarks, strict=True)
    ]


def _first(name: str, own: float | None, team: float | None, benchmark: float | None) -> Rate:
    return resolve_rate(name, own, team, benchmark)


def _medians(values: Sequence[Any], people: Sequence[Person]) -> dict[int, float]:
    teams: dict[int, list[float]] = defaultdict(list)
    for value, person in zip(values, people, strict=True):
        if isinstance(value, float) and value > 0:
            teams[person.team].append(value)
    return {team: median(found) for team, found in teams.items()}


def _number(value: Any) -> float | None:
    return value if isinstance(value, float) else None


def _why(
    driver: Driver,
    person: Person,
    due: Fraction,
    plan: WeekPlan,
    capacity: Rate | None,
    rates: Sequence[Sequence[Rate]],
    at: int,
) -> Document:
    return {
        "driver": driver.id,
        "formula": driver.needed.text,
        "remaining": round(person.remaining),
        "week_amount": round(person.amount),
        "days": person.days_this_week,
        "rates": {
            rate.name: {"value": float(values[at].value), "source": values[at].source}
            for rate, values in zip(driver.rates, rates, strict=True)
        },
        "capacity": None if capacity is None else {"value": float(capacity.value), "source": capacity.source},
        "exact": float(due),
        "visits": plan.visits,
        "overflow": plan.overflow,
    }
