"""Filling a form on a phone: what is shown follows what is typed, nothing is lost, what is wrong is told beside it."""

from collections.abc import Callable

from flask import Flask
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import select

from core.db import db
from runtime.submissions.models import Submission
from tests.browser.conftest import DESKTOP, PHONE, serving
from tests.product import PASSWORD, People
from tests.submissions.conftest import KEY, PROPOSAL, Publish, publish

__all__ = ["publish"]

PICTURE = b"\x89PNG\r\n\x1a\n" + b"\0" * 64


def with_photo() -> dict[str, object]:
    body = PROPOSAL | {"data": PROPOSAL["data"] | {"properties": dict(PROPOSAL["data"]["properties"])}}
    body["data"]["properties"]["photo"] = {
        "x-id": "fp",
        "title": "照片",
        "type": "array",
        "items": {"type": "string"},
        "maxItems": 3,
        "x-files": {"accept": ["image"]},
    }
    section = PROPOSAL["layout"][0]
    photo = {"id": "lp", "field": "fp", "widget": "image"}
    return body | {"layout": [section | {"items": [*section["items"], photo]}]}


def test_a_region_manager_fills_the_proposal_on_a_phone(
    app: Flask, people: People, publish: Publish, browser: Browser, assert_accessible: Callable[[Page], None]
) -> None:
    publish(with_photo())
    with serving(app) as url:
        page = browser.new_page(viewport=PHONE, locale="zh-CN")
        page.goto(f"{url}/sign-in")
        page.fill("[name=login]", people.east_manager.code)
        page.fill("[name=password]", PASSWORD)
        page.press("[name=password]", "Enter")
        page.goto(f"{url}/forms/{KEY}")
        assert_accessible(page)
        refuse_what_is_missing(page)
        assert_accessible(page)
        fill(page)
        page.get_by_role("button", name="提交").click()
        expect(page.get_by_text("已提交，谢谢。")).to_be_visible()
        expect(page.get_by_role("link", name="花.png")).to_be_visible()
        assert_accessible(page)
        page.close()
    (one,) = db.session.scalars(select(Submission))
    assert one.state == "submitted"
    assert one.values["total"] == 3600
    assert one.values["why"] == "先试点"
    assert [row["item"] for row in one.values["resources"]] == ["展架", "样品"]


def refuse_what_is_missing(page: Page) -> None:
    page.get_by_role("button", name="提交").click()
    problems = page.locator("[data-problems]")
    expect(problems).to_be_focused()
    problems.get_by_role("link", name="资源需求清单").click()
    expect(page.locator("#field-resources")).to_be_in_viewport()


def fill(page: Page) -> None:
    page.get_by_role("radio", name="2").check()
    page.get_by_label("理由").fill("先试点")
    page.locator("#field-resources-0-item").fill("展架")
    page.locator("#field-resources-0-qty").fill("３")
    page.locator("#field-resources-0-price").fill("1200")
    page.locator("[data-row-add]").click()
    page.locator("[data-row]").nth(1).get_by_label("资源").fill("样品")
    page.locator("[data-row]").nth(1).get_by_label("数量").fill("2")
    page.locator("#field-photo-file").set_input_files({"name": "花.png", "mimeType": "image/png", "buffer": PICTURE})
    expect(page.get_by_label("花.png")).to_be_checked()
    expect(page.locator("#field-total")).to_contain_text("3,600元")
    expect(page.get_by_label("理由")).to_have_value("先试点")
    expect(page.get_by_text("草稿已存")).to_be_visible()


def test_a_record_is_printed_with_a_button(app: Flask, people: People, publish: Publish, browser: Browser) -> None:
    publish()
    with serving(app) as url:
        page = browser.new_page(viewport=DESKTOP, locale="zh-CN")
        page.add_init_script("window.print = () => { document.title = 'printed'; }")
        page.goto(f"{url}/sign-in")
        page.fill("[name=login]", people.an.code)
        page.fill("[name=password]", PASSWORD)
        page.press("[name=password]", "Enter")
        page.goto(f"{url}/forms/{KEY}")
        page.check("[name=relevance][value='4']", force=True)
        page.fill("[name=resources-0-item]", "展架")
        page.fill("[name=resources-0-qty]", "3")
        page.get_by_role("button", name="提交").click()
        page.get_by_role("button", name="打印").click()
        expect(page).to_have_title("printed")
        page.close()
