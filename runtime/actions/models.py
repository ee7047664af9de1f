"""What people do: a week's tasks, each with the customers it is about.

planned → assigned → done → verified, or refused | substituted | expired.
"""

import datetime as dt

import sqlalchemy as sa
from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from core.db import Document, JSONDocument, Model
from organization.models import Contact, Customer, Member
from runtime.goals.models import Goal


class Task(Model):
    """One line of somebody's week, such as 本周需完成3家三甲医院主任级拜访; `needed` of its items close it."""

    __tablename__ = "task"
    __table_args__ = (
        # Generating a week twice creates nothing twice.
        UniqueConstraint("member_id", "week", "template"),
        Index("ix_task_company_id_week", "company_id", "week"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    company_id: Mapped[int] = mapped_column(ForeignKey("org_unit.id"))
    member_id: Mapped[int] = mapped_column(ForeignKey("member.id"))
    goal_id: Mapped[int | None] = mapped_column(ForeignKey("goal.id"), index=True)
    week: Mapped[str] = mapped_column(sa.String(8), comment="ISO week, 2025-W27")
    template: Mapped[str] = mapped_column(sa.String(160), comment="cascade key and task id")
    cascade_version_id: Mapped[int | None] = mapped_column(ForeignKey("definition_version.id"))
    title: Mapped[Document] = mapped_column(comment="rendered, {zh, en}")
    tier: Mapped[str] = mapped_column(sa.String(10), comment="base (never swappable), routine or remedy (补救)")
    value: Mapped[float]
    needed: Mapped[int]
    done: Mapped[int] = mapped_column(default=0)
    swapped: Mapped[int] = mapped_column(
        default=0, server_default="0", comment="how many an action of more value replaces"
    )
    refusal: Mapped[str | None] = mapped_column(sa.String(500), comment="why the person does not take it on")
    customer_tier: Mapped[str | None] = mapped_column(sa.String(40))
    contact_level: Mapped[str | None] = mapped_column(sa.String(40))
    link: Mapped[str | None] = mapped_column(sa.String(40), comment="which link template opens the customer")
    due_on: Mapped[dt.date]
    state: Mapped[str] = mapped_column(sa.String(12), default="assigned")
    why: Mapped[Document]
    created_at: Mapped[dt.datetime]

    member: Mapped[Member] = relationship()
    goal: Mapped[Goal | None] = relationship()
    items: Mapped[list["TaskItem"]] = relationship(back_populates="task", order_by="TaskItem.id")


class TaskSwap(Model):
    """任务置换: an action of high value instead of some of a week's routine tasks.

    provisional (预批) → granted or lapsed when the week closes; asked → granted or refused by the manager.
    """

    __tablename__ = "task_swap"
    __table_args__ = (Index("ix_task_swap_member_id_week", "member_id", "week"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    company_id: Mapped[int] = mapped_column(ForeignKey("org_unit.id"))
    member_id: Mapped[int] = mapped_column(ForeignKey("member.id"))
    week: Mapped[str] = mapped_column(sa.String(8))
    action: Mapped[str] = mapped_column(sa.String(120))
    value: Mapped[float]
    replaced: Mapped[Document] = mapped_column(comment="task → how many of what it asks for")
    state: Mapped[str] = mapped_column(sa.String(12))
    broken: Mapped[list[str]] = mapped_column(JSONDocument, comment="codes of the rules that it does not keep")
    source_ref: Mapped[str] = mapped_column(sa.String(120), unique=True, comment="what asked for it: submission:7:w1")
    created_at: Mapped[dt.datetime]
    settled_at: Mapped[dt.datetime | None]

    member: Mapped[Member] = relationship()


class TaskItem(Model):
    """One customer of a task: picked by rule or added by hand; done with evidence (time and place, or a photo)."""

    __tablename__ = "task_item"
    __table_args__ = (UniqueConstraint("task_id", "customer_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    task_id: Mapped[int] = mapped_column(ForeignKey("task.id"))
    customer_id: Mapped[int] = mapped_column(ForeignKey("customer.id"), index=True)
    contact_id: Mapped[int | None] = mapped_column(ForeignKey("contact.id"))
    done_at: Mapped[dt.datetime | None]
    evidence: Mapped[Document | None] = mapped_column(JSONDocument, comment="{at, place, note, photo}")

    task: Mapped[Task] = relationship(back_populates="items")
    customer: Mapped[Customer] = relationship()
    contact: Mapped[Contact | None] = relationship()
