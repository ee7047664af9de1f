"""Text to tokens. Columns are those of the original text."""

import re
import unicodedata
from decimal import Decimal
from typing import NamedTuple

from formulas.characters import normal_name, plain, refuse_hidden, unknown
from formulas.errors import fault

MAX_TOKENS = 1000
MAX_TEXT = 200
MAX_DIGITS = 15
MAX_NUMBER = Decimal(10) ** 15

NUMBER, TEXT, NAME, SIGN, END = "number", "text", "name", "sign", "end"

_OPERATORS = {"==": "=", "!=": "<>", "≤": "<=", "≥": ">=", "≠": "<>", ";": ","}
_UNITS = {"万": Decimal(10) ** 4, "亿": Decimal(10) ** 8}
_TOKEN = re.compile(
    r"""(?P<space>[ \t\r\n]+)
      | (?P<number>(?:[0-9]+(?:\.[0-9]+)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?)(?P<unit>[万亿]*)
      | (?P<name>[^\W\d]\w*)
      | (?P<sign><>|<=|>=|==|!=|[-+*/^&%=<>(),;.≤≥≠])
      | "(?P<double>(?:[^"]|"")*)"
      | '(?P<single>(?:[^']|'')*)'
      | \[(?P<bracket>[^\[\]]*)\]""",
    re.VERBOSE,
)
_TAIL = re.compile(r"[\w.]+")


class Token(NamedTuple):
    kind: str
    value: str | float
    start: int
    end: int


def tokens(text: str) -> list[Token]:
    """All tokens of the text, closed by one END token."""
    refuse_hidden(text)
    typed = plain(text)
    found: list[Token] = []
    place = 0
    while place < len(typed):
        match = _TOKEN.match(typed, place)
        if match is None:
            _refuse(text, typed, place)
        assert match is not None
        place = match.end()
        if match.lastgroup != "space":
            found.append(_token(text, match))
        if len(found) > MAX_TOKENS:
            raise fault("too_many_tokens", found[-1].start, found[-1].end, limit=MAX_TOKENS)
    found.append(Token(END, "", len(text), len(text)))
    return found


def _token(text: str, match: re.Match[str]) -> Token:
    start, end = match.span()
    if match["sign"]:
        return Token(SIGN, _OPERATORS.get(match["sign"], match["sign"]), start, end)
    if match["name"]:
        return Token(NAME, _name(text, start, end), start, end)
    if match["number"]:
        return Token(NUMBER, _number(match), start, end)
    if match["bracket"] is not None:
        return Token(NAME, _bracket(text, start, end), start, end)
    return Token(TEXT, _text(text, match), start, end)


def _name(text: str, start: int, end: int) -> str:
    name = text[start:end]
    if not name.isascii():
        for place, character in enumerate(name, start):
            if unicodedata.category(character) in ("No", "Nl"):
                raise fault("name_character", place, place + 1, character=character)
    return normal_name(name)


def _bracket(text: str, start: int, end: int) -> str:
    name = normal_name(text[start + 1 : end - 1])
    if not name:
        raise fault("empty_bracket", start, end)
    return name


def _text(text: str, match: re.Match[str]) -> str:
    """The text between the quotes as typed; a doubled quote stands for one."""
    start, end = match.start() + 1, match.end() - 1
    inside, quote = text[start:end], match.string[match.start()]
    if quote in match.string[start:end]:
        typed = match.string
        doubled = [place for place in range(start, end) if typed[place] == quote]
        dropped = {place - start for place in doubled[1::2]}
        inside = "".join(character for place, character in enumerate(inside) if place not in dropped)
    if len(inside) > MAX_TEXT:
        raise fault("text_too_long", match.start(), match.end(), limit=MAX_TEXT)
    return inside


def _number(match: re.Match[str]) -> float:
    start, end = match.span()
    tail = _TAIL.match(match.string, end)
    if tail is not None:
        written = match.string[start : tail.end()]
        if tail.group().startswith("."):
            raise fault("number_dot", start, tail.end(), number=written)
        raise fault("number_letters", end, tail.end(), letters=tail.group())
    written = match["number"]
    if re.match(r"0[0-9]", written):
        raise fault("number_zeros", start, end, number=written)
    if len(written) > 60 or len(written.lower().split("e")[0].replace(".", "").strip("0")) > MAX_DIGITS:
        raise fault("number_digits", start, end, limit=MAX_DIGITS)
    if "e" in written.lower() and abs(int(re.split("[eE]", written)[1])) > 400:
        raise fault("number_large", start, end)
    value = Decimal(written)
    for unit in match["unit"]:
        value *= _UNITS[unit]
    if value > MAX_NUMBER:
        raise fault("number_large", start, end)
    return float(value)


def _refuse(text: str, typed: str, place: int) -> None:
    character = typed[place]
    if character in "\"'":
        raise fault("open_text", place, len(text))
    if character == "[":
        raise fault("open_bracket", place, len(text))
    raise unknown(text[place] if text[place] == "￥" else character, place)
