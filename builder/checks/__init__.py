"""What a document means, judged kind by kind: names resolve, formulas compile against what they are promised, tables
hold together. The shape is right already when these are asked; paths are JSON Pointers into the whole document.
"""

from collections.abc import Callable, Iterator
from typing import Any

from flask_babel import gettext as _

from builder import kinds, references
from builder.checks import cascade, form, formula, metric, table, workflow
from builder.shape import pointer
from builder.sources import Sources
from core.db import Document
from core.errors import Problem
from core.i18n import text

Check = Callable[[Document, Sources], Iterator[Problem]]

CHECKS: dict[str, Check] = {
    "cascade": cascade.problems,
    "form": form.problems,
    "formula": formula.problems,
    "metric": metric.problems,
    "table": table.problems,
    "workflow": workflow.problems,
}

READ_ON = frozenset({"form"})
"""Kinds whose other mistakes can be told although something that they name is missing."""


def problems(document: Document, known: Sources) -> list[Problem]:
    """`known` is what references may resolve to, the document itself included."""
    repeated, found = list(_repeated_ids(document)), list(_dangling(document, known))
    if repeated or (found and document["kind"] not in READ_ON):
        return [*repeated, *found]
    if document["kind"] == "form":
        found += workflow.other_form(document, known)
    if circle := references.circle(document, known):
        return [*found, _circle(circle, known)]
    check = CHECKS.get(document["kind"])
    told = {problem.path for problem in found}
    meant = check(document["body"], known) if check else ()
    return [*found, *(problem for problem in meant if problem.path not in told)]


def cautions(document: Document, known: Sources) -> list[Problem]:
    """What stops nobody and is worth knowing, of a document without problems."""
    return workflow.cautions(document["body"], known) if document["kind"] == "workflow" else []


def _dangling(document: Document, known: Sources) -> Iterator[Problem]:
    for reference in references.of(document):
        if (reference.kind, reference.key) not in known:
            names = {"kind": text(kinds.title(reference.kind)), "key": reference.key}
            sentence = _("There is no published %(kind)s “%(key)s”. Publish it first or name another.", **names)
            yield Problem(reference.path, "reference", sentence)


def _circle(circle: list[tuple[str, str]], known: Sources) -> Problem:
    way = " → ".join(text(known[identity].document["title"]) for identity in circle)
    return Problem("/body/uses", "circle", _("These compute each other in a circle: %(way)s. Cut one link.", way=way))


def _repeated_ids(document: Document) -> Iterator[Problem]:
    """An id finds one thing in a document: differences and merges go by it."""
    seen: dict[str, str] = {}
    for path, identity in _ids(document["body"], ("body",)):
        if identity in seen:
            sentence = _(
                "The id “%(id)s” stands at %(first)s already. Give this one its own.", id=identity, first=seen[identity]
            )
            yield Problem(path, "repeated_id", sentence)
        seen.setdefault(identity, path)


def _ids(part: Any, path: tuple[str | int, ...]) -> Iterator[tuple[str, str]]:
    entries = part.items() if isinstance(part, dict) else enumerate(part) if isinstance(part, list) else ()
    for key, value in entries:
        if key in ("id", "x-id") and isinstance(value, str):
            yield pointer((*path, key)), value
        else:
            yield from _ids(value, (*path, key))
