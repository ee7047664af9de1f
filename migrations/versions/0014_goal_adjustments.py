"""Adjust goals"""

import sqlalchemy as sa
from alembic import op

from core.db import JSONDocument, UTCDateTime

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "goal_adjustment",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("goal_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("before", sa.Double(), nullable=False),
        sa.Column("after", sa.Double(), nullable=False),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("at", UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["by_id"], ["member.id"], name=op.f("fk_goal_adjustment_by_id")),
        sa.ForeignKeyConstraint(["goal_id"], ["goal.id"], name=op.f("fk_goal_adjustment_goal_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_goal_adjustment")),
    )
    with op.batch_alter_table("goal_adjustment", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_goal_adjustment_goal_id"), ["goal_id"], unique=False)

    with op.batch_alter_table("pack", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column(
                "policy", JSONDocument(), server_default="{}", nullable=False, comment="what the pack lets people do"
            )
        )


# There is no way down: a backup was made before this ran, and `guantong restore` brings it back.
