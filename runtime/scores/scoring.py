"""F13 over columns: everybody's points of any number of periods at once, and why. Pure: no database, no clock.

here = ground.read(company_id, "medical.composite", [periods.read("2025-Q1")], sources)
found = scoring.score(here, sources)              # and again with a draft in `sources`: nothing is stored
found.values[3]                                   # points of the fourth person, NaN where they are held
found.grades[3], found.why(3)
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

import formulas
from builder import compiled
from builder.expressions import Filled
from builder.sources import Sources
from core.db import Document
from formulas.rounding import HALF, round_column
from runtime.facts import measures
from runtime.facts.measures.columns import Floats, plain, rounded
from runtime.scores import rules, used
from runtime.scores.ground import Ground
from runtime.scores.rules import Rule

POINTS = 100.0


@dataclass(frozen=True)
class Attained:
    """One input of all lines: what was done, what should have been, how much of it that is."""

    actual: Floats
    target: Floats
    share: Floats


@dataclass(frozen=True)
class Scores:
    """`values`, `grades` and `lights` have an entry a person and period, in the order of `ground.people`; `lines` one
    a line, in the order of `ground.owner`. What cannot be computed is NaN or None."""

    ground: Ground
    rule: Rule
    values: Floats
    grades: list[str | None]
    lights: list[str | None]
    graded_by: list[str | None]
    lines: Floats
    attained: dict[str, Attained]
    inputs: dict[str, list[Any]]
    result: compiled.Result
    asked: Filled

    def value(self, at: int) -> float | None:
        return plain(self.values[at : at + 1])[0]

    def of_person(self, at: int) -> range:
        """Where the lines of a person and period stand."""
        start, end = np.searchsorted(self.ground.owner, [at, at + 1]).tolist()
        return range(start, end)

    def why(self, at: int) -> Document:
        """How a person's points came about, for JSON: his lines with inputs, the rows that fired, what was missing.

        Keys of definitions stand in `rule.pins` with their versions, so a page can name and show them later."""
        lines = [self._line(line) for line in self.of_person(at) if self.ground.shares[line] > 0]
        return {"lines": lines, "row": self.graded_by[at]}

    def _line(self, line: int) -> Document:
        told = self._told
        inputs: Document = {name: {"value": column[line]} for name, column in told.inputs.items()}
        for name, (actual, target) in told.attained.items():
            inputs[name] |= {"actual": actual[line], "target": target[line]}
        return {
            "product": self.ground.product_ids[line] or None,
            "share": told.shares[line],
            "target": told.targets[line],
            "value": told.points[line],
            "inputs": inputs,
            "uses": [*used.of(told.asked, line), *used.of(told.uses, line)],
            "missing": sorted(name for name, mask in self.result.missing.items() if mask[line]),
            "error": told.errors.get(line),
        }

    @cached_property
    def _told(self) -> "Told":
        return Told.of(self)


@dataclass(frozen=True)
class Told:
    """The columns once more as plain values: whoever explains everybody must not ask numpy cell by cell."""

    inputs: dict[str, list[Any]]
    attained: dict[str, tuple[list[float | None], list[float | None]]]
    shares: list[float | None]
    targets: list[float | None]
    points: list[float | None]
    errors: dict[int, str]
    asked: list[used.Used]
    uses: list[used.Used]

    @classmethod
    def of(cls, scores: Scores) -> "Told":
        whole = np.bincount(scores.ground.owner, scores.ground.shares, minlength=len(scores.ground.people))
        shares = measures.columns.divided(scores.ground.shares, whole[scores.ground.owner])
        status = scores.result.column.status
        cells = scores.result.column.to_list()
        return cls(
            inputs={name: [_json(value) for value in column] for name, column in scores.inputs.items()},
            attained={name: (plain(one.actual), plain(one.target)) for name, one in scores.attained.items()},
            shares=plain(rounded(shares)),
            targets=plain(scores.ground.shares),
            points=plain(scores.lines),
            errors={int(line): str(cells[line]) for line in np.flatnonzero(status > compiled.BLANK)},
            asked=used.all_of(scores.asked),
            uses=used.all_of(scores.result.inner) if isinstance(scores.result.inner, Filled) else [],
        )


def score(ground: Ground, sources: Sources, *, beside: Scores | None = None) -> Scores:
    """Everybody's points by the rules that `sources` holds. Raises Invalid where one of them is wrong.

    `beside` are scores of the same ground by other rules: what both rules agree on is not computed again.

    A line's points are what the formula gives; a person's are those of his lines by their share of his target. A
    person with a line whose points are held (an input is missing) or an error has none: what is missing must not
    make a score."""
    rule = rules.of(ground.metric_key, sources)
    if beside and beside.ground is ground and beside.rule.inputs_rest_on == rule.inputs_rest_on:
        asked, attained, inputs = beside.asked, beside.attained, beside.inputs
    else:
        asked, attained, inputs = _given(rule, ground)
    result = rule.formula.compute(inputs, len(ground.owner), None, None)
    points = np.where(result.column.status == 0, result.column.values.astype(np.float64), np.nan)
    values, lines = _together(ground, points, rule.decimals)
    grades, lights, rows_fired = graded(rule, values)
    return Scores(ground, rule, values, grades, lights, rows_fired, lines, attained, inputs, result, asked)


def _given(rule: Rule, ground: Ground) -> tuple[Filled, dict[str, Attained], dict[str, list[Any]]]:
    """What the formula gets, and what it was made of."""
    asked = Filled(rule.scope, ground.filled(rule.names), len(ground.owner))
    attained = dict(_attained(rule, ground, asked))
    inputs = {name: asked.compute(expression.formula).to_list() for name, expression in rule.values.items()}
    return asked, attained, inputs | {name: plain(one.share) for name, one in attained.items()}


def _attained(rule: Rule, ground: Ground, asked: Filled) -> Iterator[tuple[str, Attained]]:
    for name, reached in rule.reached.items():
        goal = _numbers(asked.compute(reached.target.formula))
        actual = ground.actual[name]
        share = measures.attainment(actual, goal, reached.policy, direction=reached.direction)
        yield name, Attained(actual, goal, rounded(share))


def _numbers(batch: formulas.Batch) -> Floats:
    return np.where(batch.status == 0, batch.values.astype(np.float64), np.nan)


def _together(ground: Ground, points: Floats, decimals: int) -> tuple[Floats, Floats]:
    """F13: points by person, held where a line that counts has none, and points by line."""
    count = len(ground.people)
    found = measures.composite(ground.owner, count, ground.shares, np.ones((len(points), 1)), points[:, None] / POINTS)
    held = np.bincount(ground.owner, (ground.shares > 0) & np.isnan(points), minlength=count) > 0
    values = np.where(held, np.nan, found.scores)
    known = round_column(np.nan_to_num(values), np.full((), float(decimals)), HALF)
    return np.where(np.isnan(values), np.nan, known), np.where(ground.shares > 0, points, np.nan)


def graded(rule: Rule, values: Floats) -> tuple[list[str | None], list[str | None], list[str | None]]:
    """Grade, light and row of the table for everybody who has points."""
    grades: list[list[str | None]] = [[None] * len(values) for _column in range(3)]
    there = np.flatnonzero(~np.isnan(values))
    if rule.grades is None or not len(there):
        return grades[0], grades[1], grades[2]
    (name,) = rule.grades.inputs
    found = rule.grades.table.evaluate_batch({name: values[there]}, len(there))
    columns = [_texts(found.outputs.get(key), len(there)) for key in ("grade", "light")]
    for column, told in zip(grades, [*columns, found.fired_ids], strict=True):
        for at, cell in zip(there.tolist(), told, strict=True):
            column[at] = cell
    return grades[0], grades[1], grades[2]


def _texts(batch: formulas.Batch | None, rows: int) -> list[str | None]:
    """Texts; None for what is no text, such as the error where two rows of a table hold."""
    return [cell if isinstance(cell, str) else None for cell in (batch.to_list() if batch else [None] * rows)]


def _json(value: Any) -> Any:
    return None if value is None else formulas.plain(value)
