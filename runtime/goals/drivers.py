"""From a result to the actions that make it: drivers, this week's visits, a joiner's ramp and the pressure on him.

target = opportunities × conversion × ticket (客单价), and an opportunity takes so many visits (decision 7, S25, S26).
Everything stays an exact fraction until the one rounding up of the week; only then is the whole number of visits
split over the task templates. Rates are shares: 0.12 is 12 %.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import ceil, floor, isfinite, prod
from typing import Literal, NamedTuple

from runtime.goals.allocation import BadInput, Weight, as_typed, check_amount, check_weight
from runtime.goals.periods import split_products

Source = Literal["person", "team_median", "role_benchmark"]
PRESSURE_LIMIT = 1.1
"""S11: a target above this multiple of ramp × team median is too much for a newcomer."""


class Rate(NamedTuple):
    """A rate and whose it is: the explanation says when it is not the person's own."""

    value: Fraction
    source: Source


class Rates(NamedTuple):
    """What turns yuan into visits: yuan per deal, deals per opportunity (a share), visits per opportunity."""

    ticket: Rate
    conversion: Rate
    visits_per_opportunity: Rate


class Driver(NamedTuple):
    """A factor of a product, and its share of the growth (the exponents of all factors sum to 1)."""

    value: Weight
    exponent: Weight


class Pressure(NamedTuple):
    """A target as a multiple of ramp × team median; None when there is nothing to compare with."""

    ratio: float | None
    is_too_high: bool


@dataclass(frozen=True, slots=True)
class WeekPlan:
    """Visits to make this week, how many go to each template, and those beyond capacity (a 补救 item)."""

    visits: int
    overflow: int
    by_template: dict[str, int]


def resolve_rate(name: str, person: Weight | None, team_median: Weight | None, role_benchmark: Weight | None) -> Rate:
    """The first rate that can be divided by: the person's, his team's median, his role's benchmark.

    None, NaN, zero and negative count as missing: a conversion of 0 would ask for endless visits.
    Raises `BadInput` when all three are missing.
    """
    candidates: tuple[tuple[Source, Weight | None], ...] = (
        ("person", person),
        ("team_median", team_median),
        ("role_benchmark", role_benchmark),
    )
    for source, value in candidates:
        if value is not None and isfinite(value) and value > 0:
            return Rate(as_typed(value, name), source)
    raise BadInput(name, "neither the person, the team nor the role has a rate above zero; enter a role benchmark")


def opportunities_needed(target: Weight, rates: Rates) -> Fraction:
    """target ÷ ticket ÷ conversion, exact; nothing is needed for a target already met."""
    return max(as_typed(target, "target"), Fraction(0)) / rates.ticket.value / rates.conversion.value


def visits_needed(target: Weight, rates: Rates) -> Fraction:
    """target ÷ ticket ÷ conversion × visits per opportunity, exact and not yet rounded."""
    return opportunities_needed(target, rates) * rates.visits_per_opportunity.value


def visits_due(remaining_target: Weight, rates: Rates, *, this_week: Weight, left: Weight) -> Fraction:
    """This week's part of the visits that the remaining target needs (S26).

    `this_week` and `left` are the person's own working days this week and until the cycle's end (both with holidays
    and his leave out, both weighed by season if at all), so a day off moves its visits to later weeks.
    With no day left everything is due: the plan of a week without him shows it as overflow.
    Raises `BadInput` when fewer days are left than this week has.
    """
    now, all_days = as_typed(this_week, "this_week"), as_typed(left, "left")
    if not 0 <= now <= all_days:
        raise BadInput("left", f"{left} working days left cannot hold this week's {this_week}")
    needed = visits_needed(remaining_target, rates)
    return needed * now / all_days if all_days else needed


def plan_week(
    due: Fraction, *, capacity: Weight, days_present: int, templates: Mapping[str, Weight], full_week: int = 5
) -> WeekPlan:
    """Round the visits due up, once; cap them by capacity; split them over the templates by share.

    `capacity` is for a full week and shrinks with the days present (a longer week does not raise it).
    """
    check_amount("days_present", days_present)
    if check_amount("full_week", full_week) == 0:
        raise BadInput("full_week", "a full week has at least one working day")
    check_weight("capacity", capacity)
    wanted = ceil(due)
    possible = floor(as_typed(capacity) * min(Fraction(days_present, full_week), Fraction(1)))
    visits = min(wanted, possible)
    return WeekPlan(visits, wanted - visits, split_products(visits, templates))


def grow(drivers: Mapping[str, Driver], target: Weight) -> dict[str, Fraction]:
    """Share the growth g = target ÷ Π drivers by exponents: each driver × g^s, their product exactly the target.

    The powers are floats; the driver with the largest exponent (ties: name) is solved from the others, so that
    nothing is lost. Raises `BadInput` unless the values and the target are positive and the exponents sum to 1.
    """
    values = {name: as_typed(driver.value, name) for name, driver in drivers.items()}
    exponents = {name: as_typed(driver.exponent, name) for name, driver in drivers.items()}
    wanted = as_typed(target, "target")
    for name, value in (*values.items(), ("target", wanted)):
        if value <= 0:
            raise BadInput(name, f"{float(value)} cannot grow: it must be above zero")
    if sum(exponents.values()) != 1:
        raise BadInput("exponents", f"must add up to 1. Currently, they are {float(sum(exponents.values()))}")
    growth = float(wanted / prod(values.values()))
    solved = min(exponents, key=lambda name: (-exponents[name], name))
    grown = {name: value * Fraction(growth ** float(exponents[name])) for name, value in values.items()}
    del grown[solved]
    grown[solved] = wanted / prod(grown.values(), start=Fraction(1))
    return {name: grown[name] for name in drivers}


def joiner_target(full_target: Weight, full_days: int, present: Sequence[tuple[int, Weight]]) -> Fraction:
    """What a person who is there for part of a cycle carries: Σ days × ramp factor of `present` ÷ full days.

    With a factor of 1 it is the plain pro-rata. What is missing to the full target belongs to the reserve or to
    peers (`recascade.join`).
    """
    if check_amount("full_days", full_days) == 0:
        raise BadInput("full_days", "the cycle has no working day")
    worked = sum((days * as_typed(factor) for days, factor in present), Fraction(0))
    return as_typed(full_target, "target") * worked / full_days


def pressure(target: Weight, ramp: Weight, team_median: Weight | None, *, limit: Weight = PRESSURE_LIMIT) -> Pressure:
    """How hard a target presses on a newcomer (S11), compared on values rounded to 6 places.

    A ramp of zero with any target is too high; without a team median there is nothing to say.
    """
    if team_median is None:
        return Pressure(None, False)
    fair = ramp * team_median
    if fair <= 0:
        return Pressure(None, ramp <= 0 < target)
    ratio = round(float(target / fair), 6)
    return Pressure(ratio, ratio > limit)
