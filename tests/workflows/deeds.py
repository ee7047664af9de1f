"""Everything that may be done to a run as it stands, and some of what may not."""

from collections.abc import Iterator
from random import Random
from typing import Any

import workflows
from tests.workflows.trees import PEOPLE, SUBMITTER
from workflows import Item, State, Workflow

Command = dict[str, Any]


def possible(workflow: Workflow, state: State) -> Iterator[Command]:
    """Commands that the engine accepts, unless the person who is named is asked already."""
    if state["status"] != workflows.RUNNING:
        trunk = [step.id for step in workflow.steps.values() if step.branch == ""]
        yield from ({"do": "reopen", "to": step, "reason": "误操作"} for step in trunk)
        return
    for identity, item in state["items"].items():
        yield from at_item(workflow, state, identity, item)
    for wait in state["waits"]:
        yield from (
            {"do": "wake", "wait": wait, "outcome": outcome} for outcome in ("finished", "finished", "rejected")
        )
    for region in state["regions"].values():
        near = [step.id for step in workflow.steps.values() if step.branch == region["branch"]]
        yield from ({"do": "jump", "to": step, "reason": "流程改版"} for step in near[:2])
    yield {"do": "urge", "by": SUBMITTER}


def at_item(workflow: Workflow, state: State, identity: str, item: Item) -> Iterator[Command]:
    step, by = workflow.steps[item["step"]], item["who"]
    for person in [SUBMITTER, *PEOPLE[5:]]:
        yield {"do": "reassign", "item": identity, "to": person, "reason": "无人处理"}
    for entry in range(len(step.body.get("due", {}).get("then", ()))):
        yield {"do": "lapse", "item": identity, "entry": entry}
    if by is None:
        return
    mine = {"item": identity, "by": by}
    for outcome in [*step.outcomes] * 3:
        yield {"do": "decide", **mine, "outcome": outcome}
    if "advises" in item or step.id == workflows.SUBMIT:
        return
    for target in workflows.targets(workflow, state, item) * 2:
        yield {"do": "send_back", **mine, "to": target}
    for person in [SUBMITTER, *PEOPLE[5:]]:
        yield {"do": "transfer", **mine, "to": person}
        yield {"do": "delegate", **mine, "to": person}
        yield from ({"do": "add_signer", **mine, "to": person, "where": where} for where in signing(step.type))


def signing(kind: str) -> tuple[str, ...]:
    return ("before", "after") if kind == "decide" else ("before", "with", "after")


def impossible(state: State, chance: Random) -> Command:
    """Something that the engine must refuse."""
    item = next(iter(state["items"]), "w1")
    return chance.choice(
        [
            {"do": "decide", "item": "w9999", "outcome": "approve", "by": "m1"},
            {"do": "decide", "item": item, "outcome": "approve", "by": "stranger"},
            {"do": "wake", "wait": "w9999"},
            {"do": "withdraw", "by": "stranger"},
            {"do": "jump", "to": "n1", "reason": " "},
            {"do": "jump", "to": "nowhere", "reason": "x"},
            {"do": "end", "status": "paused", "reason": "x"},
        ]
    )


def rare(chance: Random) -> Command:
    """What ends a run at once."""
    return chance.choice(
        [
            {"do": "withdraw", "by": SUBMITTER},
            {"do": "end", "status": chance.choice(("finished", "rejected")), "reason": "重复提交"},
        ]
    )
