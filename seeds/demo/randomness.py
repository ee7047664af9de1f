"""No global stream of chance: every thing has its own, named after it, so that adding a province changes no other.

Totals are never drawn: draw weights, then `share_out` the total, and headline figures hold to the last unit.
"""

from collections.abc import Mapping
from hashlib import sha256
from random import Random

from runtime.goals.allocation import Share, allocate

ROOT = "guantong"


def rng(pack: str, entity: str, *ids: object) -> Random:
    """The chance of one thing: the same on every run and every machine."""
    name = "|".join([ROOT, pack, entity, *map(str, ids)])
    return Random(int.from_bytes(sha256(name.encode()).digest()[:8]))


def share_out(total: int, weights: Mapping[str, float], floor: int = 0, cap: int | None = None) -> dict[str, int]:
    """A whole number over named weights, exactly."""
    shares = [Share(name, weight, floor, cap) for name, weight in weights.items()]
    return allocate(total, shares).amounts
