"""Sales operations edits a formula in a browser, with the keyboard alone if they like."""

import re
import threading
from collections.abc import Callable, Iterator

import pytest
from flask import Flask
from playwright.sync_api import Browser, Locator, Page, expect
from werkzeug.serving import make_server

from builder import definitions
from core.db import db
from tests.browser.conftest import DESKTOP, PHONE
from tests.product import PASSWORD, add_member
from tests.sales import Sales

TEXT = "[data-formula-text]"
SAID = ".formula-said"


@pytest.fixture
def formula(app: Flask, sales: Sales) -> Iterator[str]:
    """The address of the product, and in it 个人权重 as a draft."""
    add_member(sales.people.headquarters, "OPS", "苏运营", "sales_ops")
    found = definitions.find(sales.people.company.id, "formula", "medical.member_weight")
    assert found is not None
    definitions.open_draft(found, by_id=None)
    db.session.commit()
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/formulas/{found.id}"
    server.shutdown()
    thread.join()


def opened(browser: Browser, address: str, viewport: dict[str, int] = DESKTOP, locale: str = "zh-CN") -> Page:
    page = browser.new_page(viewport=viewport, locale=locale)
    page.goto(address)
    page.fill("[name=login]", "OPS")
    page.fill("[name=password]", PASSWORD)
    page.click("main button.btn-primary")
    page.wait_for_url(lambda url: "/sign-in" not in url)
    page.goto(address)
    return page


def write(page: Page, text: str) -> Locator:
    area = page.locator(TEXT)
    area.focus()
    page.keyboard.press("ControlOrMeta+a")
    page.keyboard.insert_text(text)
    return area


def assert_no_sideways_scroll(page: Page) -> None:
    assert page.evaluate("document.documentElement.scrollWidth") <= page.viewport_size["width"], page.url


@pytest.mark.parametrize("viewport", [DESKTOP, PHONE], ids=["desktop", "phone"])
@pytest.mark.parametrize("locale", ["zh-CN", "en-GB"])
def test_a_mistake_is_underlined_and_one_click_mends_it(
    browser: Browser,
    formula: str,
    assert_accessible: Callable[[Page], None],
    viewport: dict[str, int],
    locale: str,
) -> None:
    page = opened(browser, formula, viewport, locale)
    assert_accessible(page)
    assert_no_sideways_scroll(page)
    area = write(page, "爬坡系数*客户潜")
    expect(page.locator(".formula-ink mark")).to_have_text("客户潜")
    expect(area).to_have_attribute("aria-invalid", "true")
    expect(page.locator(SAID)).to_contain_text("客户潜力")
    assert_accessible(page)
    page.click("[data-remedy]")
    expect(area).to_have_value("爬坡系数*客户潜力")
    expect(page.locator(".formula-ink mark")).to_have_count(0)
    expect(page.locator(".formula-outcomes tr.is-changed")).to_have_count(3)
    page.click("details:has(#expression-steps) > summary")
    expect(page.locator("#expression-steps")).to_contain_text("爬坡系数 = 1")
    assert_accessible(page)
    assert_no_sideways_scroll(page)
    page.keyboard.press("Escape")
    area.focus()
    page.keyboard.press("ControlOrMeta+z")
    expect(area).to_have_value("爬坡系数*客户潜")
    page.close()


def test_a_parameter_moves_by_slider_and_box_and_the_results_follow(browser: Browser, formula: str) -> None:
    page = opened(browser, formula)
    slider, box = page.locator("input[type=range]"), page.locator("[name=potential_share-default]")
    slider.focus()
    page.keyboard.press("ArrowRight")
    expect(box).to_have_value("0.45")
    expect(page.locator(".formula-outcomes tr.is-changed").first).to_be_visible()
    expect(page.locator(".name-chip", has_text="潜力比重")).to_contain_text("0.45")
    expect(page.locator("#verdict-s1")).to_contain_text("不一致")
    box.fill("４０％")
    expect(slider).to_have_value("0.4")
    expect(page.locator("#verdict-s1")).to_contain_text("符合预期")
    expect(page.locator(".formula-outcomes tr.is-changed")).to_have_count(0)
    page.close()


def test_names_and_functions_go_in_at_the_caret(
    browser: Browser, formula: str, assert_accessible: Callable[[Page], None]
) -> None:
    page = opened(browser, formula)
    area = write(page, "")
    page.locator(".formula-functions > summary").focus()
    page.keyboard.press("Enter")
    page.fill("[name=q]", "不低于")
    summary = page.locator(".function-list summary").first
    expect(summary).to_contain_text("MAX")
    summary.focus()
    page.keyboard.press("Enter")
    page.locator("[name=example]").first.fill("MAX(2,3)")
    expect(page.locator(".function-try output").first).to_have_text("= 3")
    assert_accessible(page)
    page.locator("[data-insert='MAX()']").focus()
    page.keyboard.press("Enter")
    expect(area).to_be_focused()
    page.keyboard.type("0,")
    page.locator(".name-chip", has_text="历史业绩").focus()
    page.keyboard.press("Enter")
    expect(area).to_have_value("MAX(0,历史业绩)")
    expect(page.locator(SAID)).not_to_have_class(re.compile("is-wrong"))
    page.close()


def tab_to(page: Page, selector: str) -> None:
    """From where the focus is, with the Tab key alone."""
    for _step in range(200):
        page.keyboard.press("Tab")
        if page.evaluate("selector => document.activeElement.matches(selector)", selector):
            return
    raise AssertionError(f"no way to {selector} by Tab")


@pytest.mark.parametrize("viewport", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_the_keyboard_alone_suffices(
    browser: Browser, formula: str, assert_accessible: Callable[[Page], None], viewport: dict[str, int]
) -> None:
    page = opened(browser, formula, viewport)
    area, rows = page.locator(TEXT), page.locator(".formula-outcomes tbody tr")
    tab_to(page, TEXT)
    page.keyboard.press("ControlOrMeta+a")
    page.keyboard.insert_text("ＭＡＸ（历史业，０）")
    expect(page.locator(".formula-ink mark")).to_have_text("历史业")
    tab_to(page, "[data-remedy]")
    page.keyboard.press("Enter")
    expect(area).to_have_value("ＭＡＸ（历史业绩，０）")
    expect(page.locator(SAID)).not_to_have_class(re.compile("is-wrong"))
    tab_to(page, ".formula-remove")
    page.keyboard.press("Enter")
    expect(rows).to_have_count(2)
    expect(page.locator("#expression-person")).to_be_focused()
    tab_to(page, ".formula-more > summary")
    page.keyboard.press("Enter")
    tab_to(page, "[name=sought]")
    page.keyboard.insert_text("安店")
    expect(page.locator(".formula-found button")).to_have_count(1)
    tab_to(page, ".formula-found button")
    page.keyboard.press("Enter")
    expect(rows).to_have_count(3)
    expect(rows.last).to_contain_text("安店长")
    assert_accessible(page)
    tab_to(page, ".formula-functions > summary")
    page.keyboard.press("Enter")
    tab_to(page, "[type=search][name=q]")
    page.keyboard.insert_text("封顶")
    expect(page.locator(".function-list summary").first).to_contain_text("MIN")
    tab_to(page, ".function-list summary")
    page.keyboard.press("Enter")
    tab_to(page, "[data-insert='MIN()']")
    page.keyboard.press("Enter")
    expect(area).to_be_focused()
    expect(area).to_have_value(re.compile(r"MIN\(\)"))
    assert_no_sideways_scroll(page)
    page.close()


def test_nothing_is_judged_while_somebody_composes_a_word(browser: Browser, formula: str) -> None:
    page = opened(browser, formula)
    write(page, "爬坡系数*")
    expect(page.locator(SAID)).to_have_class(re.compile("is-wrong"))
    sent: list[str] = []
    page.on("request", lambda request: sent.append(request.url) if request.url.endswith("/check") else None)
    method = page.context.new_cdp_session(page)
    method.send("Input.imeSetComposition", {"text": "kehuqianli", "selectionStart": 10, "selectionEnd": 10})
    expect(page.locator(TEXT)).to_have_value("爬坡系数*kehuqianli")
    method.send("Input.insertText", {"text": "客户潜力"})
    expect(page.locator(TEXT)).to_have_value("爬坡系数*客户潜力")
    expect(page.locator(".formula-outcomes tr.is-changed")).to_have_count(3)
    assert len(sent) == 1
    page.close()


def test_the_chosen_person_decides_what_stands_under_the_names(browser: Browser, formula: str) -> None:
    page = opened(browser, formula)
    chip = page.locator(".name-chip", has_text="历史业绩")
    expect(chip).to_contain_text("100,000,000")
    page.select_option("#expression-person", label="新人")
    expect(chip.locator("small")).to_have_text("0")
    page.close()


def test_a_changed_formula_is_saved_and_goes_to_review(browser: Browser, formula: str) -> None:
    page = opened(browser, formula)
    page.fill("[name=potential_share-default]", "0.45")
    page.fill("[name=s1-gives]", "1950000")
    page.fill("[name=s2-gives]", "")
    page.click(".page-actions button.btn-primary")
    expect(page.locator("[name=potential_share-default]")).to_have_value("0.45")
    expect(page.locator("#problems-title")).to_be_visible()
    page.fill("[name=s2-gives]", "250000")
    page.click(".page-actions button[name=review]")
    expect(page).to_have_url(re.compile("/definitions/.*review"))
    expect(page.locator("main")).to_contain_text("0.4 → 0.45")
    page.close()
