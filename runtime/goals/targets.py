"""What headquarters types: a base and a growth, as people write amounts, and the exact total they make.

The total is base × (1 + growth), computed exactly and rounded half-up to whole yuan.
"""

import re
import unicodedata
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from flask_babel import gettext as _

from core.errors import Invalid, Problem
from core.i18n import language

UNITS = {"": 1, "元": 1, "万": 10_000, "万元": 10_000, "亿": 100_000_000, "亿元": 100_000_000}
SHORT = 10_000  # an amount in words has four decimals at most
MOST = 10**15  # yuan; numbers of the formula language end there too
LEAST_GROWTH, MOST_GROWTH = Fraction(-99), Fraction(1000)  # percent

_AMOUNT = re.compile(r"([+-]?\d[\d,]*(?:\.\d+)?)\s*(\S*)")
_PERCENT = re.compile(r"([+-]?\d+(?:\.\d+)?)\s*%?")


@dataclass(frozen=True)
class Target:
    base: int
    growth_pct: str

    @property
    def growth(self) -> Fraction:
        return Fraction(self.growth_pct) / 100

    @property
    def total(self) -> int:
        """7.2 亿 and 15 % give 8.28 亿, to the yuan (S24)."""
        return half_up(self.base * (1 + self.growth))


def half_up(amount: Fraction) -> int:
    return int((2 * amount + 1) // 2)


def read(base: str, growth_pct: str) -> Target:
    """From the two fields of the form or the command line. Raises Invalid with a problem for each field."""
    problems: list[Problem] = []
    amount, percent = 0, "0"
    try:
        amount = read_amount(base, "/base")
    except Invalid as invalid:
        problems += invalid.problems
    try:
        percent = read_percent(growth_pct, "/growth_pct")
    except Invalid as invalid:
        problems += invalid.problems
    if problems:
        raise Invalid(problems)
    target = Target(amount, percent)
    if not 0 < target.total <= MOST:
        raise Invalid(
            [Problem("/base", "out_of_range", _("The target must lie between 1 yuan and 1000 trillion yuan."))]
        )
    return target


def read_amount(text: str, path: str) -> int:
    """7.2亿, 72,000万, 720000000: whole yuan. Raises Invalid."""
    match = _AMOUNT.fullmatch(unicodedata.normalize("NFKC", text).strip())
    if match is None or match[2] not in UNITS:
        raise _invalid(path, "not_an_amount", _("Write an amount such as 7.2亿, 72000万 or 720000000."))
    amount = Fraction(match[1].replace(",", "")) * UNITS[match[2]]
    if amount <= 0:
        raise _invalid(path, "not_positive", _("The amount must be greater than 0."))
    if amount > MOST:
        raise _invalid(path, "too_large", _("The amount is larger than 1000 trillion yuan; check the unit."))
    return half_up(amount)


def in_words(typed: str | None) -> str:
    """Plain digits as people write them, where that loses nothing: 720000000 is 7.2亿. Everything else as typed."""
    if not typed or not typed.isdecimal() or len(typed) > 16:
        return typed or ""
    amount = int(typed)
    unit = "亿" if amount >= UNITS["亿"] else "万"
    if language() == "en" or amount < UNITS["万"] or amount * SHORT % UNITS[unit]:
        return f"{amount:,}"
    return f"{Decimal(amount) / UNITS[unit]:f}{unit}"


def read_percent(text: str, path: str) -> str:
    """15, 15%, -5.5: the digits as typed, so that the total is exact. Raises Invalid."""
    match = _PERCENT.fullmatch(unicodedata.normalize("NFKC", text).strip())
    if match is None:
        raise _invalid(path, "not_a_percentage", _("Write the growth in percent, such as 15 or -5.5."))
    if not LEAST_GROWTH <= Fraction(match[1]) <= MOST_GROWTH:
        raise _invalid(path, "out_of_range", _("The growth must lie between -99 % and 1000 %."))
    return match[1]


def _invalid(path: str, code: str, message: str) -> Invalid:
    return Invalid([Problem(path, code, message)])
