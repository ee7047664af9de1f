"""Approval runs (审批单): where each stands, who is asked, and everything that was ever done to it.

A run keeps the version of the workflow that it began with. `state` is the engine's (see `workflows.state`); work items
and waits are its copies as rows, so that an inbox is one statement. Events are only ever added: the state can be told
anew from them.
"""

import datetime as dt
from typing import Any

import sqlalchemy as sa
from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from builder.models import Definition, DefinitionVersion
from core.db import Document, JSONDocument, Model
from core.jobs import Outbox
from organization.models import Member, OrgUnit


class WorkflowRun(Model):
    """running → finished, rejected or withdrawn; a reopened one runs again."""

    __tablename__ = "workflow_run"
    __table_args__ = (
        Index("ix_workflow_run_submitter_id_id", "submitter_id", "id"),
        Index("ix_workflow_run_company_id_status_id", "company_id", "status", "id"),
        Index("ix_workflow_run_subject_kind_subject_id", "subject_kind", "subject_id"),
        Index("ix_workflow_run_version_id_status", "version_id", "status"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    company_id: Mapped[int] = mapped_column(ForeignKey("org_unit.id"))
    definition_id: Mapped[int] = mapped_column(ForeignKey("definition.id"), comment="that of the version, for lists")
    version_id: Mapped[int] = mapped_column(ForeignKey("definition_version.id"), comment="of the workflow")
    subject_kind: Mapped[str] = mapped_column(sa.String(20), comment="submission, target, task_swap …")
    subject_id: Mapped[int]
    title: Mapped[str] = mapped_column(sa.String(200), comment="what is decided on, for lists")
    submitter_id: Mapped[int] = mapped_column(ForeignKey("member.id"))
    unit_id: Mapped[int] = mapped_column(ForeignKey("org_unit.id"), comment="the submitter's on that day")
    state: Mapped[Document] = mapped_column(comment="the engine's")
    status: Mapped[str] = mapped_column(sa.String(10), default="running")
    events: Mapped[int] = mapped_column(default=0, comment="how many there are; the next one bears this number")
    started_at: Mapped[dt.datetime]
    ended_at: Mapped[dt.datetime | None]
    called_by: Mapped[Document | None] = mapped_column(JSONDocument, comment="run and wait that wait for this one")

    definition: Mapped[Definition] = relationship()
    version: Mapped[DefinitionVersion] = relationship()
    submitter: Mapped[Member] = relationship()
    unit: Mapped[OrgUnit] = relationship(foreign_keys=[unit_id])


class WorkItem(Model):
    """Somebody is asked (待办). Nobody where nobody was found: an admin names somebody."""

    __tablename__ = "work_item"
    __table_args__ = (
        UniqueConstraint("run_id", "token"),
        Index("ix_work_item_member_id_closed_at_due_at", "member_id", "closed_at", "due_at"),
        Index("ix_work_item_instead_of_id_closed_at", "instead_of_id", "closed_at"),
        Index("ix_work_item_closed_by_id_closed_at", "closed_by_id", "closed_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    run_id: Mapped[int] = mapped_column(ForeignKey("workflow_run.id"))
    token: Mapped[str] = mapped_column(sa.String(12), comment="the engine's name for it in the run: w1")
    step: Mapped[str] = mapped_column(sa.String(40))
    step_title: Mapped[Any] = mapped_column(JSONDocument, comment="as the workflow says: a text, or one a language")
    kind: Mapped[str] = mapped_column(sa.String(10), comment="approve, decide, handle or submit")
    row: Mapped[str | None] = mapped_column(sa.String(80), comment="the element of an `each` that it is about")
    member_id: Mapped[int | None] = mapped_column(ForeignKey("member.id"))
    instead_of_id: Mapped[int | None] = mapped_column(
        ForeignKey("member.id"), comment="whose substitute is asked; either may answer"
    )
    why: Mapped[str] = mapped_column(sa.String(20), comment="what brought him here, as the engine says")
    opened_at: Mapped[dt.datetime]
    due_at: Mapped[dt.datetime | None]
    closed_at: Mapped[dt.datetime | None]
    closed_as: Mapped[str | None] = mapped_column(sa.String(12), comment="decided, joined, returned, withdrawn …")
    closed_by_id: Mapped[int | None] = mapped_column(ForeignKey("member.id"))
    outcome: Mapped[str | None] = mapped_column(sa.String(40), comment="what he said, where he said something")
    urged_at: Mapped[dt.datetime | None]

    run: Mapped[WorkflowRun] = relationship()
    member: Mapped[Member | None] = relationship(foreign_keys=[member_id])
    instead_of: Mapped[Member | None] = relationship(foreign_keys=[instead_of_id])
    closed_by: Mapped[Member | None] = relationship(foreign_keys=[closed_by_id])


class RunWait(Model):
    """Something other than a person is awaited: a time, an event, the end of a run that was called."""

    __tablename__ = "run_wait"
    __table_args__ = (
        Index(
            "ix_run_wait_company_id_event",
            *("company_id", "event"),
            sqlite_where=sa.text("closed_at IS NULL"),
            postgresql_where=sa.text("closed_at IS NULL"),
        ),
        {"sqlite_with_rowid": False},
    )

    run_id: Mapped[int] = mapped_column(ForeignKey("workflow_run.id"), primary_key=True, autoincrement=False)
    token: Mapped[str] = mapped_column(sa.String(12), primary_key=True)
    company_id: Mapped[int] = mapped_column(ForeignKey("org_unit.id"))
    step: Mapped[str] = mapped_column(sa.String(40))
    event: Mapped[str | None] = mapped_column(sa.String(120), comment="which event wakes it")
    due_at: Mapped[dt.datetime | None]
    opened_at: Mapped[dt.datetime]
    closed_at: Mapped[dt.datetime | None]
    closed_as: Mapped[str | None] = mapped_column(sa.String(12))

    run: Mapped[WorkflowRun] = relationship()


class RunEvent(Model):
    """What was done to a run, once and for ever. Of two deciders at once the second finds the number taken."""

    __tablename__ = "run_event"
    __table_args__ = (UniqueConstraint("run_id", "client_id"), {"sqlite_with_rowid": False})

    run_id: Mapped[int] = mapped_column(ForeignKey("workflow_run.id"), primary_key=True, autoincrement=False)
    number: Mapped[int] = mapped_column(sa.Integer, primary_key=True, autoincrement=False)
    at: Mapped[dt.datetime]
    by_id: Mapped[int | None] = mapped_column(ForeignKey("member.id"), comment="none: time, or the product itself")
    operation: Mapped[Document] = mapped_column(comment="the engine's event: what was done, and what it was told")
    reason: Mapped[str] = mapped_column(sa.String(1000), default="")
    comment: Mapped[str] = mapped_column(sa.String(2000), default="")
    changes: Mapped[Document | None] = mapped_column(JSONDocument, comment="fields: name → before and after")
    files: Mapped[list[Any] | None] = mapped_column(comment="title, media, size, content (SHA-256) of each")
    signature: Mapped[str | None] = mapped_column(sa.String(64), comment="content of the drawn signature")
    client_id: Mapped[str | None] = mapped_column(sa.String(64), comment="given by the page, so that twice is once")

    run: Mapped[WorkflowRun] = relationship()
    by: Mapped[Member | None] = relationship()


class RunReader(Model):
    """Somebody is told (抄送)."""

    __tablename__ = "run_reader"
    __table_args__ = (
        UniqueConstraint("run_id", "step", "member_id"),
        Index("ix_run_reader_member_id_id", "member_id", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    run_id: Mapped[int] = mapped_column(ForeignKey("workflow_run.id"))
    step: Mapped[str] = mapped_column(sa.String(40))
    member_id: Mapped[int] = mapped_column(ForeignKey("member.id"))
    at: Mapped[dt.datetime]
    read_at: Mapped[dt.datetime | None]

    run: Mapped[WorkflowRun] = relationship()
    member: Mapped[Member] = relationship()


class RunEffect(Model):
    """What a run does outside of itself, once and in order of `number`: waiting → done, or failed until somebody lets
    it run again. What comes after a failed one waits for it."""

    __tablename__ = "run_effect"
    __table_args__ = ({"sqlite_with_rowid": False},)

    run_id: Mapped[int] = mapped_column(ForeignKey("workflow_run.id"), primary_key=True, autoincrement=False)
    number: Mapped[int] = mapped_column(sa.Integer, primary_key=True, autoincrement=False)
    event: Mapped[int] = mapped_column(sa.Integer, comment="number of the event that asked for it")
    step: Mapped[str] = mapped_column(sa.String(40))
    kind: Mapped[str] = mapped_column(sa.String(20), comment="append_note, create_goals, webhook …")
    document: Mapped[Document] = mapped_column(comment="the action as the workflow says it, with step and row")
    state: Mapped[str] = mapped_column(sa.String(10), default="waiting")
    result: Mapped[Document | None] = mapped_column(JSONDocument, comment="what came of it, such as ids of goals")
    error: Mapped[str | None]
    outbox_id: Mapped[int | None] = mapped_column(ForeignKey("outbox.id", ondelete="SET NULL"))
    done_at: Mapped[dt.datetime | None]

    run: Mapped[WorkflowRun] = relationship()
    outbox: Mapped[Outbox | None] = relationship()
