"""One operation at work: a copy of the state that is changed, and what the caller must do about it.

Nobody sees the copy until `turn`; an error leaves nothing behind.
"""

from collections.abc import Iterable
from typing import Any, NamedTuple

from workflows.document import JUDGING, Document, Step, Workflow
from workflows.facts import Source
from workflows.state import Command, Effect, Event, Item, Region, Said, State, new_region, number


class Closed(NamedTuple):
    """An item or a wait that is no more: decided, joined, refused, returned, withdrawn, transferred, jumped, ended …"""

    id: str
    why: str


class Turn(NamedTuple):
    """What one operation did: the new state, the event to keep, effects in order, ids that were opened and closed."""

    state: State
    event: Event
    effects: list[Effect]
    opened: list[str]
    closed: list[Closed]


class Walk:
    def __init__(self, workflow: Workflow, state: State, source: Source, *, trying: bool = False) -> None:
        """`trying` is a dry run: choices that nobody made yet are taken from the whole range."""
        self.workflow = workflow
        self.source = source
        self.trying = trying
        self.state: State = {**state}
        self.regions = self.state["regions"] = state["regions"].copy()
        self.items = self.state["items"] = state["items"].copy()
        self.waits = self.state["waits"] = state["waits"].copy()
        self._own: set[str] = set()
        self.effects: list[Effect] = []
        self.opened: list[str] = []
        self.closed: list[Closed] = []

    def turn(self, command: Command) -> Turn:
        event = {**command, "answers": self.source.answers}
        return Turn(self.state, event, self.effects, self.opened, self.closed)

    def new_id(self, letter: str) -> str:
        self.state["made"] += 1
        return f"{letter}{self.state['made']}"

    def step_of(self, place: str) -> Step:
        """The step that a region stands at."""
        return self.workflow.steps[self.regions[place]["at"]]

    # regions

    def branch_off(self, outer: str, branch: str, row: str | None) -> str:
        """A new region below `outer`."""
        identity = self.new_id("r")
        self.regions[identity] = new_region(branch, outer, row)
        return identity

    def change(self, place: str) -> Region:
        """A region to be changed: a copy of its own, made once. What stands inside it is replaced, never changed."""
        if place not in self._own:
            self._own.add(place)
            self.regions[place] = self.regions[place].copy()
        return self.regions[place]

    def stand(self, place: str, step: str) -> None:
        """The region stands at the step now; whoever sat at the last one has left."""
        region = self.change(place)
        region["at"], region["seats"], region["join"] = step, [], None

    def clear(self, place: str, why: str) -> None:
        """Close what waits in a region and cancel every region below it. The region itself stays."""
        inside = [identity for identity, one in self.regions.items() if one["outer"] == place]
        for below in sorted(inside, key=number):
            self.cancel(below, why)
        self.close(self.waiting_in(place), why)

    def cancel(self, place: str, why: str) -> None:
        """Take a region away with all that is in it."""
        self.clear(place, why)
        del self.regions[place]

    def waiting_in(self, place: str) -> list[str]:
        """The items and waits of a region, oldest first."""
        found = [identity for identity, item in self.items.items() if item["region"] == place]
        if self.waits:
            found += [identity for identity, wait in self.waits.items() if wait["region"] == place]
        return sorted(found, key=number) if len(found) > 1 else found

    # items and waits

    def ask(self, item: Item) -> None:
        """Open a work item, for the substitute of the person if he is away."""
        who = item["who"]
        stands_in = None if who is None else self.source.substitute(who)
        if who is not None and stands_in is not None and self.may_judge(stands_in, item["step"]):
            item = {**item, "who": stands_in, "instead_of": who}
        identity = self.new_id("w")
        self.items[identity] = item
        self.opened.append(identity)

    def may_judge(self, person: str, step_id: str) -> bool:
        """Nobody judges his own request, unless the document says so: not as a substitute, and not when it is handed
        to him."""
        step = self.workflow.steps[step_id]
        own = person == self.state["submitter"] and step.type in JUDGING
        return not own or step.body.get("same_as_submitter") == "allow"

    def await_at(self, place: str, step: Step) -> str:
        identity = self.new_id("w")
        self.waits[identity] = {"step": step.id, "region": place}
        self.opened.append(identity)
        return identity

    def close(self, identities: Iterable[str], why: str) -> None:
        for identity in identities:
            if self.items.pop(identity, None) is None:
                del self.waits[identity]
            self.closed.append(Closed(identity, why))

    # what is remembered and what is to be done

    def remember(self, step: Step, said: Said) -> None:
        self.state["said"] = {**self.state["said"], step.id: said}

    def emit(self, place: str, step: Step, action: Document | dict[str, Any]) -> None:
        self.effects.append({**action, "step": step.id, "row": self.regions[place]["row"]})
