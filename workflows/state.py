"""The state of a run: plain JSON, whose order of keys means nothing.

A run is a set of *regions*. A region is one line of steps that is being walked: the trunk, and within a parallel step
one for each branch or row. It stands at exactly one step; an item or a wait belongs to one region and goes with it.
"""

from collections.abc import Mapping
from typing import Any, NotRequired, TypedDict

RUNNING, FINISHED, REJECTED, WITHDRAWN = "running", "finished", "rejected", "withdrawn"
TRUNK_REGION = "r0"


class Seat(TypedDict):
    """A place at the table of a step: whoever sits there, with all who were asked to sign beside him, has one voice.

    `later` are signers to be asked one after the other, each entry a group that is asked at once.
    """

    who: str | None
    why: str
    said: str | None
    later: list[list[str]]


class Join(TypedDict):
    """How many branches of a parallel step there are, came to their end, and were rejected."""

    of: int
    arrived: int
    refused: int


class Region(TypedDict):
    """`past` are the steps that people concluded here, each with its outcome; `resume` says where a step that the run
    was returned to leads on; `row` is the element that this region of an `each` is about."""

    branch: str
    at: str
    outer: str | None
    row: str | None
    past: list[list[str]]
    resume: dict[str, str]
    seats: list[Seat]
    join: Join | None


class Item(TypedDict):
    """A work item (待办): one person is asked. `who` is None when nobody was found: an admin must name somebody.

    `why` tells what brought the person here: a place of the document (`/who/0`), or an operation. `instead_of` is the
    person whose substitute is asked. A delegate `advises` somebody, who is asked again with his word as `advice`.
    """

    step: str
    region: str
    seat: int
    who: str | None
    why: str
    instead_of: NotRequired[str]
    advises: NotRequired[str]
    advice: NotRequired[list[str]]


class Wait(TypedDict):
    """Something other than a person is awaited: a time, an event, the end of another run."""

    step: str
    region: str


class Said(TypedDict):
    """How a step was concluded, and who had said so."""

    outcome: str
    by: list[str]


class State(TypedDict):
    """`made` counts regions, items and waits: it makes their ids."""

    status: str
    submitter: str
    made: int
    regions: dict[str, Region]
    items: dict[str, Item]
    waits: dict[str, Wait]
    said: dict[str, Said]
    chosen: dict[str, list[str]]


Effect = dict[str, Any]
"""What the caller must do, once and in order: {"do": …, "step": …, "row": …} with the keys of the document's action."""

Event = dict[str, Any]
"""An operation as data: {"do": "decide", "item": …, …, "answers": […]}; `answers` are what facts said, in order."""

Command = Mapping[str, Any]
"""An event before it happened: without answers."""


def beginning(submitter: str) -> State:
    """A run that stands before its first step."""
    return {
        "status": RUNNING,
        "submitter": submitter,
        "made": 0,
        "regions": {TRUNK_REGION: new_region("", None, None)},
        "items": {},
        "waits": {},
        "said": {},
        "chosen": {},
    }


def new_region(branch: str, outer: str | None, row: str | None) -> Region:
    return {
        "branch": branch,
        "at": "",
        "outer": outer,
        "row": row,
        "past": [],
        "resume": {},
        "seats": [],
        "join": None,
    }


def number(identity: str) -> int:
    """Ids by age: w2 comes before w10."""
    return int(identity[1:])
