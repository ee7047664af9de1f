"""Who moves when a draft takes the place of what is in force, and what is told of them. Pure.

moves = Moves([Move(…), …])
moves.changed, moves.crossed        # whose number, whose grade or light is another one
moves.bins                          # how many gain or lose how much
moves.regions(sum)                  # by region, before and after
"""

import math
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

PLACES = 6  # numbers that differ beyond are the same to everybody
BINS = 6  # on each side of "unchanged", at most
STEPS = (1, 2, 5, 10)


class Move(NamedTuple):
    """A person before and after. `grade` is a grade or a light; a number or grade that nobody can give is None.
    `source_id` is the goal or stored score that explains the number before."""

    member_id: int
    name: str
    unit: str
    path: str
    region: str
    before: float | None
    after: float | None
    grade_before: str | None = None
    grade_after: str | None = None
    source_id: int | None = None

    @property
    def change(self) -> float:
        """0 where there is no number on one of the sides."""
        return 0.0 if self.before is None or self.after is None else round(self.after - self.before, PLACES)

    @property
    def is_changed(self) -> bool:
        return bool(self.change) or (self.before is None) != (self.after is None) or self.has_crossed

    @property
    def is_held(self) -> bool:
        """Nothing could be computed of him on either side."""
        return self == self._replace(before=None, after=None, grade_before=None, grade_after=None)

    @property
    def has_crossed(self) -> bool:
        return self.grade_before != self.grade_after


class Bin(NamedTuple):
    """So many people whose change lies between the two; both are 0 for those whose number stays."""

    low: float
    high: float
    people: int


class Crossing(NamedTuple):
    before: str | None
    after: str | None
    people: int


class Grade(NamedTuple):
    """How many people have it."""

    name: str | None
    before: int
    after: int


class Region(NamedTuple):
    name: str
    people: int
    changed: int
    crossed: int
    before: float | None
    after: float | None


@dataclass(frozen=True)
class Moves:
    """`people` are all that were looked at, `rows` those who can be compared; the others are held."""

    people: Sequence[Move]

    def __len__(self) -> int:
        return len(self.rows)

    @cached_property
    def rows(self) -> list[Move]:
        return [row for row in self.people if not row.is_held]

    @property
    def held(self) -> int:
        return len(self.people) - len(self.rows)

    def where(self, wanted: Callable[[Move], bool]) -> "Moves":
        return Moves([row for row in self.people if wanted(row)])

    @cached_property
    def changed(self) -> list[Move]:
        return [row for row in self.rows if row.is_changed]

    @cached_property
    def crossed(self) -> list[Move]:
        """The largest changes first."""
        return sorted((row for row in self.rows if row.has_crossed), key=lambda row: (-abs(row.change), row.name))

    @cached_property
    def risen(self) -> list[Move]:
        """Most gained first."""
        return sorted((row for row in self.rows if row.change > 0), key=lambda row: (-row.change, row.name))

    @cached_property
    def fallen(self) -> list[Move]:
        """Most lost first."""
        return sorted((row for row in self.rows if row.change < 0), key=lambda row: (row.change, row.name))

    @cached_property
    def crossings(self) -> list[Crossing]:
        """From which grade to which, the commonest way first."""
        ways = Counter((row.grade_before, row.grade_after) for row in self.crossed)
        return [Crossing(before, after, people) for (before, after), people in ways.most_common()]

    def grades(self, order: Sequence[str] = ()) -> list[Grade]:
        """Every grade that somebody has on one of the sides, in that order; nothing where nobody has any."""
        before = Counter(row.grade_before for row in self.rows)
        after = Counter(row.grade_after for row in self.rows)
        places = {name: place for place, name in enumerate(order)}
        names = sorted({*before, *after}, key=lambda name: (name is None, places.get(name or "", len(places)), name))
        return [Grade(name, before[name], after[name]) for name in names] if names != [None] else []

    @cached_property
    def bins(self) -> list[Bin]:
        """From the largest loss to the largest gain in round steps, those whose number stays in the middle."""
        changes = [row.change for row in self.rows]
        largest = max((abs(change) for change in changes), default=0.0)
        if not largest:
            return []
        step = _round_step(largest / BINS)
        places = Counter(_place(change, step) for change in changes)
        return [_bin(place, step, places[place]) for place in range(min(places), max(places) + 1)]

    def regions(self, together: Callable[[Iterable[float]], float]) -> list[Region]:
        """By region in the order of the rows; `together` makes one number of those of its people."""
        groups: dict[str, list[Move]] = defaultdict(list)
        for row in self.rows:
            groups[row.region].append(row)
        return [_region(name, Moves(rows), together) for name, rows in groups.items()]


def _region(name: str, moves: Moves, together: Callable[[Iterable[float]], float]) -> Region:
    before = [row.before for row in moves.rows if row.before is not None]
    after = [row.after for row in moves.rows if row.after is not None]
    return Region(
        name,
        len(moves),
        len(moves.changed),
        len(moves.crossed),
        together(before) if before else None,
        together(after) if after else None,
    )


def _round_step(least: float) -> float:
    """The next of 1, 2, 5, 10 … times a power of ten."""
    power = 10.0 ** math.floor(math.log10(least))
    return next(step for factor in STEPS if (step := round(factor * power, 9)) >= least * (1 - 1e-9))


def _place(change: float, step: float) -> int:
    """0 unchanged, 1 up to one step more, -1 up to one step less …"""
    return int(math.copysign(math.ceil(round(abs(change) / step, PLACES)), change)) if change else 0


def _bin(place: int, step: float, people: int) -> Bin:
    if not place:
        return Bin(0.0, 0.0, people)
    low, high = (place - 1, place) if place > 0 else (place, place + 1)
    return Bin(round(low * step, PLACES), round(high * step, PLACES), people)
