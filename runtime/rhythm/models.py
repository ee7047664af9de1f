"""Published schedules at work: when each fires next. The timer of core wakes it; a missed run is caught up once."""

import datetime as dt

import sqlalchemy as sa
from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from builder.models import DefinitionVersion
from core.db import Model


class Schedule(Model):
    __tablename__ = "schedule"
    __table_args__ = (UniqueConstraint("company_id", "key"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    company_id: Mapped[int] = mapped_column(ForeignKey("org_unit.id"))
    key: Mapped[str] = mapped_column(sa.String(80))
    version_id: Mapped[int] = mapped_column(ForeignKey("definition_version.id"))
    next_at: Mapped[dt.datetime | None]
    last_at: Mapped[dt.datetime | None]

    version: Mapped[DefinitionVersion] = relationship()
