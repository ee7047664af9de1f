"""The parts of a rule table by their permanent ids, and what is said when one is not there."""

import re
from collections.abc import Sequence
from typing import Any

from flask_babel import gettext as _

from builder import shape
from core.db import Document
from core.errors import Invalid, Problem

OTHERWISE = "default"
MOST_ROWS = 500
MOST_CHARACTERS = 2_000
_ID = re.compile(r"[a-z][a-z0-9_]{0,39}")


def stale_page() -> Problem:
    """What did not come from the page as it is today."""
    return Problem("", "operation", _("The page is out of date. Reload it."))


def problems(document: Any) -> list[Problem]:
    """What is wrong with the shape of a posted table, as `shape.problems`; hundreds of plain rows are seen at once."""
    rows = document["body"]["rows"] if _has_rows(document) else []
    if rows and all(map(_is_plain, rows)):
        document = document | {"body": document["body"] | {"rows": rows[:1]}}
    return shape.problems(document)


def _has_rows(document: Any) -> bool:
    body = document.get("body") if isinstance(document, dict) else None
    return isinstance(body, dict) and isinstance(body.get("rows"), list) and len(body["rows"]) <= MOST_ROWS


def _is_plain(row: Any) -> bool:
    """A row as this editor makes it, with short cells."""
    if not isinstance(row, dict) or row.keys() != {"id", "when", "then"}:
        return False
    sides = (row["when"], row["then"])
    return bool(_ID.fullmatch(str(row["id"]))) and all(
        isinstance(side, dict) and all(map(_is_short, side.values())) for side in sides
    )


def _is_short(cell: Any) -> bool:
    return isinstance(cell, str) and len(cell) <= MOST_CHARACTERS


def columns(body: Document) -> list[Document]:
    return [*body["inputs"], *body["outputs"]]


def cells(body: Document) -> list[Document]:
    return [cells for row in body["rows"] for cells in (row["when"], row["then"])] + [body.get("default", {})]


def column(body: Document, column: str) -> Document:
    found = next((one for one in columns(body) if one["id"] == column), None)
    if found is None:
        raise refusal("gone", _("This column is not there any more."))
    return found


def place(body: Document, row: str) -> int:
    place = next((place for place, one in enumerate(body["rows"]) if one["id"] == row), None)
    if place is None:
        raise refusal("gone", _("This row is not there any more."))
    return place


def move(things: list[Any], place: int, by: int) -> None:
    to = min(max(place + (1 if by > 0 else -1), 0), len(things) - 1)
    things.insert(to, things.pop(place))


def new_id(things: Sequence[Document], letter: str) -> str:
    numbers = [int(found[1]) for one in things if (found := re.fullmatch(rf"{letter}(\d{{1,9}})", one["id"]))]
    return f"{letter}{max(numbers, default=0) + 1}"


def too_many(rows: int) -> Invalid:
    sentence = _(
        "These are %(rows)s rows; a rule table has at most %(most)s. Rows of data belong to an import, not to a rule.",
        rows=f"{rows:,}",
        most=f"{MOST_ROWS:,}",
    )
    return refusal("too_many", sentence)


def refusal(code: str, sentence: str) -> Invalid:
    return Invalid([Problem("", code, sentence)])
