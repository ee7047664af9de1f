"""Sales operations change weights and rules in a browser: by slider, by keyboard, from a spreadsheet, on a phone."""

import json
import re
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Browser, Locator, Page, expect
from sqlalchemy import select
from werkzeug.serving import make_server

from builder import definitions
from builder.models import Definition
from core.db import Document, db
from tests.browser.conftest import DESKTOP, PHONE
from tests.product import PASSWORD, People, add_member
from tests.waiting import wait_until

STAGES = Path(__file__).parents[2] / "seeds/medical_goals/definitions/table/medical.stage_weights.json"


@pytest.fixture
def address(app: Flask, people: People) -> Iterator[str]:
    add_member(people.headquarters, "O001", "苏运营", "sales_ops")
    document = json.loads(STAGES.read_text(encoding="utf-8"))
    version = definitions.create(people.company.id, document, by_id=people.hr.id)
    definitions.publish(version, by_id=people.hr.id)
    definitions.open_draft(version.definition, by_id=people.hr.id)
    db.session.commit()
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()


def opened(
    browser: Browser, address: str, *, viewport: dict[str, int] = DESKTOP, locale: str = "zh-CN", login: str = "H001",
    **more: bool,
) -> Page:  # fmt: skip
    page = browser.new_page(viewport=viewport, locale=locale, base_url=address, **more)
    page.goto("/sign-in")
    page.fill("[name=login]", login)
    page.fill("[name=password]", PASSWORD)
    page.click("main button.btn-primary")
    page.wait_for_url(lambda url: "/sign-in" not in url)
    page.goto(f"/definitions/{draft().definition_id}/edit")
    expect(page.locator("[role=grid]")).to_be_visible()
    return page


def draft() -> definitions.DefinitionVersion:
    db.session.expire_all()
    found = definitions.draft_of(db.session.scalars(select(Definition)).one())
    assert found is not None
    db.session.commit()
    return found


def kept_rows() -> list[Document]:
    return draft().document["body"]["rows"]


def cell(page: Page, place: str) -> Locator:
    return page.locator(f'[data-cell="{place}"]')


def shares(page: Page, row: str = "r1") -> list[str]:
    return [cell(page, f"{row}.c{column}").inner_text() for column in range(2, 6)]


def slide(page: Page, place: str, steps: int) -> None:
    page.locator(f'input[type=range][data-weight="{place}"]').focus()
    for _step in range(abs(steps)):
        page.keyboard.press("ArrowRight" if steps > 0 else "ArrowLeft")


def drag(page: Page, place: str, share: float) -> None:
    box = page.locator(f'input[type=range][data-weight="{place}"]').bounding_box()
    assert box is not None
    now = float(page.locator(f'input[type=range][data-weight="{place}"]').input_value())
    thumb = 16
    at = [box["x"] + thumb / 2 + (box["width"] - thumb) * part / 100 for part in (now, share)]
    page.mouse.move(at[0], box["y"] + box["height"] / 2)
    page.mouse.down()
    page.mouse.move((at[0] + at[1]) / 2, box["y"] + box["height"] / 2)
    page.mouse.move(at[1], box["y"] + box["height"] / 2)
    page.mouse.up()


def put_on_clipboard(page: Page, kind: str, text: str, html: str = "") -> None:
    page.evaluate(
        """([kind, text, html]) => {
            const data = new DataTransfer();
            data.setData("text/plain", text);
            if (html) data.setData("text/html", html);
            document.activeElement.dispatchEvent(
                new ClipboardEvent(kind, { clipboardData: data, bubbles: true, cancelable: true }));
        }""",
        [kind, text, html],
    )


def assert_no_sideways_scroll(page: Page) -> None:
    assert page.evaluate("document.documentElement.scrollWidth") <= page.viewport_size["width"], page.url


def test_S21_coverage_goes_from_40_to_45_by_slider_and_the_review_says_so(
    browser: Browser, address: str, assert_accessible: Callable[[Page], None]
) -> None:
    page = opened(browser, address, login="O001")
    assert_accessible(page)
    page.locator("select[name='giver.r1']").select_option(label="利润权重")
    slide(page, "r1.c2", 5)
    expect(cell(page, "r1.c2")).to_have_text("45%")
    assert shares(page) == ["45%", "25%", "20%", "10%"]
    expect(page.locator("input[name='weight.r1.c5']")).to_have_value("10")
    expect(page.locator(".weight-total").first).to_have_text("合计 100%")
    expect(page.locator("#table-saved")).to_contain_text("草稿已保存")
    assert kept_rows()[0]["then"] == {"c2": "45%", "c3": "25%", "c4": "20%", "c5": "10%"}
    page.click("button[name=review]")
    expect(page.locator("#changes")).to_contain_text("推广期:覆盖权重 40% → 45%")
    page.close()


def test_a_dragged_slider_takes_from_the_unlocked_and_undo_gives_back(browser: Browser, address: str) -> None:
    page = opened(browser, address)
    page.locator("#lock-r1\\.c3").check()
    expect(page.locator("#slider-r1\\.c3")).to_be_disabled()
    drag(page, "r1.c2", 50)
    expect(cell(page, "r1.c2")).to_have_text(re.compile(r"^(49|50|51)%$"))
    assert shares(page)[1] == "25%"
    assert sum(int(share.rstrip("%")) for share in shares(page)) == 100
    page.click("[data-tool=undo]")
    expect(cell(page, "r1.c2")).to_have_text("40%")
    expect(page.locator("#weight-r1\\.c2")).to_have_value("40")
    page.close()


def test_the_grid_works_with_the_keyboard_alone(browser: Browser, address: str) -> None:
    page = opened(browser, address)
    cell(page, "r1.c1").focus()
    page.keyboard.press("ArrowRight")
    expect(cell(page, "r1.c2")).to_be_focused()
    page.keyboard.press("F2")
    page.keyboard.press("ControlOrMeta+a")
    page.keyboard.type("45%")
    expect(page.locator("#findings")).to_contain_text("现在是 105%")  # while the cell is still being typed
    page.keyboard.press("Tab")
    expect(cell(page, "r1.c3")).to_be_focused()
    page.keyboard.type("20%")
    page.keyboard.press("Enter")
    expect(cell(page, "r2.c3")).to_be_focused()
    expect(page.locator("#findings")).to_contain_text("校验全部通过")
    page.keyboard.press("ControlOrMeta+z")
    expect(cell(page, "r1.c3")).to_have_text("25%")
    page.keyboard.press("ControlOrMeta+z")
    expect(cell(page, "r1.c2")).to_have_text("40%")
    page.keyboard.press("ControlOrMeta+y")
    expect(cell(page, "r1.c2")).to_have_text("45%")
    page.keyboard.press("ControlOrMeta+d")
    expect(page.locator("#findings")).to_contain_text("第 2 行和第 3 行都符合 阶段 = 成长期")
    page.keyboard.press("Alt+ArrowUp")
    expect(page.locator("tbody tr[role=row]").nth(1)).to_have_attribute("id", "line-r5")
    page.keyboard.press("ControlOrMeta+Delete")
    expect(cell(page, "r5.c1")).to_have_count(0)
    page.keyboard.press("Shift+ArrowRight")
    page.keyboard.press("Delete")
    expect(page.locator("[role=gridcell][aria-selected=true]")).to_have_count(2)
    expect(cell(page, "r2.c3")).to_have_text("")
    page.close()


def test_a_choice_is_chosen_from_its_options(browser: Browser, address: str) -> None:
    page = opened(browser, address)
    cell(page, "r1.c1").focus()
    page.keyboard.press("Enter")
    options = page.locator("select.table-cell-editor option")
    for place, words in enumerate(["任意", "是 推广期", "是 成长期"]):
        expect(options.nth(place)).to_have_text(words)
    page.locator("select.table-cell-editor").select_option("任意")
    page.keyboard.press("Enter")
    expect(cell(page, "r1.c1")).to_have_text("任意")
    expect(page.locator("#findings")).to_contain_text("都符合")
    page.locator("#findings button", has_text="以上面的行为准").first.click()
    expect(page.locator("#findings")).to_contain_text("校验全部通过")
    expect(page.locator("#table-hit")).to_have_value("first")
    page.close()


def test_a_mistake_is_shown_at_its_cell_and_led_to(
    browser: Browser, address: str, assert_accessible: Callable[[Page], None]
) -> None:
    page = opened(browser, address)
    cell(page, "r2.c1").focus()
    page.keyboard.press("Enter")
    page.locator("select.table-cell-editor").select_option(label="自己写…")
    page.locator("input.table-cell-editor").fill("推厂期")
    page.keyboard.press("Enter")
    expect(cell(page, "r2.c1")).to_have_attribute("aria-invalid", "true")
    assert_accessible(page)
    page.click("[data-goto]")
    expect(cell(page, "r2.c1")).to_be_focused()
    page.keyboard.press("ControlOrMeta+z")
    expect(page.locator("#findings")).to_contain_text("校验全部通过")
    page.close()


def test_a_block_from_a_spreadsheet_is_pasted_and_what_does_not_fit_is_answered(browser: Browser, address: str) -> None:
    page = opened(browser, address)
    cell(page, "r4.c1").focus()
    put_on_clipboard(page, "paste", "衰退期\t10%\t10%\t25%\t55%\r\n推广期\t40%\t25%\t20%\t15%\r\n")
    expect(cell(page, "r5.c1")).to_have_text("是 推广期")
    put_on_clipboard(page, "paste", "x\n" * 10_000)
    expect(page.locator("#toast")).to_contain_text("10,000 行")
    put_on_clipboard(page, "paste", "a\tb", "<table><tr><td colspan=2>a</td></tr></table>")
    expect(page.locator("#toast")).to_contain_text("合并单元格")
    expect(cell(page, "r4.c2")).to_have_text("10%")
    page.close()


def test_rows_and_columns_have_buttons(browser: Browser, address: str) -> None:
    page = opened(browser, address)
    cell(page, "r1.c1").focus()
    page.click("[data-tool=add_row]")
    expect(page.locator("tbody tr[role=row]")).to_have_count(5)
    page.click("[data-tool=add_column]")
    page.fill("#column-form [name=title]", "区域")
    page.select_option("#column-form [name=type]", "choice")
    page.fill("#column-form [name=options]", "华东、华南")
    page.click("#column-form button.btn-primary")
    expect(cell(page, "r1.c6")).to_have_text("任意")
    page.click("[data-tool=undo]")
    expect(cell(page, "r1.c6")).to_have_count(0)
    page.close()


def test_columns_are_changed_copied_moved_and_deleted_with_the_keyboard_alone(
    browser: Browser, address: str, assert_accessible: Callable[[Page], None]
) -> None:
    page = opened(browser, address)
    cell(page, "r1.c1").focus()
    page.keyboard.press("Shift+F2")
    expect(page.locator("#field-new_title")).to_be_focused()
    assert_accessible(page)
    page.keyboard.type("生命周期")
    page.locator("#column-change input[data-was=推广期]").fill("导入期")
    page.keyboard.press("Enter")
    expect(cell(page, "r1.c1")).to_have_text("是 导入期")
    expect(page.locator("th[data-column=c1]")).to_contain_text("生命周期")
    expect(cell(page, "r1.c1")).to_be_focused()
    page.keyboard.press("ControlOrMeta+z")
    expect(cell(page, "r1.c1")).to_have_text("是 推广期")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ControlOrMeta+Shift+d")
    expect(page.locator("th[data-column]")).to_have_count(6)
    expect(page.locator("th[data-column=c6]")).to_contain_text("覆盖权重2")
    page.keyboard.press("Alt+ArrowRight")
    expect(page.locator("th[data-column]").nth(3)).to_have_attribute("data-column", "c6")
    page.keyboard.press("ControlOrMeta+Shift+Delete")
    expect(page.locator("th[data-column=c6]")).to_have_count(0)
    page.keyboard.press("ControlOrMeta+Shift+Enter")
    expect(page.locator("#column")).to_be_visible()
    page.close()


def test_options_are_added_and_given_up_in_the_dialog_and_another_type_says_what_becomes_of_values(
    browser: Browser, address: str
) -> None:
    page = opened(browser, address)
    page.locator("th[data-column=c1]").dblclick()
    dialog = page.locator("#column-change")
    dialog.get_by_role("button", name="添加选项").click()
    page.keyboard.type("退市期")
    page.keyboard.press("Enter")
    expect(page.locator("#findings")).to_contain_text("阶段 = 退市期")
    page.locator("th[data-column=c1]").dblclick()
    dialog.get_by_role("button", name="去掉推广期").click()
    dialog.locator("button.btn-primary").click()
    expect(page.locator("#toast")).to_contain_text("仍有行用到“推广期”:第 1 行")
    page.locator("th[data-column=c1]").dblclick()
    dialog.locator("[name=new_type]").select_option("number")
    for number, stage in enumerate(("推广期", "成长期", "成熟期", "衰退期", "退市期"), 1):
        dialog.locator(f"input[data-was={stage}]").fill(str(number))
    dialog.locator("button.btn-primary").click()
    expect(cell(page, "r4.c1")).to_have_text("4")
    wait_until(lambda: draft().document["body"]["inputs"][0]["type"] == "number", "the new type is saved")
    page.close()


def test_two_people_edit_one_table_the_second_is_told_and_both_survive(browser: Browser, address: str) -> None:
    first, second = opened(browser, address), opened(browser, address, login="O001")
    slide(first, "r1.c2", 1)
    expect(first.locator("#table-saved")).to_contain_text("草稿已保存")
    cell(second, "r2.c2").focus()
    second.keyboard.type("21%")
    second.keyboard.press("Enter")
    expect(second.locator("#table-conflict")).to_contain_text("何人事")
    expect(second.locator("#table-conflict")).to_contain_text("覆盖权重 20% → 21%")
    assert kept_rows()[0]["then"]["c2"] == "41%"
    expect(cell(second, "r2.c2")).to_have_text("21%")
    second.click("#table-conflict button[name=over]")
    expect(second.locator(".notice-good")).to_be_visible()
    assert [row["then"]["c2"] for row in kept_rows()[:2]] == ["40%", "21%"]
    first.close()
    second.close()


@pytest.mark.parametrize("locale", ["zh-CN", "en-GB"])
def test_on_a_phone_rows_are_cards_with_sliders(
    browser: Browser, address: str, assert_accessible: Callable[[Page], None], locale: str
) -> None:
    page = opened(browser, address, viewport=PHONE, locale=locale)
    assert_accessible(page)
    assert_no_sideways_scroll(page)
    slide(page, "r3.c2", 2)
    expect(cell(page, "r3.c2")).to_have_text("7%")
    expect(page.locator("[data-weights=r3] .weight-total")).to_contain_text("100%")
    page.close()


def test_without_scripts_weights_are_number_boxes_that_can_be_saved(browser: Browser, address: str) -> None:
    page = opened(browser, address, java_script_enabled=False)
    expect(page.locator("input[type=range]").first).to_be_hidden()
    page.fill("input[name='weight.r1.c2']", "45")
    page.fill("input[name='weight.r1.c5']", "10")
    page.click("#table-form button.btn-primary")
    assert kept_rows()[0]["then"] == {"c2": "45%", "c3": "25%", "c4": "20%", "c5": "10%"}
    expect(cell(page, "r1.c2")).to_have_text("45%")
    page.close()
