"""The fewest steps that reach something, of many factors at once.

A round asks for all factors in one call: scoring a thousand rows costs hardly more than scoring one.
"""

from collections.abc import Callable, Sequence

import numpy as np

from runtime.facts.measures.columns import Bools, Ints

WAYS = 16

Reaches = Callable[[Ints, Ints], Bools]
"""Row by row: do so many steps of this factor (its place) reach it? More steps must not undo it."""


def least(reaches: Reaches, most: Sequence[int]) -> list[int | None]:
    """For each factor the fewest steps from 1 to its `most`; None where not even those reach it."""
    high = np.array(most, dtype=np.int64)
    places = np.flatnonzero(high > 0)
    places = places[reaches(places, high[places])] if len(places) else places
    low = np.zeros_like(high)
    while len(open_ := places[high[places] - low[places] > 1]):
        low[open_], high[open_] = _narrowed(reaches, open_, low[open_], high[open_])
    found = dict(zip(places.tolist(), high[places].tolist(), strict=True))
    return [found.get(place) for place in range(len(high))]


def _narrowed(reaches: Reaches, places: Ints, low: Ints, high: Ints) -> tuple[Ints, Ints]:
    """Bounds that are WAYS times closer. `low` does not reach it, `high` does, and is the last of those tried."""
    tried = low[:, None] + (high - low)[:, None] * np.arange(1, WAYS + 1) // WAYS
    hit = reaches(np.repeat(places, WAYS), tried.reshape(-1)).reshape(tried.shape)
    hit[:, -1] = True
    first, rows = hit.argmax(axis=1), np.arange(len(places))
    return np.where(first > 0, tried[rows, first - 1], low), tried[rows, first]
