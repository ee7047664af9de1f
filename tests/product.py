"""The product as a test sees it: an app on a database of its own, a browser-like client, and three people.

何人事 (HR), 华东大区经理 and 安店长 are in every test: owner, superior and stranger of whatever is tested.
"""

import datetime as dt
import shutil
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from contextvars import Context
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic import command
from click.testing import CliRunner, Result
from flask import Flask
from flask.cli import ScriptInfo
from flask.testing import FlaskClient
from sqlalchemy import event

from core import clock, jobs, schema
from core.db import db
from organization import accounts
from organization.models import Company, Grant, Member, OrgUnit
from tests import beginnings, services
from tests.beginnings import EMPTY, Kept, beginning
from tests.running import TODAY, Running, make_app, within
from wsgi import cli

PASSWORD = "guantong-2025"


@pytest.fixture(autouse=True)
def _monday() -> Iterator[None]:
    with clock.at(TODAY):
        yield


@pytest.fixture(scope="session")
def sqlite(tmp_path_factory: pytest.TempPathFactory) -> Kept:
    running = Running(tmp_path_factory.mktemp("sqlite"))
    return Kept(running, sqlite_file, tmp_path_factory.mktemp("beginnings"))


@contextmanager
def sqlite_file(template: str | None, instance: Path) -> Iterator[str]:
    file = instance / "guantong.db"
    if template:
        shutil.copy(str(sa.make_url(template).database), file)
    yield f"sqlite:///{file}"


@pytest.fixture(scope="session")
def postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Kept]:
    server = services.fast_postgres()
    running = Running(tmp_path_factory.mktemp("postgres"), server.render_as_string(hide_password=False))
    new = partial(services.postgres_database, server)
    with closing(Kept(running, new, tmp_path_factory.mktemp("beginnings"))) as kept:
        yield kept


@pytest.fixture(scope="session")
def redis_url() -> Iterator[str]:
    with services.redis_server() as url:
        yield url


@beginning(EMPTY, on=None)
def make_schema() -> None:
    db.create_all()  # quicker than the migrations; tests/core/test_migrations.py proves that they make the same
    command.stamp(schema.alembic_config(), "head")


@pytest.fixture
def database_kind(request: pytest.FixtureRequest) -> str:
    """With `--all` once "sqlite" and once "postgres"; see conftest.py."""
    return getattr(request, "param", "sqlite")


@pytest.fixture
def kept(database_kind: str, request: pytest.FixtureRequest) -> Kept:
    """What tests begin with on the kind of database of this one."""
    found: Kept = request.getfixturevalue(database_kind)
    return found


@pytest.fixture
def database(kept: Kept, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The address of a database of this test's own, with the newest schema and the rows of the fixtures it names."""
    with kept.copy(beginnings.of(request.fixturenames), tmp_path) as address:
        yield address


@pytest.fixture
def empty_database(kept: Kept, tmp_path: Path) -> Iterator[str]:
    """The address of a database without any table, as a new installation finds it."""
    with kept.blank(tmp_path) as address:
        yield address


@pytest.fixture
def app(kept: Kept, tmp_path: Path, database: str) -> Iterator[Flask]:
    """The product within an application context, on this test's database."""
    with kept.running.at(tmp_path, database) as app:
        yield app


@pytest.fixture
def own_app(tmp_path: Path, database: str) -> Iterator[Flask]:
    """An app that no other test sees, for those who add pages to it or leave threads behind."""
    with within(make_app(tmp_path, database)) as app:
        yield app


@pytest.fixture
def speaking(sqlite: Kept, tmp_path: Path) -> Iterator[Flask]:
    """The product without a database: engines that know no rows need it for the words of their problems."""
    with sqlite.blank(tmp_path) as nothing, sqlite.running.at(tmp_path, nothing) as app:
        yield app


@pytest.fixture
def bare_app(kept: Kept, tmp_path: Path, empty_database: str) -> Iterator[Flask]:
    """The product before its first start: no schema yet."""
    with kept.running.at(tmp_path, empty_database) as app:
        yield app


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
            options = {"input": input, "obj": script, "prog_name": "guantong", "catch_exceptions": False}
            return Context().run(CliRunner().invoke, cli, args, **options)
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
    return find_people()


@beginning("people", on=EMPTY)
def make_people() -> None:
    headquarters = add_unit(None, "HQ", "康联医疗器械", "company")
    company = Company(id=headquarters.id, name="康联医疗器械", levels=LEVELS, link_templates={})
    db.session.add(company)
    east = add_unit(headquarters, "EAST", "华东大区", "region")
    shanghai = add_unit(east, "SH", "上海", "province")
    add_member(headquarters, "H001", "何人事", "hr_admin")
    east.head = shanghai.head = add_member(east, "E001", "华东大区经理", "region_manager")
    add_member(shanghai, "S001", "安店长", "sales")


def find_people() -> People:
    units = {unit.code: unit for unit in db.session.scalars(sa.select(OrgUnit))}
    members = {member.code: member for member in db.session.scalars(sa.select(Member))}
    company = db.session.scalars(sa.select(Company)).one()
    where = (units["HQ"], units["EAST"], units["SH"])
    db.session.commit()  # a test that has only looked keeps no writer waiting
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
