"""How a region moves: it enters a step, waits there or goes on, and at the end of its branch joins the others.

One function for each type of step, found by its name. Each gives the id of the step to go on to, END at the end of
the branch, or WAITING where people, a time or the branches of a parallel part are awaited (or where everything has
moved on already).
"""

from collections.abc import Callable

from workflows import joins, returns
from workflows.document import ASKING, SUBMIT, Document, Step
from workflows.people import behind, seats_for
from workflows.seats import seat_people, verdict
from workflows.state import FINISHED, REJECTED, TRUNK_REGION, Seat, number
from workflows.walk import Walk

END = None
WAITING = "…"


def go(walk: Walk, place: str, step_id: str | None, *, again: bool = False) -> None:
    """Let a region enter a step and go on until somebody must be waited for. `again`: it was sent there on purpose."""
    while step_id is not END:
        step = walk.workflow.steps[step_id]
        walk.stand(place, step_id)
        if step.type in ASKING:
            step_id = enter_asking(walk, place, step, again=again)
        else:
            step_id = ENTER[step.type](walk, place, step)
        if step_id == WAITING:
            return
        again = False
    arrive(walk, place)


def arrive(walk: Walk, place: str) -> None:
    """A region is at the end of its branch."""
    if place == TRUNK_REGION:
        finish(walk, FINISHED, "finished")
        return
    outer, made = joins.arrive(walk, place)
    if made:
        go(walk, outer, walk.step_of(outer).next)


def refuse(walk: Walk, place: str) -> None:
    """Somebody rejected: the branch is lost, and where it was needed all that is around it."""
    if place == TRUNK_REGION:
        finish(walk, REJECTED, "rejected")
        return
    outer, lost = joins.refuse(walk, place)
    if lost:
        refuse(walk, outer)


def finish(walk: Walk, status: str, why: str) -> None:
    """The run is over; nothing waits any more."""
    walk.close(sorted([*walk.items, *walk.waits], key=number), why)
    walk.regions.clear()
    walk.state["status"] = status


def conclude(walk: Walk, place: str, step: Step, outcome: str, *, by: list[str], to: str | None = None) -> None:
    """A step has its outcome: close what is left of it and go where the outcome leads.

    `to` is the step that a named outcome returns to, where the document leaves it to the person.
    """
    walk.close(walk.waiting_in(place), "decided")
    going = _concluded(walk, place, step, outcome, by, to)
    if going != WAITING:
        go(walk, place, going)


def _concluded(walk: Walk, place: str, step: Step, outcome: str, by: list[str], to: str | None = None) -> str | None:
    if step.id != SUBMIT:
        walk.remember(step, {"outcome": outcome, "by": by})
    if step.type == "approve" and outcome == "reject":
        refuse(walk, place)
        return WAITING
    said = step.outcomes[outcome]
    for action in (said if step.type == "decide" else step.body).get("then", ()):
        walk.emit(place, step, action)
    if "return" in said:
        _send_back(walk, place, step, said["return"], to)
        return WAITING
    if "end" in said:
        refuse(walk, place) if said["end"] == REJECTED else finish(walk, FINISHED, "ended")
        return WAITING
    there = returns.leads_on(walk, place, step, outcome)
    if step.id != SUBMIT:
        returns.pass_by(walk, place, step, outcome)
    return there or (step.ways[outcome] if step.type == "decide" else step.next)


def _send_back(walk: Walk, place: str, step: Step, rule: Document, to: str | None) -> None:
    named = to if rule["to"] == "earlier" else returns.named(rule["to"])
    target = returns.around(walk.workflow, walk.regions, place, named or SUBMIT)
    returns.go_back(walk, target, rule.get("resume", "again"))
    go(walk, target.region, target.step, again=True)


def spoken(seats: list[Seat], outcome: str) -> list[str]:
    """The people whose voice was for the outcome."""
    return [seat["who"] for seat in seats if seat["said"] == outcome and seat["who"] is not None]


# one for each type of step


def enter_asking(walk: Walk, place: str, step: Step, *, again: bool) -> str | None:
    found = seats_for(walk, place, step, again=again)
    if isinstance(found, str):
        return _concluded(walk, place, step, found, [])
    certain = verdict(step, found) if any(seat["said"] for seat in found) else None
    if certain is not None:
        return _concluded(walk, place, step, certain, spoken(found, certain))
    seat_people(walk, place, step, found)
    return WAITING


def enter_notify(walk: Walk, place: str, step: Step) -> str | None:
    region, entries = walk.regions[place], enumerate(step.body["who"])
    people = [person for position, who in entries for person in behind(walk, region, step, who, f"/who/{position}")]
    walk.emit(place, step, {"do": "notify", "who": list(dict.fromkeys(people))})
    return step.next


def enter_choose(walk: Walk, place: str, step: Step) -> str | None:
    row = walk.regions[place]["row"]
    for position, branch in enumerate(step.body["branches"]):
        if walk.source.holds(step, f"/branches/{position}/when", row):
            return step.ways[branch["id"]]
    return step.ways[step.body["else"]["id"]]


def enter_together(walk: Walk, place: str, step: Step) -> str | None:
    return _fork(walk, place, step, None)


def enter_each(walk: Walk, place: str, step: Step) -> str | None:
    rows = walk.source.rows(step.body["over"], walk.regions[place]["row"])
    return _fork(walk, place, step, rows) if rows else step.next


def enter_wait(walk: Walk, place: str, step: Step) -> str | None:
    walk.emit(place, step, {"do": "wait", "for": step.body["for"], "wait": walk.await_at(place, step)})
    return WAITING


def enter_effect(walk: Walk, place: str, step: Step) -> str | None:
    for action in step.body["then"]:
        walk.emit(place, step, action)
    return step.next


def enter_call(walk: Walk, place: str, step: Step) -> str | None:
    walk.emit(place, step, {"do": "call", "workflow": step.body["workflow"], "wait": walk.await_at(place, step)})
    return WAITING


def _fork(walk: Walk, place: str, step: Step, rows: list[str] | None) -> str:
    for branch in joins.fork(walk, place, step, rows):
        if branch in walk.regions:  # an earlier one may have made the join, or ended the run
            go(walk, branch, step.ways[walk.regions[branch]["branch"]])
    return WAITING


ENTER: dict[str, Callable[[Walk, str, Step], str | None]] = {
    "notify": enter_notify,
    "choose": enter_choose,
    "together": enter_together,
    "each": enter_each,
    "wait": enter_wait,
    "effect": enter_effect,
    "call": enter_call,
}
