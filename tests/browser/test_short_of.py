"""我还差多少 in a browser: on a phone, by keyboard, accessible, and without script."""

from collections.abc import Callable

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page, expect

from core.db import db
from tests.browser.conftest import DESKTOP, PHONE, serving
from tests.browser.test_every_page import sign_in
from tests.sales import Sales
from tests.scores.figures import PROFIT, SALES, TARGET, conduct, feed


@pytest.fixture
def scored(sales: Sales) -> Sales:
    """75.5 points, 中; 48万 more of sales lead to 良."""
    amounts = ((TARGET, 1_000_000), (SALES, 600_000), (PROFIT, 150_000))
    feed(sales, "S001", *conduct("2025-Q2"), *((metric, "2025-Q2", amount, "P2") for metric, amount in amounts))
    db.session.commit()
    return sales


@pytest.mark.parametrize(("viewport", "locale"), [(PHONE, "zh-CN"), (PHONE, "en-GB"), (DESKTOP, "zh-CN")])
def test_the_page_fits_and_everybody_can_use_it(
    app: Flask,
    scored: Sales,
    browser: Browser,
    assert_accessible: Callable[[Page], None],
    viewport: dict[str, int],
    locale: str,
) -> None:
    with serving(app) as address:
        page = browser.new_page(viewport=viewport, locale=locale, base_url=address)
        sign_in(page, "S001")
        page.goto("/scores/short-of")
        assert page.evaluate("document.documentElement.scrollWidth") <= viewport["width"]
        assert_accessible(page)


def test_a_slider_that_the_keyboard_moves_shows_the_next_grade(app: Flask, scored: Sales, browser: Browser) -> None:
    with serving(app) as address:
        page = browser.new_page(viewport=PHONE, locale="zh-CN", base_url=address)
        sign_in(page, "S001")
        page.goto("/scores/short-of")
        slider = page.get_by_role("slider", name="销售额 分子诊断")
        slider.focus()
        page.keyboard.press("End")
        expect(page.locator("[id^='more-revenue-']")).to_have_value("100")
        result = page.locator("#short-of-result")
        expect(result).to_contain_text("95.5")
        expect(result).to_contain_text("“优”已是最高等级")
        assert page.url.endswith("/scores/short-of")


def test_it_works_without_script(app: Flask, scored: Sales, browser: Browser) -> None:
    with serving(app) as address:
        page = browser.new_context(java_script_enabled=False, locale="zh-CN", base_url=address).new_page()
        sign_in(page, "S001")
        page.goto("/scores/short-of")
        page.get_by_role("link", name="分子诊断的销售额再增 48万").click()
        expect(page.locator("#short-of-result")).to_contain_text("85.1")
        page.locator("[name^='revenue-']").fill("0")
        page.get_by_role("button", name="算一下").click()
        expect(page.locator("#short-of-result")).not_to_contain_text("85.1")
