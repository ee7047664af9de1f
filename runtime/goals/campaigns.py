"""战役 and 战术: battles under a strategic goal, and the actions that they are made of.

A campaign is planned, runs, and ends won, lost or dropped; only what is not over can be changed. Its target is a part
of the strategic target: a share of the attention, not a split of its own, so the sums of the tree do not depend on it.
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.orm import joinedload, selectinload

from core import audit, clock
from core.db import Document, db
from core.errors import Conflict, Invalid, Problem
from organization.access import covered_paths
from organization.models import Member, OrgUnit
from runtime.goals.models import Campaign, Cycle, GoalSet, Tactic
from runtime.goals.sight import READ

STATES = {
    "planned": _l("in preparation"),
    "running": _l("running"),
    "won": _l("won"),
    "lost": _l("lost"),
    "dropped": _l("dropped"),
}
NEXT = {"planned": ("running", "dropped"), "running": ("won", "lost", "dropped")}
MANAGE = "goals.set"
LONGEST_THEME = 160


@dataclass(frozen=True)
class Plan:
    """A campaign as it was typed in."""

    theme: str
    owner: Member | None
    first_day: dt.date | None
    last_day: dt.date | None
    target: int | None = None
    unit_ids: list[int] = field(default_factory=list)
    product_ids: list[int] = field(default_factory=list)


@dataclass(frozen=True)
class Action:
    """A tactic as it was typed in."""

    title: str
    owner: Member | None
    due_on: dt.date | None


# ── what there is ────────────────────────────────────────────────────────────────────────────────────────────────────


def of_company(actor: Member) -> list[Campaign]:
    """What he may see: battles in units that his grants touch, and those that he leads. Two statements."""
    paths = covered_paths(actor, READ)
    rows = db.session.scalars(
        select(Campaign)
        .options(joinedload(Campaign.owner), selectinload(Campaign.tactics))
        .where(Campaign.company_id == actor.company_id)
        .order_by(Campaign.first_day.desc(), Campaign.id.desc())
    ).all()
    places = unit_paths({unit_id for row in rows for unit_id in row.unit_ids})
    return [row for row in rows if row.owner_id == actor.id or _touches(row, paths, places)]


def _touches(campaign: Campaign, paths: Sequence[str], places: dict[int, str]) -> bool:
    if not campaign.unit_ids:
        return bool(paths)
    fields = [places[unit_id] for unit_id in campaign.unit_ids if unit_id in places]
    return any(place.startswith(path) or path.startswith(place) for place in fields for path in paths)


def unit_paths(unit_ids: set[int]) -> dict[int, str]:
    rows = db.session.execute(select(OrgUnit.id, OrgUnit.path).where(OrgUnit.id.in_(unit_ids)))
    return {row.id: row.path for row in rows}


def may_see(actor: Member, campaign: Campaign) -> bool:
    if actor.id in (campaign.owner_id, *(tactic.owner_id for tactic in campaign.tactics)):
        return True
    return _touches(campaign, covered_paths(actor, READ), unit_paths(set(campaign.unit_ids)))


def may_change(actor: Member, campaign: Campaign) -> bool:
    """Its owner, and whoever sets goals for all its units."""
    if actor.id == campaign.owner_id:
        return True
    paths = unit_paths(set(campaign.unit_ids) or {campaign.company_id})
    mine = covered_paths(actor, MANAGE)
    return bool(paths) and all(any(place.startswith(path) for path in mine) for place in paths.values())


def strategic_goals(company_id: int) -> list[GoalSet]:
    """The goal sets that a campaign may serve: those that hold."""
    return list(
        db.session.scalars(
            select(GoalSet)
            .join(GoalSet.cycle)
            .options(joinedload(GoalSet.cycle), joinedload(GoalSet.unit))
            .where(GoalSet.company_id == company_id, GoalSet.state == "active")
            .order_by(Cycle.first_day.desc(), GoalSet.id)
        )
    )


# ── changing ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def create(goal_set: GoalSet, plan: Plan, *, by_id: int, cloned_from: Campaign | None = None) -> Campaign:
    """Raises Invalid with a problem at each field; flushes."""
    _refuse_wrong(plan, goal_set.total)
    campaign = Campaign(
        company_id=goal_set.company_id,
        cycle_id=goal_set.cycle_id,
        cascade_key=goal_set.cascade_key,
        state="planned",
        cloned_from_id=cloned_from.id if cloned_from else None,
        created_at=clock.now(),
    )
    _write(campaign, plan)
    db.session.add(campaign)
    db.session.flush()
    if cloned_from is not None:
        _copy_tactics(cloned_from, campaign)
    audit.record("campaign.create", _subject(campaign), by_id=by_id, after=summary(campaign))
    return campaign


def change(campaign: Campaign, goal_set: GoalSet | None, plan: Plan, *, by_id: int) -> None:
    """`goal_set` is the strategic goal that holds today, None when there is none."""
    _must_not_be_over(campaign)
    _refuse_wrong(plan, goal_set.total if goal_set else None)
    before = summary(campaign)
    _write(campaign, plan)
    audit.record("campaign.change", _subject(campaign), by_id=by_id, before=before, after=summary(campaign))


def move_to(campaign: Campaign, state: str, *, by_id: int) -> None:
    if state not in NEXT.get(campaign.state, ()):
        raise Conflict(_("A campaign that is %(state)s cannot be changed like this.", state=STATES[campaign.state]))
    before = campaign.state
    campaign.state = state
    audit.record("campaign.state", _subject(campaign), by_id=by_id, before={"state": before}, after={"state": state})


def add_tactic(campaign: Campaign, action: Action, *, by_id: int) -> Tactic:
    """Raises Invalid; flushes."""
    _must_not_be_over(campaign)
    problems = _problems_of_action(campaign, action)
    if problems or action.owner is None or action.due_on is None:
        raise Invalid(problems)
    tactic = Tactic(campaign_id=campaign.id, title=action.title, owner_id=action.owner.id, due_on=action.due_on)
    db.session.add(tactic)
    db.session.flush()
    db.session.expire(campaign, ["tactics"])
    audit.record("tactic.create", _subject(campaign), by_id=by_id, after={"tactic": tactic.id, "title": tactic.title})
    return tactic


def finish(tactic: Tactic, done: bool, *, by_id: int) -> None:
    """Done, or not done after all."""
    _must_not_be_over(tactic.campaign)
    tactic.done_at = clock.now() if done else None
    audit.record("tactic.done" if done else "tactic.reopened", _subject(tactic.campaign), by_id=by_id)


def clone_plan(campaign: Campaign) -> Plan:
    """What a copy begins with: everything but the amount, from today on for as long as the first one took."""
    length, start = campaign.last_day - campaign.first_day, clock.today()
    return Plan(
        theme=_("%(theme)s (copy)", theme=campaign.theme)[:LONGEST_THEME],
        owner=campaign.owner,
        first_day=start,
        last_day=start + length,
        unit_ids=list(campaign.unit_ids),
        product_ids=list(campaign.product_ids),
    )


def _copy_tactics(source: Campaign, copy: Campaign) -> None:
    """The same actions, as far into the new window as they were in the old one."""
    shift = copy.first_day - source.first_day
    for tactic in source.tactics:
        due = min(tactic.due_on + shift, copy.last_day)
        db.session.add(Tactic(campaign_id=copy.id, title=tactic.title, owner_id=tactic.owner_id, due_on=due))
    db.session.flush()
    db.session.expire(copy, ["tactics"])


def _write(campaign: Campaign, plan: Plan) -> None:
    if plan.owner is None or plan.first_day is None or plan.last_day is None:
        raise ValueError("a plan that was judged has an owner and a window")
    campaign.theme, campaign.owner_id, campaign.target = plan.theme, plan.owner.id, plan.target
    campaign.first_day, campaign.last_day = plan.first_day, plan.last_day
    campaign.unit_ids, campaign.product_ids = plan.unit_ids, plan.product_ids


def _refuse_wrong(plan: Plan, strategic: int | None) -> None:
    problems = []
    if not 1 <= len(plan.theme) <= LONGEST_THEME:
        problems.append(Problem("/theme", "length", _("Give the campaign a theme of 1 to 160 characters.")))
    if plan.owner is None or not plan.owner.present_on(clock.today()):
        problems.append(Problem("/owner", "required", _("Choose somebody who works here now.")))
    if plan.first_day is None or plan.last_day is None or plan.last_day < plan.first_day:
        problems.append(Problem("/last_day", "window", _("The last day comes after the first. Give both.")))
    if plan.target is not None and strategic is not None and plan.target > strategic:
        problems.append(Problem("/target", "too_large", _("This is more than the strategic target itself.")))
    if problems:
        raise Invalid(problems)


def _problems_of_action(campaign: Campaign, action: Action) -> list[Problem]:
    problems = []
    if not 1 <= len(action.title) <= LONGEST_THEME:
        problems.append(Problem("/title", "length", _("Say in 1 to 160 characters what is to be done.")))
    if action.owner is None or not action.owner.present_on(clock.today()):
        problems.append(Problem("/tactic_owner", "required", _("Choose somebody who works here now.")))
    if action.due_on is None or not campaign.first_day <= action.due_on <= campaign.last_day:
        problems.append(Problem("/due_on", "window", _("Choose a day within the campaign.")))
    return problems


def _must_not_be_over(campaign: Campaign) -> None:
    if campaign.state not in NEXT:
        raise Conflict(_("This campaign is over; clone it to begin another."))


def summary(campaign: Campaign) -> Document:
    return {
        "theme": campaign.theme,
        "owner": campaign.owner_id,
        "first_day": campaign.first_day.isoformat(),
        "last_day": campaign.last_day.isoformat(),
        "target": campaign.target,
        "units": campaign.unit_ids,
        "products": campaign.product_ids,
        "state": campaign.state,
    }


def _subject(campaign: Campaign) -> str:
    return f"campaign:{campaign.id}"
