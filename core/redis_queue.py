"""The outbox through Redis to worker processes, with RQ: what `guantong ticker` and `guantong worker` do.

Only they load this module; without `REDIS_URL` a thread of the web process runs the rows (`core.jobs.Worker`).
"""

import importlib
import os

from flask import Flask, current_app
from redis import Redis
from rq import Queue, Worker
from rq.exceptions import DuplicateJobError
from rq.serializers import JSONSerializer

from core.config import CHECKOUT
from core.db import Document, db
from core.jobs import OUR_PACKAGES, due_rows, perform

NAME = "guantong"
RELAYED_AT_ONCE = 500
JOB_TIMEOUT = 3600  # seconds in an RQ worker; longer work is cut into rows

_app: Flask | None = None  # made once in the worker before it forks
_parent = os.getpid()


def queue() -> Queue:
    return queue_at(current_app.config["SETTINGS"].redis_url)


def queue_at(redis_url: str) -> Queue:
    return Queue(NAME, connection=Redis.from_url(redis_url), serializer=JSONSerializer)


def relay() -> int:
    """Send the ids of due rows to RQ; returns how many were not there already. Sending one twice would be harmless.

    RQ keeps a job of one name once, so a backlog does not grow while no worker runs; an attempt more is a new name.
    """
    target = queue()
    return sum(_send(target, row.id, row.attempts) for row in due_rows(RELAYED_AT_ONCE))


def _send(target: Queue, outbox_id: int, attempts: int) -> bool:
    name = f"outbox-{outbox_id}-{attempts}"
    options: Document = {"job_timeout": JOB_TIMEOUT, "result_ttl": 0, "failure_ttl": 60}
    try:
        target.enqueue("core.redis_queue.perform_in_worker", outbox_id, job_id=name, unique=True, **options)
    except DuplicateJobError:
        return False
    return True


def work(app: Flask, *, burst: bool) -> None:
    """Run what comes through the queue, each row in a child process; `burst` ends when the queue is empty."""
    global _app
    _app = app  # RQ calls a function by its name and hands it nothing of ours
    _import_all()
    source = queue()
    Worker([source], connection=source.connection, serializer=JSONSerializer).work(burst=burst, logging_level="WARNING")


def _import_all() -> None:
    """Before a worker forks: a child that has to import its job first is ten times slower."""
    for package in OUR_PACKAGES:
        for file in sorted((CHECKOUT / package).rglob("jobs.py")):
            importlib.import_module(".".join(file.relative_to(CHECKOUT).with_suffix("").parts))


def perform_in_worker(outbox_id: int) -> None:
    """What RQ calls, in a child process of `guantong worker`."""
    if _app is None:
        raise RuntimeError("start workers with `guantong worker`")
    with _app.app_context():
        if os.getpid() != _parent:
            db.engine.dispose(close=False)  # the parent's connections are the parent's
        perform(outbox_id)
