"""What may be chosen in a field: options of the form itself, texts of a published table, metrics with a tag."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from builder.forms.document import Field, Form
from builder.forms.world import World
from core.db import Document

QUOTED = re.compile(r"[\"“”]([^\"“”]*)[\"“”]")
ANY = frozenset({"", "-"})


@dataclass(frozen=True)
class Option:
    value: str
    title: Document
    options: tuple["Option", ...] = ()


def of(form: Form, field: Field, spoken: Mapping[str, Any], world: World) -> tuple[Option, ...]:
    """`spoken` are the values of fields as formulas see them, by field id: options of a table may depend on them."""
    given = field.spec.get("x-options")
    if given is None:
        return ()
    if isinstance(given, list):
        return listed(given)
    if given["from"] == "metrics":
        return tuple(_metrics(given.get("tag"), world))
    wanted = {column: spoken.get(identity) for column, identity in given.get("match", {}).items()}
    return tuple(_rows(given, wanted, world))


def listed(given: Sequence[Document]) -> tuple[Option, ...]:
    return tuple(Option(entry["id"], entry["title"], listed(entry.get("options", ()))) for entry in given)


def titles(field: Field) -> list[str] | None:
    """The Chinese titles that formulas may compare with, None where only the day of filling knows them."""
    given = field.spec.get("x-options")
    return [option.title["zh"] for option in walk(listed(given))] if isinstance(given, list) else None


def walk(options: Sequence[Option]) -> Iterator[Option]:
    for option in options:
        yield option
        yield from walk(option.options)


def chosen(options: Sequence[Option], value: Any) -> Option | None:
    """The option of a value, at any depth."""
    return next((option for option in walk(options) if option.value == value), None)


def meant(options: Sequence[Option], words: str) -> Option | None:
    """The option that typed words mean: its id, or its title in either language."""
    said = words.strip().casefold()
    spellings = ((option, {option.value, *option.title.values()}) for option in walk(options))
    return next((option for option, names in spellings if said in {name.casefold() for name in names}), None)


def _metrics(tag: str | None, world: World) -> Iterator[Option]:
    for (kind, key), source in world.known.items():
        if kind == "metric" and (tag is None or tag in source.document["body"].get("tags", ())):
            yield Option(key, source.document["title"])


def _rows(given: Document, wanted: Mapping[str, Any], world: World) -> Iterator[Option]:
    source = world.known.get(("table", given["table"]))
    if source is None:
        return
    body = source.document["body"]
    columns = {column["key"]: column["id"] for column in (*body["inputs"], *body["outputs"])}
    seen: set[str] = set()
    for row in body["rows"]:
        cells = {**row["when"], **row["then"]}
        if all(_fits(cells.get(columns[key], ""), value) for key, value in wanted.items()):
            for value in QUOTED.findall(cells.get(columns[given["column"]], "")):
                if value not in seen:
                    seen.add(value)
                    yield Option(value, {"zh": value})


def _fits(cell: str, value: Any) -> bool:
    """Whether a cell of texts holds for a value; before there is one, every row may."""
    return value is None or cell.strip() in ANY or str(value) in QUOTED.findall(cell)
