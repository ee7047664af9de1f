"""Values of fields from texts: what people type, what a spreadsheet's cell holds, what a page posts.

Numbers may be written 7.2亿, 72,000万元, 15%, １５; days 2025年1月3日, 2025/1/3; choices by their titles; people by
name or number. One reading for the page, the import and the API's texts.
"""

import datetime as dt
import re
import unicodedata
from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Any

from flask_babel import gettext as _

import formulas
from builder.forms import names, options, rich
from builder.forms.document import Field
from builder.forms.names import MOST
from builder.forms.options import Option
from builder.forms.widgets import PICKERS
from builder.forms.world import World
from core.i18n import text

UNITS = {"": 1, "元": 1, "万": 10_000, "万元": 10_000, "亿": 100_000_000, "亿元": 100_000_000}
NUMBER = re.compile(r"([+-]?\d{1,40}(?:,\d{3})*(?:\.\d{1,20})?)\s*(%?)(\D{0,4})")
PLAIN = re.compile(r"-?[0-9]{1,15}")
DAY = re.compile(r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?|(\d{4})(\d{2})(\d{2})")
TIME = re.compile(r"(\d{1,2})[:点时](\d{2})?分?(?::\d{2})?")
BETWEEN = re.compile(r"\s*(?:~|至|到|—|–|\bto\b)\s*")
SEVERAL = re.compile(r"[,;、|\n]")
LEVELS = re.compile(r"[/>›]")
YES = frozenset({"1", "是", "对", "有", "√", "✓", "y", "yes", "true", "on"})
NO = frozenset({"0", "否", "不", "无", "×", "n", "no", "false", "off"})

EMAIL = re.compile(r"[^@\s]{1,64}@[^@\s.]+(?:\.[^@\s.]+)+")
URL = re.compile(r"https?://[^\s/?#]+\.?[^\s]*", re.IGNORECASE)
PHONE = re.compile(r"\+?[0-9][0-9 ()-]{4,28}")
NAME = re.compile(r"[A-Za-z0-9._-]{1,200}")


def parse(field: Field, given: Any, world: World, offered: Sequence[Option] = ()) -> Any:
    """One value of a field as people write it, or a cell of a spreadsheet; None for a blank. ValueError with a sentence
    for the person. `offered` are the options of a choice."""
    if given is None or (isinstance(given, str) and not given.strip()):
        return None
    return READERS.get(field.widget, _text)(field, given, world, offered)


# ── numbers ───────────────────────────────────────────────────────────────────────────────────────────────────────


def _number(field: Field, given: Any, world: World, offered: Sequence[Option]) -> float | int:
    if field.widget != "percent" and given.__class__ is str and PLAIN.fullmatch(given):
        return int(given)
    number = Decimal(str(given)) if _is_number(given) else _written_number(given, in_percent=field.widget == "percent")
    if not number.is_finite() or abs(number) > Decimal(MOST):
        raise ValueError(_("This is too large to compute with."))
    whole = number == number.to_integral_value()
    if field.shape.endswith("integer") and not whole:
        raise ValueError(_("Write a whole number."))
    return int(number) if whole else float(number)


def _is_number(given: Any) -> bool:
    return isinstance(given, int | float) and not isinstance(given, bool)


def _written_number(given: Any, *, in_percent: bool) -> Decimal:
    words = normal(given)
    match = NUMBER.fullmatch(words)
    if match is None or match[3].strip() not in UNITS:
        raise ValueError(_("“%(typed)s” is not a number. Write it like 128万, 7.2亿 or 720000000.", typed=words[:40]))
    number = Decimal(match[1].replace(",", "")) * UNITS[match[3].strip()]
    return number / 100 if in_percent or match[2] else number


def normal(given: Any) -> str:
    """Full-width forms as plain ones."""
    return unicodedata.normalize("NFKC", str(given)).strip()


# ── texts, days, yes and no ───────────────────────────────────────────────────────────────────────────────────────


def _text(field: Field, given: Any, world: World, offered: Sequence[Option]) -> str:
    if _is_number(given):
        return formulas.number_text(float(given))
    return str(given).strip() if field.widget != "long_text" else str(given).strip("\r\n ").replace("\r\n", "\n")


def _rich(field: Field, given: Any, world: World, offered: Sequence[Option]) -> str | None:
    return rich.of_text(_text(field, given, world, offered)) or None


def _phone(field: Field, given: Any, world: World, offered: Sequence[Option]) -> str:
    return normal(_text(field, given, world, offered))


def _switch(field: Field, given: Any, world: World, offered: Sequence[Option]) -> bool:
    words = normal(given).casefold()
    if words not in YES | NO:
        raise ValueError(_("Write 是 or 否."))
    return words in YES


def _day(field: Field, given: Any, world: World, offered: Sequence[Option]) -> str:
    return _read_day(given).isoformat()


def _read_day(given: Any) -> dt.date:
    if isinstance(given, dt.datetime):
        return given.date()
    if isinstance(given, dt.date):
        return given
    match = DAY.fullmatch(normal(given))
    try:
        return dt.date(*(int(part) for part in (match.groups() if match else ()) if part))
    except (TypeError, ValueError):
        raise ValueError(_("Write a day as 2025-01-31.")) from None


def _moment(field: Field, given: Any, world: World, offered: Sequence[Option]) -> str:
    if isinstance(given, dt.datetime):
        return given.isoformat(timespec="minutes")
    day, _gap, time = normal(given).replace("T", " ").rpartition(" ")
    match = TIME.fullmatch(time) if day else None
    hour, minute = (int(match[1]), int(match[2] or 0)) if match else (99, 0)
    if hour > 23 or minute > 59:
        raise ValueError(_("Write a day and a time as 2025-01-31 08:00."))
    return f"{_read_day(day).isoformat()}T{hour:02}:{minute:02}"


def _days(field: Field, given: Any, world: World, offered: Sequence[Option]) -> list[str]:
    ends = BETWEEN.split(normal(given))
    if len(ends) != 2:
        raise ValueError(_("Write two days as 2025-01-01 ~ 2025-01-31."))
    return [_read_day(end).isoformat() for end in ends]


def _place(field: Field, given: Any, world: World, offered: Sequence[Option]) -> list[float]:
    try:
        return [float(part) for part in normal(given).split(",")]
    except ValueError:
        raise ValueError(_("Write latitude and longitude as 31.2304, 121.4737.")) from None


# ── choices and people ────────────────────────────────────────────────────────────────────────────────────────────


def _choice(field: Field, given: Any, world: World, offered: Sequence[Option]) -> str:
    words = _text(field, given, world, offered)
    option = options.meant(offered, words)
    if option is None:
        known = ", ".join(text(entry.title) for entry in list(options.walk(offered))[:8])
        raise ValueError(_("“%(typed)s” is not an option. Choose one of: %(known)s.", typed=words[:40], known=known))
    return option.value


def _choices(field: Field, given: Any, world: World, offered: Sequence[Option]) -> list[str]:
    return [_choice(field, words, world, offered) for words in _parts(SEVERAL, given)]


def _cascade(field: Field, given: Any, world: World, offered: Sequence[Option]) -> list[str]:
    """A way down the levels: 耗材/试剂."""
    way: list[str] = []
    for words in _parts(LEVELS, given):
        way.append(_choice(field, words, world, offered))
        offered = next(option.options for option in options.walk(offered) if option.value == way[-1])
    return way


def _parts(separator: re.Pattern[str], given: Any) -> list[str]:
    return [part for part in (part.strip() for part in separator.split(normal(given))) if part]


def _picked(field: Field, given: Any, world: World, offered: Sequence[Option]) -> Any:
    if not field.several:
        return _pick(field, _text(field, given, world, offered), world)
    return [_pick(field, words, world) for words in _parts(SEVERAL, given)]


def _pick(field: Field, words: str, world: World) -> Any:
    found = _metric(words, world) if field.widget == "metric" else world.found(field, words)
    if found is None:
        raise ValueError(_("Nothing is found as “%(typed)s”, or several are. Choose from the list.", typed=words[:40]))
    return found


def _metric(words: str, world: World) -> str | None:
    metrics = {key: source.document["title"] for (kind, key), source in world.known.items() if kind == "metric"}
    return next((key for key, title in metrics.items() if words in (key, *title.values())), None)


READERS: dict[str, Callable[[Field, Any, World, Sequence[Option]], Any]] = {
    "number": _number,
    "money": _number,
    "percent": _number,
    "slider": _number,
    "rating": _number,
    "rich_text": _rich,
    "phone": _phone,
    "switch": _switch,
    "date": _day,
    "date_time": _moment,
    "date_range": _days,
    "location": _place,
    "choice": _choice,
    "choices": _choices,
    "cascading": _cascade,
    **dict.fromkeys(PICKERS, _picked),
}


# ── what a kind of field refuses ──────────────────────────────────────────────────────────────────────────────────


def judges(field: Field) -> bool:
    """Whether the field's kind asks for more than its schema."""
    return field.widget in FAULTS or "x-decimals" in field.spec


def fault(field: Field, value: Any, offered: Sequence[Option], world: World) -> str | None:
    """A sentence about a value that its schema allows and its kind does not; None for a sound one or another type."""
    found = FAULTS[field.widget](field, value, offered, world) if field.widget in FAULTS else None
    return found or (_too_fine(field, value) if "x-decimals" in field.spec else None)


def _too_fine(field: Field, value: Any) -> str | None:
    places = field.spec["x-decimals"] + (2 if field.widget == "percent" else 0)
    if not _is_number(value) or abs(round(value, places) - value) <= abs(value) * 1e-12:
        return None
    return _("Write at most %(places)s decimals.", places=field.spec["x-decimals"])


def _written(pattern: re.Pattern[str], value: Any) -> bool:
    return not isinstance(value, str) or pattern.fullmatch(value) is not None


def _no_email(field: Field, value: Any, offered: Sequence[Option], world: World) -> str | None:
    return None if _written(EMAIL, value) else _("Write an e-mail address as name@example.com.")


def _no_url(field: Field, value: Any, offered: Sequence[Option], world: World) -> str | None:
    return None if _written(URL, value) else _("Write an address that begins with https://.")


def _no_phone(field: Field, value: Any, offered: Sequence[Option], world: World) -> str | None:
    return None if _written(PHONE, value) else _("Write a telephone number: digits, with + before a country's.")


def _no_file(field: Field, value: Any, offered: Sequence[Option], world: World) -> str | None:
    files = value if isinstance(value, list) else [value]
    return None if all(_written(NAME, file) for file in files) else _("Upload the file first.")


def _no_day(field: Field, value: Any, offered: Sequence[Option], world: World) -> str | None:
    return None if not isinstance(value, str) or names.is_day(value) else _("Write a day as 2025-01-31.")


def _no_moment(field: Field, value: Any, offered: Sequence[Option], world: World) -> str | None:
    sound = not isinstance(value, str) or (names.is_day(value[:10]) and MOMENT.fullmatch(value[10:]) is not None)
    return None if sound else _("Write a day and a time as 2025-01-31 08:00.")


MOMENT = re.compile(r"T([01]\d|2[0-3]):[0-5]\d")


def _no_days(field: Field, value: Any, offered: Sequence[Option], world: World) -> str | None:
    if not isinstance(value, list) or len(value) != 2 or not all(isinstance(end, str) for end in value):
        return None
    if not all(names.is_day(end) for end in value):
        return _("Write two days as 2025-01-01 ~ 2025-01-31.")
    return _("The last day lies before the first. Exchange them.") if value[0] > value[1] else None


def _no_place(field: Field, value: Any, offered: Sequence[Option], world: World) -> str | None:
    if not isinstance(value, list) or len(value) < 2 or not all(_is_number(part) for part in value):
        return None
    sound = abs(value[0]) <= 90 and abs(value[1]) <= 180
    return None if sound else _("Write latitude and longitude as 31.2304, 121.4737.")


def _no_way(field: Field, value: Any, offered: Sequence[Option], world: World) -> str | None:
    """A cascading choice is a whole way down: each below the one before, to where there is no further."""
    if not isinstance(value, list):
        return None
    for chosen in value:
        option = next((option for option in offered if option.value == chosen), None)
        if option is None:
            return _("Choose anew from the first level on.")
        offered = option.options
    return _("Choose on to the last level.") if offered else None


def _no_one(field: Field, value: Any, offered: Sequence[Option], world: World) -> str | None:
    picked = value if isinstance(value, list) else [value]
    known = all(world.called(field.widget, entry) is not None for entry in picked if names.may_be_named(field, entry))
    return None if known else _("This is not there any more, or not for you to choose. Choose another.")


FAULTS: dict[str, Callable[[Field, Any, Sequence[Option], World], str | None]] = {
    "email": _no_email,
    "url": _no_url,
    "phone": _no_phone,
    "date": _no_day,
    "date_time": _no_moment,
    "date_range": _no_days,
    "location": _no_place,
    "cascading": _no_way,
    "file": _no_file,
    "image": _no_file,
    "signature": _no_file,
    **dict.fromkeys(PICKERS, _no_one),
}
