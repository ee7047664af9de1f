"""The drivers of a cascade (测算项): how many actions a target needs, and the personal rates in it. Each deed is a
function from one body to the next, as in `cascade_editor`."""

import copy

from builder import cascade_uses, remedies
from builder.cascade_posted import Posted
from core.db import Document

LONGEST = 40
FIRST_RATE = {"value": "客单价"}
FIRST_CAPACITY = {"value": "周拜访上限"}


def set_driver(body: Document, driver: Document, posted: Posted) -> Document:
    """The body with what a driver's card posted. New names go into every expression that has the old ones."""
    driver = cascade_uses.change(driver, posted)
    for name in ("metric", "needed"):
        if posted.get(name, "").strip():
            driver[name] = posted[name].strip()
    driver = _with_rates(driver, posted)
    title = posted.get("as", "").strip()[:LONGEST]
    if title and title != driver["as"]:
        body = _renamed(body, driver["as"], title)
        driver["as"] = title
    return replaced(body, driver)


def add_rate(body: Document, driver: Document, rate_id: str) -> Document:
    rates = driver.get("rates", [])
    names = {rate["as"] for rate in rates}
    name = next(name for n in range(1, len(names) + 2) if (name := f"比率{n}") not in names)
    rate = {"id": rate_id, "as": name, **FIRST_RATE}
    return replaced(body, {**driver, "rates": [*rates, rate]})


def remove_rate(body: Document, driver: Document, rate_id: str) -> Document:
    left = [rate for rate in driver.get("rates", ()) if rate["id"] != rate_id]
    kept = {name: value for name, value in driver.items() if name != "rates"}
    return replaced(body, {**kept, "rates": left} if left else kept)


def replaced(body: Document, driver: Document) -> Document:
    return {**body, "drivers": [driver if one["id"] == driver["id"] else one for one in body["drivers"]]}


def _with_rates(driver: Document, posted: Posted) -> Document:
    changed = copy.deepcopy(driver)
    names = {}
    for rate in changed.get("rates", ()):
        own = f"rate-{rate['id']}"
        rate |= _given(own, posted)
        typed = posted.get(f"{own}-as", "").strip()[:LONGEST]
        if typed and typed != rate["as"]:
            names[rate["as"]] = typed
            rate["as"] = typed
    changed["needed"] = remedies.renamed(changed["needed"], names)
    if posted.get("limited") == "no":
        changed.pop("capacity", None)
    elif posted.get("limited") == "yes":
        changed["capacity"] = changed.get("capacity", FIRST_CAPACITY) | _given("capacity", posted)
    elif "capacity" in changed:
        changed["capacity"] |= _given("capacity", posted)
    return changed


def _given(prefix: str, posted: Posted) -> Document:
    texts = {name: posted.get(f"{prefix}-{name}", "").strip() for name in ("value", "benchmark")}
    return {name: text for name, text in texts.items() if text}


def _renamed(body: Document, old: str, new: str) -> Document:
    """A driver's name also in the tasks that count by it."""
    names = {old: new}
    tasks = [
        task | {name: remedies.renamed(task[name], names) for name in ("share", "count") if name in task}
        for task in body.get("tasks", ())
    ]
    return {**body, "tasks": tasks} if tasks else body
