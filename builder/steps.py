"""What was done to a draft, step by step, so that each step can be taken back and done again. The audit is the log:
nothing else is kept, and a step that somebody undid stays in it.

A step holds the parts of the body that it changed. It can be undone while the draft is what the step left; a text
saved in between (in the JSON editor) closes what lies before it.
"""

from collections.abc import Iterator
from typing import NamedTuple

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from builder import definitions, differences, json_text
from builder.models import DefinitionVersion
from builder.sources import digest
from core import audit
from core.audit import AuditEvent
from core.db import Document, db
from core.errors import Conflict

DONE = "definition.step"
UNDONE = "definition.undo"
REDONE = "definition.redo"
FETCHED = 50  # steps at a time
HEAD = ("title", "description")


class Step(NamedTuple):
    before: Document  # digest, and by key the parts of body and head as they were; None where there was none
    after: Document


def save(version: DefinitionVersion, document: Document, *, seen: int, by_id: int | None) -> None:
    """Keep the document as the draft and the way back in the log. Raises as `definitions.save_draft`. Flushes."""
    old = version.document
    definitions.save_draft(version, json_text.dump(document), seen=seen, by_id=by_id)
    if version.document != old:
        _record(DONE, version, old, by_id=by_id)


def undo(version: DefinitionVersion, *, seen: int, by_id: int | None) -> None:
    """Take the last step back. Raises Conflict when there is none. Flushes."""
    step = last(version)
    if step is None:
        raise Conflict(_("There is nothing to undo in this draft."), f"draft {version.id} has no step to undo")
    old = version.document
    definitions.save_draft(version, json_text.dump(_before(old, step)), seen=seen, by_id=by_id)
    _record(UNDONE, version, old, by_id=by_id)


def redo(version: DefinitionVersion, *, seen: int, by_id: int | None) -> None:
    """Do again what was undone last. Raises Conflict when something else was done since. Flushes."""
    step = undone(version)
    if step is None:
        raise Conflict(_("There is nothing to do again in this draft."), f"draft {version.id} has no step to redo")
    old = version.document
    definitions.save_draft(version, json_text.dump(_before(old, step)), seen=seen, by_id=by_id)
    _record(REDONE, version, old, by_id=by_id)


def last(version: DefinitionVersion) -> Step | None:
    """The newest step that is not undone, while the draft still is what it left."""
    undone, now = 0, version.digest
    for action, step in _log(version):
        if step.after["digest"] != now:
            return None
        if action == UNDONE:
            undone += 1
        elif undone:
            undone -= 1
        else:
            return step
        now = step.before["digest"]
    return None


def undone(version: DefinitionVersion) -> Step | None:
    """The newest undoing that is not done again, while nothing else came after it."""
    redone, now = 0, version.digest
    for action, step in _log(version):
        if step.after["digest"] != now or action == DONE:
            return None
        if action == REDONE:
            redone += 1
        elif redone:
            redone -= 1
        else:
            return step
        now = step.before["digest"]
    return None


def said(version: DefinitionVersion, step: Step) -> list[str]:
    """What undoing changes, in sentences, the shortest first: the longest tell what a choice took with it."""
    return sorted(differences.sentences(version.document, _before(version.document, step)), key=len)


def _before(document: Document, step: Step) -> Document:
    body = {key: value for key, value in document["body"].items() if key not in step.before["body"]}
    body |= {key: value for key, value in step.before["body"].items() if value is not None}
    order = [*step.before["order"], *(key for key in body if key not in step.before["order"])]
    head = step.before.get("head", {})
    kept = {key: value for key, value in {**document, **head}.items() if value is not None}
    return {**kept, "body": {key: body[key] for key in order if key in body}}


def _log(version: DefinitionVersion) -> Iterator[tuple[str, Step]]:
    """The steps of this draft, newest first."""
    events = db.session.scalars(
        select(AuditEvent)
        .options(joinedload(AuditEvent.value))
        .where(
            AuditEvent.subject == _subject(version),
            AuditEvent.action.in_((DONE, UNDONE, REDONE)),
            AuditEvent.at >= version.created_at,
        )
        .order_by(AuditEvent.id.desc())
        .execution_options(yield_per=FETCHED)
    )
    for event in events:
        value = event.value
        if value and value.before and value.after:
            yield event.action, Step(value.before, value.after)


def _record(action: str, version: DefinitionVersion, old: Document, *, by_id: int | None) -> None:
    was, now = old["body"], version.document["body"]
    touched = [key for key in {**was, **now} if was.get(key) != now.get(key)]
    head = {key: old.get(key) for key in HEAD if old.get(key) != version.document.get(key)}
    before = {"digest": digest(old), "body": {key: was.get(key) for key in touched}, "order": list(was)}
    audit.record(
        action,
        _subject(version),
        by_id=by_id,
        before={**before, "head": head} if head else before,
        after={"digest": version.digest, "body": {key: now.get(key) for key in touched}},
    )


def _subject(version: DefinitionVersion) -> str:
    return f"definition:{version.definition_id}"
