"""交接: what one person has in hand goes to others from a day on."""

import datetime as dt

import sqlalchemy as sa
from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from core.db import Document, Model
from organization.models import Member


class Handover(Model):
    """planned → done → undone, or cancelled before its day."""

    __tablename__ = "handover"

    id: Mapped[int] = mapped_column(primary_key=True)
    company_id: Mapped[int] = mapped_column(ForeignKey("org_unit.id"), index=True)
    member_id: Mapped[int] = mapped_column(ForeignKey("member.id"), index=True)
    from_day: Mapped[dt.date]
    reason: Mapped[str] = mapped_column(sa.String(200), default="")
    takers: Mapped[Document] = mapped_column(comment="part → who takes it; what is left out stays")
    state: Mapped[str] = mapped_column(sa.String(10), default="planned")
    moved: Mapped[Document] = mapped_column(default=dict, comment="part → what moved, with what undoing it needs")
    left: Mapped[Document] = mapped_column(default=dict, comment="part → what could not move, with the reason")
    created_at: Mapped[dt.datetime]
    created_by_id: Mapped[int] = mapped_column(ForeignKey("member.id"))
    done_at: Mapped[dt.datetime | None]
    undone_at: Mapped[dt.datetime | None]

    member: Mapped[Member] = relationship(foreign_keys=[member_id])
    created_by: Mapped[Member] = relationship(foreign_keys=[created_by_id])
