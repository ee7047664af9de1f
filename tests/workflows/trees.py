"""Random trees of every step type and policy, and a world that answers differently every time it is asked."""

import datetime
from collections.abc import Iterator, Mapping, Sequence
from itertools import count
from random import Random
from typing import Any

from hypothesis import strategies as st

import formulas
from workflows.document import Document

SCHEMA = formulas.Schema({"金额": "number", "区域": {"type": "choice", "options": ["华东", "华南"]}})
PEOPLE = [f"m{place}" for place in range(8)]
SUBMITTER = "m0"
DEPTH = 3

WHO = (
    {"kind": "role", "role": "hr_admin"},
    {"kind": "manager", "of": "submitter", "level": 1},
    {"kind": "member", "member": "m3"},
    {"kind": "submitter"},
    {"kind": "formula", "formula": 'IF(金额>5,"m4","")'},
)
MODES = ("any", "all", "in_turn", {"at_least": 2}, {"at_least": "60%"})
CAN = ["return", "transfer", "delegate", "add_before", "add_with", "add_after"]
LIMITS = [{"remind": "assignee"}, {"after": 4, "escalate": 1}, {"after": 8, "remind": "manager"}]
JOINS = ("all", "any", {"at_least": 2})


class World:
    """Facts by chance: people come and go, substitutes go round in circles, the record changes."""

    def __init__(self, chance: Random) -> None:
        self.chance = chance

    def resolve(self, who: Document, row: str | None) -> list[str]:
        return self.chance.sample(PEOPLE, self.chance.choice((0, 1, 1, 2, 3)))

    def substitute(self, person: str) -> str | None:
        return self.chance.choice(PEOPLE) if self.chance.random() < 0.2 else None

    def rows(self, over: Document, row: str | None) -> list[str]:
        return [f"u{place}" for place in range(self.chance.choice((0, 1, 2, 3)))]

    def values(self, row: str | None) -> Mapping[str, Any]:
        return {"金额": float(self.chance.randrange(10)), "区域": self.chance.choice(("华东", "华南"))}

    def today(self) -> datetime.date:
        return datetime.date(2025, 6, 30)


@st.composite
def documents(draw: st.DrawFn) -> Document:
    """The body of a workflow that `check` finds nothing wrong with."""
    return {"steps": draw_steps(draw, count(1), DEPTH, least=1)}


def draw_steps(draw: st.DrawFn, numbers: Iterator[int], depth: int, least: int = 0) -> list[Document]:
    return [draw_step(draw, numbers, depth) for _ in range(draw(st.integers(least, 3)))]


def draw_step(draw: st.DrawFn, numbers: Iterator[int], depth: int) -> Document:
    flat = ("approve", "approve", "handle", "notify", "wait", "effect", "call")
    kind = draw(st.sampled_from((*flat, "decide", "choose", "together", "together", "each") if depth else flat))
    step: Document = {"id": f"n{next(numbers)}", "type": kind}
    return {**step, **DRAW[kind](draw, numbers, depth)}


def draw_asking(draw: st.DrawFn) -> Document:
    return {
        "who": draw(st.lists(st.sampled_from(WHO), min_size=1, max_size=2)),
        "mode": draw(st.sampled_from(MODES)),
        "can": CAN,
        "return": {"to": "earlier", "resume": draw(st.sampled_from(("here", "again")))},
        "due": {"working_hours": 8, "then": LIMITS},
    }


def draw_empty(draw: st.DrawFn, *policies: Document) -> Document:
    assign = {"do": "assign", "to": {"kind": "role", "role": "hr_admin"}}
    return draw(st.sampled_from((assign, {"do": "refuse_start"}, *policies)))


def draw_approve(draw: st.DrawFn, numbers: Iterator[int], depth: int) -> Document:
    return {
        **draw_asking(draw),
        "empty": draw_empty(draw, {"do": "pass"}, {"do": "reject"}),
        "same_as_submitter": draw(st.sampled_from(("next_manager", "skip", "allow"))),
        "repeated": draw(st.sampled_from(("ask", "skip", "skip_in_a_row"))),
    }


def draw_decide(draw: st.DrawFn, numbers: Iterator[int], depth: int) -> Document:
    back = {"to": "submitter", "resume": draw(st.sampled_from(("here", "again")))}
    return {
        **draw_asking(draw),
        "can": [deed for deed in CAN if deed != "add_with"],
        "empty": draw_empty(draw, {"do": "pass", "outcome": "adopt"}),
        "outcomes": [
            {"key": "adopt", "steps": draw_steps(draw, numbers, depth - 1), "then": [{"do": "create_goals"}]},
            {"key": "accept", "steps": draw_steps(draw, numbers, depth - 1)},
            {"key": "decline", "return": back},
            {"key": "stop", "end": draw(st.sampled_from(("rejected", "finished")))},
        ],
        "split": draw(st.sampled_from(("accept", "decline", "stop"))),
    }


def draw_handle(draw: st.DrawFn, numbers: Iterator[int], depth: int) -> Document:
    return {**draw_asking(draw), "empty": draw_empty(draw, {"do": "pass"})}


def draw_choose(draw: st.DrawFn, numbers: Iterator[int], depth: int) -> Document:
    branches = draw_branches(draw, numbers, depth, 1)
    return {
        "branches": [{**branch, "when": f"金额<{3 + place}"} for place, branch in enumerate(branches)],
        "else": {"id": f"b{next(numbers)}", "steps": draw_steps(draw, numbers, depth - 1)},
    }


def draw_together(draw: st.DrawFn, numbers: Iterator[int], depth: int) -> Document:
    return {"branches": draw_branches(draw, numbers, depth, 2), "join": draw(st.sampled_from(JOINS))}


def draw_branches(draw: st.DrawFn, numbers: Iterator[int], depth: int, least: int) -> list[Document]:
    times = range(draw(st.integers(least, 3)))
    return [{"id": f"b{next(numbers)}", "steps": draw_steps(draw, numbers, depth - 1, 1)} for _ in times]


def draw_each(draw: st.DrawFn, numbers: Iterator[int], depth: int) -> Document:
    steps = draw_steps(draw, numbers, depth - 1, 1)
    return {"over": {"units": "region"}, "steps": steps, "join": draw(st.sampled_from(JOINS))}


DRAW = {
    "approve": draw_approve,
    "decide": draw_decide,
    "handle": draw_handle,
    "notify": lambda draw, numbers, depth: {"who": [{"kind": "role", "role": "hrbp"}]},
    "choose": draw_choose,
    "together": draw_together,
    "each": draw_each,
    "wait": lambda draw, numbers, depth: {"for": {"event": "minutes_filed"}},
    "effect": lambda draw, numbers, depth: {"then": [{"do": "recascade"}]},
    "call": lambda draw, numbers, depth: {"workflow": "medical.target_flow"},
}


def ids(steps: Sequence[Document]) -> list[str]:
    """Every step of a tree, in reading order."""
    found = []
    for step in steps:
        found.append(step["id"])
        parts = [*step.get("branches", ()), *step.get("outcomes", ()), step.get("else", {}), step]
        found += [
            inner
            for part in parts
            if part is not step or step["type"] == "each"
            for inner in ids(part.get("steps", ()))
        ]
    return found
