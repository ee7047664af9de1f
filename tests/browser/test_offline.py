"""Without a network: what is sent waits on the phone with its photo, and arrives once."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import select

from core.db import db
from runtime.actions import tasks
from runtime.actions.models import TaskItem
from runtime.goals.models import GoalSet
from runtime.submissions.models import Attachment, Submission
from tests.browser.conftest import PHONE, serving
from tests.browser.test_filling import PICTURE, with_photo
from tests.product import PASSWORD, People
from tests.sales import Sales
from tests.submissions.conftest import KEY, Publish, publish
from tests.waiting import wait_until

__all__ = ["publish"]

KEPT = "async (address) => Boolean(await caches.match(address, { cacheName: 'pages', ignoreVary: true }))"
WAKE = "self.dispatchEvent(new SyncEvent('sync', { tag: '/forms/waiting' }))"
"""As the browser does where there is a network again."""


@pytest.fixture
def phone(app: Flask, people: People, publish: Publish, browser: Browser) -> Iterator[Page]:
    """安店长's phone, after a look at what there is to fill."""
    publish(with_photo())
    with serving(app) as url, signed_in(browser, url, people.an.code) as page:
        page.goto("/forms")
        wait_until(lambda: page.evaluate(KEPT, f"/forms/{KEY}"), "the form to be kept")
        yield page


@contextmanager
def signed_in(browser: Browser, url: str, login: str) -> Iterator[Page]:
    context = browser.new_context(viewport=PHONE, locale="zh-CN", base_url=url)
    page = context.new_page()
    page.goto("/sign-in")
    page.fill("[name=login]", login)
    page.fill("[name=password]", PASSWORD)
    page.press("[name=password]", "Enter")
    yield page
    context.close()


def sent() -> list[Submission]:
    """What has arrived. Nothing stays locked: the product writes at the same time."""
    found = db.session.scalars(select(Submission).where(Submission.state == "submitted").order_by(Submission.id)).all()
    db.session.expunge_all()
    db.session.rollback()
    return list(found)


def fill(page: Page, item: str) -> None:
    page.goto(f"/forms/{KEY}")
    page.get_by_role("radio", name="4").check()
    page.locator("#field-resources-0-item").fill(item)


def send(page: Page) -> None:
    page.get_by_role("button", name="提交").click()
    expect(page.get_by_role("heading", name="待上传")).to_be_visible()


def test_a_form_with_a_photo_waits_on_the_phone_and_arrives_once(
    phone: Page, assert_accessible: Callable[[Page], None]
) -> None:
    phone.context.set_offline(True)
    fill(phone, "展架")
    phone.locator("#field-resources-0-qty").fill("3")
    phone.locator("#field-photo-file").set_input_files({"name": "花.png", "mimeType": "image/png", "buffer": PICTURE})
    send(phone)
    fill(phone, "样品")
    send(phone)
    expect(phone.locator("[data-waiting] > li")).to_have_count(2)
    expect(phone.locator("#waiting-banner")).to_contain_text("已存手机，待上传： 2")
    assert_accessible(phone)
    assert sent() == []
    phone.goto("about:blank")  # the app is closed
    phone.context.set_offline(False)
    phone.context.service_workers[0].evaluate(WAKE)
    wait_until(sent, "the browser to send it by itself")
    phone.goto("/forms/waiting")
    expect(phone.locator("[data-waiting] > li")).to_have_count(1)
    (first,) = sent()
    assert first.values["resources"][0] == {"item": "展架", "qty": 3}
    photo = db.session.scalars(select(Attachment)).one()
    assert (photo.title, [photo.name]) == ("花.png", first.values["photo"])
    db.session.rollback()
    mend_what_was_refused(phone, assert_accessible)
    assert [one.values["resources"][0]["item"] for one in sent()] == ["展架", "样品"]
    assert len({one.client_id for one in sent()}) == 2


def mend_what_was_refused(page: Page, assert_accessible: Callable[[Page], None]) -> None:
    """The second has no quantity: it comes back as it was typed, is mended and sent."""
    entry = page.locator("[data-waiting] > li")
    expect(entry).to_contain_text("未通过")
    expect(entry).to_contain_text("请填写")
    assert_accessible(page)
    entry.get_by_role("button", name="打开").click()
    expect(page.locator("#field-resources-0-item")).to_have_value("样品")
    page.locator("#field-resources-0-qty").fill("2")
    page.get_by_role("button", name="提交").click()
    expect(page.get_by_text("已提交，谢谢。")).to_be_visible()
    expect(page.locator("#waiting-banner")).to_be_hidden()


def test_S20_a_task_is_done_without_a_network_and_counts_once(
    app: Flask, sales: Sales, published: GoalSet, browser: Browser
) -> None:
    task = next(one for one in tasks.of_week(sales.people.an, "2025-W27") if one.contact_level)
    item_id, address, title = task.items[0].id, f"/tasks/items/{task.items[0].id}", task.title["zh"]
    login = sales.people.an.code
    db.session.rollback()  # nothing stays locked: the product writes at the same time
    with serving(app) as url, signed_in(browser, url, login) as page:
        page.goto("/tasks/week")
        wait_until(lambda: page.evaluate(KEPT, address), "the task to be kept")
        page.context.set_offline(True)
        page.goto(address)
        expect(page.get_by_text("没有网络。请继续填写")).to_be_visible()
        page.get_by_label("地点").fill("检验科 3 楼")
        page.get_by_role("button", name="完成").click()
        expect(page.locator("[data-waiting] > li")).to_contain_text(title)
        page.context.set_offline(False)
        expect(page.get_by_text("手机上没有待上传的内容")).to_be_visible()
    done = db.session.get_one(TaskItem, item_id, populate_existing=True)
    assert done.evidence["place"] == "检验科 3 楼"
    assert done.task.done == 1
