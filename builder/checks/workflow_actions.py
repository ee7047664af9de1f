"""Every action of a flow says what it needs, and nothing else."""

from collections.abc import Iterator

from flask_babel import gettext as _

import formulas
from builder import forms
from builder.checks import workflow_people
from builder.checks.workflow_people import Place
from builder.expressions import other_kind, refused
from builder.forms import Form
from builder.shape import pointer
from core.db import Document
from core.errors import Problem

NEEDS: dict[str, tuple[str, ...]] = {
    "append_note": ("to",),
    "create_goals": (),
    "recascade": (),
    "publish": (),
    "open_case": ("title", "for", "hours"),
    "award": ("points", "for", "reason"),
    "notify": ("who", "message"),
    "set": ("field", "to"),
    "webhook": ("url",),
}
MAY: dict[str, tuple[str, ...]] = {
    "append_note": ("text",),
    "create_goals": ("parent", "layer"),
    "recascade": ("cascade",),
}
"""What an action must say, and what it may."""

NOTED = ("goal", "parent_goal")


def problems(step: Document, place: Place, form: Form | None) -> Iterator[Problem]:
    for at, action in listed(step, place):
        yield from _action(action, at, form)


def listed(step: Document, place: Place) -> Iterator[tuple[Place, Document]]:
    """The actions of a step and of its outcomes, each with its place."""
    for position, action in enumerate(step.get("then", ())):
        yield (*place, "then", position), action
    for number, outcome in enumerate(step.get("outcomes", ())):
        for position, action in enumerate(outcome.get("then", ())):
            yield (*place, "outcomes", number, "then", position), action


def _action(action: Document, place: Place, form: Form | None) -> Iterator[Problem]:
    do = action["do"]
    for key in NEEDS[do]:
        if not action.get(key):
            yield Problem(pointer((*place, key)), "required", _("This is not said yet."))
    for key in action.keys() - {"do", *NEEDS[do], *MAY.get(do, ())}:
        sentence = _("“%(key)s” means nothing in this action. Take it out.", key=key)
        yield Problem(pointer((*place, key)), "misplaced", sentence)
    for position, who in enumerate(action.get("who", ())):
        yield from workflow_people.person(who, (*place, "who", position), form)
    if "for" in action:
        yield from workflow_people.person(action["for"], (*place, "for"), form)
    if do == "append_note" and action.get("to") not in (None, "", *NOTED):
        yield Problem(pointer((*place, "to")), "to", _("Choose one of the list."))
    if do == "set" and action.get("field") and action.get("to"):
        yield from _set(action, place, form)
    if do == "webhook" and action.get("url") and not action["url"].startswith(("https://", "http://")):
        yield Problem(pointer((*place, "url")), "url", _("An address begins with https:// or http://."))


def _set(action: Document, place: Place, form: Form | None) -> Iterator[Problem]:
    """A field of the form itself, and a formula that gives what can stand in it."""
    field = form.fields.get(action["field"]) if form else None
    if form is None or field is None or field.table:
        yield Problem(pointer((*place, "field")), "unknown_field", _("Choose a field of the form."))
        return
    try:
        formula = forms.compiled(form, action["to"])
    except formulas.FormulaError as error:
        yield refused(error, pointer((*place, "to")))
        return
    wanted = "text" if field.kind in ("choice", "choices", "files") else field.kind
    if wanted and formula.kind not in (wanted, "blank"):
        yield other_kind(pointer((*place, "to")), wanted, str(formula.kind))
