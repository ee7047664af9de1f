"""JSON as people write it, read without surprises: what Python's reader lets through is refused with its place.

Refused: NaN and Infinity, numbers too large for a float, a key twice in one object, too deep, too long.
"""

import json
import math
from pathlib import Path
from typing import Any

from flask_babel import gettext as _

from core.errors import Invalid, Problem

MAX_CHARACTERS = 1_000_000
MAX_BYTES = 4 * MAX_CHARACTERS
MAX_DEPTH = 40
MAX_DIGITS = 30


class _Refused(ValueError):
    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


def read(text: str) -> Any:
    """The value, or `Invalid` with one problem that says where and what to do."""
    if len(text) > MAX_CHARACTERS:
        raise _refusal("too_large", _("The text is longer than %(most)s characters.", most=f"{MAX_CHARACTERS:,}"))
    if _depth(text) > MAX_DEPTH:
        raise _refusal("too_deep", _("Objects and lists stand more than %(most)s deep.", most=MAX_DEPTH))
    try:
        return json.loads(
            text,
            parse_constant=_no_constant,
            parse_float=_finite,
            parse_int=_short_integer,
            object_pairs_hook=_no_duplicates,
        )
    except json.JSONDecodeError as error:
        place = {"line": error.lineno, "column": error.colno, "remedy": _remedy(error)}
        raise _refusal("syntax", _("Line %(line)s, column %(column)s is no JSON. %(remedy)s", **place)) from error
    except _Refused as error:
        raise _refusal(error.code, str(error)) from error


def load(file: Path) -> tuple[str, Any]:
    """The file's text and its value."""
    if file.stat().st_size > MAX_BYTES:
        raise _refusal("too_large", _("The text is longer than %(most)s characters.", most=f"{MAX_CHARACTERS:,}"))
    try:
        text = file.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise _refusal("encoding", _("The file is not UTF-8 text. Save it as UTF-8.")) from error
    return text, read(text)


def dump(value: Any) -> str:
    """As the editor shows it: keys in the order in which they were written."""
    return json.dumps(value, ensure_ascii=False, allow_nan=False, indent=2)


def canonical(value: Any) -> str:
    """The same text for the same content, whatever the order of keys."""
    return json.dumps(value, ensure_ascii=False, allow_nan=False, sort_keys=True, separators=(",", ":"))


def _refusal(code: str, message: str) -> Invalid:
    return Invalid([Problem("", code, message)])


def _depth(text: str) -> int:
    """How deep brackets nest, counted before the reader recurses; brackets in strings do not count."""
    deepest = depth = 0
    quoted = escaped = False
    for char in text:
        if quoted:
            quoted = escaped or char != '"'
            escaped = char == "\\" and not escaped
        elif char == '"':
            quoted = True
        elif char in "[{":
            depth += 1
            deepest = max(deepest, depth)
        elif char in "]}":
            depth -= 1
    return deepest


def _no_constant(word: str) -> float:
    raise _Refused("number", _("%(word)s is not a number here. Write a finite number or leave it out.", word=word))


def _finite(digits: str) -> float:
    number = float(digits)
    if not math.isfinite(number):
        raise _Refused("number", _("%(digits)s is too large to compute with.", digits=digits[:40]))
    return number


def _short_integer(digits: str) -> int:
    if len(digits) > MAX_DIGITS:
        raise _Refused("number", _("%(digits)s… has too many digits.", digits=digits[:20]))
    return int(digits)


def _no_duplicates(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, value in pairs:
        if key in found:
            raise _Refused("duplicate_key", _("“%(key)s” stands twice in one object. Keep one.", key=key))
        found[key] = value
    return found


def _remedy(error: json.JSONDecodeError) -> str:
    remedies = {
        "Expecting ',' delimiter": _("A comma is missing before this place."),
        "Expecting property name enclosed in double quotes": _(
            "A key in double quotes belongs here (no comma before } )."
        ),
        "Expecting value": _("A value belongs here (no comma before ] )."),
        "Extra data": _("Only one value may stand in the text."),
        "Unterminated string starting at": _("The closing quote is missing."),
    }
    return remedies.get(error.msg, _("Check quotes, commas and brackets."))
