"""Keep notes of goals"""

import sqlalchemy as sa
from alembic import op

from core.db import UTCDateTime

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "goal_note",
        sa.Column("id", ID, nullable=False),
        sa.Column("goal_id", ID, nullable=False),
        sa.Column("proposal", sa.String(200), nullable=False, comment="what the proposal is called"),
        sa.Column("unit_id", ID, nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("at", UTCDateTime(), nullable=False),
        sa.Column("by_id", ID, nullable=True),
        sa.Column("source_ref", sa.String(120), nullable=False, comment="what wrote it: run:7:2000"),
        sa.ForeignKeyConstraint(["by_id"], ["member.id"], name="fk_goal_note_by_id"),
        sa.ForeignKeyConstraint(["goal_id"], ["goal.id"], name="fk_goal_note_goal_id"),
        sa.ForeignKeyConstraint(["unit_id"], ["org_unit.id"], name="fk_goal_note_unit_id"),
        sa.PrimaryKeyConstraint("id", name="pk_goal_note"),
        sa.UniqueConstraint("source_ref", name="uq_goal_note_source_ref"),
    )
    op.create_index("ix_goal_note_goal_id", "goal_note", ["goal_id"])


# There is no way down: a backup was made before this ran, and `guantong restore` brings it back.
