"""Bring the database to the newest schema, with a backup before anything is changed."""

import datetime as dt
from pathlib import Path

import sqlalchemy as sa
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import current_app
from flask_migrate import Migrate, upgrade

from core import backup
from core.config import CHECKOUT
from core.db import db

FOLDER = CHECKOUT / "migrations"
KEPT_BACKUPS = 5

migrate = Migrate(directory=str(FOLDER))


def current_revision() -> str | None:
    with db.engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision()


def newest_revision() -> str | None:
    return ScriptDirectory(str(FOLDER)).get_current_head()


def to_newest() -> bool:
    """True when the schema changed. An older database that holds data is backed up first."""
    present = current_revision()
    if present == newest_revision():
        return False
    if present is not None:
        _back_up(present)
    upgrade(directory=str(FOLDER))
    return True


def is_empty() -> bool:
    return not sa.inspect(db.engine).has_table("company")


def _back_up(revision: str) -> None:
    folder: Path = current_app.config["SETTINGS"].instance / "backups"
    folder.mkdir(parents=True, exist_ok=True)
    stamp = dt.datetime.now(dt.UTC).strftime("%Y%m%dT%H%M%S")
    backup.write(folder / f"before-{revision}-{stamp}.guantong.zip")
    for old in sorted(folder.glob("before-*.zip"), key=lambda file: file.stat().st_mtime)[:-KEPT_BACKUPS]:
        old.unlink()
