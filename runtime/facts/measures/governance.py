"""Does it reach everybody, and is it the same for everybody: F6 penetration, F9 weight spread, F10 consistency."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from runtime.facts.measures.columns import Bools, Floats, Given, Ints, column, divided, mean, numbered, rounded

ROOT = -1
POINTS = 100.0
MOST = 0.8  # of the positions in scope: "mostly covered"


# ── F6 目标穿透率 ────────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class Penetration:
    """Shares of headquarters' key results: with a way down to anybody, to four in five positions, to all of them.

    `coverage` is the mean share of positions reached; `by_headquarters` counts those that HQ carries alone (总部自担),
    which stand apart.
    """

    rate: float
    coverage: float
    mostly: float
    full: float
    by_headquarters: int


def penetration(reached: Given, in_scope: Given, by_headquarters: Bools | None = None) -> Penetration:
    """F6 of key results that reach so many of so many front-line positions."""
    made, asked = np.atleast_1d(column(reached)), np.atleast_1d(column(in_scope))
    alone = np.zeros(made.shape, dtype=bool) if by_headquarters is None else by_headquarters
    share = divided(made, asked)[~alone]
    parts = [mean(np.where(np.isnan(share), 0.0, test)) for test in (share > 0, rounded(share) >= MOST, share >= 1)]
    return Penetration(parts[0], mean(share), parts[1], parts[2], int(alone.sum()))


def reached_positions(parents: Ints, levels: Ints, active: Bools, front_line: Bools) -> Ints:
    """How many front-line goals each goal reaches by an unbroken chain: every link active, no level skipped.

    One row a goal, `parents` the row above (ROOT for none), `levels` counted down from headquarters.
    """
    links = (parents != ROOT) & active
    links[links] = active[parents[links]] & (levels[links] == levels[parents[links]] + 1)
    found = (front_line & active).astype(np.int64)
    for level in range(int(levels.max(initial=0)), 0, -1):
        rows = np.flatnonzero(links & (levels == level))
        np.add.at(found, parents[rows], found[rows])
    return found


# ── F9 同岗权重差 ────────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class WeightSpread:
    """Percentage points by metric: within units that the weight table treats alike, and over all of them.

    What is over all but not within is 规则差异: the table itself makes it, so it is shown and never blocked.
    """

    within: Floats
    overall: Floats

    def blocked(self, tolerance: float) -> Bools:
        return np.asarray(rounded(self.within) > tolerance)


def weight_spread(weights: Given, inputs: Sequence[str] | None = None) -> WeightSpread:
    """F9 of one role: max − min of each metric's weight over units. A metric that a unit lacks weighs 0 there.

    `weights` has a row a unit and a column a metric, as shares (0.4). `inputs` names what the published table was
    asked for each unit (role, stage, maturity): only equal ones are compared.
    """
    given = np.nan_to_num(np.atleast_2d(column(weights)))
    alike = numbered(inputs if inputs is not None else [""] * len(given))[1]
    groups = [np.ptp(given[alike == group], axis=0) for group in range(int(alike.max(initial=0)) + 1)]
    return WeightSpread(rounded(np.max(groups, axis=0) * POINTS), rounded(np.ptp(given, axis=0) * POINTS))


# ── F10 口径一致性 ───────────────────────────────────────────────────────────────────────────────────────────────────


def consistency(slots: Sequence[str], definitions: Sequence[str]) -> float:
    """F10: Σ units that use a slot's commonest definition ÷ Σ units. One row a unit and slot.

    A definition is its key and version: another version is another definition until it is migrated.
    """
    _names, slot = numbered(slots)
    if not slot.size:
        return float("nan")
    pairs, uses = np.unique(np.stack([slot, numbered(definitions)[1]]), axis=1, return_counts=True)
    commonest = np.zeros(int(slot.max()) + 1, dtype=np.int64)
    np.maximum.at(commonest, pairs[0], uses)
    return float(commonest.sum() / slot.size)
