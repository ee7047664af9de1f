"""Cells of a rule table in people's words, and back: `-` is 任意, `"推广期"` is 是 推广期, `>=90%` is ≥ 90%.

What cannot be said so, a whole formula, is shown as it is written. `cell_of` takes both, so nobody has to learn quotes.
"""

import re

from flask_babel import gettext as _

from core.db import Document

ANY = "-"
_ANY_WORDS = {"", "-", "－", "—", "–", "任意", "any", "*"}
_YES, _NO = {"是", "yes", "true", "对", "√"}, {"否", "no", "false", "错", "×"}
_TEXT = r'"(?:[^"]|"")*"'
_TEXTS = re.compile(rf"\s*{_TEXT}(?:\s*[,，]\s*{_TEXT})*\s*")
_NOT = re.compile(rf"\s*(?:<>|!=|≠)\s*({_TEXT})\s*")
_BOUND = re.compile(r"\s*(>=|<=|<>|≥|≤|≠|>|<|=)\s*(-?[\d.]+\s*[%万亿]?)\s*")
_PLAIN = re.compile(r"-?[\d.,]+\s*[%％万亿]?")
_SIGNS = {">=": "≥", "<=": "≤", "<>": "≠"}
_BACK = {"≥": ">=", "≤": "<=", "≠": "<>", "＞": ">", "＜": "<", "＝": "="}
_IS_NOT = re.compile(r"^(?:不是|is not)\s+(.+)$", re.IGNORECASE)
_IS = re.compile(r"^(?:是|is)\s+(.+)$", re.IGNORECASE)


def condition(cell: str | None, column: Document) -> str:
    """What a cell of an input column asks for."""
    written = (cell or "").strip()
    if written in _ANY_WORDS:
        return _("any")
    if _TEXTS.fullmatch(written):
        return _("is %(values)s", values="、".join(_texts(written)))
    if refused := _NOT.fullmatch(written):
        return _("is not %(value)s", value=_texts(refused[1])[0])
    if column["type"] == "bool" and written.upper() in ("TRUE", "FALSE"):
        return _yes_or_no(written)
    return _bounds(written) or written


def outcome(cell: str | None, column: Document) -> str:
    """What a cell of an output column gives."""
    written = (cell or "").strip()
    if written == ANY:
        return ""
    if column["type"] == "bool" and written.upper() in ("TRUE", "FALSE"):
        return _yes_or_no(written)
    texts = _texts(written) if _TEXTS.fullmatch(written) else []
    return texts[0] if len(texts) == 1 else written


def condition_of(typed: str, column: Document) -> str:
    """The cell of an input column that somebody typed, pasted or chose, in words or in the language."""
    words = typed.strip()
    if words.casefold() in _ANY_WORDS or words == _("any"):
        return ANY
    if column["type"] == "bool":
        return _truth(words)
    if column["type"] in ("text", "choice"):
        return _texts_of(words, column)
    return _numbers_of(words)


def outcome_of(typed: str, column: Document) -> str:
    """The same for an output column. A leading = is what a spreadsheet's formula has and the language does not."""
    words = typed.strip()
    if column["type"] == "bool":
        return _truth(words)
    if words.startswith("="):
        return words[1:].strip()
    if column["type"] in ("text", "choice"):
        return words if not words or _is_written(words) else _quoted(words)
    return words.replace("％", "%") if _PLAIN.fullmatch(words) is None else _number(words)


def options_of(cell: str | None) -> list[str] | None:
    """The values that a cell names, [] for any; None where it is more than a list of values."""
    written = (cell or "").strip()
    if written in _ANY_WORDS:
        return []
    return _texts(written) if _TEXTS.fullmatch(written) else None


def _yes_or_no(written: str) -> str:
    return _("yes") if written.upper() == "TRUE" else _("no")


def _truth(words: str) -> str:
    if words.casefold() in _YES:
        return "TRUE"
    return "FALSE" if words.casefold() in _NO else words


def _bounds(written: str) -> str:
    found = [_BOUND.fullmatch(part) for part in written.split(",")]
    if not all(found):
        return ""
    return _(" and ").join(f"{_SIGNS.get(part[1], part[1])} {part[2].strip()}" for part in found if part)


def _numbers_of(words: str) -> str:
    for sign, plain in _BACK.items():
        words = words.replace(sign, plain)
    parts = [part.strip() for part in re.split(r"\s*(?:,|，|且|\band\b)\s*", words)]
    compared = [re.fullmatch(r"(>=|<=|<>|>|<|=)\s*(.+)", part) for part in parts]
    if all(compared):
        return ",".join(f"{part[1]}{part[2].strip()}" for part in compared if part)
    return _number(words) if _PLAIN.fullmatch(words) else words


def _number(words: str) -> str:
    """1,200 has separators as spreadsheets show them; ％ is what a Chinese keyboard gives."""
    words = words.replace("％", "%").replace(" ", "")
    return re.sub(r",(?=\d{3}(?:\D|$))", "", words)


def _texts_of(words: str, column: Document) -> str:
    if words in column.get("options", ()):
        return _quoted(words)
    if said := _IS_NOT.match(words):
        return f"<>{_quoted(said[1].strip())}"
    if said := _IS.match(words):
        words = said[1]
    elif _is_written(words):
        return words
    return ",".join(_quoted(part.strip().strip('"“”')) for part in re.split(r"[、,，]", words) if part.strip())


def _is_written(words: str) -> bool:
    """Whether this is in the language already: it begins with a quote or a comparison, or calls a function."""
    return bool(re.search(r'^["“”<>=≠≥≤＜＞＝]|[A-Za-z]\s*[(（]', words))


def _quoted(words: str) -> str:
    doubled = words.replace('"', '""')
    return f'"{doubled}"'


def _texts(written: str) -> list[str]:
    return [text[1:-1].replace('""', '"') for text in re.findall(_TEXT, written)]
