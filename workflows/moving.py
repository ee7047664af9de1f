"""Whether a run that is going on can go over to another version of its flow: its state is kept as it is, so everything
that the state names must mean the same there.

What lies ahead may differ freely. Where the run stands, what it is to resume at and which parallel branches go on must
be there, of the same type and in the same place; what was concluded and is gone in the new version is a reason too, for
a return might lead there.
"""

from collections.abc import Iterator
from typing import NamedTuple

from workflows.document import SUBMIT, TRUNK, Step, Workflow
from workflows.state import State


class Obstacle(NamedTuple):
    """`code` is one of: gone, type, place, branches, outcome. `step` is the id in the version that the run has now."""

    code: str
    step: str


def obstacles(now: Workflow, then: Workflow, state: State) -> list[Obstacle]:
    """What keeps a run from going over from one version to another; none: it can, and back again."""
    return list(dict.fromkeys([*_at_steps(now, then, state), *_in_regions(now, then, state)]))


def _at_steps(now: Workflow, then: Workflow, state: State) -> Iterator[Obstacle]:
    for identity in sorted(_named(state), key=lambda one: now.steps[one].order):
        step, other = now.steps[identity], then.steps.get(identity)
        if other is None:
            yield Obstacle("gone", identity)
        elif other.type != step.type:
            yield Obstacle("type", identity)
        elif other.branch != step.branch or _holder(now, step) != _holder(then, other):
            yield Obstacle("place", identity)


def _named(state: State) -> set[str]:
    """Every step that the state knows by its id."""
    regions = state["regions"].values()
    named = {region["at"] for region in regions} | set(state["said"])
    named |= {step for region in regions for step, _outcome in region["past"]}
    named |= {step for region in regions for pair in region["resume"].items() for step in pair}
    return named - {"", SUBMIT}


def _holder(workflow: Workflow, step: Step) -> str | None:
    return None if step.branch == TRUNK else workflow.holders.get(step.branch)


def _in_regions(now: Workflow, then: Workflow, state: State) -> Iterator[Obstacle]:
    for region in state["regions"].values():
        here, there = now.steps.get(region["at"]), then.steps.get(region["at"])
        if here is None or there is None:
            continue
        if region["join"] is not None and set(here.ways) != set(there.ways):
            yield Obstacle("branches", here.id)
        said = {seat["said"] for seat in region["seats"]} - {None}
        if not said <= set(there.outcomes):
            yield Obstacle("outcome", here.id)
