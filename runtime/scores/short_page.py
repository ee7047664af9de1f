"""What the page 我还差多少 shows: sliders, what they make of points, grade and light, and the least that would do."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

from flask_babel import gettext as _

from core.i18n import money, percent, text
from organization.models import Member
from runtime.facts.metrics import Metric
from runtime.facts.periods import Period
from runtime.goals.why_page import plain
from runtime.scores.factors import WAN, Factor, Grain
from runtime.scores.short_of import Next, Point, Short
from runtime.scores.short_of_goal import GoalShort

GOAL = "goal"
OF_YUAN = Grain(WAN, "money", {})


class Slider(NamedTuple):
    """Steps of one factor. `product` is "" where it is the person's as a whole."""

    id: str
    title: str
    product: str
    value: int
    most: int
    unit: str
    now: str
    target: str


class Way(NamedTuple):
    """A change that does it alone, in words, and the steps of all sliders with it."""

    words: str
    steps: dict[str, int]


class Shift(NamedTuple):
    """A light now and then."""

    now: str | None
    then: str | None


@dataclass(frozen=True)
class Page:
    """`steps` are what the sliders stand at, by their ids."""

    member: Member
    period: Period
    short: Short | None
    goal: GoalShort | None
    products: Mapping[int, str]
    goal_metric: Metric | None
    steps: Mapping[str, int]

    @cached_property
    def now(self) -> Point | None:
        return self.short.at({}) if self.short else None

    @cached_property
    def then(self) -> Point | None:
        return self.short.at(self.steps) if self.short else None

    @cached_property
    def next(self) -> Next | None:
        return self.short.next_after(self.then.value) if self.short and self.then else None

    @property
    def groups(self) -> dict[str, list[Slider]]:
        """Sliders by metric, in the order of the formula's inputs."""
        found: dict[str, list[Slider]] = {}
        for factor in self._factors:
            found.setdefault(factor.metric.name, []).append(self._slider(factor))
        if self.goal and self._moves_goal_alone:
            found[self._goal_title] = [self._goal_slider(self.goal)]
        return found

    @property
    def ways(self) -> list[Way]:
        """To the next grade: for each metric the product that needs the fewest steps."""
        if self.short is None or self.next is None:
            return []
        fewest = self.short.least(self.steps, self.next.points)
        best: dict[str, Factor] = {}
        for factor in (one for one in self._factors if one.id in fewest):
            other = best.setdefault(factor.metric.key, factor)
            if fewest[factor.id] < fewest[other.id]:
                best[factor.metric.key] = factor
        return [self._way(factor, fewest[factor.id]) for factor in best.values()]

    @cached_property
    def light(self) -> Shift | None:
        """Of the goal; None where there is none, or no light yet."""
        found = Shift(self.goal.light(0), self.goal.light(self._goal_steps)) if self.goal else None
        return found if found and found.now else None

    @property
    def goal_ways(self) -> list[tuple[str, str]]:
        """Better lights, the nearest first, and how much must be booked for each."""
        better = self.goal.better(self._goal_steps) if self.goal and self.light else []
        return [(step.light, money(step.steps * WAN)) for step in better]

    @property
    def goal_missing(self) -> int:
        """Yuan to the target of the year, with what the sliders add."""
        return max(0, self.goal.missing - self._goal_steps * WAN) if self.goal else 0

    @property
    def _factors(self) -> list[Factor]:
        return self.short.factors if self.short else []

    @property
    def _moves_goal_alone(self) -> bool:
        """Whether no factor of the points is what the goal counts."""
        return self.goal is not None and all(factor.metric.key != self.goal.metric_key for factor in self._factors)

    @property
    def _goal_steps(self) -> int:
        if self.goal is None or self._moves_goal_alone:
            return self.steps.get(GOAL, 0)
        return sum(self.steps.get(one.id, 0) for one in self._factors if one.metric.key == self.goal.metric_key)

    @property
    def _goal_title(self) -> str:
        return self.goal_metric.name if self.goal_metric else _("Goal of the year")

    def _goal_slider(self, goal: GoalShort) -> Slider:
        value, (now, target) = self.steps.get(GOAL, 0), (money(goal.goal.booked), money(goal.goal.target))
        return Slider(GOAL, self._goal_title, "", value, goal.most, step_unit(OF_YUAN), now, target)

    def _slider(self, factor: Factor) -> Slider:
        value, product = self.steps.get(factor.id, 0), self.products.get(factor.product_id, "")
        amounts = (level(factor.metric, amount) for amount in (factor.actual, factor.target))
        return Slider(factor.id, factor.metric.name, product, value, factor.most, step_unit(factor.grain), *amounts)

    def _way(self, factor: Factor, steps: int) -> Way:
        product, amount = self.products.get(factor.product_id), in_words(factor.grain, steps)
        told = {"metric": factor.metric.name, "amount": amount}
        fewer = factor.change < 0
        if product:
            words = _("%(metric)s of %(product)s", metric=told["metric"], product=product)
            told["metric"] = words
        words = _("%(metric)s %(amount)s less", **told) if fewer else _("%(metric)s %(amount)s more", **told)
        return Way(words, {**self.steps, factor.id: self.steps.get(factor.id, 0) + steps})


def in_words(grain: Grain, steps: int) -> str:
    """18万, 5 个百分点, 2 次."""
    if grain.kind == "money":
        return money(steps * WAN)
    return f"{steps} {step_unit(grain)}"


def step_unit(grain: Grain) -> str:
    if grain.kind == "money":
        return _("× 10,000 yuan")
    return _("pp") if grain.kind == "points" else text(grain.unit)


def level(metric: Metric, amount: float | None) -> str:
    """A figure in the metric's own unit; "—" where it is not known."""
    if metric.is_money:
        return money(None if amount is None else round(amount))
    if metric.unit["zh"] == "%":
        return percent(amount)
    return "—" if amount is None else f"{plain(round(amount, 2))} {text(metric.unit)}"


def asked(short: Short | None, goal: GoalShort | None, given: Mapping[str, str]) -> dict[str, int]:
    """What the sliders were set to, within what they allow; a box that was emptied is 0."""
    most = dict(_most(short, goal))
    return {name: min(most[name], int(words)) for name, words in given.items() if name in most and words.isdecimal()}


def _most(short: Short | None, goal: GoalShort | None) -> Iterator[tuple[str, int]]:
    yield from ((factor.id, factor.most) for factor in (short.factors if short else ()))
    if goal:
        yield GOAL, goal.most
