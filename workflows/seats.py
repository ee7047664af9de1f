"""Whose voices count in a step: one seat for each person who is asked, and the mode that makes one outcome of many.

any        the first word counts, be it yes or no
all        everybody must agree
in_turn    everybody must agree, and is asked when the one before him has
at_least   so many (2) or such a share ("60%") must agree; it is over as soon as that cannot be reached any more

A seat has one voice, though several people may sign for it (加签): who was added before, beside or after. In `approve`
every one of them must approve; in `decide` the last word counts; in `handle` everyone must have done his part.
"""

import math
from collections import Counter
from collections.abc import Sequence

from workflows.document import Document, Step
from workflows.state import Item, Seat, number
from workflows.walk import Walk


def needed(wanted: str | Document, count: int) -> int:
    """How many of `count` must agree, by a mode or a join: any, all, in_turn, {"at_least": 2 | "60%"}."""
    if wanted == "any":
        return 1
    if isinstance(wanted, str):
        return count
    least = wanted["at_least"]
    if isinstance(least, str):
        return max(1, math.ceil(count * float(least.rstrip("%")) / 100 - 1e-9))
    return int(least)


def verdict(step: Step, seats: Sequence[Seat]) -> str | None:
    """The outcome of a step as soon as it is certain."""
    if len(seats) == 1:
        return seats[0]["said"]
    said = [seat["said"] for seat in seats if seat["said"] is not None]
    must, left = needed(step.mode, len(seats)), len(seats) - len(said)
    if step.mode == "any" or step.type not in ("approve", "decide"):
        return said[0] if len(said) >= must else None
    votes = Counter(said)
    wanted = ("approve",) if step.type == "approve" else step.outcomes
    for outcome in wanted:
        if votes[outcome] >= must:
            return outcome
    if max(votes[outcome] for outcome in wanted) + left >= must:
        return None
    return "reject" if step.type == "approve" else str(step.body["split"])


def seat_people(walk: Walk, place: str, step: Step, seats: list[Seat]) -> None:
    """Put people at the step and ask them: all at once, or the first of them."""
    walk.change(place)["seats"] = seats
    for position, seat in enumerate(seats):
        if seat["said"] is None:
            walk.ask({"step": step.id, "region": place, "seat": position, "who": seat["who"], "why": seat["why"]})
            if step.mode == "in_turn":
                break


def speak(walk: Walk, identity: str, outcome: str) -> str | None:
    """Count a word that was given on an item, which closes; the outcome of the step if it is certain now."""
    item = walk.items[identity]
    walk.close([identity], "decided")
    step = walk.workflow.steps[item["step"]]
    seat = walk.regions[item["region"]]["seats"][item["seat"]]
    others = others_at(walk, item)
    refused = step.type == "approve" and outcome == "reject"
    if others and not refused:
        return None
    if seat["later"] and not refused:
        group, *later = seat["later"]
        _set(walk, item, {**seat, "later": later})
        for person in group:
            walk.ask({**place_of(item), "who": person, "why": "added"})
        return None
    walk.close(others, "decided")
    _set(walk, item, {**seat, "who": voice_of(item), "said": outcome, "later": []})
    return _next_voice(walk, item, step)


def _next_voice(walk: Walk, item: Item, step: Step) -> str | None:
    seats = walk.regions[item["region"]]["seats"]
    concluded = verdict(step, seats)
    if concluded is None and step.mode == "in_turn":
        position = next(place for place, seat in enumerate(seats) if seat["said"] is None)
        seat = seats[position]
        walk.ask({**place_of(item), "seat": position, "who": seat["who"], "why": seat["why"]})
    return concluded


def add_before(walk: Walk, identity: str, person: str) -> None:
    """Somebody signs first; whoever was to sign now is asked again after him."""
    item = walk.items[identity]
    held = [identity, *others_at(walk, item)]
    group = [voice for one in held if (voice := voice_of(walk.items[one])) is not None]
    seat = walk.regions[item["region"]]["seats"][item["seat"]]
    walk.close(held, "held")
    _set(walk, item, {**seat, "later": [group, *seat["later"]]})
    walk.ask({**place_of(item), "who": person, "why": "added"})


def add_with(walk: Walk, identity: str, person: str) -> None:
    """Somebody signs beside; both must."""
    walk.ask({**place_of(walk.items[identity]), "who": person, "why": "added"})


def add_after(walk: Walk, identity: str, person: str) -> None:
    """Somebody signs next, before the seat has spoken."""
    item = walk.items[identity]
    seat = walk.regions[item["region"]]["seats"][item["seat"]]
    _set(walk, item, {**seat, "later": [[person], *seat["later"]]})


def replace(walk: Walk, identity: str, person: str, why: str) -> None:
    """Ask somebody else in this place."""
    item = walk.items[identity]
    walk.close([identity], why)
    asked: Item = {**place_of(item), "who": person, "why": why}
    walk.ask({**asked, "advises": item["advises"]} if "advises" in item else asked)


def others_at(walk: Walk, item: Item) -> list[str]:
    """Other items of the same seat, oldest first."""
    place, seat = item["region"], item["seat"]
    same = [one for one, other in walk.items.items() if other["region"] == place and other["seat"] == seat]
    return sorted((one for one in same if walk.items[one] is not item), key=number) if same else same


def owner_of(item: Item) -> str | None:
    """Who was meant to be asked: not his substitute."""
    return item.get("instead_of", item["who"])


def voice_of(item: Item) -> str | None:
    """Whose voice the item leads to: not the delegate's."""
    return item.get("advises", owner_of(item))


def place_of(item: Item) -> Item:
    """Another item for the same seat, for nobody yet."""
    return {"step": item["step"], "region": item["region"], "seat": item["seat"], "who": None, "why": ""}


def _set(walk: Walk, item: Item, seat: Seat) -> None:
    region = walk.change(item["region"])
    region["seats"] = [*region["seats"]]
    region["seats"][item["seat"]] = seat
