"""What people do to a flow in its designer, each deed a function from one body to the next.

    body = edits.apply(body, "add", MultiDict(what="approve", into="b1", at=0), around)

A deed takes what its control posted. It raises NotFound for what is gone, Invalid for what cannot be; whatever it gives
can be drawn and edited on. What is incomplete afterwards is told by the check of the draft, not refused here.
"""

from collections.abc import Callable, Iterator
from typing import Any

from flask_babel import gettext as _

from builder.flows import action_edits, outcome_edits, palette, people_edits, setting_edits, tree
from builder.flows.around import Around, Posted, gone, impossible, one_of, step_named, with_words
from core.db import Document

END = 10_000

Deed = Callable[[Document, Posted, Around], Document]


def apply(body: Document, deed: str, posted: Posted, around: Around) -> Document:
    return DEEDS[deed](body, posted, around)


def fresh(old: Document, new: Document) -> str | None:
    """The id of the first step that a deed has put in."""
    known = {step["id"] for step in tree.walk(old["steps"])}
    return next((step["id"] for step in tree.walk(new["steps"]) if step["id"] not in known), None)


def titled(document: Document, posted: Posted) -> Document:
    """The document with what the flow is called and what it is for."""
    return with_words(with_words(document, posted, "title", kept=True), posted, "description")


def add(body: Document, posted: Posted, around: Around) -> Document:
    """A step of the palette, `into` a sequence, `at` a place of it."""
    type = one_of(palette.TYPES, posted, "what")
    step = palette.fresh(type, body["steps"])
    return _put(body, step, posted.get("into", ""), posted.get("at", END, type=int))


def drop(body: Document, posted: Posted, around: Around) -> Document:
    """Into another place, as it was dragged; `at` counts in what is left when it is taken out."""
    step = step_named(body, posted)
    return _moved(body, step, posted.get("into", ""), posted.get("at", END, type=int))


def move(body: Document, posted: Posted, around: Around) -> Document:
    """One place up or down: past a plain step, into one with branches, out of a branch at its end."""
    step = step_named(body, posted)
    steps, by = body["steps"], -1 if posted.get("to") == "up" else 1
    address = tree.address_of(steps, step["id"]) or ""
    beside = tree.sequence(steps, address) or ()
    target = tree.position(beside, step["id"]) + by
    if not 0 <= target < len(beside):
        return _out(body, step, address, by)
    open_parts = [part for part in tree.parts(beside[target]) if _takes_steps(part)]
    if open_parts:
        return _moved(body, step, open_parts[0 if by > 0 else -1].address, 0 if by > 0 else END)
    return _moved(body, step, address, target)


def _out(body: Document, step: Document, address: str, by: int) -> Document:
    """To the next branch, or after the last one out of the step around it."""
    holder = tree.holder_of(body["steps"], address)
    if holder is None:
        return body
    addresses = [part.address for part in tree.parts(holder) if _takes_steps(part)]
    target = addresses.index(address) + by
    if 0 <= target < len(addresses):
        return _moved(body, step, addresses[target], 0 if by > 0 else END)
    outer = tree.address_of(body["steps"], holder["id"]) or ""
    place = tree.position(tree.sequence(body["steps"], outer) or (), holder["id"])
    return _moved(body, step, outer, place + (1 if by > 0 else 0))


def duplicate(body: Document, posted: Posted, around: Around) -> Document:
    """Beside the original, with ids of its own."""
    step = step_named(body, posted)
    renamed = dict(_fresh_ids(body, step))
    address = tree.address_of(body["steps"], step["id"]) or ""
    place = tree.position(tree.sequence(body["steps"], address) or (), step["id"])
    return _put(body, _relabelled(step, renamed), address, place + 1)


def _fresh_ids(body: Document, step: Document) -> Iterator[tuple[str, str]]:
    free = {letter: tree.free_ids(body["steps"], letter) for letter in "nb"}
    steps = {inner["id"] for inner in tree.walk([step])}
    for identity in tree.ids([step]):
        yield identity, next(free["n" if identity in steps else "b"])


def _relabelled(part: Any, renamed: dict[str, str]) -> Any:
    """Ids, and returns to steps that were copied along."""
    if isinstance(part, list):
        return [_relabelled(inner, renamed) for inner in part]
    if not isinstance(part, dict):
        return part
    copy = {key: _relabelled(value, renamed) for key, value in part.items()}
    if isinstance(copy.get("id"), str):
        copy["id"] = renamed.get(copy["id"], copy["id"])
    if isinstance(copy.get("return"), dict):
        copy["return"] = {**copy["return"], "to": renamed.get(copy["return"]["to"], copy["return"]["to"])}
    return copy


def remove(body: Document, posted: Posted, around: Around) -> Document:
    """With all that lies in it."""
    step = step_named(body, posted)
    return {**body, "steps": tree.removed(body["steps"], step["id"])}


def _moved(body: Document, step: Document, into: str, at: int) -> Document:
    if into and tree.sequence([step], into) is not None:
        raise impossible(_("A step cannot lie in itself."))
    return _put({**body, "steps": tree.removed(body["steps"], step["id"])}, step, into, at)


def _put(body: Document, step: Document, into: str, at: int) -> Document:
    if tree.sequence(body["steps"], into) is None:
        raise gone(f"no sequence {into}")
    holder = tree.holder_of(body["steps"], into)
    part = next((one for one in tree.parts(holder) if one.address == into), None) if holder else None
    if part is not None and not _takes_steps(part):
        raise impossible(_("This outcome goes back or ends: nothing follows it. Let it go on first."))
    return {**body, "steps": tree.inserted(body["steps"], step, into, max(at, 0))}


def _takes_steps(part: tree.Part) -> bool:
    """What returns or ends leads to nothing."""
    return not part.what.keys() & {"return", "end"} or "type" in part.what


DEEDS: dict[str, Deed] = {
    "add": add,
    "drop": drop,
    "move": move,
    "duplicate": duplicate,
    "remove": remove,
    **setting_edits.DEEDS,
    **people_edits.DEEDS,
    **outcome_edits.DEEDS,
    **action_edits.DEEDS,
}
