"""Values as texts: as people read them, and as they stand in an input, from where they are read back unchanged."""

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

import formulas
from builder.forms import names, options, rich
from builder.forms.document import Field
from builder.forms.options import Option
from builder.forms.widgets import CHOOSERS, PICKERS
from builder.forms.world import World
from builder.words import word
from core.i18n import day, language, money, percent, text

NOTHING = "—"
BIG = ((100_000_000, "亿"), (10_000, "万"))


def shown(field: Field, value: Any, world: World, offered: Sequence[Option] = ()) -> str:
    """For people: 7.2亿, 15%, 2025-01-31, titles and names."""
    if value is None or value in ([], ""):
        return NOTHING
    if field.widget in CHOOSERS or "x-options" in field.spec:
        return _titles(field, value, offered)
    if field.widget in PICKERS:
        picked = value if isinstance(value, list) else [value]
        named = (world.called(field.widget, entry) if names.may_be_named(field, entry) else None for entry in picked)
        return ", ".join(name or NOTHING for name in named)
    if field.widget in ("date", "date_range") and _are_days(value):
        ends = value if isinstance(value, list) else [value]
        return " ~ ".join(day(dt.date.fromisoformat(end)) for end in ends)
    return _plain(field, value)


def _are_days(value: Any) -> bool:
    ends = value if isinstance(value, list) else [value]
    return all(isinstance(end, str) and len(end) == 10 for end in ends)


def _plain(field: Field, value: Any) -> str:
    match value:
        case str() if field.widget == "rich_text":
            return rich.plain(value)
        case bool():
            return word("yes" if value else "no")
        case int() | float() if field.widget == "money":
            return money(value)
        case int() | float() if field.widget == "percent":
            return percent(value, field.spec.get("x-decimals", 2))
        case int() | float():
            return _with_unit(field, formulas.number_text(float(value)))
        case list():
            return ", ".join(str(entry) for entry in value)
    return str(value).replace("T", " ") if field.widget == "date_time" else str(value)


def _with_unit(field: Field, number: str) -> str:
    unit = text(field.item.get("unit"))
    return f"{number} {unit}" if unit and language() == "en" else number + unit


def _titles(field: Field, value: Any, offered: Sequence[Option]) -> str:
    known = offered or _listed(field)
    chosen = [options.chosen(known, entry) for entry in (value if isinstance(value, list) else [value])]
    ids = value if isinstance(value, list) else [value]
    said = [text(option.title) if option else str(entry) for option, entry in zip(chosen, ids, strict=True)]
    return (" / " if field.widget == "cascading" else ", ").join(said)


def _listed(field: Field) -> tuple[Option, ...]:
    given = field.spec.get("x-options")
    return options.listed(given) if isinstance(given, list) else ()


def typed(field: Field, value: Any) -> str:
    """What stands in an input: exact, so that reading it gives the same value. Ids of options and picked things as
    such, several with commas."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "1" if value else "0"
    if isinstance(value, int | float):
        return _exact(field, value)
    if isinstance(value, list):
        return (" ~ " if field.widget == "date_range" else ",").join(typed(field, entry) for entry in value)
    return str(value)


def _exact(field: Field, value: float) -> str:
    number = Decimal(str(value))
    if field.widget == "percent":
        return _digits(number * 100)
    if field.widget == "money" and language() == "zh":
        for size, name in BIG:
            if abs(number) >= size and -_exponent(number / size) <= 4:
                return _digits(number / size) + name
    return _digits(number)


def _exponent(number: Decimal) -> int:
    exponent = number.normalize().as_tuple().exponent
    return min(exponent, 0) if isinstance(exponent, int) else 0


def _digits(number: Decimal) -> str:
    return f"{number.normalize():f}"


def limit(field: Field, bound: Any) -> str:
    """A limit as the field is typed: 200% where the schema says 2."""
    if field.widget in ("money", "percent"):
        return _plain(field, bound)
    return formulas.number_text(float(bound)) if isinstance(bound, int | float) else str(bound)
