"""What a page needs to hold a formula field: where to check, three people, and what the page keeps between checks.

    desk = formula_desk.at("cascade.unit", level["weight"], published["weight"], uses=level["uses"], level="region")
    {{ formula_field("weight", _("Weight"), level.weight, desk) }}          templates/builder/formula/field.html

The people are chosen once, when the page is made, and the page keeps their rows, signed: a check while somebody types
asks the organisation nothing.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from flask import current_app, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from itsdangerous import BadSignature, URLSafeSerializer

import formulas
from builder import definitions, formula_editor, samples
from builder.formula_editor import Setting, Shown, Text
from builder.samples import Rows
from core import clock
from core.db import Document
from core.errors import Invalid, Problem


@dataclass(frozen=True)
class Desk:
    """What the macro `formula_field` draws at first, and what it sends along."""

    check_url: str
    kept: str
    rows: Rows
    shown: Shown


@dataclass(frozen=True)
class Kept:
    """What comes back with every check."""

    rows: Rows
    place: Document

    @property
    def setting(self) -> Setting:
        return formula_editor.of_place(**{key: value for key, value in self.place.items() if key != "before"})

    @property
    def before(self) -> Text | None:
        return Text(self.place["before"], self.setting) if self.place["before"] else None


def at(
    place: str,
    typed: str,
    before: str | None = None,
    *,
    uses: Sequence[Document] = (),
    numbers: Sequence[str] = (),
    wanted: str = "number",
    level: str | None = None,
) -> Desk:
    """For an expression at a place of `scopes.PLACES`; `before` is the published text, `level` the level of units
    whose rows are meant, `numbers` are names that the document adds."""
    known, day = definitions.sources(current_user.company_id), clock.today()
    place_now = {"place": place, "uses": list(uses), "numbers": list(numbers), "wanted": wanted, "before": before}
    everybody = samples.of(place, current_user.company_id, level)
    setting = formula_editor.of_place(place, uses, numbers, wanted)
    rows = formula_editor.three(before or typed, setting, known, everybody, day)
    kept_now = Kept(rows, place_now)
    found = formula_editor.show(Text(typed, setting), kept_now.before, rows, 0, known, day)
    return Desk(url_for("formulas.check"), sign(rows, place_now), rows, found)


def sign(rows: Rows, place: Document | None = None) -> str:
    columns = {key: [formulas.plain(value) for value in column] for key, column in rows.columns.items()}
    return str(_signer().dumps([rows.names, columns, place or {}]))


def kept(field: str) -> Kept:
    """What the page kept for a field. Raises Invalid when it is not as the page got it."""
    try:
        names, columns, place = _signer().loads(request.form.get(f"{field}-kept", ""))
    except BadSignature:
        raise Invalid([Problem("", "stale", _("This page is out of date. Reload it."))]) from None
    return Kept(Rows(names, columns), place)


def _signer() -> URLSafeSerializer:
    return URLSafeSerializer(current_app.secret_key or "", salt="formula-editor")
