"""Goals and check-ins out of a record: an objective with the key results of a sub-table, a micro OKR, a 快照."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from builder.forms import Form, Made
from core.db import db
from runtime.goals import check_ins, created
from runtime.goals.check_ins import Said
from runtime.goals.created import Aim, Written
from runtime.goals.models import Goal
from runtime.submissions.makers import sources
from runtime.submissions.models import Submission


def goal(submission: Submission, _form: Form, made: Made) -> None:
    values = made.values
    if "title" not in values:
        return
    first, last = _window(submission, values)
    written = Written(
        ref=sources.reference(submission, made),
        kind=made.what or "objective",
        aim=_aim(values),
        unit_id=values.get("unit") or submission.unit_id,
        member_id=values.get("owner") or submission.submitter_id,
        serves_id=_serves(values),
        first_day=first,
        last_day=last,
        witness_id=values.get("witness"),
        note=str(values.get("note") or ""),
        key_results=[_aim(row) for row in made.rows if "title" in row],
    )
    created.keep(written, by_id=submission.submitter_id)


def check_in(submission: Submission, _form: Form, made: Made) -> None:
    values = made.values
    goal = db.session.get(Goal, values["goal"]) if "goal" in values else None
    if goal is None:
        return
    said = Said(
        goal_id=goal.id,
        value=_number(values.get("value")),
        confidence=values.get("confidence"),
        note=str(values.get("note") or ""),
        by_id=submission.submitter_id,
        ref=sources.reference(submission, made),
    )
    check_ins.add(said)


def _aim(values: Mapping[str, Any]) -> Aim:
    numbers = {part: _number(values.get(part)) for part in ("start", "target", "weight")}
    return Aim(
        str(values["title"]), values.get("metric"), numbers["start"], numbers["target"], weight=numbers["weight"]
    )


def _window(submission: Submission, values: Mapping[str, Any]) -> tuple[dt.date, dt.date | None]:
    if window := values.get("window"):
        first, last = (dt.date.fromisoformat(day) for day in window)
        return first, last
    until = values.get("until")
    return sources.day_of(submission, values), dt.date.fromisoformat(until) if until else None


def _serves(values: Mapping[str, Any]) -> int | None:
    """The goal that was picked, or the one that a picked record made."""
    if "parent_record" in values:
        made = created.made_by(f"{sources.SUBJECT}:{values['parent_record']}")
        return made.id if made else None
    return values.get("parent")


def _number(value: Any) -> float | None:
    return None if value is None else float(value)
