"""A formula put to use without anybody writing how: its inputs are found by their names.

An input finds the name of the place that is called the same, a result that the level has already, or the column of a
table whose own inputs are names of the place: 单位权重 finds 历史占比 at the unit, and 历史系数 in 区域成熟度系数.
"""

from collections.abc import Iterator, Mapping, Sequence

from builder.scopes import Name
from builder.sources import Source, Sources
from core.db import Document


def bindable(names: Sequence[Name], uses: Sequence[Document], known: Sources) -> dict[str, Source]:
    """Formulas that give a number and find all of their inputs here, by key."""
    formulas = {key: source for (kind, key), source in sorted(known.items()) if kind == "formula"}
    return {
        key: source
        for key, source in formulas.items()
        if source.document["body"]["result"]["type"] == "number" and bind(source, names, uses, known) is not None
    }


def bind(formula: Source, names: Sequence[Name], uses: Sequence[Document], known: Sources) -> list[Document] | None:
    """The uses with those that the formula needs and the formula itself last; None where an input finds nothing."""
    found = list(uses)
    inputs: dict[str, str] = {}
    for entry in formula.document["body"]["inputs"]:
        name = _among(names, entry["id"], entry["as"]) or _bring(entry["as"], formula.key, names, found, known)
        if name is None:
            return None
        inputs[entry["id"]] = name
    here = [use for use in found if use.get("formula") != formula.key]
    return [*here, {"as": name_of(formula, names), "formula": formula.key, "inputs": inputs}]


def name_of(formula: Source, names: Sequence[Name]) -> str:
    """What the formula's result is called here; a name of the place keeps its meaning."""
    title = str(formula.document["title"]["zh"])
    return f"{title}结果" if title in {name.zh for name in names} else title


def _among(names: Sequence[Name], key: str, words: str) -> str | None:
    return next((name.zh for name in names if name.key == key or name.zh == words), None)


def _bring(words: str, beside: str, names: Sequence[Name], uses: list[Document], known: Sources) -> str | None:
    """The name of a result that the level has, or gets now from a table, those of the same pack first."""
    if any(use["as"] == words for use in uses):
        return words
    pack = beside.partition(".")[0] + "."
    offers = sorted(_offers(words, names, known), key=lambda use: (not use["table"].startswith(pack), use["table"]))
    if not offers:
        return None
    uses.append(offers[0])
    return words


def _offers(words: str, names: Sequence[Name], known: Sources) -> Iterator[Document]:
    for (kind, key), source in known.items():
        if kind != "table":
            continue
        inputs = _inputs(source.document["body"], names)
        for column in source.document["body"]["outputs"]:
            if inputs is not None and column["title"]["zh"] == words:
                yield {"as": words, "table": key, "inputs": dict(inputs), "output": column["key"]}


def _inputs(table: Document, names: Sequence[Name]) -> Mapping[str, str] | None:
    found = {column["key"]: _among(names, column["key"], column["title"]["zh"]) for column in table["inputs"]}
    given = {key: name for key, name in found.items() if name is not None}
    return given if len(given) == len(found) else None
