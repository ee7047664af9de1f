"""What is queued happens after the commit, and once: whoever runs it, however often it fails or is killed."""

import datetime as dt
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import click
import psutil
import pytest
import sqlalchemy as sa
from click.testing import Result
from flask import Flask
from flask.cli import with_appcontext
from redis import Redis

from core import clock, jobs, redis_queue
from core.db import Document, db
from core.errors import Conflict
from core.jobs import Outbox
from tests.core.sample_jobs import effects
from tests.product import TODAY
from tests.waiting import wait_until

RunJobs = Callable[[], int]

SAMPLES = "tests.core.sample_jobs"

ALLOW_SAMPLES = "from core import jobs; import tests.core.sample_jobs; jobs.OUR_PACKAGES += ('tests',)"
EMBEDDED = f"{ALLOW_SAMPLES}; from wsgi import create_app; jobs.Worker(create_app(), []).run()"
COMMAND = f"{ALLOW_SAMPLES}; from wsgi import main; main()"


@pytest.fixture(autouse=True)
def _allow_samples(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jobs, "OUR_PACKAGES", (*jobs.OUR_PACKAGES, "tests"))


def test_a_job_waits_for_the_commit_that_wanted_it(app: Flask, run_jobs: RunJobs) -> None:
    queue("note", subject="a:1")
    db.session.flush()
    assert jobs.due_rows(10) == []
    db.session.commit()
    assert run_jobs() == 1
    assert effects() == ["a:1"]


def test_a_job_goes_with_the_transaction_that_is_rolled_back(app: Flask, run_jobs: RunJobs) -> None:
    queue("note", subject="a:1")
    db.session.rollback()
    assert run_jobs() == 0


def test_a_job_that_is_done_does_not_run_again(app: Flask, run_jobs: RunJobs) -> None:
    row = commit(queue("note", subject="a:1"))
    run_jobs()
    assert not jobs.perform(row.id)
    assert run_jobs() == 0
    assert effects() == ["a:1"]


def test_jobs_that_a_job_queues_run_too(app: Flask, run_jobs: RunJobs) -> None:
    commit(queue("note_twice", subject="a:1"))
    assert run_jobs() == 2
    assert effects() == ["a:1", "follow:1"]


def test_one_key_is_queued_once(app: Flask, run_jobs: RunJobs) -> None:
    first = commit(queue("note", key="publish:7", subject="a:1"))
    run_jobs()
    again = commit(queue("note", key="publish:7", subject="a:2"))
    assert again.id == first.id
    assert run_jobs() == 0
    assert effects() == ["a:1"]


def test_one_key_wanted_by_many_at_once_is_queued_once(app: Flask, run_jobs: RunJobs) -> None:
    def want() -> None:
        commit(queue("note", key="publish:7", subject="a:1"))

    at_once(app, [want] * 8)
    assert run_jobs() == 1


def test_a_later_job_waits_for_its_time(app: Flask, run_jobs: RunJobs) -> None:
    jobs.enqueue(f"{SAMPLES}.note", {"subject": "a:1"}, due_at=TODAY + dt.timedelta(hours=1))
    db.session.commit()
    assert run_jobs() == 0
    with clock.at(TODAY + dt.timedelta(hours=1, seconds=1)):
        assert run_jobs() == 1


# ── failing ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_failure_leaves_no_effect_and_is_tried_again_later_and_later(app: Flask, run_jobs: RunJobs) -> None:
    row = commit(queue("note_and_fail", subject="a:1"))
    waits, moment = [], row.due_at + dt.timedelta(seconds=1)
    for attempt in range(1, 4):
        with clock.at(moment):
            assert run_jobs() == 1
            assert run_jobs() == 0, "it must wait before the next attempt"
        row = look(row)
        assert (row.state, row.attempts) == ("due", attempt)
        waits.append(row.due_at - moment)
        moment = row.due_at + dt.timedelta(seconds=1)
    assert waits == sorted(waits)
    assert waits[2] > 2 * waits[0]
    assert row.error == "RuntimeError: the disk is full"
    assert effects() == []


def test_a_job_that_never_succeeds_ends_as_failed(app: Flask, run_jobs: RunJobs) -> None:
    row = commit(queue("note_and_fail", subject="a:1"))
    for number in range(1, jobs.MAX_ATTEMPTS + 1):
        with clock.at(TODAY + dt.timedelta(days=number)):
            assert run_jobs() == 1
    row = look(row)
    assert row.state == "failed"
    with clock.at(TODAY + dt.timedelta(days=30)):
        assert run_jobs() == 0


def test_what_trying_again_cannot_mend_fails_at_once(app: Flask, run_jobs: RunJobs) -> None:
    row = commit(queue("refuse"))
    run_jobs()
    row = look(row)
    assert (row.state, row.attempts, row.error) == ("failed", 1, "AppError: Nobody can do this.")


def test_what_was_done_long_ago_is_deleted_but_what_must_happen_once_ever_is_remembered(
    app: Flask, run_jobs: RunJobs
) -> None:
    commit(queue("note", subject="a:1"))
    commit(queue("note", key="publish:7", subject="a:2"))
    commit(queue("note", key="timer:audit.seal:2025-01-01T00:00:00", subject="a:3"))
    failed = commit(queue("refuse"))
    run_jobs()
    with clock.at(TODAY + jobs.KEPT - dt.timedelta(hours=1)):
        jobs.prune({})
    assert count("done") == 3
    with clock.at(TODAY + jobs.KEPT + dt.timedelta(hours=1)):
        jobs.prune({})
        db.session.commit()
    assert list(db.session.scalars(sa.select(Outbox.key).where(Outbox.state == "done"))) == ["publish:7"]
    assert look(failed).state == "failed"


def test_a_failed_job_runs_again_when_an_administrator_says_so(app: Flask, run_jobs: RunJobs) -> None:
    row = commit(queue("refuse"))
    run_jobs()
    jobs.retry(db.session.get_one(Outbox, row.id))
    db.session.commit()
    assert run_jobs() == 1


def test_only_a_failed_job_is_retried(app: Flask) -> None:
    row = commit(queue("note", subject="a:1"))
    with pytest.raises(Conflict):
        jobs.retry(row)


def test_a_path_that_is_not_ours_is_not_called(app: Flask, run_jobs: RunJobs) -> None:
    row = jobs.enqueue("os.remove", {})
    db.session.commit()
    run_jobs()
    row = look(row)
    assert row.error == "LookupError: os.remove is not a job of ours"


def test_a_job_in_slices_keeps_what_it_has_done_and_goes_on(app: Flask, run_jobs: RunJobs, tmp_path: Path) -> None:
    row = commit(queue("note_in_slices", of=5, fails_at=3, failed=str(tmp_path / "failed")))
    run_jobs()
    row = look(row)
    assert row.progress == {"done": 3, "of": 5, "note": "slices"}
    assert len(effects()) == 3
    with clock.at(TODAY + dt.timedelta(minutes=1)):
        run_jobs()
    row = look(row)
    assert (row.state, row.progress) == ("done", {"done": 5, "of": 5, "note": "slices"})
    assert effects() == [f"slice:{number}" for number in range(5)]


# ── several workers, and killed ones ─────────────────────────────────────────────────────────────────────────────────


def test_a_claimed_row_is_left_alone_until_its_lease_ends(app: Flask, run_jobs: RunJobs) -> None:
    row = commit(queue("note", subject="a:1"))
    row.claim, row.claimed_until = "another worker", TODAY + jobs.LEASE
    db.session.commit()
    assert run_jobs() == 0
    with clock.at(TODAY + jobs.LEASE + dt.timedelta(seconds=1)):
        assert run_jobs() == 1


def test_a_worker_that_lost_its_row_commits_nothing(app: Flask, run_jobs: RunJobs) -> None:
    row = commit(queue("note_what_was_taken_over", subject="a:1"))
    run_jobs()
    row = look(row)
    assert effects() == []
    assert (row.state, row.claim) == ("due", "somebody else")


def test_workers_side_by_side_run_each_row_once(app: Flask) -> None:
    for number in range(40):
        queue("note", subject=f"a:{number}")
    db.session.commit()
    at_once(app, [jobs.run_due] * 4)
    assert sorted(effects()) == sorted(f"a:{number}" for number in range(40))


def test_a_killed_process_leaves_no_half_and_the_next_start_goes_on(app: Flask, tmp_path: Path, now: None) -> None:
    begun, go = tmp_path / "begun", tmp_path / "go"
    row = commit(queue("note_slowly", subject="a:1", begun=str(begun), go=str(go)))
    with process(app, EMBEDDED) as worker:
        wait_until(begun.exists, "the job to begin")
        kill(worker)
    assert effects() == []
    go.touch()
    with process(app, EMBEDDED):
        wait_until(lambda: look(row).state == "done", "the next start to finish the job")
    assert effects() == ["a:1"]
    assert look(row).attempts == 2


def test_a_command_runs_what_it_has_queued(
    app: Flask, guantong: Callable[..., Result], monkeypatch: pytest.MonkeyPatch
) -> None:
    @click.command("queue-one")
    @with_appcontext
    def queue_one() -> None:
        commit(queue("note", subject="by command"))

    monkeypatch.setitem(app.cli.commands, "queue-one", queue_one)
    assert guantong("queue-one").exit_code == 0
    assert effects() == ["by command"]


# ── through Redis ────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.redis
def test_worker_processes_run_each_row_once(app: Flask, redis: str, now: None) -> None:
    rows = [queue("note", subject=f"a:{number}") for number in range(12)]
    commit(rows[0])
    with ExitStack() as processes:
        for command in ("worker", "worker", "ticker"):
            processes.enter_context(process(app, COMMAND, command, redis=redis))
        wait_until(lambda: count("done") == 12, "12 jobs to be done", patience=120)
    assert sorted(effects()) == sorted(f"a:{number}" for number in range(12))


@pytest.mark.redis
def test_a_killed_worker_process_leaves_its_row_to_another(app: Flask, redis: str, tmp_path: Path, now: None) -> None:
    begun, go = tmp_path / "begun", tmp_path / "go"
    row = commit(queue("note_slowly", subject="a:1", begun=str(begun), go=str(go)))
    with process(app, COMMAND, "ticker", redis=redis):
        with process(app, COMMAND, "worker", redis=redis) as worker:
            wait_until(begun.exists, "the job to begin", patience=120)
            kill(worker)
        assert effects() == []
        go.touch()
        five_minutes_pass()
        with process(app, COMMAND, "worker", redis=redis):
            wait_until(lambda: look(row).state == "done", "another worker to finish the job", patience=120)
    assert effects() == ["a:1"]


@pytest.mark.redis
def test_a_failing_job_waits_in_the_database_and_not_in_redis(app: Flask, redis: str, now: None) -> None:
    row = commit(queue("note_and_fail", subject="a:1"))
    with process(app, COMMAND, "worker", redis=redis), process(app, COMMAND, "ticker", redis=redis):
        wait_until(lambda: look(row).error is not None, "the first attempt", patience=120)
    row = look(row)
    assert (row.state, row.attempts) == ("due", 1)
    assert row.due_at > clock.now() - dt.timedelta(seconds=30)


@pytest.mark.redis
def test_a_backlog_is_sent_once_while_no_worker_runs(app: Flask, redis: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(5):
        queue("note", subject=f"a:{number}")
    db.session.commit()
    monkeypatch.setattr(redis_queue, "queue", lambda: redis_queue.queue_at(redis))
    assert [redis_queue.relay() for _ in range(3)] == [5, 0, 0]
    Redis.from_url(redis).flushdb()
    assert redis_queue.relay() == 5, "what Redis has lost is sent again"


@pytest.fixture
def redis(redis_url: str) -> str:
    Redis.from_url(redis_url).flushdb()
    return redis_url


@pytest.fixture
def now() -> Iterator[None]:
    """The machine's time: the processes have it too."""
    clock.set_to(None)
    yield
    clock.set_to(TODAY)


@contextmanager
def process(app: Flask, program: str, *arguments: str, redis: str = "") -> Iterator[subprocess.Popen[bytes]]:
    """A process of the product on the test's database; ends with the block."""
    db.session.commit()
    settings = app.config["SETTINGS"]
    ours = {"GUANTONG_INSTANCE": str(settings.instance), "DATABASE_URL": settings.database_url, "REDIS_URL": redis}
    command = [sys.executable, "-c", program, *arguments]
    popen = subprocess.Popen(command, env=os.environ | ours)
    try:
        yield popen
    finally:
        if popen.poll() is None:
            kill(popen)
        db.session.rollback()


def kill(popen: subprocess.Popen[bytes]) -> None:
    """With its children (RQ works in one), at once, as a power failure would."""
    for one in [*psutil.Process(popen.pid).children(recursive=True), popen]:
        one.send_signal(signal.SIGKILL)
    popen.wait()


def at_once(app: Flask, deeds: list[Callable[[], object]]) -> None:
    """Run each in a thread of its own, all starting together; what one raises fails the test."""
    barrier = threading.Barrier(len(deeds))

    def do(deed: Callable[[], object]) -> None:
        with app.app_context():
            barrier.wait()
            deed()

    with ThreadPoolExecutor(len(deeds)) as threads:
        list(threads.map(do, deeds))


def queue(name: str, key: str | None = None, **payload: object) -> Outbox:
    return jobs.enqueue(f"{SAMPLES}.{name}", Document(payload), key=key)


def commit(row: Outbox) -> Outbox:
    db.session.commit()
    return row


def look(row: Outbox) -> sa.Row[Any]:
    """The row as the database has it now, read without keeping anybody from writing."""
    with db.engine.connect().execution_options(read_only=True) as connection:
        return connection.execute(sa.select(Outbox.__table__).where(Outbox.id == row.id)).one()


def count(state: str) -> int:
    with db.engine.connect().execution_options(read_only=True) as connection:
        return connection.scalar(sa.select(sa.func.count()).where(Outbox.state == state)) or 0


def five_minutes_pass() -> None:
    """The lease of the killed worker ends."""
    db.session.execute(sa.update(Outbox).values(claimed_until=clock.now() - dt.timedelta(seconds=1)))
    db.session.commit()
