"""When the branches of a parallel step come together: all, any, or at least n of them.

A branch arrives when its last step is done, and is refused when somebody in it rejects. The join is made as soon as
enough have arrived, and the others are cancelled with all that is in them; it is lost as soon as too few are left.
A lost join is a rejection of the branch around it.
"""

from workflows.document import Step
from workflows.seats import needed
from workflows.state import Join
from workflows.walk import Walk


def fork(walk: Walk, place: str, step: Step, rows: list[str] | None) -> list[str]:
    """The new regions of a parallel step, one for each branch, or for each row of an `each`."""
    if rows is None:
        row = walk.regions[place]["row"]
        new = [walk.branch_off(place, branch, row) for branch in step.ways]
    else:
        new = [walk.branch_off(place, step.id, row) for row in rows]
    walk.change(place)["join"] = {"of": len(new), "arrived": 0, "refused": 0}
    return new


def arrive(walk: Walk, place: str) -> tuple[str, bool]:
    """Take away a region at its end: the region around it, and whether its join is made, which cancels the others."""
    outer, join = _leave(walk, place, "arrived")
    made = join["arrived"] >= _wanted(walk, outer, join)
    if made:
        walk.clear(outer, "joined")
    return outer, made


def refuse(walk: Walk, place: str) -> tuple[str, bool]:
    """Take away a region that was rejected: the region around it, and whether its join is lost."""
    outer, join = _leave(walk, place, "refused")
    return outer, join["of"] - join["refused"] < _wanted(walk, outer, join)


def _leave(walk: Walk, place: str, how: str) -> tuple[str, Join]:
    outer = walk.regions[place]["outer"]
    assert outer is not None, "the trunk joins nothing"
    walk.cancel(place, how)
    join = walk.regions[outer]["join"]
    assert join is not None, "a region stands at the parallel step that holds it"
    arrived, refused = join["arrived"] + (how == "arrived"), join["refused"] + (how == "refused")
    join = {"of": join["of"], "arrived": arrived, "refused": refused}
    walk.change(outer)["join"] = join
    return outer, join


def _wanted(walk: Walk, place: str, join: Join) -> int:
    """Fewer rows than an `each` asks for must all arrive."""
    return min(join["of"], needed(walk.step_of(place).body.get("join", "all"), join["of"]))
