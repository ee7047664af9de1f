"""The pictures of the editors in docs/images, taken from the demo company: `python -m tests.browser.pictures [name …]`.

Sales operations change 推广期 coverage from 40 to 45 and submit; HR looks at it. Take them again when a page looks
different, and look at each: nothing here judges beauty.
"""

import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from flask import Flask
from playwright.sync_api import Browser, Page, expect, sync_playwright
from sqlalchemy import select

from builder import definitions
from core.config import Settings
from core.db import db
from core.server import prepare
from organization.models import Company
from seeds import demo
from tests.browser import chromium
from tests.browser.conftest import serving
from wsgi import create_app

IMAGES = Path(__file__).resolve().parents[2] / "docs" / "images"
LIMIT = 150_000
"""Bytes of a picture: a page of the docs is to open at once."""
WINDOW = {"width": 1200, "height": 800}
PASSWORD = "guantong-demo"
SALES_OPERATIONS, HR = "e0003", "e0002"


class Photographer:
    """A person in front of the demo company."""

    def __init__(self, browser: Browser, app: Flask, address: str, login: str) -> None:
        self.app = app
        self.page = browser.new_page(viewport=WINDOW, locale="zh-CN", base_url=address)
        self.page.goto("/sign-in")
        self.page.fill("[name=login]", login)
        self.page.fill("[name=password]", PASSWORD)
        self.page.click("main button.btn-primary")
        self.page.wait_for_url(lambda url: "/sign-in" not in url)

    def definition(self, kind: str, key: str) -> int:
        with self.app.app_context():
            found = definitions.find(db.session.scalars(select(Company.id)).one(), kind, key)
            assert found is not None, key
            return found.id

    def edit(self, kind: str, key: str) -> int:
        """Open the editor of a definition, with a draft."""
        found = self.definition(kind, key)
        self.page.request.post(f"/definitions/{found}/draft")
        self.page.goto(f"/definitions/{found}/edit")
        self.page.wait_for_load_state("networkidle")
        return found

    def take(self, name: str, height: int = WINDOW["height"]) -> None:
        self.page.set_viewport_size({**WINDOW, "height": height})
        self.page.wait_for_load_state("networkidle")
        file = IMAGES / f"{name}.png"
        self.page.screenshot(path=file, animations="disabled")
        size = file.stat().st_size
        print(f"{name:<20} {size / 1000:>6.0f} kB{'   too large' if size > LIMIT else ''}")


def formula(person: Photographer) -> None:
    person.edit("formula", "medical.member_weight")
    person.take("formula-editor", 1400)


def table(person: Photographer) -> None:
    person.edit("table", "medical.stage_weights")
    raise_coverage(person.page)
    person.take("table-editor", 1080)
    person.page.locator("[data-cell='r2.c1']").click()
    person.page.click("[data-tool=duplicate_row]")
    expect(person.page.locator("#findings")).to_contain_text("都符合")
    person.page.locator("#findings").scroll_into_view_if_needed()
    person.page.mouse.wheel(0, 2000)
    person.take("table-grid")
    person.page.click("[data-tool=undo]")
    expect(person.page.locator("#table-saved")).to_contain_text("草稿已保存")


def who_moves(person: Photographer) -> None:
    found = person.edit("table", "medical.stage_weights")
    if person.page.locator("[data-cell='r1.c2']").inner_text().strip() != "45%":
        raise_coverage(person.page)
    person.page.goto(f"/what-if/{found}")
    expect(person.page.locator("[data-chart] svg").first).to_be_visible()
    person.take("who-moves", 1000)


def raise_coverage(page: Page) -> None:
    page.locator("select[name='giver.r1']").select_option(label="利润权重")
    page.locator("input[type=range][data-weight='r1.c2']").focus()
    for _step in range(5):
        page.keyboard.press("ArrowRight")
    expect(page.locator("[data-cell='r1.c2']")).to_have_text("45%")
    expect(page.locator("#table-saved")).to_contain_text("草稿已保存")


def cascade(person: Photographer) -> None:
    person.edit("cascade", "medical.sales_cascade")
    person.take("cascade-editor", 1000)


def action_library(person: Photographer) -> None:
    person.page.goto("/cascades/actions")
    person.take("action-library")


def factor_library(person: Photographer) -> None:
    person.page.goto("/definitions/factors")
    person.take("factor-library")


def relation_graph(person: Photographer) -> None:
    person.page.goto("/definitions/relations?of=metric:medical.visit_effective")
    expect(person.page.locator("[data-chart] svg").first).to_be_visible()
    person.take("relation-graph", 1000)


def review(person: Photographer) -> None:
    found = person.definition("table", "medical.stage_weights")
    person.page.goto(f"/definitions/{found}/review")
    person.take("review", 1300)


def form_designer(person: Photographer) -> None:
    person.edit("form", "medical.visit_log")
    person.page.click("#pane-rules")
    person.page.locator("#rule-add-then").wait_for()
    person.take("form-designer", 1000)


PICTURES: dict[str, tuple[str, Callable[[Photographer], None]]] = {
    "formula-editor": (SALES_OPERATIONS, formula),
    "table-editor": (SALES_OPERATIONS, table),
    "who-moves": (SALES_OPERATIONS, who_moves),
    "review": (SALES_OPERATIONS, review),
    "cascade-editor": (SALES_OPERATIONS, cascade),
    "action-library": (SALES_OPERATIONS, action_library),
    "factor-library": (HR, factor_library),
    "relation-graph": (HR, relation_graph),
    "form-designer": (HR, form_designer),
}


@contextmanager
def company() -> Iterator[tuple[Flask, str]]:
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(instance=Path(folder), database_url=f"sqlite:///{Path(folder) / 'guantong.db'}")
        app = create_app(settings, WTF_CSRF_ENABLED=False)
        prepare(app, demo.fill)
        with serving(app) as address:
            yield app, address


def main(names: list[str]) -> None:
    with company() as (app, address), sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=chromium.executable(), args=chromium.flags(), env=chromium.environment()
        )
        for name, (login, picture) in PICTURES.items():
            if not names or name in names:
                picture(Photographer(browser, app, address, login))
        browser.close()


if __name__ == "__main__":
    main(sys.argv[1:])
