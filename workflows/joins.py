"""When the branches of a parallel step come together: all, any, or at least n of them.

A branch arrives when its last step is done, and is refused when somebody in it rejects. The join is made as soon as
enough have arrived, and the others are cancelled with all that is in them; it is lost as soon as too few are left.
"""

from workflows.document import Step
from workflows.seats import needed
from workflows.state import Join
from workflows.walk import Walk

MADE, LOST, OPEN = "made", "lost", "open"


def fork(walk: Walk, place: str, step: Step, rows: list[str] | None) -> list[str]:
    """The new regions of a parallel step, one for each branch, or for each row of an `each`."""
    if rows is None:
        row = walk.regions[place]["row"]
        new = [walk.branch_off(place, branch, row) for branch in step.ways]
    else:
        new = [walk.branch_off(place, step.id, row) for row in rows]
    walk.join_of(place, {"of": len(new), "arrived": 0, "refused": 0})
    return new


def leave(walk: Walk, place: str, came: str) -> tuple[str, str]:
    """Take away a region that `arrived` or was `refused`: the region around it, and how its join stands now.

    A join that is decided has cancelled the other branches.
    """
    outer = walk.regions[place]["outer"]
    assert outer is not None, "the trunk joins nothing"
    walk.cancel(place, came)
    join = walk.regions[outer]["join"]
    assert join is not None, "a region stands at the parallel step that holds it"
    arrived, refused = join["arrived"] + (came == "arrived"), join["refused"] + (came == "refused")
    join = {"of": join["of"], "arrived": arrived, "refused": refused}
    walk.join_of(outer, join)
    stands = _stands(walk.step_of(outer), join)
    if stands != OPEN:
        walk.clear(outer, "joined" if stands == MADE else "refused")
    return outer, stands


def _stands(step: Step, join: Join) -> str:
    wanted = min(join["of"], needed(step.body.get("join", "all"), join["of"]))
    if join["arrived"] >= wanted:
        return MADE
    return LOST if join["of"] - join["refused"] < wanted else OPEN
