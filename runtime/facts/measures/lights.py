"""Red, yellow, green: F8 through the decision table `okr.light`, reviews (S78), F12 the team that got better fastest.

The limits are rows of the table and arguments of these functions: data. Here its inputs are prepared and it is asked.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from formulas.tables.compiled import CompiledTable
from runtime.facts.measures.columns import Bools, Floats, Given, Ints, column, known, mean, numbered, rounded
from runtime.facts.measures.progress import INCREASE, deviation, pace, progress

GREY, GREEN, YELLOW, RED = "grey", "green", "yellow", "red"
WORSE = {GREY: 0, GREEN: 1, YELLOW: 2, RED: 3}


# ── F8 红黄绿灯 ──────────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class Standing:
    """What the table is asked of each key result, rounded to 6 places."""

    plan: Floats
    progress: Floats
    deviation: Floats
    pace: Floats
    missed: Floats

    def columns(self) -> Mapping[str, object]:
        """The table's inputs by key, blank where nothing could be computed."""
        numbers = {"plan": self.plan, "progress": self.progress, "deviation": self.deviation, "pace": self.pace}
        blanks = {key: (np.nan_to_num(values), np.isnan(values)) for key, values in numbers.items()}
        return blanks | {"missed": self.missed, "has_data": ~np.isnan(self.progress)}


def standing(
    current: Given, baseline: Given, target: Given, plan: Given, missed: Given = 0.0, direction: str = INCREASE
) -> Standing:
    """Inputs of F8. `missed` are check-ins in a row that did not come: the last value is carried, the plan goes on."""
    done = np.atleast_1d(progress(current, baseline, target, direction))
    return standing_of(plan, done, missed)


def standing_of(plan: Given, progressed: Given, missed: Given = 0.0) -> Standing:
    """The same where the progress is known already."""
    due, done, gaps = np.broadcast_arrays(*(np.atleast_1d(column(each)) for each in (plan, progressed, missed)))
    return Standing(
        rounded(due), rounded(done), rounded(deviation(due, done)), rounded(pace(due, done)), np.asarray(gaps)
    )


@dataclass(frozen=True)
class Lights:
    """A colour each, the id of the row that fired, the row's words."""

    lights: NDArray[np.object_]
    rows: list[str | None]
    why: NDArray[np.object_]


def lights(table: CompiledTable, asked: Standing) -> Lights:
    """F8: the first row of the table that holds."""
    found = table.evaluate_batch(asked.columns(), len(asked.plan))
    return Lights(found.outputs["light"].values, found.fired_ids, found.outputs["why"].values)


def worst(colours: Sequence[str]) -> str:
    """The light of an objective from those of its key results: the worst; grey only where all are."""
    return max(colours, key=WORSE.__getitem__, default=GREY)


def asks_for_review(plan: Given, deviated: Given, *, limit: float, from_plan: float) -> Bools:
    """S78: a deviation above `limit` (0.15 itself is not) opens a review once the plan has come to `from_plan`."""
    due, behind = rounded(column(plan)), rounded(column(deviated))
    return np.asarray((due >= from_plan) & (behind > limit))


# ── F12 进步最快 ─────────────────────────────────────────────────────────────────────────────────────────────────────


class Turned(NamedTuple):
    """A team whose key results went from red to green: mean days that took, how many did, how much D fell."""

    team: str
    days: float
    key_results: int
    gain: float


def fastest_progress(
    teams: Sequence[str],
    key_results: Sequence[int],
    moments: Given,
    colours: Sequence[str],
    deviations: Given,
    computed: Bools | None = None,
) -> list[Turned]:
    """F12: fewest days from the first red to the first green after it, then most key results, gain of D, name.

    One row a light that a key result had. Only lights that the table computed from facts count (`computed`): a red
    that a team gave itself does not, or teams would open red on purpose.
    """
    kept = np.flatnonzero(np.ones(len(teams), dtype=bool) if computed is None else computed)
    at, behind = column(moments)[kept], column(deviations)[kept]
    colour, team = np.asarray(colours)[kept], np.asarray(teams)[kept]
    _ids, owner = numbered(np.asarray(key_results)[kept])
    red = _first(at, owner, colour == RED)
    green = _first(at, owner, (colour == GREEN) & (at > _moment_of(at, red)[owner]))
    turned = np.flatnonzero((red >= 0) & (green >= 0))
    gains, days = behind[red[turned]] - behind[green[turned]], at[green[turned]] - at[red[turned]]
    whose = team[green[turned]]
    return sorted(
        (_turned(str(name), days[whose == name], gains[whose == name]) for name in set(whose.tolist())),
        key=lambda entry: (round(entry.days, 6), -entry.key_results, -round(entry.gain, 6), entry.team),
    )


def _turned(team: str, days: Floats, gains: Floats) -> Turned:
    return Turned(team, mean(days), len(days), mean(known(gains)))


def _first(moments: Floats, owner: Ints, wanted: Bools) -> Ints:
    """The row of each owner's earliest wanted moment, or -1."""
    found = np.full(int(owner.max(initial=-1)) + 1, -1, dtype=np.int64)
    rows = np.flatnonzero(wanted)
    rows = rows[np.argsort(-moments[rows], kind="stable")]
    found[owner[rows]] = rows
    return found


def _moment_of(moments: Floats, rows: Ints) -> Floats:
    return np.where(rows >= 0, moments[rows], np.inf) if len(moments) else np.empty(0)
