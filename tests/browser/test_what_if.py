"""The whole way of a weight: changed by slider, tried out on everybody, submitted, approved, asked for its 为什么."""

from collections.abc import Callable, Iterator

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page, expect

from builder import definitions
from core.db import db
from tests.browser.conftest import DESKTOP, PHONE, serving
from tests.product import PASSWORD, add_member
from tests.sales import Sales
from tests.scores.figures import PROFIT, SALES, TARGET, conduct, feed

PERIOD = "2025-Q2"
NEW, MATURE = "P2", "P1"  # 推广期 and 成熟期


@pytest.fixture
def stages(sales: Sales) -> int:
    """The table of weights. 安店长 sells what is new: 75.5 points, with 40 % for coverage. Three others sell both."""
    add_member(sales.people.headquarters, "O001", "苏运营", "sales_ops")
    for n, rep in enumerate(sales.reps[:4]):
        products = (NEW,) if n == 0 else (NEW, MATURE)
        rows = [row for product in products for row in sold(product)]
        feed(sales, rep.code, *rows, *conduct(PERIOD, coverage=0.72 - n / 20))
    table = definitions.find(sales.people.company.id, "table", "medical.stage_weights")
    assert table is not None
    db.session.commit()
    return table.id


def sold(product: str) -> list[tuple[str, str, float, str]]:
    amounts = {TARGET: 1_000_000, SALES: 600_000, PROFIT: 150_000}
    return [(metric, PERIOD, float(amount), product) for metric, amount in amounts.items()]


@pytest.fixture
def address(app: Flask, stages: int) -> Iterator[str]:
    with serving(app) as address:
        yield address


def signed_in(browser: Browser, address: str, login: str, viewport: dict[str, int] = DESKTOP) -> Page:
    page = browser.new_page(viewport=viewport, locale="zh-CN", base_url=address)
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


def test_S23_a_weight_by_slider_who_moves_the_approval_and_its_why(
    browser: Browser,
    address: str,
    stages: int,
    run_jobs: Callable[[], int],
    looks_right: Callable[[Page], None],
) -> None:
    ops = signed_in(browser, address, "O001")
    ops.goto(f"/definitions/{stages}")
    ops.get_by_role("button", name="修改").click()
    give_coverage_five_points_of_visits(ops)
    ops.get_by_role("button", name="保存并试算").click()
    expect(ops.locator(".what-if-says")).to_contain_text("4 人中 4 人变化,最多 +0.5 分")
    expect(ops.locator("[data-chart] svg").first).to_be_visible()
    expect(ops.locator("#risen").locator("xpath=ancestor::section")).to_contain_text("安店长")
    looks_right(ops)
    ops.locator("#risen").locator("xpath=ancestor::section").get_by_role("link", name="安店长变化后").click()
    expect(ops.locator("h1")).to_have_text("试算:为什么是 76.0 分?")
    expect(ops.locator("main")).to_contain_text("覆盖权重 = 45%")
    looks_right(ops)
    ops.go_back()
    ops.get_by_role("link", name="审核并发布").click()
    expect(ops.locator("#changes")).to_contain_text("推广期:覆盖权重 40% → 45%")
    expect(ops.locator("main")).to_contain_text("4 人中 4 人变化")
    ops.fill("[name=note]", "新品先铺覆盖")
    ops.get_by_role("button", name="提交审核").click()
    expect(ops.locator("main")).to_contain_text("提交时的试算")

    hr = signed_in(browser, address, "H001")
    hr.goto("/definitions/reviews")
    hr.get_by_role("link", name="产品阶段权重").click()
    expect(hr.locator(".what-if-says")).to_contain_text("4 人中 4 人变化,最多 +0.5 分")
    expect(hr.locator("[data-chart] svg").first).to_be_visible()
    looks_right(hr)
    hr.get_by_role("button", name="批准并发布").click()
    expect(hr.locator("main")).to_contain_text("苏运营(销售运营)提交,何人事(HR 管理员)批准")
    hr.goto("/scores")
    hr.fill("[name=period]", PERIOD)
    with hr.expect_response(lambda answer: "/scores/compute" in answer.url):
        hr.locator("form[action$='/scores/compute'] button").click()
    assert run_jobs() >= 1

    an = signed_in(browser, address, "S001", PHONE)
    an.goto("/scores/mine")
    expect(an.locator("main")).to_contain_text("76")
    an.get_by_role("link", name="为什么").first.click()
    expect(an.locator("main")).to_contain_text("覆盖权重 = 45%")
    expect(an.locator("main")).to_contain_text("产品阶段权重 · 第 2 版 · 命中行“推广期”")
    looks_right(an)


def give_coverage_five_points_of_visits(page: Page) -> None:
    """The slider of a row asks from whom."""
    expect(page.locator("[role=grid]")).to_be_visible()
    page.locator("select[name='giver.r1']").select_option(label="拜访权重")
    page.locator('input[type=range][data-weight="r1.c2"]').focus()
    for _step in range(5):
        page.keyboard.press("ArrowRight")
    expect(page.locator('[data-cell="r1.c2"]')).to_have_text("45%")
    expect(page.locator('[data-cell="r1.c3"]')).to_have_text("20%")


@pytest.mark.parametrize("viewport", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_who_moves_can_be_read_with_a_period_and_a_region_chosen(
    browser: Browser, address: str, stages: int, looks_right: Callable[[Page], None], viewport: dict[str, int]
) -> None:
    page = signed_in(browser, address, "O001", viewport)
    page.goto(f"/definitions/{stages}")
    page.get_by_role("button", name="修改").click()
    page.goto(f"/what-if/{stages}")
    expect(page.locator(".what-if-says")).to_contain_text("没有人变化:4 人都和现在一样")
    page.select_option("#period", label="2025年1季度")
    expect(page.locator(".what-if-says")).to_contain_text("没有可以比较的人")
    looks_right(page)
