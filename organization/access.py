"""Who is looking, and which units they may look at.

A grant is a role over a unit and all below it (`organization/roles.py` says what a role gives). One statement at the
start of a request brings the session, the member, his account, company and grants; `member.may(permission, unit)`
then costs nothing, and `visible_units` turns his grants into one WHERE on a path.
"""

from typing import Any

import sqlalchemy as sa
from flask import Flask, Request, Response, current_app, g, redirect, request, url_for
from flask_login import LoginManager, current_user

from core.db import like_prefix
from organization import sessions
from organization.models import Member, OrgUnit

COOKIE = "guantong_session"
WHILE_CHANGE_IS_DUE = frozenset({"accounts.password", "accounts.change_password", "accounts.sign_out"})

manager = LoginManager()


def init_app(app: Flask) -> None:
    manager.init_app(app)
    app.before_request(ask_for_new_password)


@manager.request_loader
def member_of(incoming: Request) -> Member | None:
    """Flask-Login asks once per request, when something first looks at `current_user`."""
    session = sessions.find(incoming.cookies.get(COOKIE))
    g.auth_session = session
    return session.member if session else None


def ask_for_new_password() -> Response | None:
    """Whoever was given a password by somebody else sets his own before anything else."""
    view = current_app.view_functions.get(request.endpoint or "")
    if getattr(view, "access", "public") == "public" or request.endpoint in WHILE_CHANGE_IS_DUE:
        return None
    if current_user.is_authenticated and current_user.account.must_change:
        return redirect(url_for("accounts.password"), 303)
    return None


def covered_paths(member: Member, permission: str) -> list[str]:
    """The paths of the units over which he holds the permission; a unit within another is left out."""
    paths = sorted(path for path in _granted_paths(member, permission))
    return [path for path in paths if not any(path != other and path.startswith(other) for other in paths)]


def _granted_paths(member: Member, permission: str) -> set[str]:
    return {grant.unit.path for grant in member.grants if member.may(permission, grant.unit)}


def visible_units(member: Member, permission: str, path: Any = OrgUnit.path) -> sa.ColumnElement[bool]:
    """A WHERE for the units (or for whatever carries a unit's path) over which he holds the permission."""
    return sa.or_(sa.false(), *(like_prefix(path, prefix) for prefix in covered_paths(member, permission)))
