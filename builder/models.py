"""What admins define: documents, their versions, and the packs that brought them."""

import datetime as dt
from typing import Any

import sqlalchemy as sa
from sqlalchemy import ForeignKey, Index, UniqueConstraint, event, inspect
from sqlalchemy.orm import Mapped, column_property, mapped_column, relationship

from builder.kinds import JOINT
from core import clock
from core.db import Document, JSONDocument, Model
from organization import roles
from organization.models import MENU, Grant, Member

FROZEN = (
    "definition_id",
    "number",
    "document",
    "digest",
    "scope",
    "effective_from",
    "note",
    "published_at",
    "published_by",
)


class Definition(Model):
    """A thing with a name that lasts; what it says stands in its versions."""

    __tablename__ = "definition"
    __table_args__ = (UniqueConstraint("company_id", "kind", "key"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    company_id: Mapped[int] = mapped_column(ForeignKey("org_unit.id"))
    kind: Mapped[str] = mapped_column(sa.String(20))
    key: Mapped[str] = mapped_column(sa.String(80))
    title: Mapped[Document] = mapped_column(comment="of the newest version, for lists")

    versions: Mapped[list["DefinitionVersion"]] = relationship(
        back_populates="definition", order_by="DefinitionVersion.id"
    )


class DefinitionVersion(Model):
    """draft → in_review → published → retired. From published on only the state may change."""

    __tablename__ = "definition_version"
    __table_args__ = (
        UniqueConstraint("definition_id", "number"),
        Index("ix_definition_version_state", "definition_id", "state"),
        # Two people who start a draft at once: the second is told, not given a second draft.
        Index(
            "uq_definition_version_open",
            "definition_id",
            unique=True,
            sqlite_where=sa.text("number IS NULL"),
            postgresql_where=sa.text("number IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    definition_id: Mapped[int] = mapped_column(ForeignKey("definition.id"))
    number: Mapped[int | None] = mapped_column(comment="none until published")
    state: Mapped[str] = mapped_column(sa.String(12), default="draft")
    document: Mapped[Document]
    digest: Mapped[str] = mapped_column(sa.String(64), index=True)
    note: Mapped[str] = mapped_column(sa.String(500), default="")
    scope: Mapped[list[Any] | None] = mapped_column(comment="unit ids that it holds for, none is the whole company")
    effective_from: Mapped[dt.date | None] = mapped_column(comment="none is from ever on")
    published_at: Mapped[dt.datetime | None]
    published_by: Mapped[int | None] = mapped_column(ForeignKey("member.id"))
    created_at: Mapped[dt.datetime]
    created_by: Mapped[int | None] = mapped_column(ForeignKey("member.id"))
    edited_at: Mapped[dt.datetime]
    edited_by: Mapped[int | None] = mapped_column(ForeignKey("member.id"))
    version_id: Mapped[int] = mapped_column(comment="counts the edits; a save of an older one is a conflict")

    definition: Mapped[Definition] = relationship(back_populates="versions")
    reviews: Mapped[list["Review"]] = relationship(
        back_populates="version", order_by="Review.id", cascade="all, delete-orphan"
    )
    publisher: Mapped[Member | None] = relationship(foreign_keys=[published_by])
    editor: Mapped[Member | None] = relationship(foreign_keys=[edited_by])

    __mapper_args__ = {"version_id_col": version_id}

    @property
    def is_open(self) -> bool:
        return self.state in ("draft", "in_review")

    @property
    def open_review(self) -> "Review | None":
        return next((review for review in self.reviews if review.outcome is None), None)


class Review(Model):
    """A draft that somebody submitted, and how it ended: approved, returned or withdrawn. Roles are those in which
    the two acted, as they held them on that day."""

    __tablename__ = "definition_review"
    __table_args__ = (
        # Of two who submit one draft at once, the second is told.
        Index(
            "uq_definition_review_open",
            "version_id",
            unique=True,
            sqlite_where=sa.text("outcome IS NULL"),
            postgresql_where=sa.text("outcome IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    company_id: Mapped[int] = mapped_column(ForeignKey("org_unit.id"), index=True)
    version_id: Mapped[int] = mapped_column(ForeignKey("definition_version.id"))
    note: Mapped[str] = mapped_column(sa.String(500))
    effective_from: Mapped[dt.date | None] = mapped_column(comment="none is the day of the approval")
    submitted_at: Mapped[dt.datetime]
    submitted_by: Mapped[int] = mapped_column(ForeignKey("member.id"))
    submitted_as: Mapped[str] = mapped_column(sa.String(40), comment="a role")
    outcome: Mapped[str | None] = mapped_column(sa.String(10), comment="approved, returned or withdrawn")
    decided_at: Mapped[dt.datetime | None]
    decided_by: Mapped[int | None] = mapped_column(ForeignKey("member.id"))
    decided_as: Mapped[str | None] = mapped_column(sa.String(40), comment="a role")
    reason: Mapped[str] = mapped_column(sa.String(500), default="")
    what_if: Mapped[Document | None] = mapped_column(
        JSONDocument, comment="who would move, as the author saw it; none where nobody gets a number"
    )

    seen_at: Mapped[dt.datetime | None] = mapped_column(comment="when the submitter said that he knows how it ended")

    version: Mapped[DefinitionVersion] = relationship(back_populates="reviews")
    submitter: Mapped[Member] = relationship(foreign_keys=[submitted_by])
    decider: Mapped[Member | None] = relationship(foreign_keys=[decided_by])

    def end(self, outcome: str, *, by_id: int | None, role: str | None = None, reason: str = "") -> None:
        self.outcome, self.reason = outcome, reason
        self.decided_at, self.decided_by, self.decided_as = clock.now(), by_id, role
        self.seen_at = self.decided_at if by_id == self.submitted_by else None


def _his_to_decide() -> sa.ColumnElement[bool]:
    """What `reviews.obstacle` says, for all reviews at once."""
    is_joint = Definition.kind.in_(JOINT)
    reviews, publishes = (Grant.role.in_(roles.giving(f"definitions.{right}")) for right in ("review", "publish"))
    other_role = sa.and_(is_joint, reviews, Grant.role != Review.submitted_as)
    return sa.and_(Review.outcome.is_(None), Review.submitted_by != Member.id, other_role | (~is_joint & publishes))


# Beside 待审 in the menu: what waits for him, and what became of his own.
_WAITING = (
    sa.select(sa.func.count(Review.id.distinct()))
    .join(DefinitionVersion, DefinitionVersion.id == Review.version_id)
    .join(Definition, Definition.id == DefinitionVersion.definition_id)
    .join(Grant, sa.and_(Grant.member_id == Member.id, Grant.unit_id == Review.company_id))
    .where(_his_to_decide())
)
_DECIDED = sa.select(sa.func.count(Review.id)).where(
    Review.submitted_by == Member.id, Review.outcome.is_not(None), Review.seen_at.is_(None)
)
for _name, _asked in (("reviews_waiting", _WAITING), ("reviews_decided", _DECIDED)):
    _counted = _asked.correlate(Member.__table__).scalar_subquery()
    inspect(Member).add_property(_name, column_property(_counted, deferred=True, group=MENU))


class Pack(Model):
    """A set of definitions that was installed as one."""

    __tablename__ = "pack"
    __table_args__ = (UniqueConstraint("company_id", "key"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    company_id: Mapped[int] = mapped_column(ForeignKey("org_unit.id"))
    key: Mapped[str] = mapped_column(sa.String(80))
    version: Mapped[str] = mapped_column(sa.String(20))
    title: Mapped[Document]
    policy: Mapped[Document] = mapped_column(default=dict, server_default="{}", comment="what the pack lets people do")
    installed_at: Mapped[dt.datetime]
    installed_by: Mapped[int | None] = mapped_column(ForeignKey("member.id"))

    origins: Mapped[list["PackOrigin"]] = relationship(back_populates="pack")


class PackOrigin(Model):
    """A document as the pack brought it: what a later upgrade compares with."""

    __tablename__ = "pack_origin"
    __table_args__ = (UniqueConstraint("pack_id", "kind", "key"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    pack_id: Mapped[int] = mapped_column(ForeignKey("pack.id"))
    kind: Mapped[str] = mapped_column(sa.String(20))
    key: Mapped[str] = mapped_column(sa.String(80))
    digest: Mapped[str] = mapped_column(sa.String(64))
    document: Mapped[Document]

    pack: Mapped[Pack] = relationship(back_populates="origins")


@event.listens_for(DefinitionVersion, "before_update")
def _published_is_frozen(_mapper: Any, _connection: Any, version: DefinitionVersion) -> None:
    """What goals and scores were made with must be found again as it was."""
    changed = {name: inspect(version).attrs[name].history for name in (*FROZEN, "state")}
    state_before = (changed["state"].deleted or [version.state])[0]
    if state_before not in ("published", "retired"):
        return
    touched = [name for name in FROZEN if changed[name].has_changes()]
    if touched:
        raise ValueError(f"version {version.id} is published; {', '.join(touched)} cannot change")
