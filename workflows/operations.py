"""What people do to a run, and what time does: one function for each, found by the `do` of a command.

A function takes the walk and the command, changes the walk, and raises WorkflowError when it may not.
"""

from collections.abc import Mapping, Sequence

from workflows import moves, returns, seats
from workflows.document import Document, Step
from workflows.errors import Forbidden, Incomplete, Stale
from workflows.seats import owner_of
from workflows.state import RUNNING, WITHDRAWN, Command, Item, number
from workflows.walk import Walk
from workflows.words import DEEDS


def decide(walk: Walk, command: Command) -> None:
    """An outcome; a delegate's is advice. `chosen` are people for steps that leave the choice to this one."""
    identity, item, step = _mine(walk, command)
    outcome = command["outcome"]
    if outcome not in step.outcomes:
        raise Incomplete("unknown_outcome", step, outcome=outcome, outcomes=", ".join(step.outcomes))
    if "advises" in item:
        _advise(walk, identity, item, command)
        return
    _require(step, outcome, command)
    back = step.outcomes[outcome].get("return", {})
    if back.get("to") == "earlier":
        _target(walk, item, step, back, command)
    if "chosen" in command:
        choose(walk, command["chosen"])
    _speak(walk, identity, item, step, outcome, command.get("to"))


def choose(walk: Walk, chosen: Mapping[str, Sequence[str]]) -> None:
    """People for later steps."""
    for identity in chosen:
        if identity not in walk.workflow.steps:
            raise Incomplete("unknown_step", None, step=identity)
    walk.state["chosen"] = {**walk.state["chosen"], **{step: list(people) for step, people in chosen.items()}}


def send_back(walk: Walk, command: Command) -> None:
    """退回: `to` a step or to `submit`. Only a step whose rule says `ask` lets the person choose how to `resume`."""
    _, item, step = _mine(walk, command)
    _allow(step, "return", item)
    _require(step, "return", command)
    rule = step.body.get("return", {})
    target = _target(walk, item, step, rule, command)
    resume = rule.get("resume", "again")
    returns.go_back(walk, target, command.get("resume", "again") if resume == "ask" else resume)
    moves.go(walk, target.region, target.step, again=True)


def withdraw(walk: Walk, command: Command) -> None:
    running(walk)
    _submitter(walk, command)
    moves.finish(walk, WITHDRAWN, "withdrawn")


def transfer(walk: Walk, command: Command) -> None:
    """转交: somebody else decides instead."""
    identity, item, step = _mine(walk, command)
    _allow(step, "transfer", item)
    newcomer(walk, item, step, command["to"])
    seats.replace(walk, identity, command["to"], "transferred")


def delegate(walk: Walk, command: Command) -> None:
    """委派: somebody gives his opinion, then the same person is asked again."""
    identity, item, step = _mine(walk, command)
    _allow(step, "delegate", item)
    newcomer(walk, item, step, command["to"])
    advised = owner_of(item)
    assert advised is not None, "an item that is somebody's has an owner"
    walk.close([identity], "delegated")
    walk.ask({**seats.place_of(item), "who": command["to"], "why": "delegated", "advises": advised})


def add_signer(walk: Walk, command: Command) -> None:
    """加签: `where` is before, with or after."""
    identity, item, step = _mine(walk, command)
    _allow(step, f"add_{command['where']}", item)
    newcomer(walk, item, step, command["to"])
    ADD[command["where"]](walk, identity, command["to"])


def urge(walk: Walk, command: Command) -> None:
    """催办: whoever is waited for is reminded. The state does not change."""
    running(walk)
    _submitter(walk, command)
    for identity, item in sorted(walk.items.items(), key=lambda entry: number(entry[0])):
        _remind(walk, identity, item, [item["who"]] if item["who"] else [])


def wake(walk: Walk, command: Command) -> None:
    """What was waited for has come: the time, the event, the end of the run that was called (`outcome`)."""
    running(walk)
    wait = walk.waits.get(command["wait"])
    if wait is None:
        raise Stale("not_waiting")
    walk.close([command["wait"]], "arrived")
    if command.get("outcome", "finished") == "finished":
        moves.go(walk, wait["region"], walk.workflow.steps[wait["step"]].next)
    else:
        moves.refuse(walk, wait["region"])


def lapse(walk: Walk, command: Command) -> None:
    """A time limit has passed: entry number `entry` of the step's `due.then`."""
    identity, item, step = asked(walk, command)
    entries = step.body.get("due", {}).get("then", ())
    if not 0 <= command["entry"] < len(entries):
        raise Incomplete("nothing_lapses", step, entry=str(command["entry"]))
    entry = entries[command["entry"]]
    if "outcome" in entry:
        _speak(walk, identity, item, step, entry["outcome"], None)
    elif "escalate" in entry:
        _escalate(walk, identity, item, entry["escalate"])
    else:
        row = walk.regions[item["region"]]["row"]
        assignee = [item["who"]] if item["who"] else []
        _remind(walk, identity, item, assignee if entry["remind"] == "assignee" else _above(walk, item, 1, row))


def running(walk: Walk) -> None:
    """Refuse anything on a run that is over."""
    if walk.state["status"] != RUNNING:
        raise Stale("ended")


def asked(walk: Walk, command: Command) -> tuple[str, Item, Step]:
    """The item that a command is about, if it still waits."""
    running(walk)
    item = walk.items.get(command["item"])
    if item is None:
        raise Stale("not_waiting")
    return command["item"], item, walk.workflow.steps[item["step"]]


def newcomer(walk: Walk, item: Item, step: Step, person: str) -> None:
    """Refuse somebody who is asked in this step already, or who would judge his own request."""
    if not walk.may_judge(person, step.id):
        raise Forbidden("own_request", step)
    here = [other for other in walk.items.values() if other["region"] == item["region"]]
    if any(person in (other["who"], owner_of(other), other.get("advises")) for other in here):
        raise Incomplete("already_there", step, people=[person])


def _mine(walk: Walk, command: Command) -> tuple[str, Item, Step]:
    identity, item, step = asked(walk, command)
    if command["by"] not in (item["who"], owner_of(item)):
        raise Forbidden("not_yours", step, people=[item["who"] or "—"])
    return identity, item, step


def _speak(walk: Walk, identity: str, item: Item, step: Step, outcome: str, to: str | None) -> None:
    certain = seats.speak(walk, identity, outcome)
    if certain is not None:
        by = moves.spoken(walk.regions[item["region"]]["seats"], certain)
        moves.conclude(walk, item["region"], step, certain, by=by, to=to)


def _advise(walk: Walk, identity: str, item: Item, command: Command) -> None:
    walk.close([identity], "decided")
    advice = [command["by"], command["outcome"]]
    walk.ask({**seats.place_of(item), "who": item["advises"], "why": "advised", "advice": advice})


def _escalate(walk: Walk, identity: str, item: Item, level: int) -> None:
    """The manager so many levels above decides instead; if there is none who may, the item stays, and it is told."""
    above = _above(walk, item, level, walk.regions[item["region"]]["row"])
    if above and walk.may_judge(above[0], item["step"]):
        seats.replace(walk, identity, above[0], "escalated")
    else:
        walk.emit(item["region"], walk.workflow.steps[item["step"]], {"do": "note", "note": "nobody_above"})


def _above(walk: Walk, item: Item, level: int, row: str | None) -> list[str]:
    owner = owner_of(item)
    if owner is None:
        return []
    return walk.source.resolve({"kind": "manager", "of": "member", "member": owner, "level": level}, row)


def _remind(walk: Walk, identity: str, item: Item, people: list[str]) -> None:
    step = walk.workflow.steps[item["step"]]
    walk.emit(item["region"], step, {"do": "remind", "item": identity, "who": people})


def _submitter(walk: Walk, command: Command) -> None:
    if command["by"] != walk.state["submitter"]:
        raise Forbidden("not_the_submitter")


def _allow(step: Step, deed: str, item: Item) -> None:
    if "advises" in item:
        raise Forbidden("not_while_advising", step)
    if deed not in step.body.get("can", ()):
        raise Forbidden("not_allowed", step, deed=(DEEDS[deed].zh, DEEDS[deed].en))


def _require(step: Step, deed: str, command: Command) -> None:
    """A named outcome says what it requires; the step says it for a rejection and a return."""
    if step.type == "decide" and command["do"] == "decide":
        wanted = step.outcomes[deed].get("require", ())
    else:
        wanted = step.body.get("require", ()) if deed in ("reject", "return") else ()
    if "reason" in wanted:
        require_reason(command, step)


def require_reason(command: Command, step: Step | None = None) -> None:
    if not (command.get("reason") or "").strip():
        raise Incomplete("reason_needed", step)


def _target(walk: Walk, item: Item, step: Step, rule: Document, command: Command) -> returns.Target:
    """The place that somebody sends the run back to, if the rule lets him."""
    allowed = returns.allowed(walk.workflow, walk.regions, item, rule)
    for target in allowed:
        if target.step == command.get("to"):
            return target
    steps = [walk.workflow.steps[target.step] for target in allowed]
    zh, en = [one.title("zh") for one in steps], [one.title("en") for one in steps]
    raise Incomplete("nowhere_to_return", step, targets=("、".join(zh), ", ".join(en)))


ADD = {"before": seats.add_before, "with": seats.add_with, "after": seats.add_after}
