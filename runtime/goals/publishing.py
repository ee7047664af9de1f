"""From a preview to the goals that hold: staged → active, by one UPDATE at the end.

`stage` runs in the request and writes one row; the job fills it in short transactions that also write progress, then
flips it. A process killed at any moment leaves the old set active, and the next start goes on with the new one. The job
makes the tree again from the same definitions and compares digests: what was previewed is what is published (P13), or
the set is discarded with the reason.
"""

import datetime as dt
from collections.abc import Mapping

import sqlalchemy as sa
from flask_babel import gettext as _
from sqlalchemy import select, update

from core import audit, clock, jobs
from core.db import Document, db
from core.errors import Conflict, Invalid, Problem
from core.i18n import text
from organization import roles
from organization.models import OrgUnit
from runtime.goals import cascade, ground, plans
from runtime.goals.models import Cycle, Goal, GoalSet
from runtime.goals.plans import Plan
from runtime.goals.targets import Target
from runtime.goals.tree import Held, Node, Preview

SLICE = 1000  # goals a transaction


class StalePreview(Conflict):
    """What was previewed is no longer what publishing would make."""


def planned_cycle(company_id: int, year: int) -> Cycle:
    """The company's cycle of a calendar year; one that is not stored yet when there is none."""
    cycle = db.session.scalar(select(Cycle).where(Cycle.company_id == company_id, Cycle.key == str(year)))
    first, last = dt.date(year, 1, 1), dt.date(year, 12, 31)
    return cycle or Cycle(company_id=company_id, key=str(year), first_day=first, last_day=last, state="active")


def cycle_of_year(company_id: int, year: int) -> Cycle:
    """The same, stored. Flushes."""
    cycle = planned_cycle(company_id, year)
    db.session.add(cycle)
    db.session.flush()
    return cycle


def active_set(cycle: Cycle, unit: OrgUnit, cascade_key: str) -> GoalSet | None:
    return db.session.scalar(
        select(GoalSet).where(
            GoalSet.cycle_id == cycle.id,
            GoalSet.unit_id == unit.id,
            GoalSet.cascade_key == cascade_key,
            GoalSet.state == "active",
        )
    )


def underway(cycle: Cycle, unit: OrgUnit, cascade_key: str) -> GoalSet | None:
    """A set of the same that is being published at this moment."""
    return db.session.scalar(
        select(GoalSet).where(
            GoalSet.cycle_id == cycle.id,
            GoalSet.unit_id == unit.id,
            GoalSet.cascade_key == cascade_key,
            GoalSet.state == "staged",
        )
    )


def held_by(goal_set: GoalSet | None) -> list[Held]:
    """What every node of a set holds, for splitting anew with the least disturbance."""
    if goal_set is None:
        return []
    columns = (Goal.node, Goal.parent, Goal.layer, Goal.name, Goal.unit_id, Goal.member_id)
    amounts = (Goal.target, Goal.reserve, Goal.locked, Goal.booked)
    rows = db.session.execute(select(*columns, *amounts).where(Goal.goal_set_id == goal_set.id).order_by(Goal.id))
    return [Held(*row) for row in rows]


def preview(
    plan: Plan,
    unit: OrgUnit,
    cycle: Cycle,
    target: Target,
    locks: Mapping[str, int],
    replaces: GoalSet | None,
    as_of: dt.date | None = None,
) -> Preview:
    """The tree that publishing these inputs would make, on a day (today)."""
    here = ground.read(unit, cycle, list(plan.roles), as_of or clock.today())
    held = held_by(replaces)
    kept = {row.node: row.target for row in held if row.locked} if plan.keep_locked else {}
    return cascade.preview(
        plan,
        here,
        base=target.base,
        total=target.total,
        locks=kept | dict(locks),
        held=held,
        rules_changed=replaces is not None and replaces.pins != plan.pins,
    )


def stage(
    plan: Plan,
    unit: OrgUnit,
    cycle: Cycle,
    target: Target,
    *,
    locks: Mapping[str, int],
    digest: str | None,
    waiver: str | None,
    by_id: int | None,
) -> GoalSet:
    """Ask for these goals to be published; the job does it. `digest` is that of the preview the person saw.

    Raises Invalid with what forbids publishing, StalePreview when the preview is no longer true.
    """
    db.session.add(cycle)
    db.session.flush()
    replaces = active_set(cycle, unit, plan.key)
    tree = preview(plan, unit, cycle, target, locks, replaces)
    problems = tree.problems + people_problems(tree) + behaviour_problems(plan, waiver)
    if problems:
        raise Invalid(problems)
    if digest is not None and digest != tree.digest():
        sentence = _("The organisation or the rules changed after this preview. Look at it again, then publish.")
        raise StalePreview(sentence)
    goal_set = GoalSet(
        company_id=unit.company_id,
        cycle_id=cycle.id,
        unit_id=unit.id,
        cascade_key=plan.key,
        cascade_version_id=plan.version.id,
        pins=plan.pins,
        digest=tree.digest(),
        as_of=clock.today(),
        base=target.base,
        growth_pct=target.growth_pct,
        total=target.total,
        locks=dict(locks),
        waiver=waiver,
        replaces_id=replaces.id if replaces else None,
        created_at=clock.now(),
        created_by=by_id,
    )
    db.session.add(goal_set)
    db.session.flush()
    jobs.enqueue("runtime.goals.jobs.publish", {"goal_set_id": goal_set.id}, key=job_key(goal_set))
    return goal_set


def people_problems(tree: Preview) -> list[Problem]:
    """A target that nobody carries is no goal."""
    if tree.members or tree.problems:
        return []
    sentence = _("Nobody here can carry a target. Add salespeople to the organisation first.")
    return [Problem("/unit", "no_people", sentence)]


def behaviour_problems(plan: Plan, waiver: str | None) -> list[Problem]:
    """S8: a result goal at member level carries behaviour (a metric or a weekly task), or says why not."""
    without = [role for role in plan.roles if role not in plan.roles_with_behaviour]
    if not without or (waiver or "").strip():
        return []
    sentence = _(
        "Goals of %(roles)s have no behaviour: link a behaviour metric or a weekly task, or give a reason.",
        roles=_(", ").join(text(roles.title(role)) for role in without),
    )
    return [Problem("/waiver", "no_behaviour", sentence)]


def run_now(goal_set: GoalSet) -> GoalSet:
    """For commands: nobody else may be there to run the job. The set as it is afterwards."""
    jobs.run_due()
    return db.session.get_one(GoalSet, goal_set.id)


def job_key(goal_set: GoalSet) -> str:
    return f"publish-goals:{goal_set.id}"


def first_week_key(goal_set: GoalSet) -> str:
    return f"first-week:{goal_set.id}"


def steps(goal_set: GoalSet) -> tuple[jobs.Outbox | None, jobs.Outbox | None]:
    """The jobs that publish the goals and make the tasks of the first week; None while one is not asked for."""
    keys = (job_key(goal_set), first_week_key(goal_set))
    found = {row.key: row for row in db.session.scalars(select(jobs.Outbox).where(jobs.Outbox.key.in_(keys)))}
    return found.get(keys[0]), found.get(keys[1])


# ── the job ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def fill_and_activate(goal_set: GoalSet) -> None:
    """Write the goals slice by slice, then make them the ones that hold. Committed by the caller."""
    plan = plans.of_version(goal_set.cascade_version)
    replaces = active_set(goal_set.cycle, goal_set.unit, goal_set.cascade_key)
    tree = preview(
        plan,
        goal_set.unit,
        goal_set.cycle,
        Target(goal_set.base, goal_set.growth_pct),
        {node: int(amount) for node, amount in goal_set.locks.items()},
        replaces,
        goal_set.as_of,
    )
    if tree.problems or tree.digest() != goal_set.digest:
        discard(goal_set, _("The organisation, the rules or the goals changed after the preview. Preview again."))
        return
    write(goal_set, tree)
    _activate(goal_set, replaces)


def discard(goal_set: GoalSet, reason: str) -> None:
    goal_set.state, goal_set.problem = "discarded", reason
    audit.record("goals.discarded", f"goal_set:{goal_set.id}", by_id=goal_set.created_by, reason=reason)


def write(goal_set: GoalSet, tree: Preview) -> None:
    """Whatever a killed run left of this staged set is written anew."""
    db.session.execute(sa.delete(Goal).where(Goal.goal_set_id == goal_set.id))
    paths: dict[str, str] = {}
    nodes = list(tree.nodes.values())
    for start in range(0, len(nodes), SLICE):
        part = nodes[start : start + SLICE]
        rows = [row(goal_set, node, paths) for node in part]
        db.session.execute(sa.insert(Goal.__table__), rows)
        jobs.checkpoint(start + len(part), len(nodes))


def row(goal_set: GoalSet, node: Node, paths: dict[str, str]) -> Document:
    paths[node.id] = f"{paths.get(node.parent or '', '/')}{node.id}/"
    return {
        "goal_set_id": goal_set.id,
        "node": node.id,
        "parent": node.parent,
        "path": paths[node.id],
        "depth": paths[node.id].count("/") - 2,
        "level": node.level,
        "layer": node.layer,
        "unit_id": node.unit_id,
        "member_id": node.member_id,
        "name": node.name,
        "target": node.target,
        "reserve": node.reserve,
        "history": round(node.history),
        "locked": node.locked,
        "booked": node.booked,
        "split": node.split,
        "why": node.why,
    }


def _activate(goal_set: GoalSet, replaces: GoalSet | None) -> None:
    """The flip. The partial unique index lets only one set be active, whoever else publishes at this moment."""
    if replaces is not None:
        db.session.execute(update(GoalSet).where(GoalSet.id == replaces.id).values(state="superseded"))
    now = clock.now()
    db.session.execute(update(GoalSet).where(GoalSet.id == goal_set.id).values(state="active", activated_at=now))
    audit.record(
        "goals.published",
        f"goal_set:{goal_set.id}",
        by_id=goal_set.created_by,
        before={"goal_set": replaces.id, "total": replaces.total} if replaces else None,
        after={"goal_set": goal_set.id, "total": goal_set.total, "pins": goal_set.pins},
        reason=goal_set.waiver,
    )
    payload = {"goal_set_id": goal_set.id}
    jobs.enqueue("runtime.facts.jobs.book_set", payload, key=f"book-goals:{goal_set.id}")
    jobs.enqueue("runtime.actions.jobs.generate_for_set", payload, key=first_week_key(goal_set))
