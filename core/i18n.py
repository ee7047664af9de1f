"""Two languages. English sentences in the code, Chinese in the catalogues; documents carry both themselves.

Money and dates are written as their readers write them: 8.28亿 and 2025-01-31, ¥828.00 M and 31 Jan 2025.
"""

import datetime as dt
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from flask import Flask, current_app, g, has_request_context, request, session
from flask_babel import Babel, get_locale
from flask_login import current_user

LANGUAGES = {"zh": "zh_Hans_CN", "en": "en"}
CATALOGUES = ("core", "organization", "builder", "runtime")

_WAN = Decimal(10_000)
_YI = Decimal(100_000_000)
_MILLION = Decimal(1_000_000)


def init_app(app: Flask) -> None:
    folders = ";".join(f"{app.root_path}/{package}/translations" for package in CATALOGUES)
    app.config["BABEL_TRANSLATION_DIRECTORIES"] = folders
    Babel(app, locale_selector=_babel_locale, default_locale=LANGUAGES["zh"])
    app.jinja_env.globals["language"] = language
    app.jinja_env.filters |= {"text": text, "money": money, "day": day, "moment": moment, "percent": percent}


def language() -> str:
    """zh or en, for whoever is looking."""
    locale = get_locale()
    return "en" if locale is not None and locale.language == "en" else "zh"


def _babel_locale() -> str:
    own = current_app.config["SETTINGS"].locale
    if not has_request_context():
        return LANGUAGES[own]
    if "language" not in g:
        chosen = session.get("language") or getattr(current_user, "language", None)
        g.language = chosen or _asked_language() or own
    return LANGUAGES.get(g.language, LANGUAGES[own])


def _asked_language() -> str | None:
    """What the browser asks for, when it is one of ours."""
    asked = request.accept_languages.best_match(["zh", "zh-CN", "zh-Hans", "zh-TW", "en", "en-US", "en-GB"])
    return asked[:2] if asked else None


def text(value: Any) -> str:
    """The words of a document's text ({"zh": …, "en": …}) in the reader's language; zh stands in for a missing en."""
    if isinstance(value, dict):
        return str(value.get(language()) or value.get("zh") or "")
    return "" if value is None else str(value)


def money(yuan: int | float | None) -> str:
    """Whole yuan as a reader says them: 7.2亿, 128万, ¥7.20 M. None is "—", never 0."""
    if yuan is None:
        return "—"
    amount = Decimal(str(yuan))
    if language() == "en":
        return f"¥{amount / _MILLION:,.2f} M" if abs(amount) >= _MILLION else f"¥{amount:,.0f}"
    if abs(amount) >= _YI:
        return f"{_short(amount / _YI, 4)}亿"
    if abs(amount) >= _WAN:
        return f"{_short(amount / _WAN, 2)}万"
    return f"{amount:,.0f}元"


def _short(amount: Decimal, places: int) -> str:
    return f"{amount:,.{places}f}".rstrip("0").rstrip(".")


def percent(share: float | None, places: int = 1) -> str:
    """A fraction as a percentage: 0.153 is 15.3%."""
    return "—" if share is None else f"{share * 100:.{places}f}".rstrip("0").rstrip(".") + "%"


def day(value: dt.date | None) -> str:
    if value is None:
        return "—"
    return value.isoformat() if language() == "zh" else f"{value.day} {value:%b %Y}"


def moment(value: dt.datetime | None, zone: str = "Asia/Shanghai") -> str:
    if value is None:
        return "—"
    local = value.astimezone(ZoneInfo(zone))
    return f"{day(local.date())} {local:%H:%M}"
