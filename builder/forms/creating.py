"""What a submission makes: facts, meetings with customers, tasks that are done. Told here, stored by the runtime."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from builder.forms import names, rules
from builder.forms.document import Field
from builder.forms.effective import Effective


@dataclass(frozen=True)
class Made:
    """`make` is fact, touch or task_done; `what` the key of the metric or the kind of touch; `values` by what they are
    for: value, day, product, unit, customer, contact_level, task."""

    id: str
    make: str
    what: str | None
    values: Mapping[str, Any]


def made(state: Effective) -> list[Made]:
    """In the order of the document; entries whose condition does not hold are left out, and so are blank values."""
    form = state.form
    found = []
    for entry in form.body.get("creates", ()):
        if "when" not in entry or rules.holds(form, entry["when"], state.row, state.world):
            sources = {part: form.fields[field_id] for part, field_id in entry["from"].items()}
            given = {part: _value(state, field) for part, field in sources.items() if field.name in state.values}
            found.append(Made(entry["id"], entry["make"], entry.get("metric") or entry.get("kind"), given))
    return found


def _value(state: Effective, field: Field) -> Any:
    """A choice by its title: a contact's level is a word, not the id of an option."""
    value = state.values[field.name]
    return names.said(field, value, state.world) if field.widget == "choice" else value


def named(state: Effective) -> Any:
    """The value that a record is called by, None where the form names no field."""
    field_id = state.form.body.get("named_by")
    return state.values.get(state.form.fields[field_id].name) if field_id in state.form.fields else None
