"""What a person can still do about his points: the figures that they are made of, each in steps that people count in.

An amount moves by ten thousand yuan, a rate by a percentage point, anything else by one; something that is told by
the week moves by one of it over the whole period.
"""

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from core.db import Document
from runtime.facts.measures.columns import plain
from runtime.facts.metrics import Metric
from runtime.scores.ground import Ground
from runtime.scores.rules import Rule
from runtime.scores.scoring import Attained

WAN = 10_000
POINT = 0.01
FALLING = ("decrease", "maintain_max")
BY_THE_WEEK = {"zh": "/周", "en": " a week"}


class Grain(NamedTuple):
    """What one step is in the metric's own unit, and what so many steps are called: `money`, `points` or a unit."""

    size: float
    kind: str
    unit: Document


@dataclass(frozen=True)
class Factor:
    """A metric of one product line, or of the person. `inputs` are those of the formula that it feeds, with the lines
    that it moves; `actual` and `target` are as scores see them, `most` the steps that are worth thinking about."""

    id: str
    metric: Metric
    product_id: int
    inputs: Mapping[str, slice]
    grain: Grain
    most: int
    actual: float | None
    target: float | None

    @property
    def change(self) -> float:
        """Of one step, in the metric's unit: fewer is better for some."""
        return -self.grain.size if self.metric.direction in FALLING else self.grain.size


def of(
    rule: Rule, here: Ground, attained: Mapping[str, Attained], metrics: Mapping[str, Metric], weeks: float
) -> list[Factor]:
    """The factors of the one person that `here` is about, by metric in the order of the formula's inputs."""
    keys = dict.fromkeys(reached.metric for reached in rule.reached.values())
    return [factor for key in keys for factor in _of_metric(metrics[key], rule, here, attained, weeks)]


def _of_metric(
    metric: Metric, rule: Rule, here: Ground, attained: Mapping[str, Attained], weeks: float
) -> Iterator[Factor]:
    inputs = {name: reached.whole for name, reached in rule.reached.items() if reached.metric == metric.key}
    first = next(iter(inputs))
    whole = all(inputs.values())
    grain = grain_of(metric, weeks)
    for line in range(1 if whole else len(here)):
        product_id = 0 if whole else here.product_ids[line]
        own = {name: slice(None) if of_person else slice(line, line + 1) for name, of_person in inputs.items()}
        actual, target = (
            plain(column[line : line + 1])[0] for column in (attained[first].actual, attained[first].target)
        )
        most = steps_worth(metric, grain, actual, target)
        yield Factor(f"{first}-{product_id}", metric, product_id, own, grain, most, actual, target)


def grain_of(metric: Metric, weeks: float) -> Grain:
    if metric.is_money:
        return Grain(WAN, "money", metric.unit)
    if metric.unit["zh"] == "%":
        return Grain(POINT, "points", metric.unit)
    if metric.unit["zh"].endswith(BY_THE_WEEK["zh"]) and weeks > 0:
        unit = {code: words.removesuffix(BY_THE_WEEK.get(code, "")) for code, words in metric.unit.items()}
        return Grain(1 / weeks, "count", unit)
    return Grain(1.0, "count", metric.unit)


def steps_worth(metric: Metric, grain: Grain, actual: float | None, target: float | None) -> int:
    """As much again as the target, or what is missing where that is more; rates up to 100 %, nothing below 0."""
    now, goal = actual or 0.0, target or 0.0
    room = max(abs(goal), abs(goal - now))
    if metric.direction in FALLING:
        room = min(room, max(now, 0.0))
    elif grain.kind == "points":
        room = max(1.0 - now, 0.0)
    return math.ceil(round(room / grain.size, 6))


def raised(here: Ground, factors: list[Factor], steps: np.ndarray[tuple[int, ...], np.dtype[np.int64]]) -> Ground:
    """The person once for each row of `steps` (a column a factor). What is not known counts as 0 once it is raised."""
    times, lines = len(steps), len(here)
    actual = {name: np.tile(column, (times, 1)) for name, column in here.actual.items()}
    for factor, column in zip(factors, steps.T, strict=True):
        for name, moved in factor.inputs.items():
            cells = actual[name][:, moved]
            added = column[:, None] * factor.change
            actual[name][:, moved] = np.where(added == 0, cells, np.nan_to_num(cells) + added)
    return Ground(
        metric_key=here.metric_key,
        periods=here.periods,
        people=here.people * times,
        owner=np.repeat(np.arange(times), lines),
        product_ids=here.product_ids * times,
        shares=np.tile(here.shares, times),
        columns={
            name: np.tile(np.asarray(column, dtype=object), times).tolist() for name, column in here.columns.items()
        },
        actual={name: cells.reshape(-1) for name, cells in actual.items()},
    )
