"""The route that a run would take: shown before sending, and tried over the whole organisation before publishing.

It is walked by the engine itself, with everybody saying yes, so that a dry run cannot differ from a run.
"""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from workflows import moves, operations
from workflows.document import Step, Workflow
from workflows.facts import Asked, Facts
from workflows.state import REJECTED, RUNNING, TRUNK_REGION, Effect, Said, beginning
from workflows.walk import Walk


class Stop(NamedTuple):
    """A step at which people are asked. `people` holds None where nobody is found; `why` tells what named each."""

    step: str
    row: str | None
    people: tuple[str | None, ...]
    why: tuple[str, ...]


class Route(NamedTuple):
    """`stops` in the order in which they are reached; `length` counts those that come one after the other. `said` tells
    of every step how it was concluded, also of those at which nobody had to be asked."""

    stops: list[Stop]
    effects: list[Effect]
    length: int
    said: Mapping[str, Said]


def simulate(
    workflow: Workflow,
    submitter: str,
    facts: Facts,
    chosen: Mapping[str, Sequence[str]] | None = None,
    outcomes: Mapping[str, str] | None = None,
) -> Route:
    """The route of a run by this submitter. `outcomes` says what is decided in a step, else the first way onward is.

    Raises WorkflowError where a condition cannot be computed.
    """
    walk = Walk(workflow, beginning(submitter), Asked(facts), trying=True)
    operations.choose(walk, chosen or {})
    moves.go(walk, TRUNK_REGION, workflow.first)
    stops: list[Stop] = []
    length = 0
    while walk.state["status"] == RUNNING:
        ready = [place for place in walk.regions if walk.waiting_in(place)]
        asked = [_stop(walk, place) for place in ready if walk.regions[place]["seats"]]
        known = {(stop.step, stop.row) for stop in stops}
        for place in ready:
            if place in walk.regions:  # another branch may have made the join
                _pass(walk, place, known, outcomes or {})
        stops, length = stops + asked, length + bool(asked)
    return Route(stops, walk.effects, length, walk.state["said"])


def _stop(walk: Walk, place: str) -> Stop:
    """Who sits at a step, a substitute in the place of whom he acts for."""
    region = walk.regions[place]
    asked = {item["seat"]: item["who"] for item in walk.items.values() if item["region"] == place}
    people = tuple(asked.get(position, seat["who"]) for position, seat in enumerate(region["seats"]))
    return Stop(region["at"], region["row"], people, tuple(seat["why"] for seat in region["seats"]))


def _pass(walk: Walk, place: str, known: set[tuple[str, str | None]], outcomes: Mapping[str, str]) -> None:
    """Everybody who is asked in a region says yes, or what it awaits comes. A step is answered as `outcomes` say the
    first time only: some lead back to it."""
    step, region = walk.step_of(place), walk.regions[place]
    if region["seats"]:
        wanted = None if (step.id, region["row"]) in known else outcomes.get(step.id)
        _say(walk, place, step, wanted or _onward(step))
    else:
        walk.close(walk.waiting_in(place), "arrived")
        moves.go(walk, place, step.next)


def _say(walk: Walk, place: str, step: Step, outcome: str | None) -> None:
    if outcome is None:
        moves.finish(walk, REJECTED, "ended")
        return
    voices = [seat["who"] for seat in walk.regions[place]["seats"] if seat["who"] is not None]
    moves.conclude(walk, place, step, outcome, by=voices)


def _onward(step: Step) -> str | None:
    """The first outcome that leads on, not back; None if every one leads back."""
    return next((outcome for outcome, said in step.outcomes.items() if "return" not in said), None)
