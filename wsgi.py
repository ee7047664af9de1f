"""create_app(): the one place that knows every part. flask and gunicorn find it with no option; so does `guantong`."""

import gc
import importlib
import sys
from collections.abc import Iterator
from types import ModuleType

import click
from flask import Blueprint, Flask, current_app
from flask.cli import with_appcontext

from builder import impact
from core import assets, clock, commands, config, db, errors, htmx, i18n, jobs_views, security, server
from core.cli import Guantong
from organization import accounts
from runtime.goals import touched
from seeds import demo


def create_app(settings: config.Settings | None = None, **overrides: object) -> Flask:
    """The whole product. `overrides` are Flask configuration values, for tests."""
    settings = settings or config.from_environment()
    clock.resume(settings.instance / "clock.json")
    app = Flask("wsgi", root_path=str(config.CHECKOUT), static_folder=None, instance_path=str(settings.instance))
    app.config.from_mapping(
        SETTINGS=settings,
        SECRET_KEY=config.secret_key(settings.instance),
        SQLALCHEMY_DATABASE_URI=settings.database_url,
        **overrides,
    )
    for part in (db, i18n, htmx, errors, assets, security):
        part.init_app(app)
    for module in (jobs_views, *_parts()):
        _register(app, module)
    impact.register(touched.members)
    for command in commands.ALL:
        app.cli.add_command(command)
    app.cli.add_command(start)
    gc.enable()
    return app


def _register(app: Flask, module: ModuleType) -> None:
    for value in list(vars(module).values()):
        if isinstance(value, Blueprint) and value.import_name == module.__name__:
            app.register_blueprint(value)
    for command in getattr(module, "ALL", ()):
        app.cli.add_command(command)
    if hasattr(module, "init_app"):
        module.init_app(app)


def _parts() -> Iterator[ModuleType]:
    # TODO(lead): explicit imports once every part has landed
    for package in ("organization", "builder", "runtime"):
        for file in sorted((config.CHECKOUT / package).rglob("*.py")):
            if file.stem.endswith(("views", "commands", "models", "navigation", "accounts", "views_api", "samples")):
                yield importlib.import_module(".".join(file.relative_to(config.CHECKOUT).with_suffix("").parts))


@click.command("start", help="Set up what is missing, load the demo on first start, serve. What ./run calls.")
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", default=8000, show_default=True, type=click.IntRange(1, 65535))
@click.option("--empty", is_flag=True, help="No demo: prints a link to set up your own company.")
@click.option("--setup-only", is_flag=True, help="Everything but starting. Doing it twice changes nothing.")
@click.option("--demo-public", is_flag=True, help="Let other machines reach the demo accounts.")
@with_appcontext
def start(host: str, port: int, empty: bool, setup_only: bool, demo_public: bool) -> None:
    app = current_app._get_current_object()
    lines = server.prepare(app, demo.fill_empty if empty else demo.fill)
    server.refuse_public_demo(host, demo=accounts.has_demo_accounts(), allowed=demo_public)
    if not setup_only:
        server.refuse_busy_port(host, port)
    server.announce(host, port, lines)
    if not setup_only:
        server.serve(app, host, port)


cli = Guantong(create_app=create_app, add_default_commands=False, name="guantong")


def main() -> None:
    cli.main(prog_name="guantong", args=sys.argv[1:])
