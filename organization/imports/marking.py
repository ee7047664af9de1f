"""Workbooks around an import: the template to start from, and the uploaded file with what is wrong marked in it."""

from core.i18n import language
from organization.imports.columns import PROBLEMS
from organization.imports.plans import Kind, Plan
from organization.spreadsheets import workbook
from organization.values import attribute_title


def template(kind: Kind) -> bytes:
    """The header in the reader's language and one example row; needed columns bear a star."""
    header = [f"{column.title} *" if column.needed else column.title for column in kind.columns]
    return workbook(header, [[column.example or None for column in kind.columns]])


def marked(plan: Plan) -> bytes:
    """The file as it came, its wrong cells coloured, and a last column that says what to do about each row."""
    title = PROBLEMS[0] if language() == "zh" else PROBLEMS[1]
    kept = [place for place, name in enumerate(plan.sheet.header) if name not in PROBLEMS]
    header = [*(plan.sheet.header[place] for place in kept), title]
    rows, marks = [], {}
    for number, row in enumerate(plan.rows):
        rows.append([*(row.cells[place] for place in kept), "; ".join(_sentences(plan, row.problems)) or None])
        for column, sentence in row.problems:
            place = plan.place_of(column)
            marks[number, kept.index(place) if place is not None else len(kept)] = sentence
    return workbook(header, rows, marks)


def column_title(plan: Plan, column: str) -> str:
    if column.startswith("attribute:"):
        return attribute_title(column.removeprefix("attribute:"))
    return plan.columns_by_key()[column].title


def _sentences(plan: Plan, problems: list[tuple[str, str]]) -> list[str]:
    return [f"{column_title(plan, column)}: {sentence}" for column, sentence in problems]
