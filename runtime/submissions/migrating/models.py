"""Records that were moved to another version of their form: who did it, how fields were matched, which records went.

queued → done → undoing → undone
"""

import datetime as dt
from typing import Any

import sqlalchemy as sa
from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from builder.models import DefinitionVersion
from core.db import Document, Model
from organization.models import Member


class RecordMigration(Model):
    __tablename__ = "record_migration"

    id: Mapped[int] = mapped_column(primary_key=True)
    company_id: Mapped[int] = mapped_column(ForeignKey("org_unit.id"))
    definition_id: Mapped[int] = mapped_column(ForeignKey("definition.id"), index=True)
    from_version_id: Mapped[int] = mapped_column(ForeignKey("definition_version.id"))
    to_version_id: Mapped[int] = mapped_column(ForeignKey("definition_version.id"))
    matched: Mapped[Document] = mapped_column(comment="{fields: {old id: new id}, options: {old id: {old: new}}}")
    state: Mapped[str] = mapped_column(sa.String(10), default="queued")
    moved: Mapped[int] = mapped_column(default=0)
    refused: Mapped[int] = mapped_column(default=0)
    reasons: Mapped[list[Any]] = mapped_column(default=list, comment="of the first refused: {record, name, why}")
    by_id: Mapped[int] = mapped_column(ForeignKey("member.id"))
    created_at: Mapped[dt.datetime]

    by: Mapped[Member] = relationship()
    from_version: Mapped[DefinitionVersion] = relationship(foreign_keys=[from_version_id])
    to_version: Mapped[DefinitionVersion] = relationship(foreign_keys=[to_version_id])


class MigratedRecord(Model):
    """`edits` of the record after it was moved: whoever corrects it afterwards keeps it from going back."""

    __tablename__ = "migrated_record"

    migration_id: Mapped[int] = mapped_column(ForeignKey("record_migration.id"), primary_key=True, autoincrement=False)
    submission_id: Mapped[int] = mapped_column(ForeignKey("submission.id"), primary_key=True, autoincrement=False)
    edits: Mapped[int]
