"""`guantong start`: from a fresh checkout or an old database to a running server, and who may reach it."""

import ipaddress
import socket
from collections.abc import Callable

import click
import waitress
from flask import Flask

from core import audit, backup, clock, jobs, migrations, timers
from core.db import db
from core.errors import AppError

THREADS = 32
STANDING = {  # seconds between two runs; who is special is known here by the names of jobs only
    "audit.seal": ("core.server.seal_audit", 60),
    "outbox.prune": ("core.jobs.prune", 24 * 3600),
    "approvals.left": ("runtime.approvals.jobs.hand_on", 3600),
}


def prepare(app: Flask, fill: Callable[[], list[str]]) -> list[str]:
    """Everything but starting, and doing it twice does nothing: folders, schema, standing timers, first content.

    `fill` loads what an empty installation begins with and returns the lines to show (accounts, or the set-up link).
    """
    app.config["SETTINGS"].instance.mkdir(mode=0o700, parents=True, exist_ok=True)
    backup.undo_interrupted(app.config["SETTINGS"])
    with app.app_context():
        migrations.to_newest()
        for key, (job, seconds) in STANDING.items():
            if not has_timer(key):
                timers.schedule(key, job, {}, clock.now(), every_seconds=seconds)
        db.session.commit()
        lines = fill()
        jobs.run_due()
    return lines


def has_timer(key: str) -> bool:
    return db.session.scalar(db.select(timers.Timer.id).where(timers.Timer.key == key)) is not None


def seal_audit(payload: dict[str, object]) -> None:
    """The job that the minute timer queues."""
    audit.seal()


def refuse_public_demo(host: str, *, demo: bool, allowed: bool) -> None:
    """Demo accounts have printed passwords: they must not be reachable from other machines by accident."""
    if demo and not allowed and not is_loopback(host):
        raise AppError(
            f"The demo accounts have public passwords, so {host} is refused. "
            "Use --empty for a real installation, or --demo-public if you mean it. / "
            f"演示账号的密码是公开的，因此拒绝在 {host} 上启动。"
            "正式使用请加 --empty；确实要公开演示请加 --demo-public。"
        )


def is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def refuse_busy_port(host: str, port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise AppError(f"{host}:{port}: {error.strerror}. Choose another port: ./run --port {port + 1}") from error


def serve(app: Flask, host: str, port: int) -> None:
    """Serve until stopped. Without Redis the worker thread runs the outbox and the timers in this process."""
    db.session.remove()  # a transaction of the set-up left open here would keep the writer's lock from everybody
    worker = jobs.Worker(app, beats=[timers.beat]) if app.config["SETTINGS"].embedded else None
    if worker is not None:
        worker.start()
    try:
        waitress.serve(app, host=host, port=port, threads=THREADS, ident="guantong")
    finally:
        if worker is not None:
            worker.stop()


def announce(host: str, port: int, lines: list[str]) -> None:
    """Tell where it is. `{address}` in a line becomes this server's address."""
    shown = "127.0.0.1" if host in ("0.0.0.0", "::") else host
    address = f"http://{shown}:{port}"
    click.echo(f"\n  贯通 Guantong  →  {address}\n")
    for line in lines:
        click.echo(f"  {line.replace('{address}', address)}")
    click.echo("\n  Ctrl-C 停止 / stops")
