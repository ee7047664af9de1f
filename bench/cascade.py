"""Engine time of a cascade beside the same split done roughly in numpy: `python -m bench.cascade`.

The limit is what one writes by hand: share × total in floats, level by level, rounded, sums not exact, no bounds.
"""

from collections.abc import Callable
from datetime import date, timedelta
from functools import partial
from itertools import pairwise
from random import Random

import numpy as np
from numpy.typing import NDArray

from bench.side_by_side import compare
from runtime.goals.allocation import Share, allocate
from runtime.goals.periods import split_time, split_time_of_many, working_year
from runtime.goals.recascade import Holding, recascade
from runtime.goals.rollup import ROOT

Ints = NDArray[np.int64]
TARGET = 828_000_000
SEASONALITY = dict(zip(range(1, 13), (6, 5, 9, 8, 8, 10, 7, 7, 10, 8, 9, 13), strict=True))
REGIONS, PROVINCES, TEAM = 7, 28, 12


def person_tree(people: int) -> Ints:
    """Parents by row: headquarters, 7 regions, 28 provinces, teams of about 12 when there are many, people."""
    widths = [1, REGIONS, PROVINCES, people]
    if people > PROVINCES * TEAM * 2:
        widths.insert(3, people // TEAM)
    parents, first = [np.array([ROOT])], 0
    for above, width in pairwise(widths):
        parents.append(first + np.arange(width) * above // width)
        first += above
    return np.concatenate(parents).astype(np.int64)


def children(parents: Ints) -> list[list[int]]:
    below: list[list[int]] = [[] for _ in parents]
    for node, parent in enumerate(parents.tolist()):
        if parent != ROOT:
            below[parent].append(node)
    return below


def levels_of(parents: Ints) -> list[slice]:
    """The rows of each level, from the second down; rows lie level by level."""
    ends = [0, 1]
    while ends[-1] < len(parents):
        ends.append(int(np.searchsorted(parents, ends[-1])))
    return [slice(start, end) for start, end in pairwise(ends[1:])]


def families(people: int, *, bounded: bool) -> list[list[Share]]:
    """What each node's children may claim, in the order of the rows; bounds bind more the higher the level."""
    random, parents = Random(7), person_tree(people)
    shares = [Share("0", 1)]
    for depth, level in enumerate(levels_of(parents), start=1):
        fair = TARGET // (level.stop - level.start)
        floor, cap = (fair * (10 - 2 * depth) // 10, fair * (10 + 5 * depth) // 10) if bounded else (0, None)
        shares += [Share(str(node), random.uniform(0.2, 2.0), floor, cap) for node in range(level.start, level.stop)]
    return [[shares[node] for node in family] for family in children(parents)]


def split_tree(tree: list[list[Share]], grain: int) -> list[int]:
    amounts = [0] * len(tree)
    amounts[0] = TARGET
    for node, shares in enumerate(tree):
        if shares:
            split = allocate(amounts[node], shares, grain=grain)
            for id_, amount in split.amounts.items():
                amounts[int(id_)] = amount
    return amounts


def split_roughly(parents: Ints, weights: NDArray[np.float64], levels: list[slice]) -> NDArray[np.float64]:
    amounts = np.full(len(parents), float(TARGET))
    sums = np.bincount(parents[1:], weights=weights[1:], minlength=len(parents))
    for level in levels:
        above = parents[level]
        amounts[level] = np.rint(amounts[above] * weights[level] / sums[above])
    return amounts


def rough(people: int) -> Callable[[], object]:
    parents = person_tree(people)
    weights = np.random.default_rng(7).uniform(0.5, 2.0, len(parents))
    return partial(split_roughly, parents, weights, levels_of(parents))


def share_roughly(totals: NDArray[np.float64], weights: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.rint(np.outer(totals, weights / weights.sum()))


def engine() -> None:
    """Splits of whole trees, of one very wide node, and a re-cascade."""
    for people, grain, goal in ((430, 10_000, "<= 20 ms"), (100_000, 1, "<= 3 s")):
        for bounded in (False, True):
            name = f"cascade to {people:,} people{', bounded' if bounded else ''}"
            split = partial(split_tree, families(people, bounded=bounded), grain)
            compare(name, split, rough(people), goal=goal, rounds=3)


def wide_node() -> None:
    random, total = Random(7), TARGET // 2
    wide = [Share(str(i), random.random(), random.randrange(100_000), 500_000) for i in range(2000)]
    held = [Holding(id_, amount) for id_, amount in allocate(total, wide).amounts.items()]
    by_hand = partial(share_roughly, np.array([total]), np.array([share.weight for share in wide]))
    compare("2,000 children in one node, bounded", partial(allocate, total, wide), by_hand, goal="<= 100 ms")
    compare("re-cascade of 2,000 children", partial(recascade, total + 10**6, held), by_hand, goal="<= 100 ms")


def periods() -> None:
    """A year's split over quarters, months and weeks."""
    first = date(2025, 1, 1)
    year = working_year([day for n in range(365) if (day := first + timedelta(n)).weekday() < 5])
    compare(
        "one year of one person",
        partial(split_time, 1_930_000, year, SEASONALITY),
        partial(share_roughly, np.array([1_930_000]), np.ones(len(year.starts))),
        goal="none",
    )
    for people, goal in ((430, "<= 20 ms"), (100_000, "none")):
        targets = [1_930_000 + i for i in range(people)]
        by_hand = partial(share_roughly, np.array(targets), np.ones(len(year.starts)))
        many = partial(split_time_of_many, targets, year, SEASONALITY)
        compare(f"one year of {people:,} people, at once", many, by_hand, goal=goal, rounds=3)


def main() -> None:
    engine()
    wide_node()
    periods()


if __name__ == "__main__":
    main()
