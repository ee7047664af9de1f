"""Names that a document makes for its expressions are told apart."""

from collections.abc import Iterable, Iterator

from flask_babel import gettext as _

from builder.scopes import Name
from core.db import Document
from core.errors import Problem


def taken(entries: Iterable[Document], path: str, others: Iterable[Name] = ()) -> Iterator[Problem]:
    """Two things of one name, and a formula would read the wrong one."""
    seen = {spelling for name in others for spelling in (name.zh, name.key)}
    for position, entry in enumerate(entries):
        if entry["as"] in seen:
            sentence = _("“%(name)s” is a name here already. Choose another.", name=entry["as"])
            yield Problem(f"{path}/{position}/as", "taken", sentence)
        seen.add(entry["as"])
