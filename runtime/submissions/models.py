"""What people hand in on forms. A record keeps the version it was made with; how it was corrected, the audit tells.

draft → submitted → removed
"""

import datetime as dt

import sqlalchemy as sa
from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from builder.models import Definition, DefinitionVersion
from core.db import Document, Model
from organization.models import Member, OrgUnit


class Submission(Model):
    """One filled form. `values` by name as they count; `kept` what stood in fields that a rule hides, shown as such."""

    __tablename__ = "submission"
    __table_args__ = (
        # A phone without signal sends until it is answered: the second time finds the first.
        UniqueConstraint("company_id", "client_id"),
        Index("ix_submission_definition_id_state_id", "definition_id", "state", "id"),
        Index("ix_submission_submitter_id_state_id", "submitter_id", "state", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    company_id: Mapped[int] = mapped_column(ForeignKey("org_unit.id"))
    definition_id: Mapped[int] = mapped_column(ForeignKey("definition.id"), comment="that of the version, for lists")
    version_id: Mapped[int] = mapped_column(ForeignKey("definition_version.id"))
    submitter_id: Mapped[int | None] = mapped_column(ForeignKey("member.id"), comment="none came by a public link")
    unit_id: Mapped[int] = mapped_column(ForeignKey("org_unit.id"), comment="the submitter's on that day")
    state: Mapped[str] = mapped_column(sa.String(10), default="draft", comment="draft, submitted or removed")
    values: Mapped[Document]
    kept: Mapped[Document] = mapped_column(default=dict, comment="values of hidden fields")
    effective: Mapped[str] = mapped_column(sa.String(64), default="", comment="digest of the schema that judged it")
    named: Mapped[str] = mapped_column(sa.String(200), default="", comment="what it is called in lists and pickers")
    source: Mapped[str] = mapped_column(sa.String(10), comment="page, api, import or link")
    client_id: Mapped[str] = mapped_column(sa.String(64), comment="given by whoever fills it, so that twice is once")
    edits: Mapped[int] = mapped_column(default=1, comment="a save of an older one is a conflict")
    page: Mapped[str | None] = mapped_column(sa.String(40), comment="the open page that kept the draft last")
    recorded_at: Mapped[dt.datetime] = mapped_column(comment="when it was filled, perhaps without signal")
    received_at: Mapped[dt.datetime] = mapped_column(comment="when it reached us")

    definition: Mapped[Definition] = relationship()
    version: Mapped[DefinitionVersion] = relationship()
    submitter: Mapped[Member | None] = relationship()
    unit: Mapped[OrgUnit] = relationship(foreign_keys=[unit_id])

    __mapper_args__ = {"version_id_col": edits}


class FieldValue(Model):
    """A searchable copy of one value, written with its submission. A sub-table's column has a row for each different
    value in it; in one of the four columns each stands as what it is."""

    __tablename__ = "field_value"
    __table_args__ = (
        *(
            Index(
                f"ix_field_value_{kind}",
                *("definition_id", "field", kind, "submission_id"),
                sqlite_where=sa.text(f"{kind} IS NOT NULL"),
                postgresql_where=sa.text(f"{kind} IS NOT NULL"),
            )
            for kind in ("text", "number", "day", "ref")
        ),
        {"sqlite_with_rowid": False},
    )

    submission_id: Mapped[int] = mapped_column(ForeignKey("submission.id"), primary_key=True, autoincrement=False)
    field: Mapped[str] = mapped_column(sa.String(40), primary_key=True, comment="its permanent id")
    place: Mapped[int] = mapped_column(sa.Integer, primary_key=True, autoincrement=False)
    definition_id: Mapped[int] = mapped_column(comment="that of the submission")
    text: Mapped[str | None] = mapped_column(sa.String(120), comment="the beginning of a longer one")
    number: Mapped[float | None] = mapped_column(sa.Double)
    day: Mapped[dt.date | None]
    ref: Mapped[int | None] = mapped_column(comment="id of a member, unit, product, customer, goal, task or record")


class Attachment(Model):
    """A file that somebody put into a form. A submission's value holds the name, which nobody can guess."""

    __tablename__ = "attachment"

    id: Mapped[int] = mapped_column(primary_key=True)
    company_id: Mapped[int] = mapped_column(ForeignKey("org_unit.id"))
    name: Mapped[str] = mapped_column(sa.String(40), unique=True)
    submission_id: Mapped[int | None] = mapped_column(ForeignKey("submission.id"), index=True)
    member_id: Mapped[int | None] = mapped_column(ForeignKey("member.id"), index=True)
    definition_id: Mapped[int] = mapped_column(ForeignKey("definition.id"))
    field: Mapped[str] = mapped_column(sa.String(40))
    title: Mapped[str] = mapped_column(sa.String(200), comment="what the file was called")
    media: Mapped[str] = mapped_column(sa.String(100), comment="what its first bytes prove")
    size: Mapped[int]
    content: Mapped[str] = mapped_column(sa.String(64), comment="SHA-256; where the file lies")
    created_at: Mapped[dt.datetime]

    submission: Mapped[Submission | None] = relationship()


class Serial(Model):
    """The last number that a serial field gave in a year, month or day; raised with the record that bears it."""

    __tablename__ = "serial"

    definition_id: Mapped[int] = mapped_column(ForeignKey("definition.id"), primary_key=True)
    field: Mapped[str] = mapped_column(sa.String(40), primary_key=True)
    period: Mapped[str] = mapped_column(sa.String(10), primary_key=True, comment="2025, 2025-06, 2025-06-30 or empty")
    last: Mapped[int] = mapped_column(sa.Integer)
