"""The product in this process. Making an app reads 130 modules' routes and an hour's templates are compiled in it, so
one serves all tests of a worker; what belongs to a test is put in place for it.
"""

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import Context
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from flask import Flask, has_app_context
from flask.testing import FlaskClient
from sqlalchemy import event
from werkzeug.test import TestResponse

from core import config
from core.config import Settings
from core.db import db
from core.security import limiter
from wsgi import create_app

TODAY = dt.datetime(2025, 6, 30, 1, 0, tzinfo=dt.UTC)  # Monday 09:00 in Shanghai
CHEAP = {"time_cost": 1, "memory_cost": 8, "parallelism": 1}


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


class Running:
    """One app for many tests, each with an instance folder and a database of its own."""

    def __init__(self, instance: Path, database_url: str = "") -> None:
        self.app = make_app(instance, database_url)
        self._config = dict(self.app.config)
        with self.app.app_context():
            self._engine = db.engine
        event.listen(self._engine, "do_connect", self._connect)

    def _connect(self, dialect: sa.Dialect, _record: object, _args: object, _options: object) -> object:
        arguments, options = dialect.create_connect_args(self._engine.url)
        return dialect.connect(*arguments, **options)

    @contextmanager
    def at(self, instance: Path, database_url: str) -> Iterator[Flask]:
        """The app within a context, as if it had been started with these: nothing is left of the test before."""
        settings = Settings(instance=instance, database_url=database_url)
        self.app.config.clear()
        self.app.config.update(self._config, SETTINGS=settings, SQLALCHEMY_DATABASE_URI=database_url)
        self.app.instance_path = str(instance)
        self.app.secret_key = config.secret_key(instance)
        self._engine.url = sa.make_url(database_url)
        limiter.reset()
        with within(self.app):
            yield self.app


@contextmanager
def within(app: Flask) -> Iterator[Flask]:
    with app.app_context():
        try:
            yield app
        finally:
            db.session.remove()
            db.engine.dispose()
