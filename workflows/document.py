"""A published tree of steps, read once: where each step stands and what follows it.

The shape of a document is judged before (JSON Schema), its meaning by `workflows.check`; this only reads.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import formulas
from formulas import Formula

Document = Mapping[str, Any]

SUBMIT = "submit"
"""Where a run waits while the submitter mends what was returned to him. No step of a document bears this id."""

TRUNK = ""
"""The branch that everything outside of parallel parts belongs to."""

ASKING = frozenset({"approve", "decide", "handle", SUBMIT})
"""Types of steps that wait for people."""

JUDGING = frozenset({"approve", "decide"})
"""Types of steps in which people judge what somebody else asks for."""


VERDICTS: Mapping[str, Document] = {"approve": {}, "reject": {}}
DONE: Mapping[str, Document] = {"done": {}}
SUBMITTED: Mapping[str, Document] = {SUBMIT: {}}


@dataclass(frozen=True, slots=True)
class Step:
    """`next` is what follows in the same branch, None at its end; `ways` leads from the id of a branch, or the key of
    an outcome, to its first step. `order` is the place of the step in reading order.

    `outcomes` are what somebody who is asked may answer, each with what the document says about it; `mode` is how many
    of them must agree. `formulas` stand by their place below the step.
    """

    id: str
    type: str
    body: Document
    path: str
    order: int
    branch: str
    next: str | None
    ways: Mapping[str, str | None]
    outcomes: Mapping[str, Document]
    mode: str | Document
    formulas: Mapping[str, Formula]

    def title(self, language: str = "zh") -> str:
        title = self.body.get("title", self.id)
        return title if isinstance(title, str) else str(title.get(language) or title["zh"])


@dataclass(frozen=True, slots=True)
class Workflow:
    """A document ready to run. Immutable; may be shared between threads and kept for as long as the version lives.

    `holders` leads from a parallel branch to the step that it is part of.
    """

    document: Document
    steps: Mapping[str, Step]
    holders: Mapping[str, str]
    first: str | None
    foresees: bool  # some step refuses the start of a run in which nobody would be found for it

    def within(self, step: Step, branch: str) -> bool:
        """Whether the step stands in the branch, or in a parallel part inside it."""
        inner = step.branch
        while inner not in (branch, TRUNK):
            inner = self.steps[self.holders[inner]].branch
        return inner == branch


def read(document: Document, schema: formulas.Schema | None = None) -> Workflow:
    """The body of a workflow definition, its conditions compiled against the fields of `schema`.

    Raises FormulaError for a condition that does not compile; `check` tells all of them, with their places.
    """
    reading = _Reading(schema or formulas.Schema())
    first = reading.sequence(document["steps"], "/steps", TRUNK, None)
    body = {"title": {"zh": "发起人", "en": "submitter"}, "who": [{"kind": "submitter"}]}
    reading.steps[SUBMIT] = Step(SUBMIT, SUBMIT, body, "", -1, TRUNK, first, {}, SUBMITTED, "any", {})
    foresees = any(step.body.get("empty", {}).get("do") == "refuse_start" for step in reading.steps.values())
    return Workflow(document, reading.steps, reading.holders, first, foresees)


class _Reading:
    """What was read so far."""

    def __init__(self, schema: formulas.Schema) -> None:
        self.schema = schema
        self.steps: dict[str, Step] = {}
        self.holders: dict[str, str] = {}
        self.read = 0

    def sequence(self, bodies: Sequence[Document], path: str, branch: str, after: str | None) -> str | None:
        """The id of the first step; an empty sequence leads to what comes after it."""
        followers = [*(body["id"] for body in bodies[1:]), after]
        for position, (body, follower) in enumerate(zip(bodies, followers, strict=False)):
            self.step(body, f"{path}/{position}", branch, follower)
        return bodies[0]["id"] if bodies else after

    def step(self, body: Document, path: str, branch: str, follower: str | None) -> None:
        order = self.read = self.read + 1
        ways = dict(self.ways(body, path, branch, follower))
        compiled = {place: formulas.compile(text, self.schema) for place, text, _ in expressions(body)}
        id, type = body["id"], body["type"]
        outcomes, mode = outcomes_of(body), body.get("mode", "any")
        self.steps[id] = Step(id, type, body, path, order, branch, follower, ways, outcomes, mode, compiled)

    def ways(self, body: Document, path: str, branch: str, follower: str | None) -> list[tuple[str, str | None]]:
        match body["type"]:
            case "choose":
                parts = [(part["id"], part, place) for place, part in parts_of(body)]
                return [(id, self.sequence(part["steps"], path + place, branch, follower)) for id, part, place in parts]
            case "decide":
                return [
                    (part["key"], self.sequence(part.get("steps", ()), path + place, branch, follower))
                    for place, part in parts_of(body)
                ]
            case "together" | "each":
                return [self.parallel(body, part, path + place) for place, part in parts_of(body)]
            case _:
                return []

    def parallel(self, body: Document, part: Document, path: str) -> tuple[str, str | None]:
        branch = part["id"]
        self.holders[branch] = body["id"]
        return branch, self.sequence(part["steps"], path, branch, None)


def outcomes_of(body: Document) -> Mapping[str, Document]:
    """What may be answered in a step: named by its type, or by the document."""
    if body["type"] == "decide":
        return {outcome["key"]: outcome for outcome in body["outcomes"]}
    return {"approve": VERDICTS, "handle": DONE}.get(body["type"], {})


def parts_of(body: Document) -> list[tuple[str, Document]]:
    """The sequences inside a step, each with its place below the step. An `each` is its own only part."""
    match body["type"]:
        case "choose":
            parts = [(f"/branches/{place}/steps", part) for place, part in enumerate(body["branches"])]
            return [*parts, ("/else/steps", body["else"])] if "else" in body else parts
        case "decide":
            return [(f"/outcomes/{place}/steps", part) for place, part in enumerate(body.get("outcomes", ()))]
        case "together":
            return [(f"/branches/{place}/steps", part) for place, part in enumerate(body["branches"])]
        case "each":
            return [("/steps", body)]
        case _:
            return []


def expressions(body: Document) -> list[tuple[str, str, str]]:
    """The formulas of one step: place below the step, text, and the kind that it must give."""
    found: list[tuple[str, str, str]] = []
    if body["type"] == "choose":
        found += [(f"/branches/{place}/when", part["when"], "bool") for place, part in enumerate(body["branches"])]
    for place, who in enumerate(body.get("who", ())):
        if who["kind"] == "formula":
            found.append((f"/who/{place}/formula", who["formula"], "text"))
    return found
