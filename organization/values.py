"""What people type, and what cells hold, as values: numbers, days, free attributes.

Everything here raises ValueError with a sentence for the person; whoever calls knows the place.
"""

import datetime as dt
import math
import re
import unicodedata
from dataclasses import dataclass

from flask_babel import gettext as _

from core.db import Document
from core.i18n import language

Number = int | float
Cell = str | int | float | bool | dt.date | dt.datetime | dt.time | dt.timedelta | None

_NUMBER = re.compile(r"([+-]?\d{1,15}(?:\.\d{1,9})?)\s*([万亿%]?)")
_SCALE = {"": 1, "万": 10_000, "亿": 100_000_000, "%": 0.01}
_DAY = re.compile(r"(\d{4})(?:[-/.年])(\d{1,2})(?:[-/.月])(\d{1,2})日?(?:[ T]00:00(?::00)?)?")
_WHOLE_DAY = re.compile(r"(\d{4})(\d{2})(\d{2})")

LARGEST = 1e15


@dataclass(frozen=True)
class Attribute:
    """A free attribute that we know: how it is called in both languages and how its value reads."""

    zh: str
    en: str
    kind: str = "number"  # number, money, percent or word


ATTRIBUTES: dict[str, Attribute] = {
    "history": Attribute("历史业绩", "Sales last year", "money"),
    "potential": Attribute("潜力", "Potential", "money"),
    "capacity": Attribute("产能", "Capacity", "money"),
    "ticket": Attribute("客单价", "Order value", "money"),
    "conversion": Attribute("商机转化率", "Conversion of opportunities", "percent"),
    "senior_share": Attribute("资深占比", "Share of seniors", "percent"),
    "share": Attribute("销售占比", "Share of sales", "percent"),
    "headcount": Attribute("销售人数", "Salespeople"),
    "maturity": Attribute("成熟度", "Maturity", "word"),
    "seniority": Attribute("资历", "Seniority", "word"),
    "launch_factor": Attribute("新品系数", "Launch factor"),
    "visits_per_opportunity": Attribute("单商机拜访次数", "Visits per opportunity"),
    "weekly_capacity": Attribute("每周拜访上限", "Visits a week at most"),
}


def attribute_title(key: str) -> str:
    """In the reader's language; an attribute that we do not know is called by its key."""
    known = ATTRIBUTES.get(key)
    return key if known is None else known.zh if language() == "zh" else known.en


def attribute_kind(key: str) -> str:
    return ATTRIBUTES[key].kind if key in ATTRIBUTES else "word"


def attribute_key(title: str) -> str:
    """The key of a title in either language; a key stands for itself. ValueError for what cannot be a key."""
    words = title.strip().lower()
    known = next(
        (key for key, entry in ATTRIBUTES.items() if words in (key, entry.zh, entry.en.lower())), title.strip()
    )
    if not re.fullmatch(r"[^\W\d][\w]{0,39}", known):
        raise ValueError(_("“%(name)s” cannot name an attribute: use up to 40 letters, digits and _.", name=title[:40]))
    return known


def attributes(titles: list[str], typed: list[str]) -> Document:
    """The rows of an attribute form as a document; rows without a value are left out."""
    pairs = [(title.strip(), value.strip()) for title, value in zip(titles, typed, strict=True)]
    return {attribute_key(title): word_or_number(value) for title, value in pairs if title and value}


def word_or_number(typed: str) -> str | Number:
    """A number where it reads as one (12.5, 7.2亿, 35%), else the words."""
    try:
        return number(typed)
    except ValueError:
        return typed[:200]


def number(cell: Cell) -> Number:
    """12.5, 7.2亿, 35%, 1,200; whole numbers come back as int."""
    if isinstance(cell, bool) or not isinstance(cell, str | int | float):
        raise ValueError(_("This is not a number."))
    if isinstance(cell, str):
        match = _NUMBER.fullmatch(unicodedata.normalize("NFKC", cell).replace(",", "").strip())
        if match is None:
            raise ValueError(_("“%(typed)s” is not a number. Write it like 1200, 128万 or 35%%.", typed=cell[:40]))
        cell = round(float(match[1]) * _SCALE[match[2]], 9)
    if not math.isfinite(cell) or abs(cell) > LARGEST:
        raise ValueError(_("This number is too large."))
    return int(cell) if float(cell).is_integer() else cell


def day(cell: Cell) -> dt.date:
    """2025-01-31, 2025/1/31, 2025年1月31日, 20250131, or a date cell."""
    if isinstance(cell, dt.datetime):
        return cell.date()
    if isinstance(cell, dt.date):
        return cell
    words = str(cell).strip()
    match = _DAY.fullmatch(words) or _WHOLE_DAY.fullmatch(words)
    try:
        return dt.date(*map(int, match.groups())) if match else _no_day(words)
    except ValueError:
        return _no_day(words)


def _no_day(words: str) -> dt.date:
    raise ValueError(_("“%(typed)s” is not a day. Write it like 2025-01-31.", typed=words[:40]))
