"""A file somebody uploaded, as a header and rows: CSV (UTF-8, UTF-16 or GB18030) or XLSX, judged by content.

Limits stand before work: an XLSX is a ZIP archive that may hold any size, and a sheet may hold one cell at its far end.
"""

import csv
import io
import re
import zipfile
import zlib
from dataclasses import dataclass

from flask_babel import gettext as _
from python_calamine import CalamineError, CalamineWorkbook

from core.errors import Invalid, Problem
from organization.values import Cell

MAX_BYTES = 10 * 2**20
MAX_UNPACKED = 80 * 2**20
MAX_ROWS = 50_000
MAX_COLUMNS = 100
MAX_TEXT = 2_000

_PLACE = re.compile(rb"""<(?:\w+:)?c\s[^>]{0,200}?\br=["']([A-Z]{1,4})(\d{1,9})["']""")
_ROW = re.compile(rb"""<(?:\w+:)?row\s[^>]{0,200}?\br=["'](\d{1,9})["']""")


@dataclass(frozen=True)
class Sheet:
    """`rows` stand below the header; row 0 is line 2 of the file. Each row is as long as the header."""

    header: list[str]
    rows: list[list[Cell]]


def read(data: bytes) -> Sheet:
    """Raises Invalid with one sentence about what is wrong with the file as a whole."""
    if not data:
        raise _refused("empty", _("The file is empty."))
    if len(data) > MAX_BYTES:
        raise _refused("too_large", _("The file is larger than %(limit)s MB. Split it.", limit=MAX_BYTES // 2**20))
    lines = _from_xlsx(data) if zipfile.is_zipfile(io.BytesIO(data)) else _from_csv(data)
    return _sheet(lines)


def _sheet(lines: list[list[Cell]]) -> Sheet:
    lines = [line for line in lines if any(cell not in ("", None) for cell in line)]
    if not lines:
        raise _refused("empty", _("The file is empty."))
    header = [str(cell or "").strip() for cell in lines[0]]
    while header and not header[-1]:
        header.pop()
    rows = [(line + [None] * len(header))[: len(header)] for line in lines[1:]]
    if len(rows) > MAX_ROWS or len(header) > MAX_COLUMNS:
        raise _too_wide()
    if any(isinstance(cell, str) and len(cell) > MAX_TEXT for row in rows for cell in row):
        raise _refused("long_cell", _("A cell holds more than %(limit)s characters.", limit=MAX_TEXT))
    return Sheet(header, rows)


def _from_csv(data: bytes) -> list[list[Cell]]:
    words = _decoded(data)
    if "\0" in words:
        raise _refused("not_a_table", _("This is neither an Excel workbook (.xlsx) nor a CSV file."))
    first = words.partition("\n")[0]
    delimiter = max(",;\t", key=first.count)
    try:
        rows = csv.reader(io.StringIO(words, newline=""), delimiter=delimiter, strict=True)
        return [[_as_meant(cell) for cell in row] for _number, row in zip(range(MAX_ROWS + 2), rows, strict=False)]
    except csv.Error as error:
        raise _refused("bad_csv", _("The CSV file is damaged: %(error)s.", error=str(error))) from error


def _as_meant(cell: str) -> str:
    """Our own exports guard +86138… with an apostrophe; it is no part of the value."""
    return cell[1:] if cell.startswith(("'=", "'+", "'-", "'@")) else cell


def _decoded(data: bytes) -> str:
    """Excel of a Chinese Windows writes GB18030; everything else of today is UTF-8, with or without its mark."""
    encodings = ("utf-16",) if data[:2] in (b"\xff\xfe", b"\xfe\xff") else ("utf-8-sig", "gb18030")
    for encoding in encodings:
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise _refused("encoding", _("The text of the file cannot be read. Save it as XLSX, or as CSV in UTF-8."))


def _from_xlsx(data: bytes) -> list[list[Cell]]:
    try:
        book = CalamineWorkbook.from_filelike(_honest_copy(data))
        sheet = book.get_sheet_by_index(0)
        return [list(row) for row in sheet.to_python(skip_empty_area=False)]
    except (CalamineError, zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, IndexError) as error:
        raise _refused("not_a_table", _("This is not an Excel workbook (.xlsx) that can be read.")) from error


def _honest_copy(data: bytes) -> io.BytesIO:
    """The archive unpacked within our limits and packed anew: what it says of its own sizes is believed no further."""
    copy = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as archive, zipfile.ZipFile(copy, "w") as honest:
        if sum(entry.file_size for entry in archive.infolist()) > MAX_UNPACKED:
            raise _refused("zip_bomb", _("The workbook unpacks to far too much. Save the first sheet alone."))
        for entry in archive.infolist():
            content = archive.read(entry)
            if entry.filename.startswith("xl/worksheets/"):
                _must_stay_near(content)
            honest.writestr(entry.filename, content)
    copy.seek(0)
    return copy


def _must_stay_near(sheet: bytes) -> None:
    """The reader lays out a rectangle up to the farthest cell: one cell at XFD1048576 would be 17 billion."""
    far = any(_is_far(place) for place in _PLACE.finditer(sheet))
    if far or any(int(row[1]) > MAX_ROWS + 1 for row in _ROW.finditer(sheet)):
        raise _too_wide()


def _is_far(place: re.Match[bytes]) -> bool:
    column = 0
    for letter in place[1]:
        column = column * 26 + letter - 64
    return column > MAX_COLUMNS or int(place[2]) > MAX_ROWS + 1


def _too_wide() -> Invalid:
    return _refused(
        "too_many",
        _("A file may have %(rows)s rows and %(columns)s columns. Split it.", rows=MAX_ROWS, columns=MAX_COLUMNS),
    )


def _refused(code: str, message: str) -> Invalid:
    return Invalid([Problem("/file", code, message)])
