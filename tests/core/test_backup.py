"""A backup brings an installation back as it was; a file that is not one changes nothing."""

import json
import sqlite3
import threading
from collections.abc import Callable
from pathlib import Path
from zipfile import ZipFile, ZipInfo

import pytest
import sqlalchemy as sa
from click.testing import Result
from flask import Flask, current_app

from core import audit, backup, migrations, schema
from core.db import db
from core.errors import AppError
from tests.core.test_migrations import fill_at_0001
from tests.product import People, add_member


@pytest.fixture
def installation(people: People) -> People:
    """Three people, an attachment and a key."""
    attach("contracts/2025 华东.pdf", b"%PDF-")
    return people


@pytest.fixture
def saved(installation: People, tmp_path: Path) -> Path:
    backup.write(tmp_path / "saved.zip")
    return tmp_path / "saved.zip"


def test_a_restore_brings_everything_back(installation: People, saved: Path) -> None:
    key = (instance() / "secret.key").read_text()
    add_member(installation.east, "X001", "后来的人", "sales")
    installation.an.name = "改了名"
    db.session.commit()
    attach("contracts/2025 华东.pdf", b"changed")
    attach("later.txt", b"later")
    (instance() / "secret.key").write_text("another")
    restore(saved)
    assert names() == ["何人事", "华东大区经理", "安店长"]
    assert attachments() == {"contracts/2025 华东.pdf": b"%PDF-"}
    assert (instance() / "secret.key").read_text() == key
    assert (instance() / "secret.key").stat().st_mode & 0o777 == 0o600
    assert leftovers() == []


def test_ids_go_on_where_they_stood(installation: People, saved: Path) -> None:
    restore(saved)
    newcomer = add_member(installation.east, "X001", "后来的人", "sales")
    db.session.commit()
    assert newcomer.id > installation.an.id


def test_a_backup_of_an_older_schema_is_brought_to_the_newest(bare_app: Flask, tmp_path: Path) -> None:
    schema.upgrade(revision="0001")
    fill_at_0001(rows=2)
    backup.write(tmp_path / "old.zip")
    migrations.to_newest()
    db.session.execute(sa.delete(audit.AuditValue))
    db.session.execute(sa.delete(audit.AuditEvent))
    db.session.commit()
    restore(tmp_path / "old.zip")
    assert schema.current_revision() == schema.newest_revision()
    assert db.session.scalars(sa.select(audit.AuditEvent.place).order_by(audit.AuditEvent.id)).all() == [1, 2, None]
    assert audit.verify() is None


def test_a_backup_can_be_read_by_its_owner_only(saved: Path) -> None:
    assert saved.stat().st_mode & 0o777 == 0o600


def test_a_backup_is_one_moment_while_others_write(installation: People, tmp_path: Path) -> None:
    """Each write adds a pair of rows; no backup may hold half of one."""
    app, stop = current_app._get_current_object(), threading.Event()
    writer = threading.Thread(target=write_pairs, args=(app, stop))
    writer.start()
    try:
        for number in range(5):
            backup.write(tmp_path / f"{number}.zip")
    finally:
        stop.set()
        writer.join()
    for number in range(5):
        restore(tmp_path / f"{number}.zip")
        assert db.session.scalar(sa.select(sa.func.count()).select_from(audit.AuditEvent)) % 2 == 0


def test_nothing_is_backed_up_before_the_first_start(bare_app: Flask, tmp_path: Path) -> None:
    with pytest.raises(AppError, match="no installation here"):
        backup.write(tmp_path / "nothing.zip")
    assert not (tmp_path / "nothing.zip").exists()


def test_the_commands_write_and_restore(installation: People, guantong: Callable[..., Result], tmp_path: Path) -> None:
    file = tmp_path / "by command.zip"
    assert guantong("backup", str(file)).exit_code == 0
    installation.an.name = "改了名"
    db.session.commit()
    refused = guantong("restore", str(file), input="n\n")
    assert refused.exit_code == 1
    assert "安店长" not in names()
    db.session.remove()
    assert guantong("restore", str(file), "--yes").exit_code == 0
    assert "安店长" in names()


# ── files that are not ours, or not whole ────────────────────────────────────────────────────────────────────────────


def renamed(entry: str, to: str) -> Callable[[dict[str, bytes]], None]:
    def spoil(entries: dict[str, bytes]) -> None:
        facts = json.loads(entries["manifest.json"])
        entries[to], facts["entries"][to] = entries.pop(entry), facts["entries"].pop(entry)
        entries["manifest.json"] = json.dumps(facts).encode()

    return spoil


def stated(**values: object) -> Callable[[dict[str, bytes]], None]:
    def spoil(entries: dict[str, bytes]) -> None:
        entries["manifest.json"] = json.dumps(json.loads(entries["manifest.json"]) | values).encode()

    return spoil


ATTACHED = "files/contracts/2025 华东.pdf"

SPOILED: dict[str, Callable[[dict[str, bytes]], object]] = {
    "manifest": lambda entries: entries.pop("manifest.json"),
    "cannot be read": lambda entries: entries.update({"manifest.json": b"[" * 100_000}),
    "manifest is unknown": stated(format="another product"),
    "newer version wrote": stated(schema="9999"),
    "not what was written": lambda entries: entries.update({ATTACHED: b"%PDF+"}),
    "entries are not those": lambda entries: entries.update({"more.txt": b"?"}),
    "lacks the key": lambda entries: drop(entries, "secret.key"),
    "entries are not those of its manifest": renamed(ATTACHED, "files/../../outside.txt"),
    "entries are not those of": renamed(ATTACHED, "/etc/outside.txt"),
}


@pytest.mark.parametrize("sentence", SPOILED)
def test_a_spoiled_file_is_refused_in_words_and_changes_nothing(saved: Path, sentence: str) -> None:
    rewrite(saved, SPOILED[sentence])
    refuse(saved, sentence)


def test_a_backup_of_the_other_database_is_refused(saved: Path) -> None:
    other = {"sqlite": "postgresql", "postgresql": "sqlite"}[db.engine.dialect.name]
    rewrite(saved, stated(database=other))
    refuse(saved, "into an installation of its own kind")


@pytest.mark.parametrize("length", [0, 100, -1000])
def test_a_truncated_file_is_refused(saved: Path, length: int) -> None:
    saved.write_bytes(saved.read_bytes()[:length])
    refuse(saved, "damaged or is not a backup")


def test_a_size_that_the_disk_does_not_hold_is_refused(saved: Path) -> None:
    rewrite(saved, enlarged)
    refuse(saved, "Make room first")


@pytest.mark.sqlite
def test_a_database_with_a_trigger_is_refused(installation: People, tmp_path: Path) -> None:
    with db.engine.begin() as connection:
        connection.execute(sa.text("CREATE TRIGGER evil AFTER INSERT ON member BEGIN DELETE FROM goal; END"))
    backup.write(tmp_path / "evil.zip")
    with db.engine.begin() as connection:
        connection.execute(sa.text("DROP TRIGGER evil"))
    refuse(tmp_path / "evil.zip", "'evil', which is not ours")


@pytest.mark.sqlite
def test_a_running_server_is_not_restored_under(installation: People, saved: Path) -> None:
    server = sqlite3.connect(instance() / "guantong.db")
    server.execute("SELECT count(*) FROM member").fetchone()
    refuse(saved, "Stop the server first")
    server.close()


@pytest.mark.postgres
def test_a_server_that_holds_locks_is_not_restored_under(installation: People, saved: Path) -> None:
    with db.engine.begin() as server:
        server.execute(sa.text("SELECT count(*) FROM member"))
        refuse(saved, "Stop the server first")


def test_a_restore_that_was_killed_is_undone_at_the_next_start(installation: People, saved: Path) -> None:
    """As the process leaves it when it is killed between the old data and the new."""
    (instance() / "restore.unfinished").touch()
    (instance() / "files").rename(instance() / "files.before-restore")
    attach("half.txt", b"half of the new ones")
    backup.undo_interrupted(current_app.config["SETTINGS"])
    assert attachments() == {"contracts/2025 华东.pdf": b"%PDF-"}
    assert leftovers() == []


def test_what_a_finished_restore_left_behind_is_not_taken_for_the_data(installation: People) -> None:
    (instance() / "files.before-restore").mkdir()
    backup.undo_interrupted(current_app.config["SETTINGS"])
    assert attachments() == {"contracts/2025 华东.pdf": b"%PDF-"}
    assert leftovers() == []


def refuse(file: Path, sentence: str) -> None:
    before = (names(), attachments(), (instance() / "secret.key").read_text(), outside())
    with pytest.raises(AppError) as refusal:
        restore(file)
    assert sentence in refusal.value.message
    assert (names(), attachments(), (instance() / "secret.key").read_text(), outside()) == before
    assert leftovers() == []


def restore(file: Path) -> None:
    db.session.remove()
    backup.restore(file)


def rewrite(file: Path, change: Callable[[dict[str, bytes]], object]) -> None:
    with ZipFile(file) as archive:
        entries = {name: archive.read(name) for name in archive.namelist()}
    change(entries)
    with ZipFile(file, "w") as archive:
        for name, content in entries.items():
            archive.writestr(ZipInfo(name), content)


def enlarged(entries: dict[str, bytes]) -> None:
    facts = json.loads(entries["manifest.json"])
    facts["entries"][ATTACHED]["size"] = 10**18
    entries["manifest.json"] = json.dumps(facts).encode()


def drop(entries: dict[str, bytes], name: str) -> None:
    facts = json.loads(entries["manifest.json"])
    del entries[name], facts["entries"][name]
    entries["manifest.json"] = json.dumps(facts).encode()


def write_pairs(app: Flask, stop: threading.Event) -> None:
    with app.app_context():
        while not stop.is_set():
            audit.record("test.first", "pair:1", by_id=None)
            audit.record("test.second", "pair:1", by_id=None)
            db.session.commit()
        db.session.remove()


def instance() -> Path:
    return Path(current_app.instance_path)


def attach(name: str, content: bytes) -> None:
    file = instance() / "files" / name
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(content)


def attachments() -> dict[str, bytes]:
    files = instance() / "files"
    return {file.relative_to(files).as_posix(): file.read_bytes() for file in files.rglob("*") if file.is_file()}


def names() -> list[str]:
    db.session.remove()
    found = list(db.session.scalars(sa.text("SELECT name FROM member ORDER BY id")))
    db.session.remove()
    return found


def outside() -> list[str]:
    return sorted(file.name for file in instance().parent.iterdir())


def leftovers() -> list[str]:
    ends = (".restoring", ".before-restore", ".partial", ".unfinished")
    return [file.name for file in instance().iterdir() if file.name.endswith(ends)]
