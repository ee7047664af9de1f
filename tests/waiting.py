"""Waiting for what other processes do, without sleeping for a guessed time."""

import socket
import time
from collections.abc import Callable

PATIENCE = 20.0  # seconds


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_until(condition: Callable[[], object], what: str, patience: float = PATIENCE) -> None:
    """Look until it is so; fail with what was awaited."""
    end = time.monotonic() + patience
    while not condition():
        assert time.monotonic() < end, f"waited {patience:.0f} s for {what}"
        time.sleep(0.02)
