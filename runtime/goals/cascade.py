"""Splitting one total over the organisation, level by level, by published rules (cascade.md).

`preview` is a function of the plan (published definitions), the ground (the organisation) and the total: the same three
give the same tree, so what is published is what was previewed (P13). Weights, floors and caps of a whole level are
evaluated in columns; amounts are whole yuan, and Σ children + reserve is the target at every node.
"""

import math
from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from typing import Any

from flask_babel import gettext as _

from core.errors import Problem
from runtime.goals import cautions, columns, infeasible, splits
from runtime.goals.allocation import Allocation, BadInput, Infeasible, Share, allocate, reserve_amount
from runtime.goals.ground import Ground, MemberRow, UnitRow
from runtime.goals.plans import Level, Plan
from runtime.goals.recascade import Holding, recalibrate, recascade
from runtime.goals.tree import MEMBER, Held, Node, Preview, in_reading_order
from runtime.goals.weighing import Weighing, weigh


def preview(
    plan: Plan,
    ground: Ground,
    *,
    base: int,
    total: int,
    locks: Mapping[str, int] | None = None,
    held: Sequence[Held] = (),
    rules_changed: bool = False,
) -> Preview:
    """Split `total` yuan from the root down.

    `locks` fixes nodes at amounts. `held` is the active set: what it holds moves as little as the rules allow, or
    within `max_child_change` where the rules themselves changed.
    """
    found = _tree(_Splitting(plan, ground, base, locks or {}, held, rules_changed), total)
    if not found.problems:
        splits.fill(plan, ground, found)
        found.warnings += cautions.of(plan, ground, found)
    return found


def amounts(plan: Plan, ground: Ground, *, base: int, total: int) -> Preview:
    """The same tree split afresh, without periods, products and warnings, which take longer than the amounts."""
    return _tree(_Splitting(plan, ground, base, {}, (), False), total)


def _tree(splitting: "_Splitting", total: int) -> Preview:
    splitting.start(total)
    for level in splitting.plan.levels:
        splitting.descend(level)
        if splitting.problems:
            break
    return Preview(in_reading_order(splitting.nodes.values()), splitting.problems, splitting.leave_in_reserve())


class _Splitting:
    """The tree while it grows. `frontier` holds the nodes whose targets are known and not handed on yet."""

    def __init__(
        self,
        plan: Plan,
        ground: Ground,
        base: int,
        locks: Mapping[str, int],
        held: Sequence[Held],
        rules_changed: bool,
    ) -> None:
        self.plan, self.ground, self.locks, self.rules_changed = plan, ground, locks, rules_changed
        self.held = {row.node: row for row in held}
        self.base = base
        self.nodes: dict[str, Node] = {}
        self.frontier: list[Node] = []
        self.problems: list[Problem] = []

    def start(self, total: int) -> None:
        root = self._node(self.ground.root, None, self.plan.levels[0].layer)
        root.target, root.why = total, {"reason": "entered"}
        self._adopt([root])

    def descend(self, level: Level) -> None:
        """Hand each frontier node's target to its children of this level; who has none keeps it for the next."""
        groups = [(parent, self._children(parent, level)) for parent in self.frontier]
        parents = [(parent, children) for parent, children in groups if children]
        if not parents:
            return
        self.frontier = [parent for parent, children in groups if not children]
        reserves = self._reserves(level, [parent for parent, _children in parents])
        weighing = weigh(level, self.ground, parents)
        for parent, children in parents:
            self._hand_down(level, parent, children, weighing, reserves[parent.id])
            self._adopt(children)

    def leave_in_reserve(self) -> list[Problem]:
        """What no child carries stays in the reserve of the last node that held it: nothing is ever dropped."""
        stranded = [node for node in self.frontier if node.level != MEMBER and node.target]
        for node in stranded:
            node.reserve = node.target
        sentence = _("Nobody here can carry this target; all of it stays in reserve.")
        return [Problem(f"/{node.id}", "nobody", f"{node.name}: {sentence}") for node in stranded]

    # ── who the children are ─────────────────────────────────────────────────────────────────────────────────────────

    def _children(self, parent: Node, level: Level) -> list[Node]:
        if not isinstance(parent.row, UnitRow):
            return []
        if level.to != MEMBER:
            units = self.ground.units_under(parent.row.path)
            return [self._node(unit, parent.id, level.layer) for unit in units if unit.level == level.to]
        people = [who for who in self.ground.members_under(parent.row.path) if who.role in level.roles]
        return [self._node(who, parent.id, level.layer) for who in people] + self._leavers(parent, people)

    def _leavers(self, parent: Node, present: Sequence[MemberRow]) -> list[Node]:
        """Who left keeps what he booked as a goal of his own; the rest of it goes to his peers."""
        here = {who.id for who in present}
        return [
            Node(row.node, parent.id, MEMBER, row.layer, row.name, row.unit_id, row.member_id, None, 0.0)
            for row in self.held.values()
            if row.parent == parent.id and row.member_id is not None and row.member_id not in here and row.booked > 0
        ]

    def _node(self, row: UnitRow | MemberRow, parent: str | None, layer: str) -> Node:
        history = self.ground.scaled_history(row, self.base)
        if isinstance(row, MemberRow):
            return Node(f"m{row.id}", parent, MEMBER, layer, row.name, row.unit_id, row.id, row, history)
        return Node(f"u{row.id}", parent, row.level, layer, row.name, row.id, None, row, history)

    # ── what they get ────────────────────────────────────────────────────────────────────────────────────────────────

    def _reserves(self, level: Level, parents: Sequence[Node]) -> dict[str, int]:
        """Yuan that each parent keeps back before it splits."""
        if "reserve" not in level.parent:
            return dict.fromkeys((parent.id for parent in parents), 0)
        given = {
            "target": [float(parent.target) for parent in parents],
            "history": [parent.history for parent in parents],
            "growth": [parent.growth for parent in parents],
        }
        rows = [parent.row for parent in parents if isinstance(parent.row, UnitRow)]
        filled = level.parent.fill(columns.of_parents(self.ground, rows, given), len(parents))
        shares = level.parent.expressions["reserve"].evaluate(filled).to_list()
        return {parent.id: self._reserve(parent, share) for parent, share in zip(parents, shares, strict=True)}

    def _reserve(self, parent: Node, share: Any) -> int:
        if isinstance(share, float) and 0 <= share <= 1:
            return reserve_amount(parent.target, share)
        sentence = _("the reserve formula gives %(value)s; a reserve is between 0 and 100 %%", value=share)
        self._refuse(parent, "bad_reserve", sentence)
        return 0

    def _hand_down(
        self, level: Level, parent: Node, children: Sequence[Node], weighing: Weighing, reserve: int
    ) -> None:
        if level.mode == "copy":
            for child in children:
                child.target, child.why = parent.target, {"level": level.id, "reason": "copy"}
            return
        shares = [share for child in children if (share := self._share(child, weighing)) is not None]
        if len(shares) < len(children):
            return
        try:
            allocation = self._allocate(parent, shares, reserve)
        except Infeasible as error:
            names = {child.id: child.name for child in children}
            self._refuse(parent, error.kind, infeasible.sentence(error, names))
            return
        except BadInput as error:
            self._refuse(parent, "bad_input", str(error))
            return
        parent.reserve = allocation.reserve
        whole = math.fsum(share.weight for share in shares)
        for child, share in zip(children, shares, strict=True):
            child.target = allocation.amounts[child.id]
            child.locked = child.id in self.locks
            child.booked = self.held[child.id].booked if child.id in self.held else 0
            child.why = weighing.why(child, allocation, share.weight / whole if whole else None)

    def _share(self, child: Node, weighing: Weighing) -> Share | None:
        """What this child may claim; None after saying which of its numbers cannot be used."""
        if child.row is None:
            return Share(child.id, 0, locked=self.held[child.id].booked)
        asked = weighing.numbers(child)
        weight = 1.0 if asked.get("weight", 1.0) is None else asked.get("weight", 1.0)
        if not isinstance(weight, float) or weight < 0:
            self._refuse(
                child, "bad_weight", _("the weight formula gives %(value)s; a weight is 0 or more", value=weight)
            )
            return None
        floor, cap = asked.get("floor"), asked.get("cap")
        if not all(bound is None or isinstance(bound, float) for bound in (floor, cap)):
            self._refuse(child, "bad_bound", _("the floor is %(floor)s and the cap %(cap)s", floor=floor, cap=cap))
            return None
        lowest, highest = _whole(floor, math.ceil) or 0, _whole(cap, math.floor)
        return Share(child.id, weight, lowest, highest, self.locks.get(child.id))

    def _allocate(self, parent: Node, shares: list[Share], reserve: int) -> Allocation:
        """A fresh split, or the least disturbance of what the children hold; newcomers come in at their fresh part."""
        grain = self.plan.grain
        known = [share for share in shares if share.id in self.held and self.held[share.id].parent == parent.id]
        if self.plan.on_change == "fresh" or not known:
            return allocate(parent.target, shares, grain=grain, reserve=reserve)
        joiners: dict[str, int] = {}
        if len(known) < len(shares):
            fresh = allocate(parent.target, shares, grain=grain, reserve=reserve)
            known_ids = {share.id for share in known}
            joiners = {share.id: fresh.amounts[share.id] for share in shares if share.id not in known_ids}
        rest = parent.target - sum(joiners.values())
        moved = recascade(rest, [self._holding(share) for share in known], grain=grain, reserve=reserve)
        if self.rules_changed and self.plan.max_child_change is not None:
            moved = self._recalibrate(rest, known, moved, reserve)
        reasons = moved.reasons | dict.fromkeys(joiners, "weight")
        return Allocation(moved.amounts | joiners, moved.reserve, reasons, moved.rounded_up, moved.grain)

    def _recalibrate(self, total: int, shares: Sequence[Share], moved: Allocation, reserve: int) -> Allocation:
        """The new weights, within the band that the rules allow around what everybody holds now."""
        band = self.plan.max_child_change or Fraction(0)
        now = [self._holding(share)._replace(amount=moved.amounts[share.id], weight=share.weight) for share in shares]
        return recalibrate(total, now, max_child_change=band, grain=self.plan.grain, reserve=reserve)

    def _holding(self, share: Share) -> Holding:
        held = self.held[share.id]
        booked = held.booked if self.plan.keep_booked else 0
        return Holding(share.id, held.target, share.floor, share.cap, share.locked, None, booked)

    # ── bookkeeping ──────────────────────────────────────────────────────────────────────────────────────────────────

    def _adopt(self, nodes: Sequence[Node]) -> None:
        self.nodes |= {node.id: node for node in nodes}
        self.frontier += nodes

    def _refuse(self, node: Node, code: str, sentence: str) -> None:
        self.problems.append(Problem(f"/{node.id}", code, f"{node.name}: {sentence}"))


def _whole(bound: float | None, rounding: Callable[[float], int]) -> int | None:
    """A bound in whole yuan, on its own side: a floor up, a cap down, after 15 digits as everywhere in formulas."""
    return None if bound is None else max(0, rounding(float(f"{bound:.15g}")))
