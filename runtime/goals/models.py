"""Goals and where they come from: a cycle, a set of goals that was split from one total, the tree itself, objectives
with their key results and check-ins, campaigns.

A goal set is filled in short transactions while it is `staged`; one UPDATE makes it `active` and the one before it
`superseded`. Whoever looks sees the old tree or the new one, never half.
"""

import datetime as dt
from typing import Any

import sqlalchemy as sa
from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from builder.models import DefinitionVersion
from core.db import Document, Model, PathText
from organization.models import Member, OrgUnit


class Cycle(Model):
    """A period that goals are set for: planning → active → closing → closed."""

    __tablename__ = "cycle"
    __table_args__ = (UniqueConstraint("company_id", "key"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    company_id: Mapped[int] = mapped_column(ForeignKey("org_unit.id"))
    key: Mapped[str] = mapped_column(sa.String(20), comment="2025, 2025-Q1")
    first_day: Mapped[dt.date]
    last_day: Mapped[dt.date]
    state: Mapped[str] = mapped_column(sa.String(10), default="active")


class GoalSet(Model):
    """One total split over the organisation: staged → active → superseded, or discarded."""

    __tablename__ = "goal_set"
    __table_args__ = (
        Index("ix_goal_set_company_id_state", "company_id", "state"),
        # Two publications at once: the second is refused by the database, not by luck.
        Index(
            "uq_goal_set_active",
            "cycle_id",
            "unit_id",
            "cascade_key",
            unique=True,
            sqlite_where=sa.text("state = 'active'"),
            postgresql_where=sa.text("state = 'active'"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    company_id: Mapped[int] = mapped_column(ForeignKey("org_unit.id"))
    cycle_id: Mapped[int] = mapped_column(ForeignKey("cycle.id"))
    unit_id: Mapped[int] = mapped_column(ForeignKey("org_unit.id"), comment="the root of the split")
    cascade_key: Mapped[str] = mapped_column(sa.String(80))
    cascade_version_id: Mapped[int] = mapped_column(ForeignKey("definition_version.id"))
    pins: Mapped[Document] = mapped_column(comment="key → version id of every table and formula that it used")
    digest: Mapped[str] = mapped_column(sa.String(64), comment="of the tree that was previewed")
    as_of: Mapped[dt.date] = mapped_column(comment="the day whose organisation was split")
    base: Mapped[int] = mapped_column(comment="yuan")
    growth_pct: Mapped[str] = mapped_column(sa.String(20), comment="as typed: 15 is 15 %")
    total: Mapped[int] = mapped_column(comment="yuan")
    locks: Mapped[Document] = mapped_column(comment="node id → yuan that the split may not touch")
    waiver: Mapped[str | None] = mapped_column(comment="why result goals may stand without behaviour (S8)")
    state: Mapped[str] = mapped_column(sa.String(10), default="staged")
    replaces_id: Mapped[int | None] = mapped_column(ForeignKey("goal_set.id"))
    created_at: Mapped[dt.datetime]
    created_by: Mapped[int | None] = mapped_column(ForeignKey("member.id"))
    activated_at: Mapped[dt.datetime | None]
    problem: Mapped[str | None] = mapped_column(comment="why it was discarded")

    cycle: Mapped[Cycle] = relationship()
    unit: Mapped[OrgUnit] = relationship(foreign_keys=[unit_id])
    cascade_version: Mapped[DefinitionVersion] = relationship()


class Goal(Model):
    """A node of one goal tree. A `target` belongs to a set that was split from a total: amounts are whole yuan,
    Σ children + reserve = target, always. An `objective`, its `key_result`s and a `micro` OKR belong to none: people
    wrote them, what is wanted is a number (`start` → `wanted`) or a milestone, and they serve the goal `serves_id`."""

    __tablename__ = "goal"
    __table_args__ = (
        UniqueConstraint("goal_set_id", "node"),
        UniqueConstraint("source_ref"),
        Index("ix_goal_member_id_goal_set_id", "member_id", "goal_set_id"),
        Index("ix_goal_goal_set_id_path", "goal_set_id", "path"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    goal_set_id: Mapped[int | None] = mapped_column(ForeignKey("goal_set.id"), comment="none for what people wrote")
    kind: Mapped[str] = mapped_column(sa.String(12), default="target", comment="target, objective, key_result, micro")
    state: Mapped[str] = mapped_column(
        sa.String(10), default="active", comment="active or dropped; of a target its set says"
    )
    node: Mapped[str] = mapped_column(sa.String(40), default="", comment="u12 for a unit, m34 for a member")
    parent: Mapped[str | None] = mapped_column(sa.String(40), comment="a node of the same set")
    path: Mapped[str] = mapped_column(PathText, default="", comment="nodes from the root: /u1/u12/m34/")
    depth: Mapped[int] = mapped_column(default=0)
    level: Mapped[str] = mapped_column(sa.String(40), default="", comment="a level of the company, or member")
    layer: Mapped[str] = mapped_column(sa.String(10), comment="strategic, campaign or tactic (战略/战役/战术)")
    unit_id: Mapped[int] = mapped_column(ForeignKey("org_unit.id"), index=True)
    member_id: Mapped[int | None] = mapped_column(ForeignKey("member.id"))
    name: Mapped[str] = mapped_column(sa.String(160))
    target: Mapped[int] = mapped_column(default=0)
    reserve: Mapped[int] = mapped_column(default=0, comment="机动额: what of the target no child carries")
    history: Mapped[int] = mapped_column(default=0, comment="last year's actual, scaled to the base that was entered")
    locked: Mapped[bool] = mapped_column(default=False)
    booked: Mapped[int] = mapped_column(default=0, comment="actual so far; the least that a new split may give")
    split: Mapped[Document] = mapped_column(
        default=dict, comment="the target over time and product lines, each summing to it"
    )
    why: Mapped[Document] = mapped_column(default=dict, comment="inputs, rows and formulas that gave the target")
    serves_id: Mapped[int | None] = mapped_column(
        ForeignKey("goal.id"), index=True, comment="the objective of a key result, the goal that an objective serves"
    )
    metric_key: Mapped[str | None] = mapped_column(sa.String(80))
    start: Mapped[float | None] = mapped_column(sa.Double, comment="起点值")
    wanted: Mapped[float | None] = mapped_column(sa.Double, comment="目标值; none for a milestone")
    weight: Mapped[float | None] = mapped_column(sa.Double, comment="of a key result in its objective: 0.34")
    first_day: Mapped[dt.date | None]
    last_day: Mapped[dt.date | None]
    witness_id: Mapped[int | None] = mapped_column(ForeignKey("member.id"), comment="见证人 of a micro OKR")
    note: Mapped[str] = mapped_column(default="")
    source_ref: Mapped[str | None] = mapped_column(PathText, comment="what made it: submission:7:w1")

    # Whoever joins the set reads targets alone; for goals that people wrote there is none.
    goal_set: Mapped[GoalSet] = relationship()
    unit: Mapped[OrgUnit] = relationship()
    member: Mapped[Member | None] = relationship(foreign_keys=[member_id])
    witness: Mapped[Member | None] = relationship(foreign_keys=[witness_id])
    serves: Mapped["Goal | None"] = relationship(remote_side=[id])


class CheckIn(Model):
    """快照: how a goal stands at a moment, as somebody says. Never changed; a correction is a new row."""

    __tablename__ = "check_in"
    __table_args__ = (Index("ix_check_in_goal_id_id", "goal_id", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    goal_id: Mapped[int] = mapped_column(ForeignKey("goal.id"))
    value: Mapped[float | None] = mapped_column(sa.Double)
    confidence: Mapped[str | None] = mapped_column(sa.String(10), comment="sure, open or hard (稳, 悬, 难)")
    note: Mapped[str] = mapped_column(default="")
    at: Mapped[dt.datetime]
    by_id: Mapped[int | None] = mapped_column(ForeignKey("member.id"))
    source_ref: Mapped[str] = mapped_column(PathText, default="", index=True, comment="submission:7:w1")

    goal: Mapped[Goal] = relationship()
    by: Mapped[Member | None] = relationship()


class GoalAdjustment(Model):
    """自主微调 (S91): what is wanted of a goal was changed by its owner, or is to be; rows are only ever added.

    done, or asked → done or refused by the manager.
    """

    __tablename__ = "goal_adjustment"

    id: Mapped[int] = mapped_column(primary_key=True)
    goal_id: Mapped[int] = mapped_column(ForeignKey("goal.id"), index=True)
    before: Mapped[float] = mapped_column(sa.Double)
    after: Mapped[float] = mapped_column(sa.Double)
    reason: Mapped[str] = mapped_column(sa.String(500))
    state: Mapped[str] = mapped_column(sa.String(10))
    by_id: Mapped[int] = mapped_column(ForeignKey("member.id"))
    at: Mapped[dt.datetime]

    goal: Mapped[Goal] = relationship()
    by: Mapped[Member] = relationship()


class Campaign(Model):
    """战役: a battle under a strategic goal, with a theme, an owner, a window, products, units and tactics of its own.

    Layers are not levels of the organisation: a campaign may run in any units, across levels.
    """

    __tablename__ = "campaign"

    id: Mapped[int] = mapped_column(primary_key=True)
    company_id: Mapped[int] = mapped_column(ForeignKey("org_unit.id"), index=True)
    cycle_id: Mapped[int] = mapped_column(ForeignKey("cycle.id"))
    cascade_key: Mapped[str] = mapped_column(
        sa.String(80), comment="the strategic goal it serves outlives republishing"
    )
    theme: Mapped[str] = mapped_column(sa.String(160))
    owner_id: Mapped[int] = mapped_column(ForeignKey("member.id"))
    first_day: Mapped[dt.date]
    last_day: Mapped[dt.date]
    unit_ids: Mapped[list[Any]] = mapped_column(comment="ids of units; none means all")
    product_ids: Mapped[list[Any]] = mapped_column(comment="ids of products; none means all")
    target: Mapped[int | None] = mapped_column(
        comment="yuan, a part of the strategic target; none for a battle of deeds"
    )
    state: Mapped[str] = mapped_column(sa.String(10), default="planned", comment="planned, running, won, lost, dropped")
    cloned_from_id: Mapped[int | None] = mapped_column(ForeignKey("campaign.id"))
    created_at: Mapped[dt.datetime]

    owner: Mapped[Member] = relationship()
    tactics: Mapped[list["Tactic"]] = relationship(back_populates="campaign", order_by="Tactic.id")


class Tactic(Model):
    """战术: an action of a campaign, somebody's, by a day."""

    __tablename__ = "tactic"

    id: Mapped[int] = mapped_column(primary_key=True)
    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaign.id"), index=True)
    title: Mapped[str] = mapped_column(sa.String(160))
    owner_id: Mapped[int] = mapped_column(ForeignKey("member.id"))
    due_on: Mapped[dt.date]
    done_at: Mapped[dt.datetime | None]

    campaign: Mapped[Campaign] = relationship(back_populates="tactics")
    owner: Mapped[Member] = relationship()


class GoalNote(Model):
    """An idea that was adopted: whose proposal, of which unit, and who adopted it. Rows are only ever added."""

    __tablename__ = "goal_note"

    id: Mapped[int] = mapped_column(primary_key=True)
    goal_id: Mapped[int] = mapped_column(ForeignKey("goal.id"), index=True)
    proposal: Mapped[str] = mapped_column(sa.String(200), comment="what the proposal is called")
    unit_id: Mapped[int] = mapped_column(ForeignKey("org_unit.id"))
    text: Mapped[str]
    at: Mapped[dt.datetime]
    by_id: Mapped[int | None] = mapped_column(ForeignKey("member.id"))
    source_ref: Mapped[str] = mapped_column(sa.String(120), unique=True, comment="what wrote it: run:7:2000")

    unit: Mapped[OrgUnit] = relationship()
    by: Mapped[Member | None] = relationship()
