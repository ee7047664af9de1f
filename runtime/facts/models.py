"""What happened, as other systems, files and people said it: facts (numbers) and touches (meetings with customers).

Rows are never changed. A correction is a new revision that names the row it replaces; what counts is the row that
nothing replaces.
"""

import datetime as dt

import sqlalchemy as sa
from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, aliased, mapped_column, relationship

from core.db import Model
from organization.models import Customer, Member, OrgUnit, Product


class Fact(Model):
    """One number of one metric in one period, at a unit, perhaps of a person and a product. It may be negative."""

    __tablename__ = "fact"
    __table_args__ = (
        # Feeding twice adds nothing, and of two corrections at once the database refuses one.
        UniqueConstraint("company_id", "identity", "revision"),
        Index("ix_fact_company_id_metric_key_first_day", "company_id", "metric_key", "first_day"),
        Index("ix_fact_unit_id_metric_key_first_day", "unit_id", "metric_key", "first_day"),
        Index("ix_fact_member_id_metric_key_first_day", "member_id", "metric_key", "first_day"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    company_id: Mapped[int] = mapped_column(ForeignKey("org_unit.id"))
    metric_key: Mapped[str] = mapped_column(sa.String(80))
    unit_id: Mapped[int] = mapped_column(ForeignKey("org_unit.id"), comment="where it counts, once")
    member_id: Mapped[int | None] = mapped_column(ForeignKey("member.id"))
    product_id: Mapped[int | None] = mapped_column(ForeignKey("product.id"))
    period: Mapped[str] = mapped_column(sa.String(10), comment="2025-06-30, 2025-W27, 2025-06 or 2025-Q2")
    first_day: Mapped[dt.date]
    last_day: Mapped[dt.date]
    value: Mapped[float] = mapped_column(sa.Double, comment="in the metric's unit; exact to the fen below 10^13")
    weight: Mapped[float | None] = mapped_column(sa.Double, comment="what a rate is a rate of: its denominator")
    source: Mapped[str] = mapped_column(sa.String(10), comment="api, csv, xlsx, form or rule")
    source_ref: Mapped[str] = mapped_column(sa.String(120), default="", comment="what the source calls it")
    received_at: Mapped[dt.datetime]
    identity: Mapped[str] = mapped_column(
        sa.String(32), comment="digest of metric, unit, member, product, period and source_ref"
    )
    revision: Mapped[int] = mapped_column(default=1)
    replaces_id: Mapped[int | None] = mapped_column(ForeignKey("fact.id"), unique=True)

    unit: Mapped[OrgUnit] = relationship(foreign_keys=[unit_id])
    member: Mapped[Member | None] = relationship()
    product: Mapped[Product | None] = relationship()


def counts(fact: type[Fact] = Fact) -> sa.ColumnElement[bool]:
    """A fact that no later revision replaces."""
    newer = aliased(Fact)
    return ~sa.exists().where(newer.replaces_id == fact.id)


class Touch(Model):
    """Somebody met, called or wrote to a customer: a visit, or a contact, quote or meeting that may follow it."""

    __tablename__ = "touch"
    __table_args__ = (
        UniqueConstraint("customer_id", "member_id", "day", "kind", "source_ref"),
        Index("ix_touch_company_id_day", "company_id", "day"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    company_id: Mapped[int] = mapped_column(ForeignKey("org_unit.id"))
    customer_id: Mapped[int] = mapped_column(ForeignKey("customer.id"))
    member_id: Mapped[int] = mapped_column(ForeignKey("member.id"), index=True)
    day: Mapped[dt.date]
    kind: Mapped[str] = mapped_column(sa.String(10), comment="visit, contact, quote or meeting")
    contact_level: Mapped[str | None] = mapped_column(sa.String(40), comment="whom he met")
    source: Mapped[str] = mapped_column(sa.String(10))
    source_ref: Mapped[str] = mapped_column(sa.String(120), default="")
    received_at: Mapped[dt.datetime]

    customer: Mapped[Customer] = relationship()
    member: Mapped[Member] = relationship()
