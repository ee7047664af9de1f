"""Keep who submitted a draft for review, who decided, and how"""

import sqlalchemy as sa
from alembic import op

from core.db import UTCDateTime

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    number = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    op.create_table(
        "definition_review",
        sa.Column("id", number, nullable=False),
        sa.Column("company_id", number, nullable=False),
        sa.Column("version_id", number, nullable=False),
        sa.Column("note", sa.String(500), nullable=False),
        sa.Column("effective_from", sa.Date(), nullable=True, comment="none is the day of the approval"),
        sa.Column("submitted_at", UTCDateTime(), nullable=False),
        sa.Column("submitted_by", number, nullable=False),
        sa.Column("submitted_as", sa.String(40), nullable=False, comment="a role"),
        sa.Column("outcome", sa.String(10), nullable=True, comment="approved, returned or withdrawn"),
        sa.Column("decided_at", UTCDateTime(), nullable=True),
        sa.Column("decided_by", number, nullable=True),
        sa.Column("decided_as", sa.String(40), nullable=True, comment="a role"),
        sa.Column("reason", sa.String(500), nullable=False),
        sa.ForeignKeyConstraint(["company_id"], ["org_unit.id"], name=op.f("fk_definition_review_company_id")),
        sa.ForeignKeyConstraint(["decided_by"], ["member.id"], name=op.f("fk_definition_review_decided_by")),
        sa.ForeignKeyConstraint(["submitted_by"], ["member.id"], name=op.f("fk_definition_review_submitted_by")),
        sa.ForeignKeyConstraint(["version_id"], ["definition_version.id"], name=op.f("fk_definition_review_version_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_definition_review")),
    )
    op.create_index("ix_definition_review_company_id", "definition_review", ["company_id"])
    op.create_index(
        "uq_definition_review_open",
        "definition_review",
        ["version_id"],
        unique=True,
        sqlite_where=sa.text("outcome IS NULL"),
        postgresql_where=sa.text("outcome IS NULL"),
    )


# There is no way down: a backup was made before this ran, and `guantong restore` brings it back.
