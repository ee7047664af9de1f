"""A proposal on two phones: a return, a signer who is added, a signed verdict, and every step of it in the history."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from flask import Flask
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import select

from builder.models import DefinitionVersion
from core.db import db
from runtime.approvals.models import WorkflowRun
from tests.approvals.flow import flow, send
from tests.browser.conftest import DESKTOP, PHONE, serving
from tests.product import PASSWORD, People
from tests.submissions.conftest import KEY, publish

__all__ = ["flow", "publish", "send"]


@contextmanager
def at(browser: Browser, url: str, login: str, viewport: dict[str, int] = PHONE) -> Iterator[Page]:
    context = browser.new_context(viewport=viewport, locale="zh-CN", base_url=url)
    page = context.new_page()
    page.goto("/sign-in")
    page.fill("[name=login]", login)
    page.fill("[name=password]", PASSWORD)
    page.press("[name=password]", "Enter")
    page.wait_for_url(lambda address: "/sign-in" not in address)
    yield page
    context.close()


def test_a_proposal_is_returned_mended_and_agreed_to_on_two_phones(
    app: Flask,
    people: People,
    flow: DefinitionVersion,
    browser: Browser,
    assert_accessible: Callable[[Page], None],
) -> None:
    db.session.remove()  # its transaction would keep the server from writing
    with (
        serving(app) as url,
        at(browser, url, "S001") as sender,
        at(browser, url, "E001") as manager,
        at(browser, url, "H001", DESKTOP) as headquarters,
    ):
        send_it(sender)
        assert_accessible(sender)
        return_it(manager, assert_accessible)
        mend_it(sender)
        add_a_signer(manager)
        agree(headquarters)
        agree(manager)
        headquarters.goto("/inbox")
        headquarters.locator(".owed-what").click()
        headquarters.get_by_role("button", name="采纳").click()
        expect(headquarters.get_by_text("没有待办")).to_be_visible()
        read_the_history(sender, assert_accessible)
        assert_accessible(headquarters)
    assert db.session.scalars(select(WorkflowRun)).one().status == "finished"


def send_it(page: Page) -> None:
    page.goto(f"/forms/{KEY}")
    expect(page.get_by_text("将依次经过")).to_be_visible()
    expect(page.locator("#route-ahead")).to_contain_text("华东大区经理")
    page.get_by_role("radio", name="4", exact=True).check(force=True)
    page.get_by_label("资源", exact=True).first.fill("展架")
    page.get_by_label("数量", exact=True).first.fill("3")
    page.get_by_role("button", name="提交").click()
    page.get_by_role("link", name="查看审批进度").click()
    expect(page.locator(".route-now")).to_contain_text("华东大区经理")


def return_it(page: Page, assert_accessible: Callable[[Page], None]) -> None:
    page.goto("/inbox")
    assert_accessible(page)
    page.locator(".owed-what").click()
    assert_accessible(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    page.get_by_role("button", name="退回").click()
    page.locator("#back-reason").fill("请补充依据")
    page.locator("#send-back").get_by_role("button", name="退回").click()
    expect(page.get_by_text("已退回。")).to_be_visible()


def mend_it(page: Page) -> None:
    page.goto("/inbox")
    page.locator(".owed-what").click()
    expect(page.get_by_text("请补充依据").first).to_be_visible()
    page.get_by_role("radio", name="5", exact=True).check(force=True)
    page.get_by_role("button", name="重新提交").click()
    expect(page.get_by_text("没有待办")).to_be_visible()


def add_a_signer(page: Page) -> None:
    page.goto("/inbox")
    page.locator(".owed-what").click()
    page.locator(".thumb-bar summary").click()
    page.get_by_role("button", name="加签").click()
    page.locator("#signer-person").fill("何人事 (H001)")
    page.locator("#add-signer").get_by_role("button", name="加签").click()
    expect(page.locator(".route-now")).to_contain_text("何人事")


def agree(page: Page) -> None:
    page.goto("/inbox")
    page.locator(".owed-what").click()
    page.get_by_role("button", name="同意。").click()
    expect(page.locator("#field-reason")).to_have_value("同意。")
    page.get_by_role("button", name="同意", exact=True).click()
    expect(page.get_by_text("已提交，谢谢。")).to_be_visible()


def read_the_history(page: Page, assert_accessible: Callable[[Page], None]) -> None:
    page.goto("/inbox/started")
    page.locator(".owed-what").click()
    page.get_by_role("link", name="历史").click()
    deeds = [
        "安店长 提交",
        "华东大区经理 退回到“发起人”",
        "安店长：重新提交",
        "请 何人事 先签",
        "何人事：同意",
        "华东大区经理：同意",
        "何人事：采纳",
    ]
    for place, sentence in enumerate(deeds):
        expect(page.locator(".run-history > li").nth(place)).to_contain_text(sentence)
    expect(page.locator(".run-history")).to_contain_text("请补充依据")
    expect(page.locator(".run-history ins")).to_contain_text("5")
    assert_accessible(page)
