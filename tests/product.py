"""The product as a test sees it: an app on a database of its own, a browser-like client, and three people.

何人事 (HR), 华东大区经理 and 安店长 are in every test: owner, superior and stranger of whatever is tested.
"""

import datetime as dt
import shutil
from collections.abc import Callable, Iterator
from contextvars import Context
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from alembic import command
from click.testing import CliRunner, Result
from flask import Flask, has_app_context
from flask.cli import ScriptInfo
from flask.testing import FlaskClient
from sqlalchemy import event
from werkzeug.test import TestResponse

from core import clock, jobs, schema
from core.config import Settings
from core.db import db
from organization import accounts
from organization.models import Company, Grant, Member, OrgUnit
from tests import services
from wsgi import cli, create_app

TODAY = dt.datetime(2025, 6, 30, 1, 0, tzinfo=dt.UTC)  # Monday 09:00 in Shanghai
PASSWORD = "guantong-2025"
CHEAP = {"time_cost": 1, "memory_cost": 8, "parallelism": 1}


@pytest.fixture(autouse=True)
def _monday() -> Iterator[None]:
    with clock.at(TODAY):
        yield


def make_app(instance: Path, database_url: str = "", redis_url: str | None = None, **overrides: object) -> Flask:
    url = database_url or f"sqlite:///{instance / 'guantong.db'}"
    settings = Settings(instance=instance, database_url=url, redis_url=redis_url)
    app = create_app(settings, **({"TESTING": True, "WTF_CSRF_ENABLED": False, "ARGON2": CHEAP} | overrides))
    app.test_client_class = Browser
    return app


class Browser(FlaskClient):
    """A request has its own session and `g`, as on a server, and not those of the test around it.

    What the test has prepared is committed first; what it reads afterwards comes from the database anew.
    """

    def open(self, *args: Any, **kwargs: Any) -> TestResponse:
        if not has_app_context():
            return super().open(*args, **kwargs)
        db.session.commit()
        try:
            return Context().run(super().open, *args, **kwargs)
        finally:
            db.session.expire_all()


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty database with the newest schema, made once and copied for each test."""
    instance = tmp_path_factory.mktemp("template")
    _make_schema(make_app(instance))
    return instance / "guantong.db"


@pytest.fixture(scope="session")
def postgres_server() -> sa.URL:
    return services.fast_postgres()


@pytest.fixture(scope="session")
def postgres_template(postgres_server: sa.URL, tmp_path_factory: pytest.TempPathFactory) -> Iterator[sa.URL]:
    with services.postgres_database(postgres_server) as url:
        _make_schema(make_app(tmp_path_factory.mktemp("template"), url))
        yield sa.make_url(url)


@pytest.fixture(scope="session")
def redis_url() -> Iterator[str]:
    with services.redis_server() as url:
        yield url


def _make_schema(app: Flask) -> None:
    with app.app_context():
        db.create_all()  # quicker than the migrations; tests/core/test_migrations.py proves that they make the same
        command.stamp(schema.alembic_config(), "head")
        db.engine.dispose()


@pytest.fixture
def database_kind(request: pytest.FixtureRequest) -> str:
    """With `--all` once "sqlite" and once "postgres"; see conftest.py."""
    return getattr(request, "param", "sqlite")


@pytest.fixture
def database(database_kind: str, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The address of a database of this test's own, with the newest schema and no rows."""
    if database_kind == "sqlite":
        shutil.copy(request.getfixturevalue("sqlite_template"), tmp_path / "guantong.db")
        yield f"sqlite:///{tmp_path / 'guantong.db'}"
        return
    template = request.getfixturevalue("postgres_template")
    with services.postgres_database(template, template=template.database) as url:
        yield url


@pytest.fixture
def empty_database(database_kind: str, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The address of a database without any table, as a new installation finds it."""
    if database_kind == "sqlite":
        yield f"sqlite:///{tmp_path / 'guantong.db'}"
        return
    with services.postgres_database(request.getfixturevalue("postgres_server")) as url:
        yield url


@pytest.fixture
def app(tmp_path: Path, database: str) -> Iterator[Flask]:
    """The product within an application context, on an empty database."""
    yield from _within(make_app(tmp_path, database))


@pytest.fixture
def bare_app(tmp_path: Path, empty_database: str) -> Iterator[Flask]:
    """The product before its first start: no schema yet."""
    yield from _within(make_app(tmp_path, empty_database))


def _within(app: Flask) -> Iterator[Flask]:
    with app.app_context():
        yield app
        db.session.remove()
        db.engine.dispose()


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


@pytest.fixture
def guantong(app: Flask) -> Callable[..., Result]:
    """Run a command of the console script: `guantong("audit", "verify", "--json").exit_code`."""

    def run(*args: str, input: str | None = None) -> Result:
        db.session.commit()
        script = ScriptInfo(create_app=lambda: app)
        try:
            return Context().run(CliRunner().invoke, cli, args, input=input, obj=script, prog_name="guantong")
        finally:
            db.session.expire_all()

    return run


@pytest.fixture
def run_jobs(app: Flask) -> Callable[[], int]:
    """Run what is due, as the worker does: in a session of its own. Returns how many jobs ran."""

    def run() -> int:
        db.session.commit()
        try:
            return Context().run(_run_due, app)
        finally:
            db.session.expire_all()

    return run


def _run_due(app: Flask) -> int:
    with app.app_context():
        return jobs.run_due()


@dataclass
class People:
    """康联: 总部 ─ 华东大区 ─ 上海."""

    company: Company
    headquarters: OrgUnit
    east: OrgUnit
    shanghai: OrgUnit
    hr: Member
    east_manager: Member
    an: Member


@pytest.fixture
def people(app: Flask) -> People:
    return make_people()


def make_people() -> People:
    headquarters = add_unit(None, "HQ", "康联医疗器械", "company")
    company = Company(id=headquarters.id, name="康联医疗器械", levels=LEVELS, link_templates={})
    db.session.add(company)
    east = add_unit(headquarters, "EAST", "华东大区", "region")
    shanghai = add_unit(east, "SH", "上海", "province")
    hr = add_member(headquarters, "H001", "何人事", "hr_admin")
    east_manager = add_member(east, "E001", "华东大区经理", "region_manager")
    an = add_member(shanghai, "S001", "安店长", "sales")
    east.head, shanghai.head = east_manager, east_manager
    db.session.commit()
    return People(company, headquarters, east, shanghai, hr, east_manager, an)


def find_people() -> People:
    """The same people in a database that was copied."""
    units = {unit.code: unit for unit in db.session.scalars(sa.select(OrgUnit))}
    members = {member.code: member for member in db.session.scalars(sa.select(Member))}
    company = db.session.scalars(sa.select(Company)).one()
    where = (units["HQ"], units["EAST"], units["SH"])
    return People(company, *where, members["H001"], members["E001"], members["S001"])


LEVELS = [
    {"key": "company", "title": {"zh": "公司", "en": "Company"}},
    {"key": "region", "title": {"zh": "大区", "en": "Region"}},
    {"key": "province", "title": {"zh": "省区", "en": "Province"}},
]


def add_unit(parent: OrgUnit | None, code: str, name: str, level: str) -> OrgUnit:
    unit = OrgUnit(parent_id=parent.id if parent else None, path="", code=code, name=name, level=level, attributes={})
    unit.company_id = parent.company_id if parent else None
    db.session.add(unit)
    db.session.flush()
    unit.company_id = unit.company_id or unit.id
    unit.path = f"{parent.path if parent else '/'}{unit.id}/"
    db.session.flush()
    return unit


def add_member(unit: OrgUnit, code: str, name: str, role: str) -> Member:
    """A member with the grant of his role at his unit and an account (his code, PASSWORD)."""
    member = Member(
        company_id=unit.company_id,
        unit_id=unit.id,
        code=code,
        name=name,
        pinyin=code,
        role=role,
        joined_on=dt.date(2024, 1, 1),
        attributes={},
    )
    db.session.add(member)
    db.session.flush()
    db.session.add(Grant(member_id=member.id, role=role, unit_id=unit.id))
    accounts.create(member, login=code, password=PASSWORD, must_change=False)
    db.session.flush()
    return member


@pytest.fixture
def sign_in(client: FlaskClient) -> Callable[[Member], FlaskClient]:
    """Sign a member in through the front door."""

    def signed_in(member: Member) -> FlaskClient:
        answer = client.post("/sign-in", data={"login": member.code, "password": PASSWORD})
        assert answer.status_code == 303, answer.get_data(as_text=True)[:2000]
        return client

    return signed_in


class CountedStatements:
    """How many SQL statements a block sent, BEGIN and COMMIT not counted."""

    def __init__(self) -> None:
        self.statements: list[str] = []

    def __enter__(self) -> "CountedStatements":
        self._listener = lambda _c, _cur, statement, *_rest: self.statements.append(statement)
        event.listen(db.engine, "before_cursor_execute", self._listener)
        return self

    def __exit__(self, *_exception: object) -> None:
        event.remove(db.engine, "before_cursor_execute", self._listener)

    @property
    def count(self) -> int:
        return sum(not statement.startswith(("BEGIN", "COMMIT", "ROLLBACK", "PRAGMA")) for statement in self.statements)


@pytest.fixture
def counted_statements() -> type[CountedStatements]:
    return CountedStatements
