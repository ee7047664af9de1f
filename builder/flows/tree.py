"""The steps of a flow as a tree: find, put in, take out. Every function gives new lists and leaves the old alone.

A sequence of steps has an address: "" is the trunk, the id of a branch or of its `else`, the id of an `each`, and
`n5.adopt` is what follows the outcome `adopt` of the step n5.
"""

from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

from core.db import Document

Steps = Sequence[Document]
Change = Callable[[Document], Steps]

TRUNK = ""


class Part(NamedTuple):
    """A sequence inside a step. `what` is the branch, the outcome, or the step itself."""

    address: str
    steps: Steps
    what: Document


def parts(step: Document) -> list[Part]:
    """The sequences inside a step, in the order in which they are drawn."""
    match step["type"]:
        case "choose" | "together":
            branches = [*step["branches"], *([step["else"]] if "else" in step else [])]
            return [Part(branch["id"], branch["steps"], branch) for branch in branches]
        case "decide":
            return [Part(f"{step['id']}.{one['key']}", one.get("steps", ()), one) for one in step["outcomes"]]
        case "each":
            return [Part(step["id"], step["steps"], step)]
        case _:
            return []


def walk(steps: Steps) -> Iterator[Document]:
    """Every step in reading order."""
    for step in steps:
        yield step
        for part in parts(step):
            yield from walk(part.steps)


def find(steps: Steps, identity: str) -> Document | None:
    return next((step for step in walk(steps) if step["id"] == identity), None)


def sequence(steps: Steps, address: str) -> Steps | None:
    """The steps at an address."""
    if address == TRUNK:
        return steps
    return next((part.steps for step in walk(steps) for part in parts(step) if part.address == address), None)


def address_of(steps: Steps, identity: str, here: str = TRUNK) -> str | None:
    """The sequence in which a step stands."""
    for step in steps:
        if step["id"] == identity:
            return here
        for part in parts(step):
            found = address_of(part.steps, identity, part.address)
            if found is not None:
                return found
    return None


def holder_of(steps: Steps, address: str) -> Document | None:
    """The step that a sequence is part of."""
    return next((step for step in walk(steps) if any(part.address == address for part in parts(step))), None)


def position(steps: Steps, identity: str) -> int:
    return next(at for at, step in enumerate(steps) if step["id"] == identity)


def replaced(steps: Steps, identity: str, change: Change) -> list[Document]:
    """The tree with a step as `change` makes it: none, one or several in its place."""
    found: list[Document] = []
    for step in steps:
        if step["id"] == identity:
            found += change(step)
        else:
            found.append(_inside(step, lambda inner, _address: replaced(inner, identity, change)))
    return found


def removed(steps: Steps, identity: str) -> list[Document]:
    return replaced(steps, identity, lambda step: [])


def inserted(steps: Steps, fresh: Document, into: str, at: int) -> list[Document]:
    """`at` counts from 0, too large is the end."""
    if into == TRUNK:
        return [*steps[:at], fresh, *steps[at:]]

    def filled(inner: Steps, address: str) -> list[Document]:
        if address == into:
            return [*inner[:at], fresh, *inner[at:]]
        return inserted(inner, fresh, into, at)

    return [_inside(step, filled) for step in steps]


def _inside(step: Document, change: Callable[[Steps, str], list[Document]]) -> Document:
    """The step with each of its sequences changed."""
    match step["type"]:
        case "choose" | "together":
            changed = {**step, "branches": [_with(branch, branch["id"], change) for branch in step["branches"]]}
            return {**changed, "else": _with(step["else"], step["else"]["id"], change)} if "else" in step else changed
        case "decide":
            outcomes = [_with(one, f"{step['id']}.{one['key']}", change) for one in step["outcomes"]]
            return {**step, "outcomes": outcomes}
        case "each":
            return _with(step, step["id"], change)
        case _:
            return step


def _with(part: Document, address: str, change: Callable[[Steps, str], list[Document]]) -> Document:
    """An outcome that goes back has no steps, and gets some only when a step is put in."""
    steps = change(part.get("steps", ()), address)
    return {**part, "steps": steps} if steps or "steps" in part else part


def ids(steps: Steps) -> Iterator[str]:
    """Every permanent id: steps, branches."""
    for step in walk(steps):
        yield step["id"]
        for branch in (*step.get("branches", ()), *([step["else"]] if "else" in step else [])):
            yield branch["id"]


def free_ids(steps: Steps, letter: str) -> Iterator[str]:
    """n1, n2 …: those that the document has not used, one after the other."""
    taken = set(ids(steps))
    number = 0
    while True:
        number += 1
        if f"{letter}{number}" not in taken:
            yield f"{letter}{number}"
