"""The layout of a form as a tree: find, put in, take out. Every function gives new lists and leaves the old alone.

A node is an item (it has a field) or a part (section, columns, tabs, steps, note, divider); the columns of a sub-table
are the items of its item.
"""

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from core.db import Document

Nodes = Sequence[Document]

HOLDERS = ("section", "columns", "tabs", "steps")
PANELS = ("tabs", "steps")
"""They hold sections only."""


def walk(nodes: Nodes) -> Iterator[Document]:
    """Every node from the top down, columns too."""
    for node in nodes:
        yield node
        yield from walk(node.get("items", ()))


def find(nodes: Nodes, identity: str) -> Document | None:
    return next((node for node in walk(nodes) if node["id"] == identity), None)


def item_of(nodes: Nodes, field_id: str) -> Document | None:
    """Where a field or column stands."""
    return next((node for node in walk(nodes) if node.get("field") == field_id), None)


def holder_of(nodes: Nodes, identity: str) -> Document | None:
    """The node that a node lies in; None at the top."""
    return next((node for node in walk(nodes) if any(inner["id"] == identity for inner in node.get("items", ()))), None)


def siblings(nodes: Nodes, identity: str) -> Nodes:
    """The nodes beside a node, itself among them, in order."""
    holder = holder_of(nodes, identity)
    return nodes if holder is None else holder["items"]


def position(nodes: Nodes, identity: str) -> int:
    return next(at for at, node in enumerate(siblings(nodes, identity)) if node["id"] == identity)


def replaced(nodes: Nodes, identity: str, change: Callable[[Document], Sequence[Document]]) -> list[Document]:
    """The tree with a node as `change` makes it: none, one or several in its place."""
    found: list[Document] = []
    for node in nodes:
        if node["id"] == identity:
            found += change(node)
        elif "items" in node:
            found.append({**node, "items": replaced(node["items"], identity, change)})
        else:
            found.append(node)
    return found


def removed(nodes: Nodes, identity: str) -> list[Document]:
    return replaced(nodes, identity, lambda node: [])


def inserted(nodes: Nodes, fresh: Document, into: str, at: int) -> list[Document]:
    """`into` is the id of the node that holds it, empty at the top; `at` counts from 0, too large is the end."""
    if not into:
        return [*nodes[:at], fresh, *nodes[at:]]

    def filled(node: Document) -> Nodes:
        inner = node.get("items", [])
        return [{**node, "items": [*inner[:at], fresh, *inner[at:]]}]

    return replaced(nodes, into, filled)


def ids(part: Any) -> Iterator[str]:
    """Every permanent id in a part of a document."""
    if isinstance(part, dict):
        yield from (part[key] for key in ("id", "x-id") if isinstance(part.get(key), str))
    for inner in part.values() if isinstance(part, dict) else part if isinstance(part, list) else ():
        yield from ids(inner)


def free_id(body: Document, letter: str) -> str:
    """f1, f2 … : the first that the document has not used."""
    taken = set(ids(body))
    return next(name for n in range(1, len(taken) + 2) if (name := f"{letter}{n}") not in taken)
