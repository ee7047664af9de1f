"""Views for programs: who asks is said by a bearer token, never by a browser's cookie. Put `csrf.exempt` above.

@csrf.exempt
@bp.post("/facts")
@needs_token("facts.feed")
def feed(token: ApiToken): …
"""

import json
from collections.abc import Callable
from functools import wraps
from typing import Any, NoReturn

from flask import request
from flask_babel import gettext as _

from core.access import ATTRIBUTE
from core.db import SAFE_METHODS, dump_json
from core.errors import Forbidden, Invalid, Problem, Unauthorized
from runtime.api import tokens
from runtime.api.models import ApiToken

LARGEST_BODY = 5 * 2**20
NUL = rb"\u0000"


def needs_token(permission: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """The view gets the token as its first argument and narrows to the token's unit."""

    def decorate(view: Callable[..., Any]) -> Callable[..., Any]:
        @wraps(view)
        def guarded(*args: Any, **kwargs: Any) -> Any:
            return view(_token(permission), *args, **kwargs)

        setattr(guarded, ATTRIBUTE, permission)
        return guarded

    return decorate


def sent_token() -> ApiToken | None:
    """The token that came along, if it is a good one."""
    scheme, _space, word = request.headers.get("Authorization", "").partition(" ")
    return tokens.find(word.strip()) if scheme.lower() == "bearer" else None


def _token(permission: str) -> ApiToken:
    token = sent_token()
    if token is None:
        raise Unauthorized(_("Send a token that holds: Authorization: Bearer gt_…"))
    if permission not in token.permissions:
        raise Forbidden(_("This token does not give “%(permission)s”.", permission=permission))
    if request.method not in SAFE_METHODS:  # reading writes nothing, not even that it was read
        tokens.note_use(token)
    return token


def posted_json() -> Any:
    """The body, at most LARGEST_BODY bytes of strict JSON. Raises Invalid, TooLarge by way of 413."""
    request.max_content_length = LARGEST_BODY
    body = request.get_data()
    try:
        document = json.loads(body, parse_constant=_refuse_constant)
        dump_json(document).encode()  # half of a surrogate pair can be neither stored nor sent
    except RecursionError:
        raise _not_json(_("it is nested too deeply")) from None
    except ValueError as error:
        raise _not_json(str(error)) from error
    if NUL in body:
        raise _not_json(_("a text holds a NUL character"))
    return document


def _refuse_constant(word: str) -> NoReturn:
    raise ValueError(_("%(word)s is not JSON", word=word))


def _not_json(why: str) -> Invalid:
    return Invalid([Problem("", "json", _("The body is not JSON: %(why)s.", why=why))])
