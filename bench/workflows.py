"""The approval engine without a database, beside a bare dict machine: `python -m bench.workflows`.

A run is start and three approvals, with people looked up, events and effects. The limit keeps the same facts in one
dict and copies it for each step, with no rule at all: what Python itself costs. Seconds are of the processor, so that a
busy machine changes little. (SpiffWorkflow 3.2 does the same run in memory 2,000 to 2,570 times a second on the machine
that the goals were set on.)
"""

import datetime
import json
from collections.abc import Callable, Mapping, Sequence
from statistics import median
from time import process_time
from typing import Any

import workflows

RUNS, ROUNDS = 2_000, 9
COMPANY = 430
STEPS = [
    {"id": f"n{place}", "type": "approve", "who": [{"kind": "member", "member": f"m{place}"}], "empty": {"do": "pass"}}
    for place in (1, 2, 3)
]
LONG = [
    {**STEPS[0], "who": [{"kind": "manager", "of": "submitter", "level": 1}], "mode": "any"},
    {
        "id": "p1",
        "type": "together",
        "branches": [{"id": f"b{place}", "steps": [{**STEPS[1], "id": f"q{place}"}]} for place in range(3)],
    },
    STEPS[2],
]


class Facts:
    """Everybody is found at once, so that the engine alone is timed."""

    def resolve(self, who: Mapping[str, Any], row: str | None) -> Sequence[str]:
        return [who.get("member", "m1")]

    def substitute(self, person: str) -> str | None:
        return None

    def rows(self, over: Mapping[str, Any], row: str | None) -> Sequence[str]:
        return []

    def values(self, row: str | None) -> Mapping[str, Any]:
        return {}

    def today(self) -> datetime.date:
        return datetime.date(2025, 6, 30)


FACTS = Facts()
THREE = workflows.read({"steps": STEPS})


def whole_run() -> workflows.State:
    turn = workflows.start(THREE, "m7", FACTS)
    for person in ("m1", "m2", "m3"):
        (item,) = turn.state["items"]
        turn = workflows.decide(THREE, turn.state, item, "approve", person, FACTS)
    return turn.state


def bare_run() -> dict[str, Any]:
    """start and three decisions of a machine that knows nothing but the next step."""
    following: dict[str, str | None] = {"n1": "n2", "n2": "n3", "n3": None}
    state: dict[str, Any] = {"at": "n1", "who": "m1", "events": [], "status": "running"}
    while state["at"] is not None:
        event = {"do": "decide", "step": state["at"], "by": state["who"], "outcome": "approve"}
        state = {**state, "at": following[state["at"]], "events": [*state["events"], event]}
    return {**state, "status": "finished"}


def seconds(work: Callable[[], object]) -> float:
    start = process_time()
    for _ in range(RUNS):
        work()
    return (process_time() - start) / RUNS


def runs() -> None:
    assert whole_run()["status"] == bare_run()["status"] == "finished"
    pairs = [(seconds(whole_run), seconds(bare_run)) for _ in range(ROUNDS)]
    ours, bare = min(pair[0] for pair in pairs), min(pair[1] for pair in pairs)
    ratio = median(pair[0] / pair[1] for pair in pairs)
    print(f"whole runs of three approvals   {1 / ours:>12,.0f} /s   goal >= 10,000 (five times SpiffWorkflow)")
    print(f"single steps (start or decide)  {4 / ours:>12,.0f} /s   goal >= 20,000")
    print(f"bare dict machine, whole runs   {1 / bare:>12,.0f} /s   ratio {ratio:.0f}")


def states() -> None:
    turn = workflows.start(THREE, "m7", FACTS)
    print(f"state of a run that waits       {len(json.dumps(turn.state)):>12,} bytes of JSON")


def dry_run() -> None:
    workflow = workflows.read({"steps": LONG})
    start = process_time()
    for _ in range(COMPANY):
        workflows.simulate(workflow, "m7", FACTS)
    took = (process_time() - start) * 1e3
    print(f"dry run of {COMPANY} people           {took:>12,.0f} ms     goal < 2,000 with real resolvers")


if __name__ == "__main__":
    runs()
    states()
    dry_run()
