"""Changing a split that is already running, moving as little as possible.

A new total, a lock, a leaver or a joiner must not reshuffle everybody: what people hold is clipped to the new bounds,
and only the difference δ is handed out (or taken back), over the room that each has in that direction. So
Σ|x′ − x| = |δ| after clipping, the least there can be, nobody moves against the change, and doing it twice does
nothing. With a grain the moves are whole grains and the parent's reserve takes what is smaller.
"""

from collections.abc import Sequence
from fractions import Fraction
from math import ceil, floor
from typing import NamedTuple

from runtime.goals.allocation import (
    Allocation,
    BadInput,
    Reason,
    Share,
    Surplus,
    Weight,
    allocate,
    as_typed,
    budget_for_free,
    check_amount,
    check_shares,
    finer_grains,
)


class Holding(NamedTuple):
    """What one child holds now (yuan) and may hold.

    `booked` actuals can never be taken away: they raise the floor and, if need be, the cap. `weight` says who gets
    more of a growth: give it for all children or for none (then growth follows the amounts held). A cut always
    follows what is open above the floors, so that those who have booked most lose least.
    """

    id: str
    amount: int
    floor: int = 0
    cap: int | None = None
    locked: int | None = None
    weight: Weight | None = None
    booked: int = 0


def recascade(
    new_total: int, current: Sequence[Holding], *, grain: int = 1, reserve: int = 0, surplus: Surplus = "refuse"
) -> Allocation:
    """Bring the children's sum to `new_total` − `reserve` with the least disturbance.

    Raises `BadInput` or `Infeasible` as `allocate` does; `surplus="reserve"` leaves on the reserve what no cap takes.
    """
    shares = [_as_share(holding) for holding in current]
    _check(current, shares)
    budget = budget_for_free(new_total, shares, grain=grain, reserve=reserve, surplus=surplus)
    clipped = {holding.id: _clip(holding.amount, share) for holding, share in zip(current, shares, strict=True)}
    free = [share for share in shares if share.locked is None]
    change = budget - sum(clipped[share.id] for share in free)
    moves = _hand_out(change, free, clipped, grain) if change >= 0 else _take_back(-change, free, clipped, grain)
    sign = 1 if change >= 0 else -1
    amounts = {id_: amount + sign * moves.amounts.get(id_, 0) for id_, amount in clipped.items()}
    reasons = {
        holding.id: _reason(holding, share, amounts[share.id]) for holding, share in zip(current, shares, strict=True)
    }
    return Allocation(amounts, new_total - sum(amounts.values()), reasons, moves.rounded_up, moves.grain)


def recalibrate(
    total: int, current: Sequence[Holding], *, max_child_change: Weight, grain: int = 1, reserve: int = 0
) -> Allocation:
    """A fresh split by new weights in which nobody moves by more than `max_child_change` (0.15 is ±15 %).

    The published floors and caps stand above the band where the two disagree. Who holds nothing gets nothing:
    a newcomer comes in by `join`. Raises as `allocate` does.
    """
    band = as_typed(max_child_change)
    if band < 0:
        raise BadInput("max_child_change", f"{max_child_change} is negative")
    if any(holding.weight is None for holding in current):
        raise BadInput("weight", "a recalibration needs the new weight of every child")
    shares = [_as_share(holding) for holding in current]
    _check(current, shares)
    banded = [_within_band(holding.amount, share, band) for holding, share in zip(current, shares, strict=True)]
    return allocate(total, banded, grain=grain, reserve=reserve)


def join(
    total: int, current: Sequence[Holding], joiner: Share, amount: int, *, grain: int = 1, reserve: int = 0
) -> Allocation:
    """Make room for a joiner: the peers give `amount` up together, the joiner gets it, `total` stays.

    Raises `Infeasible` when the peers hold too little above their floors, or the joiner's own bounds refuse it.
    """
    if joiner.id in {holding.id for holding in current}:
        raise BadInput("joiner", f"{joiner.id!r} holds a part already")
    if check_amount("amount", amount) > check_amount("total", total):
        raise BadInput("amount", f"{amount} is more than the whole {total}")
    joined = allocate(amount, [joiner], grain=grain)
    peers = recascade(total - joined.amounts[joiner.id], current, grain=grain, reserve=reserve)
    amounts, reasons = peers.amounts | joined.amounts, peers.reasons | joined.reasons
    return Allocation(amounts, peers.reserve, reasons, peers.rounded_up, peers.grain)


def leave(total: int, current: Sequence[Holding], leaver: str, *, grain: int = 1, reserve: int = 0) -> Allocation:
    """Hand a leaver's open target to the peers; he keeps what he booked, the reserve keeps what no cap can take."""
    if all(holding.id != leaver for holding in current):
        raise BadInput("leaver", f"{leaver!r} holds nothing here")
    held = [holding._replace(locked=max(holding.booked, 0)) if holding.id == leaver else holding for holding in current]
    return recascade(total, held, grain=grain, reserve=reserve, surplus="reserve")


def _as_share(holding: Holding) -> Share:
    booked = max(holding.booked, 0)
    cap = None if holding.cap is None else max(holding.cap, booked)
    weight = holding.amount if holding.weight is None else holding.weight
    return Share(holding.id, weight, max(holding.floor, booked), cap, holding.locked)


def _check(current: Sequence[Holding], shares: Sequence[Share]) -> None:
    for holding in current:
        check_amount(f"shares/{holding.id}/amount", holding.amount)
        if type(holding.booked) is not int:
            raise BadInput(f"shares/{holding.id}/booked", f"{holding.booked!r} is not a whole number of yuan")
    check_shares(shares)
    if len({holding.weight is None for holding in current}) > 1:
        raise BadInput("weight", "give the weight of every child or of none")


def _clip(amount: int, share: Share) -> int:
    if share.locked is not None:
        return share.locked
    return max(share.floor, amount if share.cap is None else min(amount, share.cap))


def _hand_out(change: int, free: Sequence[Share], held: dict[str, int], grain: int) -> Allocation:
    rooms = [
        Share(share.id, share.weight, cap=None if share.cap is None else share.cap - held[share.id]) for share in free
    ]
    return allocate(change, rooms, grain=grain)


def _take_back(change: int, free: Sequence[Share], held: dict[str, int], grain: int) -> Allocation:
    """Whole grains at least as large as the change: the sum may not stay above the total."""
    room = {share.id: held[share.id] - share.floor for share in free}
    step = next(
        step for step in finer_grains(grain) if -(-change // step) <= sum(open_ // step for open_ in room.values())
    )
    asked = -(-change // step) * step
    return allocate(asked, [Share(id_, open_, cap=open_) for id_, open_ in room.items()], grain=step)


def _reason(holding: Holding, share: Share, amount: int) -> Reason:
    if share.locked is not None:
        return "locked"
    if amount == holding.amount:
        return "kept"
    if amount == share.cap:
        return "cap"
    return "floor" if amount == share.floor else "room"


def _within_band(amount: int, share: Share, band: Fraction) -> Share:
    lowest, highest = ceil(amount * (1 - band)), floor(amount * (1 + band))
    cap = highest if share.cap is None else min(share.cap, highest)
    low = max(share.floor, lowest if share.cap is None else min(lowest, share.cap))
    return share._replace(floor=low, cap=max(cap, share.floor))
