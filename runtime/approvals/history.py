"""What was done to a run, entry by entry: who, when, why he, what he said, what changed, what came of it."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import joinedload

import workflows
from core.db import Document, db
from organization.models import Member
from runtime.approvals import words
from runtime.approvals.models import RunEffect, RunEvent, RunReader, WorkflowRun, WorkItem
from workflows import Workflow

TO_PEOPLE = frozenset({"transfer", "delegate", "add_signer", "reassign"})
TO_STEPS = frozenset({"send_back", "jump", "reopen"})
OF_NOBODY = frozenset({"lapse", "wake"})


@dataclass(frozen=True)
class Entry:
    """`why` says why this person was asked; `instead_of` for whom he acted. `changes` are (field, before, after)."""

    number: int
    at: dt.datetime
    what: str
    step: str
    why: str
    instead_of: str
    event: RunEvent
    changes: Sequence[tuple[str, str, str]]
    effects: Sequence[RunEffect]


@dataclass(frozen=True)
class Story:
    """Everything that is known about a run, read once."""

    run: WorkflowRun
    workflow: Workflow
    items: Sequence[WorkItem]
    events: Sequence[RunEvent]
    names: Mapping[str, str]

    def step(self, identity: str) -> workflows.Step | None:
        return self.workflow.steps.get(identity)

    def title(self, identity: str) -> str:
        return words.step(self.step(identity), identity)

    def item(self, token: str | None) -> WorkItem | None:
        return next((item for item in self.items if item.token == token), None)

    def name(self, person: str) -> str:
        return self.names.get(person, "—")


def effects_of(run: WorkflowRun) -> list[RunEffect]:
    return list(db.session.scalars(select(RunEffect).where(RunEffect.run_id == run.id).order_by(RunEffect.number)))


def readers_of(run: WorkflowRun) -> list[RunReader]:
    asked = select(RunReader).where(RunReader.run_id == run.id).order_by(RunReader.id)
    return list(db.session.scalars(asked.options(joinedload(RunReader.member))))


def names_of(run: WorkflowRun, events: Iterable[RunEvent], more: Iterable[str] = ()) -> dict[str, str]:
    """Names of everybody whom the events and the state mention, by id as text. One statement."""
    mentioned = {*more, *(person for event in events for person in _mentioned(event.operation))}
    mentioned |= {person for item in run.state["items"].values() for person in (item.get("advice") or [])[:1]}
    ids = {int(person) for person in mentioned if person.isdecimal()}
    asked = select(Member.id, Member.name).where(Member.id.in_(ids))
    return {str(row.id): row.name for row in db.session.execute(asked)} if ids else {}


def _mentioned(operation: Document) -> Iterator[str]:
    if operation["do"] in TO_PEOPLE:
        yield operation["to"]
    for people in (operation.get("chosen") or {}).values():
        yield from people


def entries(
    story: Story, fields: Mapping[str, str], shown: Any = None, effects: Sequence[RunEffect] = ()
) -> list[Entry]:
    """Oldest first. `fields` are titles of the fields that the reader may see, by name; `shown(name, value)` says a
    value in words."""
    by_event: dict[int, list[RunEffect]] = defaultdict(list)
    for effect in effects:
        by_event[effect.event].append(effect)
    return [_entry(story, event, fields, shown, by_event[event.number]) for event in story.events]


def _entry(story: Story, event: RunEvent, fields: Mapping[str, str], shown: Any, effects: Sequence[RunEffect]) -> Entry:
    operation = event.operation
    item = story.item(operation.get("item"))
    step = story.step(item.step) if item else None
    return Entry(
        number=event.number,
        at=event.at,
        what=words.deed(operation, _by(event), step, _to(story, operation)),
        step=story.title(item.step) if item else "",
        why=words.why(step, item.why) if item else "",
        instead_of=_instead_of(item, event),
        event=event,
        changes=list(_changes(event, fields, shown)),
        effects=effects,
    )


def _by(event: RunEvent) -> str:
    return event.by.name if event.by else _("The system")


def _to(story: Story, operation: Document) -> str:
    to = operation.get("to", "")
    if operation["do"] in TO_PEOPLE:
        return story.name(to)
    return story.title(to) if operation["do"] in TO_STEPS else ""


def _instead_of(item: WorkItem | None, event: RunEvent) -> str:
    """The name of whom he acted for, where it was not himself who answered."""
    if item is None or item.instead_of is None or event.by_id == item.instead_of_id:
        return ""
    return item.instead_of.name


def _changes(event: RunEvent, fields: Mapping[str, str], shown: Any) -> Iterator[tuple[str, str, str]]:
    for name, change in (event.changes or {}).items():
        if name in fields:
            before, after = _pair(change)
            yield fields[name], _said(shown, name, before), _said(shown, name, after)


def _pair(change: Any) -> tuple[Any, Any]:
    return (change.get("before"), change.get("after")) if isinstance(change, dict) else (change[0], change[1])


def _said(shown: Any, name: str, value: Any) -> str:
    if value is None:
        return "—"
    return str(shown(name, value)) if shown else str(value)
