"""Swap tasks"""

import sqlalchemy as sa
from alembic import op

from core.db import JSONDocument, UTCDateTime

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "task_swap",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("company_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("member_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("week", sa.String(length=8), nullable=False),
        sa.Column("action", sa.String(length=120), nullable=False),
        sa.Column("value", sa.Double(), nullable=False),
        sa.Column("replaced", JSONDocument(), nullable=False, comment="task → how many of what it asks for"),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("broken", JSONDocument(), nullable=False, comment="codes of the rules that it does not keep"),
        sa.Column("source_ref", sa.String(length=120), nullable=False, comment="what asked for it: submission:7:w1"),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.Column("settled_at", UTCDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["company_id"], ["org_unit.id"], name=op.f("fk_task_swap_company_id")),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], name=op.f("fk_task_swap_member_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_task_swap")),
        sa.UniqueConstraint("source_ref", name=op.f("uq_task_swap_source_ref")),
    )
    with op.batch_alter_table("task_swap", schema=None) as batch_op:
        batch_op.create_index("ix_task_swap_member_id_week", ["member_id", "week"], unique=False)

    with op.batch_alter_table("task", schema=None) as batch_op:
        reason = "why the person does not take it on"
        batch_op.add_column(sa.Column("refusal", sa.String(length=500), nullable=True, comment=reason))
        batch_op.add_column(
            sa.Column(
                "swapped",
                sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
                server_default="0",
                nullable=False,
                comment="how many an action of more value replaces",
            )
        )


# There is no way down: a backup was made before this ran, and `guantong restore` brings it back.
