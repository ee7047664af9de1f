"""Sums of a tree from the leaves up, over arrays: what every node holds together with all that is below it.

The shape (`Tree`) is made once per set of goals and used for every metric and every change. Sums of int64 are exact.
Missing values are not this module's business: the caller decides what a gap means before he adds.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from runtime.goals.allocation import BadInput

Ints = NDArray[np.int64]
Values = NDArray[Any]

ROOT = -1


@dataclass(frozen=True)
class Tree:
    """The nodes of a forest in rows that lie level by level, siblings side by side (made by `tree`)."""

    parents: Ints
    """Row of each node's parent as given, ROOT where there is none."""
    order: Ints
    """Nodes by level, then by parent: position → node."""
    levels: list[tuple[slice, Ints, Ints]]
    """From the deepest level up to the second: its slice of `order`, the positions in it where a family of siblings
    begins, and the positions of those families' parents."""

    def roll_up(self, values: Values) -> Values:
        """Each node's own value plus those of everything below it (own values: a leaf's amount, a node's reserve)."""
        if values.shape != self.parents.shape:
            raise BadInput("values", f"{len(values)} values for a tree of {len(self.parents)} nodes")
        sums = values[self.order]
        for level, families, parents in self.levels:
            sums[parents] += np.add.reduceat(sums[level], families)
        totals = np.empty_like(sums)
        totals[self.order] = sums
        return totals

    def ancestors(self, node: int) -> list[int]:
        """The way up from a node's parent to its root."""
        way = []
        node = int(self.parents[node])
        while node != ROOT:
            way.append(node)
            node = int(self.parents[node])
        return way

    def add(self, totals: Values, node: int, change: int) -> list[int]:
        """Change one node's own value in rolled-up `totals`; returns the rows touched: itself and its ancestors."""
        touched = [node, *self.ancestors(node)]
        totals[touched] += change
        return touched


def tree(parents: Sequence[int] | Ints) -> Tree:
    """The shape of a forest given as each node's parent row (ROOT for none), in any order and depth.

    Raises `BadInput` for a parent that is no row and for a circle, naming a node of it.
    """
    above = np.asarray(parents, dtype=np.int64)
    wrong = np.flatnonzero((above < ROOT) | (above >= len(above)))
    if wrong.size:
        raise BadInput(f"parents/{wrong[0]}", f"there is no node {above[wrong[0]]}")
    depth = _depths(above)
    order = np.lexsort((above, depth))
    position = np.empty_like(order)
    position[order] = np.arange(len(order))
    bounds = np.searchsorted(depth[order], np.arange(depth.max(initial=0) + 2))
    levels = [
        _families(slice(int(bounds[level]), int(bounds[level + 1])), order, above, position)
        for level in range(len(bounds) - 2, 0, -1)
    ]
    return Tree(above, order, levels)


def _depths(parents: Ints) -> Ints:
    """How far each node is below its root, doubling the jump each time: log2(depth) passes over the whole tree."""
    jump: Ints = parents.copy()
    depth: Ints = (parents != ROOT).astype(np.int64)
    for _ in range(len(parents).bit_length() + 1):
        going = np.flatnonzero(jump != ROOT)
        if not going.size:
            return depth
        depth[going] += depth[jump[going]]
        jump[going] = jump[jump[going]]
    raise BadInput(f"parents/{going[0]}", "the node is below itself")


def _families(level: slice, order: Ints, parents: Ints, position: Ints) -> tuple[slice, Ints, Ints]:
    of_level = parents[order[level]]
    families = np.flatnonzero(np.append(True, of_level[1:] != of_level[:-1]))
    return level, families, position[of_level[families]]
