"""Records as a file: numbers as numbers, days as days, the rows of a sub-table as the lines of a cell."""

import datetime as dt
from collections.abc import Sequence
from typing import Any

from flask import Response
from flask_babel import gettext as _

from builder.forms import Field
from core import clock
from core.i18n import text
from organization import spreadsheets
from runtime.submissions import field_values
from runtime.submissions.record_list import Records


def answer(records: Records, rows: Sequence[Any], form: str) -> Response:
    """All fields that he sees, whatever columns the list shows."""
    fields = [one for one in records.form.order if one.id not in records.unseen]
    header = [_("Number"), _("Sent by"), _("Unit"), _("Sent at"), *(text(one.title) for one in fields)]
    table = [_line(records, fields, row) for row in rows]
    return spreadsheets.answer(text(records.version.definition.title), header, table, form)


def _line(records: Records, fields: Sequence[Field], row: Any) -> list[Any]:
    sent_at = row.recorded_at.astimezone(clock.SHANGHAI).replace(tzinfo=None)
    head = [row.id, row.submitter, row.unit, sent_at.isoformat(sep=" ", timespec="minutes")]
    return [*head, *(_cell(records, one, row.values) for one in fields)]


def _cell(records: Records, one: Field, values: Any) -> Any:
    value = values.get(one.name)
    if value is None:
        return None
    if one.widget == "table":
        seen = [column for column in one.columns if column.id not in records.unseen]
        return "\n".join(" / ".join(records.shown(column, line) for column in seen) for line in value)
    kind = field_values.column_of(one)
    if kind == "number" and isinstance(value, int | float) and not isinstance(value, bool):
        return value
    if one.widget == "date":
        return dt.datetime.fromisoformat(value)
    return records.shown(one, values)
