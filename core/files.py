"""Files that people attach, kept outside the web root under their content's hash. What a file is, its bytes say.

The database row that names a file is written by whoever owns it; a file that no row names is harmless.
"""

import hashlib
from pathlib import Path

from flask import Response, current_app, send_file
from flask_babel import gettext as _

from core.errors import Invalid, NotFound, Problem

PHOTO_LIMIT = 8 * 1024 * 1024
PHOTO_SIGNATURES = {b"\xff\xd8\xff": "image/jpeg", b"\x89PNG\r\n\x1a\n": "image/png"}


def keep_photo(content: bytes, path: str) -> str:
    """Store a JPEG, PNG or WebP picture; its name. Raises Invalid at `path` for anything else."""
    if len(content) > PHOTO_LIMIT:
        raise Invalid([Problem(path, "too_large", _("The photo is larger than 8 MB. Take it with less detail."))])
    if photo_type(content) is None:
        raise Invalid([Problem(path, "not_a_photo", _("This file is not a JPEG, PNG or WebP picture."))])
    name = hashlib.sha256(content).hexdigest()
    file = _folder() / name[:2] / name
    if not file.exists():
        file.parent.mkdir(parents=True, exist_ok=True)
        part = file.with_suffix(".part")
        part.write_bytes(content)
        part.replace(file)
    return name


def photo_type(content: bytes) -> str | None:
    """The media type that the first bytes prove."""
    if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        return "image/webp"
    return next((kind for signature, kind in PHOTO_SIGNATURES.items() if content.startswith(signature)), None)


def show_photo(name: str) -> Response:
    """The picture itself, never as anything that a browser would run. Whoever calls has checked who may see it."""
    file = _folder() / name[:2] / name
    if not file.is_file():
        raise NotFound(_("This photo is not there any more."))
    with file.open("rb") as stream:
        kind = photo_type(stream.read(16)) or "application/octet-stream"
    return send_file(file, mimetype=kind, download_name=f"{name[:12]}.{kind.rpartition('/')[2]}")


def remove_photo(name: str) -> None:
    """Take the file away; whoever calls has made sure that no row names it any more."""
    (_folder() / name[:2] / name).unlink(missing_ok=True)


def _folder() -> Path:
    folder: Path = current_app.config["SETTINGS"].instance / "files"
    return folder
