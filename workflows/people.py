"""Who is asked in a step, and why: the entries of `who`, then the policies, none of which passes in silence.

same_as_submitter   next_manager (his manager instead; the default), skip (his voice counts as given), allow
repeated            ask (the default), skip (who approved in this run already), skip_in_a_row (… in the step before)
empty               what happens when fewer people are found than must agree:
                    assign (to …), pass (with an outcome), reject, refuse_start

Where even the policy finds nobody the step waits with an item of nobody, for an admin: a run is never lost.
"""

from collections.abc import Mapping

from workflows.document import JUDGING, Document, Step
from workflows.errors import Incomplete
from workflows.seats import needed
from workflows.state import Region, Seat
from workflows.walk import Walk


def seats_for(walk: Walk, place: str, step: Step, *, again: bool) -> list[Seat] | str:
    """The seats of a step, or the outcome that its `empty` policy gives.

    `again`: somebody sent the run back here on purpose, so that people are asked even if they approved before.
    """
    region = walk.regions[place]
    found = _invited(walk, region, step)
    if step.type in JUDGING:
        found = _without_submitter(walk, region, step, found)
    least = _least(step, len(found))
    if len(found) < least:
        policy = step.body.get("empty", {})
        if policy.get("do") == "pass":
            return _passed(walk, place, step, policy)
        if policy.get("do") == "reject":
            walk.emit(place, step, {"do": "note", "note": "nobody_rejected"})
            return "reject"
        found |= _assigned(walk, region, step, policy, found)
    seats = [_seat(walk, region, step, person, why, again=again) for person, why in found.items()]
    if len(seats) < least:
        walk.emit(place, step, {"do": "note", "note": "nobody_found"})
        seats += [_empty_seat() for _ in range(least - len(seats))]
    return seats


def _invited(walk: Walk, region: Region, step: Step) -> dict[str, str]:
    """People and the entry that names each, in the document's order."""
    found: dict[str, str] = {}
    for position, who in enumerate(step.body["who"]):
        why = f"/who/{position}"
        for person in behind(walk, region, step, who, why):
            found.setdefault(person, why)
    return found


def behind(walk: Walk, region: Region, step: Step, who: Document, why: str) -> list[str]:
    """The people of one entry, which stands at `why` in the step."""
    match who["kind"]:
        case "submitter":
            return [walk.state["submitter"]]
        case "submitter_choice" | "previous_choice":
            return _chosen(walk, region, step, who)
        case "formula":
            return walk.source.named(step, f"{why}/formula", region["row"])
        case _:
            return walk.source.resolve(who, region["row"])


def _chosen(walk: Walk, region: Region, step: Step, who: Document) -> list[str]:
    """Whom the submitter or the one before chose, if they are within the range that the document gives."""
    chosen = walk.state["chosen"].get(step.id)
    within = walk.source.resolve(who["from"], region["row"]) if "from" in who else None
    if not chosen:
        if not walk.trying:
            raise Incomplete("choice_needed", step)
        return within or []
    outside = [person for person in chosen if within is not None and person not in within]
    if outside:
        raise Incomplete("outside_range", step, people=outside)
    return chosen


def _without_submitter(walk: Walk, region: Region, step: Step, found: dict[str, str]) -> dict[str, str]:
    """Nobody judges his own request, unless the document says so."""
    submitter = walk.state["submitter"]
    if submitter not in found or step.body.get("same_as_submitter", "next_manager") != "next_manager":
        return found
    manager = walk.source.resolve({"kind": "manager", "of": "submitter", "level": 1}, region["row"])
    kept: dict[str, str] = {}
    for person, why in found.items():
        for one in manager if person == submitter else [person]:
            if one != submitter:
                kept.setdefault(one, why if one == person else "next_manager")
    return kept


def _least(step: Step, found: int) -> int:
    """How many must be found, so that the step can be passed at all."""
    return 1 if isinstance(step.mode, str) else needed(step.mode, max(found, 1))


def _passed(walk: Walk, place: str, step: Step, policy: Document) -> str:
    walk.emit(place, step, {"do": "note", "note": "nobody_passed"})
    ordinary = {"approve": "approve", "handle": "done"}.get(step.type)
    return ordinary or str(policy["outcome"])


def _assigned(walk: Walk, region: Region, step: Step, policy: Document, found: Mapping[str, str]) -> dict[str, str]:
    if policy.get("do") != "assign":
        return {}
    people = behind(walk, region, step, policy["to"], "/empty/to")
    return {one: "/empty/to" for one in people if one not in found and walk.may_judge(one, step.id)}


def _seat(walk: Walk, region: Region, step: Step, person: str, why: str, *, again: bool) -> Seat:
    """The place of one person. It has spoken already where a policy says that he need not be asked."""
    if step.type == "approve":
        if person == walk.state["submitter"] and step.body.get("same_as_submitter") == "skip":
            return {"who": person, "why": "submitter", "said": "approve", "later": []}
        if not again and "repeated" in step.body and _approved_before(walk, region, step, person):
            return {"who": person, "why": "repeated", "said": "approve", "later": []}
    return {"who": person, "why": why, "said": None, "later": []}


def _approved_before(walk: Walk, region: Region, step: Step, person: str) -> bool:
    policy, said = step.body["repeated"], walk.state["said"]
    if policy == "skip":
        return any(one["outcome"] == "approve" and person in one["by"] for one in said.values())
    if policy == "skip_in_a_row" and region["past"]:
        before, outcome = region["past"][-1]
        return outcome == "approve" and person in said.get(before, {"by": []})["by"]
    return False


def _empty_seat() -> Seat:
    return {"who": None, "why": "nobody", "said": None, "later": []}
