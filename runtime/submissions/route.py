"""将依次经过…: whom a form will ask, before it is sent. The engine walks the route with the values as they stand."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import workflows
from builder import definitions, flows
from builder.models import DefinitionVersion
from core import clock
from core.db import Document
from core.i18n import language
from organization.models import Member
from runtime.approvals import words
from runtime.approvals.facts import RunFacts
from runtime.approvals.models import WorkflowRun
from runtime.submissions import asking
from runtime.submissions.decided import RecordSubject
from runtime.submissions.filling import Filling
from runtime.submissions.models import Submission

CHOICE = "submitter_choice"


@dataclass(frozen=True)
class Coming:
    """A step that will ask somebody. `chooses`: the submitter says whom, of `people` where the flow gives a range."""

    id: str
    step: str
    people: Sequence[tuple[str, str]]
    why: Sequence[str]
    chooses: bool
    chosen: Sequence[str]


@dataclass(frozen=True)
class Ahead:
    """`unclear` is a sentence where the route cannot be told yet."""

    steps: Sequence[Coming]
    unclear: str = ""


def ahead(place: Filling, values: Mapping[str, Any], chosen: asking.Chosen) -> Ahead | None:
    """None for a form that asks nobody. Some four statements: the flow, and the people on the way."""
    key = asking.flow_of(place.form)
    version = definitions.published(place.company_id, "workflow", key) if key and place.member else None
    if version is None or place.member is None:
        return None
    run = _not_begun(place, place.member, version)
    about = RecordSubject(run)
    about.record = _not_sent(place, values)
    flow, facts = flows.read(version.document["body"], version.digest, about.known()), RunFacts(run, about)
    try:
        route = workflows.simulate(flow, str(place.member.id), facts, chosen)
    except workflows.WorkflowError as unclear:
        return Ahead([], unclear.text(language()))
    return Ahead([_coming(flow, stop, facts, chosen) for stop in route.stops])


def _not_begun(place: Filling, member: Member, version: DefinitionVersion) -> WorkflowRun:
    """A run that no session knows: the engine asks about it as about any other."""
    return WorkflowRun(
        company_id=place.company_id,
        version=version,
        subject_kind=asking.KIND,
        submitter=member,
        submitter_id=member.id,
        unit_id=place.unit_id,
        state={},
        status=workflows.RUNNING,
        events=0,
        started_at=clock.now(),
    )


def _not_sent(place: Filling, values: Mapping[str, Any]) -> Submission:
    kept: Document = {}
    return Submission(company_id=place.company_id, version=place.version, values=dict(values), kept=kept)


def _coming(flow: workflows.Workflow, stop: workflows.Stop, facts: RunFacts, chosen: asking.Chosen) -> Coming:
    step = flow.steps[stop.step]
    who = step.body.get("who", ())
    chooses = any(entry["kind"] == CHOICE for entry in who)
    offered = stop.people
    if chooses and stop.step in chosen:
        ranges = [entry["from"] for entry in who if entry["kind"] == CHOICE and "from" in entry]
        offered = tuple(person for entry in ranges for person in facts.resolve(entry, stop.row)) or stop.people
    people = [(one or "", _name(facts, one)) for one in offered]
    why = list(dict.fromkeys(words.why(step, reason) for reason in stop.why))
    return Coming(stop.step, step.title(language()), people, why, chooses, chosen.get(stop.step, ()))


def _name(facts: RunFacts, person: str | None) -> str:
    known = facts.chart.members.get(int(person)) if person else None
    return known.name if known else "—"
