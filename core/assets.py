"""Our built CSS, JavaScript, images and icons: `asset_url("app.js")` and `icon_shapes("home")` for the templates.

Names carry their content's hash, so a browser keeps them for ever. `pip install -e .` makes them (hatch_build.py).
"""

import json
from functools import cache
from pathlib import Path
from typing import Any

from flask import Blueprint, Flask, Response, request, send_from_directory, url_for
from markupsafe import Markup

from core import access

BUILT = Path(__file__).resolve().parent.parent / "assets" / "built"
YEAR = 365 * 24 * 3600

bp = Blueprint("assets", __name__, url_prefix="/assets")
root = Blueprint("root", __name__)


def init_app(app: Flask) -> None:
    app.register_blueprint(bp)
    app.register_blueprint(root)
    app.jinja_env.globals |= {"asset_url": asset_url, "icon_shapes": icon_shapes}


def asset_url(name: str) -> str:
    return url_for("assets.file", name=_read("manifest.json")[name])


def icon_shapes(name: str) -> Markup:
    """The inside of the icon's <svg>. Unknown names raise: add them to assets/icons.txt and build."""
    shapes = _read("icons.json")
    if name not in shapes:
        raise LookupError(f"icon {name!r} is not in assets/icons.txt; add it and run pip install -e .")
    return Markup(shapes[name])


@cache
def _read(name: str) -> dict[str, Any]:
    file = BUILT / name
    if not file.exists():
        raise RuntimeError(f"assets/built/{name} is missing; run ./run --setup-only or pip install -e .")
    content: dict[str, Any] = json.loads(file.read_text())
    return content


@bp.get("/<path:name>")
@access.public
def file(name: str) -> Response:
    zipped = request.accept_encodings.quality("gzip") > 0 and (BUILT / f"{name}.gz").is_file()
    response = send_from_directory(BUILT, f"{name}.gz" if zipped else name, max_age=YEAR)
    response.cache_control.immutable = True
    response.vary.add("Accept-Encoding")
    if zipped:
        response.content_encoding = "gzip"
        response.mimetype = _mimetype(name)
    return response


@root.get("/service-worker.js")
@access.public
def service_worker() -> Response:
    """A service worker reaches what lies below its address, and a browser looks there for a newer one."""
    return send_from_directory(BUILT, _read("manifest.json")["service_worker.js"], max_age=0)


def _mimetype(name: str) -> str:
    return {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}[Path(name).suffix]
