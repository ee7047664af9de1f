"""Sales operations submit a weight, HR approves it, and the way back; factors and relations beside them."""

import json
from collections.abc import Callable, Iterator

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page, expect

from builder import definitions
from core.db import db
from tests.browser.conftest import DESKTOP, PHONE, serving
from tests.product import PASSWORD, People, add_member

WORDS = {
    "zh-CN": {
        "change": "推广期:覆盖权重 40% → 45%",
        "back": "推广期:覆盖权重 45% → 40%",
        "approved": "苏运营(销售运营)提交,何人事(HR 管理员)批准",
        "factor": "有效拜访量",
        "table": "区域成熟度系数",
        "cascade": "销售额三层拆解",
    },
    "en-GB": {
        "change": "Coverage 40% → 45%",
        "back": "Coverage 45% → 40%",
        "approved": "苏运营 (Sales operations) submitted, 何人事 (HR admin) approved",
        "factor": "Effective visits",
        "table": "Coefficients by maturity",
        "cascade": "Sales split in three layers",
    },
}


@pytest.fixture
def definition_id(medical: People) -> int:
    """The weights of stages, in a draft of sales operations: coverage of 推广期 from 40 to 45, visits down by 5."""
    ops = add_member(medical.headquarters, "O001", "苏运营", "sales_ops")
    table = definitions.find(medical.company.id, "table", "medical.stage_weights")
    assert table is not None
    draft = definitions.open_draft(table, by_id=ops.id)
    document = json.loads(json.dumps(draft.document))
    outputs = {column["key"]: column["id"] for column in document["body"]["outputs"]}
    row = next(row for row in document["body"]["rows"] if "推广期" in json.dumps(row["when"], ensure_ascii=False))
    row["then"][outputs["coverage"]], row["then"][outputs["visit"]] = "45%", "20%"
    definitions.save_draft(draft, json.dumps(document), seen=draft.version_id, by_id=ops.id)
    db.session.commit()
    return table.id


@pytest.fixture
def address(app: Flask, definition_id: int) -> Iterator[str]:
    with serving(app) as address:
        yield address


def signed_in(browser: Browser, address: str, login: str, viewport: dict[str, int], locale: str) -> Page:
    page = browser.new_page(viewport=viewport, locale=locale, base_url=address)
    page.goto("/sign-in")
    page.fill("[name=login]", login)
    page.fill("[name=password]", PASSWORD)
    page.click("main button.btn-primary")
    page.wait_for_url(lambda url: "/sign-in" not in url)
    return page


@pytest.fixture
def looks_right(assert_accessible: Callable[[Page], None]) -> Callable[[Page], None]:
    def check(page: Page) -> None:
        assert_accessible(page)
        assert page.evaluate("document.documentElement.scrollWidth") <= page.viewport_size["width"], page.url

    return check


@pytest.mark.parametrize("viewport", [DESKTOP, PHONE], ids=["desktop", "phone"])
@pytest.mark.parametrize("locale", ["zh-CN", "en-GB"])
def test_S54_one_submits_another_approves_and_there_is_a_way_back(
    browser: Browser,
    address: str,
    definition_id: int,
    looks_right: Callable[[Page], None],
    viewport: dict[str, int],
    locale: str,
) -> None:
    words = WORDS[locale]
    ops = signed_in(browser, address, "O001", viewport, locale)
    ops.goto(f"/definitions/{definition_id}/review")
    expect(ops.locator("#changes")).to_contain_text(words["change"])
    expect(ops.locator("main")).to_contain_text("何人事")
    looks_right(ops)
    ops.fill("[name=note]", "按 Q2 数据校准")
    ops.click("main form button.btn-primary")
    looks_right(ops)

    hr = signed_in(browser, address, "H001", viewport, locale)
    hr.goto("/definitions/reviews")
    expect(hr.locator(".tabs .count")).to_have_text("1")
    expect(hr.locator(".sidenav .count")).to_have_text("1")
    looks_right(hr)
    hr.click("main tbody a")
    expect(hr.locator("#changes")).to_contain_text(words["change"])
    looks_right(hr)
    hr.click("main form button.btn-primary")
    expect(hr.locator("main")).to_contain_text(words["approved"])
    expect(hr.locator(".sidenav .count")).to_have_count(0)
    looks_right(hr)

    hr.click("main tbody a.btn")
    expect(hr.locator("#changes")).to_contain_text(words["back"])
    looks_right(hr)
    hr.click("main button.btn-primary")
    expect(hr.locator("#changes")).to_contain_text(words["back"])


@pytest.mark.parametrize("viewport", [DESKTOP, PHONE], ids=["desktop", "phone"])
@pytest.mark.parametrize("locale", ["zh-CN", "en-GB"])
def test_S17_S18_factors_and_relations_are_read_and_walked(
    browser: Browser,
    address: str,
    looks_right: Callable[[Page], None],
    viewport: dict[str, int],
    locale: str,
) -> None:
    words = WORDS[locale]
    page = signed_in(browser, address, "O001", viewport, locale)
    page.goto("/definitions/factors")
    looks_right(page)
    page.select_option("#tag", "leading")
    page.get_by_role("link", name=words["factor"], exact=True).click()
    expect(page.locator("h1")).to_have_text(words["factor"])
    looks_right(page)
    page.goto("/definitions/factors/new")
    looks_right(page)
    page.goto("/definitions/relations")
    expect(page.locator("[data-chart] svg")).to_contain_text(words["table"])
    looks_right(page)
    page.get_by_role("row").get_by_role("rowheader").get_by_role("link", name=words["table"], exact=True).click()
    expect(page.locator("#chosen")).to_have_text(words["table"])
    expect(page.locator("[aria-labelledby=below]")).to_contain_text(words["cascade"])
    looks_right(page)
