"""A field gets another title, an option another name: every formula of the form that names it is written anew.

Formulas are kept as people write them, with titles, so a rename is one change of the whole document: nothing that
named the field may be left behind.
"""

from collections.abc import Callable, Iterator
from typing import Any

import formulas
from builder.forms.document import Field, Form, of
from builder.forms.names import normal
from builder.forms.widgets import RANGE_NAMES
from core.db import Document
from formulas.nodes import Call, Compare, ItemColumn, Literal, Node
from formulas.nodes import Field as Name
from formulas.parser import parse
from formulas.schema import OWN_ROW

FORMULAS = frozenset({"when", "check", "to", "formula"})
PLAIN = str.isidentifier

Piece = tuple[int, int, str]  # from, to, what stands there instead


def renamed(body: Document, field_id: str, title: str) -> Document:
    """The body with the field's Chinese title changed, in `data` and wherever a formula names it. A formula that cannot
    be read stays as it is: it has a problem of its own."""
    form = of(body)
    field = form.fields[field_id]
    changed = _walk(body, lambda text, table: _rewritten(text, _pieces(form, field, title, table)), form, None)
    return _titled(changed, field_id, title)


def option_renamed(body: Document, field_id: str, option_id: str, title: Document) -> Document:
    """The body with an option's title changed, and in every comparison of the field with it."""
    form = of(body)
    field = form.fields[field_id]
    old = _option_title(field.spec["x-options"], option_id)
    said = {(field, old): title["zh"]}
    changed = _walk(body, lambda text, table: _rewritten(text, _texts(form, said, table)), form, None)
    return _with_option(changed, option_id, title)


# ── the document ──────────────────────────────────────────────────────────────────────────────────────────────────


def _walk(part: Any, write: Callable[[str, Field | None], str], form: Form, table: Field | None) -> Any:
    """A copy in which every formula is written anew; `table` is the sub-table whose rows it stands for."""
    if isinstance(part, list):
        return [_walk(entry, write, form, table) for entry in part]
    if not isinstance(part, dict):
        return part
    at = form.fields.get(part.get("at") or part.get("field") or "")
    inner = form.fields[at.table] if at is not None and at.table else table
    return {
        key: write(value, inner) if key in FORMULAS and isinstance(value, str) else _walk(value, write, form, table)
        for key, value in part.items()
    }


def _titled(part: Any, field_id: str, title: str) -> Any:
    if isinstance(part, list):
        return [_titled(entry, field_id, title) for entry in part]
    if not isinstance(part, dict):
        return part
    found = {key: _titled(value, field_id, title) for key, value in part.items()}
    return found | {"title": title} if part.get("x-id") == field_id else found


def _with_option(part: Any, option_id: str, title: Document) -> Any:
    if isinstance(part, list):
        return [_with_option(entry, option_id, title) for entry in part]
    if not isinstance(part, dict):
        return part
    found = {key: _with_option(value, option_id, title) for key, value in part.items()}
    return found | {"title": title} if part.get("id") == option_id else found


def _option_title(options: list[Document], option_id: str) -> str:
    found = [option["title"]["zh"] for option in _options(options) if option["id"] == option_id]
    return str(found[0])


def _options(options: list[Document]) -> Iterator[Document]:
    for option in options:
        yield option
        yield from _options(option.get("options", []))


# ── a formula ─────────────────────────────────────────────────────────────────────────────────────────────────────


def _rewritten(text: str, pieces: Callable[[Node], Iterator[Piece]]) -> str:
    try:
        tree = parse(text)
    except formulas.FormulaError:
        return text
    for start, end, words in sorted({*pieces(tree)}, reverse=True):
        text = text[:start] + words + text[end:]
    return text


def _pieces(form: Form, field: Field, title: str, table: Field | None) -> Callable[[Node], Iterator[Piece]]:
    """What in a tree names the field: 标题, 子表.列, 本行.列, 期间开始."""
    old = field.title["zh"]
    names = {normal(old): written(title)}
    if field.widget == "date_range":
        names = {normal(old + end): written(title + end) for end in RANGE_NAMES}

    def found(tree: Node) -> Iterator[Piece]:
        for node in tree.walk():
            if isinstance(node, Name) and field.table is None and node.name in names:
                yield node.start, node.end, names[node.name]
            elif isinstance(node, ItemColumn):
                yield from _of_column(form, field, title, table, node)

    return found


def _of_column(form: Form, field: Field, title: str, table: Field | None, node: ItemColumn) -> Iterator[Piece]:
    if field.widget == "table" and node.table_name == normal(field.title["zh"]):
        yield node.start, node.dot, written(title)
    owner = form.fields[field.table] if field.table else None
    if owner is None or node.column != normal(field.title["zh"]):
        return
    own_row = node.table_name == OWN_ROW and table is not None and table.id == owner.id
    if own_row or node.table_name == normal(owner.title["zh"]):
        yield node.dot + 1, node.end, written(title)


def _texts(form: Form, said: dict[tuple[Field, str], str], table: Field | None) -> Callable[[Node], Iterator[Piece]]:
    """Texts in quotes that a renamed option stands beside: 阶段="新品期", SWITCH(阶段, "新品期", …)."""
    ((field, old), new) = next(iter(said.items()))

    def found(tree: Node) -> Iterator[Piece]:
        for node in tree.walk():
            if isinstance(node, Compare | Call) and any(_names(form, child, field, table) for child in node.children):
                for child in node.children:
                    if isinstance(child, Literal) and isinstance(child.value, str) and child.value == old:
                        yield child.start, child.end, f'"{new}"'

    return found


def _names(form: Form, node: Node, field: Field, table: Field | None) -> bool:
    if isinstance(node, Name):
        return field.table is None and node.name == normal(field.title["zh"])
    return isinstance(node, ItemColumn) and any(_of_column(form, field, "", table, node))


def written(title: str) -> str:
    """A title as formulas write it: in brackets when it is not one plain word."""
    return title if PLAIN(normal(title)) else f"[{title}]"
