"""Tokens by which other systems speak to ours."""

import datetime as dt

import sqlalchemy as sa
from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from core.db import Model
from organization.models import OrgUnit


class ApiToken(Model):
    """What a program may do, over a unit and all below it. The table holds the token's digest, nobody the token."""

    __tablename__ = "api_token"
    __table_args__ = (UniqueConstraint("company_id", "name"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    company_id: Mapped[int] = mapped_column(ForeignKey("org_unit.id"))
    unit_id: Mapped[int] = mapped_column(ForeignKey("org_unit.id"))
    name: Mapped[str] = mapped_column(sa.String(80), comment="which program it is for")
    digest: Mapped[str] = mapped_column(sa.String(64), unique=True)
    permissions: Mapped[list[str]]
    created_at: Mapped[dt.datetime]
    expires_at: Mapped[dt.datetime | None]
    used_on: Mapped[dt.date | None] = mapped_column(comment="the last day that it was used")
    revoked_at: Mapped[dt.datetime | None]

    unit: Mapped[OrgUnit] = relationship(foreign_keys=[unit_id])

    def covers(self, path: str) -> bool:
        return path.startswith(self.unit.path)
