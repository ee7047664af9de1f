"""Bearer tokens: made once, shown once, kept as a digest."""

import datetime as dt
import secrets
from collections.abc import Sequence
from functools import cache

from flask_babel import gettext as _
from sqlalchemy import Select, bindparam, select
from sqlalchemy.orm import joinedload

from core import audit, clock
from core.db import db
from core.errors import Conflict, Invalid, NotFound, Problem
from organization.models import OrgUnit
from organization.roles import PERMISSIONS
from organization.sessions import digest_of
from runtime.api.models import ApiToken

PREFIX = "gt_"  # so that a token that leaked into a log or a repository is recognised as one


def create(
    unit: OrgUnit, name: str, permissions: Sequence[str], *, days: int | None, by_id: int | None
) -> tuple[ApiToken, str]:
    """The row, and the token itself, which is kept nowhere. Raises Invalid, Conflict for a name that is taken."""
    unknown = sorted(set(permissions) - PERMISSIONS.keys())
    if unknown or not permissions:
        known = ", ".join(PERMISSIONS)
        sentence = _("There is no permission “%(word)s”. There are: %(known)s.", word=", ".join(unknown), known=known)
        raise Invalid([Problem("/permissions", "unknown", sentence)])
    if find_named(unit.company_id or unit.id, name) is not None:
        raise Conflict(_("There is a token “%(name)s” already. Revoke it or choose another name.", name=name))
    token, now = PREFIX + secrets.token_urlsafe(32), clock.now()
    row = ApiToken(company_id=unit.company_id, unit=unit, name=name, digest=digest_of(token), created_at=now)
    row.permissions, row.expires_at = sorted(set(permissions)), now + dt.timedelta(days=days) if days else None
    db.session.add(row)
    db.session.flush()
    after = {"name": name, "unit": unit.code, "permissions": row.permissions}
    audit.record("token.create", f"api_token:{row.id}", by_id=by_id, after=after)
    return row, token


def find(token: str) -> ApiToken | None:
    """The row of a token that may be used now, with its unit; one statement."""
    row = db.session.scalar(_by_digest(), {"digest": digest_of(token)})
    if row is None or row.revoked_at is not None or (row.expires_at is not None and row.expires_at <= clock.now()):
        return None
    return row


@cache
def _by_digest() -> Select[tuple[ApiToken]]:
    """Put together once: every request of a program asks it."""
    return select(ApiToken).where(ApiToken.digest == bindparam("digest")).options(joinedload(ApiToken.unit))


def note_use(row: ApiToken) -> None:
    """Once a day, so that one sees which tokens nobody uses any more."""
    if row.used_on != clock.today():
        row.used_on = clock.today()


def find_named(company_id: int, name: str) -> ApiToken | None:
    return db.session.scalar(select(ApiToken).where(ApiToken.company_id == company_id, ApiToken.name == name))


def listed(company_id: int) -> list[ApiToken]:
    rows = select(ApiToken).where(ApiToken.company_id == company_id).options(joinedload(ApiToken.unit))
    return list(db.session.scalars(rows.order_by(ApiToken.id)))


def revoke(company_id: int, name: str, *, by_id: int | None) -> ApiToken:
    """It stops working at once. Raises NotFound for a name that there is not."""
    row = find_named(company_id, name)
    if row is None:
        raise NotFound(_("There is no token “%(name)s”.", name=name))
    if row.revoked_at is None:
        row.revoked_at = clock.now()
        audit.record("token.revoke", f"api_token:{row.id}", by_id=by_id, before={"name": name})
    return row
