"""Signed-in browsers. The cookie holds a random token, the table its SHA-256: a leaked database opens nothing.

A session is only ever written when it begins and when it ends, so that a page that is merely read writes nothing.
"""

import datetime as dt
import hashlib
import secrets
from functools import cache

import sqlalchemy as sa
from flask_babel import gettext as _
from sqlalchemy import bindparam, select
from sqlalchemy.orm import contains_eager, joinedload, undefer_group

from core import clock
from core.db import db
from core.errors import NotFound
from organization.models import MENU, Account, AuthSession, Grant, Member

SHORT = dt.timedelta(hours=12)
LONG = dt.timedelta(days=30)


def digest_of(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def start(member: Member, *, device: str, stay: bool) -> str:
    """A new session of his; returns the token for the cookie, which is kept nowhere else. His expired ones go."""
    token = secrets.token_urlsafe(32)
    now = clock.now()
    db.session.execute(sa.delete(AuthSession).where(AuthSession.member_id == member.id, AuthSession.expires_at <= now))
    db.session.add(
        AuthSession(
            digest=digest_of(token),
            member_id=member.id,
            created_at=now,
            expires_at=now + (LONG if stay else SHORT),
            device=device[:200],
        )
    )
    return token


def find(token: str | None) -> AuthSession | None:
    """The session of a cookie with its member, account, company, grants and menu counts, in one statement."""
    if not token:
        return None
    known = {"digest": digest_of(token), "now": clock.now(), "today": clock.today()}
    return db.session.scalars(_signed_in(), known).unique().one_or_none()


@cache
def _signed_in() -> sa.Select[tuple[AuthSession]]:
    """Every request asks this, and putting it together costs more than answering it: it is done once."""
    return (
        select(AuthSession)
        .join(AuthSession.member)
        .join(Member.account)
        .where(AuthSession.digest == bindparam("digest"), AuthSession.expires_at > bindparam("now"))
        .where(Account.disabled.is_(False), sa.or_(Member.left_on.is_(None), Member.left_on > bindparam("today")))
        .options(
            contains_eager(AuthSession.member).options(
                undefer_group(MENU),
                contains_eager(Member.account),
                joinedload(Member.company),
                joinedload(Member.grants).joinedload(Grant.unit),
            )
        )
    )


def of(member: Member) -> list[AuthSession]:
    """Where he is signed in, newest first."""
    query = select(AuthSession).where(AuthSession.member_id == member.id, AuthSession.expires_at > clock.now())
    return list(db.session.scalars(query.order_by(AuthSession.created_at.desc())))


def end(member: Member, digest: str) -> None:
    session = db.session.get(AuthSession, digest)
    if session is None or session.member_id != member.id:
        raise NotFound(_("That browser is signed out already."))
    db.session.delete(session)


def end_all(member_id: int, *, but: AuthSession | None = None) -> None:
    """Sign a member out everywhere, or everywhere but here."""
    ended = sa.delete(AuthSession).where(AuthSession.member_id == member_id)
    if but is not None:
        ended = ended.where(AuthSession.digest != but.digest)
    db.session.execute(ended)


# ── words for a browser ──────────────────────────────────────────────────────────────────────────────────────────────

# The first name that occurs in the user agent wins: Edge and DingTalk say Chrome too, an iPhone says Mac OS X.
_APPS = {
    "DingTalk": "钉钉 DingTalk",
    "MicroMessenger": "微信 WeChat",
    "Feishu": "飞书 Feishu",
    "Edg": "Edge",
    "Firefox": "Firefox",
    "Chrome": "Chrome",
    "Safari": "Safari",
}
_SYSTEMS = {"iPhone": "iPhone", "iPad": "iPad", "Android": "Android"} | {
    "Windows": "Windows",
    "Mac OS X": "Mac",
    "Linux": "Linux",
}


def device_words(device: str) -> str:
    """Chrome · Windows, from what the browser says about itself; that itself where it says nothing known."""
    found = [next((words for sign, words in names.items() if sign in device), "") for names in (_APPS, _SYSTEMS)]
    return " · ".join(word for word in found if word) or device[:60] or "—"
