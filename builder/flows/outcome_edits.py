"""Deeds on the outcomes of a decision: what may be chosen, and what comes of each."""

from collections.abc import Callable

from flask_babel import gettext as _

from builder.flows import words
from builder.flows.around import (
    Around,
    Posted,
    changed,
    gone,
    impossible,
    moved,
    one_of,
    put,
    step_named,
    with_key,
    with_words,
)
from builder.flows.setting_edits import required, returning
from core.db import Document

LEAST = 2


def outcome_add(body: Document, posted: Posted, around: Around) -> Document:
    step = _deciding(body, posted)
    taken = {one["key"] for one in step["outcomes"]}
    key = next(name for n in range(1, len(taken) + 2) if (name := f"outcome_{n}") not in taken)
    fresh = {"key": key, "title": {"zh": "新结论", "en": "New outcome"}, "steps": []}
    return changed(body, {**step, "outcomes": [*step["outcomes"], fresh]})


def outcome(body: Document, posted: Posted, around: Around) -> Document:
    """Its words, what it asks for, and its way."""
    step = _deciding(body, posted)
    place = _place(step, posted)
    found = with_words(step["outcomes"][place], posted, "title", kept=True)
    if "has_require" in posted:
        found = with_key(found, "require", required(posted))
    if "way" in posted:
        found = _led(found, one_of(words.WAYS, posted, "way"))
    if "return" in found:
        found = {**found, "return": returning(body, found["return"], posted)}
    return changed(body, put(step, f"outcomes/{place}", found))


def _led(outcome: Document, way: str) -> Document:
    """What goes back or ends has no steps: nobody loses them by a click."""
    bare = with_key(with_key(outcome, "return", None), "end", None)
    if way == "on":
        return {**bare, "steps": bare.get("steps", [])}
    if bare.get("steps"):
        raise impossible(_("Steps follow this outcome. Move or remove them first."))
    bare = with_key(bare, "steps", None)
    if way == "return":
        return {**bare, "return": outcome.get("return", {"to": "submitter", "resume": "here"})}
    return {**bare, "end": way}


def outcome_move(body: Document, posted: Posted, around: Around) -> Document:
    step = _deciding(body, posted)
    return changed(body, {**step, "outcomes": moved(step["outcomes"], _place(step, posted), posted.get("to", ""))})


def outcome_remove(body: Document, posted: Posted, around: Around) -> Document:
    """With its steps."""
    step = _deciding(body, posted)
    place = _place(step, posted)
    if len(step["outcomes"]) <= LEAST:
        raise impossible(_("A decision has at least two outcomes."))
    return changed(body, put(step, f"outcomes/{place}", None))


def _deciding(body: Document, posted: Posted) -> Document:
    step = step_named(body, posted)
    if step["type"] != "decide":
        raise gone(f"{step['id']} has no outcomes")
    return step


def _place(step: Document, posted: Posted) -> int:
    wanted = posted.get("outcome", "")
    found = next((place for place, one in enumerate(step["outcomes"]) if one["key"] == wanted), None)
    if found is None:
        raise gone(f"no outcome {wanted}")
    return found


Deed = Callable[[Document, Posted, Around], Document]

DEEDS: dict[str, Deed] = {
    "outcome_add": outcome_add,
    "outcome": outcome,
    "outcome_move": outcome_move,
    "outcome_remove": outcome_remove,
}
