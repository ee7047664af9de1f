"""Workbooks around an import of records: the template with its drop-downs, and the uploaded file with what is wrong
marked in it."""

import io
from collections.abc import Sequence
from typing import Any

from flask_babel import gettext as _

from builder import forms
from builder.forms import Field
from builder.forms.widgets import CHOOSERS
from core.i18n import language, text
from core.later import Later
from organization.imports.columns import PROBLEMS
from organization.spreadsheets import Table, workbook
from runtime.submissions import imports, pages, pickers
from runtime.submissions.filling import Filling
from runtime.submissions.imports import Column, Plan

xlsxwriter = Later("xlsxwriter")
xlsx_places = Later("xlsxwriter.utility")

LAST_ROW = imports.MOST
LISTED = 500  # entries of a drop-down; a longer list is searched by name on the page
FORMATS = {"date": "yyyy-mm-dd", "date_time": "yyyy-mm-dd hh:mm", "percent": "0.##%"}


# ── the template ─────────────────────────────────────────────────────────────────────────────────────────────────────


def template(place: Filling) -> bytes:
    """A line of titles; needed ones bear a star, notes tell the hints, drop-downs what may be chosen."""
    stream = io.BytesIO()
    with xlsxwriter.Workbook(stream, {"in_memory": True, "strings_to_formulas": False}) as book:
        sheet, lists = book.add_worksheet(_("Records")), book.add_worksheet(_("Options"))
        lists.hide()
        bold = book.add_format({"bold": True})
        for at, column in enumerate(imports.columns(place)):
            title = f"{column.title} *" if column.field.required else column.title
            sheet.write_string(0, at, title, bold)
            style = FORMATS.get(column.field.widget)
            sheet.set_column(at, at, max(12, 2 * len(title)), book.add_format({"num_format": style}) if style else None)
            if note := _note(place, column):
                sheet.write_comment(0, at, note)
            _drop_down(sheet, lists, at, column.field, _offered(place, column.field))
        sheet.freeze_panes(1, 0)
    return stream.getvalue()


def _drop_down(sheet: Any, lists: Any, at: int, field: Field, words: Sequence[str]) -> None:
    """The words stand on a sheet of their own: in the cell's own rule Excel takes 255 characters only."""
    if not words or field.several:
        return
    lists.write_column(0, at, words)
    column = xlsx_places.xl_col_to_name(at)
    source = f"='{lists.get_name()}'!${column}$1:${column}${len(words)}"
    strict = "stop" if field.widget in CHOOSERS or field.widget == "switch" else "warning"
    sheet.data_validation(1, at, LAST_ROW, at, {"validate": "list", "source": source, "error_type": strict})


def _offered(place: Filling, field: Field) -> list[str]:
    """What may stand in a cell, in words that are read back."""
    if field.widget == "switch":
        return [forms.shown(field, value, place.world) for value in (True, False)]
    if field.widget in pickers.PICKERS and place.member:
        return [words for _id, words in pickers.offered(place.member, field, most=LISTED)]
    if field.widget == "metric":
        return [words for _id, words in pages.begun(place, {}).offered(field)]
    if field.widget == "cascading":
        return []
    return [text(option.title) for option in forms.offered_to_all(place.form, field, place.world)]


def _note(place: Filling, column: Column) -> str:
    hint = text(column.field.hint) if column.field.hint else ""
    several = ""
    if column.field.several:
        several = _("Several with commas between them: %(words)s", words=", ".join(_offered(place, column.field)[:20]))
    return "\n".join(line for line in (hint, several) if line)


# ── the marked file ──────────────────────────────────────────────────────────────────────────────────────────────────


def marked(plan: Plan) -> bytes:
    """The file as it came, its wrong cells coloured and noted, and a last column that says what to do."""
    kept = [at for at, name in enumerate(plan.sheet.header) if name not in PROBLEMS]
    header = [*(plan.sheet.header[at] for at in kept), PROBLEMS[0] if language() == "zh" else PROBLEMS[1]]
    told, marks = _told(plan, kept)
    rows: Table = [
        [*(cells[at] for at in kept), "; ".join(told.get(line, [])) or None]
        for line, cells in enumerate(plan.sheet.rows, start=imports.FIRST_LINE)
    ]
    return workbook(header, rows, marks)


def _told(plan: Plan, kept: Sequence[int]) -> tuple[dict[int, list[str]], dict[tuple[int, int], str]]:
    """Sentences by line, and by the cell (row and column from 0) that they are about."""
    sentences: dict[int, list[str]] = {}
    marks: dict[tuple[int, int], str] = {}
    for entry in plan.wrong:
        for problem in entry.problems:
            line, at = entry.line_of(problem.path), plan.column_at(problem.path)
            where = forms.called(plan.place.form, problem.path)
            sentences.setdefault(line, []).append(f"{where}: {problem.message}" if where else problem.message)
            marks[line - imports.FIRST_LINE, len(kept) if at is None else kept.index(at)] = problem.message
    return sentences, marks
