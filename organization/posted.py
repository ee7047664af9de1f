"""A form as it was sent, read field by field; what is wrong collects, so that a person hears it all at once."""

import datetime as dt
from collections.abc import Callable
from typing import TypeVar

from flask_babel import gettext as _
from werkzeug.datastructures import MultiDict

from core.db import Document, Model, db
from core.errors import Invalid, Problem
from organization import values

Row = TypeVar("Row", bound=Model)
Value = TypeVar("Value")


class Posted:
    def __init__(self, form: MultiDict[str, str], company_id: int) -> None:
        self.form = form
        self.company_id = company_id
        self.problems: list[Problem] = []

    def text(self, name: str) -> str:
        return self.form.get(name, "").strip()

    def optional(self, name: str) -> str | None:
        return self.text(name) or None

    def day(self, name: str) -> dt.date | None:
        """None, without a problem, for an empty field."""
        return self._read(name, values.day)

    def required_day(self, name: str) -> dt.date:
        found = self.day(name)
        if found is None and not any(problem.path == f"/{name}" for problem in self.problems):
            self.problems.append(Problem(f"/{name}", "required", _("Choose a day.")))
        return found or dt.date.min

    def number(self, name: str) -> values.Number | None:
        return self._read(name, values.number)

    def attributes(self) -> Document:
        titles, typed = self.form.getlist("attribute"), self.form.getlist("attribute_value")
        try:
            return values.attributes(titles, typed[: len(titles)])
        except ValueError as error:
            self.problems.append(Problem("/attribute", "attribute", str(error)))
            return {}

    def row(self, name: str, model: type[Row], message: str) -> Row | None:
        """The row of the company whose id was chosen; None for an empty field, a problem for a foreign or wrong id."""
        chosen = self.text(name)
        if not chosen:
            return None
        found = db.session.get(model, int(chosen)) if chosen.isdecimal() else None
        if found is None or getattr(found, "company_id", None) != self.company_id:
            self.problems.append(Problem(f"/{name}", "unknown", message))
            return None
        return found

    def refuse_if_wrong(self) -> None:
        if self.problems:
            raise Invalid(self.problems)

    def _read(self, name: str, read: Callable[[values.Cell], Value]) -> Value | None:
        try:
            return read(self.text(name)) if self.text(name) else None
        except ValueError as error:
            self.problems.append(Problem(f"/{name}", "format", str(error)))
            return None
