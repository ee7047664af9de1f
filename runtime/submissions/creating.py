"""What a record makes, as its form says: facts, meetings with customers, tasks that are done, and what `makers` make.
Runs as a job after the record is stored; doing it again, after a correction, brings in step what was made and makes
nothing twice.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from sqlalchemy import select

from builder import forms
from builder.forms import Form, Made
from core.db import Model, db
from core.errors import Conflict, Invalid
from organization.models import Contact, Customer, OrgUnit, Product
from runtime.actions import tasks, weeks
from runtime.actions.models import Task, TaskItem
from runtime.actions.tasks import Evidence
from runtime.facts import store, touches
from runtime.facts.judging import Given
from runtime.facts.store import Fed
from runtime.facts.touches import GivenTouch
from runtime.submissions import worlds
from runtime.submissions.makers import followups, goals, swapping
from runtime.submissions.makers.sources import day_of, reference
from runtime.submissions.models import Attachment, Submission
from runtime.submissions.pickers import Names

SOURCE = "form"


def make(submission: Submission) -> None:
    """Everything that the form's `creates` give for these values. Raises Invalid for figures that are refused."""
    version = submission.version
    form = forms.of(version.document["body"], version.digest)
    names = Names(submission.company_id, submission.submitter)
    world = worlds.of(submission.submitter, form, names) if submission.submitter else worlds.of_stranger(names)
    state = forms.effective(form, submission.values, world)
    for one in forms.made(state):
        MAKERS[one.make](submission, form, one)


def _fact(submission: Submission, _form: Form, made: Made) -> None:
    values = made.values
    if "value" not in values:
        return
    given = Given(
        place=f"/{made.id}",
        metric=made.what or "",
        period=day_of(submission, values).isoformat(),
        value=values["value"],
        unit=_code(OrgUnit, values.get("unit")),
        member="" if "unit" in values else _submitter_code(submission),
        product=_code(Product, values.get("product")),
        source_ref=reference(submission, made),
    )
    _taken(store.feed(submission.company_id, [given], source=SOURCE, by_id=submission.submitter_id))


def _touch(submission: Submission, _form: Form, made: Made) -> None:
    values = made.values
    if "customer" not in values or submission.submitter is None:
        return
    given = GivenTouch(
        place=f"/{made.id}",
        customer=_code(Customer, values["customer"]),
        member=submission.submitter.code,
        day=day_of(submission, values).isoformat(),
        kind=made.what or touches.VISIT,
        contact_level=str(values.get("contact_level") or ""),
        source_ref=reference(submission, made),
    )
    _taken(touches.feed(submission.company_id, [given], source=SOURCE, by_id=submission.submitter_id))


def _task_done(submission: Submission, form: Form, made: Made) -> None:
    """Close the open task that asks for this customer, when what was sent proves it: a picture, or the place."""
    item = _open_item(submission, made.values)
    if item is None:
        return
    level = item.task.contact_level or made.values.get("contact_level")
    try:
        tasks.complete(item, _evidence(submission, form, _contact_id(item, level)))
    except (Invalid, Conflict):
        return  # what the task asks for is not proved by this; it stays open and says what is missing


MAKERS: Mapping[str, Callable[[Submission, Form, Made], None]] = {
    "fact": _fact,
    "touch": _touch,
    "task_done": _task_done,
    "goal": goals.goal,
    "check_in": goals.check_in,
    "case": followups.case,
    "asset": followups.asset,
    "swap": swapping.swap,
}


# ── figures and meetings ─────────────────────────────────────────────────────────────────────────────────────────────


def _taken(fed: Fed) -> None:
    if fed.rejected:
        raise Invalid(fed.rejected)


def _code(model: type[Model], key: Any) -> str:
    """What feeds name a unit, product or customer by; empty for none."""
    return db.session.get_one(model, key).code if key is not None else ""


def _submitter_code(submission: Submission) -> str:
    return submission.submitter.code if submission.submitter else ""


# ── tasks ────────────────────────────────────────────────────────────────────────────────────────────────────────────


def _open_item(submission: Submission, values: Mapping[str, Any]) -> TaskItem | None:
    """Of the submitter's tasks of that week: the one that is named, or the first that asks for the customer."""
    asked = (
        select(TaskItem)
        .join(TaskItem.task)
        .where(Task.member_id == submission.submitter_id, TaskItem.done_at.is_(None))
        .where(TaskItem.customer_id == values.get("customer"))
    )
    if "task" in values:
        asked = asked.where(Task.id == values["task"])
    else:
        asked = asked.where(Task.week == weeks.week_of(day_of(submission, values)))
    if level := values.get("contact_level"):
        asked = asked.where(Task.contact_level.is_(None) | (Task.contact_level == level))
    return db.session.scalar(asked.order_by(Task.tier, TaskItem.id).limit(1))


def _contact_id(item: TaskItem, level: str | None) -> int | None:
    asked = select(Contact.id).where(Contact.customer_id == item.customer_id, Contact.level == level)
    return db.session.scalar(asked.order_by(Contact.id).limit(1))


def _evidence(submission: Submission, form: Form, contact_id: int | None) -> Evidence:
    places = [submission.values.get(field.name) for field in form.tops if field.widget == "location"]
    where = next((_spoken(place) for place in places if place), "")
    return Evidence(place=where, note=submission.named, contact_id=contact_id, photo=_photo(submission))


def _spoken(place: Sequence[float]) -> str:
    return f"{place[0]:.5f}, {place[1]:.5f}"


def _photo(submission: Submission) -> str | None:
    own = select(Attachment.content).where(Attachment.submission_id == submission.id)
    return db.session.scalar(own.where(Attachment.media.startswith("image/")).order_by(Attachment.id).limit(1))
