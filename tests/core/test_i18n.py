"""Two languages, both complete; numbers and days as their readers write them."""

import datetime as dt
import subprocess
import sys
from pathlib import Path

import pytest
from babel.messages import Catalog
from babel.messages.pofile import read_po
from flask import Flask
from flask.testing import FlaskClient
from flask_babel import force_locale, get_translations

from core import i18n
from core.config import CHECKOUT

PYBABEL = Path(sys.executable).with_name("pybabel")


@pytest.mark.parametrize(
    ("yuan", "zh", "en"),
    [
        (828_000_000, "8.28亿", "¥828.00 M"),
        (720_000_000, "7.2亿", "¥720.00 M"),
        (1_280_000, "128万", "¥1.28 M"),
        (12_345, "1.23万", "¥12,345"),
        (9_999, "9,999元", "¥9,999"),
        (0, "0元", "¥0"),
        (-720_000_000, "-7.2亿", "¥-720.00 M"),
        (None, "—", "—"),
    ],
)
def test_money_is_written_as_its_readers_say_it(app: Flask, yuan: int | None, zh: str, en: str) -> None:
    with force_locale("zh_Hans_CN"):
        assert i18n.money(yuan) == zh
    with force_locale("en"):
        assert i18n.money(yuan) == en


def test_days_and_moments(app: Flask) -> None:
    moment = dt.datetime(2025, 1, 30, 16, 30, tzinfo=dt.UTC)
    with force_locale("zh_Hans_CN"):
        assert (i18n.day(dt.date(2025, 1, 31)), i18n.moment(moment)) == ("2025-01-31", "2025-01-31 00:30")
    with force_locale("en"):
        assert (i18n.day(dt.date(2025, 1, 31)), i18n.moment(moment)) == ("31 Jan 2025", "31 Jan 2025 00:30")


def test_shares(app: Flask) -> None:
    assert [i18n.percent(share) for share in (0.15, 0.153, 0, None)] == ["15%", "15.3%", "0%", "—"]


def test_a_text_without_english_shows_its_chinese(app: Flask) -> None:
    with force_locale("en"):
        assert i18n.text({"zh": "保底", "en": "floor"}) == "floor"
        assert i18n.text({"zh": "保底"}) == "保底"


@pytest.mark.parametrize(
    ("asked", "language"),
    [("zh-CN,zh;q=0.9", "zh-CN"), ("en-US,en;q=0.9", "en"), ("fr", "zh-CN"), (None, "zh-CN")],
)
def test_the_browser_says_the_language_and_chinese_is_the_default(
    client: FlaskClient, asked: str | None, language: str
) -> None:
    headers = {"Accept-Language": asked} if asked else {}
    assert f'<html lang="{language}"' in client.get("/sign-in", headers=headers).text


def test_a_choice_outlasts_what_the_browser_says(client: FlaskClient) -> None:
    client.post("/language", data={"language": "en", "next": "/sign-in"})
    assert '<html lang="en"' in client.get("/sign-in", headers={"Accept-Language": "zh-CN"}).text


@pytest.mark.parametrize("package", i18n.CATALOGUES)
def test_every_sentence_is_translated(package: str, tmp_path: Path) -> None:
    catalogue = read_catalogue(catalogue_of(package))
    missing = []
    for message in extracted(package, tmp_path):
        known = catalogue.get(message.id, message.context)
        if known is None or not (known.string and all(known.string)) or known.fuzzy:
            missing.append(message.id)
    assert missing == [""], "all but the head of the catalogue, which is no sentence"


@pytest.mark.parametrize("package", i18n.CATALOGUES)
def test_no_catalogue_holds_what_nobody_says(package: str, tmp_path: Path) -> None:
    said = {(message.id, message.context) for message in extracted(package, tmp_path)}
    catalogue = read_catalogue(catalogue_of(package))
    assert [message.id for message in catalogue if (message.id, message.context) not in said] == []


@pytest.mark.parametrize("package", i18n.CATALOGUES)
def test_a_number_of_things_is_chinese_too(app: Flask, package: str) -> None:
    """The last catalogue read decides for all of them how to count: each has to know that Chinese has one form."""
    counted = [message for message in read_catalogue(catalogue_of(package)) if message.pluralizable]
    assert counted
    with force_locale("zh_Hans_CN"):
        for message in counted:
            assert {get_translations().ungettext(*message.id, n) for n in (1, 2)} == {message.string[0]}


def test_no_sentence_is_translated_in_two_ways() -> None:
    """The catalogues become one: the last would win everywhere. Say what is meant with pgettext("menu", …)."""
    meanings: dict[tuple[str | None, str], set[str]] = {}
    for package in i18n.CATALOGUES:
        for message in read_catalogue(catalogue_of(package)):
            words = message.id if isinstance(message.id, str) else message.id[0]
            meanings.setdefault((message.context, words), set()).add(str(message.string))
    assert {words: said for (context, words), said in meanings.items() if words and len(said) > 1} == {}


def catalogue_of(package: str) -> Path:
    return CHECKOUT / package / "translations" / "zh_Hans_CN" / "LC_MESSAGES" / "messages.po"


def extracted(package: str, folder: Path) -> Catalog:
    """The sentences of a package and its pages; the layout's belong to core."""
    template = folder / "messages.pot"
    options = ["-q", "extract", "-F", "babel.cfg", "-k", "_l", "--ignore-dirs=built", "-o", str(template)]
    subprocess.run([PYBABEL, *options, *sources(package)], cwd=CHECKOUT, check=True, capture_output=True)
    return read_catalogue(template)


def sources(package: str) -> list[str]:
    pages = [f"templates/{package}"] if (CHECKOUT / "templates" / package).is_dir() else []
    if package == "core":
        layout = CHECKOUT / "templates"
        pages += [str(file.relative_to(CHECKOUT)) for file in sorted(layout.glob("*.html"))] + ["templates/_macros"]
    return [package, *pages]


def read_catalogue(file: Path) -> Catalog:
    with file.open("rb") as stream:
        return read_po(stream)
