"""What stands in a fresh form: defaults, and what is known already of the person, the day, the last time."""

from collections.abc import Callable, Mapping
from typing import Any

import formulas
from builder.forms import computing, names
from builder.forms.document import Field, Form, knowing
from builder.forms.world import Values, World
from core.db import Document

NOTHING: Values = {}


def begin(form: Form, world: World, last: Values = NOTHING, given: Values = NOTHING) -> dict[str, Any]:
    """`last` are the values that he sent last, `given` what the caller knows by the name of the field (the goal that is
    owed, values in the address): they go first. Computed fields are there as well."""
    form = knowing(form, world.known)
    found = {field.name: field.default for field in form.tops if field.default is not None}
    linked: list[Document] = []
    for entry in form.body.get("prefill", ()):
        field = form.fields.get(entry["field"])
        if field is None:
            continue
        if "formula" in entry:
            _put(found, field, _of_formula(form, field, entry["formula"], found, world))
        elif entry["from"] == "link":
            linked.append(entry)
        else:
            _put(found, field, SOURCES[entry["from"]](field, world, last))
    found |= {name: value for name, value in given.items() if name in form.named}
    for entry in linked:  # behind what is given: the linked record may be
        field, link = form.fields[entry["field"]], form.fields[entry["link"]]
        if field.name not in given and names.is_id(found.get(link.name)):
            _put(found, field, world.looked_up(link, found[link.name], entry["of"]))
    return computing.compute(form, found, world).values


def _put(found: dict[str, Any], field: Field, value: Any) -> None:
    if value is not None and value != "":
        found[field.name] = [value] if field.several and not isinstance(value, list) else value


def _of_formula(form: Form, field: Field, formula: str, found: Values, world: World) -> Any:
    value = computing.value_of(names.sound(form, formula), computing.compute(form, found, world).row, world)
    return None if isinstance(value, formulas.ErrorValue) else computing.stored(field, value)


def _me(field: Field, world: World, last: Values) -> Any:
    return world.who.name if field.shape == "string" else world.who.member_id


def _my_unit(field: Field, world: World, last: Values) -> Any:
    return world.who.unit if field.shape == "string" else world.who.unit_id


def _my_manager(field: Field, world: World, last: Values) -> Any:
    return world.who.manager_id


def _today(field: Field, world: World, last: Values) -> Any:
    return world.today.isoformat()


def _last(field: Field, world: World, last: Values) -> Any:
    return last.get(field.name)


def _owed(field: Field, world: World, last: Values) -> Any:
    """The goal that a slot asks about comes with `given`."""
    return None


SOURCES: Mapping[str, Callable[[Field, World, Values], Any]] = {
    "me": _me,
    "my_unit": _my_unit,
    "my_manager": _my_manager,
    "today": _today,
    "last": _last,
    "slot_goal": _owed,
}
