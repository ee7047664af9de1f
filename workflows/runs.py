"""The operations by name, and a run told anew from its events.

Each takes a workflow and a state and gives a `Turn`: the new state, the event to keep, effects, what opened and closed.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from workflows import interventions, moves, operations
from workflows.document import Workflow
from workflows.errors import Nobody
from workflows.facts import Asked, Facts, Remembered, Source
from workflows.simulate import simulate
from workflows.state import TRUNK_REGION, Command, Event, State, beginning
from workflows.walk import Turn, Walk

Chosen = Mapping[str, Sequence[str]]
"""People whom somebody chose, by the id of the step that leaves it to him."""

OPERATIONS: dict[str, Callable[[Walk, Command], None]] = {
    "decide": operations.decide,
    "send_back": operations.send_back,
    "withdraw": operations.withdraw,
    "transfer": operations.transfer,
    "delegate": operations.delegate,
    "add_signer": operations.add_signer,
    "urge": operations.urge,
    "wake": operations.wake,
    "lapse": operations.lapse,
    "reassign": interventions.reassign,
    "jump": interventions.jump,
    "end": interventions.end,
    "reopen": interventions.reopen,
}


def start(workflow: Workflow, submitter: str, facts: Facts, chosen: Chosen | None = None) -> Turn:
    """Begin a run. Raises Nobody if a step of the route that is ahead finds nobody and its policy is `refuse_start`."""
    if workflow.foresees:
        _refuse_orphans(workflow, submitter, facts, chosen)
    return _begin(workflow, {"do": "start", "submitter": submitter, "chosen": dict(chosen or {})}, Asked(facts))


def decide(
    workflow: Workflow,
    state: State,
    item: str,
    outcome: str,
    by: str,
    facts: Facts,
    *,
    reason: str | None = None,
    to: str | None = None,
    chosen: Chosen | None = None,
) -> Turn:
    """Answer an item: approve, reject, done, submit or a named outcome. `to` says where one returns to that asks so."""
    command: dict[str, Any] = {"do": "decide", "item": item, "outcome": outcome, "by": by}
    if reason or to or chosen:
        given = {"reason": reason, "to": to, "chosen": chosen}
        command |= {key: value for key, value in given.items() if value}
    return perform(workflow, state, command, facts)


def perform(workflow: Workflow, state: State, command: Command, facts: Facts) -> Turn:
    """Any operation as data, `{"do": …}`: see `workflows.operations` and `workflows.interventions` for the keys."""
    return _performed(workflow, state, command, Asked(facts))


def replay(workflow: Workflow, events: Iterable[Event]) -> State:
    """The state that these events led to, without asking anybody. The first is a start."""
    first, *others = events
    state = _begin(workflow, _command(first), Remembered(first["answers"])).state
    for event in others:
        state = _performed(workflow, state, _command(event), Remembered(event["answers"])).state
    return state


def _begin(workflow: Workflow, command: Command, source: Source) -> Turn:
    walk = Walk(workflow, beginning(command["submitter"]), source)
    operations.choose(walk, command["chosen"])
    moves.go(walk, TRUNK_REGION, workflow.first)
    return walk.turn(command)


def _performed(workflow: Workflow, state: State, command: Command, source: Source) -> Turn:
    walk = Walk(workflow, state, source)
    OPERATIONS[command["do"]](walk, command)
    return walk.turn(command)


def _command(event: Event) -> Command:
    return {key: value for key, value in event.items() if key != "answers"}


def _refuse_orphans(workflow: Workflow, submitter: str, facts: Facts, chosen: Chosen | None) -> None:
    for stop in simulate(workflow, submitter, facts, chosen).stops:
        step = workflow.steps[stop.step]
        if None in stop.people and step.body["empty"]["do"] == "refuse_start":
            raise Nobody("nobody", step)
