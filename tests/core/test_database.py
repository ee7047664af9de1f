"""Reading never writes, and those who write at once wait for each other instead of failing."""

from collections.abc import Callable

import pytest
import sqlalchemy as sa
from flask import Flask

from core import access, audit
from core.audit import AuditEvent
from core.db import db
from tests.core.test_jobs import at_once
from tests.product import People, add_member


def test_a_get_cannot_write(own_app: Flask) -> None:
    own_app.add_url_rule("/writes", view_func=writes, methods=["GET", "POST"])
    client = own_app.test_client()
    with pytest.raises(sa.exc.DBAPIError, match=r"readonly|read-only"):
        client.get("/writes")
    assert events() == 0
    assert client.post("/writes").status_code == 200
    assert events() == 1


def test_a_get_after_a_post_on_the_same_connection_cannot_write_either(own_app: Flask) -> None:
    own_app.add_url_rule("/writes", view_func=writes, methods=["GET", "POST"])
    client = own_app.test_client()
    for _ in range(2):
        assert client.post("/writes").status_code == 200
        with pytest.raises(sa.exc.DBAPIError, match=r"readonly|read-only"):
            client.get("/writes")
    assert events() == 2


def test_eight_who_write_at_once_all_succeed(app: Flask) -> None:
    def write() -> None:
        for _ in range(50):
            before = db.session.scalar(sa.select(sa.func.count()).select_from(AuditEvent))
            audit.record("test.write", f"count:{before}", by_id=None)
            db.session.commit()

    at_once(app, [write] * 8)
    assert events() == 400


@pytest.mark.sqlite
def test_a_reader_does_not_wait_for_a_writer(app: Flask, people: People) -> None:
    add_member(people.east, "X001", "还没提交", "sales")
    db.session.flush()
    with db.engine.connect().execution_options(read_only=True) as reader:
        assert reader.scalar(sa.text("SELECT count(*) FROM member")) == 3


def test_a_writer_that_failed_lets_the_next_one_write(app: Flask) -> None:
    def fail_then_write() -> None:
        with pytest.raises(sa.exc.IntegrityError):
            db.session.execute(sa.insert(AuditEvent).values(id=1, action=None))
        db.session.rollback()
        audit.record("test.write", "a:1", by_id=None)
        db.session.commit()

    deeds: list[Callable[[], object]] = [fail_then_write] * 4
    at_once(app, deeds)
    assert events() == 4


@access.public
def writes() -> str:
    audit.record("test.write", "a:1", by_id=None)
    db.session.commit()
    return "written"


def events() -> int:
    db.session.rollback()
    return db.session.scalar(sa.select(sa.func.count()).select_from(AuditEvent)) or 0
