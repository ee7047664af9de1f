"""Points (积分): what somebody was given or spent. Rows are only ever added; a mistake is a row against it."""

import datetime as dt

import sqlalchemy as sa
from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column, relationship

from core.db import Model
from organization.models import Member


class Ledger(Model):
    """So many points for somebody, once for each key."""

    __tablename__ = "ledger"
    __table_args__ = (Index("ix_ledger_member_id_id", "member_id", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    company_id: Mapped[int] = mapped_column(ForeignKey("org_unit.id"))
    member_id: Mapped[int] = mapped_column(ForeignKey("member.id"))
    points: Mapped[int]
    reason: Mapped[str] = mapped_column(sa.String(200))
    key: Mapped[str] = mapped_column(sa.String(120), unique=True, comment="what it is for, so that twice is once")
    at: Mapped[dt.datetime]
    by_id: Mapped[int | None] = mapped_column(ForeignKey("member.id"), comment="none when the product itself gave it")

    member: Mapped[Member] = relationship(foreign_keys=[member_id])
