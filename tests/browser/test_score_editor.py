"""How a metric scores people is changed by sentences: what an input is, its target in its desk, taken back."""

from collections.abc import Callable

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page, expect

from builder import definitions
from core.db import db
from tests.browser.conftest import DESKTOP, PHONE, serving
from tests.product import PASSWORD
from tests.sales import Sales


@pytest.mark.parametrize("viewport", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_hr_changes_how_people_are_scored(
    browser: Browser, app: Flask, sales: Sales, assert_accessible: Callable[[Page], None], viewport: dict[str, int]
) -> None:
    metric = definitions.find(sales.people.company.id, "metric", "medical.composite")
    assert metric is not None
    path = f"/definitions/factors/{metric.id}"
    db.session.commit()
    with serving(app) as url:
        page = browser.new_page(viewport=viewport, locale="zh-CN")
        page.goto(f"{url}/sign-in")
        page.fill("[name=login]", "H001")
        page.fill("[name=password]", PASSWORD)
        page.click("main button.btn-primary")
        page.wait_for_url(lambda url: "/sign-in" not in url)
        page.goto(f"{url}{path}")
        page.get_by_role("button", name="怎么计分").click()
        page.select_option("#score-in-revenue-of", "person")
        expect(page.locator("#undo-says")).to_contain_text("revenue")
        page.locator("#score-in-profit-target").focus()
        expect(page.locator("#score-in-profit-target-said")).to_contain_text("没有问题")
        page.locator("#score-in-profit-target").fill("目标*25%")
        page.locator("#score-in-profit-target").press("Tab")
        expect(page.locator("#undo-says")).to_contain_text("25%")
        page.select_option("#score-in-profit-way", "value")
        expect(page.locator("#score-in-profit-value")).to_have_value("目标*25%")
        assert_accessible(page)
        assert page.evaluate("document.documentElement.scrollWidth") <= viewport["width"]
        page.click("#undo")
        expect(page.locator("#score-in-profit-target")).to_have_value("目标*25%")
        page.click("#undo")
        expect(page.locator("#score-in-profit-target")).to_have_value("目标*30%")
        page.close()
