"""Sending a run back: to the submitter, or to a step that was done before.

A run goes back within the region it stands in, or to a region around it. **Whatever parallel part it leaves is
cancelled**, with every item in it: without that, work is left behind that nobody needs, or a join waits for ever.

Then it walks again from there, or resumes `here`: once the earlier step is done anew, the run goes on at the step it
was sent back from (at the parallel step around it, if it left one). A named outcome that differs from the last time
leads another way, so the run walks again then.
"""

from collections.abc import Container, Iterator, Mapping
from typing import NamedTuple

from workflows.document import SUBMIT, Document, Step, Workflow
from workflows.state import TRUNK_REGION, Item, Region, State
from workflows.walk import Walk


class Target(NamedTuple):
    step: str
    region: str


def targets(workflow: Workflow, state: State, item: Item, outcome: str | None = None) -> list[str]:
    """Where the one who is asked may send the run back to, the latest step first; or what an outcome leaves to him."""
    step = workflow.steps[item["step"]]
    rule = (step.outcomes[outcome] if outcome else step.body).get("return", {})
    return [target.step for target in allowed(workflow, state["regions"], item, rule)]


def allowed(workflow: Workflow, regions: Mapping[str, Region], item: Item, rule: Document) -> list[Target]:
    """The places that a rule lets a run go back to from an item."""
    to = rule.get("to", "earlier")
    if to == "earlier":
        return [one for one in earlier(regions, item["region"]) if one.step != item["step"]]
    return [around(workflow, regions, item["region"], named(to))]


def named(to: str) -> str:
    """The step that a rule names: the submitter, or one by its id."""
    return SUBMIT if to == "submitter" else to


def earlier(regions: Mapping[str, Region], place: str) -> Iterator[Target]:
    """The steps that people concluded before a region came to where it stands, and the submitter."""
    here: str | None = place
    while here is not None:
        region = regions[here]
        yield from (Target(step, here) for step, _ in reversed(region["past"]))
        here = region["outer"]
    yield Target(SUBMIT, TRUNK_REGION)


def around(workflow: Workflow, regions: Mapping[str, Region], place: str, step: str) -> Target:
    """Where a step stands that is in the branch of a region, or in one around it."""
    branch = workflow.steps[step].branch
    here: str | None = place
    while here is not None and regions[here]["branch"] != branch:
        here = regions[here]["outer"]
    return Target(step, here or TRUNK_REGION)


def go_back(walk: Walk, target: Target, resume: str, why: str = "returned") -> None:
    """Clear the way back. The region of the target is left standing at nothing; the caller lets it enter the step."""
    left = walk.regions[target.region]["at"]
    walk.clear(target.region, why)
    region = walk.change(target.region)
    standing = {step for step, _ in region["past"]} - {target.step} if resume == "here" else set()
    if resume == "here":
        region["resume"] = {**region["resume"], target.step: left}
    else:
        order = walk.workflow.steps[target.step].order
        region["past"] = [entry for entry in region["past"] if walk.workflow.steps[entry[0]].order < order]
        region["resume"] = {}
    forget_from(walk, walk.workflow.steps[target.step], standing)


def forget_from(walk: Walk, step: Step, standing: Container[str] = ()) -> None:
    """What was said at this step and behind it counts no more, so those people are asked anew; but for steps that
    stand because they are not walked again."""
    steps = walk.workflow.steps
    walk.state["said"] = {
        identity: said
        for identity, said in walk.state["said"].items()
        if identity in standing
        or not (steps[identity].order >= step.order and walk.workflow.within(steps[identity], step.branch))
    }


def leads_on(walk: Walk, place: str, step: Step, outcome: str) -> str | None:
    """The step to resume at after one that the run was sent back to; None: as the document says."""
    if step.id not in walk.regions[place]["resume"]:
        return None
    region = walk.change(place)
    done = dict(region["past"])
    if done.get(step.id, outcome) != outcome:
        region["past"] = region["past"][: list(done).index(step.id)]
        region["resume"] = {}
        return None
    there = region["resume"][step.id]
    region["resume"] = {one: place for one, place in region["resume"].items() if one != step.id}
    return there


def pass_by(walk: Walk, place: str, step: Step, outcome: str) -> None:
    """Note that a step was concluded here, in the place of what it was concluded with before."""
    region = walk.change(place)
    done = [one for one, _ in region["past"]]
    past = [*region["past"]]
    if step.id in done:
        past[done.index(step.id)] = [step.id, outcome]
    else:
        past.append([step.id, outcome])
    region["past"] = past
