"""The parts of a rule table by their permanent ids, and what is said when one is not there."""

import re
from collections.abc import Sequence
from typing import Any

from flask_babel import gettext as _

from core.db import Document
from core.errors import Invalid, Problem

OTHERWISE = "default"
MOST_ROWS = 500


def stale_page() -> Problem:
    """What did not come from the page as it is today."""
    return Problem("", "operation", _("The page is out of date. Reload it."))


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
