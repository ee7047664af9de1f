"""Naming somebody on a page: offered while one types, understood as 陈子涵 (JS001), JS001 or 陈子涵."""

import sqlalchemy as sa
from flask_babel import gettext as _
from sqlalchemy import select

from core import clock
from core.db import db
from core.errors import Invalid, Problem
from organization import members
from organization.models import Member

OFFERED = 12


def offered(company_id: int, words: str) -> list[Member]:
    """The first who fit the words: by name, pinyin or code."""
    asked = _there(company_id)
    if words.strip():
        asked = asked.where(members.matching(words.partition("(")[0].strip() or words))
    return list(db.session.scalars(asked.order_by(Member.pinyin, Member.id).limit(OFFERED)))


def named(company_id: int, words: str, field: str = "person") -> Member:
    """Whoever is meant. Raises Invalid at the field where nobody is, or several are."""
    words = words.strip()
    code = words.rpartition("(")[2].rstrip(")") if words.endswith(")") else words
    meant = sa.or_(Member.code == code, Member.name == words)
    found: list[Member] = list(db.session.scalars(_there(company_id).where(meant).limit(2)))
    if len(found) != 1:
        raise Invalid([Problem(f"/{field}", "unknown", _("Choose one person from the list."))])
    return found[0]


def _there(company_id: int) -> sa.Select[Member]:
    return select(Member).where(Member.company_id == company_id, members.present_on(clock.today()))
