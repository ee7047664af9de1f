"""What an installation can choose."""

import dataclasses
import re
from pathlib import Path

import pytest

from core import config
from core.config import Settings

REFERENCE = config.CHECKOUT / "docs" / "reference" / "settings.md"


def test_every_setting_is_documented_and_nothing_else() -> None:
    documented = re.findall(r"^\| `(\w+)`", REFERENCE.read_text("utf-8"), re.MULTILINE)
    assert documented == [field.metadata["env"] for field in dataclasses.fields(Settings)]


def test_every_setting_is_read_from_its_variable(tmp_path: Path) -> None:
    given = {
        "GUANTONG_INSTANCE": str(tmp_path),
        "DATABASE_URL": "sqlite:////data/g.db",
        "REDIS_URL": "redis://cache/0",
        "GUANTONG_LOCALE": "en",
        "GUANTONG_PUBLIC_URL": "https://goals.example.com",
        "GUANTONG_BEHIND_PROXY": "1",
        "SMTP_URL": "smtp://mail",
        "SMTP_FROM": "hr@example.com",
        "GUANTONG_WEBHOOK_SECRET": "shared with the receiver",
        "GUANTONG_WEBHOOK_HOSTS": "hooks.example.com",
    }
    assert set(given) == {field.metadata["env"] for field in dataclasses.fields(Settings)}
    chosen, default = config.from_environment(given), config.from_environment({})
    for field in dataclasses.fields(Settings):
        assert getattr(chosen, field.name) != getattr(default, field.name), field.name


@pytest.mark.parametrize("scheme", ["postgres", "postgresql"])
def test_an_address_of_postgresql_needs_no_driver(scheme: str) -> None:
    settings = config.from_environment({"DATABASE_URL": f"{scheme}://me@db/guantong"})
    assert settings.database_url == "postgresql+psycopg://me@db/guantong"


def test_the_key_is_made_once_and_for_its_owner_only(tmp_path: Path) -> None:
    key = config.secret_key(tmp_path / "new")
    assert len(key) >= 32
    assert config.secret_key(tmp_path / "new") == key
    assert (tmp_path / "new" / "secret.key").stat().st_mode & 0o777 == 0o600
