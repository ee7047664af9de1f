"""The file that a backup is: a ZIP with a manifest that names every entry, its size and its SHA-256.

A file is read as if an enemy had written it: nothing outside the manifest, no path that leaves its folder, no byte more
than promised, no size that the disk does not hold.
"""

import hashlib
import json
import os
import re
import shutil
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from core.db import Document, dump_json
from core.errors import AppError

FORMAT = "guantong backup 1"
MANIFEST = "manifest.json"
MANIFEST_LIMIT = 16 * 1024 * 1024
BLOCK = 1024 * 1024
_ENTRY = re.compile(r"database\.sqlite|secret\.key|tables/[a-z][a-z0-9_]*\.copy|files(/[^/\\\x00-\x1f]+)+")


def write(file: Path, facts: Document, entries: Iterable[tuple[str, Iterable[bytes]]]) -> None:
    """Write an archive that appears only when it is whole, and that its owner alone may read: it holds the key."""
    partial = file.with_name(f"{file.name}.partial")
    descriptor = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as stream:
            with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
                written = {name: _add(archive, name, blocks) for name, blocks in entries}
                archive.writestr(MANIFEST, dump_json({"format": FORMAT, **facts, "entries": written}))
            stream.flush()
            os.fsync(stream.fileno())
        partial.replace(file)
    finally:
        partial.unlink(missing_ok=True)


def _add(archive: zipfile.ZipFile, name: str, blocks: Iterable[bytes]) -> Document:
    digest, size = hashlib.sha256(), 0
    with archive.open(name, "w", force_zip64=True) as entry:
        for block in blocks:
            digest.update(block)
            size += len(block)
            entry.write(block)
    return {"sha256": digest.hexdigest(), "size": size}


@dataclass(frozen=True)
class Archive:
    """An opened backup whose manifest fits its entries."""

    zip: zipfile.ZipFile
    facts: Document

    def names(self, folder: str) -> list[str]:
        return sorted(name for name in self.facts["entries"] if name.startswith(folder))

    def size(self) -> int:
        return sum(entry["size"] for entry in self.facts["entries"].values())

    def blocks(self, name: str) -> Iterator[bytes]:
        """The bytes of an entry. Raises at the latest after the last one when they are not those that were written."""
        promised, digest = self.facts["entries"][name], hashlib.sha256()
        left = promised["size"]
        with _in_words(name), self.zip.open(name) as entry:
            while left >= 0 and (block := entry.read(min(BLOCK, left + 1))):
                digest.update(block)
                left -= len(block)
                yield block
        if left != 0 or digest.hexdigest() != promised["sha256"]:
            raise AppError(f"The backup is damaged: {name} is not what was written.")

    def extract(self, name: str, target: Path) -> None:
        target.parent.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "wb") as stream:
            for block in self.blocks(name):
                stream.write(block)
            stream.flush()
            os.fsync(stream.fileno())


@contextmanager
def opened(file: Path) -> Iterator[Archive]:
    """Raises AppError in words when the file is not a backup of ours, or a damaged one."""
    with ExitStack() as stack:
        with _in_words(file.name):
            archive = stack.enter_context(zipfile.ZipFile(file))
            facts = _manifest(archive)
        yield Archive(archive, facts)


@contextmanager
def _in_words(name: str) -> Iterator[None]:
    """What zipfile raises for files that are broken, encrypted or packed in ways it does not know."""
    try:
        yield
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError) as error:
        raise AppError(f"{name} is damaged or is not a backup of Guantong.", str(error)) from error


def refuse_too_large(archive: Archive, folder: Path) -> None:
    free = shutil.disk_usage(folder).free
    if archive.size() > free:
        raise AppError(f"The backup unpacks to {archive.size():,} bytes, but only {free:,} are free. Make room first.")


def _manifest(archive: zipfile.ZipFile) -> Document:
    names = [info.filename for info in archive.infolist()]
    if MANIFEST not in names or archive.getinfo(MANIFEST).file_size > MANIFEST_LIMIT:
        raise AppError("This is not a backup of Guantong: it has no manifest.")
    try:
        facts: Document = json.loads(archive.read(MANIFEST))
    except (ValueError, RecursionError) as error:
        raise AppError("This is not a backup of Guantong: its manifest cannot be read.") from error
    if not _is_manifest(facts):
        raise AppError("This is not a backup of Guantong, or one of a newer version: its manifest is unknown.")
    strangers = [name for name in facts["entries"] if not _is_entry_name(name)]
    if strangers or sorted(names) != sorted([*facts["entries"], MANIFEST]):
        raise AppError("The backup is damaged: its entries are not those of its manifest.")
    return facts


def _is_manifest(facts: Any) -> bool:
    if not isinstance(facts, dict) or facts.get("format") != FORMAT:
        return False
    if not (isinstance(facts.get("schema"), str) and facts.get("database") in ("sqlite", "postgresql")):
        return False
    entries = facts.get("entries")
    return isinstance(entries, dict) and all(_is_entry(entry) for entry in entries.values())


def _is_entry(entry: Any) -> bool:
    if not isinstance(entry, dict):
        return False
    size, digest = entry.get("size"), entry.get("sha256")
    return type(size) is int and size >= 0 and isinstance(digest, str)


def _is_entry_name(name: str) -> bool:
    return _ENTRY.fullmatch(name) is not None and not {".", ".."} & set(name.split("/"))
