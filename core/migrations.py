"""Bring the database to the newest schema, with a backup before anything is changed."""

from pathlib import Path

from flask import current_app

from core import backup, clock, schema

KEPT_BACKUPS = 5


def to_newest() -> bool:
    """True when the schema changed. An older database that holds data is backed up first."""
    present = schema.current_revision()
    if present == schema.newest_revision():
        return False
    if present is None:
        schema.refuse_foreign_tables()
    else:
        schema.refuse_unknown(present)
        _back_up(present)
    schema.upgrade()
    return True


def _back_up(revision: str) -> None:
    folder: Path = current_app.config["SETTINGS"].instance / "backups"
    folder.mkdir(parents=True, exist_ok=True)
    backup.write(folder / f"before-{revision}-{clock.now():%Y%m%dT%H%M%S%f}.zip")
    for old in sorted(folder.glob("before-*.zip"), key=lambda file: file.stat().st_mtime)[:-KEPT_BACKUPS]:
        old.unlink()
