"""Deeds on people of a flow: who is asked or told, who stands in, who is given something."""

from collections.abc import Callable

from flask_babel import gettext as _

from builder.flows import palette, words
from builder.flows.around import (
    PEOPLE,
    PERSON,
    Around,
    Posted,
    at,
    changed,
    counted,
    impossible,
    one_of,
    place_of,
    put,
    step_named,
    with_key,
)
from core.db import Document

USUAL: dict[str, Document] = {
    "manager": palette.MANAGER,
    "manager_chain": {"kind": "manager_chain", "of": "submitter", "to": "top"},
    "unit_head": {"kind": "unit_head", "of": "submitter"},
    "role": palette.HR,
    "member": {"kind": "member"},
    "field": {"kind": "field", "field": ""},
    "submitter": {"kind": "submitter"},
    "submitter_choice": {"kind": "submitter_choice", "from": palette.HR},
    "previous_choice": {"kind": "previous_choice", "from": palette.HR},
    "goal_owner": {"kind": "goal_owner", "of": "parent"},
    "formula": {"kind": "formula", "formula": ""},
}
"""What an entry says before anybody says otherwise."""

OF = {
    "manager": words.OF_PERSON,
    "manager_chain": words.OF_PERSON,
    "unit_head": words.OF_UNIT,
    "goal_owner": words.OF_GOAL,
}
HIGHEST = 9


def who_add(body: Document, posted: Posted, around: Around) -> Document:
    """One more kind of people beside the others; `place` is the list."""
    step, place = step_named(body, posted), place_of(posted, PEOPLE, "who")
    kind = posted.get("kind", "role")
    entry = USUAL.get(kind, palette.HR)
    return changed(body, put(step, place, [*_listed(step, place), entry]))


def who_remove(body: Document, posted: Posted, around: Around) -> Document:
    step, place = step_named(body, posted), place_of(posted, PERSON)
    at(step, place)
    return changed(body, put(step, place, None))


def who(body: Document, posted: Posted, around: Around) -> Document:
    """One entry. Another kind begins with what is usual for it."""
    step, place = step_named(body, posted), place_of(posted, PERSON)
    before = at(step, place)
    kind = one_of(words.WHO, posted, "kind") if "kind" in posted else before["kind"]
    entry = USUAL[kind] if kind != before["kind"] else _entry(before, posted, around)
    return changed(body, put(step, place, entry))


def _listed(step: Document, place: str) -> list[Document]:
    """The entries there; only what has people takes more."""
    found: list[Document] = at(step, place)
    return found


def _entry(entry: Document, posted: Posted, around: Around) -> Document:
    """The entry with what its controls say, without what its other settings leave no room for."""
    for key in ("of", "role", "scope", "field", "formula"):
        if key in posted:
            entry = with_key(entry, key, _word(entry, key, posted))
    if "level" in posted and entry["kind"] == "manager":
        entry = {**entry, "level": counted(posted, "level", HIGHEST) or 1}
    if "to" in posted and entry["kind"] == "manager_chain":
        entry = {**entry, "to": "top" if posted["to"] == "top" else counted(posted, "to", HIGHEST) or "top"}
    if "unit" in posted:
        entry = with_key(entry, "unit", counted(posted, "unit", 10**9))
    if posted.get("member", "").strip():
        entry = {**entry, "member": _person(posted["member"].strip(), around)}
    return _fitting(entry)


def _word(entry: Document, key: str, posted: Posted) -> str | None:
    match key:
        case "of":
            return one_of(OF.get(entry["kind"], {}), posted, key)
        case "scope":
            return one_of(words.SCOPES, posted, key)
        case _:
            return posted[key].strip() if entry["kind"] != "role" or key == "role" else None


def _person(typed: str, around: Around) -> int:
    found = around.person(typed)
    if found is None:
        raise impossible(_("Nobody is called “%(typed)s”. Give a name or a number of the list.", typed=typed))
    return found


def _fitting(entry: Document) -> Document:
    """Without what belongs to another choice: a field where a person is named."""
    of, kind = entry.get("of"), entry["kind"]
    if kind != "member" and of != "member":
        entry = with_key(entry, "member", None)
    if kind != "field" and of != "field":
        entry = with_key(entry, "field", None)
    elif "field" not in entry:
        entry = {**entry, "field": ""}
    if of != "unit" and entry.get("scope") != "unit":
        entry = with_key(entry, "unit", None)
    return entry


Deed = Callable[[Document, Posted, Around], Document]

DEEDS: dict[str, Deed] = {"who_add": who_add, "who_remove": who_remove, "who": who}
