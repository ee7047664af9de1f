"""The schema of an installation: made, brought to the newest, and never without a backup."""

import datetime as dt
import hashlib
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from zipfile import ZipFile

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from click.testing import Result
from flask import Flask

from core import audit, migrations, schema
from core.config import CHECKOUT
from core.db import db, dump_json
from core.errors import AppError
from core.jobs import OUR_PACKAGES

SEALED_AT = dt.datetime(2025, 1, 1, tzinfo=dt.UTC)


def test_the_migrations_make_what_the_models_say(bare_app: Flask) -> None:
    assert migrations.to_newest()
    with db.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, db.metadata) == []


def test_an_installation_of_today_is_left_alone(bare_app: Flask) -> None:
    migrations.to_newest()
    assert not migrations.to_newest()
    assert not (Path(bare_app.instance_path) / "backups").exists()


def test_a_filled_database_of_an_older_schema_keeps_its_rows(bare_app: Flask) -> None:
    schema.upgrade(revision="0001")
    fill_at_0001(rows=3)
    assert migrations.to_newest()
    events = db.session.execute(sa.select(audit.AuditEvent.id, audit.AuditEvent.place).order_by(audit.AuditEvent.id))
    assert events.all() == [(1, 1), (2, 2), (3, 3), (4, None)]
    values = db.session.scalars(sa.select(audit.AuditValue).order_by(audit.AuditValue.event_id)).all()
    assert [value.after for value in values] == [{"target": n} for n in range(1, 5)], "foreign rows went with the table"
    assert audit.verify() is None


def test_a_backup_is_made_before_the_schema_changes(bare_app: Flask) -> None:
    schema.upgrade(revision="0001")
    fill_at_0001(rows=3)
    migrations.to_newest()
    (backup,) = (Path(bare_app.instance_path) / "backups").iterdir()
    assert backup.name.startswith("before-0001-")
    with ZipFile(backup) as archive:
        assert '"schema":"0001"' in archive.read("manifest.json").decode()


def test_the_last_five_backups_are_kept(bare_app: Flask) -> None:
    folder = Path(bare_app.instance_path) / "backups"
    folder.mkdir()
    for number in range(7):
        (folder / f"before-0000-{number}.zip").touch()
    schema.upgrade(revision="0001")
    migrations.to_newest()
    kept = sorted(file.name for file in folder.iterdir())
    assert len(kept) == 5
    assert kept[-1].startswith("before-0001-")


def test_a_migration_that_fails_changes_nothing(bare_app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    schema.upgrade(revision="0001")
    fill_at_0001(rows=1)
    with db.engine.begin() as connection:
        connection.execute(sa.text("CREATE TABLE _alembic_tmp_audit_event (id INTEGER)"))
        connection.execute(sa.text("CREATE UNIQUE INDEX uq_audit_event_place ON outbox (id)"))
    with pytest.raises(sa.exc.DBAPIError):
        migrations.to_newest()
    assert schema.current_revision() == "0001"
    assert "place" not in {column["name"] for column in sa.inspect(db.engine).get_columns("audit_event")}


def test_data_of_a_newer_product_are_refused_in_words(bare_app: Flask) -> None:
    migrations.to_newest()
    with db.engine.begin() as connection:
        connection.execute(sa.text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(AppError, match="schema 9999, which this version"):
        migrations.to_newest()


def test_a_database_of_something_else_is_refused_in_words(bare_app: Flask) -> None:
    with db.engine.begin() as connection:
        connection.execute(sa.text("CREATE TABLE wp_posts (id INTEGER)"))
    with pytest.raises(AppError, match="wp_posts"):
        migrations.to_newest()


def test_the_steps_read_as_text_are_those_that_alembic_takes(bare_app: Flask) -> None:
    steps = list(ScriptDirectory.from_config(schema.alembic_config()).walk_revisions())
    assert schema.newest_revision() == steps[0].revision
    for step in steps:
        schema.refuse_unknown(step.revision)


def test_a_changed_model_is_written_down_as_a_step(
    bare_app: Flask, guantong: Callable[..., Result], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    migrations.to_newest()
    newest = schema.newest_revision()
    with db.engine.begin() as connection:
        connection.execute(sa.text("DROP TABLE timer"))
    monkeypatch.setattr(schema, "FOLDER", shutil.copytree(schema.FOLDER, tmp_path / "migrations"))
    guantong("schema", "step", "timers are new")
    (written,) = (file for file in (tmp_path / "migrations" / "versions").glob("*timers_are_new.py"))
    assert schema.newest_revision() in written.name
    text = written.read_text("utf-8")
    assert f"down_revision = {newest!r}" in text
    assert re.search(r"op\.create_table\(\s*.timer.", text)


def fill_at_0001(rows: int) -> None:
    """Sealed audit rows as the schema 0001 kept them, and one that is not sealed yet."""
    tables = sa.MetaData()
    with db.engine.connect() as connection:
        tables.reflect(connection, only=["audit_event", "audit_value"])
    event, value = tables.tables["audit_event"], tables.tables["audit_value"]
    previous = None
    with db.engine.begin() as connection:
        for number in range(1, rows + 2):
            said = ["salt", None, {"target": number}, None]
            digest = hashlib.sha256(dump_json(said).encode()).hexdigest()
            row = [previous, number, SEALED_AT.isoformat(), None, "goals.set", "goal:1", digest]
            seal = hashlib.sha256(dump_json(row).encode()).hexdigest() if number <= rows else None
            at = SEALED_AT if connection.dialect.name == "postgresql" else SEALED_AT.replace(tzinfo=None)
            kept = {"id": number, "at": at, "action": "goals.set", "subject": "goal:1", "digest": digest, "seal": seal}
            connection.execute(event.insert().values(kept))
            connection.execute(value.insert().values(event_id=number, salt="salt", after={"target": number}))
            previous = seal


def test_the_application_knows_the_table_of_every_model() -> None:
    """A models module that nothing imports would have no table, and only the job that needs it would notice."""
    files = [file for package in OUR_PACKAGES for file in (CHECKOUT / package).rglob("*models.py")]
    names = {".".join(file.relative_to(CHECKOUT).with_suffix("").parts) for file in files}
    asked = "import sys, wsgi; print(*sys.modules)"
    told = subprocess.run([sys.executable, "-c", asked], cwd=CHECKOUT, capture_output=True, text=True, check=True)
    assert names <= set(told.stdout.split())
