"""What holds for every tree, every decision and every answer of the world.

`--all` tries three thousand trees, or as many as TREES says; without it a few hundred:

    TREES=10000 ./test tests/workflows/test_properties.py --all -s
"""

import json
import os
from collections import Counter
from collections.abc import Iterator
from random import Random
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import workflows
from tests.workflows.deeds import impossible, possible, rare
from tests.workflows.trees import SCHEMA, SUBMITTER, World, documents
from workflows import Item, State, Turn, Workflow, WorkflowError

CALM = settings(
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much],
)
LONGEST = 30  # operations by chance, before everybody says yes
PATIENCE = 400  # operations until a run must have ended, once everybody says yes

MANY = int(os.environ.get("TREES", "3000"))

seen: Counter[str] = Counter()


def stored(state: Any) -> Any:
    """As a database gives it back: keys in another order."""
    return json.loads(json.dumps(state, sort_keys=True))


def assert_sound(workflow: Workflow, state: State) -> None:
    """Every region stands for something, every item belongs to a region that waits for it, nobody waits in vain."""
    regions, items, waits = state["regions"], state["items"], state["waits"]
    if state["status"] != workflows.RUNNING:
        assert not regions
        assert not items
        assert not waits
        return
    assert items or waits, "a run that goes on waits for somebody"
    for identity, item in (*items.items(), *waits.items()):
        assert item["region"] in regions, f"{identity} outlived its region"
        assert regions[item["region"]]["at"] == item["step"], f"{identity} is about a step that was left"
    for item in items.values():
        assert may_judge(workflow, state, item), "somebody judges his own request"
    for place, region in regions.items():
        step = workflow.steps[region["at"]]
        inside = [other for other in regions.values() if other["outer"] == place]
        here = [item for item in items.values() if item["region"] == place]
        assert step.branch == region["branch"]
        assert region["outer"] is None or region["outer"] in regions
        if region["join"]:
            join = region["join"]
            assert inside
            assert len(inside) == join["of"] - join["arrived"] - join["refused"]
            assert not here
        elif region["seats"]:
            assert not inside
            silent = {at for at, seat in enumerate(region["seats"]) if seat["said"] is None}
            asked = {item["seat"] for item in here}
            assert asked
            assert asked <= silent
            assert asked == silent or step.body.get("mode") == "in_turn"
        else:
            assert [wait for wait in waits.values() if wait["region"] == place], f"{place} stands at {step.id} in vain"


def may_judge(workflow: Workflow, state: State, item: Item) -> bool:
    step = workflow.steps[item["step"]]
    allowed = step.type not in ("approve", "decide") or step.body.get("same_as_submitter") == "allow"
    return allowed or item["who"] != state["submitter"]


def assert_accounts(before: State, turn: Turn) -> None:
    """What was opened and closed explains what waits now."""
    was, now = {*before["items"], *before["waits"]}, {*turn.state["items"], *turn.state["waits"]}
    closed = [one.id for one in turn.closed]
    assert len(closed) == len(set(closed))
    assert (was | {*turn.opened}) - {*closed} == now


def below(state: State, place: str) -> set[str]:
    inside = {one for one, region in state["regions"].items() if region["outer"] == place}
    return inside.union(*(below(state, one) for one in inside))


def assert_left(workflow: Workflow, before: State, command: dict[str, Any], turn: Turn) -> None:
    """A return cancels what it leaves: nothing below the region that it goes back to is there any more."""
    if command["do"] != "send_back":
        return
    target: str | None = before["items"][command["item"]]["region"]
    while target and before["regions"][target]["branch"] != workflow.steps[command["to"]].branch:
        target = before["regions"][target]["outer"]
    assert target, "a run goes back to a region around it"
    left = below(before, target)
    assert not left & set(turn.state["regions"])
    gone = {one for one, item in before["items"].items() if item["region"] in {target, *left}}
    assert not gone & set(turn.state["items"])
    seen["regions left by a return"] += len(left)


def act(workflow: Workflow, state: State, command: dict[str, Any], chance: Random) -> Turn | None:
    """Perform, and look at what it did; None if it was refused, which changes nothing."""
    before = json.dumps(state)
    try:
        turn = workflows.perform(workflow, state, command, World(chance))
    except WorkflowError as refusal:
        turn, refused = None, refusal
    assert json.dumps(state) == before, "a state is never changed in place"
    if turn is None:
        seen["refused"] += 1
        assert refused.text("zh") != refused.text("en")
        return None
    seen[command["do"]] += 1
    assert_sound(workflow, turn.state)
    assert_accounts(state, turn)
    assert_left(workflow, state, command, turn)
    return turn


def live(workflow: Workflow, chance: Random) -> None:
    """One run from its start to its end, by chance and then by everybody's yes."""
    try:
        turn = workflows.start(workflow, SUBMITTER, World(chance))
    except workflows.Nobody:
        seen["not started"] += 1
        return
    assert_sound(workflow, turn.state)
    events, state = [turn.event], stored(turn.state)
    for _ in range(chance.randrange(LONGEST)):
        commands = [*possible(workflow, state)]
        command = rare(chance) if not commands or chance.random() < 0.02 else chance.choice(commands)
        turn = act(workflow, state, command, chance)
        if turn is not None:
            events.append(turn.event)
            state = stored(turn.state)
        assert act(workflow, state, impossible(state, chance), chance) is None
    more, state = to_the_end(workflow, state, chance)
    assert workflows.replay(workflow, stored(events + more)) == state, "the same events give the same state"
    seen[state["status"]] += 1


def to_the_end(workflow: Workflow, state: State, chance: Random) -> tuple[list[dict[str, Any]], State]:
    """Everybody says yes until nobody is asked: that ends every run."""
    events: list[dict[str, Any]] = []
    while state["status"] == workflows.RUNNING:
        assert len(events) < PATIENCE, "this run never ends"
        turn = act(workflow, state, yes(workflow, state), chance)
        assert turn is not None
        events.append(turn.event)
        state = turn.state
    return events, state


def yes(workflow: Workflow, state: State) -> dict[str, Any]:
    for identity, item in state["items"].items():
        if item["who"] is None:
            return {"do": "reassign", "item": identity, "to": f"hr_{identity}", "reason": "无人处理"}
        outcome = next(iter(workflow.steps[item["step"]].outcomes))
        return {"do": "decide", "item": identity, "outcome": outcome, "by": item["who"]}
    return {"do": "wake", "wait": next(iter(state["waits"]))}


@pytest.fixture(scope="module", autouse=True)
def _tell(pytestconfig: pytest.Config) -> Iterator[None]:
    """Print what happened how often: a property that never meets a return says nothing about returns."""
    yield
    reporter = pytestconfig.pluginmanager.get_plugin("terminalreporter")
    if reporter is not None:
        reporter.write_line("\n" + ", ".join(f"{times} {what}" for what, times in seen.most_common()))
    if seen["trees"] >= MANY:
        assert workflows.OPERATIONS.keys() <= seen.keys(), "every operation was met"
        assert seen["regions left by a return"] > 0


@settings(CALM, max_examples=200)
@given(documents(), st.integers(0, 2**32))
def test_a_route_ends_and_its_document_may_be_published(document: dict[str, Any], seed: int) -> None:
    assert workflows.check(document, SCHEMA) == []
    route = workflows.simulate(workflows.read(document, SCHEMA), SUBMITTER, World(Random(seed)))
    assert route.length <= len(route.stops)


@settings(CALM, max_examples=200)
@given(documents(), st.integers(0, 2**32))
def test_every_run_is_sound_whatever_happens(document: dict[str, Any], seed: int) -> None:
    seen["trees"] += 1
    live(workflows.read(document, SCHEMA), Random(seed))


@pytest.mark.long
@settings(CALM, max_examples=MANY)
@given(documents(), st.integers(0, 2**32))
def test_thousands_of_runs_are_sound(document: dict[str, Any], seed: int) -> None:
    seen["trees"] += 1
    live(workflows.read(document, SCHEMA), Random(seed))
