"""A formula that is computed from itself, named while it is typed and not only when it is published."""

from flask_babel import gettext as _

import formulas
from builder import references
from builder.remedies import Fault
from builder.sources import Sources, of_documents
from core.db import Document
from core.i18n import text
from formulas import lexer


def fault(document: Document, known: Sources) -> Fault | None:
    """Where the text names what leads back to the formula, and the way round. `known` is what is in force."""
    around = {**known, **of_documents([document])}
    circle = references.circle(document, around)
    body = document["body"]
    if not circle:
        return _itself(document)
    way = " → ".join(text(around[identity].document["title"]) for identity in circle)
    through = [use["as"] for use in body.get("uses", ()) if (_kind(use), use[_kind(use)]) == circle[1]]
    start, end = _place(body["expression"], through)
    sentence = _("This computes itself: %(way)s. Take “%(name)s” out, here and below.", way=way, name=through[0])
    return Fault(start, end, sentence)


def _itself(document: Document) -> Fault | None:
    """A formula that names its own title, as nothing else of that name is there."""
    body, title = document["body"], document["title"]["zh"]
    named = {entry["as"] for part in ("inputs", "parameters", "uses") for entry in body.get(part, ())}
    start, end = _place(body["expression"], [title])
    if title in named or start == end:
        return None
    sentence = _("This computes itself: %(way)s. Name what it is made from.", way=f"{title} → {title}")
    return Fault(start, end, sentence)


def _kind(use: Document) -> str:
    return "table" if "table" in use else "formula"


def _place(typed: str, names: list[str]) -> tuple[int, int]:
    """The first of the names in the text; nowhere where it stands only in an input of something that is used."""
    try:
        read = lexer.tokens(typed)
    except formulas.FormulaError:
        return 0, 0
    found = ((token.start, token.end) for token in read if token.kind == lexer.NAME and token.value in names)
    return next(found, (0, 0))
