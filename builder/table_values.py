"""Values that stand in the cells of one column, and what becomes of them when its options or its type change."""

import re
from collections.abc import Iterator, Mapping

from flask_babel import gettext as _

from builder import table_parts, table_words
from core.db import Document
from formulas import FormulaError
from formulas.characters import normal_name
from formulas.lexer import NAME, TEXT, tokens

MOST_SHOWN = 50
_LITERAL = r'"(?:[^"]|"")*"|TRUE|FALSE|DATE\(\d+,\d+,\d+\)|-?[\d.]+%?'
_LITERALS = re.compile(rf"\s*(?:{_LITERAL})(?:\s*[,，]\s*(?:{_LITERAL}))*\s*")
_DATE = re.compile(r"DATE\((\d+),(\d+),(\d+)\)")
_DAY = re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?")
_NUMBER = re.compile(r"-?\d[\d,]*(?:\.\d+)?[%％]?")
_QUOTED = ("text", "choice")


def of(body: Document, column: Document) -> list[str]:
    """The different constants of the column, as people say them, in the order of the rows."""
    found = (said(one) for cell in _cells(body, column["id"]) for one in _literals(cell[column["id"]]))
    return list(dict.fromkeys(value for value in found if value))[:MOST_SHOWN]


def names(row: Document, column: Document, value: str) -> bool:
    """Whether a row asks for this value of a choice or gives it."""
    cell = row["when"].get(column["id"]) or row["then"].get(column["id"]) or ""
    return value.casefold() in {said(one).casefold() for one in _quoted_in(cell)}


def follow(body: Document, before: Document, type: str, becomes: Mapping[str, str]) -> list[str]:
    """Spell the column's cells in another type or with other values, `becomes` by folded value, in place. Returns the
    values that now stand in it."""
    used: list[str] = []
    for cells in _cells(body, before["id"]):
        cells[before["id"]] = _followed(cells[before["id"]], before["type"], type, becomes)
        used += [said(one) for one in _literals(cells[before["id"]])]
    if before["type"] in _QUOTED and type in _QUOTED:
        _follow_in_formulas(body, before, becomes)
    return [value for value in dict.fromkeys(used) if value]


def said(literal: str) -> str:
    """A constant as people say it: 推广期, 40%, yes, 2025-01-03."""
    if literal.startswith('"'):
        return str(literal[1:-1]).replace('""', '"')
    if day := _DATE.fullmatch(literal):
        return f"{int(day[1]):04}-{int(day[2]):02}-{int(day[3]):02}"
    return {"TRUE": _("yes"), "FALSE": _("no")}.get(literal, literal)


def written(value: str, type: str) -> str | None:
    """A value as a cell of this type holds it; None where it cannot be said in it."""
    if type in _QUOTED:
        doubled = value.replace('"', '""')
        return f'"{doubled}"'
    if type == "bool":
        truth = table_words.condition_of(value, {"type": "bool"})
        return truth if truth in ("TRUE", "FALSE") else None
    if type == "date":
        day = _DAY.fullmatch(value)
        return f"DATE({int(day[1])},{int(day[2])},{int(day[3])})" if day else None
    return table_words.outcome_of(value, {"type": "number"}) if _NUMBER.fullmatch(value) else None


def _cells(body: Document, column: str) -> Iterator[Document]:
    return (cells for cells in table_parts.cells(body) if cells.get(column))


def _literals(cell: str) -> list[str]:
    """The constants of a cell that is a list of such; none where it is more."""
    return re.findall(_LITERAL, cell) if _LITERALS.fullmatch(cell) else []


def _quoted_in(cell: str) -> list[str]:
    return re.findall(r'"(?:[^"]|"")*"', cell)


def _followed(cell: str, before: str, type: str, becomes: Mapping[str, str]) -> str:
    if literals := _literals(cell):
        spelled = [_spelled(literal, type, becomes) for literal in literals]
        return ",".join(dict.fromkeys(spelled)) if spelled != literals else cell
    return _respelled(cell, becomes) if before in _QUOTED and type in _QUOTED else cell


def _spelled(literal: str, type: str, becomes: Mapping[str, str]) -> str:
    value = said(literal)
    return written(becomes.get(value.casefold()) or value, type) or literal


def _follow_in_formulas(body: Document, column: Document, becomes: Mapping[str, str]) -> None:
    """阶段="推广期" in other cells, or in a check: a text beside the name of the column is a value of it."""
    called = {normal_name(name) for name in (*column["title"].values(), column["key"])}
    if column["id"] in {one["id"] for one in body["inputs"]}:
        for cells in table_parts.cells(body):
            others = {place: cell for place, cell in cells.items() if place != column["id"]}
            cells |= {place: _respelled(cell, becomes, called) for place, cell in others.items()}
        return
    for check in body.get("checks", ()):
        check["text"] = _respelled(check["text"], becomes, called)


def _respelled(formula: str, becomes: Mapping[str, str], only_with: set[str] | None = None) -> str:
    """A formula with its texts put anew; one that cannot be read, or has none of these names, stays as it is."""
    if not becomes or not any(sign in formula for sign in "\"'“”‘’＂"):
        return formula
    try:
        read = tokens(formula)
    except FormulaError:
        return formula
    if only_with is not None and not any(token.kind == NAME and token.value in only_with for token in read):
        return formula
    for token in reversed(read):
        now = becomes.get(str(token.value).casefold()) if token.kind == TEXT else None
        if now:
            formula = f"{formula[: token.start]}{written(now, 'text')}{formula[token.end :]}"
    return formula
