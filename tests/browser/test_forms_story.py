"""A form's whole life: HR builds the regional proposal from nothing and publishes it, a region manager fills it on a
phone, HR finds it by what stands in it and takes it out."""

import re
from collections.abc import Callable

from flask import Flask
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import select

from core.db import db
from runtime.submissions.models import Submission
from tests.browser.conftest import DESKTOP, PHONE, serving
from tests.product import PASSWORD, People

Check = Callable[[Page], None]


def test_S74_the_proposal_is_built_filled_found_and_exported(
    app: Flask, people: People, browser: Browser, assert_accessible: Check
) -> None:
    hr, manager = people.hr.code, people.east_manager.code
    seat = f"{people.east_manager.name} · 大区经理 · {people.east.name}"
    db.session.commit()  # the server writes next
    with serving(app) as url:
        desk, phone = (browser.new_page(viewport=size, locale="zh-CN", base_url=url) for size in (DESKTOP, PHONE))
        signed_in(desk, hr)
        signed_in(phone, manager)
        build(desk)
        assert_accessible(desk)
        look_at_it_as(desk, seat, assert_accessible)
        publish(desk, assert_accessible)
        be_refused(phone, assert_accessible)
        send(phone, assert_accessible)
        find_and_take_out(desk, assert_accessible)
        desk.close()
        phone.close()
    (one,) = db.session.scalars(select(Submission))
    written = "<h3>背景</h3><p>先<b>试点</b></p><ul><li>(<b>)?两家门店(</b>)?</li></ul>"
    assert re.fullmatch(written, one.values["fang_an_shuo_ming"])


def signed_in(page: Page, code: str) -> None:
    page.goto("/sign-in")
    page.fill("[name=login]", code)
    page.fill("[name=password]", PASSWORD)
    page.press("[name=password]", "Enter")
    page.wait_for_url(lambda url: "/sign-in" not in url)


# ── at HR's desk ──────────────────────────────────────────────────────────────────────────────────────────────────────


def build(page: Page) -> None:
    """关联度 1 to 5, a reason that appears when it is low, what it is about, and a list that may not be empty."""
    page.goto("/definitions")
    page.get_by_role("link", name="新建表单").click()
    page.get_by_label("表单叫什么名字?").fill("区域反向提案")
    page.get_by_role("button", name="开始").click()
    expect(page.get_by_text("还没有要填的内容")).to_be_visible()
    add(page, "section", "提案")
    add(page, "number", "目标关联度评分")
    write(page, "不小于", "1")
    write(page, "不超过", "5")
    settled(page, page.locator(".designer-panel").get_by_label("必填", exact=True).check)
    add(page, "long_text", "理由")
    add(page, "rich_text", "方案说明")
    add(page, "table", "资源需求清单")
    settled(page, page.locator(".designer-panel").get_by_label("必填", exact=True).check)
    settled(page, page.locator("#pane-rules").click)
    settled(page, page.get_by_role("button", name="当……就……").click)
    write(page, "比较值", "2")
    expect(page.get_by_text("草稿没有问题")).to_be_visible()


def add(page: Page, kind: str, title: str) -> None:
    settled(page, page.locator(f"#kind-{kind}").click, "/add")
    write(page, "标题", title)


def write(page: Page, label: str, words: str) -> None:
    box = page.locator(".designer-panel").get_by_label(label, exact=True).first
    box.fill(words)
    settled(page, lambda: box.press("Tab"))


def settled(page: Page, do: Callable[[], None], part: str = "/form-designer/") -> None:
    """The server has answered and its answer is drawn."""
    with page.expect_response(lambda answer: part in answer.url):
        do()
    expect(page.locator(".htmx-request, .htmx-settling, .htmx-swapping, .htmx-added")).to_have_count(0)


def look_at_it_as(page: Page, seat: str, assert_accessible: Check) -> None:
    """Refused with 6 and with an empty list; the reason appears when the score is low; then it could be sent."""
    settled(page, lambda: page.get_by_label("以谁的身份看").select_option(label=seat) and None)
    settled(page, page.get_by_label("手机", exact=True).check)
    page.get_by_role("link", name="预览").first.click()
    expect(page.get_by_role("heading", name="预览:区域反向提案")).to_be_visible()
    page.set_viewport_size(PHONE)
    score, reason = page.get_by_label("目标关联度评分"), page.get_by_label("理由")
    score.fill("6")
    settled(page, page.get_by_role("button", name="试提交").click, "/preview")
    expect(page.get_by_role("alert").get_by_role("link")).to_have_count(2)
    expect(reason).to_have_count(0)
    score.fill("2")
    settled(page, lambda: score.press("Tab"), "/preview")
    expect(reason).to_be_visible()
    page.get_by_label("名称").first.fill("样机")
    settled(page, page.get_by_role("button", name="试提交").click, "/preview")
    expect(page.get_by_text("可以提交")).to_be_visible()
    assert_accessible(page)
    page.set_viewport_size(DESKTOP)


def publish(page: Page, assert_accessible: Check) -> None:
    page.get_by_role("link", name="返回设计器").or_(page.get_by_role("link", name="回到设计器")).first.click()
    page.get_by_role("link", name="审核并发布").click()
    assert_accessible(page)
    page.locator("main form button.btn-primary").first.click()
    expect(page.get_by_text("第 1 版").or_(page.get_by_text("版本 1")).first).to_be_visible()


def find_and_take_out(page: Page, assert_accessible: Check) -> None:
    page.goto("/forms")
    page.get_by_role("link", name="区域反向提案").last.click()
    assert_accessible(page)
    page.locator("#condition-0").select_option(label="目标关联度评分")
    page.locator("#words-0").fill("5")
    page.get_by_role("button", name="查找").click()
    expect(page.locator("tbody th a")).to_have_count(0)
    page.locator("#words-0").fill("2")
    page.get_by_role("button", name="查找").click()
    expect(page.locator("tbody th a")).to_have_count(1)
    with page.expect_download() as download:
        page.get_by_role("link", name="Excel").click()
    assert download.value.suggested_filename.endswith(".xlsx")
    page.locator("tbody th a").click()
    expect(page.get_by_text("谁能看到，为什么")).to_be_visible()
    expect(page.locator(".rich-text h3")).to_have_text("背景")
    assert_accessible(page)


# ── on the manager's phone ────────────────────────────────────────────────────────────────────────────────────────────


def be_refused(page: Page, assert_accessible: Check) -> None:
    page.goto("/forms")
    page.get_by_role("link", name="区域反向提案").first.click()
    assert_accessible(page)
    page.get_by_label("目标关联度评分").fill("6")
    page.get_by_role("button", name="提交").click()
    problems = page.locator("[data-problems]")
    expect(problems.get_by_role("link")).to_have_count(2)
    problems.get_by_role("link", name="资源需求清单").click()
    expect(page.locator("#field-zi_yuan_xu_qiu_qing_dan")).to_be_in_viewport()
    assert_accessible(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]


def send(page: Page, assert_accessible: Check) -> None:
    score = page.get_by_label("目标关联度评分")
    score.fill("2")
    settled(page, lambda: score.press("Tab"), "/live")
    page.get_by_label("理由").fill("门店少,先试点")
    write_richly(page)
    page.get_by_label("名称").first.fill("样机")
    assert_accessible(page)
    page.get_by_role("button", name="提交").click()
    expect(page.get_by_text("已提交，谢谢。")).to_be_visible()
    assert_accessible(page)


def write_richly(page: Page) -> None:
    """A heading, bold words and a list, with the toolbar and the keyboard; what is drawn anew leaves it alone."""
    paper, keys = page.get_by_role("textbox", name="方案说明"), page.keyboard
    paper.click()
    page.get_by_role("button", name="小标题").click()
    keys.type("背景")
    keys.press("Enter")
    keys.type("先")
    page.get_by_role("button", name="加粗").click()
    keys.type("试点")
    keys.press("Enter")
    page.get_by_role("button", name="项目列表").click()
    keys.type("两家门店")
    settled(page, page.get_by_label("理由").focus, "/live")
    expect(paper.locator("li")).to_have_text("两家门店")
