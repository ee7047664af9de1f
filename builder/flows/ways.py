"""Which branches and outcomes to take, so that as few walks as possible come through every one of them."""

from collections.abc import Iterable, Sequence
from itertools import zip_longest
from typing import NamedTuple

from core.db import Document

Choices = dict[str, str]
"""The branch that is taken in a condition, the outcome in a step that decides, by the id of the step."""


class _Way(NamedTuple):
    taken: Choices
    goes_on: bool


def choices(steps: Sequence[Document]) -> list[Choices]:
    """One walk for each entry; a step that it does not name is met with the sample's values and the first outcome."""
    return [way.taken for way in _through(steps)]


def _through(steps: Sequence[Document]) -> list[_Way]:
    found = [_Way({}, True)]
    for step in steps:
        ended = [way for way in found if not way.goes_on]
        going = [way for way in found if way.goes_on]
        found = ended + (_joined(going, _of(step)) if going else [])
    return found


def _of(step: Document) -> list[_Way]:
    match step["type"]:
        case "choose":
            parts = [*step["branches"], *([step["else"]] if "else" in step else [])]
            return [way for part in parts for way in _taking(step["id"], part["id"], part["steps"])] or [_Way({}, True)]
        case "decide":
            onward = [outcome for outcome in step["outcomes"] if "return" not in outcome]
            return [way for outcome in onward for way in _deciding(step["id"], outcome)] or [_Way({}, True)]
        case "together":
            return _beside(_through(branch["steps"]) for branch in step["branches"])
        case "each":
            return _beside([_through(step["steps"])])
        case _:
            return [_Way({}, True)]


def _taking(step_id: str, branch: str, steps: Sequence[Document]) -> list[_Way]:
    return [_Way({step_id: branch, **way.taken}, way.goes_on) for way in _through(steps)]


def _deciding(step_id: str, outcome: Document) -> list[_Way]:
    ways = _taking(step_id, outcome["key"], outcome.get("steps", ()))
    return [_Way(way.taken, False) for way in ways] if "end" in outcome else ways


def _beside(branches: Iterable[list[_Way]]) -> list[_Way]:
    """Parallel branches are walked in one go; one that ends may still leave the others to go on."""
    found = [_Way({}, True)]
    for ways in branches:
        found = _joined(found, [_Way(way.taken, True) for way in ways])
    return found


def _joined(one: list[_Way], other: list[_Way]) -> list[_Way]:
    """Each of both at least once: the shorter goes on with its last."""
    pairs = zip_longest(one, other)
    return [_merged(before or one[-1], after or other[-1]) for before, after in pairs]


def _merged(before: _Way, after: _Way) -> _Way:
    return _Way({**before.taken, **after.taken}, after.goes_on)
