"""Remember records that were moved to another version"""

import sqlalchemy as sa
from alembic import op

from core.db import JSONDocument, UTCDateTime

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "record_migration",
        sa.Column("id", ID, nullable=False),
        sa.Column("company_id", ID, nullable=False),
        sa.Column("definition_id", ID, nullable=False),
        sa.Column("from_version_id", ID, nullable=False),
        sa.Column("to_version_id", ID, nullable=False),
        sa.Column(
            "matched",
            JSONDocument(),
            nullable=False,
            comment="{fields: {old id: new id}, options: {old id: {old: new}}}",
        ),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("moved", ID, nullable=False),
        sa.Column("refused", ID, nullable=False),
        sa.Column("reasons", JSONDocument(), nullable=False, comment="of the first refused: {record, name, why}"),
        sa.Column("by_id", ID, nullable=False),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        *foreign_keys("record_migration", company_id="org_unit", definition_id="definition", by_id="member"),
        *foreign_keys("record_migration", from_version_id="definition_version", to_version_id="definition_version"),
        sa.PrimaryKeyConstraint("id", name="pk_record_migration"),
    )
    op.create_index("ix_record_migration_definition_id", "record_migration", ["definition_id"])
    op.create_table(
        "migrated_record",
        sa.Column("migration_id", ID, autoincrement=False, nullable=False),
        sa.Column("submission_id", ID, autoincrement=False, nullable=False),
        sa.Column("edits", ID, nullable=False),
        *foreign_keys("migrated_record", migration_id="record_migration", submission_id="submission"),
        sa.PrimaryKeyConstraint("migration_id", "submission_id", name="pk_migrated_record"),
    )


def foreign_keys(table: str, **targets: str) -> list[sa.ForeignKeyConstraint]:
    return [
        sa.ForeignKeyConstraint([column], [f"{target}.id"], name=f"fk_{table}_{column}")
        for column, target in targets.items()
    ]


# There is no way down: a backup was made before this ran, and `guantong restore` brings it back.
