"""HR changes how targets are split without writing JSON: cards, sliders, the result of a region beside them."""

from collections.abc import Callable, Iterator

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page, Route, expect

from builder import definitions
from core.db import db
from tests.browser.conftest import DESKTOP, PHONE, serving, settled
from tests.product import PASSWORD
from tests.sales import CASCADE, Sales

VIEWPORTS = pytest.mark.parametrize("viewport", [DESKTOP, PHONE], ids=["desktop", "phone"])


@pytest.fixture
def address(app: Flask, sales: Sales) -> Iterator[str]:
    definition = definitions.find(sales.people.company.id, "cascade", CASCADE)
    assert definition is not None
    definitions.open_draft(definition, by_id=sales.people.hr.id)
    db.session.commit()
    with serving(app) as url:
        yield f"{url}/cascades/{definition.id}"


def open_editor(browser: Browser, address: str, viewport: dict[str, int], locale: str = "zh-CN") -> Page:
    page = browser.new_page(viewport=viewport, locale=locale)
    page.goto(f"{address.rpartition('/cascades')[0]}/sign-in")
    page.fill("[name=login]", "H001")
    page.fill("[name=password]", PASSWORD)
    page.click("main button.btn-primary")
    page.wait_for_url(lambda url: "/sign-in" not in url)
    page.goto(address)
    return page


def assert_no_sideways_scroll(page: Page) -> None:
    assert page.evaluate("document.documentElement.scrollWidth") <= page.viewport_size["width"], page.url


@VIEWPORTS
@pytest.mark.parametrize("locale", ["zh-CN", "en-GB"])
def test_hr_changes_the_split_and_sees_what_it_does(
    browser: Browser, address: str, assert_accessible: Callable[[Page], None], viewport: dict[str, int], locale: str
) -> None:
    page = open_editor(browser, address, viewport, locale)
    expect(page.locator("#trial-result")).to_contain_text("安店长")
    assert_accessible(page)
    assert_no_sideways_scroll(page)
    same = page.locator("#trial-result p").first.inner_text()
    page.locator("#l2-reserve_percent").fill("5")
    page.locator("#l2-reserve_percent").press("Tab")
    expect(page.locator("#undo-says")).to_contain_text("5% → 0%")
    expect(page.locator("#trial-result p").first).not_to_have_text(same)
    page.select_option("#l2-weight_way", "history")
    expect(page.locator("#undo-says")).to_contain_text("历史占比")
    expect(page.locator("#l2-weight")).to_have_value("历史占比")
    page.click("#undo")
    expect(page.locator("#l2-weight_way")).to_have_value("use:单位权重")
    expect(page.locator("#l2-reserve_percent")).to_have_value("5")
    assert_accessible(page)
    page.close()


def test_the_slider_moves_by_keyboard_and_its_box_with_it(browser: Browser, address: str) -> None:
    page = open_editor(browser, address, DESKTOP)
    page.locator("#l1-reserve_percent-range").focus()
    page.keyboard.press("ArrowRight")
    expect(page.locator("#l1-reserve_percent")).to_have_value("3.5")
    expect(page.locator("#undo-says")).to_contain_text("3.5% → 3%")
    page.close()


def test_a_cap_that_cannot_hold_is_told_at_its_card(browser: Browser, address: str) -> None:
    page = open_editor(browser, address, DESKTOP)
    expect(page.locator("#trial-result")).to_contain_text("安店长")
    with page.expect_response(lambda answer: answer.request.method == "POST"):
        page.select_option("#l2-cap_way", "history")
    settled(page)  # the card was swapped; what is opened before would close again
    page.locator("#fold-l2-cap summary").click()
    page.locator("#l2-cap").fill("历史业绩*0.5")
    page.locator("#l2-cap").press("Tab")
    expect(page.locator("#undo-says")).to_contain_text("历史业绩*0.5 →")
    expect(page.locator("#trial-l2")).to_contain_text("封顶")
    page.locator("#l2-cap").fill("历史业")
    page.locator("#l2-cap").press("Tab")
    expect(page.locator("#l2-problems")).to_contain_text("历史业绩")
    page.close()


def test_what_is_typed_in_another_card_survives_the_answer(browser: Browser, address: str) -> None:
    page = open_editor(browser, address, DESKTOP)
    expect(page.locator("#trial-result")).to_contain_text("安店长")
    page.locator("#w2-when").fill("目标>历史业绩*1.5")
    page.evaluate("document.querySelector('#l2-reserve_percent').value = 4")
    page.evaluate("htmx.trigger('#form-l2', 'change')")
    expect(page.locator("#undo-says")).to_contain_text("4% → 0%")
    expect(page.locator("#w2-when")).to_have_value("目标>历史业绩*1.5")
    page.locator("#w2-when").press("Tab")
    expect(page.locator("#undo-says")).to_contain_text("1.5")
    page.close()


class Held:
    """Requests to save that wait until the test lets them go: somebody goes on working meanwhile."""

    def __init__(self, page: Page) -> None:
        self.page, self.waiting, self.holds = page, list[Route](), True
        page.route("**/cascades/**", self._hold)

    def _hold(self, route: Route) -> None:
        if self.holds and route.request.method == "POST":
            self.waiting.append(route)
        else:
            route.continue_()

    def expect_one(self) -> None:
        for _frame in range(300):
            if self.waiting:
                return
            self.page.evaluate("new Promise(requestAnimationFrame)")
        raise AssertionError("nothing was sent to be saved")

    def let_go(self) -> None:
        """All that wait, and then those that waited for them."""
        self.holds = False
        for route in self.waiting:
            route.continue_()


def test_an_answer_never_overwrites_the_text_that_somebody_goes_on_writing(browser: Browser, address: str) -> None:
    page = open_editor(browser, address, DESKTOP)
    text, said = page.locator("#w2-when"), page.locator("#undo-says")
    before = text.input_value()
    held = Held(page)
    text.fill("目标>历史业绩*1.5")
    text.press("Tab")
    held.expect_one()
    text.focus()
    text.press("End")
    page.keyboard.type("5 ")  # the answer has less, and no blank at the end
    held.let_go()
    expect(said).to_contain_text("历史业绩*1.5")
    expect(text).to_be_focused()
    expect(text).to_have_value("目标>历史业绩*1.55 ")
    text.press("Tab")
    expect(said).to_contain_text("历史业绩*1.55")
    for earlier in ("目标>历史业绩*1.5", before):
        page.click("#undo")
        expect(text).to_have_value(earlier)
    page.close()


def test_an_undo_takes_back_what_was_being_written_when_it_was_pressed(browser: Browser, address: str) -> None:
    """While another card is still being saved, and of a text of which the browser tells no change."""
    page = open_editor(browser, address, DESKTOP)
    text, reserve, said = page.locator("#w2-when"), page.locator("#l2-reserve_percent"), page.locator("#undo-says")
    before = text.input_value()
    reserve.fill("5")
    reserve.press("Tab")
    expect(said).to_contain_text("5%")
    held = Held(page)
    reserve.fill("4")
    reserve.press("Tab")
    held.expect_one()
    text.focus()
    text.evaluate(
        "area => { area.setRangeText('1+'); area.dispatchEvent(new InputEvent('input', { bubbles: true })); }"
    )
    page.click("#undo")
    held.let_go()
    expect(said).to_contain_text("4% → 5%")
    expect(text).to_have_value(before)
    page.close()


def test_an_undo_refreshes_a_text_that_keeps_the_focus(browser: Browser, address: str) -> None:
    """As where a finger presses a button: the text that was saved is left standing in."""
    page = open_editor(browser, address, DESKTOP)
    text, said = page.locator("#w2-when"), page.locator("#undo-says")
    before = text.input_value()
    text.fill("目标>历史业绩*1.5")
    text.press("Tab")
    expect(said).to_contain_text("1.5")
    text.focus()
    page.evaluate("document.querySelector('#undo').form.requestSubmit()")
    expect(text).to_have_value(before)
    page.close()


@VIEWPORTS
def test_an_expression_brings_its_desk_when_somebody_comes_to_it(
    browser: Browser, address: str, assert_accessible: Callable[[Page], None], viewport: dict[str, int]
) -> None:
    page = open_editor(browser, address, viewport)
    expect(page.locator(".formula-desk")).to_have_count(0)
    page.locator("#w2-when").focus()
    expect(page.locator("#w2-when-said")).to_contain_text("没有问题")
    page.locator("#fold-l3-weight > summary").click()
    page.locator("#l3-weight").focus()
    expect(page.locator("#l3-weight-checked tbody tr")).to_have_count(3)
    expect(page.locator(".formula-desk")).to_have_count(2)
    ids = page.eval_on_selector_all("[id]", "elements => elements.map(element => element.getAttribute('id'))")
    assert len(ids) == len(set(ids))
    page.locator("#l3-weight").fill("个人权")
    expect(page.locator("#card-l3 .formula-ink mark").first).to_have_text("个人权")
    page.locator("#l3-weight-checked [data-remedy]").first.click()
    expect(page.locator("#l3-weight")).to_have_value("个人权重")
    page.locator("#l3-weight-chips .name-chip", has_text="在岗工作日占比").click()
    expect(page.locator("#l3-weight")).to_have_value("个人权重在岗工作日占比")
    expect(page.locator("#undo-says")).to_contain_text("个人权")
    settled(page)
    page.locator("#l3-weight").fill("个人权重*在岗工作日占比")
    expect(page.locator("#l3-weight-said")).to_contain_text("没有问题")
    page.keyboard.press("Tab")
    expect(page.locator("#undo-says")).to_contain_text("个人权重*在岗工作日占比 →")
    expect(page.locator("#l3-weight-checked tbody tr")).to_have_count(3)
    settled(page)
    assert_accessible(page)
    assert_no_sideways_scroll(page)
    page.close()


def test_a_rate_and_a_table_are_added_with_buttons(browser: Browser, address: str) -> None:
    page = open_editor(browser, address, DESKTOP)
    page.click("#visits-add-rate")
    expect(page.locator("#card-visits fieldset", has_text="比率1")).to_have_count(1)
    page.select_option("#visits-source", label="新人爬坡系数")
    page.click("#visits-add-use")
    expect(page.locator("#visits-use-4-as")).to_have_value("爬坡系数")
    expect(page.locator("#cascade-toolbar")).to_contain_text("没有问题")
    page.locator("#fold-visits-uses > summary").click()
    page.locator("#visits-use-4-remove").click()
    expect(page.locator("#visits-use-4-as")).to_have_count(0)
    page.close()


def test_a_level_goes_and_comes_back(browser: Browser, address: str) -> None:
    page = open_editor(browser, address, DESKTOP)
    page.click("#l2-remove")
    expect(page.locator("#card-l2")).to_have_count(0)
    page.click("#add-province")
    expect(page.locator(".level-card")).to_have_count(3)
    page.select_option(".level-card:nth-of-type(2) [name=weight_way]", "formula:medical.unit_weight")
    expect(page.locator("#cascade-toolbar")).to_contain_text("没有问题")
    page.close()


@VIEWPORTS
def test_the_action_library_is_a_grid(
    browser: Browser, address: str, assert_accessible: Callable[[Page], None], viewport: dict[str, int]
) -> None:
    page = open_editor(browser, address, viewport)
    page.goto(f"{address.rpartition('/')[0]}/actions")
    assert_accessible(page)
    assert_no_sideways_scroll(page)
    row = page.locator("tr", has_text="有效拜访").first
    row.locator("[name=value]").fill("1.5")
    row.locator("[name=value]").press("Tab")
    page.wait_for_function("document.querySelector('#action-library').innerText.includes('草稿')")
    expect(page.locator("tr", has_text="有效拜访").first.locator("[name=value]")).to_have_value("1.5")
    page.locator("tr", has_text="有效拜访").first.locator("[name=tier]").select_option("base")
    expect(page.locator("tr", has_text="有效拜访").first).to_contain_text("不可")
    page.reload()
    expect(page.locator("tr", has_text="有效拜访").first.locator("[name=value]")).to_have_value("1.5")
    page.close()
