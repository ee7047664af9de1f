"""What ./install relies on: the lock files fit pyproject.toml and name no registry."""

import json
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

import seeds
import wsgi

ROOT = Path(__file__).parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
NEEDED = {
    "requirements.txt": PROJECT["dependencies"],
    "requirements-dev.txt": PROJECT["dependencies"] + PROJECT["optional-dependencies"]["dev"],
}


@pytest.mark.parametrize("lock", NEEDED)
def test_every_dependency_is_locked_within_its_bounds(lock: str) -> None:
    locked: dict[str, list[Requirement]] = {}
    for line in (ROOT / lock).read_text().splitlines():
        if "==" in line and not line.startswith((" ", "#")):
            pin = Requirement(line.removesuffix(" \\"))
            locked.setdefault(canonicalize_name(pin.name), []).append(pin)
    for needed in map(Requirement, NEEDED[lock]):
        pins = locked.get(canonicalize_name(needed.name), [])
        assert pins, f"{needed.name} is missing: run .ci/lock"
        for pin in pins:
            version = str(pin.specifier).removeprefix("==")
            assert needed.specifier.contains(version), f"{pin} does not fit {needed}: run .ci/lock"


def test_lock_files_name_no_registry() -> None:
    packages = json.loads((ROOT / "package-lock.json").read_text())["packages"]
    assert not [name for name, package in packages.items() if "resolved" in package]
    for lock in NEEDED:
        assert "://" not in (ROOT / lock).read_text()


def test_an_editable_install_keeps_no_copies_of_the_checkout() -> None:
    """A copy in site-packages would be found before the checkout, and nobody would see his edits."""
    for module in (wsgi, seeds):
        assert Path(module.__file__ or "").is_relative_to(ROOT), module.__file__
    assert not list((ROOT / ".venv" / "lib").glob("*/site-packages/wsgi.py"))
