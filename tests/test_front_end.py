"""The pages' looks and scripts: what the browser gets, and that nothing points to what is not there."""

import gzip
import json
import re
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from flask.wrappers import Response

from core import assets
from core.assets import asset_url, icon_shapes

ROOT = Path(__file__).parent.parent
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))
ICON = re.compile(r"""icon\(["']([\w-]+)["']|icon_name=["']([\w-]+)["']|icon="([\w-]+)\"""")


def get(client: FlaskClient, name: str, **headers: str) -> Response:
    with client.application.test_request_context():
        address = asset_url(name)
    return client.get(address, headers=headers)


def test_a_browser_keeps_assets_for_ever(client: FlaskClient) -> None:
    answer = get(client, "app.css")
    assert answer.status_code == 200
    assert answer.mimetype == "text/css"
    assert answer.cache_control.immutable
    assert answer.cache_control.max_age == assets.YEAR


def test_assets_are_sent_compressed_to_who_can_read_it(client: FlaskClient) -> None:
    plain, zipped = get(client, "app.js"), get(client, "app.js", **{"Accept-Encoding": "gzip"})
    assert zipped.headers["Content-Encoding"] == "gzip"
    assert zipped.mimetype == plain.mimetype == "text/javascript"
    assert gzip.decompress(zipped.data) == plain.data


def test_what_every_page_loads_is_small(client: FlaskClient) -> None:
    assert len(get(client, "app.js", **{"Accept-Encoding": "gzip"}).data) <= 60_000


def test_all_of_our_scripts_with_htmx_and_sortable_fit_into_100_kb(client: FlaskClient) -> None:
    """CodeMirror and ECharts are fetched on demand and counted apart; no page loads more than everything else."""
    ours = [
        name
        for name in json.loads((assets.BUILT / "manifest.json").read_text())
        if name.endswith(".js") and name not in ("code.js", "charts.js")
    ]
    sizes = {name: len(get(client, name, **{"Accept-Encoding": "gzip"}).data) for name in ours}
    assert "formula.js" in sizes
    assert sum(sizes.values()) <= 100_000, sizes


def test_pages_load_charts_and_editor_only_where_they_use_them(client: FlaskClient) -> None:
    page = client.get("/sign-in").text
    assert "app-" in page
    assert "charts-" not in page
    assert "code-" not in page


def test_every_icon_that_a_template_shows_is_built(app: Flask) -> None:
    used = {name for file in TEMPLATES for found in ICON.findall(file.read_text()) for name in found if name}
    assert used
    for name in used:
        assert icon_shapes(name)


def test_an_unknown_icon_says_what_to_do() -> None:
    with pytest.raises(LookupError, match=r"assets/icons\.txt"):
        icon_shapes("no-such-icon")


def test_every_template_compiles(app: Flask) -> None:
    for file in TEMPLATES:
        assert app.jinja_env.get_template(str(file.relative_to(ROOT / "templates")))


def test_no_template_has_inline_styles_or_scripts() -> None:
    inline = re.compile(r"\sstyle=|\son\w+=\"|<style|javascript:|<script(?![^>]*\s(?:src=|type=\"application/json\"))")
    found = [(file.name, hit.group()) for file in TEMPLATES for hit in inline.finditer(file.read_text())]
    assert found == []
