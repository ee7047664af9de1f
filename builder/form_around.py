"""What a deed of the form designer knows beside the form itself, and how it reads what a control posted."""

from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Any

from flask_babel import gettext as _
from werkzeug.datastructures import MultiDict

from builder import form_tree
from builder.sources import Sources
from core.db import Document
from core.errors import Invalid, NotFound, Problem

Posted = MultiDict[str, str]


@dataclass(frozen=True)
class Around:
    """`known` is what is in force. `published` are the names of fields that records of this form were sent with: they
    stay, whatever the title becomes."""

    known: Sources = field(default_factory=dict)
    published: frozenset[str] = frozenset()


def part_named(layout: form_tree.Nodes, identity: str) -> Document:
    found = form_tree.find(layout, identity)
    if found is None:
        raise gone(f"no node {identity}")
    return found


def gone(log: str) -> NotFound:
    return NotFound(_("This is gone: somebody removed it. Reload the page."), log)


def one_of(known: Collection[Any], posted: Posted, name: str) -> str:
    """A choice that the page offered."""
    if posted.get(name, "") not in known:
        raise Invalid([Problem(f"/{name}", "choice", _("Choose one of the list."))])
    return posted[name]


def with_words(whole: Document, posted: Posted, name: str, *, kept: bool = False, path: str = "") -> Document:
    """A text of the document from two controls, `name` in Chinese and `name`_en. Empty takes it away, unless it must
    be `kept`: then it stays as it was."""
    if name not in posted and f"{name}_en" not in posted:
        return whole
    before: Document = whole.get(name, {})
    zh = posted.get(name, before.get("zh", "")).strip()
    en = posted.get(f"{name}_en", before.get("en", "")).strip()
    if not zh:
        return whole if kept else {key: value for key, value in whole.items() if key != name}
    return {**whole, name: {"zh": zh} | ({"en": en} if en else {})}
