"""Reports over goals: does every target reach somebody's week (断链), how far the front line is, do newcomers stay,
whom the targets press hardest. Figures that cannot be computed are None and shown as "—", never as 0.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import sqlalchemy as sa
from dateutil.relativedelta import relativedelta
from flask_babel import gettext as _
from sqlalchemy import select

from core import clock
from core.db import db, like_prefix
from organization import dated
from organization.access import covered_paths, visible_units
from organization.models import Member, OrgUnit
from runtime.actions.models import Task
from runtime.goals.models import Campaign, Goal, GoalSet, Tactic
from runtime.goals.plans import FRONT_LINE
from runtime.goals.sight import READ
from runtime.goals.standing import COLUMNS, Forest, Row

PROBATION = relativedelta(months=3)
NAMED = 3


def ratio(part: int, whole: int) -> float | None:
    return part / whole if whole else None


# ── 断链 (S1) ────────────────────────────────────────────────────────────────────────────────────────────────────────


class Break(NamedTuple):
    """A unit below which the way from headquarters ends, and what is missing there."""

    row: Row
    missing: str
    people: list[Row]


@dataclass(frozen=True)
class Chain:
    """One goal of headquarters and how far down it reaches."""

    goal_set: GoalSet
    top: Row
    way: list[Row]
    people: int
    reached: int
    breaks: list[Break]


def chains(actor: Member, sets: Sequence[GoalSet], week: str) -> list[Chain]:
    """Each goal that holds, with a way down to a task of the week, and every place where there is none."""
    has_task = sa.exists().where(Task.member_id == Goal.member_id, Task.week == week)
    rows = db.session.execute(
        select(Goal.goal_set_id, has_task, *COLUMNS)
        .join(OrgUnit, Goal.unit_id == OrgUnit.id)
        .where(Goal.goal_set_id.in_([row.id for row in sets]), visible_units(actor, READ))
        .order_by(Goal.id)
    ).all()
    found: dict[int, list[tuple[Row, bool]]] = defaultdict(list)
    for set_id, reached, *columns in rows:
        found[set_id].append((Row(*columns), reached))
    return [chain for goal_set in sets for chain in _chains_of(goal_set, found[goal_set.id])]


def _chains_of(goal_set: GoalSet, rows: list[tuple[Row, bool]]) -> Iterable[Chain]:
    forest = Forest([row for row, _reached in rows])
    reached = {row.node for row, has_task in rows if has_task}
    for top in forest.tops:
        below = [row for row in forest.rows if row.path.startswith(top.path)]
        people = [row for row in below if row.member_id is not None and row.target > 0]
        first = next((row for row in people if row.node in reached), None)
        yield Chain(
            goal_set=goal_set,
            top=top,
            way=[row for row in below if first and first.path.startswith(row.path)],
            people=len(people),
            reached=sum(row.node in reached for row in people),
            breaks=[*_without_people(forest, below), *_without_tasks(below, people, reached)],
        )


def _without_people(forest: Forest, below: list[Row]) -> Iterable[Break]:
    for row in below:
        if row.member_id is None and row.target > 0 and row.node not in forest.below:
            yield Break(row, _("nobody who carries it"), [])


def _without_tasks(below: list[Row], people: list[Row], reached: set[str]) -> Iterable[Break]:
    teams: dict[str | None, list[Row]] = defaultdict(list)
    for row in people:
        if row.node not in reached:
            teams[row.parent].append(row)
    for row in below:
        if row.node in teams:
            yield Break(row, _("tasks of this week"), teams[row.node])


def campaigns_without_tactics(company_id: int) -> list[Campaign]:
    """Battles that nobody has an action for."""
    none = ~sa.exists().where(Tactic.campaign_id == Campaign.id)
    asked = select(Campaign).where(Campaign.company_id == company_id, Campaign.state.in_(("planned", "running")), none)
    return list(db.session.scalars(asked.order_by(Campaign.first_day, Campaign.id)))


# ── 一线完成率 (S2) ──────────────────────────────────────────────────────────────────────────────────────────────────


class Completion(NamedTuple):
    row: Row
    people: int
    target: int
    booked: int | None

    @property
    def rate(self) -> float | None:
        """Σ actual ÷ Σ target of the people's goals; None while nothing has been booked anywhere."""
        return None if self.booked is None else ratio(self.booked, self.target)


def completion(forest: Forest) -> list[Completion]:
    """The tops and the units right below them, each over the people under it."""
    shown = [row for top in forest.tops for row in (top, *forest.below.get(top.node, []))]
    facts_have_come = any(row.booked for row in forest.people)
    return [_completion(row, forest.people, facts_have_come) for row in shown if row.member_id is None]


def _completion(unit: Row, people: list[Row], facts_have_come: bool) -> Completion:
    under = [row for row in people if row.path.startswith(unit.path)]
    booked = sum(row.booked for row in under) if facts_have_come else None
    return Completion(unit, len(under), sum(row.target for row in under), booked)


# ── 新人三个月流失 (S11) ─────────────────────────────────────────────────────────────────────────────────────────────


class Attrition(NamedTuple):
    unit_id: int
    name: str
    joined: int
    left: int
    pending: int

    @property
    def rate(self) -> float | None:
        return ratio(self.left, self.joined)


def attrition(actor: Member, months: int) -> list[Attrition]:
    """Of the front line that joined in the last so many months, who left within three; by region, the worst first.

    `pending` are those who are there and have not been for three months yet: the rate may still rise.
    """
    today = clock.today()
    rows = db.session.execute(
        select(OrgUnit.path, Member.joined_on, Member.left_on)
        .join(OrgUnit, Member.unit_id == OrgUnit.id)
        .where(visible_units(actor, READ), Member.role.in_(FRONT_LINE))
        .where(
            Member.joined_on > today - relativedelta(months=months) - dt.timedelta(days=1), Member.joined_on <= today
        )
    ).all()
    regions = _regions(actor)
    cohorts: dict[int, list[tuple[dt.date, dt.date | None]]] = defaultdict(list)
    for path, joined_on, left_on in rows:
        region = next((region for region in regions if path.startswith(region.path)), None)
        if region is not None:
            cohorts[region.id].append((joined_on, left_on))
    found = [_attrition(region, cohorts[region.id], today) for region in regions if region.id in cohorts]
    return sorted(found, key=lambda entry: (-(entry.rate or 0), -entry.joined, entry.unit_id))


def _attrition(region: Any, cohort: list[tuple[dt.date, dt.date | None]], today: dt.date) -> Attrition:
    left = sum(gone is not None and gone <= min(joined + PROBATION, today) for joined, gone in cohort)
    pending = sum(gone is None and joined + PROBATION > today for joined, gone in cohort)
    return Attrition(region.id, region.name, len(cohort), left, pending)


def _regions(actor: Member) -> list[Any]:
    """The units right below the company that he sees into."""
    paths = covered_paths(actor, READ)
    touched = sa.or_(sa.false(), *(like_prefix(OrgUnit.path, path) for path in paths))
    above = OrgUnit.path.in_({_second(path) for path in paths})
    asked = select(OrgUnit.id, OrgUnit.name, OrgUnit.path).where(
        OrgUnit.parent_id == actor.company_id, sa.or_(touched, above)
    )
    return list(db.session.execute(asked.order_by(OrgUnit.id)).all())


def _second(path: str) -> str:
    """/1/12/34/ → /1/12/."""
    return "/".join(path.split("/")[:3]) + "/"


# ── 难度 ─────────────────────────────────────────────────────────────────────────────────────────────────────────────


class Difficulty(NamedTuple):
    row: Row
    potential: float | None
    overall: float | None

    @property
    def above(self) -> float | None:
        """Growth above that of the whole, as a share: 0.02 is two percentage points."""
        return None if self.row.growth is None or self.overall is None else self.row.growth - self.overall

    @property
    def of_potential(self) -> float | None:
        return self.row.target / self.potential if self.potential else None


def difficulty(forest: Forest) -> list[Difficulty]:
    """Units by the growth that is asked of them, the hardest first; the potential of their markets beside it."""
    units = [row for row in forest.rows if row.member_id is None and row.parent is not None]
    attributes = dated.attributes_of([row.unit_id for row in units], clock.today())
    overall = forest.tops[0].growth if forest.tops else None
    found = [Difficulty(row, _number(attributes.get(row.unit_id, {}).get("potential")), overall) for row in units]
    return sorted(found, key=lambda entry: (-(entry.row.growth if entry.row.growth is not None else -9), entry.row.id))


def _number(value: object) -> float | None:
    return float(value) if isinstance(value, int | float) and value > 0 else None
