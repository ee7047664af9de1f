"""Files that spreadsheets open. Text stays text: a cell that begins with = + - @ must not run at the reader's."""

import csv
import io
from typing import Any

from flask import Response

from core import clock, files
from core.later import Later

xlsxwriter = Later("xlsxwriter")

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
DANGEROUS = ("=", "+", "-", "@", "\t", "\r")

Table = list[list[Any]]


def answer(name: str, header: list[str], rows: Table, form: str) -> Response:
    """A download, `form` being xlsx or csv."""
    body = workbook(header, rows) if form == "xlsx" else comma_separated(header, rows)
    kind = XLSX if form == "xlsx" else "text/csv; charset=utf-8"
    response = Response(body, mimetype=kind.partition(";")[0], content_type=kind)
    files.name_download(response, f"{name}-{clock.today()}.{form}")
    return response


def workbook(header: list[str], rows: Table, marked: dict[tuple[int, int], str] | None = None) -> bytes:
    """An XLSX file; `marked` cells, by (row, column) from 0 without the header, are coloured and say why in a note."""
    stream = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(stream, options) as book:
        sheet = book.add_worksheet()
        head, wrong = book.add_format({"bold": True}), book.add_format({"bg_color": "#FDE3E1"})
        day, wrong_day = ({"num_format": "yyyy-mm-dd"} | more for more in ({}, {"bg_color": "#FDE3E1"}))
        days = book.add_format(day), book.add_format(wrong_day)
        sheet.write_row(0, 0, header, head)
        sheet.freeze_panes(1, 0)
        for row_number, row in enumerate(rows):
            for column, value in enumerate(row):
                is_marked = (row_number, column) in (marked or {})
                if hasattr(value, "isoformat"):
                    sheet.write_datetime(row_number + 1, column, value, days[is_marked])
                elif value is not None or is_marked:
                    sheet.write(row_number + 1, column, value, wrong if is_marked else None)
        for (row_number, column), why in (marked or {}).items():
            sheet.write_comment(row_number + 1, column, why)
        _widen(sheet, header, rows)
    return stream.getvalue()


def comma_separated(header: list[str], rows: Table) -> bytes:
    """UTF-8 with the mark by which Excel knows it."""
    stream = io.StringIO()
    writer = csv.writer(stream)
    writer.writerows([header, *([_harmless(value) for value in row] for row in rows)])
    return stream.getvalue().encode("utf-8-sig")


def _harmless(value: Any) -> Any:
    return f"'{value}" if isinstance(value, str) and value.startswith(DANGEROUS) else value


def _widen(sheet: Any, header: list[str], rows: Table) -> None:
    """As wide as the longest of the first rows; a Chinese character takes two places."""
    for column, name in enumerate(header):
        longest = max(_width(value) for value in (name, *(row[column] for row in rows[:200])))
        sheet.set_column(column, column, min(max(longest + 2, 8), 48))


def _width(value: Any) -> int:
    words = "" if value is None else str(value)
    return sum(2 if ord(character) > 0x2E7F else 1 for character in words)
