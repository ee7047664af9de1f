"""The columns a sheet may have: what they are called in both languages, and how a cell becomes a value."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _

from core.i18n import language
from organization import values
from organization.models import Company
from organization.values import Cell

Choices = Callable[[Company], dict[str, str]]
PREFIXES = ("属性:", "属性：", "attribute:")
PROBLEMS = ("问题", "Problems")  # the column that a marked file carries; ignored when it comes back


@dataclass(frozen=True)
class Column:
    """`needed`: every row must say it in the end. `compared`: a different value makes the row a change.

    `empty`: what an empty cell means. `keeps`: an empty cell leaves what is there.
    """

    key: str
    zh: str
    en: str
    read: Callable[[Cell], Any]
    example: str = ""
    needed: bool = False
    compared: bool = True
    empty: Any = None
    keeps: bool = False
    choices: Choices | None = None

    @property
    def title(self) -> str:
        return self.zh if language() == "zh" else self.en

    def value(self, cell: Cell, company: Company) -> Any:
        """Raises ValueError with a sentence for the person. An empty cell is `empty`."""
        if cell is None or cell == "":
            return self.empty
        return self._chosen(text(cell), self.choices(company)) if self.choices else self.read(cell)

    def _chosen(self, words: str, choices: dict[str, str]) -> str:
        """`choices` are the keys by every word, in lower case, that stands for them."""
        if words.lower() not in choices:
            known = ", ".join(word for word in choices if word.isascii() is (language() == "en"))
            raise ValueError(_("“%(typed)s” is not known here. Known are: %(known)s.", typed=words[:40], known=known))
        return choices[words.lower()]


def text(cell: Cell) -> str:
    """A cell as words: the number 1001 is "1001", whatever Excel stored it as."""
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return " ".join(str(cell).split())


def short(limit: int) -> Callable[[Cell], str]:
    def read(cell: Cell) -> str:
        words = text(cell)
        if len(words) > limit:
            raise ValueError(_("At most %(limit)s characters fit here.", limit=limit))
        return words

    return read


def amount(cell: Cell) -> float:
    found = values.number(cell)
    if not 0 <= found <= 1e12:
        raise ValueError(_("The potential is an amount from 0 to 1 trillion yuan."))
    return float(found)


def spoken(words: dict[str, tuple[str, ...]]) -> Choices:
    """Choices that are the same in every company: key → the words for it."""
    flat = {word.lower(): key for key, spellings in words.items() for word in (*spellings, key)}
    return lambda _company: flat


def yes(cell: Cell) -> bool:
    words = text(cell).lower()
    if words in ("是", "yes", "y", "true", "1"):
        return True
    if words in ("否", "no", "n", "false", "0"):
        return False
    raise ValueError(_("Write 是 or 否 (yes or no)."))


@dataclass(frozen=True)
class Matched:
    """Which place of the header holds which column or attribute, and what nobody knows."""

    columns: dict[int, Column]
    attributes: dict[int, str]
    unknown: list[str]


def match(header: list[str], columns: tuple[Column, ...], takes_attributes: bool) -> Matched:
    by_name = {name.lower(): column for column in columns for name in (column.zh, column.en, column.key)}
    found: dict[int, Column] = {}
    attributes: dict[int, str] = {}
    unknown = []
    for place, name in enumerate(header):
        words = name.strip().rstrip("*").strip().lower()
        if words in by_name and by_name[words] not in found.values():
            found[place] = by_name[words]
        elif takes_attributes and (key := _attribute(words)):
            attributes[place] = key
        elif name and name not in PROBLEMS:
            unknown.append(name)
    return Matched(found, attributes, unknown)


def _attribute(words: str) -> str | None:
    """A title that we know, or whatever stands behind 属性: — a column that is merely unknown is none."""
    prefix = next((prefix for prefix in PREFIXES if words.startswith(prefix)), "")
    try:
        key = values.attribute_key(words.removeprefix(prefix))
    except ValueError:
        return None
    return key if prefix or key in values.ATTRIBUTES else None
