"""The designer of forms by mouse and by keys. What HR does with it from nothing on stands in test_forms_story.py."""

from collections.abc import Callable, Iterator

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page, expect

from builder import definitions, form_tree
from core.db import Document, db
from tests.browser.conftest import DESKTOP, PHONE, serving
from tests.product import PASSWORD, People

KEY = "own.qu_yu_fan_xiang_ti_an"


@pytest.fixture
def address(app: Flask, people: People) -> Iterator[str]:
    with serving(app) as address:
        yield address


@pytest.fixture
def designer(browser: Browser, address: str) -> Page:
    """The designer of a form that has a name and nothing else."""
    page = browser.new_page(viewport=DESKTOP, locale="zh-CN", base_url=address)
    page.goto("/sign-in")
    page.fill("[name=login]", "H001")
    page.fill("[name=password]", PASSWORD)
    page.click("main button.btn-primary")
    page.wait_for_url(lambda url: "/sign-in" not in url)
    page.goto("/definitions")
    page.get_by_role("link", name="新建表单").click()
    page.get_by_label("表单叫什么名字?").fill("区域反向提案")
    page.get_by_role("button", name="开始").click()
    expect(page.get_by_text("还没有要填的内容")).to_be_visible()
    return page


def settled(page: Page, do: Callable[[], None], part: str = "/form-designer/") -> None:
    """The server has answered and its answer is drawn."""
    with page.expect_response(lambda answer: part in answer.url):
        do()
    expect(page.locator(".htmx-request, .htmx-settling, .htmx-swapping, .htmx-added")).to_have_count(0)


def add(page: Page, kind: str) -> None:
    settled(page, page.locator(f"#kind-{kind}").click, "/add")


def draft_body(people: People) -> Document:
    db.session.expire_all()
    definition = definitions.find(people.company.id, "form", KEY)
    assert definition is not None
    draft = definitions.draft_of(definition)
    assert draft is not None
    body: Document = draft.document["body"]
    db.session.commit()  # the server writes next
    return body


def test_a_field_is_moved_doubled_and_taken_back_with_keys_alone(designer: Page, people: People) -> None:
    page = designer
    for kind in ("text", "number", "date"):
        add(page, kind)
    page.locator("#pick-i3").focus()
    settled(page, lambda: page.keyboard.press("Alt+ArrowUp"), "/move")
    settled(page, lambda: page.keyboard.press("Control+d"), "/duplicate")
    assert widgets(people) == ["text", "date", "date", "number"]
    page.locator("#pick-i1").focus()
    settled(page, lambda: page.keyboard.press("Delete"), "/remove")
    assert widgets(people) == ["date", "date", "number"]
    for _step in range(3):
        settled(page, lambda: page.keyboard.press("Control+z"), "/undo")
    assert widgets(people) == ["text", "number", "date"]
    settled(page, lambda: page.keyboard.press("Control+y"), "/redo")
    assert widgets(people) == ["text", "date", "number"]


def test_a_field_is_dragged_into_a_section_and_from_the_palette(designer: Page, people: People) -> None:
    page = designer
    add(page, "section")
    for number, kind in enumerate(("number", "text"), 1):
        settled(page, lambda kind=kind: drag(page, f"#kind-{kind}", "#node-p1 [data-inside]"), "/add")
        expect(page.locator("#node-p1 [data-inside] > [data-node]")).to_have_count(number)
    assert {node["widget"] for node in draft_body(people)["layout"][0]["items"]} == {"number", "text"}


def drag(page: Page, what: str, where: str) -> None:
    """With the mouse, in steps as a hand does it: what is dragged pushes aside what it passes, so the place moves."""
    page.locator(what).scroll_into_view_if_needed()
    source = page.locator(what).bounding_box()
    assert source is not None
    page.mouse.move(source["x"] + 20, source["y"] + 15)
    page.mouse.down()
    for _look in range(4):
        target = page.locator(where).bounding_box()
        assert target is not None
        page.mouse.move(target["x"] + 60, target["y"] + target["height"] / 2, steps=8)
    page.mouse.up()


def test_the_palette_is_searched_by_either_language(designer: Page) -> None:
    page = designer
    page.get_by_label("搜索字段").fill("打分")
    expect(page.locator("#kind-rating")).to_be_visible()
    expect(page.locator("#kind-text")).to_be_hidden()
    page.get_by_label("搜索字段").fill("sub-table")
    expect(page.locator("#kind-table")).to_be_visible()


def test_a_computed_field_is_written_in_the_formula_editor(designer: Page, people: People) -> None:
    page = designer
    add(page, "number")
    add(page, "number")
    page.get_by_text("由公式计算", exact=True).click()
    settled(page, lambda: page.get_by_label("由谁给出").select_option("formula") and None, "/computed")
    area = page.locator("[data-formula-text]").first
    area.focus()
    expect(page.locator("[data-insert='数字']").first).to_be_visible()
    area.fill("数字*")
    expect(page.locator(".formula-said.is-wrong")).to_be_visible()
    area.fill("数字*2")
    expect(page.locator(".formula-said:not(.is-wrong)")).to_be_visible()
    settled(page, lambda: page.get_by_label("搜索字段").focus(), "/computed")
    assert draft_body(people)["computed"] == [{"field": "f2", "formula": "数字*2"}]


def widgets(people: People) -> list[str]:
    return [node["widget"] for node in form_tree.walk(draft_body(people)["layout"])]


@pytest.mark.parametrize("viewport", [DESKTOP, PHONE])
def test_every_pane_can_be_used_by_everybody(
    designer: Page, viewport: dict[str, int], assert_accessible: Callable[[Page], None]
) -> None:
    page = designer
    for kind in ("tabs", "choice", "table", "cascading", "person", "rich_text"):
        add(page, kind)
    page.set_viewport_size(viewport)
    address = page.url.split("?")[0]
    for query in ("at=p1", "at=i1", "at=i2", "at=i3", "at=i4", "pane=rules", "pane=form"):
        page.goto(f"{address}?{query}")
        for fold in page.locator(".designer-panel details").all():
            fold.evaluate("fold => (fold.open = true)")
        assert_accessible(page)
        assert page.evaluate("document.documentElement.scrollWidth") <= viewport["width"], query
