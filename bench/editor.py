"""Server time of the formula editor on the demo company's 430 people: `python -m bench.editor`.

What a key costs (goal 50 ms): the whole request from the client's side of the door, sign-in and answer included,
beside the same request to a page that does nothing.
"""

import gzip
import html
import re
import tempfile
from collections.abc import Callable
from pathlib import Path
from statistics import median
from time import perf_counter, process_time

from flask.testing import FlaskClient
from sqlalchemy import select

from builder import definitions
from core.config import Settings
from core.db import db
from core.server import prepare
from organization.models import Company
from seeds import demo
from wsgi import create_app

PASSWORD = "guantong-demo"
FORMULAS = ("medical.member_weight", "medical.unit_weight", "medical.composite_score")
KEYS = 40


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        instance = Path(folder)
        settings = Settings(instance=instance, database_url=f"sqlite:///{instance / 'guantong.db'}")
        app = create_app(settings, WTF_CSRF_ENABLED=False)
        prepare(app, demo.fill)
        client = app.test_client()
        assert client.post("/sign-in", data={"login": "e0003", "password": PASSWORD}).status_code == 303
        show("a page that computes nothing", lambda: client.get("/definitions/new"))
        for key in FORMULAS:
            with app.app_context():
                company_id = db.session.scalars(select(Company.id)).one()
            editor(client, key, company_id)
        cascade(client, company_id)
        show("the list of functions, 45 examples run", lambda: client.get("/formulas/functions"))


def editor(client: FlaskClient, key: str, company_id: int) -> None:
    with client.application.app_context():
        found = definitions.find(company_id, "formula", key)
        assert found is not None
        address, draft = f"/formulas/{found.id}", f"/definitions/{found.id}/draft"
    client.post(draft)
    page = client.get(address).get_data(as_text=True)
    show(f"{key}: the page", lambda: client.get(address))
    sent = fields(page)
    text = iter(range(1, 1000))

    def check(change: Callable[[int], str]) -> Callable[[], object]:
        return lambda: client.post(f"{address}/check", data=sent | {"expression": change(next(text))})

    show(f"{key}: a key, the formula holds", check(lambda n: f"{sent['expression']}*{n}"), "goal < 50 ms")
    show(f"{key}: a key, a name is wrong", check(lambda n: f"{sent['expression']}*历史业{n}"), "goal < 50 ms")


def cascade(client: FlaskClient, company_id: int) -> None:
    """Every expression of a cascade: what a card loads when somebody comes to it, and what a key costs then."""
    with client.application.app_context():
        found = definitions.find(company_id, "cascade", "medical.sales_cascade")
        assert found is not None
        address, cards, draft = f"/formulas/{found.id}", f"/cascades/{found.id}", f"/cascades/{found.id}/draft"
    client.post(draft)
    page = client.get(cards)
    print(f"cascade: the page has {len(page.data) / 1e3:.0f} kB, {len(gzip.compress(page.data)) / 1e3:.0f} kB sent")
    show("cascade: the page", lambda: client.get(cards))
    for at in ("levels/l1/weight", "levels/l3/weight", "time/weight"):
        asked = {"id": "here", "at": at, "field": "typed", "typed": "历史占比"}
        desk = client.post(f"{address}/desk", data=asked).get_data(as_text=True)
        kept = re.search(r'name="here-kept" value="([^"]*)"', desk)
        assert kept is not None
        show(f"{at}: the desk is opened", opening(client, f"{address}/desk", asked))
        sent = asked | {"here-kept": html.unescape(kept[1])}
        show(f"{at}: a key", opening(client, f"{address}/check", sent, keys=True), "goal < 50 ms")


def opening(client: FlaskClient, address: str, sent: dict[str, str], *, keys: bool = False) -> Callable[[], object]:
    text = iter(range(1, 1000))
    return lambda: client.post(address, data=sent | ({"typed": f"{sent['typed']}*{next(text)}"} if keys else {}))


def fields(page: str) -> dict[str, str]:
    form = page[page.index('id="formula"') :]
    found = dict(re.findall(r'<(?:input|select) [^>]*?name="([\w-]+)"(?: value="([^"]*)")?', form))
    typed = re.search(r"<textarea [^>]*>(.*?)</textarea>", form, re.DOTALL)
    assert typed is not None
    kept = {name: html.unescape(value) for name, value in found.items() if name.endswith("-kept")}
    return kept | {"expression": html.unescape(typed[1]), "field": "expression", "id": "expression"}


def show(name: str, ask: Callable[[], object], goal: str = "") -> None:
    """Processor time, which a busy machine does not change, and the best wall time."""
    pairs = sorted(timed(ask) for _ in range(KEYS))
    wall, cpu = pairs[0][0], median(pair[1] for pair in pairs)
    print(f"{name:<48} {cpu * 1e3:>7.1f} ms processor   {wall * 1e3:>7.1f} ms wall, best of {KEYS}   {goal}")


def timed(ask: Callable[[], object]) -> tuple[float, float]:
    wall, cpu = perf_counter(), process_time()
    ask()
    return perf_counter() - wall, process_time() - cpu


if __name__ == "__main__":
    main()
