"""Measures over columns beside numpy by hand: `python -m bench.measures`."""

import json
from functools import partial

import numpy as np
from numpy.typing import NDArray

from bench.side_by_side import compare
from core.config import CHECKOUT
from formulas.tables import compile_table
from formulas.tables.compiled import CompiledTable
from runtime.facts import measures

Floats = NDArray[np.float64]

ROWS = 100_000
LINES, METRICS = 2, 4


def published_light() -> CompiledTable:
    file = CHECKOUT / "seeds/okr_core/definitions/table/okr.light.json"
    return compile_table(json.loads(file.read_text("utf-8"))["body"])


def ours_lights(table: CompiledTable, current: Floats, target: Floats, plan: Floats, missed: Floats) -> list[str]:
    lights: list[str] = measures.lights(table, measures.standing(current, 0, target, plan, missed)).lights.tolist()
    return lights


def lights_by_hand(current: Floats, target: Floats, plan: Floats, missed: Floats) -> list[str]:
    """The same rules as if statements over arrays: what one writes who need never change them."""
    done = np.round(current / target, 6)
    behind = np.round(np.where(plan > 0, (plan - done) / plan, 0), 6)
    pace = np.round(np.maximum(0, 1 - done) / (1 - plan), 6)
    tests = [missed >= 2, np.isnan(done), plan <= 0, done >= 1, (behind > 0.15) & (pace > 1.25), behind > 0.15]
    tests += [(behind > 0.05) & (pace > 1.25), missed >= 1]
    lights: list[str] = np.select(
        tests, ["red", "grey", "grey", "green", "red", "yellow", "yellow", "yellow"], "green"
    ).tolist()
    return lights


def scores_by_hand(people: NDArray[np.int64], shares: Floats, weights: Floats, attained: Floats) -> Floats:
    """Without gaps, shares that add up to 1: the bare sum."""
    scores: Floats = np.bincount(people, (weights * attained).sum(axis=1) * shares, minlength=ROWS) * 100
    return scores


def main() -> None:
    chance = np.random.default_rng(7)
    plan = chance.uniform(0.01, 0.99, ROWS).round(6)
    target = chance.uniform(10, 1000, ROWS)
    current = target * plan * chance.uniform(0.5, 1.2, ROWS)
    missed = chance.integers(0, 3, ROWS).astype(float)
    table = published_light()
    assert ours_lights(table, current, target, plan, missed) == lights_by_hand(current, target, plan, missed)
    compare(
        f"lights and deviations of {ROWS:,} key results",
        partial(ours_lights, table, current, target, plan, missed),
        partial(lights_by_hand, current, target, plan, missed),
        goal="<= 1 s",
    )
    people = np.repeat(np.arange(ROWS), LINES)
    weights, attained = (
        chance.dirichlet(np.ones(METRICS), ROWS * LINES),
        chance.uniform(0, 1.3, (ROWS * LINES, METRICS)),
    )
    shares = np.full(ROWS * LINES, 1 / LINES)
    ours = partial(measures.composite, people, ROWS, shares, weights, attained)
    by_hand = partial(scores_by_hand, people, shares, weights, attained)
    assert np.allclose(ours().scores, by_hand())
    compare(f"composite scores of {ROWS:,} people", ours, by_hand, goal="<= 2 s")


if __name__ == "__main__":
    main()
