"""Knowledge assets (知识资产): what a review, a case or somebody found out, kept for others; and who used it where."""

import datetime as dt

import sqlalchemy as sa
from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from core.db import Model, PathText
from organization.models import Member, OrgUnit
from runtime.cases.models import Case


class Asset(Model):
    __tablename__ = "asset"
    __table_args__ = (UniqueConstraint("source_ref"), Index("ix_asset_company_id_id", "company_id", "id"))

    id: Mapped[int] = mapped_column(primary_key=True)
    company_id: Mapped[int] = mapped_column(ForeignKey("org_unit.id"))
    title: Mapped[str] = mapped_column(sa.String(200))
    body: Mapped[str] = mapped_column(default="")
    line: Mapped[str | None] = mapped_column(sa.String(80), comment="the product line it comes from, a name")
    unit_id: Mapped[int] = mapped_column(ForeignKey("org_unit.id"))
    author_id: Mapped[int | None] = mapped_column(ForeignKey("member.id"), index=True)
    case_id: Mapped[int | None] = mapped_column(ForeignKey("case.id"), index=True, comment="where it was learnt")
    created_at: Mapped[dt.datetime]
    uses: Mapped[int] = mapped_column(default=0, comment="how often it was used again")
    source_ref: Mapped[str | None] = mapped_column(PathText, comment="what made it: submission:7:w1")

    unit: Mapped[OrgUnit] = relationship(foreign_keys=[unit_id])
    author: Mapped[Member | None] = relationship()
    case: Mapped[Case | None] = relationship()
    used: Mapped[list["AssetUse"]] = relationship(back_populates="asset", order_by="AssetUse.id.desc()")


class AssetUse(Model):
    """Somebody used it for a product line. The same person, line and day count once."""

    __tablename__ = "asset_use"
    __table_args__ = (UniqueConstraint("asset_id", "by_id", "line", "day"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    asset_id: Mapped[int] = mapped_column(ForeignKey("asset.id"))
    by_id: Mapped[int] = mapped_column(ForeignKey("member.id"))
    unit_id: Mapped[int] = mapped_column(ForeignKey("org_unit.id"))
    line: Mapped[str] = mapped_column(sa.String(80), default="", comment="the product line it was used for, a name")
    day: Mapped[dt.date]
    note: Mapped[str] = mapped_column(default="", comment="where and how")

    asset: Mapped[Asset] = relationship(back_populates="used")
    by: Mapped[Member] = relationship()
    unit: Mapped[OrgUnit] = relationship()
