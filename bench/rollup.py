"""Roll-up of a goal tree beside a level-wise numpy bincount of the same rows: `python -m bench.rollup`."""

from functools import partial

import numpy as np
from numpy.typing import NDArray

from bench.cascade import levels_of, person_tree
from bench.side_by_side import compare
from runtime.goals.rollup import tree

Ints = NDArray[np.int64]


def bincount_levels(parents: Ints, levels: list[slice], own: Ints) -> NDArray[np.float64]:
    """The limit: what one writes by hand when the levels are known (in floats, so exact below 2**53 only)."""
    totals = own.astype(np.float64)
    for level in levels:
        totals += np.bincount(parents[level], weights=totals[level], minlength=len(parents))
    return totals


def main() -> None:
    for people, goal in ((430, "<= 2 x"), (100_000, "<= 2 x, <= 3.5 ms"), (1_000_000, "<= 25 ms")):
        parents = person_tree(people)
        own = np.where(np.arange(len(parents)) < len(parents) - people, 0, 1_930_000)
        shape, levels = tree(parents), levels_of(parents)[::-1]
        assert shape.roll_up(own).tolist() == bincount_levels(parents, levels, own).tolist()
        compare(
            f"roll-up of {people:,} people",
            partial(shape.roll_up, own),
            partial(bincount_levels, parents, levels, own),
            goal=goal,
        )
        compare(
            f"shape of {people:,} people, made once",
            partial(tree, parents),
            partial(np.argsort, parents, kind="stable"),
            goal="none",
        )
        totals = shape.roll_up(own)
        compare(
            f"one changed leaf of {people:,}",
            partial(shape.add, totals, len(parents) - 1, 10_000),
            partial(bincount_levels, parents, levels, own),
            goal="ancestors only",
        )


if __name__ == "__main__":
    main()
