"""Numbers without gaps: the next one is taken in the transaction that stores the record, so that one which is not
stored takes none, and of two at once the second waits for the first.
"""

import datetime as dt

from sqlalchemy.dialects import sqlite

from builder.forms import Field, Form
from core.db import Document, db
from core.later import Later
from runtime.submissions.models import Serial

postgresql = Later("sqlalchemy.dialects.postgresql")

PERIODS = {"year": "%Y", "month": "%Y-%m", "day": "%Y-%m-%d", "ever": ""}


def give(form: Form, definition_id: int, values: Document, today: dt.date) -> Document:
    """The values with a number in each serial field that has none."""
    given = {
        field.name: _next(field, definition_id, today)
        for field in form.tops
        if field.widget == "serial" and field.name not in values
    }
    return {**values, **given}


def _next(field: Field, definition_id: int, today: dt.date) -> str:
    kind = field.spec["x-serial"]
    period = today.strftime(PERIODS[kind["each"]])
    number = _raise(definition_id, field.id, period)
    return kind.get("prefix", "") + period.replace("-", "") + str(number).zfill(kind["digits"])


def _raise(definition_id: int, field: str, period: str) -> int:
    insert = sqlite.insert if db.engine.dialect.name == "sqlite" else postgresql.insert
    first = insert(Serial).values(definition_id=definition_id, field=field, period=period, last=1)
    one_more = first.on_conflict_do_update(
        index_elements=[Serial.definition_id, Serial.field, Serial.period], set_={"last": Serial.last + 1}
    )
    return int(db.session.execute(one_more.returning(Serial.last)).scalar_one())
