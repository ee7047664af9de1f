"""Cases (跟进单): what somebody must answer — intelligence, a suggestion, a review, an alert — and what was said on it.

open → acknowledged → acting → resolved → closed, or false_alarm
"""

import datetime as dt

import sqlalchemy as sa
from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from core.db import Model, PathText
from organization.models import Member, OrgUnit


class Case(Model):
    __tablename__ = "case"
    __table_args__ = (UniqueConstraint("source_ref"), Index("ix_case_company_id_state_id", "company_id", "state", "id"))

    id: Mapped[int] = mapped_column(primary_key=True)
    company_id: Mapped[int] = mapped_column(ForeignKey("org_unit.id"))
    kind: Mapped[str] = mapped_column(
        sa.String(20), comment="intelligence, suggestion, review, alert, loan or turnaround"
    )
    title: Mapped[str] = mapped_column(sa.String(200))
    detail: Mapped[str] = mapped_column(default="")
    unit_id: Mapped[int] = mapped_column(ForeignKey("org_unit.id"), index=True)
    owner_id: Mapped[int | None] = mapped_column(ForeignKey("member.id"), index=True, comment="who answers it")
    opened_by: Mapped[int | None] = mapped_column(ForeignKey("member.id"), index=True, comment="none for a rule")
    state: Mapped[str] = mapped_column(sa.String(12), default="open")
    opened_at: Mapped[dt.datetime]
    acknowledged_at: Mapped[dt.datetime | None]
    resolved_at: Mapped[dt.datetime | None]
    closed_at: Mapped[dt.datetime | None]
    outcome: Mapped[str] = mapped_column(default="", comment="what came of it; whoever opened it reads this")
    source_ref: Mapped[str | None] = mapped_column(PathText, comment="what opened it: submission:7:w1")

    unit: Mapped[OrgUnit] = relationship(foreign_keys=[unit_id])
    owner: Mapped[Member | None] = relationship(foreign_keys=[owner_id])
    opener: Mapped[Member | None] = relationship(foreign_keys=[opened_by])
    notes: Mapped[list["CaseNote"]] = relationship(back_populates="case", order_by="CaseNote.id")


class CaseNote(Model):
    """One entry of a case's course: a word, or a step to another state with its word. Never changed."""

    __tablename__ = "case_note"

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("case.id"), index=True)
    by_id: Mapped[int | None] = mapped_column(ForeignKey("member.id"))
    at: Mapped[dt.datetime]
    state: Mapped[str | None] = mapped_column(sa.String(12), comment="the state it led to; none for a word alone")
    text: Mapped[str] = mapped_column(default="")

    case: Mapped[Case] = relationship(back_populates="notes")
    by: Mapped[Member | None] = relationship()
