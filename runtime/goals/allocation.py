"""Exact proportional allocation of one whole number over children, with floors, caps, locks, reserve and grain.

Pure integers: what the children get plus what stays on the parent as reserve is the total, to the yuan, always.
Splitting a tree is calling `allocate` once per parent, level by level; the leaves then sum to the root by induction.

The method (cascade.md): split by weight, freeze the children that break a bound, repeat; round down; the units left
over go to the largest fractions (ties: larger weight, then id). Floats are taken for exactly the number they hold.

What this method does NOT promise, so that nobody builds on it:

* Monotone in the total. Weights 9/22/3: a total of 5 gives 1/3/1, a total of 6 gives 2/4/0 (the Alabama paradox).
  A divisor method (Sainte-Laguë) would be monotone and give up |x − T·w/W| < 1.
* A fresh split agrees with a lock. Weights 9/3/25, total 5: locking the second child at the value it has may still
  move its siblings. `recascade` keeps them.
* A way back. Splitting T, then T′, then T again with `recascade` need not end where it began.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import isfinite, lcm
from typing import Literal, NamedTuple

Weight = int | float | Fraction
Reason = Literal["weight", "equal", "floor", "cap", "locked", "kept", "room"]
Kind = Literal["over_committed", "over_capacity", "unassigned", "floor_above_cap"]
Action = Literal["raise_caps", "lower_floors", "release_locks", "move_to_reserve", "lower_reserve", "raise_total"]
Surplus = Literal["refuse", "reserve"]


class Share(NamedTuple):
    """What one child may claim: amounts in yuan; a locked child keeps its amount whatever its weight and bounds say."""

    id: str
    weight: Weight
    floor: int = 0
    cap: int | None = None
    locked: int | None = None


@dataclass(frozen=True, slots=True)
class Allocation:
    """What each child gets (yuan) and why; Σ amounts + reserve is the total. `grain` is the one that could be kept."""

    amounts: dict[str, int]
    reserve: int
    reasons: dict[str, Reason]
    rounded_up: frozenset[str] = frozenset()
    grain: int = 1


class Remedy(NamedTuple):
    """One way out of an infeasible split: what to do, by how much in all (yuan), with which children."""

    action: Action
    amount: int
    children: tuple[str, ...] = ()


class BadInput(ValueError):
    """A number that no split can mean anything with; `place` names it like `shares/华东/weight`."""

    def __init__(self, place: str, message: str):
        super().__init__(f"{place}: {message}")
        self.place = place


class Infeasible(Exception):
    """No split keeps every bound: `kind`, the exact `gap` in yuan and the `remedies`, all as data for the screen."""

    def __init__(self, kind: Kind, gap: int, remedies: Sequence[Remedy]):
        ways = ", or ".join(f"{way.action.replace('_', ' ')} by {way.amount}" for way in remedies)
        super().__init__(f"{kind.replace('_', ' ')} by {gap}: {ways}")
        self.kind = kind
        self.gap = gap
        self.remedies = tuple(remedies)


def allocate(
    total: int, shares: Sequence[Share], *, grain: int = 1, reserve: int = 0, surplus: Surplus = "refuse"
) -> Allocation:
    """Split `total` yuan over `shares`, in whole grains, keeping `reserve` yuan and the rest below a grain back.

    Floors are rounded up and caps down to grains, so they hold in yuan. Where that alone would make the split
    impossible, the grain of this one parent gets ten times finer until it fits (in the end 1 yuan).
    `surplus="reserve"` puts what the caps cannot take on the reserve instead of refusing.
    Raises `BadInput` (a ValueError) or `Infeasible`, which is judged in yuan.
    """
    check_shares(shares)
    budget = budget_for_free(total, shares, grain=grain, reserve=reserve, surplus=surplus)
    free = sorted((share for share in shares if share.locked is None), key=_id)
    spread = max(budget // grain * grain, sum(share.floor for share in free))
    step, floors, caps = _bounds_in_grains(spread, free, grain)
    weights = integer_weights([share.weight for share in free])
    units, free_reasons, rounded_up = _fill(spread // step, weights, floors, caps)
    amounts = {share.id: share.locked or 0 for share in shares}
    reasons: dict[str, Reason] = {share.id: "locked" for share in shares}
    for share, unit, reason in zip(free, units, free_reasons, strict=True):
        amounts[share.id], reasons[share.id] = unit * step, reason
    up = frozenset(free[i].id for i in rounded_up)
    return Allocation(amounts, total - sum(amounts.values()), reasons, up, step)


def apportion(total: int, weights: Sequence[Weight]) -> list[int]:
    """Split `total` by weight without bounds (largest remainder; ties: larger weight, then position)."""
    check_amount("total", total)
    for position, weight in enumerate(weights):
        check_weight(f"weights/{position}", weight)
    if not weights:
        raise BadInput("weights", "there is nothing to split over")
    exact = integer_weights(weights)
    if not any(exact):
        exact = [1] * len(exact)
    return _round_down_then_up(total, exact)[0]


def reserve_amount(total: int, share: Weight) -> int:
    """The yuan that a reserve of `share` (0.05 is 5 %) keeps of `total`, rounded down."""
    part = as_typed(share, "reserve")
    if not 0 <= part <= 1:
        raise BadInput("reserve", f"{share} is not a share between 0 and 1")
    return int(check_amount("total", total) * part)


def as_typed(number: Weight, place: str = "number") -> Fraction:
    """The decimal that a person wrote: 0.29 is 29/100, not the float just below it."""
    if isinstance(number, bool) or not isinstance(number, int | float | Fraction):
        raise BadInput(place, f"{number!r} is not a number")
    if isinstance(number, float):
        if not isfinite(number):
            raise BadInput(place, f"{number} is not a finite number")
        return Fraction(repr(float(number)))
    return Fraction(number)


def integer_weights(weights: Sequence[Weight]) -> list[int]:
    """The same proportions as whole numbers, exactly: integer arithmetic is what keeps 100 000 people fast."""
    ratios = [weight.as_integer_ratio() for weight in weights]
    scale = lcm(*(denominator for _, denominator in ratios))
    return [numerator * (scale // denominator) for numerator, denominator in ratios]


def finer_grains(grain: int) -> Iterator[int]:
    """10 000, 1 000, 100, 10, 1: each divides the one before."""
    while grain > 1:
        yield grain
        grain = grain // 10 if grain % 10 == 0 else 1
    yield 1


def budget_for_free(total: int, shares: Sequence[Share], *, grain: int, reserve: int, surplus: Surplus) -> int:
    """The yuan that the children without a lock share, or `Infeasible` with the exact gap.

    What is smaller than a grain always belongs to the reserve, so it alone never makes a split infeasible.
    """
    check_amount("total", total)
    check_amount("reserve", reserve)
    if check_amount("grain", grain) < 1:
        raise BadInput("grain", "must be at least 1 yuan")
    _refuse_floor_above_cap(shares)
    available = total - reserve - sum(share.locked for share in shares if share.locked is not None)
    free = [share for share in shares if share.locked is None]
    committed = sum(share.floor for share in free)
    if available < committed:
        raise _over_committed(committed - available, shares, reserve)
    caps = [share.cap for share in free if share.cap is not None]
    if len(caps) < len(free):
        return available
    capacity = sum(caps)
    if surplus == "refuse" and available // grain * grain > capacity:
        raise _over_capacity(available - capacity, shares)
    return min(available, capacity)


def check_shares(shares: Sequence[Share]) -> None:
    """Raises `BadInput` for a weight, bound or lock that is no number to split with, and for an id given twice."""
    if len({share.id for share in shares}) < len(shares):
        raise BadInput("shares", "two children have the same id")
    for share in shares:
        place = f"shares/{share.id}"
        check_weight(f"{place}/weight", share.weight)
        check_amount(f"{place}/floor", share.floor)
        if share.cap is not None:
            check_amount(f"{place}/cap", share.cap)
        if share.locked is not None:
            check_amount(f"{place}/locked", share.locked)


def check_amount(place: str, amount: int) -> int:
    """The amount itself, when it is a whole number of yuan and not negative."""
    if type(amount) is not int:
        raise BadInput(place, f"{amount!r} is not a whole number of yuan")
    if amount < 0:
        raise BadInput(place, f"{amount} is negative")
    return amount


def check_weight(place: str, weight: Weight) -> None:
    if isinstance(weight, bool) or not isinstance(weight, int | float | Fraction):
        raise BadInput(place, f"{weight!r} is not a number")
    if isinstance(weight, float) and not isfinite(weight):
        raise BadInput(place, f"{weight} is not a finite number")
    if weight < 0:
        raise BadInput(place, f"{weight} is negative")


def _id(share: Share) -> str:
    return share.id


def _bounds_in_grains(spread: int, free: Sequence[Share], grain: int) -> tuple[int, list[int], list[int | None]]:
    for step in finer_grains(grain):
        floors = [-(-share.floor // step) for share in free]
        caps = [None if share.cap is None else share.cap // step for share in free]
        if _fits(spread // step, floors, caps):
            break
    return step, floors, caps


def _fits(units: int, floors: Sequence[int], caps: Sequence[int | None]) -> bool:
    if any(cap is not None and floor > cap for floor, cap in zip(floors, caps, strict=True)):
        return False
    return sum(floors) <= units and (None in caps or units <= sum(cap or 0 for cap in caps))


def _fill(
    units: int, weights: list[int], floors: Sequence[int], caps: Sequence[int | None]
) -> tuple[list[int], list[Reason], list[int]]:
    """Share `units` by weight inside the bounds, which are known to allow it; ties go to the earlier position."""
    amounts = list(floors)
    reasons: list[Reason] = ["weight"] * len(weights)
    still_open = list(range(len(weights)))
    while still_open:
        whole = sum(weights[i] for i in still_open)
        if whole == 0:
            whole = len(still_open)
            for i in still_open:
                weights[i], reasons[i] = 1, "equal"
        low, high = _violators(units, whole, still_open, weights, floors, caps)
        if not low and not high:
            break
        units -= _freeze(low, amounts, reasons, "floor") + _freeze(high, amounts, reasons, "cap")
        still_open = [i for i in still_open if i not in low and i not in high]
    rounded, up = _round_down_then_up(units, [weights[i] for i in still_open])
    for i, amount in zip(still_open, rounded, strict=True):
        amounts[i] = amount
    return amounts, reasons, [still_open[i] for i in up]


def _violators(
    units: int,
    whole: int,
    still_open: Sequence[int],
    weights: Sequence[int],
    floors: Sequence[int],
    caps: Sequence[int | None],
) -> tuple[dict[int, int], dict[int, int]]:
    """The children to freeze now at {child: bound}: those below their floor, those above their cap, or both.

    A frozen floor takes from the others, a frozen cap gives to them. Freezing the side that outweighs the other is
    final: no later round can bring such a child back inside its bound. Quotas are compared times `whole`, in integers.
    """
    low: dict[int, int] = {}
    high: dict[int, int] = {}
    violation = 0
    for i in still_open:
        quota, cap = units * weights[i], caps[i]
        if quota < floors[i] * whole:
            low[i] = floors[i]
            violation += floors[i] * whole - quota
        elif cap is not None and quota > cap * whole:
            high[i] = cap
            violation += cap * whole - quota
    return (low if violation >= 0 else {}), (high if violation <= 0 else {})


def _freeze(bounds: dict[int, int], amounts: list[int], reasons: list[Reason], reason: Reason) -> int:
    for i, bound in bounds.items():
        amounts[i], reasons[i] = bound, reason
    return sum(bounds.values())


def _round_down_then_up(units: int, weights: Sequence[int]) -> tuple[list[int], list[int]]:
    """Whole units by largest remainder, and the positions that were rounded up."""
    whole = sum(weights)
    if not whole:
        return [0] * len(weights), []
    quotas = [divmod(units * weight, whole) for weight in weights]
    amounts = [quotient for quotient, _ in quotas]
    left_over = units - sum(amounts)
    if not left_over:
        return amounts, []
    up = sorted(range(len(weights)), key=lambda i: (-quotas[i][1], -weights[i], i))[:left_over]
    for i in up:
        amounts[i] += 1
    return amounts, up


def _refuse_floor_above_cap(shares: Sequence[Share]) -> None:
    over = {
        share.id: share.floor - share.cap
        for share in shares
        if share.locked is None and share.cap is not None and share.floor > share.cap
    }
    if over:
        gap, children = sum(over.values()), tuple(over)
        raise Infeasible(
            "floor_above_cap", gap, [Remedy("raise_caps", gap, children), Remedy("lower_floors", gap, children)]
        )


def _over_committed(gap: int, shares: Sequence[Share], reserve: int) -> Infeasible:
    floored = tuple(share.id for share in shares if share.locked is None and share.floor)
    locked = tuple(share.id for share in shares if share.locked)
    remedies = [Remedy("raise_total", gap)]
    if floored:
        remedies.append(Remedy("lower_floors", gap, floored))
    if locked:
        remedies.append(Remedy("release_locks", gap, locked))
    if reserve >= gap:
        remedies.append(Remedy("lower_reserve", gap))
    return Infeasible("over_committed", gap, remedies)


def _over_capacity(gap: int, shares: Sequence[Share]) -> Infeasible:
    capped = tuple(share.id for share in shares if share.locked is None)
    locked = tuple(share.id for share in shares if share.locked is not None)
    remedies = [Remedy("raise_caps", gap, capped)] if capped else []
    if locked:
        remedies.append(Remedy("release_locks", gap, locked))
    remedies.append(Remedy("move_to_reserve", gap))
    return Infeasible("over_capacity" if capped else "unassigned", gap, remedies)
