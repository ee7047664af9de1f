"""A run as one person sees it: what he is asked, what he may do about it, the route behind, here and ahead."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from flask import url_for
from flask_babel import gettext as _
from sqlalchemy import select
from werkzeug.datastructures import MultiDict

import workflows
from builder.forms import Field
from core.db import Document, db
from core.errors import NotFound, Problem
from core.i18n import language, text
from organization.models import Member
from runtime.approvals import history, running, runs, step_record, subjects, words
from runtime.approvals.history import Entry, Story
from runtime.approvals.models import RunReader, WorkflowRun, WorkItem
from runtime.approvals.step_record import StepPage
from runtime.submissions import histories, posting
from runtime.submissions.filling import Filling
from runtime.submissions.models import Attachment, Submission
from workflows import SUBMIT, Step
from workflows.document import ASKING

Posted = MultiDict[str, str]


@dataclass(frozen=True)
class Verdict:
    """A button. `requires` holds reason, comment, signature, attachment; `targets` where it may lead back to."""

    outcome: str
    words: str
    tone: str
    requires: Sequence[str]
    targets: Sequence[tuple[str, str]] = ()


@dataclass(frozen=True)
class Ahead:
    """A step that is still to come, and whom it will ask; `people` and `why` side by side."""

    step: str
    people: Sequence[str]
    why: Sequence[str]


@dataclass(frozen=True)
class Choice:
    """A step that leaves to this one whom it asks; `people` are (id, name) of the range, nobody where it is open."""

    id: str
    step: str
    people: Sequence[tuple[str, str]]


@dataclass(frozen=True)
class RunPage:
    story: Story
    item: WorkItem | None
    entries: Sequence[Entry]
    readers: Sequence[RunReader]
    ahead: Sequence[Ahead]
    choices: Sequence[Choice]
    record: StepPage | None
    url: str
    problems: Sequence[Problem] = ()

    @property
    def run(self) -> WorkflowRun:
        return self.story.run

    @property
    def now(self) -> list[WorkItem]:
        """Who is asked at the moment."""
        return [item for item in self.story.items if item.closed_at is None]

    @property
    def step(self) -> Step | None:
        return self.story.step(self.item.step) if self.item else None

    @property
    def engine_item(self) -> Document:
        return dict(self.run.state["items"][self.item.token]) if self.item else {}

    @property
    def advising(self) -> bool:
        return "advises" in self.engine_item

    @property
    def advice(self) -> tuple[str, str] | None:
        """Whose advice has come, and what he said."""
        said = self.engine_item.get("advice")
        return (self.story.name(said[0]), words.said(self.step, said[1])) if said else None

    @property
    def verdicts(self) -> list[Verdict]:
        step = self.step
        return [] if step is None else [self._verdict(step, outcome) for outcome in step.outcomes]

    def _verdict(self, step: Step, outcome: str) -> Verdict:
        targets: Sequence[tuple[str, str]] = ()
        if step.outcomes[outcome].get("return", {}).get("to") == "earlier" and not self.advising:
            targets = self._titled(self._targets(outcome))
        return Verdict(outcome, words.verdict(step, outcome), tone(step, outcome), requires(step, outcome), targets)

    def _targets(self, outcome: str | None = None) -> list[str]:
        return workflows.targets(self.story.workflow, self.run.state, self.engine_item, outcome)  # type: ignore[arg-type]

    def _titled(self, steps: Sequence[str]) -> list[tuple[str, str]]:
        return [(step, self.story.title(step)) for step in steps]

    @property
    def can(self) -> set[str]:
        """Of return, transfer, delegate and the ways to add a signer, those that the step allows."""
        step = self.step
        return set() if step is None or self.advising or step.id == SUBMIT else set(step.body.get("can", ()))

    @property
    def can_more(self) -> bool:
        """Whether there is anything beside deciding and returning."""
        return bool(self.can - {"return"})

    @property
    def ways_to_add(self) -> list[tuple[str, str]]:
        """The ways to add a signer that the step allows."""
        return [(way, str(said)) for way, said in words.ADD.items() if f"add_{way}" in self.can]

    @property
    def returns(self) -> list[tuple[str, str]]:
        return self._titled(self._targets()) if "return" in self.can else []

    @property
    def asks_resume(self) -> bool:
        return self.step is not None and self.step.body.get("return", {}).get("resume") == "ask"

    def asks(self, what: str) -> bool:
        """Whether a verdict here takes a comment, a signature or an attachment."""
        return any(what in verdict.requires for verdict in self.verdicts)

    @property
    def needing_reason(self) -> list[str]:
        """The buttons that need an opinion."""
        found = [verdict.words for verdict in self.verdicts if "reason" in verdict.requires]
        return [] if self.advising else found


def requires(step: Step, outcome: str) -> list[str]:
    """What must come with an answer: the outcome says it, and the step for all; a reason only for a rejection."""
    own = list(step.outcomes.get(outcome, {}).get("require", ()))
    shared = [one for one in step.body.get("require", ()) if one != "reason" or outcome in ("reject", "return")]
    return list(dict.fromkeys([*own, *shared]))


def tone(step: Step, outcome: str) -> str:
    """good leads on, bad refuses, warn sends back."""
    said = step.outcomes.get(outcome, {})
    if outcome == "reject" or said.get("end") == "rejected":
        return "bad"
    return "warn" if "return" in said else "good"


def of_his(items: Sequence[WorkItem], member: Member, wanted: int | None = None) -> WorkItem | None:
    """What he is asked here: the item that the address names, else the first."""
    his = [item for item in items if item.closed_at is None and member.id in (item.member_id, item.instead_of_id)]
    return next((item for item in his if item.id == wanted), None) or next(iter(his), None)


# ── putting it together ──────────────────────────────────────────────────────────────────────────────────────────────


def of(
    member: Member,
    run: WorkflowRun,
    wanted: int | None = None,
    *,
    typed: Posted | None = None,
    problems: Sequence[Problem] = (),
) -> RunPage:
    """Everything about a run for somebody who sees it; `wanted` is the item that he came for."""
    items, events = runs.items_of(run), runs.events_of(run)
    item = of_his(items, member, wanted)
    submission = step_record.submission_of(run)
    record = _record(member, run, items, item, submission, typed)
    route = running.ahead(run)
    names = history.names_of(run, events, _people(run, route))
    story = Story(run, running.workflow_of(run), items, events, names)
    return RunPage(
        story=story,
        item=item,
        entries=history.entries(story, *_fields(record), history.effects_of(run)),
        readers=history.readers_of(run),
        ahead=_ahead(story, route),
        choices=_choices(story, route, item),
        record=record,
        url="" if submission else _address(run),
        problems=problems,
    )


def _record(
    member: Member,
    run: WorkflowRun,
    items: Sequence[WorkItem],
    item: WorkItem | None,
    submission: Submission | None,
    typed: Posted | None,
) -> StepPage | None:
    if submission is None:
        return None
    return step_record.page(member, submission, rights(member, run, items, item), typed)


def rights(member: Member, run: WorkflowRun, items: Sequence[WorkItem], item: WorkItem | None) -> dict[str, str]:
    """What he may do with each field: as the step says that asks him, else as the last one that did, only to read."""
    if item is not None:
        return dict(running.fields(run, item))
    if member.id == run.submitter_id or member.may(runs.MANAGE, run.unit):
        return {}
    was = [one for one in items if member.id in (one.member_id, one.instead_of_id, one.closed_by_id)]
    said = running.fields(run, was[-1]) if was else {}
    return {field_id: step_record.HIDE for field_id, right in said.items() if right == step_record.HIDE}


def _address(run: WorkflowRun) -> str:
    endpoint, values = subjects.of(run).address
    return url_for(endpoint, **values)


def _fields(record: StepPage | None) -> tuple[dict[str, str], Any]:
    """Titles of the fields that he may see, by name, and how their values are said."""
    if record is None:
        return {}, None
    seen = {at.name: at for at in record.form.tops if at.id not in record.state.unseen}
    titles = {name: text(at.title) for name, at in seen.items()}
    return titles, lambda name, value: histories.said(record, seen[name], value)


def _people(run: WorkflowRun, route: workflows.Route) -> Iterator[str]:
    yield from (person for stop in route.stops for person in stop.people if person is not None)
    yield from (item["advises"] for item in run.state["items"].values() if "advises" in item)


def _coming(story: Story, route: workflows.Route) -> list[workflows.Stop]:
    """Of the route that is walked if everybody agrees, the steps that nobody has concluded or is asked in."""
    state = story.run.state
    passed = set(state["said"]) | {item["step"] for item in state["items"].values()}
    return [stop for stop in route.stops if stop.step not in passed] if story.run.status == "running" else []


def _ahead(story: Story, route: workflows.Route) -> list[Ahead]:
    return [
        Ahead(
            story.title(stop.step),
            [story.name(person) if person else "—" for person in stop.people],
            [words.why(story.step(stop.step), why) for why in stop.why],
        )
        for stop in _coming(story, route)
    ]


def _choices(story: Story, route: workflows.Route, item: WorkItem | None) -> list[Choice]:
    """The steps ahead that the one who decides now chooses people for."""
    if item is None:
        return []
    chosen = story.run.state["chosen"]
    return [
        Choice(stop.step, story.title(stop.step), [(one, story.name(one)) for one in stop.people if one])
        for stop in _coming(story, route)
        if stop.step not in chosen and any(who["kind"] == "previous_choice" for who in _who(story, stop))
    ]


def _who(story: Story, stop: workflows.Stop) -> Sequence[Document]:
    step = story.step(stop.step)
    return step.body.get("who", ()) if step else ()


def jump_targets(page: RunPage) -> list[tuple[str, str]]:
    """The steps that ask somebody, in reading order, where an administrator may let a run go on. One that is over is
    reopened outside of parallel parts only."""
    steps = sorted(page.story.workflow.steps.values(), key=lambda step: step.order)
    over = page.run.status != workflows.RUNNING
    asking = [step for step in steps if step.type in ASKING and not (over and step.branch)]
    return [(step.id, step.title(language())) for step in asking]


# ── what is posted ───────────────────────────────────────────────────────────────────────────────────────────────────


def changes(member: Member, run: WorkflowRun, posted: Posted, uploads: Any) -> Document:
    """What he filled in of the record, by name of the field. No statement where the step leaves him nothing."""
    item = _named(run, posted.get("item", ""))
    if item is None or "given" not in posted:
        return {}
    said = running.fields(run, item)
    if not any(right in (step_record.EDIT, step_record.REQUIRE) for right in said.values()):
        return {}
    submission = step_record.submission_of(run)
    return step_record.changes(member, submission, said, posted, uploads) if submission else {}


def field_for_files(member: Member, run: WorkflowRun, name: str) -> tuple[Filling, Field]:
    """The field of the record that files go into. Raises NotFound where it is not his to fill."""
    items = runs.items_of(run)
    item, submission = of_his(items, member), step_record.submission_of(run)
    place = step_record.place_of(member, submission) if submission else None
    field = posting.named(place.form, name) if place else None
    said = rights(member, run, items, item)
    if place is None or field is None or said.get(field.id) not in (step_record.EDIT, step_record.REQUIRE):
        raise NotFound(_("There is no such field for files."))
    return place, field


def attachment(member: Member, run: WorkflowRun, name: str) -> Attachment:
    """A file of the record in a field that he may see here. Raises NotFound."""
    submission = step_record.submission_of(run)
    found = step_record.attachment(submission, name) if submission else None
    items = runs.items_of(run)
    said = rights(member, run, items, of_his(items, member))
    if found is None or said.get(found.field) == step_record.HIDE:
        raise NotFound(_("This file is not there any more."))
    return found


def _named(run: WorkflowRun, token: str) -> WorkItem | None:
    asked = select(WorkItem).where(WorkItem.run_id == run.id, WorkItem.token == token)
    return db.session.scalar(asked) if token else None
