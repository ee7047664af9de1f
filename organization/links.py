"""Links that work once: to set the first password (invite), to set it anew (reset), to set the installation up (setup).

The link carries a random token, the table its SHA-256. A new link for a person puts his older ones out of use.
"""

import datetime as dt
import secrets
from collections.abc import Iterable

import sqlalchemy as sa
from flask_babel import gettext as _

from core import clock
from core.db import db
from core.errors import Conflict, NotFound
from organization.models import Invitation, Member
from organization.sessions import digest_of

LIFETIME = dt.timedelta(days=7)


def make(purpose: str, member_id: int | None = None) -> str:
    """A new link's token. Call `retire` first for whoever it is for."""
    token = secrets.token_urlsafe(32)
    now = clock.now()
    db.session.add(
        Invitation(
            digest=digest_of(token), purpose=purpose, member_id=member_id, created_at=now, expires_at=now + LIFETIME
        )
    )
    return token


def retire(member_ids: Iterable[int]) -> None:
    """Unused links of these members stop working."""
    db.session.execute(
        sa.delete(Invitation).where(Invitation.member_id.in_(list(member_ids)), Invitation.used_at.is_(None))
    )


def retire_setup() -> None:
    db.session.execute(sa.delete(Invitation).where(Invitation.purpose == "setup", Invitation.used_at.is_(None)))


def find(token: str, *purposes: str) -> Invitation:
    """The link behind a token, usable now; NotFound or Conflict say what to do otherwise."""
    link = db.session.get(Invitation, digest_of(token))
    if link is None or link.purpose not in purposes:
        raise NotFound(_("This link is not valid. Check that you copied all of it, or ask for a new one."))
    if link.used_at is not None:
        raise Conflict(_("This link was used already. Sign in, or ask for a new link."))
    if link.expires_at <= clock.now():
        raise Conflict(_("This link has expired. Ask for a new one."))
    return link


def use(link: Invitation) -> Member | None:
    link.used_at = clock.now()
    return link.member
