"""Everybody whom a flow asks, tells or gives something can be looked for: roles and fields exist, and hold people."""

from collections.abc import Iterator

from flask_babel import gettext as _

from builder.forms import Field, Form
from builder.shape import pointer
from core.db import Document
from core.errors import Problem
from organization import approvers, roles

Place = tuple[str | int, ...]

NEEDS: dict[str, tuple[str, ...]] = {
    "role": ("role",),
    "member": ("member",),
    "field": ("field",),
    "formula": ("formula",),
    "submitter_choice": (),
    "previous_choice": (),
}
OF: dict[str, tuple[str, ...]] = {
    "manager": ("submitter", "member", "field"),
    "manager_chain": ("submitter", "member", "field"),
    "unit_head": ("submitter", "row", "field", "unit"),
    "goal_owner": ("goal", "parent"),
}
"""Of whom, or of what, it may be said."""

HELD: dict[str, str] = {"unit_head": "unit"}
"""The widget of the field that is named; a person otherwise."""


def problems(step: Document, place: Place, form: Form | None) -> Iterator[Problem]:
    """Of the people of one step, and of those its policy names. Those of actions are judged with the action."""
    for position, who in enumerate(step.get("who", ())):
        yield from person(who, (*place, "who", position), form)
    empty = step.get("empty", {})
    if empty.get("do") == "assign":
        if "to" in empty:
            yield from person(empty["to"], (*place, "empty", "to"), form)
        else:
            yield Problem(pointer((*place, "empty", "to")), "required", _("Say to whom it goes when nobody is found."))


def person(who: Document, place: Place, form: Form | None) -> Iterator[Problem]:
    """What is wrong with one entry."""
    kind = who["kind"]
    for key in NEEDS.get(kind, ()):
        if not who.get(key):
            yield Problem(pointer((*place, key)), "required", _("This is not chosen yet."))
    of = who.get("of")
    if of is not None and of not in OF.get(kind, ()):
        yield Problem(pointer((*place, "of")), "of", _("This cannot be said here. Choose another."))
    if of in ("member", "field", "unit") and not who.get(of):
        yield Problem(pointer((*place, of)), "required", _("This is not chosen yet."))
    if kind == "role":
        yield from _role(who, place)
    if who.get("field"):
        yield from _field(who, place, form)
    if "from" in who:
        if kind not in ("submitter_choice", "previous_choice"):
            yield Problem(pointer((*place, "from")), "from", _("Only where somebody chooses there is a range."))
        yield from person(who["from"], (*place, "from"), form)


def _role(who: Document, place: Place) -> Iterator[Problem]:
    if who.get("role") and who["role"] not in roles.ROLES:
        sentence = _("There is no role “%(role)s”. Choose one of the list.", role=who["role"])
        yield Problem(pointer((*place, "role")), "role", sentence)
    if who.get("scope") == "unit" and "unit" not in who:
        yield Problem(pointer((*place, "unit")), "required", _("This is not chosen yet."))
    if who.get("scope", "company") not in approvers.SCOPES:
        yield Problem(pointer((*place, "scope")), "scope", _("This cannot be said here. Choose another."))


def _field(who: Document, place: Place, form: Form | None) -> Iterator[Problem]:
    widget = HELD.get(who["kind"], "person")
    if who["field"] not in {title for title, _field in holding(form, widget)}:
        sentence = _("Choose a field with units.") if widget == "unit" else _("Choose a field with people.")
        yield Problem(pointer((*place, "field")), "no_people", sentence)


def holding(form: Form | None, widget: str) -> Iterator[tuple[str, Field]]:
    """The fields and columns of a widget, as flows name them: 负责人, 明细.负责人."""
    for field in form.tops if form else ():
        if field.widget == widget:
            yield field.title["zh"], field
        for column in field.columns:
            if column.widget == widget:
                yield f"{field.title['zh']}.{column.title['zh']}", column
