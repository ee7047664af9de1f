"""A flow holds together: the engine finds a way through it (`workflows.check`), everybody who is asked can be looked
for, every action says what it needs, and a key stands only where it means something.
"""

from collections.abc import Iterator

from flask_babel import gettext as _

import workflows
from builder import flows
from builder.checks import workflow_actions, workflow_people
from builder.checks.workflow_people import Place
from builder.forms import Form
from builder.shape import pointer
from builder.sources import Sources
from core.db import Document
from core.errors import Problem
from core.i18n import language

ASKING = ("who", "mode", "empty", "same_as_submitter", "repeated", "due", "can", "return", "require", "fields")
KEYS: dict[str, tuple[str, ...]] = {
    "approve": (*ASKING, "then"),
    "decide": (*ASKING, "outcomes", "split"),
    "handle": (*ASKING, "then"),
    "notify": ("who",),
    "choose": ("branches", "else"),
    "together": ("branches", "join"),
    "each": ("over", "steps", "join"),
    "wait": ("for",),
    "effect": ("then",),
    "call": ("workflow",),
}
"""What a step of each type may say besides its id, type and title."""

EVERYWHERE = frozenset({"id", "type", "title"})


def problems(body: Document, known: Sources) -> Iterator[Problem]:
    schema, form = flows.schema(body["subject"], known), flows.form_of(body["subject"], known)
    for found in workflows.check(body, schema):
        yield Problem(f"/body{found.path}", found.code, found.text(language()))
    for place, step in steps(body["steps"], ("body", "steps")):
        yield from _misplaced(step, place)
        yield from workflow_people.problems(step, place, form)
        yield from workflow_actions.problems(step, place, form)
        yield from _fields(step, place, form)
        yield from _due(step, place)
        yield from _incomplete(step, place, form)


def cautions(body: Document, known: Sources) -> list[Problem]:
    """What stops nobody and is worth knowing: conditions that overlap, and what they leave over."""
    found = workflows.hints(body, flows.schema(body["subject"], known))
    return [Problem(f"/body{hint.path}", hint.code, hint.text(language())) for hint in found]


def other_form(document: Document, known: Sources) -> Iterator[Problem]:
    """A form goes through a flow that was drawn for it: conditions and rights on fields mean nothing elsewhere."""
    flow = known.get(("workflow", document["body"].get("workflow", "")))
    if flow and flow.document["body"]["subject"].get("form") != document["key"]:
        yield Problem(
            "/body/workflow", "subject", _("This flow is for something else. Choose one that is for this form.")
        )


def steps(found: list[Document], place: Place) -> Iterator[tuple[Place, Document]]:
    """Every step with its place, in reading order."""
    for position, step in enumerate(found):
        here = (*place, position)
        yield here, step
        for inner, part in parts(step):
            yield from steps(part, (*here, *inner))


def parts(step: Document) -> Iterator[tuple[Place, list[Document]]]:
    """The sequences inside a step, each with its place below it."""
    for key in ("branches", "outcomes"):
        for position, part in enumerate(step.get(key, ())):
            if "steps" in part:
                yield (key, position, "steps"), part["steps"]
    if "else" in step:
        yield ("else", "steps"), step["else"]["steps"]
    if "steps" in step:
        yield ("steps",), step["steps"]


def _misplaced(step: Document, place: Place) -> Iterator[Problem]:
    for key in step.keys() - EVERYWHERE - set(KEYS[step["type"]]):
        sentence = _("“%(key)s” means nothing in a step of this type. Take it out.", key=key)
        yield Problem(pointer((*place, key)), "misplaced", sentence)
    for position, branch in enumerate(step.get("branches", ())):
        if step["type"] == "choose" and "when" not in branch:
            yield Problem(pointer((*place, "branches", position, "when")), "required", _("Say when this branch holds."))
        if step["type"] == "together" and "when" in branch:
            sentence = _("Parallel branches are all taken: a condition means nothing here. Take it out.")
            yield Problem(pointer((*place, "branches", position, "when")), "misplaced", sentence)


def _fields(step: Document, place: Place, form: Form | None) -> Iterator[Problem]:
    """Rights on fields name fields of the form."""
    for field_id in step.get("fields", ()):
        if form is None or (field_id != "*" and field_id not in form.fields):
            sentence = _("The form has no field “%(field)s”. Take it out, or choose one that it has.", field=field_id)
            yield Problem(pointer((*place, "fields", field_id)), "unknown_field", sentence)


def _due(step: Document, place: Place) -> Iterator[Problem]:
    """Each line of a time limit does one thing at one moment."""
    due = step.get("due", {})
    for position, lapse in enumerate(due.get("then", ())):
        here = pointer((*place, "due", "then", position))
        if len(lapse.keys() & {"remind", "escalate", "outcome"}) != 1 or {"before", "after"} <= lapse.keys():
            yield Problem(here, "lapse", _("Say one thing to be done, before or after the time limit."))
        elif lapse.get("before", 0) >= due["working_hours"]:
            sentence = _("It begins to wait only %(hours)s hours before. Choose less.", hours=due["working_hours"])
            yield Problem(f"{here}/before", "before", sentence)


def _incomplete(step: Document, place: Place, form: Form | None) -> Iterator[Problem]:
    match step["type"]:
        case "call" if not step["workflow"]:
            yield Problem(pointer((*place, "workflow")), "required", _("Choose the flow that is called."))
        case "effect" if not step["then"]:
            yield Problem(pointer((*place, "then")), "required", _("Nothing is done here. Add an action."))
        case "together" | "choose" if not step["branches"]:
            yield Problem(pointer((*place, "branches")), "required", _("There is no branch. Add one."))
        case "decide" if not step["outcomes"]:
            yield Problem(
                pointer((*place, "outcomes")), "required", _("There is nothing to choose from. Add an outcome.")
            )
        case "wait" if form and "until" in step["for"]:
            known = {field.title["zh"] for field in form.tops if field.kind == "date"}
            if step["for"]["until"] not in known:
                yield Problem(pointer((*place, "for", "until")), "no_date", _("Choose a field with a date."))
        case "each" if form and "rows" in step["over"]:
            if step["over"]["rows"] not in {table.title["zh"] for table in form.tables}:
                yield Problem(pointer((*place, "over", "rows")), "no_table", _("Choose a sub-table of the form."))
