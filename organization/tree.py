"""The tree as a person sees it: only what his grants cover, branch by branch, with heads and head counts."""

from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa
from sqlalchemy import func, or_, select
from sqlalchemy.orm import aliased

from core import clock
from core.db import db
from organization import members, units
from organization.access import covered_paths, visible_units
from organization.models import Member, OrgUnit

READ = "organization.read"
FOUND = 20  # hits shown of each kind


@dataclass
class Branch:
    """A unit in the tree; `below` is filled where the branch is open."""

    unit: Any
    below: list["Branch"] = field(default_factory=list)
    open: bool = False


def tree(actor: Member, opened: OrgUnit | None = None) -> list[Branch]:
    """From the units that his grants name downwards; open are these and the way to `opened`. One statement."""
    roots = [_last_id(path) for path in covered_paths(actor, READ)]
    open_ids = {*roots, *(units.ids_above(opened) if opened else [])}
    rows = _rows(actor, or_(OrgUnit.id.in_(roots), OrgUnit.parent_id.in_(open_ids)))
    branches = {row.id: Branch(row, open=row.id in open_ids) for row in rows}
    for branch in branches.values():
        if branch.unit.parent_id in branches and branch.unit.id not in roots:
            branches[branch.unit.parent_id].below.append(branch)
    return [branches[root] for root in roots if root in branches]


def branch(actor: Member, unit: OrgUnit, is_open: bool) -> Branch:
    """One unit, with the units right below it when it is open. One statement."""
    shown = OrgUnit.id == unit.id
    rows = _rows(actor, or_(shown, OrgUnit.parent_id == unit.id) if is_open else shown)
    top = Branch(next(row for row in rows if row.id == unit.id), open=is_open)
    top.below = [Branch(row) for row in rows if row.id != unit.id]
    return top


def below(actor: Member, unit: OrgUnit) -> list[Any]:
    """The units right below, as rows like those of the tree."""
    return _rows(actor, OrgUnit.parent_id == unit.id)


def search(actor: Member, words: str) -> tuple[list[Any], list[Any]]:
    """Units and people whose name, code, pinyin or phone holds the words. Two statements."""
    named = or_(members.holds(OrgUnit.name, words), members.holds(OrgUnit.code, words))
    people = (
        select(Member.id, Member.name, Member.code, Member.role, Member.left_on, OrgUnit.name.label("unit_name"))
        .join(OrgUnit, Member.unit_id == OrgUnit.id)
        .where(visible_units(actor, READ), members.matching(words))
        .order_by(Member.left_on.is_not(None), Member.pinyin, Member.id)
    )
    return _rows(actor, named)[:FOUND], list(db.session.execute(people.limit(FOUND)).all())


def choices(actor: Member, permission: str = READ) -> list[tuple[int, str]]:
    """Open units that he may choose from, indented by their depth."""
    query = select(OrgUnit.id, OrgUnit.name, OrgUnit.path).where(visible_units(actor, permission))
    rows = db.session.execute(query.where(units.open_on(clock.today())).order_by(OrgUnit.path)).all()
    least = min((row.path.count("/") for row in rows), default=0)
    return [(row.id, "　" * (row.path.count("/") - least) + row.name) for row in rows]


def seen_above(actor: Member, unit: OrgUnit) -> list[OrgUnit]:
    """The breadcrumb, from the highest unit that he may see down to the unit itself."""
    return [above for above in units.line_above(unit) if actor.may(READ, above)]


def _rows(actor: Member, condition: sa.ColumnElement[bool]) -> list[Any]:
    head, child, inner = aliased(Member), aliased(OrgUnit), aliased(OrgUnit)
    people = (
        select(func.count(Member.id))
        .join(inner, Member.unit_id == inner.id)
        .where(inner.path >= OrgUnit.path, inner.path < OrgUnit.path + "~", members.present_on(clock.today()))
        .scalar_subquery()
    )
    query = (
        select(
            OrgUnit.id,
            OrgUnit.parent_id,
            OrgUnit.name,
            OrgUnit.code,
            OrgUnit.level,
            OrgUnit.closed_on,
            head.id.label("head_id"),
            head.name.label("head_name"),
            people.label("people"),
            sa.exists().where(child.parent_id == OrgUnit.id).label("has_below"),
        )
        .outerjoin(head, OrgUnit.head_id == head.id)
        .where(visible_units(actor, READ), condition)
        .order_by(OrgUnit.closed_on.is_not(None), OrgUnit.id)
    )
    return list(db.session.execute(query).all())


def _last_id(path: str) -> int:
    return int(path.rstrip("/").rsplit("/", 1)[1])
