"""Cells of a rule table in people's words, and back: `-` is 任意, `"推广期"` is 是 推广期, `>=90%` is ≥ 90%.

What cannot be said so, a whole formula, is shown as it is written. `condition_of` and `outcome_of` take both, so nobody
has to learn quotes; whatever is shown leads back to the cell that it stands for.
"""

import datetime as dt
import re
import unicodedata
from collections.abc import Callable
from decimal import Decimal

from flask_babel import gettext as _

from core.db import Document

ANY = "-"
_ANY_WORDS = {"", "-", "－", "—", "–", "任意", "any", "*"}
_YES, _NO = {"是", "yes", "true", "对", "√"}, {"否", "no", "false", "错", "×"}
_TEXT = r'"(?:[^"]|"")*"'
_TEXTS = re.compile(rf"\s*{_TEXT}(?:\s*[,，]\s*{_TEXT})*\s*")
_NOT = re.compile(rf"\s*(?:<>|!=|≠)\s*({_TEXT})\s*")
_BOUND = re.compile(r"\s*(>=|<=|<>|≥|≤|≠|>|<|=)\s*(-?[\d.]+\s*[%万亿]?|\d{4}-\d\d-\d\d)\s*")
_VALUE = re.compile(r"-?[\d.]+[%万亿]?|DATE\(\d+,\d+,\d+\)")
_VALUES = re.compile(r"-?[\d.]+[%万亿]?(?:,-?[\d.]+[%万亿]?)*|\d{4}-\d\d-\d\d(?:,\d{4}-\d\d-\d\d)*")
_TYPED_NUMBER = re.compile(
    r"[¥￥]?(-?)[¥￥]?((?:\d{1,3}(?:,\d{3})+|\d+)?(?:\.\d*)?(?:E[+-]?\d{1,2})?)([%万亿]?)", re.IGNORECASE
)
_IN_BRACKETS = re.compile(r"\((.*\d.*)\)")
_DATE = re.compile(r"DATE\((\d{4}),([1-9]\d?),([1-9]\d?)\)")
_DAY = re.compile(r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?")
_EXCEL_ERROR = re.compile(r"#(?:N/A|DIV/0!|VALUE!|REF!|NAME\?|NUM!|NULL!|SPILL!)", re.IGNORECASE)
_UNSAYABLE = re.compile(r"""["'“”‘’＂、,，]|^\s|\s$|^$""")
_SIGNS = {">=": "≥", "<=": "≤", "<>": "≠"}
_BACK = {"≥": ">=", "≤": "<=", "≠": "<>", "＞": ">", "＜": "<", "＝": "="}
_IS_NOT = re.compile(r"^(?:不是|is not)\s+(.+)$", re.IGNORECASE | re.DOTALL)
_FORMULA = re.compile(r"^(?:公式|formula)\s+(.+)$", re.IGNORECASE | re.DOTALL)
_IS = re.compile(r"^(?:是|is)\s+(.+)$", re.IGNORECASE | re.DOTALL)


def condition(cell: str | None, column: Document) -> str:
    """What a cell of an input column asks for."""
    written = (cell or "").strip()
    if written in _ANY_WORDS:
        return _("any")
    if column["type"] in ("text", "choice"):
        return _texts_said(written, column)
    if column["type"] == "bool":
        return _yes_or_no(written) if written.upper() in ("TRUE", "FALSE") else written
    said = _DATE.sub(_day_said, written)
    if _VALUES.fullmatch(said):
        return said.replace(",", "、")
    return _bounds(said) or written


def outcome(cell: str | None, column: Document) -> str:
    """What a cell of an output column gives."""
    written = (cell or "").strip()
    if written == ANY:
        return ""
    if column["type"] == "bool" and written.upper() in ("TRUE", "FALSE"):
        return _yes_or_no(written)
    if column["type"] == "date":
        return _DATE.sub(_day_said, written) if _DATE.fullmatch(written) else written
    if column["type"] not in ("text", "choice"):
        return written
    texts = _texts(written) if _TEXTS.fullmatch(written) else []
    said = texts[0] if len(texts) == 1 else written
    return next(words for words in (said, written, f"={written}") if outcome_of(words, column) == written)


def condition_of(typed: str, column: Document) -> str:
    """The cell of an input column that somebody typed, pasted or chose, in words or in the language."""
    words = typed.strip()
    if words.casefold() in _ANY_WORDS or words == _("any"):
        return ANY
    if column["type"] == "bool":
        return _truth(words)
    if column["type"] in ("text", "choice"):
        return _texts_of(words, column)
    return _numbers_of(words, _day if column["type"] == "date" else _number)


def outcome_of(typed: str, column: Document) -> str:
    """The same for an output column. A leading = is what a spreadsheet's formula has and the language does not."""
    words = typed.strip()
    if column["type"] == "bool":
        return _truth(words)
    if words.startswith("="):
        return words[1:].strip()
    if column["type"] in ("text", "choice"):
        return words if not words or _is_written(words) else _quoted(words)
    return _day(words) if column["type"] == "date" else _number(words)


def options_of(cell: str | None) -> list[str] | None:
    """The values that a cell names, [] for any; None where it is more than a list of values."""
    written = (cell or "").strip()
    if written in _ANY_WORDS:
        return []
    return _texts(written) if _TEXTS.fullmatch(written) else None


def _yes_or_no(written: str) -> str:
    return _("yes") if written.upper() == "TRUE" else _("no")


def _texts_said(written: str, column: Document) -> str:
    """Values that have commas or quotes of their own, and formulas that look like a text, are shown as written."""
    said = _TEXTS.fullmatch(written)
    if said and not any(map(_UNSAYABLE.search, _texts(written))):
        return _("is %(values)s", values="、".join(_texts(written)))
    refused = _NOT.fullmatch(written)
    if refused and not _UNSAYABLE.search(_texts(refused[1])[0]):
        return _("is not %(value)s", value=_texts(refused[1])[0])
    return written if _texts_of(written, column) == written else _("formula %(text)s", text=written)


def _truth(words: str) -> str:
    if words.casefold() in _YES:
        return "TRUE"
    return "FALSE" if words.casefold() in _NO else words


def _bounds(written: str) -> str:
    found = [_BOUND.fullmatch(part) for part in written.split(",")]
    if not all(found):
        return ""
    return _(" and ").join(f"{_SIGNS.get(part[1], part[1])} {part[2].strip()}" for part in found if part)


def _iso(found: re.Match[str]) -> str:
    """2025-01-03; nothing where there is no such day."""
    try:
        return dt.date(int(found[1]), int(found[2]), int(found[3])).isoformat()
    except ValueError:
        return ""


def _day_said(found: re.Match[str]) -> str:
    return _iso(found) or found[0]


def _day(words: str) -> str:
    """2025-01-03, 2025/1/3 and 2025年1月3日 alike."""
    found = _DAY.fullmatch(words.strip())
    return f"DATE({int(found[1])},{int(found[2])},{int(found[3])})" if found and _iso(found) else words


def _numbers_of(words: str, read: Callable[[str], str]) -> str:
    for sign, plain in _BACK.items():
        words = words.replace(sign, plain)
    parts = [part.strip() for part in re.split(r"\s*(?:,|，|且|\band\b)\s*", words)]
    compared = [re.fullmatch(r"(>=|<=|<>|>|<|=)\s*(.+)", part) for part in parts]
    if all(compared):
        return ",".join(f"{part[1]}{read(part[2].strip())}" for part in compared if part)
    values = [read(part.strip()) for part in words.split("、")]
    return ",".join(values) if all(map(_VALUE.fullmatch, values)) else words


def _number(words: str) -> str:
    """A number as people and spreadsheets write it, 1,200 or ￥1,200.00 or (1,200) or 1.2E+05 or ４５％, as cells hold
    it. What is no such number stays as it is."""
    plain = "".join(unicodedata.normalize("NFKC", words).split())
    if bracketed := _IN_BRACKETS.fullmatch(plain):
        plain = f"-{bracketed[1]}"
    found = _TYPED_NUMBER.fullmatch(plain)
    if not found or not re.search(r"\d", found[2]):
        return words
    sign, digits, unit = found[1], found[2].replace(",", ""), found[3]
    return f"{sign}{f'{Decimal(digits):f}' if 'e' in digits.lower() else digits.rstrip('.')}{unit}"


def _texts_of(words: str, column: Document) -> str:
    if words in column.get("options", ()) and not _is_written(words):
        return _quoted(words)
    if formula := _FORMULA.match(words):
        return formula[1]
    if said := _IS_NOT.match(words):
        return f"<>{_quoted(said[1].strip())}"
    if said := _IS.match(words):
        words = said[1]
    elif _is_written(words):
        return words
    return ",".join(_quoted(part.strip().strip('"“”')) for part in re.split(r"[、,，]", words) if part.strip())


def _is_written(words: str) -> bool:
    """Whether this is in the language already: it begins with a quote or a comparison, or calls a function. An error
    of a spreadsheet is no text either: it is to be found as a mistake."""
    return bool(re.search(r'^["“”<>=≠≥≤＜＞＝]|[A-Za-z]\s*[(（]', words) or _EXCEL_ERROR.fullmatch(words))


def _quoted(words: str) -> str:
    doubled = words.replace('"', '""')
    return f'"{doubled}"'


def _texts(written: str) -> list[str]:
    return [text[1:-1].replace('""', '"') for text in re.findall(_TEXT, written)]
