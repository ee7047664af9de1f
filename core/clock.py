"""The only clock. Everything that asks for the time asks here, so that tests and the demo can set it.

Times are aware and in UTC; days are days of the company's time zone.
"""

import datetime as dt
import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from zoneinfo import ZoneInfo

SHANGHAI = ZoneInfo("Asia/Shanghai")
LATE = dt.timedelta(days=90)  # a phone that was without signal for longer has a wrong clock
FAST = dt.timedelta(minutes=10)

_offset = dt.timedelta(0)


def now() -> dt.datetime:
    return dt.datetime.now(dt.UTC) + _offset


def today(zone: ZoneInfo = SHANGHAI) -> dt.date:
    return now().astimezone(zone).date()


def moment(words: str | None) -> dt.datetime | None:
    """What another clock says, as 2025-06-30T09:00:00+08:00; None for what is no moment with a zone."""
    try:
        found = dt.datetime.fromisoformat(words or "")
    except ValueError:
        return None
    return found.astimezone(dt.UTC) if found.tzinfo is not None else None


def believed(recorded_at: dt.datetime | None) -> dt.datetime:
    """When a phone says that something was done; now, where its clock cannot be right."""
    time = now()
    return recorded_at if recorded_at and time - LATE <= recorded_at <= time + FAST else time


def set_to(moment: dt.datetime | None) -> None:
    """Move the clock: it goes on from `moment`. None puts it back to the machine's time."""
    global _offset
    if moment is None:
        _offset = dt.timedelta(0)
        return
    if moment.tzinfo is None:
        raise ValueError("the clock needs an aware time")
    _offset = moment.astimezone(dt.UTC) - dt.datetime.now(dt.UTC)


def keep(file: Path) -> None:
    """Write down how far this clock is from the machine's, so that the demo's next start goes on from there."""
    file.write_text(json.dumps({"offset_seconds": _offset.total_seconds()}))


def resume(file: Path) -> None:
    """Go by the clock that was kept here; the machine's time where none was."""
    global _offset
    if file.exists():
        _offset = dt.timedelta(seconds=json.loads(file.read_text())["offset_seconds"])


@contextmanager
def at(moment: dt.datetime) -> Iterator[None]:
    """Within the block it is `moment` (and a little later)."""
    global _offset
    before = _offset
    set_to(moment)
    try:
        yield
    finally:
        _offset = before
