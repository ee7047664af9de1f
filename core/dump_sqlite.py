"""The SQLite part of backups: the file itself, copied by SQLite while others write."""

import sqlite3
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.engine import Engine

from core import archive, schema
from core.archive import Archive
from core.db import open_well
from core.errors import AppError

ENTRY = "database.sqlite"


def entries(engine: Engine) -> Iterator[tuple[str, Iterable[bytes]]]:
    with tempfile.TemporaryDirectory(prefix="guantong-backup-") as folder:
        copy = Path(folder) / ENTRY
        source, target = sqlite3.connect(str(engine.url.database)), sqlite3.connect(copy)
        try:
            source.backup(target)
        finally:
            source.close()
            target.close()
        with copy.open("rb") as stream:
            yield ENTRY, iter(lambda: stream.read(archive.BLOCK), b"")


def stage(backup: Archive, file: Path) -> None:
    """Unpack the database, judge it and bring it to the newest schema. Raises AppError."""
    if ENTRY not in backup.facts["entries"]:
        raise AppError("The backup is damaged: it lacks the database.")
    backup.extract(ENTRY, file)
    engine = sa.create_engine(f"sqlite:///{file}", poolclass=sa.NullPool)
    open_well(engine)
    try:
        _refuse_harmful(engine)
        with engine.connect() as connection:
            if schema.revision_of(connection) != backup.facts["schema"]:
                raise AppError("The backup is damaged: its database is not of the schema that it says.")
        with engine.connect() as connection:
            schema.upgrade(connection)
        with engine.connect() as connection:
            schema.refuse_other_shape(connection)
    except sa.exc.DatabaseError as error:
        raise AppError("The backup is damaged: its database cannot be read.", str(error)) from error
    finally:
        engine.dispose()


def refuse_if_open(file: Path) -> None:
    """Raises when another process has the database open; also folds SQLite's log into the file."""
    if not file.exists():
        return
    connection = sqlite3.connect(file, timeout=1)
    try:
        connection.execute("PRAGMA journal_mode=DELETE")  # takes the file for itself, or fails
    except sqlite3.OperationalError as error:
        raise AppError("The database is in use. Stop the server first, then restore.", str(error)) from error
    except sqlite3.DatabaseError:
        return  # not a database any more: a good reason to restore one
    finally:
        connection.close()


def _refuse_harmful(engine: Engine) -> None:
    """Triggers and views run when tables are touched; ours has none."""
    with engine.connect() as connection:
        if connection.exec_driver_sql("PRAGMA integrity_check").scalar() != "ok":
            raise AppError("The backup is damaged: its database fails SQLite's own check.")
        if connection.exec_driver_sql("PRAGMA foreign_key_check").first() is not None:
            raise AppError("The backup is damaged: its database has rows that refer to nothing.")
        strange = connection.exec_driver_sql(
            "SELECT name FROM sqlite_schema WHERE type IN ('trigger', 'view') OR sql LIKE 'CREATE VIRTUAL%'"
        ).scalar()
        if strange is not None:
            raise AppError(f"The backup's database holds {strange!r}, which is not ours.")
