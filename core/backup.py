"""Backup and restore of a whole installation: database, attachments, key. How the file looks: `core/archive.py`.

A backup is one moment of the database, taken while the server runs: SQLite's online copy, or one snapshot on
PostgreSQL. A restore prepares everything beside the present data, brings an older schema to the newest, and then
puts it in place; until that has succeeded the present data are kept, and a restore that is killed is undone at the
next start.
"""

import shutil
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from flask import current_app

from core import archive, clock, dump_sqlite, schema
from core.archive import Archive
from core.config import Settings, product_version
from core.db import db
from core.errors import AppError
from core.later import Later

dump_postgres = Later("core.dump_postgres")

KEY = "secret.key"


def write(file: str | Path) -> None:
    """Write a backup of this installation. Raises AppError when there is nothing to back up."""
    revision = schema.current_revision()
    if revision is None:
        raise AppError("There is no installation here yet, so there is nothing to back up.")
    facts = {
        "product": product_version(),
        "schema": revision,
        "database": db.engine.dialect.name,
        "made_at": clock.now().isoformat(),
    }
    archive.write(Path(file), facts, _everything())


def restore(file: str | Path) -> None:
    """Replace this installation by a backup. The server must be stopped. Raises AppError and changes nothing."""
    settings = current_app.config["SETTINGS"]
    settings.instance.mkdir(parents=True, exist_ok=True)
    undo_interrupted(settings)
    with archive.opened(Path(file)) as backup:
        _refuse_unfit(backup, settings)
        try:
            _stage(backup, settings)
            _replace(backup, settings)
        finally:
            for place in _places(settings):
                _remove(_incoming(place))


def undo_interrupted(settings: Settings) -> None:
    """A restore that was killed while it put things in place left a mark: put the old data back."""
    mark = _mark(settings)
    for place in _places(settings):
        if mark.exists() and _aside(place).exists():
            _remove(place)
            _aside(place).rename(place)
        _remove(_aside(place))
        _remove(_incoming(place))
    mark.unlink(missing_ok=True)


def _everything() -> Iterator[tuple[str, Iterable[bytes]]]:
    """The database first: what it refers to is there when the files are read after it."""
    instance: Path = current_app.config["SETTINGS"].instance
    dump = dump_sqlite if db.engine.dialect.name == "sqlite" else dump_postgres
    yield from dump.entries(db.engine)
    yield KEY, [(instance / KEY).read_bytes()]
    files = instance / "files"
    for file in sorted(files.rglob("*")):
        if file.is_file():
            yield f"files/{file.relative_to(files).as_posix()}", _blocks(file)


def _blocks(file: Path) -> Iterator[bytes]:
    with file.open("rb") as stream:
        while block := stream.read(archive.BLOCK):
            yield block


def _refuse_unfit(backup: Archive, settings: Settings) -> None:
    if backup.facts["database"] != db.engine.dialect.name:
        raise AppError(
            f"This is a backup of a {backup.facts['database']} installation, and DATABASE_URL names "
            f"{db.engine.dialect.name}. Restore it into an installation of its own kind."
        )
    schema.refuse_unknown(backup.facts["schema"])
    archive.refuse_too_large(backup, settings.instance)
    if KEY not in backup.facts["entries"]:
        raise AppError("The backup is damaged: it lacks the key.")


def _stage(backup: Archive, settings: Settings) -> None:
    """Unpack beside the present data."""
    files = _incoming(settings.instance / "files")
    files.mkdir()
    for name in backup.names("files/"):
        backup.extract(name, files / name.removeprefix("files/"))
    backup.extract(KEY, _incoming(settings.instance / KEY))
    if settings.sqlite_file is not None:
        dump_sqlite.stage(backup, _incoming(settings.sqlite_file))


def _replace(backup: Archive, settings: Settings) -> None:
    db.engine.dispose()
    if settings.sqlite_file is not None:
        dump_sqlite.refuse_if_open(settings.sqlite_file)
        with _put_in_place(settings):
            pass
        return
    with _put_in_place(settings), db.engine.begin() as connection:
        dump_postgres.load(backup, connection)


@contextmanager
def _put_in_place(settings: Settings) -> Iterator[None]:
    """Swap old and new; whatever goes wrong in here or in the block brings the old back."""
    _make_present(settings)
    _mark(settings).touch()
    try:
        for place in _places(settings):
            _rename(place, _aside(place))
            _rename(_incoming(place), place)
        yield
    except BaseException:
        undo_interrupted(settings)
        raise
    _mark(settings).unlink()
    for place in _places(settings):
        _remove(_aside(place))


def _make_present(settings: Settings) -> None:
    """What is there has an old state to go back to, even if that is empty."""
    (settings.instance / "files").mkdir(exist_ok=True)
    if settings.sqlite_file is not None:
        settings.sqlite_file.touch()


def _places(settings: Settings) -> list[Path]:
    """What a restore replaces. SQLite's log belongs to its file: beside another file it would destroy it."""
    places = [settings.instance / "files", settings.instance / KEY]
    if settings.sqlite_file is not None:
        places += [settings.sqlite_file.with_name(settings.sqlite_file.name + end) for end in ("", "-wal", "-shm")]
    return places


def _mark(settings: Settings) -> Path:
    return settings.instance / "restore.unfinished"


def _aside(place: Path) -> Path:
    return place.with_name(f"{place.name}.before-restore")


def _incoming(place: Path) -> Path:
    return place.with_name(f"{place.name}.restoring")


def _rename(old: Path, new: Path) -> None:
    if old.exists():
        old.rename(new)


def _remove(path: Path) -> None:
    if path.is_dir():
        shutil.rmtree(path)
    path.unlink(missing_ok=True)
