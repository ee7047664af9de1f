"""得分 in a browser: from the list to a person and why, accessible, on a phone, and on paper."""

from collections.abc import Callable

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page, expect

from core.db import db
from runtime.facts import periods
from runtime.scores import runs
from tests.browser.conftest import DESKTOP, PHONE, serving
from tests.browser.test_every_page import sign_in
from tests.sales import Sales
from tests.scores.figures import COMPOSITE, PROFIT, SALES, TARGET, conduct, feed


@pytest.fixture
def scored(sales: Sales) -> Sales:
    for quarter, amount in (("2025-Q1", 600_000), ("2025-Q2", 900_000)):
        feed(sales, "S001", *conduct(quarter), (TARGET, quarter, 1_000_000, "P1"), (TARGET, quarter, 500_000, "P2"))
        feed(sales, "S001", (SALES, quarter, amount, "P1"), (SALES, quarter, amount, "P2"), (PROFIT, quarter, 9e4, ""))
        feed(sales, "SC0", *conduct(quarter), (TARGET, quarter, 1_000_000, "P2"), (SALES, quarter, amount, "P2"))
        runs.compute(sales.people.company.id, COMPOSITE, periods.read(quarter), by_id=None)
    db.session.commit()
    return sales


@pytest.mark.parametrize(("viewport", "locale"), [(DESKTOP, "zh-CN"), (PHONE, "zh-CN"), (PHONE, "en-GB")])
def test_a_score_leads_to_its_reasons(
    app: Flask,
    scored: Sales,
    browser: Browser,
    assert_accessible: Callable[[Page], None],
    viewport: dict[str, int],
    locale: str,
) -> None:
    with serving(app) as address:
        page = browser.new_page(viewport=viewport, locale=locale, base_url=address)
        sign_in(page, "H001")
        person = page.get_by_role("link", name="安店长", exact=True).first
        page.goto("/scores")
        for way in (None, person, page.locator(".page-actions .btn-primary")):
            if way is not None:
                with page.expect_navigation():
                    way.click()
            assert page.evaluate("document.documentElement.scrollWidth") <= viewport["width"], page.url
            assert_accessible(page)
        expect(page.locator("ol.reasons > li")).to_have_count(5)  # result, lines, two products, versions


def test_an_explanation_prints_without_what_surrounds_it(app: Flask, scored: Sales, browser: Browser) -> None:
    with serving(app) as address:
        page = browser.new_page(viewport=DESKTOP, locale="zh-CN", base_url=address)
        sign_in(page, "S001")
        page.goto("/scores/mine")
        page.locator(".page-actions .btn-primary").click()
        page.emulate_media(media="print")
        expect(page.locator(".sidenav")).to_be_hidden()
        expect(page.locator(".topbar")).to_be_hidden()
        expect(page.get_by_text("各产品如何合成总分")).to_be_visible()
        expect(page.locator("ol.reasons table").last).to_be_visible()


def test_the_list_sorts_by_its_heads_with_the_keyboard(app: Flask, scored: Sales, browser: Browser) -> None:
    with serving(app) as address:
        page = browser.new_page(viewport=DESKTOP, locale="zh-CN", base_url=address)
        sign_in(page, "H001")
        page.goto("/scores")
        page.get_by_role("link", name="涨跌").press("Enter")
        expect(page.locator("th[aria-sort]")).to_have_text("涨跌")
        page.get_by_role("link", name="涨跌").press("Enter")
        expect(page.locator("th[aria-sort='ascending']")).to_have_text("涨跌")
