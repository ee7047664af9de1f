"""A rule table holds together."""

from collections.abc import Iterator

from builder.sources import Sources
from core.db import Document
from core.errors import Problem


def problems(body: Document, known: Sources) -> Iterator[Problem]:
    yield from ()
