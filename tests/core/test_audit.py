"""Who did what stays as it was written, and whoever changes it is found out."""

import json
from collections.abc import Callable

import pytest
import sqlalchemy as sa
from click.testing import Result
from flask import Flask

from core import audit
from core.audit import AuditEvent, AuditValue
from core.db import db


@pytest.fixture
def events(app: Flask) -> list[AuditEvent]:
    """Five sealed rows."""
    rows = [record(number) for number in range(5)]
    db.session.commit()
    assert audit.seal() == 5
    db.session.commit()
    return rows


def test_a_chain_as_it_was_sealed_is_whole(events: list[AuditEvent]) -> None:
    assert audit.verify() is None
    assert [event.place for event in events] == [1, 2, 3, 4, 5]


def test_the_chain_goes_on(events: list[AuditEvent]) -> None:
    record(5)
    db.session.commit()
    assert audit.seal() == 1
    assert audit.seal() == 0
    db.session.commit()
    assert audit.verify() is None


def test_a_row_that_is_committed_late_does_not_break_the_chain(app: Flask) -> None:
    """On PostgreSQL a transaction may commit a lower id after a higher one was sealed."""
    late = record(0)
    db.session.flush()
    number = late.id
    db.session.rollback()
    db.session.add(AuditEvent(id=number + 5, at=late.at, action="a", subject="b", digest="-", value=AuditValue()))
    db.session.flush()
    audit.seal()
    db.session.add(AuditEvent(id=number, at=late.at, action="a", subject="b", digest="-", value=AuditValue()))
    db.session.flush()
    audit.seal()
    db.session.commit()
    assert audit.verify() is None


@pytest.mark.parametrize(
    "change",
    [{"action": "goals.lower"}, {"by_id": 99}, {"subject": "goal:9"}, {"digest": "0" * 64}, {"place": 77}],
    ids=lambda change: next(iter(change)),
)
def test_a_changed_row_is_found(events: list[AuditEvent], change: dict[str, object]) -> None:
    db.session.execute(sa.update(AuditEvent).where(AuditEvent.id == events[2].id).values(change))
    db.session.commit()
    assert audit.verify() == (events[3].id if "place" in change else events[2].id)


def test_a_changed_value_is_found(events: list[AuditEvent]) -> None:
    changed = sa.update(AuditValue).where(AuditValue.event_id == events[2].id)
    db.session.execute(changed.values(after={"target": 1}))
    db.session.commit()
    assert audit.verify() == events[2].id


def test_a_removed_row_is_found(events: list[AuditEvent]) -> None:
    db.session.execute(sa.delete(AuditValue).where(AuditValue.event_id == events[2].id))
    db.session.execute(sa.delete(AuditEvent).where(AuditEvent.id == events[2].id))
    db.session.commit()
    assert audit.verify() == events[3].id


def test_a_removed_value_is_found(events: list[AuditEvent]) -> None:
    db.session.execute(sa.delete(AuditValue).where(AuditValue.event_id == events[2].id))
    db.session.commit()
    assert audit.verify() == events[2].id


def test_values_can_be_blanked_and_the_chain_stays_whole(events: list[AuditEvent]) -> None:
    audit.blank("goal:2")
    db.session.commit()
    assert audit.verify() is None
    value = db.session.get_one(AuditValue, events[2].id, populate_existing=True)
    assert (value.salt, value.before, value.after, value.reason) == (None, None, None, None)


def test_a_digest_does_not_betray_what_was_blanked(app: Flask) -> None:
    first, second = (audit.record("member.erase", "member:7", by_id=None, before={"phone": "1"}) for _ in range(2))
    assert first.digest != second.digest


def test_the_command_names_the_first_row_that_does_not_fit(
    events: list[AuditEvent], guantong: Callable[..., Result]
) -> None:
    whole = guantong("audit", "verify", "--json")
    assert (whole.exit_code, json.loads(whole.stdout)) == (0, {"ok": True})
    db.session.execute(sa.update(AuditEvent).where(AuditEvent.id == events[1].id).values(action="other"))
    broken = guantong("audit", "verify", "--json")
    assert broken.exit_code == 1
    assert [problem["path"] for problem in json.loads(broken.stdout)["problems"]] == [f"/audit_event/{events[1].id}"]


def record(number: int) -> AuditEvent:
    target = {"target": number * 1_000_000}
    return audit.record("goals.raise", f"goal:{number}", by_id=1, before={"target": 0}, after=target, reason="市场转暖")
