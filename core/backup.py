"""Backup and restore of a whole installation."""

from pathlib import Path


def write(file: str | Path) -> None:
    raise NotImplementedError


def restore(file: str | Path) -> None:
    raise NotImplementedError
