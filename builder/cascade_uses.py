"""What a card of a cascade takes from tables and formulas: added, renamed, wired and taken out without writing JSON."""

import copy
from collections.abc import Callable, Sequence

from builder import cascade_bindings, formula_uses, remedies
from builder.cascade_posted import Posted
from builder.scopes import PLACES, Name
from builder.sources import Source, Sources
from core.db import Document

EXPRESSIONS = ("weight", "floor", "cap", "value", "benchmark", "when")  # beside `uses`, what may name them


def change(part: Document, posted: Posted) -> Document:
    """Names, columns and wiring as posted; a new name is written into every expression that has the old one."""
    changed = copy.deepcopy(part)
    names = formula_uses.read(changed, posted)
    return renamed(changed, names) if names else changed


def add(part: Document, place: str, chosen: str, known: Sources) -> Document:
    """`chosen` is kind and key. A formula brings the tables that its inputs come from; what finds no input of its
    name is given the first of its kind."""
    kind, _space, key = chosen.partition(" ")
    source = known.get((kind, key))
    if kind not in formula_uses.USABLE or source is None:
        return part
    uses = part.get("uses", [])
    bound = cascade_bindings.bind(source, PLACES[place], uses, known) if kind == "formula" else None
    return {**part, "uses": bound or [*uses, _use(source, uses, PLACES[place])]}


def remove(part: Document, position: int) -> Document:
    left = [use for at, use in enumerate(part.get("uses", ())) if at != position]
    kept = {name: value for name, value in part.items() if name != "uses"}
    return {**kept, "uses": left} if left else kept


def renamed(part: Document, names: dict[str, str]) -> Document:
    """The part with names spelled anew in its expressions, in what its uses are handed, and in its message."""
    return _walked(part, lambda text: remedies.renamed(text, names), names)


def _walked(part: Document, spelled: Callable[[str], str], names: dict[str, str]) -> Document:
    changed = dict(part)
    for key, value in part.items():
        if key in EXPRESSIONS and isinstance(value, str):
            changed[key] = spelled(value)
        elif key == "uses":
            changed[key] = [use | {"inputs": _handed(use, spelled)} for use in value]
        elif key == "rates":
            changed[key] = [_walked(rate, spelled, names) for rate in value]
        elif key == "capacity":
            changed[key] = _walked(value, spelled, names)
        elif key == "message":
            changed[key] = {tongue: _said(words, names) for tongue, words in value.items()}
    return changed


def _handed(use: Document, spelled: Callable[[str], str]) -> Document:
    return {key: spelled(given) for key, given in use.get("inputs", {}).items()}


def _said(words: str, names: dict[str, str]) -> str:
    for old, new in names.items():
        words = words.replace(f"{{{old}}}", f"{{{new}}}")
    return words


# ── a new one ─────────────────────────────────────────────────────────────────────────────────────────────────────


def _use(source: Source, uses: Sequence[Document], names: Sequence[Name]) -> Document:
    outputs = formula_uses.outputs_of(source)
    wish = outputs[0].title if outputs else source.document["title"]["zh"]
    inputs = source.document["body"]["inputs"]
    given = {_key(source, entry): wired(entry, names) for entry in inputs}
    use: Document = {"as": _free(wish, uses, names), source.kind: source.key, "inputs": given}
    return use | {"output": outputs[0].key} if outputs else use


def _key(source: Source, entry: Document) -> str:
    return str(entry["id"] if source.kind == "formula" else entry.get("key") or entry["id"])


def wired(entry: Document, names: Sequence[Name]) -> str:
    wanted = {entry.get("key"), entry["id"], entry.get("as"), entry.get("title", {}).get("zh")}
    kind = "text" if entry["type"] == "choice" else entry["type"]
    same = [name.zh for name in names if name.key in wanted or name.zh in wanted]
    alike = [name.zh for name in names if name.type == kind]
    found = next(iter([*same, *alike]), None)
    return remedies.written(found) if found else "BLANK()"


def _free(wish: str, uses: Sequence[Document], names: Sequence[Name]) -> str:
    """The wish, or the wish with a number where the name is taken."""
    taken = {use["as"] for use in uses} | {spelling for name in names for spelling in (name.zh, name.key)}
    wish = wish[:36]
    return wish if wish not in taken else next(f"{wish}{n}" for n in range(2, 1000) if f"{wish}{n}" not in taken)
