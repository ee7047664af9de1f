"""The engine of forms asks for no database: an app that can speak is enough."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask

from core import i18n
from core.config import CHECKOUT, Settings


@pytest.fixture(scope="session")
def speaking() -> Flask:
    app = Flask("wsgi", root_path=str(CHECKOUT))
    app.config["SETTINGS"] = Settings(instance=Path(), database_url="sqlite://")
    i18n.init_app(app)
    return app


@pytest.fixture
def in_chinese(speaking: Flask) -> Iterator[None]:
    with speaking.app_context():
        yield
