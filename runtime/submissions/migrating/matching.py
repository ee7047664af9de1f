"""How the values of one version of a form become those of another. Fields are matched by their ids, otherwise as
somebody chose; a value is written as people write it and read by the new field. Pure: no database.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _

from builder import forms
from builder.forms import Field, Form, Option, World
from builder.forms import options as form_options
from core.db import Document
from core.i18n import text


class CannotGo(ValueError):
    """A value that the new field cannot hold; the sentence says why."""


@dataclass(frozen=True)
class Matching:
    """`fields`: id of the old field → id of the new one, none for values that stay in the history only. `options`: id
    of the old field → old option → new option."""

    old: Form
    new: Form
    fields: Mapping[str, str]
    options: Mapping[str, Mapping[str, str]]

    def target(self, field: Field) -> Field | None:
        return self.new.fields.get(self.fields.get(field.id, ""))

    def as_json(self) -> Document:
        return {"fields": dict(self.fields), "options": {key: dict(value) for key, value in self.options.items()}}


def usual(old: Form, new: Form) -> Matching:
    """Each field to the one that bears its id."""
    return Matching(old, new, {field_id: field_id for field_id in old.fields if field_id in new.fields}, {})


def chosen(old: Form, new: Form, fields: Mapping[str, str], options: Mapping[str, Mapping[str, str]]) -> Matching:
    """As somebody chose; what he did not say goes as usual. A column goes into the sub-table that its own goes into."""
    laid = {**usual(old, new).fields, **{key: value for key, value in fields.items() if key in old.fields}}
    sound = {key: value for key, value in laid.items() if _fits(old.fields[key], new.fields.get(value), laid)}
    return Matching(old, new, sound, {key: value for key, value in options.items() if key in sound})


def _fits(old: Field, new: Field | None, laid: Mapping[str, str]) -> bool:
    if new is None or (old.widget == "table") != (new.widget == "table"):
        return False
    return new.table == (laid.get(old.table) if old.table else None)


def differs(old: Field, new: Field | None) -> bool:
    """Whether a person has to look at it: it is gone, of another kind, or chosen from other options."""
    if new is None:
        return True
    kept = ("type", "x-options", "items") if old.widget != "table" else ("type",)
    return old.widget != new.widget or any(old.spec.get(key) != new.spec.get(key) for key in kept)


def listed(field: Field) -> list[Option]:
    """The options that stand in the form itself; none for what is chosen from elsewhere."""
    given = field.spec.get("x-options")
    return list(form_options.listed(given)) if isinstance(given, list) else []


# ── values ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def moved(matching: Matching, values: Mapping[str, Any], world: World) -> Document:
    """The values under the new version. Raises CannotGo for the first that cannot."""
    return dict(_moved(matching, matching.old.tops, values, world))


def _moved(
    matching: Matching, fields: list[Field], values: Mapping[str, Any], world: World
) -> Iterator[tuple[str, Any]]:
    for field in fields:
        target, value = matching.target(field), values.get(field.name)
        if target is None or value is None:
            continue
        if field.widget == "table":
            yield target.name, [dict(_moved(matching, list(field.columns), row, world)) for row in value]
        elif (made := value_of(matching, field, target, value, world)) is not None:
            yield target.name, made


def value_of(matching: Matching, old: Field, new: Field, value: Any, world: World) -> Any:
    """One value as the new field holds it. Raises CannotGo."""
    if not differs(old, new):
        return value
    if listed(old) and listed(new):
        return _chosen(matching, old, new, value)
    if old.several and not new.several:
        value = _only(value)
    if old.widget == new.widget and not listed(new):
        return [value] if new.several and not isinstance(value, list) else value
    return _read(old, new, value, matching, world)


def _only(value: Any) -> Any:
    if isinstance(value, list) and len(value) == 1:
        return value[0]
    raise CannotGo(_("There are several values, and only one can stay."))


def _chosen(matching: Matching, old: Field, new: Field, value: Any) -> Any:
    """Option to option: as it was chosen, otherwise by the same id, otherwise by the same title."""
    picked = value if isinstance(value, list) else [value]
    found = [option_of(matching, old, new, entry) for entry in picked]
    return found if new.several else _only(found)


def option_of(matching: Matching, old: Field, new: Field, value: Any) -> str:
    """The new option for an old one. Raises CannotGo."""
    offered = {option.value: option for option in listed(new)}
    told = matching.options.get(old.id, {}).get(value)
    if told in offered:
        return str(told)
    before = next((option for option in listed(old) if option.value == value), None)
    title = text(before.title) if before else str(value)
    same = [option.value for option in offered.values() if text(option.title) == title]
    for candidate in (value, *same):
        if candidate in offered:
            return str(candidate)
    raise CannotGo(_("No option was chosen for “%(title)s”.", title=title))


def _read(old: Field, new: Field, value: Any, matching: Matching, world: World) -> Any:
    """As people write it, read by the new field: text → number, number → text, one → many."""
    words = forms.shown(old, value, world, listed(old)) if _is_named(old) else forms.typed(old, value)
    try:
        return forms.parse(new, words, world, forms.offered_to_all(matching.new, new, world))
    except ValueError as error:
        raise CannotGo(str(error)) from None


def _is_named(field: Field) -> bool:
    """Whether it holds an id, which says nothing outside of its field."""
    return field.kind in ("choice", "choices")
