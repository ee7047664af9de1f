"""HR changes a rule in a browser: sees problems at their lines, reviews what changed, submits it."""

import json
import threading
from collections.abc import Callable, Iterator

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page, expect
from werkzeug.serving import make_server

from builder import packs
from core.db import db
from tests.browser.conftest import DESKTOP, PHONE
from tests.product import PASSWORD, People


@pytest.fixture
def address(app: Flask, people: People) -> Iterator[str]:
    packs.install(packs.shipped_folder("okr_core"), people.company.id, by_id=people.hr.id)
    db.session.commit()
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()


def signed_in(browser: Browser, address: str, viewport: dict[str, int], locale: str) -> Page:
    page = browser.new_page(viewport=viewport, locale=locale, base_url=address)
    page.goto("/sign-in")
    page.fill("[name=login]", "H001")
    page.fill("[name=password]", PASSWORD)
    page.click("main button.btn-primary")
    page.wait_for_url(lambda url: "/sign-in" not in url)
    return page


def write(page: Page, change: Callable[[dict], None]) -> None:
    """Replace the text in the editor, as somebody who pastes does."""
    document = json.loads(page.eval_on_selector("textarea[name=text]", "area => area.value"))
    change(document)
    page.locator(".cm-content").click()
    page.keyboard.press("ControlOrMeta+a")
    page.keyboard.insert_text(json.dumps(document, ensure_ascii=False, indent=2))


def assert_no_sideways_scroll(page: Page) -> None:
    assert page.evaluate("document.documentElement.scrollWidth") <= page.viewport_size["width"], page.url


def threshold(value: str) -> Callable[[dict], None]:
    def change(document: dict) -> None:
        document["body"]["rows"][4]["when"]["deviation"] = value

    return change


@pytest.mark.parametrize("viewport", [DESKTOP, PHONE], ids=["desktop", "phone"])
@pytest.mark.parametrize("locale", ["zh-CN", "en-GB"])
def test_change_a_rule_and_submit_it(
    browser: Browser,
    address: str,
    assert_accessible: Callable[[Page], None],
    viewport: dict[str, int],
    locale: str,
) -> None:
    words = {"zh-CN": ("红黄绿灯判定表", "没有字段", "偏离度"), "en-GB": ("Traffic light", "field", "Deviation")}[
        locale
    ]
    page = signed_in(browser, address, viewport, locale)
    page.goto("/definitions")
    assert_accessible(page)
    assert_no_sideways_scroll(page)
    page.click(f"text={words[0]}")
    assert_accessible(page)
    assert_no_sideways_scroll(page)
    page.click(".page-actions button.btn-primary")
    page.goto(page.url.replace("/table", "/edit?plain=1"))
    write(page, threshold(">偏离底"))
    problems = page.locator(".code-problems li")
    expect(problems.first).to_contain_text(words[1])
    assert_accessible(page)
    write(page, threshold(">20%"))
    expect(problems).to_have_count(0)
    page.click("button[name=review]")
    expect(page.locator("#changes")).to_contain_text(f"{words[2]} >15% → >20%")
    assert_accessible(page)
    assert_no_sideways_scroll(page)
    page.fill("[name=note]", "2025 Q3")
    page.click("main form button.btn-primary")
    expect(page.locator("#changes")).to_contain_text(f"{words[2]} >15% → >20%")
    expect(page.locator("main")).to_contain_text("2025 Q3")
    page.close()
