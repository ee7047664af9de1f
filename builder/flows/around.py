"""What the deeds of the flow designer share: where a step is, what a control posted, parts of a step by their path."""

import re
from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _

from builder.flows import tree
from builder.form_around import Posted, gone, one_of, with_words
from core.db import Document
from core.errors import Invalid, Problem

__all__ = ["Around", "Posted", "at", "changed", "counted", "gone", "impossible", "moved"]
__all__ += ["one_of", "place_of", "put", "step_named", "with_key", "with_words"]

MOST = 8760
"""Hours of a year: no limit is longer."""


@dataclass(frozen=True)
class Around:
    """`person` finds a member by what somebody typed: 李敏, E001."""

    person: Callable[[str], int | None] = lambda typed: None


def step_named(body: Document, posted: Posted, *types: str) -> Document:
    """The step that a control is about, of one of the types where some are named."""
    found = tree.find(body["steps"], posted.get("id", ""))
    if found is None or (types and found["type"] not in types):
        raise gone(f"no step {posted.get('id')}")
    return found


def changed(body: Document, step: Document) -> Document:
    """The body with the step in the place of the one that bears its id."""
    return {**body, "steps": tree.replaced(body["steps"], step["id"], lambda _old: [step])}


def with_key(whole: Document, key: str, value: Any) -> Document:
    """None takes the key away."""
    if value is None:
        return {name: kept for name, kept in whole.items() if name != key}
    return {**whole, key: value}


def counted(posted: Posted, name: str, most: int = MOST) -> int | None:
    """A whole number from 1 on; None for an empty control."""
    typed = posted.get(name, "").strip()
    if not typed:
        return None
    if not typed.isdecimal() or not 1 <= int(typed) <= most:
        raise Invalid([Problem(f"/{name}", "number", _("Give a whole number from 1 to %(most)s.", most=most))])
    return int(typed)


def impossible(sentence: str) -> Invalid:
    return Invalid([Problem("/body/steps", "impossible", sentence)])


ACTIONS = r"(?:then|outcomes/\d+/then)"
PEOPLE = re.compile(rf"(?:who|{ACTIONS}/\d+/who)")
PERSON = re.compile(rf"(?:who/\d+|empty/to|{ACTIONS}/\d+/(?:for|who/\d+))(?:/from)*")
ACTION = re.compile(rf"{ACTIONS}/\d+")
ACTION_LIST = re.compile(ACTIONS)


def place_of(posted: Posted, shape: re.Pattern[str], usual: str = "") -> str:
    """The path in the step that a control is about: of people, of actions."""
    place = posted.get("place", usual)
    if not shape.fullmatch(place):
        raise gone(f"nothing of this kind at {place}")
    return place


# ── parts of a step by their path: who/0/from, then/1/for, outcomes/0/then ───────────────────────────────────────────


def at(part: Any, path: str) -> Any:
    """Raises NotFound where there is no such part."""
    for key in path.split("/"):
        if isinstance(part, dict) and key in part:
            part = part[key]
        elif isinstance(part, list) and key.isdecimal() and int(key) < len(part):
            part = part[int(key)]
        else:
            raise gone(f"nothing at {path}")
    return part


def put(part: Any, path: str, value: Any) -> Any:
    """The part with `value` there; None takes it away. What lies around it must be there."""
    key, _slash, rest = path.partition("/")
    if isinstance(part, list):
        place = int(key)
        inner = put(part[place], rest, value) if rest else value
        return [*part[:place], *([] if inner is None else [inner]), *part[place + 1 :]]
    return with_key(part, key, put(part[key], rest, value) if rest else value)


def moved(listed: Collection[Document], place: int, to: str) -> list[Document]:
    """One place up or down; at the end it stays."""
    found = list(listed)
    target = place + (-1 if to == "up" else 1)
    if 0 <= place < len(found) and 0 <= target < len(found):
        found[place], found[target] = found[target], found[place]
    return found
