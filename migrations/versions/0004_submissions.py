"""Keep what people hand in on forms"""

import sqlalchemy as sa
from alembic import op

from core.db import JSONDocument, UTCDateTime

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    submissions()
    values()
    attachments()
    serials()


def submissions() -> None:
    op.create_table(
        "submission",
        sa.Column("id", ID, nullable=False),
        sa.Column("company_id", ID, nullable=False),
        sa.Column("definition_id", ID, nullable=False, comment="that of the version, for lists"),
        sa.Column("version_id", ID, nullable=False),
        sa.Column("submitter_id", ID, nullable=True, comment="none came by a public link"),
        sa.Column("unit_id", ID, nullable=False, comment="the submitter's on that day"),
        sa.Column("state", sa.String(10), nullable=False, comment="draft, submitted or removed"),
        sa.Column("values", JSONDocument(), nullable=False),
        sa.Column("kept", JSONDocument(), nullable=False, comment="values of hidden fields"),
        sa.Column("effective", sa.String(64), nullable=False, comment="digest of the schema that judged it"),
        sa.Column("named", sa.String(200), nullable=False, comment="what it is called in lists and pickers"),
        sa.Column("source", sa.String(10), nullable=False, comment="page, api, import or link"),
        sa.Column(
            "client_id", sa.String(64), nullable=False, comment="given by whoever fills it, so that twice is once"
        ),
        sa.Column("edits", ID, nullable=False, comment="a save of an older one is a conflict"),
        sa.Column("recorded_at", UTCDateTime(), nullable=False, comment="when it was filled, perhaps without signal"),
        sa.Column("received_at", UTCDateTime(), nullable=False, comment="when it reached us"),
        *foreign_keys("submission", company_id="org_unit", definition_id="definition"),
        *foreign_keys("submission", version_id="definition_version", submitter_id="member", unit_id="org_unit"),
        sa.PrimaryKeyConstraint("id", name="pk_submission"),
        sa.UniqueConstraint("company_id", "client_id", name="uq_submission_company_id_client_id"),
    )
    op.create_index("ix_submission_definition_id_state_id", "submission", ["definition_id", "state", "id"])
    op.create_index("ix_submission_submitter_id_state_id", "submission", ["submitter_id", "state", "id"])


def values() -> None:
    op.create_table(
        "field_value",
        sa.Column("submission_id", ID, autoincrement=False, nullable=False),
        sa.Column("field", sa.String(40), nullable=False, comment="its permanent id"),
        sa.Column("place", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("definition_id", ID, nullable=False, comment="that of the submission"),
        sa.Column("text", sa.String(120), nullable=True, comment="the beginning of a longer one"),
        sa.Column("number", sa.Double(), nullable=True),
        sa.Column("day", sa.Date(), nullable=True),
        sa.Column("ref", ID, nullable=True, comment="id of a member, unit, product, customer, goal, task or record"),
        *foreign_keys("field_value", submission_id="submission"),
        sa.PrimaryKeyConstraint("submission_id", "field", "place", name="pk_field_value"),
        sqlite_with_rowid=False,
    )
    for kind in ("text", "number", "day", "ref"):
        given = sa.text(f"{kind} IS NOT NULL")
        columns = ["definition_id", "field", kind, "submission_id"]
        op.create_index(f"ix_field_value_{kind}", "field_value", columns, sqlite_where=given, postgresql_where=given)


def attachments() -> None:
    op.create_table(
        "attachment",
        sa.Column("id", ID, nullable=False),
        sa.Column("company_id", ID, nullable=False),
        sa.Column("name", sa.String(40), nullable=False),
        sa.Column("submission_id", ID, nullable=True),
        sa.Column("member_id", ID, nullable=True),
        sa.Column("definition_id", ID, nullable=False),
        sa.Column("field", sa.String(40), nullable=False),
        sa.Column("title", sa.String(200), nullable=False, comment="what the file was called"),
        sa.Column("media", sa.String(100), nullable=False, comment="what its first bytes prove"),
        sa.Column("size", ID, nullable=False),
        sa.Column("content", sa.String(64), nullable=False, comment="SHA-256; where the file lies"),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        *foreign_keys("attachment", company_id="org_unit", submission_id="submission", member_id="member"),
        *foreign_keys("attachment", definition_id="definition"),
        sa.PrimaryKeyConstraint("id", name="pk_attachment"),
        sa.UniqueConstraint("name", name="uq_attachment_name"),
    )
    op.create_index("ix_attachment_member_id", "attachment", ["member_id"])
    op.create_index("ix_attachment_submission_id", "attachment", ["submission_id"])


def serials() -> None:
    op.create_table(
        "serial",
        sa.Column("definition_id", ID, nullable=False),
        sa.Column("field", sa.String(40), nullable=False),
        sa.Column("period", sa.String(10), nullable=False, comment="2025, 2025-06, 2025-06-30 or empty"),
        sa.Column("last", sa.Integer(), nullable=False),
        *foreign_keys("serial", definition_id="definition"),
        sa.PrimaryKeyConstraint("definition_id", "field", "period", name="pk_serial"),
    )


def foreign_keys(table: str, **targets: str) -> list[sa.ForeignKeyConstraint]:
    return [
        sa.ForeignKeyConstraint([column], [f"{target}.id"], name=f"fk_{table}_{column}")
        for column, target in targets.items()
    ]


# There is no way down: a backup was made before this ran, and `guantong restore` brings it back.
