"""The columns of a rule table: added, copied, moved, deleted, and changed together with every cell that follows.

Keys are made and never change, so whoever reads the table from outside keeps finding its columns.
"""

import copy
import re
from collections.abc import Mapping, Sequence
from typing import Any

from flask_babel import gettext as _

from builder import remedies, table_parts, table_values, table_words
from core.db import Document
from formulas.characters import normal_name

MOST_COLUMNS = 60
TYPES = ("number", "text", "choice", "bool", "date")
GROUPS = ("inputs", "outputs")


def add(
    document: Document, group: str, title: str, type: str, options: str = "", after: str | None = None,
    title_en: str = "", unit: str = "",
) -> Document:  # fmt: skip
    """A column with a title of its own; `options` of a choice stand between commas or on lines."""
    changed = copy.deepcopy(document)
    body = changed["body"]
    if group not in GROUPS or type not in TYPES:
        raise table_parts.refusal("column", _("Choose what the column is for and what it holds."))
    made = _new(body, title, title_en) | {"type": type}
    if type == "choice":
        made["options"] = _options(options)
    _put_unit(made, unit)
    names = [column["id"] for column in body[group]]
    body[group].insert(names.index(after) + 1 if after in names else len(names), made)
    _fill(body, group, made["id"], None)
    return changed


def duplicate(document: Document, column: str) -> Document:
    changed = copy.deepcopy(document)
    body = changed["body"]
    found = table_parts.column(body, column)
    group = group_of(body, found)
    made = copy.deepcopy(found) | _new(body, _free_title(body, found["title"]["zh"]))
    body[group].insert(body[group].index(found) + 1, made)
    _fill(body, group, made["id"], column)
    return changed


def move(document: Document, column: str, by: int) -> Document:
    """To the left (-1) or right (1), among the conditions or among the results."""
    changed = copy.deepcopy(document)
    found = table_parts.column(changed["body"], column)
    columns = changed["body"][group_of(changed["body"], found)]
    table_parts.move(columns, columns.index(found), by)
    return changed


def delete(document: Document, column: str) -> Document:
    changed = copy.deepcopy(document)
    body = changed["body"]
    found = table_parts.column(body, column)
    if body["outputs"] == [found]:
        raise table_parts.refusal("last", _("A table needs at least one column of results."))
    body[group_of(body, found)].remove(found)
    for cells in table_parts.cells(body):
        cells.pop(column, None)
    return changed


def change(
    document: Document, column: str, title: str, type: str, title_en: str = "", unit: str = "",
    becomes: Sequence[Sequence[str]] = (),
) -> Document:  # fmt: skip
    """Another title, unit or type, or other options. `becomes` are pairs of what a value was and what it is now, in
    words: of a choice all its options, one that was "" is new and one that is now "" is given up. Cells, checks and
    formulas of the table follow. Raises Invalid where rows still need an option that is given up."""
    changed = copy.deepcopy(document)
    body = changed["body"]
    found = table_parts.column(body, column)
    if type not in TYPES:
        raise table_parts.refusal("column", _("Choose what the column is for and what it holds."))
    _retitle(body, found, title, title_en)
    _put_unit(found, unit)
    _retype(body, found, type, _pairs(becomes))
    return changed


def group_of(body: Document, column: Document) -> str:
    return "inputs" if column in body["inputs"] else "outputs"


# ── titles ────────────────────────────────────────────────────────────────────────────────────────────────────────


def _new(body: Document, title: str, title_en: str = "") -> Document:
    if len(table_parts.columns(body)) >= MOST_COLUMNS:
        raise table_parts.refusal("columns", _("A table has at most %(most)s columns.", most=MOST_COLUMNS))
    name = table_parts.new_id(table_parts.columns(body), "c")
    return {"id": name, "key": name, "title": _titles(table_parts.columns(body), title, title_en)}


def _titles(others: Sequence[Document], title: str, title_en: str) -> Document:
    words, english = title.strip()[:40], title_en.strip()[:40]
    if not words:
        raise table_parts.refusal("title", _("Give the column a title."))
    for taken in (words, english):
        if taken and any(taken in column["title"].values() for column in others):
            raise table_parts.refusal(
                "title", _("There is a column “%(title)s” already. Give this one another title.", title=taken)
            )
    return {"zh": words, "en": english} if english else {"zh": words}


def _free_title(body: Document, title: str) -> str:
    taken = {words for column in table_parts.columns(body) for words in column["title"].values()}
    return next(name for number in range(2, len(taken) + 3) if (name := f"{title}{number}") not in taken)


def _retitle(body: Document, column: Document, title: str, title_en: str) -> None:
    """Formulas of cells read inputs and checks read outputs: those that name the column by its title name it anew."""
    old = column["title"]
    others = [one for one in table_parts.columns(body) if one is not column]
    column["title"] = _titles(others, title, title_en)
    names = {
        normal_name(old[tongue]): column["title"].get(tongue, column["title"]["zh"])
        for tongue in old
        if old[tongue] != column["title"].get(tongue)
    }
    if names and column in body["inputs"]:
        _respell_cells(body, names)
    elif names:
        for check in body.get("checks", ()):
            check["text"] = remedies.renamed(check["text"], names)


def _respell_cells(body: Document, names: Mapping[str, str]) -> None:
    for cells in table_parts.cells(body):
        cells |= {place: remedies.renamed(cell, dict(names)) for place, cell in cells.items()}


def _put_unit(column: Document, unit: str) -> None:
    """The unit as typed, in both languages; its translation stays as long as it does."""
    words = unit.strip()[:20]
    if not words:
        column.pop("unit", None)
    elif words not in column.get("unit", {}).values():
        column["unit"] = {"zh": words}


# ── types and options ─────────────────────────────────────────────────────────────────────────────────────────────


def _options(typed: str) -> list[str]:
    options = list(dict.fromkeys(part.strip() for part in re.split(r"[\n,，、;；]", typed) if part.strip()))
    if not options:
        raise table_parts.refusal("options", _("Name the options of the choice, with commas between them."))
    return options


def _pairs(becomes: Sequence[Any]) -> list[tuple[str, str]]:
    if not all(
        isinstance(pair, list) and len(pair) == 2 and all(isinstance(one, str) for one in pair) for pair in becomes
    ):
        raise table_parts.refusal("operation", table_parts.stale_page().message)
    return [(was.strip(), now.strip()[:100]) for was, now in becomes]


def _retype(body: Document, column: Document, type: str, pairs: Sequence[tuple[str, str]]) -> None:
    """Each cell of the column in the new type, where its values can be said in it; others are found as mistakes."""
    before = dict(column)
    becomes = {was.casefold(): now for was, now in pairs if was and was != now}
    if type == before["type"] and not becomes and not (type == "choice" and pairs):
        return
    if type == "choice":
        _must_not_need(body, before, {was for was, now in pairs if was and not now})
    column["type"] = type
    column.pop("options", None)
    used = table_values.follow(body, before, type, becomes)
    if type == "choice":
        named = [now for _was, now in pairs if now]
        column["options"] = list(dict.fromkeys([*named, *used])) or _options("")


def _must_not_need(body: Document, column: Document, given_up: set[str]) -> None:
    for option in sorted(given_up):
        rows = [number for number, row in enumerate(body["rows"], 1) if table_values.names(row, column, option)]
        if rows:
            shown = "、".join(map(str, rows[:5]))
            raise table_parts.refusal(
                "option", _("Rows still need “%(option)s”: %(rows)s. Change them first.", option=option, rows=shown)
            )


def _fill(body: Document, group: str, column: str, like: str | None) -> None:
    """Give every row a cell in a new column: a copy of another's, any, or nothing."""
    side, empty = ("when", table_words.ANY) if group == "inputs" else ("then", "")
    for row in body["rows"]:
        row[side][column] = row[side].get(like, empty) if like else empty
    if group == "outputs" and "default" in body:
        body["default"][column] = body["default"].get(like, "") if like else ""
