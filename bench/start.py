"""How long until the first page, and how much memory, beside a bare Flask application: `python -m bench.start`.

The bare one is the same server and ORM with one table, one route and one SELECT. Both are fresh processes, in turn.
"""

import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from time import perf_counter, sleep
from urllib.error import HTTPError, URLError
from urllib.request import urlopen

import psutil

from core.config import CHECKOUT
from tests.waiting import free_port

ROUNDS = 5
MIB = 1024 * 1024

BARE = """
import sys, waitress
from flask import Flask
from flask_sqlalchemy import SQLAlchemy
app = Flask("bare")
app.config["SQLALCHEMY_DATABASE_URI"] = f"sqlite:///{sys.argv[1]}/bare.db"
db = SQLAlchemy(app)
class Row(db.Model):
    id = db.Column(db.Integer, primary_key=True)
with app.app_context():
    db.create_all()
@app.get("/sign-in")
def page():
    return {"rows": db.session.query(Row).count()}
waitress.serve(app, host="127.0.0.1", port=int(sys.argv[2]), threads=32)
"""

SCHEMA = """
from time import perf_counter
from wsgi import create_app
from core import migrations
app = create_app()
with app.app_context():
    begin = perf_counter()
    migrations.to_newest()
    print(perf_counter() - begin)
"""


def main() -> None:
    ours, bare = [], []
    for _ in range(ROUNDS):
        bare.append(first_page(lambda folder, port: [sys.executable, "-c", BARE, folder, str(port)]))
        ours.append(first_page(start_guantong, prepare=set_up))
    show("first 200 after the start", [one[0] for one in ours], [one[0] for one in bare], "s", "≤ 2 × bare, ≤ 1.1 s")
    show("processor time until then", [one[1] for one in ours], [one[1] for one in bare], "s", "≤ 2 × bare")
    show("memory after the first page", [one[2] for one in ours], [one[2] for one in bare], "MiB", "≤ 1.6 × bare")
    print(f"empty database to newest schema: {median(empty_to_newest() for _ in range(3)):.2f} s   (goal ≤ 1 s)")


def show(what: str, ours: list[float], bare: list[float], unit: str, goal: str) -> None:
    mine, limit = median(ours), median(bare)
    print(f"{what}: {mine:.2f} {unit}, bare {limit:.2f} {unit}, ratio {mine / limit:.2f}   (goal {goal})")


def start_guantong(folder: str, port: int) -> list[str]:
    return [sys.executable, "-c", "from wsgi import main; main()", "start", "--empty", "--port", str(port)]


def set_up(folder: str) -> None:
    command = [*start_guantong(folder, 8000), "--setup-only"]
    subprocess.run(command, cwd=CHECKOUT, env=environment(folder), check=True, stdout=subprocess.DEVNULL)


def first_page(
    command: Callable[[str, int], list[str]], prepare: Callable[[str], None] = str
) -> tuple[float, float, float]:
    """(seconds from the start of the process to the first 200, of the processor till then, MiB it then holds)"""
    with tempfile.TemporaryDirectory() as folder:
        prepare(folder)
        port, begin = free_port(), perf_counter()
        with running(command(folder, port), folder) as process:
            while not answers(f"http://127.0.0.1:{port}/sign-in"):
                sleep(0.005)
            waited, it = perf_counter() - begin, psutil.Process(process.pid)
            return waited, sum(it.cpu_times()[:2]), it.memory_info().rss / MIB


@contextmanager
def running(command: list[str], folder: str) -> Iterator[subprocess.Popen[bytes]]:
    process = subprocess.Popen(command, cwd=CHECKOUT, env=environment(folder), stdout=subprocess.DEVNULL)
    try:
        yield process
    finally:
        process.kill()
        process.wait()


def answers(address: str) -> bool:
    try:
        with urlopen(address) as answer:
            return answer.status == 200
    except HTTPError:
        raise
    except URLError:
        return False


def empty_to_newest() -> float:
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-c", SCHEMA]
        done = subprocess.run(
            command, cwd=CHECKOUT, env=environment(folder), check=True, capture_output=True, text=True
        )
        return float(done.stdout)


def environment(folder: str) -> dict[str, str]:
    alone = {"DATABASE_URL": "", "REDIS_URL": "", "GUANTONG_INSTANCE": str(Path(folder) / "instance")}
    return os.environ | alone


if __name__ == "__main__":
    main()
