"""A browser for the tests that need one. `browser.new_page(...)` gives a page with cookies of its own."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from axe_playwright_python.sync_playwright import Axe
from flask import Flask
from playwright.sync_api import Browser, Page, expect, sync_playwright
from werkzeug.serving import make_server

from tests.browser import chromium

PHONE = {"width": 360, "height": 740}
DESKTOP = {"width": 1440, "height": 900}
SERIOUS = ("serious", "critical")

expect.set_options(timeout=30_000)  # other tests run at the same time: a busy machine is not a bug


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=chromium.executable(), args=chromium.flags(), env=chromium.environment()
        )
        yield browser
        browser.close()


@pytest.fixture
def app(own_app: Flask) -> Flask:
    """Its own: what a page still asks for when its test is over is not to reach the next test's database."""
    return own_app


@contextmanager
def serving(app: Flask) -> Iterator[str]:
    """The address of the product while it is served from a thread."""
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()


def settled(page: Page) -> None:
    """What htmx has asked for is answered and drawn. (`networkidle` comes once a document and never again.)"""
    expect(page.locator(".htmx-request, .htmx-settling, .htmx-swapping, .htmx-added")).to_have_count(0)


@pytest.fixture
def assert_accessible() -> Callable[[Page], None]:
    def check(page: Page) -> None:
        violations = [found for found in Axe().run(page).response["violations"] if found["impact"] in SERIOUS]
        places = [(found["id"], [node["html"] for node in found["nodes"]]) for found in violations]
        assert places == [], page.url

    return check
