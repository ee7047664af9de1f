"""What the rules of a form make of its values: what is hidden, required, read-only, set; and the checks that fail.

Rules go by the form as it stands, and what they change may decide others: they are asked again until nothing changes
any more. What some rule shows is hidden until one does; hiding wins. A rule whose condition names a blank field
(outside ISBLANK and COALESCE) does not hold, and a check that does is not judged: the field is asked for elsewhere.
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import formulas
from builder.forms import computing, names
from builder.forms.computing import Computed
from builder.forms.document import Field, Form
from builder.forms.world import Values, World
from core.db import Document

VERBS = ("show", "hide", "require", "readonly", "set")


@dataclass(frozen=True)
class Outcome:
    """Ids of fields and parts; `sets` are values by field id, None for a field that is to be empty."""

    hidden: frozenset[str] = frozenset()
    required: frozenset[str] = frozenset()
    readonly: frozenset[str] = frozenset()
    sets: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Finding:
    """A check that does not hold, at a field; at a column with the row's number."""

    rule: Document
    field: Field
    row: int | None
    error: str | None = None  # a code such as #DIV/0! where the check itself cannot be computed


@dataclass(frozen=True)
class Settled:
    """Where the rules came to rest; `steady` is False when they would change their mind for ever."""

    outcome: Outcome
    computed: Computed
    steady: bool


def settle(form: Form, values: Values, world: World) -> Settled:
    """From a form in which rules have shown nothing yet, so that what is hidden cannot show itself."""
    outcome = Outcome(hidden=_within(form, _shown_by_rules(form)))
    seen, computed = None, Computed({}, {})
    for _round in range(len(form.rules) + 2):
        before, seen = seen, (shown(form, values, outcome), _uncomputed(form, outcome))
        if seen != before:
            computed = computing.compute(form, seen[0], world, outcome.hidden)
        found = _outcome(form, computed.row, world)
        if found == outcome:
            return Settled(outcome, computed, steady=True)
        outcome = found
    computed = computing.compute(form, shown(form, values, outcome), world, outcome.hidden)
    return Settled(outcome, computed, steady=False)


def _uncomputed(form: Form, outcome: Outcome) -> frozenset[str]:
    """Computed fields that are hidden."""
    return outcome.hidden & form.computed


def shown(form: Form, values: Values, outcome: Outcome) -> dict[str, Any]:
    """The values without what is hidden, and with what rules set."""
    found = {name: value for name, value in values.items() if _id(form, name) not in outcome.hidden}
    for identity, value in outcome.sets.items():
        if identity not in outcome.hidden:
            found[form.fields[identity].name] = value
    for table in form.tables:
        gone = [column.name for column in table.columns if column.id in outcome.hidden]
        if gone and isinstance(found.get(table.name), list):
            found[table.name] = [_without(row, gone) for row in found[table.name]]
    return {name: value for name, value in found.items() if value is not None}


def _id(form: Form, name: str) -> str:
    known = form.named.get(name)
    return known.id if known else ""


def _without(row: Any, gone: list[str]) -> Any:
    return {name: value for name, value in row.items() if name not in gone} if isinstance(row, dict) else row


# ── when … then ───────────────────────────────────────────────────────────────────────────────────────────────────


def _outcome(form: Form, row: Mapping[str, Any], world: World) -> Outcome:
    asked = {verb: set[str]() for verb in VERBS}
    sets: dict[str, Any] = {}
    for rule in form.rules:
        if "then" in rule and holds(form, rule["when"], row, world):
            for action in rule["then"]:
                for verb in asked.keys() & action.keys():
                    asked[verb].add(action[verb])
                if action.get("set") in form.fields:
                    sets[action["set"]] = _set_to(form, action, row, world)
    hidden = (_shown_by_rules(form) - asked["show"]) | asked["hide"]
    return Outcome(
        hidden=_within(form, hidden),
        required=_within(form, asked["require"]),
        readonly=_within(form, asked["readonly"]),
        sets=sets,
    )


def _shown_by_rules(form: Form) -> frozenset[str]:
    return form.once("shown by rules", lambda: frozenset(_show_targets(form)))


def _show_targets(form: Form) -> set[str]:
    return {action["show"] for rule in form.rules for action in rule.get("then", ()) if "show" in action}


def _within(form: Form, ids: Collection[str]) -> frozenset[str]:
    """With a part all that lies in it, with a sub-table its columns."""
    found = set(ids)
    for identity in ids:
        found |= form.parts.get(identity, frozenset())
    for identity in [*found]:
        if identity in form.fields:
            found |= {column.id for column in form.fields[identity].columns}
    return frozenset(found)


def holds(form: Form, condition: str, row: Mapping[str, Any], world: World) -> bool:
    return computing.value_of(names.sound(form, condition), row, world) is True


def _set_to(form: Form, action: Document, row: Mapping[str, Any], world: World) -> Any:
    target = form.fields[action["set"]]
    found = computing.value_of(names.sound(form, action["to"]), row, world)
    return None if isinstance(found, formulas.ErrorValue) else computing.stored(target, found)


# ── checks ────────────────────────────────────────────────────────────────────────────────────────────────────────


def findings(form: Form, settled: Settled, world: World) -> list[Finding]:
    """The checks that fail, in the order of the rules. A check at a hidden field is not asked."""
    checks = [rule for rule in form.rules if "check" in rule and rule["at"] in form.fields]
    asked = [rule for rule in checks if rule["at"] not in settled.outcome.hidden]
    return [finding for rule in asked for finding in _failing(form, rule, settled.computed.row, world)]


def _failing(form: Form, rule: Document, row: Mapping[str, Any], world: World) -> Iterator[Finding]:
    at = form.fields[rule["at"]]
    if at.table is not None:
        yield from _failing_rows(form, rule, at, row, world)
    elif "when" not in rule or holds(form, rule["when"], row, world):
        found = computing.value_of(names.sound(form, rule["check"]), row, world)
        if isinstance(found, formulas.ErrorValue) or found is False:
            yield Finding(rule, at, None, None if found is False else str(found))


def _failing_rows(form: Form, rule: Document, at: Field, row: Mapping[str, Any], world: World) -> Iterator[Finding]:
    """A check at a column is asked of every row; its formulas may name the cells of that row."""
    table = form.fields[str(at.table)]
    rows = row[names.normal(table.title["zh"])]
    check, when = (names.sound(form, rule.get(part, "TRUE"), table) for part in ("check", "when"))
    if not rows or check is None or when is None:
        return
    found = computing.column_of(form, check, rows, row, world)
    applies = computing.column_of(form, when, rows, row, world)
    for number, (value, asked) in enumerate(zip(found, applies, strict=True)):
        if asked is True and (isinstance(value, formulas.ErrorValue) or value is False):
            yield Finding(rule, at, number, None if value is False else str(value))
