"""What a formula takes from rule tables and other formulas: chosen from what is in force, wired to its inputs."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from builder import remedies
from builder.expressions import target_of
from builder.sources import Source, Sources
from core.db import Document
from core.errors import Invalid
from core.i18n import text

USABLE = ("table", "formula")


@dataclass(frozen=True)
class Column:
    """An input or output of a table or formula."""

    key: str
    title: str
    given: str = ""


@dataclass(frozen=True)
class Row:
    """An entry of `uses` as the page shows it."""

    position: int
    name: str
    title: str
    inputs: Sequence[Column]
    outputs: Sequence[Column]
    output: str


def offered(known: Sources, own_key: str) -> list[tuple[str, str]]:
    """Tables and formulas in force that may be used, as choices."""
    usable = [source for (kind, key), source in known.items() if kind in USABLE and key != own_key]
    return sorted(((f"{source.kind} {source.key}", text(source.document["title"])) for source in usable), key=_by_title)


def _by_title(choice: tuple[str, str]) -> str:
    return choice[1]


def rows(body: Document, known: Sources) -> list[Row]:
    return [_row(position, use, known) for position, use in enumerate(body.get("uses", ()))]


def _row(position: int, use: Document, known: Sources) -> Row:
    kind = "table" if "table" in use else "formula"
    source = known.get((kind, use.get(kind, "")))
    given: Document = use.get("inputs", {})
    columns = inputs_of(source) if source else [Column(key, key) for key in given]
    inputs = [Column(column.key, column.title, given.get(column.key, "")) for column in columns]
    title = text(source.document["title"]) if source else str(use.get(kind, ""))
    return Row(position, use["as"], title, inputs, outputs_of(source) if source else [], use.get("output", ""))


def inputs_of(source: Source) -> list[Column]:
    entries: list[Document] = source.document["body"]["inputs"]
    if source.kind == "formula":
        return [Column(entry["id"], entry["as"]) for entry in entries]
    return [Column(str(entry.get("key") or entry["id"]), text(entry["title"])) for entry in entries]


def kinds_of(use: Document, known: Sources) -> Mapping[str, str]:
    """Of which kind each input of what is used must be; nothing where it does not hold itself."""
    source = next((known[kind, use[kind]] for kind in USABLE if (kind, use.get(kind)) in known), None)
    try:
        return target_of(source, known).inputs if source else {}
    except Invalid:
        return {}


def outputs_of(source: Source) -> list[Column]:
    """The result columns of a table; a formula has one result without a name."""
    if source.kind == "formula":
        return []
    return [
        Column(str(entry.get("key") or entry["id"]), text(entry["title"]))
        for entry in source.document["body"]["outputs"]
    ]


def add(body: Document, chosen: str, known: Sources) -> str:
    """One more use, wired to inputs of the same name as far as there are any; its name."""
    kind, _space, key = chosen.partition(" ")
    source = known.get((kind, key))
    if kind not in USABLE or source is None:
        return ""
    outputs = outputs_of(source)
    name = _free(outputs[0].title if outputs else text(source.document["title"]), body)
    use: Document = {
        "as": name,
        kind: key,
        "inputs": {column.key: _wired(column, body) for column in inputs_of(source)},
    }
    if outputs:
        use["output"] = outputs[0].key
    body.setdefault("uses", []).append(use)
    return name


def _free(wish: str, body: Document) -> str:
    """The wish, or the wish with a number where the name is taken."""
    named = [*body["inputs"], *body.get("parameters", ()), *body.get("uses", ())]
    taken = {entry["as"] for entry in named}
    wish = wish[:36]
    return wish if wish not in taken else next(f"{wish}{n}" for n in range(2, 1000) if f"{wish}{n}" not in taken)


def _wired(column: Column, body: Document) -> str:
    inputs = body["inputs"]
    same = [entry["as"] for entry in inputs if column.key == entry["id"] or column.title == entry["as"]]
    return remedies.written(next(iter(same or [entry["as"] for entry in inputs]), "0"))


def read(body: Document, posted: Mapping[str, str]) -> dict[str, str]:
    """Names, columns and wiring as posted; new names by the old ones."""
    changed = {}
    for position, use in enumerate(body.get("uses", ())):
        own = f"use-{position}"
        typed = posted.get(f"{own}-as", "").strip()
        if typed and typed != use["as"]:
            changed[use["as"]] = typed
            use["as"] = typed
        if posted.get(f"{own}-output"):
            use["output"] = posted[f"{own}-output"]
        _wire(use, own, posted)
    return changed


def _wire(use: Document, own: str, posted: Mapping[str, str]) -> None:
    prefix = f"{own}-in-"
    given = {name.removeprefix(prefix): typed.strip() for name, typed in posted.items() if name.startswith(prefix)}
    if given:
        use["inputs"] = use.get("inputs", {}) | given


def remove(body: Document, chosen: str) -> None:
    """`chosen` is use-<position>."""
    found = re.fullmatch(r"use-(\d+)", chosen)
    if found and int(found[1]) < len(body.get("uses", ())):
        del body["uses"][int(found[1])]
