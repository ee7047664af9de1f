"""Scores as they were computed: a run scores everybody for one period with the versions it names.

Nothing is ever changed. Scoring a period again is a new run with the next revision; what counts is the newest.
"""

import datetime as dt

import sqlalchemy as sa
from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, aliased, mapped_column, relationship

from core.db import Document, Model
from organization.models import Member, OrgUnit


class ScoreRun(Model):
    """Everybody's points of one metric in one period."""

    __tablename__ = "score_run"
    __table_args__ = (
        # Of two runs at once the database refuses one.
        UniqueConstraint("company_id", "metric_key", "period", "revision"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    company_id: Mapped[int] = mapped_column(ForeignKey("org_unit.id"))
    metric_key: Mapped[str] = mapped_column(sa.String(80))
    period: Mapped[str] = mapped_column(sa.String(10), comment="2025-06, 2025-Q2")
    grain: Mapped[str] = mapped_column(sa.String(10))
    first_day: Mapped[dt.date]
    last_day: Mapped[dt.date]
    revision: Mapped[int] = mapped_column(default=1)
    pins: Mapped[Document] = mapped_column(comment="kind and key → version id of everything that it read")
    computed_at: Mapped[dt.datetime]
    computed_by: Mapped[int | None] = mapped_column(ForeignKey("member.id"))


class Score(Model):
    """One person's points in a run; no value where they are held, and `why` names what was missing."""

    __tablename__ = "score"
    __table_args__ = (UniqueConstraint("run_id", "member_id"), Index("ix_score_member_id", "member_id"))

    id: Mapped[int] = mapped_column(primary_key=True)
    run_id: Mapped[int] = mapped_column(ForeignKey("score_run.id"))
    member_id: Mapped[int] = mapped_column(ForeignKey("member.id"))
    unit_id: Mapped[int] = mapped_column(ForeignKey("org_unit.id"), index=True, comment="where he was then")
    value: Mapped[float | None] = mapped_column(sa.Double)
    grade: Mapped[str | None] = mapped_column(sa.String(40))
    light: Mapped[str | None] = mapped_column(sa.String(10))
    why: Mapped[Document] = mapped_column(
        deferred=True, comment="lines with shares, inputs, rows that fired; the grade's row"
    )

    run: Mapped[ScoreRun] = relationship()
    member: Mapped[Member] = relationship()
    unit: Mapped[OrgUnit] = relationship()


def counts(run: type[ScoreRun] = ScoreRun) -> sa.ColumnElement[bool]:
    """A run that no later one replaces."""
    newer = aliased(ScoreRun)
    return ~sa.exists().where(
        newer.company_id == run.company_id,
        newer.metric_key == run.metric_key,
        newer.period == run.period,
        newer.revision > run.revision,
    )
