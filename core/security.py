"""Response headers that leave a page nothing but our own scripts and styles, and the CSRF guard."""

import secrets

from flask import Flask, Response, g, request
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address
from flask_wtf import CSRFProtect
from werkzeug.middleware.proxy_fix import ProxyFix

csrf = CSRFProtect()
limiter = Limiter(get_remote_address, headers_enabled=False)

MAX_BODY = 20 * 1024 * 1024
MAX_PARTS = 20_000  # cells of a form with a sub-table of a thousand rows


def init_app(app: Flask) -> None:
    behind_proxy: bool = app.config["SETTINGS"].behind_proxy
    redis_url: str | None = app.config["SETTINGS"].redis_url
    app.config |= {
        "MAX_CONTENT_LENGTH": MAX_BODY,
        "MAX_FORM_MEMORY_SIZE": MAX_BODY,
        "MAX_FORM_PARTS": MAX_PARTS,
        "SESSION_COOKIE_NAME": "guantong",
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "SESSION_COOKIE_SECURE": behind_proxy,
        "WTF_CSRF_TIME_LIMIT": None,
        "WTF_CSRF_SSL_STRICT": False,
        "RATELIMIT_STORAGE_URI": redis_url or "memory://",  # several processes count together in Redis
        "RATELIMIT_ENABLED": app.config.get("RATELIMIT_ENABLED", True),
    }
    if behind_proxy:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=1, x_proto=1, x_host=1)  # type: ignore[method-assign]
    csrf.init_app(app)
    limiter.init_app(app)
    app.jinja_env.globals["csp_nonce"] = nonce
    app.after_request(_headers)


def nonce() -> str:
    """One per request; CodeMirror puts it on the style element that it makes."""
    if "csp_nonce" not in g:
        g.csp_nonce = secrets.token_urlsafe(16)
    return str(g.csp_nonce)


def _headers(response: Response) -> Response:
    style = f"style-src 'self' 'nonce-{g.csp_nonce}'" if "csp_nonce" in g else "style-src 'self'"
    response.headers["Content-Security-Policy"] = (
        f"default-src 'none'; script-src 'self'; {style}; img-src 'self' data: blob:; media-src 'self'; "
        "manifest-src 'self'; worker-src 'self'; connect-src 'self'; font-src 'self'; form-action 'self'; "
        "frame-ancestors 'none'; base-uri 'none'"
    )
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Referrer-Policy"] = "same-origin"
    response.headers["Cross-Origin-Opener-Policy"] = "same-origin"
    if request.endpoint not in ("static", "assets.file"):
        response.headers.setdefault("Cache-Control", "no-store")
    if request.is_secure:
        response.headers["Strict-Transport-Security"] = "max-age=31536000"
    return response
