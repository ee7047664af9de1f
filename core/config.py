"""Every setting there is, read from the environment once when the app is made.

`docs/reference/settings.md` explains each for whoever runs the server; a test keeps the two in step.
"""

import os
import secrets
import tomllib
from dataclasses import dataclass, field
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parent.parent


@dataclass(frozen=True)
class Settings:
    """What an installation can choose. `metadata["env"]` is the variable's name."""

    instance: Path = field(metadata={"env": "GUANTONG_INSTANCE"})
    database_url: str = field(metadata={"env": "DATABASE_URL"})
    redis_url: str | None = field(default=None, metadata={"env": "REDIS_URL"})
    locale: str = field(default="zh", metadata={"env": "GUANTONG_LOCALE"})
    public_url: str | None = field(default=None, metadata={"env": "GUANTONG_PUBLIC_URL"})
    behind_proxy: bool = field(default=False, metadata={"env": "GUANTONG_BEHIND_PROXY"})
    smtp_url: str | None = field(default=None, metadata={"env": "SMTP_URL"})
    smtp_from: str | None = field(default=None, metadata={"env": "SMTP_FROM"})
    webhook_secret: str | None = field(default=None, metadata={"env": "GUANTONG_WEBHOOK_SECRET"})
    webhook_hosts: tuple[str, ...] = field(default=(), metadata={"env": "GUANTONG_WEBHOOK_HOSTS"})

    @property
    def embedded(self) -> bool:
        """One process does it all: jobs run in a thread of the web process."""
        return self.redis_url is None

    @property
    def sqlite_file(self) -> Path | None:
        prefix = "sqlite:///"
        return Path(self.database_url.removeprefix(prefix)) if self.database_url.startswith(prefix) else None


def from_environment(environ: dict[str, str] | None = None) -> Settings:
    env = dict(os.environ if environ is None else environ)
    instance = Path(env.get("GUANTONG_INSTANCE") or CHECKOUT / "instance").resolve()
    return Settings(
        instance=instance,
        database_url=_with_driver(env.get("DATABASE_URL") or f"sqlite:///{instance / 'guantong.db'}"),
        redis_url=env.get("REDIS_URL") or None,
        locale="en" if env.get("GUANTONG_LOCALE") == "en" else "zh",
        public_url=env.get("GUANTONG_PUBLIC_URL") or None,
        behind_proxy=env.get("GUANTONG_BEHIND_PROXY") == "1",
        smtp_url=env.get("SMTP_URL") or None,
        smtp_from=env.get("SMTP_FROM") or None,
        webhook_secret=env.get("GUANTONG_WEBHOOK_SECRET") or None,
        webhook_hosts=tuple(env.get("GUANTONG_WEBHOOK_HOSTS", "").split()),
    )


def product_version() -> str:
    project: dict[str, str] = tomllib.loads((CHECKOUT / "pyproject.toml").read_text("utf-8"))["project"]
    return project["version"]


def _with_driver(url: str) -> str:
    """Hosting platforms hand out `postgres://…`; SQLAlchemy wants the driver named."""
    for prefix in ("postgres://", "postgresql://"):
        if url.startswith(prefix):
            return "postgresql+psycopg://" + url.removeprefix(prefix)
    return url


def secret_key(instance: Path) -> str:
    """The key that signs cookies and links: made once, readable by its owner only."""
    file = instance / "secret.key"
    if not file.exists():
        instance.mkdir(mode=0o700, parents=True, exist_ok=True)
        descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w") as stream:
            stream.write(secrets.token_urlsafe(48))
    return file.read_text().strip()
