"""A page's post as values, and a block of cells pasted from a spreadsheet as rows of a sub-table.

Names of a post: `relevance`; `resources-0-qty` for a cell (rows in the order of their numbers, which may have gaps);
the name repeated for several choices, people or files; `period-from`, `period-to`; `place-lat`, `place-lon`. A switch
that is off is not sent. Picked people and records are sent as ids. `resources-0-@row` is the mark of a line that stood
there before, by which the caller knows the cells that were not asked for.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

from flask_babel import gettext as _

from builder.forms import effective, names, options, values
from builder.forms.document import Field, Form
from builder.forms.options import Option
from builder.forms.widgets import PICKERS
from builder.forms.world import World
from builder.shape import pointer
from core.errors import Problem

ENDS = {"date_range": ("from", "to"), "location": ("lat", "lon")}
NUMBERED = re.compile(r"(\d{1,6})-(.+)")
MARK = "@row"  # no column is called so

Posted = Mapping[str, Any]
Place = tuple[str | int, ...]
Read = tuple[dict[str, Any], list[Problem]]
Stood = Callable[[Field, str], Mapping[str, Any]]
"""The cells, by column, that a line of a sub-table had before and that its page did not ask for; by the line's mark."""


def nothing_stood(table: Field, mark: str) -> Mapping[str, Any]:
    return {}


def read(form: Form, posted: Posted, world: World, stood: Stood = nothing_stood) -> Read:
    """The values of a post and what of it cannot be read, at its place. Blanks are left out; so is what nobody types.
    What is typed wrongly is no value."""
    found: dict[str, Any] = {}
    problems: list[Problem] = []
    for field in form.tops:
        if field.widget == "table":
            rows = _rows(form, field, posted, world, stood, problems)
            if rows:
                found[field.name] = rows
        elif field.typed:
            given = _sent(field, field.name, posted)
            if given is not None:
                _take(partial(_value, form, field, given, world), (field.name,), found, problems)
    return found, problems


def _rows(
    form: Form, table: Field, posted: Posted, world: World, stood: Stood, problems: list[Problem]
) -> list[dict[str, Any]]:
    numbers = sorted({int(match[1]) for match in _cells_of(table, posted)})
    columns = [column for column in table.columns if column.typed]
    rows: list[dict[str, Any]] = []
    for number in numbers:
        start = f"{table.name}-{number}-"
        row = dict(stood(table, str(posted[start + MARK]))) if start + MARK in posted else {}
        told: list[Problem] = []
        for column in columns:
            given = _sent(column, start + column.name, posted, off=None if column.name in row else "0")
            if given is not None:
                place = (table.name, len(rows), column.name)
                _take(partial(_value, form, column, given, world), place, row, told)
        if told or any(value is not False for value in row.values()):  # a row with nothing in it is not sent
            rows.append(row)
            problems += told
    return rows


def _cells_of(table: Field, posted: Posted) -> list[re.Match[str]]:
    start = f"{table.name}-"
    found = (NUMBERED.fullmatch(name.removeprefix(start)) for name in posted if name.startswith(start))
    return [match for match in found if match]


def _sent(field: Field, name: str, posted: Posted, off: str | None = "0") -> Any:
    """The text or texts of a field; `off` is what a switch says that was not sent."""
    if field.widget in ENDS:
        ends = [str(posted.get(f"{name}-{end}", "")).strip() for end in ENDS[field.widget]]
        return ends if any(ends) else None
    if field.several:
        many = posted.getlist(name) if hasattr(posted, "getlist") else posted.get(name, [])
        return [text for text in ([many] if isinstance(many, str) else many) if text.strip()]
    if name in posted:  # asked first: a post answers for what is missing by an exception, and much may be
        return posted[name]
    return off if field.widget == "switch" else None


def _take(read: Callable[[], Any], place: Place, found: dict[str, Any], problems: list[Problem]) -> None:
    """Keep what is read under the last name of the place, or say there why there is nothing."""
    try:
        value = read()
    except ValueError as error:
        problems.append(Problem(pointer(place), "format", str(error)))
        return
    if value is not None and value != []:
        found[str(place[-1])] = value


def _value(form: Form, field: Field, given: Any, world: World) -> Any:
    offered = effective.offered_to_all(form, field, world)
    if field.widget == "date_range" and given:
        given = "~".join(given)
    if field.widget == "location" and given:
        given = ",".join(given)
    if isinstance(given, list):
        return [_one(field, text, world, offered) for text in given]
    return _one(field, given, world, offered)


def _one(field: Field, given: Any, world: World, offered: Sequence[Option]) -> Any:
    if field.widget in PICKERS and isinstance(given, str) and given.strip():
        return _id(field, given.strip())
    if field.widget in ("choice", "choices", "cascading") and isinstance(given, str) and given.strip():
        option = options.meant(offered, given)
        return option.value if option else given.strip()[:200]  # the schema says whether it may stand here
    return values.parse(field, given, world, offered)


def _id(field: Field, given: str) -> Any:
    if field.widget == "metric":
        return given[:80]
    if not given.isdecimal() or len(given) > 15:
        raise ValueError(_("Choose from the list."))
    return int(given)


def pasted(form: Form, table: Field, block: str, world: World) -> Read:
    """Rows from cells as a spreadsheet copies them: a line a row, tabs between. With a line of titles the columns go by
    it, otherwise by their order. Returns {table's name: rows} and the problems."""
    lines = [line.split("\t") for line in block.replace("\r\n", "\n").split("\n") if line.strip()]
    typed = [column for column in table.columns if column.typed]
    headed = _headed(typed, lines[0]) if lines else None
    rows: list[dict[str, Any]] = []
    problems: list[Problem] = []
    for cells in lines[1:] if headed else lines:
        row: dict[str, Any] = {}
        for column, cell in zip(headed or typed, cells, strict=False):
            if column is not None:
                offered = effective.offered_to_all(form, column, world)
                place = (table.name, len(rows), column.name)
                _take(partial(values.parse, column, cell, world, offered), place, row, problems)
        rows.append(row)
    return {table.name: rows}, problems


def _headed(columns: Sequence[Field], cells: Sequence[str]) -> list[Field | None] | None:
    """The column under each title of a first line; None where that line is no line of titles."""
    titled = {names.normal(title): column for column in columns for title in (*column.title.values(), column.name)}
    found = [titled.get(names.normal(cell)) for cell in cells]
    return found if sum(column is not None for column in found) * 2 > len(cells) else None
