"""What an admin may do to a run that went astray. Each needs a reason, which stays in the event.

Who is an admin, the caller knows.
"""

from workflows import moves, returns, seats
from workflows.document import TRUNK, Step
from workflows.errors import Incomplete, Stale
from workflows.operations import asked, newcomer, require_reason, running
from workflows.state import FINISHED, REJECTED, RUNNING, TRUNK_REGION, Command, new_region
from workflows.walk import Walk


def reassign(walk: Walk, command: Command) -> None:
    """改派: somebody else is asked, also where nobody was found."""
    require_reason(command)
    identity, item, step = asked(walk, command)
    newcomer(walk, item, step, command["to"])
    seats.replace(walk, identity, command["to"], "reassigned")


def jump(walk: Walk, command: Command) -> None:
    """跳转 to a step, forward or back. Parallel parts that are left are cancelled.

    A step in a parallel branch can be jumped to while that branch goes on; `item` says in which of several rows.
    """
    require_reason(command)
    running(walk)
    step = _step(walk, command["to"])
    target = returns.Target(step.id, _region_of(walk, step, command))
    returns.go_back(walk, target, "again", "jumped")
    moves.go(walk, target.region, step.id, again=True)


def end(walk: Walk, command: Command) -> None:
    """结束, as finished or as rejected."""
    require_reason(command)
    running(walk)
    if command["status"] not in (FINISHED, REJECTED):
        raise Incomplete("bad_end")
    moves.finish(walk, command["status"], "ended")


def reopen(walk: Walk, command: Command) -> None:
    """重新打开 a run that is over, at a step outside of parallel parts."""
    require_reason(command)
    if walk.state["status"] == RUNNING:
        raise Stale("still_running")
    step = _step(walk, command["to"])
    if step.branch != TRUNK:
        raise Incomplete("cannot_jump", step)
    walk.regions[TRUNK_REGION] = {**new_region(TRUNK, None, None), "past": _past(walk, step)}
    walk.state["status"] = RUNNING
    returns.forget_from(walk, step)
    moves.go(walk, TRUNK_REGION, step.id, again=True)


def _past(walk: Walk, step: Step) -> list[list[str]]:
    """What people concluded in the trunk before a step, in reading order."""
    steps = walk.workflow.steps
    before = [one for one in walk.state["said"] if steps[one].branch == TRUNK and steps[one].order < step.order]
    return [[one, walk.state["said"][one]["outcome"]] for one in sorted(before, key=lambda one: steps[one].order)]


def _step(walk: Walk, identity: str) -> Step:
    step = walk.workflow.steps.get(identity)
    if step is None:
        raise Incomplete("unknown_step", None, step=identity)
    return step


def _region_of(walk: Walk, step: Step, command: Command) -> str:
    if command.get("item"):
        _, item, _ = asked(walk, command)
        found = returns.around(walk.workflow, walk.regions, item["region"], step.id).region
        places = [found] if walk.regions[found]["branch"] == step.branch else []
    else:
        places = [place for place, one in walk.regions.items() if one["branch"] == step.branch]
    if not places:
        raise Incomplete("cannot_jump", step)
    if len(places) > 1:
        raise Incomplete("several_places", step)
    return places[0]
