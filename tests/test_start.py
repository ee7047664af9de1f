"""`guantong start`, as `./run` calls it: a real process on a fresh instance folder."""

import json
import os
import re
import subprocess
import sys
import urllib.parse
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from http.cookiejar import CookieJar
from pathlib import Path
from urllib.error import HTTPError, URLError

import pytest

from tests.waiting import free_port, wait_until

FIRST_START = 120.0  # seconds of patience on a busy machine; how long it takes is bench/start.py's business
CHECKOUT = Path(__file__).resolve().parent.parent


def guantong(instance: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command(*arguments),
        env=environment(instance),
        cwd=CHECKOUT,
        capture_output=True,
        text=True,
        timeout=FIRST_START,
    )


def command(*arguments: str) -> list[str]:
    return [str(Path(sys.executable).with_name("guantong")), *arguments]


def environment(instance: Path) -> dict[str, str]:
    return os.environ | {"GUANTONG_INSTANCE": str(instance), "DATABASE_URL": "", "REDIS_URL": ""}


@contextmanager
def serving(instance: Path, *arguments: str) -> Iterator[str]:
    """A server that answers; its address."""
    port = free_port()
    address = f"http://127.0.0.1:{port}"
    process = subprocess.Popen(
        command("start", "--port", str(port), *arguments),
        env=environment(instance),
        cwd=CHECKOUT,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
    )
    try:
        wait_until(lambda: process.poll() is not None or answers(address), "the server", FIRST_START)
        assert process.poll() is None, process.stderr.read().decode() if process.stderr else ""
        yield address
    finally:
        process.terminate()
        process.communicate(timeout=30)


def answers(address: str) -> bool:
    try:
        with urllib.request.urlopen(f"{address}/healthz", timeout=5) as answer:
            return bool(answer.status == 200)
    except (URLError, ConnectionError, TimeoutError):
        return False


class Visitor:
    """A browser without a screen: cookies, and the CSRF token of the page before."""

    def __init__(self, address: str) -> None:
        self.address = address
        self.opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(CookieJar()))

    def get(self, path: str) -> str:
        with self.opener.open(self.address + path, timeout=60) as answer:
            return str(answer.read().decode())

    def post(self, path: str, page: str, **fields: str) -> str:
        token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page)
        assert token is not None
        sent = urllib.parse.urlencode({"csrf_token": token[1], **fields}).encode()
        with self.opener.open(self.address + path, sent, timeout=60) as answer:
            return str(answer.read().decode())


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A demo installation that was set up and not started."""
    instance = tmp_path_factory.mktemp("demo")
    done = guantong(instance, "start", "--setup-only")
    assert done.returncode == 0, done.stderr
    assert "guantong-demo" in done.stdout
    return instance


def test_setting_up_again_changes_nothing(demo: Path) -> None:
    before = (demo / "guantong.db").stat().st_size
    again = guantong(demo, "start", "--setup-only")
    assert again.returncode == 0, again.stderr
    assert (demo / "guantong.db").stat().st_size == before
    assert oct((demo / "secret.key").stat().st_mode)[-3:] == "600"


def test_the_printed_accounts_sign_in_to_a_started_server(demo: Path) -> None:
    with serving(demo) as address:
        visitor = Visitor(address)
        page = visitor.get("/sign-in")
        home = visitor.post("/sign-in", page, login="e0002", password="guantong-demo")
        assert "何人事" in home
        with pytest.raises(HTTPError, match="404"):
            visitor.get("/nothing-here")


def test_the_demo_is_refused_on_a_public_address(demo: Path) -> None:
    refused = guantong(demo, "start", "--host", "0.0.0.0", "--port", str(free_port()))
    assert refused.returncode == 1
    assert "--demo-public" in refused.stderr


def test_a_busy_port_is_told_with_the_way_out(demo: Path) -> None:
    with serving(demo) as address:
        port = int(address.rpartition(":")[2])
        refused = guantong(demo, "start", "--port", str(port))
        assert refused.returncode == 1
        assert f"--port {port + 1}" in refused.stderr


def test_S24_the_command_line_splits_the_demos_target_to_the_yuan(demo: Path) -> None:
    asked = ("cascade", "preview", "medical.sales_cascade", "--base", "720000000", "--growth-pct", "15", "--json")
    done = guantong(demo, *asked)
    assert done.returncode == 0, done.stderr
    assert done.stdout.count("\n") == 1
    nodes = json_nodes(done.stdout)
    roots = [node for node in nodes.values() if node["parent"] is None]
    assert [root["target"] for root in roots] == [828_000_000]
    assert sum(node["level"] == "member" for node in nodes.values()) == 430
    for node in nodes.values():
        children = [child for child in nodes.values() if child["parent"] == node["id"]]
        if node["level"] != "member":
            assert sum(child["target"] for child in children) + node["reserve"] == node["target"], node["name"]
        for kind, parts in node["split"].items():
            assert sum(parts.values()) == node["target"], (node["name"], kind)


def json_nodes(text: str) -> dict[str, dict]:
    return {node["id"]: node for node in json.loads(text)["nodes"]}


def test_an_empty_installation_prints_one_link_that_sets_it_up(tmp_path: Path) -> None:
    done = guantong(tmp_path, "start", "--empty", "--setup-only")
    assert done.returncode == 0, done.stderr
    link = re.search(r"http://127\.0\.0\.1:8000(/setup/\S+)", done.stdout)
    assert link is not None, done.stdout
    with serving(tmp_path) as address:
        visitor = Visitor(address)
        page = visitor.get(link[1])
        who = {"name": "王总", "login": "wang", "password": "keyboard-cat-9", "again": "keyboard-cat-9"}
        home = visitor.post(link[1], page, company="新公司", time_zone="Asia/Shanghai", **who)
        assert "新公司" in home


def test_a_start_loads_nothing_that_it_does_not_need(tmp_path: Path) -> None:
    """Each costs every start a tenth of it, and is for a few requests or for another set-up."""
    rare = {"alembic", "holidays", "psycopg", "pypinyin", "redis", "rich", "rq", "xlsxwriter"}
    program = "import sys; from wsgi import create_app; create_app(); print(*sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", program], env=environment(tmp_path), cwd=CHECKOUT, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    assert set(done.stdout.split()) & rare == set()
