"""One tree of errors, in two voices: `str(error)` for the log, `error.message` for the person.

    AppError 400
    ├─ Unauthorized 401   sign in first
    ├─ Forbidden 403      your grants do not give this
    ├─ NotFound 404
    ├─ Conflict 409       somebody was faster; read why
    ├─ TooLarge 413
    ├─ Invalid 422        carries problems, each with its place and its remedy
    └─ TooMany 429

Rules raise them, views never catch them: the handlers below answer HTML, an htmx fragment or
`application/problem+json`.
"""

from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass
from typing import Any, TypeVar

from flask import Flask, Response, jsonify, make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import SQLAlchemyError
from werkzeug.exceptions import HTTPException

from core.db import db

E = TypeVar("E", bound=Exception)

NO_DATABASE = "数据库没有响应，请稍后再试。 The database does not answer; try again in a minute.\n"


@dataclass(frozen=True)
class Problem:
    """One thing to mend: `path` is a JSON Pointer into what was sent, `message` names the remedy."""

    path: str
    code: str
    message: str

    def as_json(self) -> dict[str, str]:
        return asdict(self)


class AppError(Exception):
    status = 400
    code = "bad_request"

    def __init__(self, message: str, log: str | None = None, *, problems: Iterable[Problem] = ()) -> None:
        super().__init__(log or message)
        self.message = message
        self.problems = list(problems)


class Unauthorized(AppError):
    status = 401
    code = "unauthorized"


class Forbidden(AppError):
    status = 403
    code = "forbidden"


class NotFound(AppError):
    status = 404
    code = "not_found"


class Conflict(AppError):
    status = 409
    code = "conflict"


class TooLarge(AppError):
    status = 413
    code = "too_large"


class Invalid(AppError):
    status = 422
    code = "invalid"

    def __init__(self, problems: Iterable[Problem], message: str | None = None) -> None:
        found = list(problems)
        super().__init__(message or "; ".join(problem.message for problem in found), problems=found)


class TooMany(AppError):
    status = 429
    code = "too_many"


def problem_document(error: AppError) -> dict[str, Any]:
    """RFC 9457: the one shape of every JSON error."""
    return {
        "type": f"urn:guantong:error:{error.code}",
        "title": error.code,
        "status": error.status,
        "detail": error.message,
        "problems": [problem.as_json() for problem in error.problems],
    }


def wants_json() -> bool:
    return request.path.startswith("/api/") or request.accept_mimetypes.best == "application/json"


def init_app(app: Flask) -> None:
    app.register_error_handler(AppError, _after_rollback(_answer))
    app.register_error_handler(CSRFError, _after_rollback(_stale_page))
    app.register_error_handler(HTTPException, _after_rollback(_answer_http))
    app.register_error_handler(500, _after_rollback(_answer_crash))


def _after_rollback(handler: Callable[[E], Response]) -> Callable[[E], Response]:
    """What a rule had begun must not be written when the page, or even its language, is looked up in the database."""

    def answer(error: E) -> Response:
        db.session.rollback()
        return handler(error)

    return answer


def _answer(error: AppError) -> Response:
    if wants_json():
        response = jsonify(problem_document(error))
        response.status_code, response.mimetype = error.status, "application/problem+json"
        return response
    if error.status == 401:
        return _to_sign_in()
    template = "_problems.html" if request.headers.get("HX-Request") else "error.html"
    return make_response(render_template(template, error=error), error.status)


def _to_sign_in() -> Response:
    target = url_for("accounts.sign_in", next=request.full_path.rstrip("?") if request.method == "GET" else None)
    if request.headers.get("HX-Request"):
        return make_response("", 401, {"HX-Redirect": target})
    return make_response(redirect(target, 303))


def _stale_page(_error: CSRFError) -> Response:
    """The page is older than the session: htmx reloads it, a plain form is told what to do."""
    if request.headers.get("HX-Request"):
        return make_response("", 400, {"HX-Refresh": "true"})
    return _answer(AppError(_("This page was open for too long. Go back, reload it and send it again.")))


def _answer_http(error: HTTPException) -> Response:
    sentences = {
        403: _("You may not do this. Ask HR if you need it."),
        404: _("There is nothing at this address. It may have been removed."),
        405: _("This address does not take that kind of request."),
        413: _("What you sent is too large."),
        429: _("Too many attempts. Wait a minute, then try again."),
    }
    if error.code is not None and error.code < 400:
        return make_response(error.get_response())
    known = AppError(sentences.get(error.code or 0, error.description or str(error)), str(error))
    known.status, known.code = error.code or 400, (error.name or "error").lower().replace(" ", "_")
    return _answer(known)


def _answer_crash(error: Exception) -> Response:
    try:
        crash = AppError(_("Something went wrong on our side; nothing was saved. Try again in a minute."))
        crash.status, crash.code = 500, "internal_error"
        return _answer(crash)
    except SQLAlchemyError:  # the page needs the database too
        return make_response(NO_DATABASE, 500, {"Content-Type": "text/plain; charset=utf-8"})
