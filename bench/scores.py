"""Composite scores of many people by a published definition, beside numpy by hand: `python -m bench.scores`."""

import datetime as dt
from functools import partial

import numpy as np
from numpy.typing import NDArray

from bench.side_by_side import compare
from builder import pack_folders, packs
from builder.sources import Sources, of_documents
from runtime.facts import periods
from runtime.scores import scoring
from runtime.scores.ground import Ground, Person

Floats = NDArray[np.float64]

MONDAY = dt.date(2024, 1, 1)
METRIC = "medical.composite"
STAGES = {"推广期": (0.4, 0.25, 0.2, 0.15), "成长期": (0.2, 0.2, 0.35, 0.25), "成熟期": (0.05, 0.1, 0.3, 0.55)}
ASKED = (0.8, 7.0)  # coverage, visits a week


def pack() -> Sources:
    return of_documents(pack_folders.read(packs.shipped_folder("medical_goals")).documents.values())


def ground(people: int, lines: int, weeks: int) -> Ground:
    """Everybody has as many product lines, each in a stage of its own, in as many weeks."""
    chance = np.random.default_rng(7)
    owners, rows = people * weeks, people * weeks * lines
    shares = chance.uniform(10_000, 1_000_000, rows).round()
    return Ground(
        metric_key=METRIC,
        periods=tuple(periods.containing(MONDAY + dt.timedelta(weeks=week), periods.WEEK) for week in range(weeks)),
        people=[Person(at % people, "", "sales", 1, "/1/", at // people) for at in range(owners)],
        owner=np.repeat(np.arange(owners), lines),
        product_ids=np.tile(np.arange(1, lines + 1), owners).tolist(),
        shares=shares,
        columns={
            "target": shares,
            "stage": np.array(list(STAGES), dtype=object)[chance.integers(0, len(STAGES), rows)].tolist(),
            "weekly_capacity": [10.0] * rows,
            "role": ["sales"] * rows,
            "seniority": ["资深"] * rows,
        },
        actual={
            "coverage": chance.uniform(0.4, 1.0, rows),
            "visit": chance.uniform(3.0, 9.0, rows),
            "revenue": shares * chance.uniform(0.5, 1.2, rows),
            "profit": shares * 0.3 * chance.uniform(0.5, 1.2, rows),
        },
    )


def by_hand(here: Ground) -> Floats:
    """The same rules as arithmetic over arrays: what one writes who need never change or explain them."""
    stages = np.array([list(STAGES).index(stage) for stage in here.columns["stage"]])
    weights = np.array(list(STAGES.values()))[stages]
    targets = (*ASKED, here.shares, here.shares * 0.3)
    attained = np.stack([actual / target for actual, target in zip(here.actual.values(), targets, strict=True)], axis=1)
    lines = np.round((weights * attained).sum(axis=1) * 100, 1)
    whole = np.bincount(here.owner, here.shares)
    points: Floats = np.round(np.bincount(here.owner, lines * here.shares) / whole, 1)
    return points


def main() -> None:
    known = pack()
    for people, lines, weeks, goal in ((100_000, 2, 1, "<= 2 s"), (430, 8, 52, "<= 1.5 s, twice for a what-if")):
        here = ground(people, lines, weeks)
        ours, bare = partial(scoring.score, here, known), partial(by_hand, here)
        assert np.abs(ours().values - bare()).max() < 0.11
        compare(f"scores of {people:,} people × {lines} lines × {weeks} periods", ours, bare, goal=goal)
    here = ground(430, 8, 1)
    found = scoring.score(here, known)
    compare(
        "explanations of 430 people × 8 lines",
        lambda: [found.why(at) for at in range(len(here.people))],
        partial(by_hand, here),
        goal="<= 1 s",
    )


if __name__ == "__main__":
    main()
