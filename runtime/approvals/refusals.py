"""What the engine refuses, as an error of the product: with names in the sentence, and for whoever came second with
what the first one did."""

from collections.abc import Collection

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import joinedload

import workflows
from core.db import db
from core.errors import AppError, Conflict, Forbidden, Invalid, Problem
from core.i18n import language
from organization.models import Member
from runtime.approvals import words
from runtime.approvals.models import WorkflowRun, WorkItem

PLACES = {
    "reason_needed": "/reason",
    "nowhere_to_return": "/to",
    "already_there": "/person",
    "unknown_outcome": "/outcome",
    "choice_needed": "/chosen",
    "outside_range": "/chosen",
}
"""Where on the page it is mended."""


def of(error: workflows.WorkflowError, run: WorkflowRun, token: str | None, workflow: workflows.Workflow) -> AppError:
    """The error to raise for one of the engine's; `token` is the item that somebody wanted to answer."""
    sentence = error.text(language(), _names(error.people))
    if isinstance(error, workflows.Stale):
        return Conflict(_first_was(run, token, workflow) or sentence, str(error))
    if isinstance(error, workflows.Forbidden):
        return Forbidden(sentence, str(error))
    place = PLACES.get(error.code, "")
    at = f"{place}/{error.step}" if place == "/chosen" else place
    return Invalid([Problem(at, error.code, sentence)])


def _names(people: Collection[str]) -> dict[str, str]:
    ids = [int(person) for person in people if person.isdecimal()]
    if not ids:
        return {}
    found = db.session.execute(select(Member.id, Member.name).where(Member.id.in_(ids)))
    return {str(row.id): row.name for row in found}


def _first_was(run: WorkflowRun, token: str | None, workflow: workflows.Workflow) -> str | None:
    """Who closed the item, and how; nothing where there never was such an item."""
    asked = select(WorkItem).where(WorkItem.run_id == run.id, WorkItem.token == token)
    item = db.session.scalar(asked.options(joinedload(WorkItem.closed_by)))
    if item is None or item.closed_at is None:
        return None
    if item.closed_by is not None and item.outcome is not None:
        said = words.said(workflow.steps.get(item.step), item.outcome)
        return str(_("%(name)s was first: %(said)s. Reload the page.", name=item.closed_by.name, said=said))
    if item.closed_as in words.CLOSED:
        return str(_("This item is gone: %(why)s. Reload the page.", why=words.CLOSED[item.closed_as]))
    return None
