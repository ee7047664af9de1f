"""Values of formulas as people read them. An error says what it means; a blank is “—”, never 0."""

import datetime as dt
from typing import Any

from flask_babel import gettext as _

import formulas


def shown(value: Any) -> str:
    if value is None or value == "":
        return "—"
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, int | float):
        return number(float(value))
    if isinstance(value, formulas.ErrorValue):
        return f"{value.code} {meaning(value)}"
    if isinstance(value, list):
        return "; ".join(map(shown, value))
    return value.isoformat() if isinstance(value, dt.date) else str(value)


def number(value: float) -> str:
    """1,900,000 · 0.2857 · 1.5e-7: a small number must not look like 0."""
    if value and abs(value) < 1e-4:
        return f"{value:.3g}"
    return f"{value:,.{2 if abs(value) >= 1000 else 4}f}".rstrip("0").rstrip(".") or "0"


def meaning(value: formulas.ErrorValue) -> str:
    return {
        "#DIV/0!": _("divided by zero or blank"),
        "#VALUE!": _("the wrong kind of value"),
        "#NUM!": _("too large or not a number"),
        "#N/A": _("nothing fits"),
    }.get(value.code, "")
