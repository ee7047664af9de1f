"""Keep goals that people wrote, check-ins, cases and knowledge assets"""

import sqlalchemy as sa
from alembic import op

from core.db import PathText, UTCDateTime

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    goals()
    check_ins()
    cases()
    assets()


def goals() -> None:
    with op.batch_alter_table("goal") as table:
        table.alter_column("goal_set_id", existing_type=ID, nullable=True, comment="none for what people wrote")
        table.add_column(
            sa.Column(
                "kind",
                sa.String(12),
                nullable=False,
                comment="target, objective, key_result, micro",
                server_default="target",
            )
        )
        table.add_column(
            sa.Column(
                "state",
                sa.String(10),
                nullable=False,
                comment="active or dropped; of a target its set says",
                server_default="active",
            )
        )
        table.add_column(
            sa.Column(
                "serves_id",
                ID,
                nullable=True,
                comment="the objective of a key result, the goal that an objective serves",
            )
        )
        table.add_column(sa.Column("metric_key", sa.String(80), nullable=True))
        table.add_column(sa.Column("start", sa.Double(), nullable=True, comment="起点值"))
        table.add_column(sa.Column("wanted", sa.Double(), nullable=True, comment="目标值; none for a milestone"))
        table.add_column(
            sa.Column("weight", sa.Double(), nullable=True, comment="of a key result in its objective: 0.34")
        )
        table.add_column(sa.Column("first_day", sa.Date(), nullable=True))
        table.add_column(sa.Column("last_day", sa.Date(), nullable=True))
        table.add_column(sa.Column("witness_id", ID, nullable=True, comment="见证人 of a micro OKR"))
        table.add_column(sa.Column("note", sa.String(), nullable=False, server_default=""))
        table.add_column(sa.Column("source_ref", PathText, nullable=True, comment="what made it: submission:7:w1"))
        table.create_foreign_key("fk_goal_serves_id", "goal", ["serves_id"], ["id"])
        table.create_foreign_key("fk_goal_witness_id", "member", ["witness_id"], ["id"])
        table.create_unique_constraint("uq_goal_source_ref", ["source_ref"])
        table.create_index("ix_goal_serves_id", ["serves_id"])


def check_ins() -> None:
    op.create_table(
        "check_in",
        sa.Column("id", ID, nullable=False),
        sa.Column("goal_id", ID, nullable=False),
        sa.Column("value", sa.Double(), nullable=True),
        sa.Column("confidence", sa.String(10), nullable=True, comment="sure, open or hard (稳, 悬, 难)"),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("at", UTCDateTime(), nullable=False),
        sa.Column("by_id", ID, nullable=True),
        sa.Column("source_ref", PathText, nullable=False, comment="submission:7:w1"),
        *foreign_keys("check_in", goal_id="goal", by_id="member"),
        sa.PrimaryKeyConstraint("id", name="pk_check_in"),
    )
    op.create_index("ix_check_in_goal_id_id", "check_in", ["goal_id", "id"])
    op.create_index("ix_check_in_source_ref", "check_in", ["source_ref"])


def cases() -> None:
    op.create_table(
        "case",
        sa.Column("id", ID, nullable=False),
        sa.Column("company_id", ID, nullable=False),
        sa.Column(
            "kind", sa.String(20), nullable=False, comment="intelligence, suggestion, review, alert, loan or turnaround"
        ),
        sa.Column("title", sa.String(200), nullable=False),
        sa.Column("detail", sa.String(), nullable=False),
        sa.Column("unit_id", ID, nullable=False),
        sa.Column("owner_id", ID, nullable=True, comment="who answers it"),
        sa.Column("opened_by", ID, nullable=True, comment="none for a rule"),
        sa.Column("state", sa.String(12), nullable=False),
        sa.Column("opened_at", UTCDateTime(), nullable=False),
        sa.Column("acknowledged_at", UTCDateTime(), nullable=True),
        sa.Column("resolved_at", UTCDateTime(), nullable=True),
        sa.Column("closed_at", UTCDateTime(), nullable=True),
        sa.Column("outcome", sa.String(), nullable=False, comment="what came of it; whoever opened it reads this"),
        sa.Column("source_ref", PathText, nullable=True, comment="what opened it: submission:7:w1"),
        *foreign_keys("case", company_id="org_unit", unit_id="org_unit", owner_id="member", opened_by="member"),
        sa.PrimaryKeyConstraint("id", name="pk_case"),
        sa.UniqueConstraint("source_ref", name="uq_case_source_ref"),
    )
    op.create_index("ix_case_company_id_state_id", "case", ["company_id", "state", "id"])
    for column in ("unit_id", "owner_id", "opened_by"):
        op.create_index(f"ix_case_{column}", "case", [column])
    op.create_table(
        "case_note",
        sa.Column("id", ID, nullable=False),
        sa.Column("case_id", ID, nullable=False),
        sa.Column("by_id", ID, nullable=True),
        sa.Column("at", UTCDateTime(), nullable=False),
        sa.Column("state", sa.String(12), nullable=True, comment="the state it led to; none for a word alone"),
        sa.Column("text", sa.String(), nullable=False),
        *foreign_keys("case_note", case_id="case", by_id="member"),
        sa.PrimaryKeyConstraint("id", name="pk_case_note"),
    )
    op.create_index("ix_case_note_case_id", "case_note", ["case_id"])


def assets() -> None:
    op.create_table(
        "asset",
        sa.Column("id", ID, nullable=False),
        sa.Column("company_id", ID, nullable=False),
        sa.Column("title", sa.String(200), nullable=False),
        sa.Column("body", sa.String(), nullable=False),
        sa.Column("line", sa.String(80), nullable=True, comment="the product line it comes from, a name"),
        sa.Column("unit_id", ID, nullable=False),
        sa.Column("author_id", ID, nullable=True),
        sa.Column("case_id", ID, nullable=True, comment="where it was learnt"),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.Column("uses", ID, nullable=False, comment="how often it was used again"),
        sa.Column("source_ref", PathText, nullable=True, comment="what made it: submission:7:w1"),
        *foreign_keys("asset", company_id="org_unit", unit_id="org_unit", author_id="member", case_id="case"),
        sa.PrimaryKeyConstraint("id", name="pk_asset"),
        sa.UniqueConstraint("source_ref", name="uq_asset_source_ref"),
    )
    op.create_index("ix_asset_company_id_id", "asset", ["company_id", "id"])
    for column in ("author_id", "case_id"):
        op.create_index(f"ix_asset_{column}", "asset", [column])
    op.create_table(
        "asset_use",
        sa.Column("id", ID, nullable=False),
        sa.Column("asset_id", ID, nullable=False),
        sa.Column("by_id", ID, nullable=False),
        sa.Column("unit_id", ID, nullable=False),
        sa.Column("line", sa.String(80), nullable=False, comment="the product line it was used for, a name"),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("note", sa.String(), nullable=False, comment="where and how"),
        *foreign_keys("asset_use", asset_id="asset", by_id="member", unit_id="org_unit"),
        sa.PrimaryKeyConstraint("id", name="pk_asset_use"),
        sa.UniqueConstraint("asset_id", "by_id", "line", "day", name="uq_asset_use_asset_id_by_id_line_day"),
    )


def foreign_keys(table: str, **targets: str) -> list[sa.ForeignKeyConstraint]:
    return [
        sa.ForeignKeyConstraint([column], [f"{target}.id"], name=f"fk_{table}_{column}")
        for column, target in targets.items()
    ]


# There is no way down: a backup was made before this ran, and `guantong restore` brings it back.
