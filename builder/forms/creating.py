"""What a submission makes: facts, meetings with customers, tasks that are done, goals with key results, check-ins,
cases, knowledge assets. Told here, stored by the runtime.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from builder.forms import names, rules
from builder.forms.document import Field
from builder.forms.effective import Effective
from core.db import Document

KINDS: Mapping[str, tuple[str, ...]] = {
    "touch": ("visit", "contact", "quote", "meeting"),
    "goal": ("objective", "micro"),
    "case": ("intelligence", "suggestion", "review", "alert", "loan", "turnaround"),
}
"""What may stand as `kind`, by what is made; the first is the usual one."""

SOURCES: Mapping[str, tuple[str, ...]] = {
    "fact": ("value", "day", "product", "unit"),
    "touch": ("customer", "day", "contact_level"),
    "task_done": ("task", "customer", "day", "contact_level"),
    "goal": (
        *("title", "owner", "unit", "parent", "window", "until"),
        *("metric", "start", "target", "witness", "note"),
    ),
    "check_in": ("goal", "value", "confidence", "note"),
    "case": ("title", "body", "unit", "owner"),
    "asset": ("title", "body", "product"),
    "swap": ("task", "title", "value"),
}
"""What may stand in `from`, by what is made."""

ROWS = ("title", "metric", "start", "target", "weight")
"""What a key result takes from the columns of its row."""

CONFIDENCE = frozenset({"sure", "open", "hard"})
"""Ids of options that a confidence may have: 稳, 悬, 难."""

AS_STORED = frozenset({"confidence", "metric"})


@dataclass(frozen=True)
class Made:
    """`what` is the key of the metric or the kind; `values` by what they are for, one of SOURCES, and `parent_record`
    in place of `parent` where a record was picked; `rows` are the key results of a goal."""

    id: str
    make: str
    what: str | None
    values: Mapping[str, Any]
    rows: Sequence[Mapping[str, Any]] = ()


def made(state: Effective) -> list[Made]:
    """In the order of the document; entries whose condition does not hold are left out, and so are blank values."""
    form = state.form
    found = []
    for entry in form.body.get("creates", ()):
        if "when" not in entry or rules.holds(form, entry["when"], state.row, state.world):
            given = _given(state, entry["from"], state.values)
            what = entry.get("metric") or entry.get("kind")
            found.append(Made(entry["id"], entry["make"], what, given, tuple(_rows(state, entry))))
    return found


def _rows(state: Effective, entry: Document) -> Iterator[Mapping[str, Any]]:
    if "rows" in entry:
        table = state.form.fields[entry["rows"]["table"]]
        for row in state.values.get(table.name, ()):
            yield _given(state, entry["rows"]["from"], row)


def _given(state: Effective, sources: Mapping[str, str], values: Mapping[str, Any]) -> dict[str, Any]:
    fields = {part: state.form.fields[field_id] for part, field_id in sources.items()}
    there = {part: field for part, field in fields.items() if values.get(field.name) is not None}
    return {_part(part, field): _value(state, part, field, values[field.name]) for part, field in there.items()}


def _part(part: str, field: Field) -> str:
    return "parent_record" if part == "parent" and field.widget == "record" else part


def _value(state: Effective, part: str, field: Field, value: Any) -> Any:
    """A choice by its title: a contact's level is a word, not the id of an option."""
    if field.widget == "choice" and part not in AS_STORED:
        return names.said(field, value, state.world)
    return value


def named(state: Effective) -> Any:
    """The value that a record is called by, None where the form names no field."""
    field_id = state.form.body.get("named_by")
    return state.values.get(state.form.fields[field_id].name) if field_id in state.form.fields else None
