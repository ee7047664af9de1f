"""Deeds on what a step says besides its people: its title, how many must agree, what if nobody is found, what may be
done, until when, with which fields; branches and how they join; and on what the flow is about."""

from collections.abc import Callable
from typing import Any

from flask_babel import gettext as _

from builder.flows import palette, subjects, tree, words
from builder.flows.around import (
    Around,
    Posted,
    at,
    changed,
    counted,
    gone,
    impossible,
    moved,
    one_of,
    put,
    step_named,
    with_key,
    with_words,
)
from core.db import Document

LEAST = {"choose": 1, "together": 2}
"""So many branches a step keeps."""


def title(body: Document, posted: Posted, around: Around) -> Document:
    return changed(body, with_words(step_named(body, posted), posted, "title", kept=True))


def mode(body: Document, posted: Posted, around: Around) -> Document:
    """How many of them must agree; in a decision also what counts when they do not."""
    step = step_named(body, posted, *palette.ASKING)
    if "mode" in posted:
        step = {**step, "mode": _counted(step.get("mode"), words.MODES, posted, "mode")}
    if "split" in posted:
        step = with_key(step, "split", posted["split"] or None)
    return changed(body, step)


def join(body: Document, posted: Posted, around: Around) -> Document:
    step = step_named(body, posted, "together", "each")
    return changed(body, {**step, "join": _counted(step.get("join"), words.JOINS, posted, "join")})


def _counted(before: Any, known: dict[str, words.Pair], posted: Posted, name: str) -> Any:
    """A word, or at least so many, or so many of a hundred."""
    word = one_of(known, posted, name)
    if word != "at_least":
        return word
    typed = posted.get("least", "").strip()
    if typed.endswith(("%", "％")) and typed[:-1].isdecimal() and 1 <= int(typed[:-1]) <= 100:
        return {"at_least": f"{int(typed[:-1])}%"}
    number = counted(posted, "least", 100)
    return {"at_least": number} if number else before if isinstance(before, dict) else {"at_least": 2}


def policy(body: Document, posted: Posted, around: Around) -> Document:
    """Nobody is found; the submitter himself; the same person again."""
    step = step_named(body, posted, *palette.ASKING)
    if "empty" in posted:
        step = {**step, "empty": _empty(step, posted)}
    if "same_as_submitter" in posted:
        step = {**step, "same_as_submitter": one_of(words.SAME, posted, "same_as_submitter")}
    if "repeated" in posted:
        step = {**step, "repeated": one_of(words.REPEATED, posted, "repeated")}
    return changed(body, step)


def _empty(step: Document, posted: Posted) -> Document:
    do = one_of(words.EMPTY, posted, "empty")
    before = step.get("empty", {})
    if do == "assign":
        return before if before.get("do") == "assign" else palette.TO_HR
    outcome = posted.get("empty_outcome") or before.get("outcome")
    return {"do": do, "outcome": outcome} if do == "pass" and step["type"] == "decide" and outcome else {"do": do}


def can(body: Document, posted: Posted, around: Around) -> Document:
    """What may be done besides deciding, and where a return leads."""
    step = step_named(body, posted, *palette.ASKING)
    if "has_can" in posted:
        step = with_key(step, "can", [one for one in words.CAN if one in posted.getlist("can")] or None)
    if "return_to" in posted:
        step = {**step, "return": returning(body, step.get("return", {}), posted)}
    if "has_require" in posted:
        step = with_key(step, "require", required(posted))
    if "return" not in step.get("can", ()):
        step = with_key(step, "return", None)
    return changed(body, step)


def returning(body: Document, before: Document, posted: Posted) -> Document:
    """Where a return leads, and where it goes on from."""
    to = posted.get("return_to", before.get("to", "earlier"))
    if to not in words.RETURN_TO and tree.find(body["steps"], to) is None:
        raise gone(f"no step {to}")
    resume = posted.get("resume", before.get("resume", "again"))
    return {"to": to, "resume": resume if resume in words.RESUME else "again"}


def required(posted: Posted) -> list[str] | None:
    return [one for one in words.REQUIRE if one in posted.getlist("require")] or None


# ── until when ────────────────────────────────────────────────────────────────────────────────────────────────────


def due(body: Document, posted: Posted, around: Around) -> Document:
    """So many working hours; empty is no limit."""
    step, hours = step_named(body, posted, *palette.ASKING), counted(posted, "working_hours")
    if hours is None:
        return changed(body, with_key(step, "due", None))
    return changed(body, {**step, "due": {**step.get("due", {}), "working_hours": hours}})


def lapse_add(body: Document, posted: Posted, around: Around) -> Document:
    step = step_named(body, posted, *palette.ASKING)
    if "due" not in step:
        raise gone(f"{step['id']} has no time limit")
    fresh = {"remind": "assignee"}
    return changed(body, {**step, "due": {**step["due"], "then": [*step["due"].get("then", ()), fresh]}})


def lapse(body: Document, posted: Posted, around: Around) -> Document:
    """When, and what is done then."""
    step, place = step_named(body, posted, *palette.ASKING), f"due/then/{posted.get('n', '')}"
    before = at(step, place)
    moment = posted.get("when", next((key for key in ("before", "after") if key in before), "at"))
    entry: Document = {} if moment not in ("before", "after") else {moment: counted(posted, "hours") or 4}
    does = posted.get("does", "")
    if does in ("assignee", "manager"):
        entry["remind"] = does
    elif does == "escalate":
        entry["escalate"] = counted(posted, "levels", 9) or 1
    elif does.startswith("outcome:"):
        entry["outcome"] = does.removeprefix("outcome:")
    else:
        entry |= {key: before[key] for key in ("remind", "escalate", "outcome") if key in before}
    return changed(body, put(step, place, entry))


def lapse_remove(body: Document, posted: Posted, around: Around) -> Document:
    step, place = step_named(body, posted, *palette.ASKING), f"due/then/{posted.get('n', '')}"
    at(step, place)
    step = put(step, place, None)
    return changed(body, step if step["due"]["then"] else put(step, "due/then", None))


def field(body: Document, posted: Posted, around: Around) -> Document:
    """What who is asked may do with a field here; as ever, where nothing is chosen."""
    step, field_id = step_named(body, posted, *palette.ASKING), posted.get("field", "")
    may = one_of(words.FIELD_MAY, posted, "may") if posted.get("may") else None
    return changed(body, with_key(step, "fields", with_key(step.get("fields", {}), field_id, may) or None))


# ── branches, rows, waiting, another flow ─────────────────────────────────────────────────────────────────────────


def branch_add(body: Document, posted: Posted, around: Around) -> Document:
    step = _branched(body, posted)
    fresh: Document = {"id": next(tree.free_ids(body["steps"], "b")), "steps": []}
    if step["type"] == "choose":
        fresh["when"] = ""
    return changed(body, {**step, "branches": [*step["branches"], fresh]})


def branch(body: Document, posted: Posted, around: Around) -> Document:
    """The words and the condition of a branch."""
    step = _branched(body, posted)
    place = _branch(step, posted)
    found = with_words(at(step, place), posted, "title")
    if "when" in posted and "when" in found:
        found = {**found, "when": posted["when"].strip()}
    return changed(body, put(step, place, found))


def branch_move(body: Document, posted: Posted, around: Around) -> Document:
    step = _branched(body, posted)
    _part, _slash, place = _branch(step, posted).partition("/")
    if not place:
        raise impossible(_("The other cases always come last."))
    return changed(body, {**step, "branches": moved(step["branches"], int(place), posted.get("to", ""))})


def branch_remove(body: Document, posted: Posted, around: Around) -> Document:
    """With its steps."""
    step = _branched(body, posted)
    place = _branch(step, posted)
    if place == "else" or len(step["branches"]) <= LEAST[step["type"]]:
        raise impossible(_("This branch has to stay. Remove the whole step instead."))
    return changed(body, put(step, place, None))


def _branched(body: Document, posted: Posted) -> Document:
    step = step_named(body, posted)
    if step["type"] not in LEAST:
        raise gone(f"{step['id']} has no branches")
    return step


def _branch(step: Document, posted: Posted) -> str:
    """Its path in the step."""
    wanted = posted.get("branch", "")
    for place, part in enumerate(step["branches"]):
        if part["id"] == wanted:
            return f"branches/{place}"
    if step.get("else", {}).get("id") == wanted:
        return "else"
    raise gone(f"no branch {wanted}")


def over(body: Document, posted: Posted, around: Around) -> Document:
    """What is gone over: units of a level, or rows of a sub-table."""
    step = step_named(body, posted, "each")
    kind = one_of(words.OVER, posted, "over") if "over" in posted else next(iter(step["over"]))
    value = posted.get("level" if kind == "units" else "table", step["over"].get(kind))
    return changed(body, {**step, "over": {kind: value or ("region" if kind == "units" else "")}})


def waiting(body: Document, posted: Posted, around: Around) -> Document:
    step = step_named(body, posted, "wait")
    kind = one_of(words.FOR, posted, "for") if "for" in posted else next(iter(step["for"]))
    before = step["for"].get(kind)
    if kind in ("hours", "working_hours"):
        return changed(body, {**step, "for": {kind: counted(posted, "hours") or before or 24}})
    usual = next(iter(words.EVENTS)) if kind == "event" else ""
    return changed(body, {**step, "for": {kind: posted.get(kind, before or usual).strip() or usual}})


def call(body: Document, posted: Posted, around: Around) -> Document:
    return changed(body, {**step_named(body, posted, "call"), "workflow": posted.get("workflow", "")})


def subject(body: Document, posted: Posted, around: Around) -> Document:
    """What the flow decides on: form:own.proposal, kind:target."""
    kind, _colon, key = posted.get("subject", "").partition(":")
    if kind not in ("form", "kind") or not key or (kind == "kind" and key not in subjects.TITLES):
        raise gone(f"nothing to decide on: {posted.get('subject')}")
    return {**body, "subject": {kind: key}}


Deed = Callable[[Document, Posted, Around], Document]

DEEDS: dict[str, Deed] = {
    "title": title,
    "mode": mode,
    "join": join,
    "policy": policy,
    "can": can,
    "due": due,
    "lapse_add": lapse_add,
    "lapse": lapse,
    "lapse_remove": lapse_remove,
    "field": field,
    "branch_add": branch_add,
    "branch": branch,
    "branch_move": branch_move,
    "branch_remove": branch_remove,
    "over": over,
    "waiting": waiting,
    "call": call,
    "subject": subject,
}
