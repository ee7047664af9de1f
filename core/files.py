"""Files that people attach, kept outside the web root under their content's hash. What a file is, its bytes say.

The database row that names a file is written by whoever owns it; a file that no row names is harmless.
"""

import hashlib
import io
import zipfile
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

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
    return keep(content)


def keep(content: bytes) -> str:
    """Store bytes under their hash, which is the name. Whoever calls has looked at what they are."""
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


def send(name: str, media: str, title: str) -> Response:
    """A file that somebody attached: pictures and PDF to look at, everything else only to be saved."""
    file = _folder() / name[:2] / name
    if not file.is_file():
        raise NotFound(_("This file is not there any more."))
    return send_file(file, mimetype=media, download_name=title, as_attachment=media not in LOOKED_AT)


def name_download(response: Response, title: str) -> None:
    """Have the browser save the answer under a title, which may be Chinese: a header itself is Latin."""
    plain = "".join(letter for letter in title if letter.isascii() and letter.isprintable() and letter not in '"\\')
    response.headers["Content-Disposition"] = f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(title)}"


def remove_photo(name: str) -> None:
    """Take the file away; whoever calls has made sure that no row names it any more."""
    (_folder() / name[:2] / name).unlink(missing_ok=True)


def _folder() -> Path:
    folder: Path = current_app.config["SETTINGS"].instance / "files"
    return folder


# ── what other files are ─────────────────────────────────────────────────────────────────────────────────────────────

OFFICE = {"word/": "document", "xl/": "sheet", "ppt/": "slides"}
OFFICE_MEDIA = "application/vnd.openxmlformats-officedocument."
OFFICE_SUFFIX = {
    "document": "wordprocessingml.document",
    "sheet": "spreadsheetml.sheet",
    "slides": "presentationml.presentation",
}
OLD_OFFICE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
OLD_SUFFIXES = {"doc": "document", "xls": "sheet", "ppt": "slides"}
LOOKED_AT = frozenset({*PHOTO_SIGNATURES.values(), "image/webp", "application/pdf"})


@dataclass(frozen=True)
class Kind:
    """`name` is image, pdf, document, sheet, slides or text."""

    name: str
    media: str


def kind_of(content: bytes, title: str) -> Kind | None:
    """What the bytes prove that a file is; None for what we do not take. The name decides only between old Office
    files, which begin alike."""
    if media := photo_type(content):
        return Kind("image", media)
    if content.startswith(b"%PDF-"):
        return Kind("pdf", "application/pdf")
    if content.startswith(b"PK\x03\x04"):
        return _office(content)
    if content.startswith(OLD_OFFICE):
        name = OLD_SUFFIXES.get(title.lower().rpartition(".")[2])
        return Kind(name, "application/octet-stream") if name else None
    return Kind("text", "text/plain; charset=utf-8") if _is_text(content) else None


def _office(content: bytes) -> Kind | None:
    """Only the directory of the archive is read: nothing is unpacked, so nothing can blow up."""
    try:
        names = zipfile.ZipFile(io.BytesIO(content)).namelist()
    except (zipfile.BadZipFile, NotImplementedError):
        return None
    if "[Content_Types].xml" not in names or any(name.lower().endswith("vbaproject.bin") for name in names):
        return None
    found = next((kind for folder, kind in OFFICE.items() if any(name.startswith(folder) for name in names)), None)
    return Kind(found, OFFICE_MEDIA + OFFICE_SUFFIX[found]) if found else None


def _is_text(content: bytes) -> bool:
    try:
        return "\x00" not in content.decode("utf-8")
    except UnicodeDecodeError:
        return False
