"""The main job in a browser: headquarters types 7.2亿 and 15 %, sees 8.28亿 reach 430 people, publishes; a salesperson
sees this week's tasks. In both languages, on a desk and on a phone, on the demo company.
"""

import re
import shutil
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect
from werkzeug.serving import make_server

from core import clock, jobs
from core.db import db
from organization import accounts
from seeds import demo
from tests.browser.conftest import DESKTOP, PHONE
from tests.product import TODAY, make_app

HEADQUARTERS, SALESPERSON = "E0001", "JS001"


@dataclass(frozen=True)
class Words:
    """What the pages say in one language."""

    locale: str
    total: str
    regions: str
    publish: str
    published: str
    tasks_there: str
    to_the_tree: str
    visits: str


LANGUAGES = {
    "zh": Words(
        "zh-CN", "8.28亿", "华东大区", "下达 8.28亿", "目标已于", "本周任务已生成", "查看目标树", "三甲医院主任级拜访"
    ),
    "en": Words(
        "en-GB",
        "¥828.00 M",
        "华东大区",
        "Publish ¥828.00 M",
        "The goals hold since",
        "The tasks of this week are there",
        "Go to the goal tree",
        "visits",
    ),
}


@pytest.fixture(scope="module")
def installation(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A fresh installation with the demo, as `./run` leaves it."""
    instance = tmp_path_factory.mktemp("demo")
    with clock.at(TODAY), make_app(instance).app_context():
        db.create_all()
        demo.fill()
        db.session.remove()
        db.engine.dispose()
    return instance


@pytest.fixture
def address(installation: Path, tmp_path: Path) -> Iterator[str]:
    """The product as it is served: forms are protected, one worker thread runs the jobs."""
    instance = shutil.copytree(installation, tmp_path / "instance")
    app = make_app(instance, WTF_CSRF_ENABLED=True)
    server, worker = make_server("127.0.0.1", 0, app, threaded=True), jobs.Worker(app, [])
    serving = threading.Thread(target=server.serve_forever)
    worker.start()
    serving.start()
    yield f"http://127.0.0.1:{server.server_port}"
    worker.stop()
    server.shutdown()
    serving.join()
    with app.app_context():
        db.engine.dispose()


def sign_in(browser: Browser, address: str, login: str, viewport: dict[str, int], locale: str) -> Page:
    page = browser.new_page(viewport=viewport, locale=locale, base_url=address)
    page.goto("/sign-in")
    page.fill("[name=login]", login)
    page.fill("[name=password]", accounts.DEMO_PASSWORD)
    page.click("main button.btn-primary")
    page.wait_for_url(lambda url: "/sign-in" not in url)
    return page


def no_sideways_scroll(page: Page) -> None:
    assert page.evaluate("document.documentElement.scrollWidth") <= page.viewport_size["width"], page.url


@pytest.mark.parametrize("viewport", [DESKTOP, PHONE], ids=["desktop", "phone"])
@pytest.mark.parametrize("language", LANGUAGES)
def test_S24_S26_from_the_annual_target_to_this_weeks_tasks(
    browser: Browser,
    address: str,
    assert_accessible: Callable[[Page], None],
    viewport: dict[str, int],
    language: str,
) -> None:
    words = LANGUAGES[language]

    def looks_well() -> None:
        assert_accessible(page)
        no_sideways_scroll(page)

    page = sign_in(browser, address, HEADQUARTERS, viewport, words.locale)
    page.goto("/goals/targets")
    page.fill("#field-base", "7.2亿")
    page.locator("#field-growth_pct").press_sequentially("15")
    expect(page.locator(".total-value")).to_contain_text(words.total)
    looks_well()

    page.click("#target-form button")
    rows = page.locator(".cascade > ul > li")
    expect(rows).to_have_count(7)
    region = rows.filter(has_text=words.regions)
    region.get_by_role("button").first.click()
    expect(region.locator("li")).to_have_count(7)
    region.locator("li").first.get_by_role("button").click()
    expect(region.locator("li li")).not_to_have_count(0)
    looks_well()

    page.get_by_role("button", name=words.publish).click()
    expect(page.locator("#progress")).to_contain_text(words.published)
    expect(page.locator("#progress")).to_contain_text(words.tasks_there)
    looks_well()

    page.get_by_role("link", name=words.to_the_tree).click()
    expect(page.locator("h1")).to_contain_text("2025")
    expect(page.locator("tbody tr")).to_have_count(7)
    looks_well()
    page.locator("tbody a", has_text=words.regions).click()
    page.locator("tbody th a").first.click()
    page.locator("tbody th a").first.click()
    looks_well()
    page.click(".page-actions a:not(.btn-primary)")
    expect(page.locator(".reasons > li")).not_to_have_count(0)
    looks_well()
    page.close()

    page = sign_in(browser, address, SALESPERSON, viewport, words.locale)
    page.goto("/goals/mine")
    expect(page.locator(".way-up li")).to_have_count(4)
    looks_well()
    page.goto("/tasks/week")
    expect(page.locator("main")).to_contain_text(re.compile(words.visits))
    page.close()


@pytest.mark.parametrize("viewport", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_a_battle_is_planned_and_reports_are_read(
    browser: Browser, address: str, assert_accessible: Callable[[Page], None], viewport: dict[str, int]
) -> None:
    page = sign_in(browser, address, HEADQUARTERS, viewport, "zh-CN")
    page.goto("/goals/targets/preview?key=medical.sales_cascade&year=2025&unit=1&base=7.2亿&growth_pct=15")
    page.click("#publish button")
    expect(page.locator("#progress")).to_contain_text("本周任务已生成")

    page.goto("/campaigns/new")
    assert_accessible(page)
    page.fill("#field-theme", "三季度主任拜访攻坚")
    page.locator("#field-owner").press_sequentially("RHD")
    expect(page.locator("#owner-people option")).to_have_count(1)
    page.fill("#field-owner", page.locator("#owner-people option").get_attribute("value"))
    page.fill("#field-first_day", "2025-07-01")
    page.fill("#field-last_day", "2025-09-30")
    page.fill("#field-target", "1.2亿")
    page.click("main form button.btn-primary")
    page.fill("#field-title", "拜访 20 家三甲主任")
    page.fill("#field-tactic_owner", "JS001")
    page.fill("#field-due_on", "2025-08-15")
    page.click("form[action$=tactics] button")
    expect(page.locator("tbody tr")).to_have_count(1)
    assert_accessible(page)
    no_sideways_scroll(page)

    for place in ("/campaigns", "/goals/reports", "/goals/reports/completion", "/goals/reports/attrition"):
        page.goto(place)
        assert_accessible(page)
        no_sideways_scroll(page)
    expect(page.locator("tbody tr").first).to_contain_text("30%")
    page.goto("/goals/reports/difficulty")
    assert_accessible(page)
    no_sideways_scroll(page)

    page.goto("/goals/targets/preview?key=medical.sales_cascade&year=2025&unit=1&base=7.2亿&growth_pct=16")
    expect(page.locator(".affected")).to_contain_text("三季度主任拜访攻坚")
    page.locator(".cascade-lock").first.click()
    expect(page.locator("#locks input")).to_have_count(1)
    assert_accessible(page)
    no_sideways_scroll(page)
    page.close()
