"""Whom somebody means by what he typed."""

import re

from sqlalchemy import select

from core.db import db
from organization.models import Member

WITH_CODE = re.compile(r".*\(([^()]+)\)\s*")


def named(company_id: int, typed: str) -> int | None:
    """李敏 (E001), E001, or 李敏 where only one bears the name."""
    found = WITH_CODE.fullmatch(typed)
    of_company = select(Member.id).where(Member.company_id == company_id)
    by_code = db.session.scalar(of_company.where(Member.code == (found[1] if found else typed)))
    if by_code is not None:
        return by_code
    by_name = db.session.scalars(of_company.where(Member.name == typed).limit(2)).all()
    return by_name[0] if len(by_name) == 1 else None
