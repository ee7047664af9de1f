"""Every page that links lead to: no serious accessibility finding, no sideways scroll, nothing in the console.

A visitor starts at home and follows links, one page of each kind (route), as HR and as a salesperson.
"""

from collections.abc import Callable
from urllib.parse import urlsplit

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page
from werkzeug.exceptions import HTTPException
from werkzeug.routing import MapAdapter

from core.db import db
from organization.models import Grant
from runtime.goals.models import GoalSet
from tests.browser.conftest import DESKTOP, PHONE, serving
from tests.product import PASSWORD
from tests.sales import Sales

NOT_PAGES = ("export", "template", "marked", "photo", "file", "sign_out")
FEWEST = {"H001": 30, "S001": 8}  # kinds of pages; fewer means that links have broken


@pytest.mark.parametrize(("viewport", "locale"), [(DESKTOP, "zh-CN"), (PHONE, "zh-CN"), (PHONE, "en-GB")])
@pytest.mark.parametrize("login", ["H001", "S001"])
def test_every_page_is_whole(
    app: Flask,
    sales: Sales,
    published: GoalSet,
    browser: Browser,
    assert_accessible: Callable[[Page], None],
    login: str,
    viewport: dict[str, int],
    locale: str,
) -> None:
    db.session.add(Grant(member_id=sales.people.hr.id, role="it_admin", unit_id=sales.people.headquarters.id))
    db.session.commit()
    with serving(app) as address:
        page = browser.new_page(viewport=viewport, locale=locale, base_url=address)
        complaints: list[str] = []
        page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
        sign_in(page, login)
        seen = walk(page, app.url_map.bind("127.0.0.1"), assert_accessible)
        assert complaints == []
        assert len(seen) >= FEWEST[login], sorted(seen)


def sign_in(page: Page, login: str) -> None:
    page.goto("/sign-in")
    page.fill("[name=login]", login)
    page.fill("[name=password]", PASSWORD)
    page.click("main button.btn-primary")
    page.wait_for_url(lambda url: "/sign-in" not in url)


def walk(page: Page, routes: MapAdapter, assert_accessible: Callable[[Page], None]) -> set[str]:
    """Follow links breadth first; the endpoints that were looked at."""
    seen: set[str] = set()
    waiting = [page.url]
    while waiting:
        url = waiting.pop(0)
        endpoint = endpoint_of(url, routes)
        if endpoint is None or endpoint in seen or endpoint.endswith(NOT_PAGES):
            continue
        seen.add(endpoint)
        answer = page.goto(url)
        assert answer is not None
        assert answer.ok, f"{url}: {answer.status}"
        page.wait_for_load_state()
        assert page.evaluate("document.documentElement.scrollWidth") <= page.viewport_size["width"], url
        assert_accessible(page)
        waiting += page.eval_on_selector_all("a[href]", "links => links.map(link => link.href)")
    return seen


def endpoint_of(url: str, routes: MapAdapter) -> str | None:
    parts = urlsplit(url)
    if parts.hostname != "127.0.0.1":
        return None
    try:
        endpoint, _arguments = routes.match(parts.path, "GET")
    except HTTPException:
        return None
    return str(endpoint)
