"""Files between preview and confirmation: on disk, under a random name, for the member who uploaded them, for a day."""

import json
import re
import secrets
import time
from dataclasses import dataclass
from pathlib import Path

from flask import current_app
from flask_babel import gettext as _

from core.errors import NotFound

KEPT = 24 * 3600  # seconds
_TOKEN = re.compile(r"[A-Za-z0-9_-]{32}")


@dataclass(frozen=True)
class Upload:
    token: str
    kind: str
    name: str
    member_id: int
    data: bytes


def keep(kind: str, name: str, data: bytes, member_id: int) -> str:
    """The token under which the same member finds the file again. Old files go."""
    folder = _folder()
    _sweep(folder)
    token = secrets.token_urlsafe(24)
    about = {"kind": kind, "name": name[:200], "member_id": member_id}
    (folder / f"{token}.bin").write_bytes(data)
    (folder / f"{token}.json").write_text(json.dumps(about), encoding="utf-8")
    return token


def find(token: str, member_id: int) -> Upload:
    """Raises NotFound for somebody else's token, and for one that is used up or too old."""
    about = _folder() / f"{token}.json"
    if not _TOKEN.fullmatch(token) or not about.exists():
        raise _gone()
    upload = Upload(token=token, data=about.with_suffix(".bin").read_bytes(), **json.loads(about.read_text("utf-8")))
    if upload.member_id != member_id:
        raise _gone()
    return upload


def drop(upload: Upload) -> None:
    for suffix in ("json", "bin"):
        (_folder() / f"{upload.token}.{suffix}").unlink(missing_ok=True)


def _gone() -> NotFound:
    return NotFound(_("This upload is not there (any more). Upload the file again."))


def _folder() -> Path:
    folder = Path(current_app.config["SETTINGS"].instance) / "uploads"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return folder


def _sweep(folder: Path) -> None:
    oldest = time.time() - KEPT
    for file in folder.iterdir():
        if file.stat().st_mtime < oldest:
            file.unlink(missing_ok=True)
