"""The goals that stand, as pages list them: one statement a list, only what the person may see."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy import or_, select
from sqlalchemy.orm import contains_eager

from core.db import Document, db
from organization import members
from organization.access import covered_paths, visible_units
from organization.models import Member, OrgUnit, Product
from runtime.goals.models import Cycle, Goal, GoalSet
from runtime.goals.sight import READ

FOUND = 20  # hits of a search


class Row(NamedTuple):
    """A goal in a list or a tree."""

    id: int
    node: str
    parent: str | None
    path: str
    level: str
    layer: str
    name: str
    unit_id: int
    member_id: int | None
    target: int
    reserve: int
    history: int
    locked: bool
    booked: int

    @property
    def growth(self) -> float | None:
        return self.target / self.history - 1 if self.history else None


COLUMNS = [getattr(Goal, name) for name in Row._fields]
MONTHS = Goal.split["month"].label("months")


@dataclass(frozen=True)
class Forest:
    """What of a set somebody sees: the whole tree, or the branches that his grants cover. `months` are the parts of
    each goal by its id, where they were asked for."""

    rows: Sequence[Row]
    months: Mapping[int, Document] = field(default_factory=dict)

    @cached_property
    def below(self) -> dict[str | None, list[Row]]:
        """Rows by their parent; those whose parent is out of sight stand under None."""
        nodes = {row.node for row in self.rows}
        children: dict[str | None, list[Row]] = defaultdict(list)
        for row in self.rows:
            children[row.parent if row.parent in nodes else None].append(row)
        return children

    @property
    def tops(self) -> list[Row]:
        return self.below.get(None, [])

    @property
    def people(self) -> list[Row]:
        return [row for row in self.rows if row.member_id is not None]

    def state(self, row: Row) -> str:
        """`locked`, `reserve` (nobody below carries it) or `active`."""
        if row.locked:
            return "locked"
        nobody = row.member_id is None and row.node not in self.below and row.target > 0
        return "reserve" if nobody else "active"


def sets_of(actor: Member) -> list[GoalSet]:
    """Sets that hold and that touch what he may see, the newest cycle and the widest unit first."""
    paths = covered_paths(actor, READ)
    rows = db.session.scalars(
        select(GoalSet)
        .join(GoalSet.cycle)
        .join(GoalSet.unit)
        .options(contains_eager(GoalSet.cycle), contains_eager(GoalSet.unit))
        .where(GoalSet.company_id == actor.company_id, GoalSet.state == "active")
        .order_by(Cycle.first_day.desc(), OrgUnit.path, GoalSet.cascade_key)
    )
    return [
        row for row in rows if any(row.unit.path.startswith(path) or path.startswith(row.unit.path) for path in paths)
    ]


def forest(actor: Member, goal_set: GoalSet) -> Forest:
    """In reading order: parents before their children, siblings as they were split."""
    rows = db.session.execute(_seen(actor, goal_set, MONTHS, *COLUMNS)).all()
    return _forest([(months, Row(*columns)) for months, *columns in rows])


def forest_with_splits(actor: Member, goal_set: GoalSet, *, all_of_them: bool) -> tuple[Forest, dict[int, Document]]:
    """The same with splits by goal id: everybody's, or only those of the highest goals and of their children."""
    highest = select(sa.func.min(Goal.depth)).select_from(Goal).join(OrgUnit, Goal.unit_id == OrgUnit.id)
    highest = highest.where(Goal.goal_set_id == goal_set.id, visible_units(actor, READ))
    near = Goal.split if all_of_them else sa.case((Goal.depth <= highest.scalar_subquery() + 1, Goal.split))
    rows = db.session.execute(_seen(actor, goal_set, near.label("split"), MONTHS, *COLUMNS)).all()
    found = [(split, months, Row(*columns)) for split, months, *columns in rows]
    splits = {row.id: split for split, _months, row in found if split is not None}
    return _forest([(months, row) for _split, months, row in found]), splits


def _forest(found: Sequence[tuple[Document, Row]]) -> Forest:
    return Forest([row for _months, row in found], {row.id: months for months, row in found})


def _seen(actor: Member, goal_set: GoalSet, *columns: Any) -> sa.Select[Any]:
    """Columns of the goals of a set that he may see."""
    return (
        select(*columns)
        .join(OrgUnit, Goal.unit_id == OrgUnit.id)
        .where(Goal.goal_set_id == goal_set.id, visible_units(actor, READ))
        .order_by(Goal.id)
    )


def search(actor: Member, words: str) -> list[Any]:
    """Goals that hold whose unit or person is called so."""
    return list(
        db.session.execute(
            select(Goal.id, Goal.name, Goal.level, Goal.target, Goal.member_id, OrgUnit.name.label("unit_name"))
            .join(GoalSet, Goal.goal_set_id == GoalSet.id)
            .join(OrgUnit, Goal.unit_id == OrgUnit.id)
            .outerjoin(Member, Goal.member_id == Member.id)
            .where(GoalSet.company_id == actor.company_id, GoalSet.state == "active", visible_units(actor, READ))
            .where(or_(members.holds(Goal.name, words), members.matching(words)))
            .order_by(Goal.member_id.is_not(None), Goal.id)
            .limit(FOUND)
        )
    )


def own(actor: Member) -> list[Goal]:
    """His own goals that hold, and those of the units that he heads."""
    return list(
        db.session.scalars(
            select(Goal)
            .join(Goal.goal_set)
            .join(Goal.unit)
            .options(contains_eager(Goal.goal_set), contains_eager(Goal.unit))
            .where(GoalSet.company_id == actor.company_id, GoalSet.state == "active")
            .where(or_(Goal.member_id == actor.id, sa.and_(Goal.member_id.is_(None), OrgUnit.head_id == actor.id)))
            .order_by(Goal.depth, Goal.id)
        )
    )


def find(goal_id: int) -> Goal | None:
    """A goal with its set, cycle and unit; one statement."""
    return db.session.scalar(
        select(Goal)
        .join(Goal.goal_set)
        .join(GoalSet.cycle)
        .join(Goal.unit)
        .options(contains_eager(Goal.goal_set).contains_eager(GoalSet.cycle), contains_eager(Goal.unit))
        .where(Goal.id == goal_id)
    )


class Relatives(NamedTuple):
    above: list[Row]
    below: list[tuple[Row, Document]]


def relatives(goal: Goal) -> Relatives:
    """The way up to the root, and the children with their splits; one statement."""
    way = goal.path.strip("/").split("/")[:-1]
    rows = db.session.execute(
        select(*COLUMNS, Goal.split)
        .where(Goal.goal_set_id == goal.goal_set_id, or_(Goal.node.in_(way), Goal.parent == goal.node))
        .order_by(Goal.id)
    ).all()
    found = [(Row(*row[:-1]), row[-1]) for row in rows]
    return Relatives(
        above=[row for row, _split in found if row.parent != goal.node],
        below=[(row, split) for row, split in found if row.parent == goal.node],
    )


def successor(goal: Goal) -> int | None:
    """The goal of the same unit or person in the set that replaced this one's."""
    return db.session.scalar(
        select(Goal.id)
        .join(GoalSet, Goal.goal_set_id == GoalSet.id)
        .where(
            GoalSet.cycle_id == goal.goal_set.cycle_id,
            GoalSet.unit_id == goal.goal_set.unit_id,
            GoalSet.cascade_key == goal.goal_set.cascade_key,
            GoalSet.state == "active",
            Goal.node == goal.node,
        )
    )


def product_names(company_id: int) -> dict[str, str]:
    return dict(db.session.execute(select(Product.code, Product.name).where(Product.company_id == company_id)).all())
