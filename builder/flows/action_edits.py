"""Deeds on actions: what the system does when a step is passed or an outcome chosen. `place` is a path in the step."""

from collections.abc import Callable
from typing import Any

from builder.flows import palette, words
from builder.flows.around import (
    ACTION,
    ACTION_LIST,
    Around,
    Posted,
    at,
    changed,
    counted,
    gone,
    moved,
    one_of,
    place_of,
    put,
    step_named,
    with_key,
    with_words,
)
from core.db import Document

USUAL: dict[str, Document] = {
    "notify": {
        "who": [{"kind": "submitter"}],
        "message": {"zh": "您的申请已处理。", "en": "Your request was dealt with."},
    },
    "set": {},
    "append_note": {"to": "parent_goal"},
    "create_goals": {"parent": "parent_goal"},
    "recascade": {},
    "publish": {},
    "open_case": {"title": {"zh": "请跟进", "en": "Please follow up"}, "for": palette.MANAGER, "hours": 24},
    "award": {"points": 10, "for": {"kind": "submitter"}, "reason": {"zh": "提案被采纳", "en": "An idea was adopted"}},
    "webhook": {"url": ""},
}
"""What an action says before anybody says otherwise."""

ACTING = ("approve", "decide", "handle", "effect")
TEXTS = ("text", "title", "reason", "message")
WORDS = ("to", "field", "url", "parent", "layer", "cascade")
LARGEST = {"points": 1_000_000, "hours": 8760}


def action_add(body: Document, posted: Posted, around: Around) -> Document:
    step, place = step_named(body, posted, *ACTING), place_of(posted, ACTION_LIST, "then")
    do = one_of(words.ACTIONS, posted, "do")
    return changed(body, put(step, place, [*_listed(step, place), {"do": do, **USUAL[do]}]))


def action(body: Document, posted: Posted, around: Around) -> Document:
    """What its controls say; an empty one takes its word away."""
    step, place = step_named(body, posted, *ACTING), place_of(posted, ACTION)
    found = at(step, place)
    for name in TEXTS:
        found = with_words(found, posted, name)
    for name in WORDS:
        if name in posted:
            found = with_key(found, name, posted[name].strip() or None)
    for name, most in LARGEST.items():
        if name in posted:
            found = with_key(found, name, counted(posted, name, most))
    return changed(body, put(step, place, found))


def action_move(body: Document, posted: Posted, around: Around) -> Document:
    step, place = step_named(body, posted, *ACTING), place_of(posted, ACTION)
    at(step, place)
    whole, _slash, number = place.rpartition("/")
    return changed(body, put(step, whole, moved(at(step, whole), int(number), posted.get("to", ""))))


def action_remove(body: Document, posted: Posted, around: Around) -> Document:
    """The last of a step or outcome that needs none leaves nothing behind."""
    step, place = step_named(body, posted, *ACTING), place_of(posted, ACTION)
    at(step, place)
    step = put(step, place, None)
    whole = place.rpartition("/")[0]
    return changed(body, step if at(step, whole) or step["type"] == "effect" else put(step, whole, None))


def _listed(step: Document, place: str) -> list[Any]:
    holder, _slash, key = place.rpartition("/")
    if (step["type"] == "decide") != bool(holder):  # a decision acts by its outcomes
        raise gone(f"no actions at {place}")
    return list((at(step, holder) if holder else step).get(key, ()))


Deed = Callable[[Document, Posted, Around], Document]

DEEDS: dict[str, Deed] = {
    "action_add": action_add,
    "action": action,
    "action_move": action_move,
    "action_remove": action_remove,
}
