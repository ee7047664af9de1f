"""A run begins, and goes on: the one way in which anything happens to it.

    run = running.start(version, "submission", 7, "促销", submitter)     the rules below flush, and never commit
    run = running.locked(run_id)                                        nobody else moves it until the commit
    running.act(run, {"do": "decide", "item": "w1", "outcome": "approve"}, member, reason="…")

Refusals are `core.errors`: Conflict where somebody was first (and who), Forbidden, Invalid with the place on the page.
"""

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import bindparam, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import contains_eager

import workflows
from builder import definitions, flows
from builder.models import DefinitionVersion
from core import audit, clock, jobs
from core.db import Document, db
from core.errors import Conflict, Invalid, NotFound, Problem
from organization.models import Member
from runtime.approvals import keeping, refusals, subjects
from runtime.approvals.facts import RunFacts
from runtime.approvals.keeping import Said
from runtime.approvals.models import RunEvent, WorkflowRun, WorkItem
from runtime.approvals.subjects import Subject
from workflows import RUNNING, SUBMIT, Route, Turn, Workflow
from workflows.document import expressions, parts_of

RETURN_TO_CALLER = "runtime.approvals.jobs.return_to_caller"
LONGEST_TITLE = 200
ONWARD = frozenset({"approve", "done", SUBMIT})

Chosen = Mapping[str, Sequence[str]]


# ── beginning ────────────────────────────────────────────────────────────────────────────────────────────────────────


def version_for(company_id: int, key: str) -> DefinitionVersion:
    """The version in force of the workflow that is to be begun. Raises Conflict where there is none."""
    version = definitions.published(company_id, "workflow", key)
    if version is None:
        sentence = _("The approval flow is not published. Ask HR to publish it, then send again.")
        raise Conflict(sentence, f"no flow {key} is in force")
    return version


def start(
    version: DefinitionVersion,
    subject: tuple[str, int],
    title: str,
    submitter: Member,
    *,
    unit_id: int | None = None,
    chosen: Chosen | None = None,
    called_by: Document | None = None,
) -> WorkflowRun:
    """Begin a run about a subject (its kind and id). Raises Invalid where a step would find nobody."""
    run = _fresh(version, subject, title, submitter, unit_id)
    run.called_by = called_by
    db.session.add(run)
    db.session.flush()
    about = subjects.of(run)
    workflow = _compiled(run, about)
    try:
        turn = workflows.start(workflow, str(submitter.id), RunFacts(run, about), chosen)
    except workflows.WorkflowError as error:
        raise refusals.of(error, run, None, workflow) from None
    keeping.keep(run, workflow, turn, Said(submitter))
    _tell(run, about, RUNNING)
    audit.record("run.start", f"run:{run.id}", by_id=submitter.id)
    return run


def _fresh(
    version: DefinitionVersion, subject: tuple[str, int], title: str, submitter: Member, unit_id: int | None
) -> WorkflowRun:
    return WorkflowRun(
        company_id=submitter.company_id,
        definition_id=version.definition_id,
        version_id=version.id,
        version=version,
        subject_kind=subject[0],
        subject_id=subject[1],
        title=title[:LONGEST_TITLE],
        submitter_id=submitter.id,
        submitter=submitter,
        unit_id=unit_id or submitter.unit_id,
        state={},
        status=RUNNING,
        events=0,
        started_at=clock.now(),
    )


# ── going on ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def locked(run_id: int) -> WorkflowRun:
    """The run as it stands, kept from everybody else until the commit. One statement. Raises NotFound."""
    run: WorkflowRun | None = db.session.scalar(_kept(), {"id": run_id}, execution_options={"populate_existing": True})
    if run is None:
        raise NotFound(_("There is no such run, or it is not for you to see."), f"no run {run_id}")
    return run


@cache
def _kept() -> Any:
    """Put together once: every step asks it."""
    return (
        select(WorkflowRun)
        .join(WorkflowRun.version)
        .join(WorkflowRun.submitter)
        .options(contains_eager(WorkflowRun.version), contains_eager(WorkflowRun.submitter))
        .where(WorkflowRun.id == bindparam("id"))
        .with_for_update(of=WorkflowRun)
    )


def act(
    run: WorkflowRun,
    operation: Document,
    by: Member | None,
    *,
    seen: int | None = None,
    reason: str = "",
    comment: str = "",
    changes: Document | None = None,
    files: Sequence[Document] = (),
    signature: str | None = None,
    client_id: str | None = None,
) -> Turn:
    """Do one of the engine's operations to a locked run; nobody (`by` none) is time, or the product.

    `seen` is how many events the page showed: what was changed since is told first. `changes` are fields that the step
    lets him fill in. The same `client_id` again is answered as done.
    """
    about = subjects.of(run)
    workflow = _compiled(run, about)
    command = _signed(operation, by, reason)
    said = Said(by, reason, comment, None, files, signature, client_id or None)
    try:
        _refuse_unseen(run, seen)
        turn = _turn(run, workflow, about, command, said, changes)
    except (workflows.WorkflowError, IntegrityError, Conflict) as error:
        return _done_already(run, said, error) or _refuse(error, run, command, workflow)
    return turn


def _turn(
    run: WorkflowRun, workflow: Workflow, about: Subject, command: Document, said: Said, changes: Document | None
) -> Turn:
    """The record is changed only when the engine agrees, and the engine judges the record as it is changed."""
    before = run.status
    changed = _change(run, workflow, about, command, said, changes)
    state: Any = run.state
    turn = workflows.perform(workflow, state, command, RunFacts(run, about))
    _require(run, workflow, about, command, said)
    keeping.keep(run, workflow, turn, Said(**{**vars(said), "changes": changed}))
    _tell(run, about, before)
    audit.record(f"run.{command['do']}", f"run:{run.id}", by_id=said.by.id if said.by else None)
    return turn


def _signed(operation: Document, by: Member | None, reason: str) -> Document:
    command = dict(operation)
    if by is not None:
        command["by"] = str(by.id)
    if reason:
        command["reason"] = reason
    return command


def _tell(run: WorkflowRun, about: Subject, before: str) -> None:
    """The subject, and the run that waits for this one, hear how it ended."""
    if run.status == before:
        return
    if run.status == RUNNING:
        about.reopened()
        return
    about.ended()
    if run.called_by:
        jobs.enqueue(RETURN_TO_CALLER, {"run_id": run.id})


# ── what is refused ──────────────────────────────────────────────────────────────────────────────────────────────────


def _refuse_unseen(run: WorkflowRun, seen: int | None) -> None:
    """Nobody decides on what he has not read: fields that were changed since his page was made."""
    if seen is None or seen >= run.events:
        return
    changed = select(RunEvent.changes).where(RunEvent.run_id == run.id, RunEvent.number > seen)
    if any(db.session.scalars(changed)):
        raise Conflict(_("What you decide on was changed meanwhile. Reload the page and look at it again."))


def _done_already(run: WorkflowRun, said: Said, error: Exception) -> Turn | None:
    """A double click: what was done under this id of the page, by the same person."""
    if isinstance(error, IntegrityError):
        db.session.rollback()
    if said.client_id is None or said.by is None:
        return None
    asked = select(RunEvent.operation, WorkflowRun.state).join(RunEvent.run)
    own = asked.where(RunEvent.run_id == run.id, RunEvent.client_id == said.client_id, RunEvent.by_id == said.by.id)
    done = db.session.execute(own).first()
    return Turn(done.state, done.operation, [], [], []) if done else None


def _refuse(error: Exception, run: WorkflowRun, command: Document, workflow: Workflow) -> Turn:
    if isinstance(error, workflows.WorkflowError):
        raise refusals.of(error, run, command.get("item"), workflow) from None
    if isinstance(error, Conflict):
        raise error
    raise Conflict(_("This was sent or changed at this moment elsewhere. Reload the page."), str(error)) from None


def _require(run: WorkflowRun, workflow: Workflow, about: Subject, command: Document, said: Said) -> None:
    """What an answer must come with: a comment, a signature, a file; and on the way on, fields that are filled in."""
    item = run.state["items"].get(command.get("item", ""))
    if item is None or command["do"] != "decide" or said.by is None or "advises" in item:
        return
    step = workflow.steps[item["step"]]
    outcome = step.outcomes[command["outcome"]]
    wanted = {*step.body.get("require", ()), *outcome.get("require", ())}
    given = {"comment": said.comment.strip(), "signature": said.signature, "attachment": said.files}
    if problems := [_wanting(one) for one in given if one in wanted and not given[one]]:
        raise Invalid(problems)
    if subjects.REQUIRE in step.body.get("fields", {}).values() and leads_on(step, command["outcome"]):
        subjects.refuse_missing(about, _rights(workflow, item["step"], about, said.by))


def _wanting(what: str) -> Problem:
    sentences = {
        "comment": _("Write a comment."),
        "signature": _("Sign first."),
        "attachment": _("Attach a file."),
    }
    return Problem(f"/{what}", "required", sentences[what])


def leads_on(step: workflows.Step, outcome: str) -> bool:
    """Whether an outcome is a yes: neither a rejection nor a way back."""
    said = step.outcomes[outcome]
    return outcome in ONWARD or (step.type == "decide" and "return" not in said and said.get("end") != "rejected")


# ── fields ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def fields(run: WorkflowRun, item: WorkItem) -> dict[str, str]:
    """hide, read, edit or require, by the id of each field, for whoever is asked in the step."""
    about = subjects.of(run)
    return _rights(_compiled(run, about), item.step, about, item.member)


def _rights(workflow: Workflow, step_id: str, about: Subject, who: Member | None) -> dict[str, str]:
    """The submitter mends what was returned to him wherever the form lets him."""
    step = workflow.steps[step_id]
    said = {"*": subjects.EDIT} if step_id == SUBMIT else {"*": subjects.READ, **step.body.get("fields", {})}
    return about.fields(said, who)


def _change(
    run: WorkflowRun, workflow: Workflow, about: Subject, command: Document, said: Said, changes: Document | None
) -> Document | None:
    if not changes or said.by is None:
        return None
    item = run.state["items"].get(command.get("item", ""))
    if item is None:
        raise workflows.Stale("not_waiting")
    if str(said.by.id) not in (item["who"], item.get("instead_of")):
        raise workflows.Forbidden("not_yours", workflow.steps[item["step"]], people=[item["who"] or "—"])
    return about.change(changes, _rights(workflow, item["step"], about, said.by), said.by, said.reason)


# ── looking ahead ────────────────────────────────────────────────────────────────────────────────────────────────────


def workflow_of(run: WorkflowRun) -> Workflow:
    """The tree of the version that the run keeps to."""
    return _compiled(run, subjects.of(run))


def ahead(run: WorkflowRun) -> Route:
    """The route from the beginning with what was said so far, everybody agreeing from here on; no stops where it is
    over, or where a condition cannot be computed."""
    if run.status != RUNNING:
        return Route([], [], 0, {})
    about = subjects.of(run)
    said = {step: one["outcome"] for step, one in run.state["said"].items() if one["outcome"] != "reject"}
    try:
        return workflows.simulate(
            _compiled(run, about), run.state["submitter"], RunFacts(run, about), run.state["chosen"], said
        )
    except workflows.WorkflowError:
        return Route([], [], 0, {})


def _compiled(run: WorkflowRun, about: Subject) -> Workflow:
    """Compiled against what it is about, which is read only where the flow has conditions."""
    body = run.version.document["body"]
    return flows.read(body, run.version.digest, about.known() if _computes(body["steps"]) else {})


def _computes(steps: Sequence[Document]) -> bool:
    return any(
        expressions(dict(step)) or any(_computes(part.get("steps", ())) for _place, part in parts_of(step))
        for step in steps
    )
