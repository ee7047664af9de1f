"""What a card of a cascade posts, read: words, numbers, percentages. Raises Invalid for a number that is none."""

from typing import Any

from flask_babel import gettext as _
from werkzeug.datastructures import MultiDict

from core.db import Document
from core.errors import Invalid, Problem

Posted = MultiDict[str, str]


def set_or_drop(part: Document, name: str, value: Any) -> None:
    if value:
        part[name] = value
    else:
        part.pop(name, None)


def words(before: Document | None, posted: Posted, name: str) -> Document:
    """Both languages of a text; what is emptied goes, without Chinese there is no text."""
    now = dict(before or {}) | {"zh": posted.get(name, "").strip()}
    if f"{name}_en" in posted:
        now["en"] = posted[f"{name}_en"].strip()
    return {language: words for language, words in now.items() if words} if now["zh"] else {}


def number(posted: Posted, name: str, least: float = 0) -> float:
    try:
        value = float(posted[name])
    except ValueError:
        value = float("nan")
    if not least <= value < 1e15:
        raise Invalid([Problem(f"/{name}", "number", _("Write a number, %(least)s or more.", least=f"{least:g}"))])
    return int(value) if value.is_integer() else value


def share(posted: Posted, name: str, before: str) -> str | None:
    """A share as its box or its formula says, whichever was changed; None when neither was sent."""
    typed = posted.get(name, "").strip()
    if typed and typed != before:
        return typed
    if f"{name}_percent" in posted:
        return percent(posted, f"{name}_percent")
    return typed or None


def percent(posted: Posted, name: str) -> str:
    value = number(posted, name)
    if value > 100:
        raise Invalid([Problem(f"/{name}", "number", _("Write a percentage between 0 and 100."))])
    return f"{value:g}%"
