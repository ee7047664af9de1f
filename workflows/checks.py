"""What publishing refuses: everything that would leave a run without a way on, or a step without people.

The shape of the document is right already when this is asked; paths are JSON Pointers into the body.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence

import formulas
from workflows import coverage
from workflows.document import ASKING, SUBMIT, Document, expressions, outcomes_of, parts_of
from workflows.problems import Problem
from workflows.seats import needed

Steps = Sequence[Document]


def check(document: Document, schema: formulas.Schema | None = None) -> list[Problem]:
    """Every problem of the body of a workflow; none if it may be published. `schema` has the fields of the record."""
    steps = document["steps"]
    found = [Problem("/steps", "no_steps")] if not steps else []
    found += _ids(document)
    if not found:
        found += _sequence(steps, "/steps", (), schema or formulas.Schema())
    return found


def _ids(document: Document) -> Iterator[Problem]:
    """An id finds one step or branch."""
    seen: dict[str, str] = {SUBMIT: ""}
    for path, identity in _identified(document["steps"], "/steps"):
        if identity == SUBMIT:
            yield Problem(path, "reserved_id", {"id": identity})
        elif identity in seen:
            yield Problem(path, "repeated_id", {"id": identity, "first": seen[identity]})
        seen.setdefault(identity, path)


def _identified(steps: Steps, path: str) -> Iterator[tuple[str, str]]:
    for position, step in enumerate(steps):
        here = f"{path}/{position}"
        yield f"{here}/id", step["id"]
        for place, part in parts_of(step):
            if part is not step and "id" in part:
                yield f"{here}{place.removesuffix('/steps')}/id", part["id"]
            yield from _identified(part.get("steps", ()), here + place)


def _sequence(steps: Steps, path: str, before: tuple[Document, ...], schema: formulas.Schema) -> Iterator[Problem]:
    """`before` are the steps that every run has passed when it comes here, and that it can go back to."""
    for position, step in enumerate(steps):
        here = f"{path}/{position}"
        if position and not goes_on(steps[position - 1]):
            yield Problem(here, "unreachable_step", {"step": titles(step)})
        yield from _step(step, here, before, schema)
        for place, part in parts_of(step):
            inner = (*before, step) if step["type"] == "decide" else before
            yield from _sequence(part.get("steps", ()), here + place, inner, schema)
        before = (*before, step)


def _step(step: Document, path: str, before: tuple[Document, ...], schema: formulas.Schema) -> Iterator[Problem]:
    yield from _formulas(step, path, schema)
    yield from _fields(step, path, schema)
    if "who" in step:
        yield from _people(step, path, before)
    if step["type"] in ASKING:
        yield from _asking(step, path, before)
    judge = JUDGES.get(step["type"])
    if judge:
        yield from judge(step, path, before, schema)


def _formulas(step: Document, path: str, schema: formulas.Schema) -> Iterator[Problem]:
    for place, text, kind in expressions(step):
        try:
            formula = formulas.compile(text, schema)
        except formulas.FormulaError as error:
            yield Problem(path + place, "formula", {"said": (error.text("zh"), error.text("en"))})
            continue
        if formula.kind != kind:
            yield Problem(path + place, f"not_{kind}")


def _fields(step: Document, path: str, schema: formulas.Schema) -> Iterator[Problem]:
    """Fields that are named outside of formulas: whose people are asked, whose rows are gone over, until when."""
    named = [(f"/who/{place}/field", who["field"]) for place, who in enumerate(step.get("who", ())) if "field" in who]
    named += [(f"/{key}/{inner}", step[key][inner]) for key, inner in NAMED if inner in step.get(key, {})]
    for place, name in named:
        if not _known(name, schema):
            yield Problem(path + place, "unknown_field", {"name": name})


def _known(name: str, schema: formulas.Schema) -> bool:
    table, _, column = name.partition(".")
    return schema.field(name) is not None or (table in schema.tables and (not column or column in schema.tables[table]))


def _people(step: Document, path: str, before: tuple[Document, ...]) -> Iterator[Problem]:
    if not step["who"]:
        yield Problem(f"{path}/who", "nobody_named")
    choosers = any(one["type"] in ASKING for one in before)
    for position, who in enumerate(step["who"]):
        if who["kind"] == "previous_choice" and not choosers:
            yield Problem(f"{path}/who/{position}", "nobody_chooses")


def _asking(step: Document, path: str, before: tuple[Document, ...]) -> Iterator[Problem]:
    """What every step that asks people must say."""
    yield from _empty(step, path)
    if "return" in step:
        yield from _return_target(step["return"], f"{path}/return", before)
    known = outcomes_of(step)
    for position, entry in enumerate(step.get("due", {}).get("then", ())):
        if "outcome" in entry and entry["outcome"] not in known:
            values = {"outcome": entry["outcome"], "known": ", ".join(known)}
            yield Problem(f"{path}/due/then/{position}/outcome", "unknown_outcome", values)


def _empty(step: Document, path: str) -> Iterator[Problem]:
    if "empty" not in step:
        yield Problem(f"{path}/empty", "missing_empty", {"step": titles(step)})
    elif step["empty"]["do"] == "reject" and step["type"] != "approve":
        yield Problem(f"{path}/empty", "no_verdict", {"step": titles(step)})
    elif step["empty"]["do"] == "pass" and step["type"] == "decide":
        outcome = outcomes_of(step).get(step["empty"].get("outcome", ""))
        if outcome is None or "return" in outcome:
            yield Problem(f"{path}/empty/outcome", "no_pass", {"step": titles(step)})


def _return_target(rule: Document, path: str, before: tuple[Document, ...]) -> Iterator[Problem]:
    """A step by its id must have been passed by whoever comes here."""
    passed = [step["id"] for step in before if step["type"] in ASKING]
    if rule["to"] not in ("submitter", "earlier", *passed):
        known = ", ".join(passed) or "—"
        yield Problem(f"{path}/to", "unknown_target", {"to": rule["to"], "known": known})


def _decide(step: Document, path: str, before: tuple[Document, ...], schema: formulas.Schema) -> Iterator[Problem]:
    keys = Counter(outcome["key"] for outcome in step["outcomes"])
    for position, outcome in enumerate(step["outcomes"]):
        here = f"{path}/outcomes/{position}"
        if keys[outcome["key"]] > 1:
            yield Problem(f"{here}/key", "repeated_outcome", {"outcome": outcome["key"]})
        yield from _outcome(outcome, here, before)
    if step.get("mode", "any") != "any" and step.get("split") not in keys:
        yield Problem(f"{path}/split", "missing_split", {"step": titles(step)})
    if step.get("same_as_submitter") == "skip":
        yield Problem(f"{path}/same_as_submitter", "no_skip")
    if "add_with" in step.get("can", ()):
        yield Problem(f"{path}/can", "no_add_with")


def _outcome(outcome: Document, path: str, before: tuple[Document, ...]) -> Iterator[Problem]:
    title = {"outcome": titles(outcome)}
    ways = outcome.keys() & {"then", "steps", "return", "end"}
    if not ways:
        yield Problem(path, "no_way_on", title)
    if {"return", "end"} <= ways or (outcome.get("steps") and ways & {"return", "end"}):
        yield Problem(path, "two_ways_on", title)
    if "return" in outcome:
        yield from _return_target(outcome["return"], f"{path}/return", before)


def _choose(step: Document, path: str, before: tuple[Document, ...], schema: formulas.Schema) -> Iterator[Problem]:
    if "else" not in step:
        yield Problem(f"{path}/else", "missing_else", {"step": titles(step)})
    for finding in coverage.findings(step["branches"], schema):
        if finding.kind == coverage.NEVER:
            yield Problem(f"{path}/branches/{finding.branches[0]}", "unreachable_branch")


def _together(step: Document, path: str, before: tuple[Document, ...], schema: formulas.Schema) -> Iterator[Problem]:
    count, join = len(step["branches"]), step.get("join", "all")
    wanted = needed(join, count)
    if wanted > count:
        yield Problem(f"{path}/join", "join_too_many", {"wanted": str(wanted), "count": str(count)})
    empty = sum(not branch["steps"] for branch in step["branches"])
    if wanted <= empty < count:
        yield Problem(path, "joined_at_once", {"step": titles(step)})


def goes_on(step: Document) -> bool:
    """Whether a run can come to what follows a step."""
    match step["type"]:
        case "decide":
            return any(_outcome_goes_on(outcome) for outcome in step["outcomes"])
        case "choose":
            return "else" not in step or any(_all_go_on(part["steps"]) for _, part in parts_of(step))
        case "together":
            arriving = sum(_all_go_on(branch["steps"]) for branch in step["branches"])
            return arriving >= needed(step.get("join", "all"), len(step["branches"]))
        case _:
            return True


def _outcome_goes_on(outcome: Document) -> bool:
    return not outcome.keys() & {"return", "end"} and _all_go_on(outcome.get("steps", ()))


def _all_go_on(steps: Steps) -> bool:
    return all(goes_on(step) for step in steps)


def titles(part: Document) -> tuple[str, str]:
    """How a step or an outcome is called, in Chinese and English."""
    title = part.get("title") or part.get("id") or part["key"]
    return (title, title) if isinstance(title, str) else (title["zh"], title.get("en", title["zh"]))


NAMED = (("over", "rows"), ("for", "until"))
JUDGES: Mapping[str, Callable[[Document, str, tuple[Document, ...], formulas.Schema], Iterator[Problem]]] = {
    "decide": _decide,
    "choose": _choose,
    "together": _together,
}
