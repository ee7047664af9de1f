"""How views answer htmx and plain browsers alike: a fragment for the one, a page or a 303 for the other."""

from typing import Any

from flask import Flask, Response, make_response, redirect, render_template
from flask_htmx import HTMX

htmx = HTMX()


def init_app(app: Flask) -> None:
    htmx.init_app(app)
    app.after_request(_vary)


def _vary(response: Response) -> Response:
    """One address answers with a page or with a fragment: caches must know."""
    response.vary.add("HX-Request")
    return response


def fragment_or_page(fragment: str, page: str, status: int = 200, **context: Any) -> Response:
    """The fragment alone for htmx, the page that includes it for everybody else."""
    return make_response(render_template(fragment if htmx else page, **context), status)


def go_to(url: str) -> Response:
    """After a POST: 303 for a plain form, HX-Redirect for htmx."""
    if htmx:
        return make_response("", 204, {"HX-Redirect": url})
    return make_response(redirect(url, 303))
