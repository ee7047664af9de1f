"""Commands that run an installation: workers, audit, backup, the clock of the demo."""

import time

import click
from flask import current_app
from flask.cli import with_appcontext

from core import audit, backup, schema, timers
from core.cli import end_with_problems, print_json
from core.errors import AppError, Problem
from core.later import Later

redis_queue = Later("core.redis_queue")
TICK = 1.0  # seconds


@click.command("worker", help="Run jobs from Redis (needs REDIS_URL). Start as many as you like.")
@click.option("--burst", is_flag=True, help="End when the queue is empty.")
@with_appcontext
def worker(burst: bool) -> None:
    _need_redis()
    redis_queue.work(current_app._get_current_object(), burst=burst)  # type: ignore[attr-defined]


@click.command("ticker", help="Fire timers and send due jobs to Redis (needs REDIS_URL). One is enough, two are safe.")
@with_appcontext
def ticker() -> None:
    _need_redis()
    while True:
        timers.beat()
        redis_queue.relay()
        time.sleep(TICK)


@click.group("audit", help="The append-only record of who did what.")
def audit_group() -> None:
    pass


@audit_group.command("verify", help="Recompute the hash chain; exit 1 names the first row that does not fit.")
@click.option("--json", "as_json", is_flag=True)
@with_appcontext
def verify(as_json: bool) -> None:
    bad = audit.verify()
    if bad is not None:
        sentence = f"Audit row {bad} is not what was sealed; restore a backup or find out who changed it."
        end_with_problems([Problem(f"/audit_event/{bad}", "broken_chain", sentence)], as_json=as_json)
    if as_json:
        print_json({"ok": True})
    click.echo("The audit chain is whole.", err=True)


@click.command("backup", help="Write database, attachments and key to FILE, while the server runs.")
@click.argument("file", type=click.Path(dir_okay=False, writable=True))
@with_appcontext
def write_backup(file: str) -> None:
    backup.write(file)
    click.echo(f"Wrote {file}", err=True)


@click.command("restore", help="Replace this installation by what FILE holds. Stop the server first.")
@click.argument("file", type=click.Path(exists=True, dir_okay=False))
@click.option("--yes", is_flag=True, help="Do not ask.")
@with_appcontext
def restore(file: str, yes: bool) -> None:
    if not yes:
        click.confirm("This replaces everything in this installation. Go on?", abort=True, err=True)
    backup.restore(file)
    click.echo("Restored.", err=True)


@click.group("schema", help="The tables of the database, for those who change the models.")
def schema_group() -> None:
    pass


@schema_group.command("step", help="Write the step from this database's schema to what the models say: WHAT changes.")
@click.argument("what")
@with_appcontext
def write_step(what: str) -> None:
    click.echo(f"Wrote {schema.write_step(what)}", err=True)


def _need_redis() -> None:
    if current_app.config["SETTINGS"].embedded:
        raise AppError("Set REDIS_URL; without it the web process runs the jobs itself.")


ALL = [worker, ticker, audit_group, write_backup, restore, schema_group]
