"""A rule table holds together: cells compile, rows keep the checks, and no value is said twice or not at all."""

from collections.abc import Iterator

from flask_babel import gettext as _

from builder.compiled import told
from builder.sources import Sources
from core.db import Document
from core.errors import Problem
from formulas import tables


def problems(body: Document, known: Sources) -> Iterator[Problem]:
    yield from _options(body)
    found = tables.check_table(body)
    yield from map(told, found)
    if not found and body["hit"] != "collect":
        yield from _gaps(body)


def _options(body: Document) -> Iterator[Problem]:
    for group in ("inputs", "outputs"):
        for position, column in enumerate(body[group]):
            if (column["type"] == "choice") != ("options" in column):
                sentence = _("A choice has options, and nothing else has. Mend the type or the options.")
                yield Problem(f"/body/{group}/{position}/options", "options", sentence)
    if (body["hit"] == "collect") != ("collect" in body):
        sentence = _("Say in “collect” what becomes of all rows that hold; it belongs to the hit policy collect.")
        yield Problem("/body/collect", "collect", sentence)


def _gaps(body: Document) -> Iterator[Problem]:
    for gap in tables.compile_table(body).gaps(limit=1):
        values = ", ".join(f"{name} = {value}" for name, value in gap.witness.items())
        sentence = _("No row holds for %(values)s. Add a row or a default.", values=values)
        yield Problem("/body/rows", "gap", sentence)
