"""Keep scores, and attributes of units that change on a day"""

import sqlalchemy as sa
from alembic import op

from core.db import JSONDocument, UTCDateTime

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _unit_attribute()
    _score_run()
    _score()


def _unit_attribute() -> None:
    op.create_table(
        "unit_attribute",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("unit_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("name", sa.String(length=40), nullable=False, comment="a key of attributes: maturity, potential …"),
        sa.Column("value", JSONDocument(), nullable=False, comment="a word or a number"),
        sa.Column("from_day", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(["unit_id"], ["org_unit.id"], name=op.f("fk_unit_attribute_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_unit_attribute")),
        sa.UniqueConstraint("unit_id", "name", "from_day", name=op.f("uq_unit_attribute_unit_id_name_from_day")),
    )
    with op.batch_alter_table("unit_attribute", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_unit_attribute_unit_id"), ["unit_id"], unique=False)


def _score_run() -> None:
    op.create_table(
        "score_run",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("company_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("metric_key", sa.String(length=80), nullable=False),
        sa.Column("period", sa.String(length=10), nullable=False, comment="2025-06, 2025-Q2"),
        sa.Column("grain", sa.String(length=10), nullable=False),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=False),
        sa.Column("revision", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "pins", JSONDocument(), nullable=False, comment="kind and key → version id of everything that it read"
        ),
        sa.Column("computed_at", UTCDateTime(), nullable=False),
        sa.Column("computed_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.ForeignKeyConstraint(["company_id"], ["org_unit.id"], name=op.f("fk_score_run_company_id")),
        sa.ForeignKeyConstraint(["computed_by"], ["member.id"], name=op.f("fk_score_run_computed_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_score_run")),
        sa.UniqueConstraint(
            "company_id",
            "metric_key",
            "period",
            "revision",
            name=op.f("uq_score_run_company_id_metric_key_period_revision"),
        ),
    )


def _score() -> None:
    op.create_table(
        "score",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("run_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("member_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "unit_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False, comment="where he was then"
        ),
        sa.Column("value", sa.Double(), nullable=True),
        sa.Column("grade", sa.String(length=40), nullable=True),
        sa.Column("light", sa.String(length=10), nullable=True),
        sa.Column(
            "why", JSONDocument(), nullable=False, comment="lines with shares, inputs, rows that fired; the grade's row"
        ),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], name=op.f("fk_score_member_id")),
        sa.ForeignKeyConstraint(["run_id"], ["score_run.id"], name=op.f("fk_score_run_id")),
        sa.ForeignKeyConstraint(["unit_id"], ["org_unit.id"], name=op.f("fk_score_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_score")),
        sa.UniqueConstraint("run_id", "member_id", name=op.f("uq_score_run_id_member_id")),
    )
    with op.batch_alter_table("score", schema=None) as batch_op:
        batch_op.create_index("ix_score_member_id", ["member_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_score_unit_id"), ["unit_id"], unique=False)


# There is no way down: a backup was made before this ran, and `guantong restore` brings it back.
