"""Runs of an older version of their flow: each keeps it, goes over to the newest, or needs a person to look at it.

Going over changes the version of the run and nothing else, so that it can be taken back as long as the run still fits
the version it came from. Both are events of the run.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.orm import joinedload

import workflows
from builder import definitions, flows
from builder.models import Definition, DefinitionVersion
from core import audit, clock
from core.db import db
from core.errors import Conflict, NotFound
from organization.models import Member
from runtime.approvals import running, runs, subjects, words
from runtime.approvals.models import RunEvent, WorkflowRun
from workflows import Workflow, moving

MOST = 500

OBSTACLES = {
    "gone": _l("“%(step)s” is not in the new version"),
    "type": _l("“%(step)s” is another kind of step in the new version"),
    "place": _l("“%(step)s” stands in another branch in the new version"),
    "branches": _l("the branches of “%(step)s” differ in the new version"),
    "outcome": _l("an answer that was given in “%(step)s” is not there in the new version"),
}


@dataclass(frozen=True)
class Flight:
    """A run that is going on; `reasons` why it cannot simply go over."""

    run: WorkflowRun
    reasons: Sequence[str]

    @property
    def fits(self) -> bool:
        return not self.reasons


@dataclass(frozen=True)
class InFlight:
    """`newest` is the version in force; `older` runs have one before it, `moved` came over to it and could go back."""

    newest: DefinitionVersion
    older: Sequence[Flight]
    moved: Sequence[WorkflowRun]


@dataclass(frozen=True)
class Prospect:
    """What a draft would mean for the runs that go on: how many could go over to it, how many need a person."""

    fit: int
    need: int


class Trees:
    """Versions as trees, each read once: runs of one version differ in their records, not in their steps."""

    def __init__(self) -> None:
        self._read: dict[int, Workflow] = {}

    def of(self, run: WorkflowRun, version: DefinitionVersion) -> Workflow:
        if version.id not in self._read:
            body, known = version.document["body"], subjects.of(run).known()
            self._read[version.id] = flows.read(body, version.digest, known)
        return self._read[version.id]


def in_flight(member: Member, definition_id: int) -> InFlight:
    """The runs of a flow that go on in the units that he looks after. Raises NotFound where nothing is in force."""
    newest = _newest(member, definition_id)
    going = _going(member, definition_id)
    trees = Trees()
    older = [judged(run, newest, trees) for run in going if run.version_id != newest.id]
    return InFlight(newest, older, _came_over([run for run in going if run.version_id == newest.id]))


def prospect(member: Member, definition_id: int) -> Prospect | None:
    """Of the draft of a flow; None where nothing goes on, or the draft cannot be walked yet."""
    going, definition = _going(member, definition_id), db.session.get(Definition, definition_id)
    draft = definitions.draft_of(definition) if definition else None
    if not going or draft is None or definition is None or definition.kind != "workflow":
        return None
    then = flows.sound(draft.document["body"], subjects.of(going[0]).known())
    if then is None:
        return None
    trees = Trees()
    fit = sum(not moving.obstacles(trees.of(run, run.version), then, run.state) for run in going)  # type: ignore[arg-type]
    return Prospect(fit, len(going) - fit)


def judged(run: WorkflowRun, newest: DefinitionVersion, trees: Trees) -> Flight:
    """Whether a run fits another version; why not, in words."""
    now, then = trees.of(run, run.version), trees.of(run, newest)
    found = moving.obstacles(now, then, run.state)  # type: ignore[arg-type]
    return Flight(run, [str(OBSTACLES[one.code]) % {"step": words.step(now.steps[one.step])} for one in found])


def move(run: WorkflowRun, version: DefinitionVersion, by: Member, reason: str) -> None:
    """Let a run go on by another version of its flow. Raises Conflict where it does not fit or is over."""
    flight = judged(run, version, Trees())
    if run.status != workflows.RUNNING or not flight.fits:
        why = "; ".join(flight.reasons) or _("it is over")
        raise Conflict(_("“%(title)s” cannot go over: %(why)s.", title=run.title, why=why))
    operation = {"do": "move", "from": run.version_id, "to": version.id, "answers": []}
    run.events += 1
    said = {"at": clock.now(), "by_id": by.id, "operation": operation, "reason": reason}
    db.session.add(RunEvent(run_id=run.id, number=run.events, **said))
    before, after = {"version": run.version_id}, {"version": version.id}
    run.version = version
    audit.record("run.move", f"run:{run.id}", by_id=by.id, before=before, after=after, reason=reason)


def move_all(member: Member, definition_id: int, run_ids: Collection[int], reason: str) -> tuple[int, list[str]]:
    """Those that were ticked and fit; how many went over, and why the others stay."""
    newest = _newest(member, definition_id)
    moved, refused = 0, []
    for run in _locked(member, definition_id, run_ids):
        try:
            move(run, newest, member, reason)
            moved += 1
        except Conflict as refusal:
            refused.append(refusal.message)
    return moved, refused


def take_back(member: Member, definition_id: int, run_ids: Collection[int], reason: str) -> tuple[int, list[str]]:
    """Let runs that came over go on by the version that they had before."""
    came_from, back, refused = _origins(run_ids), 0, []
    for run in _locked(member, definition_id, run_ids):
        version = db.session.get(DefinitionVersion, came_from.get(run.id, 0))
        if version is None:
            continue
        try:
            move(run, version, member, reason)
            back += 1
        except Conflict as refusal:
            refused.append(refusal.message)
    return back, refused


def _newest(member: Member, definition_id: int) -> DefinitionVersion:
    asked = (
        select(DefinitionVersion)
        .join(DefinitionVersion.definition)
        .options(joinedload(DefinitionVersion.definition))
        .where(DefinitionVersion.definition_id == definition_id, DefinitionVersion.state == "published")
        .order_by(DefinitionVersion.number.desc())
        .limit(1)
    )
    found = db.session.scalar(asked)
    if found is None or found.definition.company_id != member.company_id or found.definition.kind != "workflow":
        raise NotFound(_("There is no such flow in force."))
    return found


def _going(member: Member, definition_id: int) -> list[WorkflowRun]:
    asked = select(WorkflowRun).where(
        WorkflowRun.definition_id == definition_id,
        WorkflowRun.status == workflows.RUNNING,
        WorkflowRun.company_id == member.company_id,
        runs.managed(member),
    )
    around = (WorkflowRun.version, WorkflowRun.submitter, WorkflowRun.unit)
    asked = asked.options(*(joinedload(one) for one in around)).order_by(WorkflowRun.id).limit(MOST)
    return list(db.session.scalars(asked))


def _locked(member: Member, definition_id: int, run_ids: Collection[int]) -> list[WorkflowRun]:
    allowed = {run.id for run in _going(member, definition_id)}
    return [running.locked(run_id) for run_id in sorted(allowed.intersection(run_ids))]


def _came_over(going: Sequence[WorkflowRun]) -> list[WorkflowRun]:
    origins = _origins([run.id for run in going])
    return [run for run in going if run.id in origins]


def _origins(run_ids: Collection[int]) -> dict[int, int]:
    """The version that each run had before it went over last, of those that did."""
    asked = select(RunEvent.run_id, RunEvent.operation).where(RunEvent.run_id.in_(run_ids))
    moves = db.session.execute(asked.where(RunEvent.number > 1).order_by(RunEvent.number)) if run_ids else ()
    return {row.run_id: row.operation["from"] for row in moves if row.operation["do"] == "move"}
