"""HR draws a flow with a condition, a parallel part and a return: by mouse, then by keys."""

from collections.abc import Callable, Iterator

import pytest
from flask import Flask
from playwright.sync_api import Browser, Locator, Page, expect

from builder import definitions
from builder.flows import tree
from core.db import Document, db
from tests.browser.conftest import DESKTOP, PHONE, serving
from tests.flows.test_what_publishing_refuses import FORM
from tests.product import PASSWORD, People

ROOM_MADE = """async () => {
  const moving = document.getAnimations().filter((one) => one instanceof CSSTransition);
  await Promise.allSettled(moving.map((one) => one.finished));
}"""


@pytest.fixture
def address(app: Flask, people: People) -> Iterator[str]:
    form = definitions.create(people.company.id, FORM, by_id=people.hr.id)
    definitions.publish(form, by_id=people.hr.id)
    db.session.commit()
    with serving(app) as address:
        yield address


@pytest.fixture
def designer(browser: Browser, address: str) -> Page:
    """The designer of a flow in which the direct manager approves."""
    page = browser.new_page(viewport=DESKTOP, locale="zh-CN", base_url=address)
    page.goto("/sign-in")
    page.fill("[name=login]", "H001")
    page.fill("[name=password]", PASSWORD)
    page.click("main button.btn-primary")
    page.wait_for_url(lambda url: "/sign-in" not in url)
    page.goto("/definitions")
    page.get_by_role("link", name="新建流程").click()
    page.get_by_label("流程叫什么？").fill("提案审批")
    page.get_by_label("批的是什么？").select_option(label="提案")
    page.get_by_role("button", name="开始").click()
    expect(page.locator("#pick-n1")).to_be_visible()
    return page


def settled(page: Page, do: Callable[[], None]) -> None:
    """The server has answered and its answer is drawn."""
    with page.expect_response(lambda answer: "/flow-designer/" in answer.url):
        do()
    expect(page.locator(".htmx-request, .htmx-settling, .htmx-swapping, .htmx-added")).to_have_count(0)


def add(page: Page, place: str, type: str) -> None:
    settled(page, page.locator(f"#plus-{place}").click)
    settled(page, page.locator(f"#plus-{place}-{type}").click)


def drag(page: Page, card: Locator, to: Locator) -> None:
    """Cards make room for what is dragged past them, so the hand follows the place it goes to."""
    card.hover()
    page.mouse.down()
    for _ in range(5):
        box = to.bounding_box()
        assert box is not None
        page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2, steps=5)
        page.evaluate(ROOM_MADE)
    page.mouse.up()


def steps(people: People) -> list[Document]:
    db.session.expire_all()
    definition = definitions.find(people.company.id, "workflow", "own.ti_an_shen_pi")
    draft = definitions.draft_of(definition) if definition else None
    assert draft is not None
    found: list[Document] = draft.document["body"]["steps"]
    db.session.commit()  # the server writes next
    return found


def test_a_flow_with_a_condition_a_parallel_part_and_a_return_is_drawn(
    designer: Page, people: People, assert_accessible: Callable[[Page], None]
) -> None:
    page = designer
    add(page, "trunk-1", "choose")
    expect(page.get_by_text("公式是空的").first).to_be_visible()
    settled(page, page.get_by_role("link", name="什么条件？点这里填").click)
    condition = page.get_by_label("条件", exact=True)
    condition.fill("评分<3")
    settled(page, condition.blur)
    expect(page.locator(".flow-caution")).to_contain_text("会走“其他情况”")

    with page.expect_response(lambda answer: answer.url.endswith("/drop")):
        drag(page, page.locator("#pick-n1"), page.locator("[data-inside=b1] > .flow-last"))
    expect(page.locator("[data-inside=b1] #pick-n1")).to_be_visible()

    settled(page, page.locator("#step-n1 .flow-sentence a", has_text="可退回、转交").click)
    settled(page, lambda: page.get_by_label("退回到哪里").select_option(label="发起人") and None)

    page.locator("#plus-trunk-1").focus()
    settled(page, lambda: page.keyboard.press("Enter"))
    expect(page.locator("#plus-trunk-1-approve")).to_be_focused()
    page.locator("#plus-trunk-1-together").focus()
    settled(page, lambda: page.keyboard.press("Enter"))
    page.locator("#pick-n1").focus()
    for _ in range(3):  # out of its branch into the other cases, out of those, into the parallel part
        settled(page, lambda: page.keyboard.press("Alt+ArrowDown"))
        page.locator("#pick-n1").focus()
    assert tree.address_of(steps(people), "n1") == "b3"
    for _ in range(3):
        settled(page, lambda: page.keyboard.press("Control+z"))
    found = steps(people)
    assert [step["type"] for step in found] == ["choose", "together"]
    assert tree.address_of(found, "n1") == "b1"
    step = tree.find(found, "n1")
    assert step is not None
    assert step["return"] == {"to": "submitter", "resume": "here"}

    assert_accessible(page)
    page.set_viewport_size(PHONE)
    assert page.evaluate("document.documentElement.scrollWidth") == PHONE["width"]
    assert_accessible(page)
