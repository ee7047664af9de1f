"""A document as people read it: words for keys and choices, titles for what it names, tables for like things."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from builder.words import word
from core.db import Document
from core.i18n import text

EXPRESSIONS = frozenset(
    {"weight", "floor", "cap", "reserve", "needed", "value", "benchmark", "share", "count", "where", "by", "take"}
    | {"when", "expression", "formula", "text", "max_child_change"}
)
UNSEEN = frozenset({"id", "x-id", "key"})


@dataclass(frozen=True)
class Part:
    """What a template draws: kind is words, code, facts (label and part), table (heads and rows) or list."""

    kind: str
    words: str = ""
    facts: tuple[tuple[str, "Part"], ...] = ()
    heads: tuple[str, ...] = ()
    rows: tuple[tuple["Part", ...], ...] = ()
    parts: tuple["Part", ...] = ()


def of(body: Document, titles: Mapping[str, Document]) -> Part:
    """`titles` are what the keys that the document names are called."""
    return _part("body", body, titles)


def _part(key: str, value: Any, titles: Mapping[str, Document]) -> Part:
    if isinstance(value, dict) and not _is_text(value):
        return _mapping(key, value, titles)
    if isinstance(value, list):
        return _list(key, value, titles)
    return _leaf(key, value, titles)


def _leaf(key: str, value: Any, titles: Mapping[str, Document]) -> Part:
    if isinstance(value, str) and value in titles:
        return Part("words", text(titles[value]))
    if isinstance(value, str) and key in EXPRESSIONS:
        return Part("code", value)
    if isinstance(value, bool):
        return Part("words", word("yes" if value else "no"))
    if isinstance(value, dict):
        return Part("words", text(value))
    return Part("words", word(value) if isinstance(value, str) else "—" if value is None else f"{value:,}")


def _mapping(key: str, value: Document, titles: Mapping[str, Document]) -> Part:
    by_id = key in ("inputs", "when", "then")  # the ids belong to the other side
    if by_id and not any(isinstance(given, dict) for given in value.values()):
        return Part("code", ", ".join(f"{name} = {given}" for name, given in value.items()))
    seen = [(name, inner) for name, inner in value.items() if name not in UNSEEN and inner not in ([], {})]
    return Part("facts", facts=tuple((word(name), _part(name, inner, titles)) for name, inner in seen))


def _list(key: str, values: list[Any], titles: Mapping[str, Document]) -> Part:
    if key == "uses":
        return Part("list", parts=tuple(Part("code", _use(use, titles)) for use in values))
    if not any(isinstance(value, dict) for value in values):
        return Part("words", ", ".join(_leaf("", value, titles).words for value in values))
    if all(_is_flat(value) for value in values):
        return _table(values, titles)
    return Part("list", parts=tuple(_part("", value, titles) for value in values))


def _use(use: Document, titles: Mapping[str, Document]) -> str:
    """客单价 = 岗位基准.ticket(岗位)"""
    key = use.get("table") or use.get("formula") or ""
    name = text(titles[key]) if key in titles else key
    output = f".{use['output']}" if "output" in use else ""
    return f"{use['as']} = {name}{output}({', '.join(use.get('inputs', {}).values())})"


def _table(values: list[Document], titles: Mapping[str, Document]) -> Part:
    keys = [key for key in dict.fromkeys(key for value in values for key in value) if key not in UNSEEN]
    rows = tuple(
        tuple(_part(key, value[key], titles) if key in value else Part("words", "—") for key in keys)
        for value in values
    )
    return Part("table", heads=tuple(word(key) for key in keys), rows=rows)


def _is_flat(value: Any) -> bool:
    """No more than words, numbers and assignments: fits the row of a table."""
    return isinstance(value, dict) and all(
        not isinstance(inner, list | dict) or _is_text(inner) or key == "inputs" for key, inner in value.items()
    )


def _is_text(value: Any) -> bool:
    return isinstance(value, dict) and bool(value) and value.keys() <= {"zh", "en"}


QUOTED = re.compile(r"[\"“”]([^\"“”]*)[\"“”]")


def spoken(cell: str) -> str:
    """A cell without the quotes that the language needs: "华东","华南" is 华东, 华南. Whole formulas stay."""
    texts = QUOTED.findall(cell)
    return ", ".join(texts) if texts and not QUOTED.sub("", cell).strip(" ,，") else cell
