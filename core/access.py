"""Every view says who may use it; `tests/test_every_view.py` refuses one that does not.

    @bp.get("/units")
    @access.needs("organization.read")
    def units(): …

A permission is a word such as `goals.publish`. Which roles give which words stands in `organization/roles.py`; where a
grant holds (a unit and all below it) is asked with `current_user.may(permission, unit)`.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any, ParamSpec, TypeVar

from flask_babel import gettext as _
from flask_login import current_user

from core.errors import Forbidden, Unauthorized

P = ParamSpec("P")
R = TypeVar("R")

ATTRIBUTE = "access"


def public(view: Callable[P, R]) -> Callable[P, R]:
    """Anyone, signed in or not."""
    setattr(view, ATTRIBUTE, "public")
    return view


def signed_in(view: Callable[P, R]) -> Callable[P, R]:
    """Any member of the company."""

    @wraps(view)
    def guarded(*args: P.args, **kwargs: P.kwargs) -> R:
        _require_member()
        return view(*args, **kwargs)

    setattr(guarded, ATTRIBUTE, "signed_in")
    return guarded


def needs(permission: str) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Members who hold the permission somewhere; the view or its query narrows it to the unit."""

    def decorate(view: Callable[P, R]) -> Callable[P, R]:
        @wraps(view)
        def guarded(*args: P.args, **kwargs: P.kwargs) -> R:
            _require_member()
            if not current_user.may(permission):
                refuse(permission)
            return view(*args, **kwargs)

        setattr(guarded, ATTRIBUTE, permission)
        return guarded

    return decorate


def require(permission: str, unit: Any) -> None:
    """Refuse unless the signed-in member holds the permission at this unit."""
    if not current_user.may(permission, unit):
        refuse(permission)


def refuse(permission: str) -> None:
    raise Forbidden(_("You may not do this. Ask HR if you need it."), f"needs {permission}")


def _require_member() -> None:
    if not current_user.is_authenticated:
        raise Unauthorized(_("Please sign in."))
