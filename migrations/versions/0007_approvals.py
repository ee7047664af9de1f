"""Keep approval runs, and points"""

import sqlalchemy as sa
from alembic import op

from core.db import JSONDocument, UTCDateTime

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    workflow_run()
    work_item()
    run_wait()
    run_event()
    run_reader()
    run_effect()
    ledger()


def workflow_run() -> None:
    op.create_table(
        "workflow_run",
        sa.Column("id", ID, nullable=False),
        sa.Column("company_id", ID, nullable=False),
        sa.Column("definition_id", ID, nullable=False, comment="that of the version, for lists"),
        sa.Column("version_id", ID, nullable=False, comment="of the workflow"),
        sa.Column("subject_kind", sa.String(length=20), nullable=False, comment="submission, target, task_swap …"),
        sa.Column("subject_id", ID, nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False, comment="what is decided on, for lists"),
        sa.Column("submitter_id", ID, nullable=False),
        sa.Column("unit_id", ID, nullable=False, comment="the submitter's on that day"),
        sa.Column("state", JSONDocument(), nullable=False, comment="the engine's"),
        sa.Column("status", sa.String(length=10), nullable=False),
        sa.Column("events", ID, nullable=False, comment="how many there are; the next one bears this number"),
        sa.Column("started_at", UTCDateTime(), nullable=False),
        sa.Column("ended_at", UTCDateTime(), nullable=True),
        sa.Column("called_by", JSONDocument(), nullable=True, comment="run and wait that wait for this one"),
        sa.ForeignKeyConstraint(["company_id"], ["org_unit.id"], name="fk_workflow_run_company_id"),
        sa.ForeignKeyConstraint(["definition_id"], ["definition.id"], name="fk_workflow_run_definition_id"),
        sa.ForeignKeyConstraint(["submitter_id"], ["member.id"], name="fk_workflow_run_submitter_id"),
        sa.ForeignKeyConstraint(["unit_id"], ["org_unit.id"], name="fk_workflow_run_unit_id"),
        sa.ForeignKeyConstraint(["version_id"], ["definition_version.id"], name="fk_workflow_run_version_id"),
        sa.PrimaryKeyConstraint("id", name="pk_workflow_run"),
    )
    with op.batch_alter_table("workflow_run", schema=None) as batch_op:
        batch_op.create_index("ix_workflow_run_company_id_status_id", ["company_id", "status", "id"], unique=False)
        batch_op.create_index("ix_workflow_run_subject_kind_subject_id", ["subject_kind", "subject_id"], unique=False)
        batch_op.create_index("ix_workflow_run_submitter_id_id", ["submitter_id", "id"], unique=False)
        batch_op.create_index("ix_workflow_run_version_id_status", ["version_id", "status"], unique=False)


def work_item() -> None:
    op.create_table(
        "work_item",
        sa.Column("id", ID, nullable=False),
        sa.Column("run_id", ID, nullable=False),
        sa.Column("token", sa.String(length=12), nullable=False, comment="the engine's name for it in the run: w1"),
        sa.Column("step", sa.String(length=40), nullable=False),
        sa.Column(
            "step_title", JSONDocument(), nullable=False, comment="as the workflow says: a text, or one a language"
        ),
        sa.Column("kind", sa.String(length=10), nullable=False, comment="approve, decide, handle or submit"),
        sa.Column("row", sa.String(length=80), nullable=True, comment="the element of an `each` that it is about"),
        sa.Column("member_id", ID, nullable=True),
        sa.Column("instead_of_id", ID, nullable=True, comment="whose substitute is asked; either may answer"),
        sa.Column("why", sa.String(length=20), nullable=False, comment="what brought him here, as the engine says"),
        sa.Column("opened_at", UTCDateTime(), nullable=False),
        sa.Column("due_at", UTCDateTime(), nullable=True),
        sa.Column("closed_at", UTCDateTime(), nullable=True),
        sa.Column("closed_as", sa.String(length=12), nullable=True, comment="decided, joined, returned, withdrawn …"),
        sa.Column("closed_by_id", ID, nullable=True),
        sa.Column("outcome", sa.String(length=40), nullable=True, comment="what he said, where he said something"),
        sa.Column("urged_at", UTCDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["closed_by_id"], ["member.id"], name="fk_work_item_closed_by_id"),
        sa.ForeignKeyConstraint(["instead_of_id"], ["member.id"], name="fk_work_item_instead_of_id"),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], name="fk_work_item_member_id"),
        sa.ForeignKeyConstraint(["run_id"], ["workflow_run.id"], name="fk_work_item_run_id"),
        sa.PrimaryKeyConstraint("id", name="pk_work_item"),
        sa.UniqueConstraint("run_id", "token", name="uq_work_item_run_id_token"),
    )
    with op.batch_alter_table("work_item", schema=None) as batch_op:
        batch_op.create_index("ix_work_item_closed_by_id_closed_at", ["closed_by_id", "closed_at"], unique=False)
        batch_op.create_index("ix_work_item_instead_of_id_closed_at", ["instead_of_id", "closed_at"], unique=False)
        batch_op.create_index(
            "ix_work_item_member_id_closed_at_due_at", ["member_id", "closed_at", "due_at"], unique=False
        )


def run_wait() -> None:
    op.create_table(
        "run_wait",
        sa.Column("run_id", ID, autoincrement=False, nullable=False),
        sa.Column("token", sa.String(length=12), nullable=False),
        sa.Column("company_id", ID, nullable=False),
        sa.Column("step", sa.String(length=40), nullable=False),
        sa.Column("event", sa.String(length=120), nullable=True, comment="which event wakes it"),
        sa.Column("due_at", UTCDateTime(), nullable=True),
        sa.Column("opened_at", UTCDateTime(), nullable=False),
        sa.Column("closed_at", UTCDateTime(), nullable=True),
        sa.Column("closed_as", sa.String(length=12), nullable=True),
        sa.ForeignKeyConstraint(["company_id"], ["org_unit.id"], name="fk_run_wait_company_id"),
        sa.ForeignKeyConstraint(["run_id"], ["workflow_run.id"], name="fk_run_wait_run_id"),
        sa.PrimaryKeyConstraint("run_id", "token", name="pk_run_wait"),
        sqlite_with_rowid=False,
    )
    with op.batch_alter_table("run_wait", schema=None) as batch_op:
        batch_op.create_index(
            "ix_run_wait_company_id_event",
            ["company_id", "event"],
            unique=False,
            sqlite_where=sa.text("closed_at IS NULL"),
            postgresql_where=sa.text("closed_at IS NULL"),
        )


def run_event() -> None:
    op.create_table(
        "run_event",
        sa.Column("run_id", ID, autoincrement=False, nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("at", UTCDateTime(), nullable=False),
        sa.Column("by_id", ID, nullable=True, comment="none: time, or the product itself"),
        sa.Column(
            "operation",
            JSONDocument(),
            nullable=False,
            comment="the engine's event: what was done, and what it was told",
        ),
        sa.Column("reason", sa.String(length=1000), nullable=False),
        sa.Column("comment", sa.String(length=2000), nullable=False),
        sa.Column("changes", JSONDocument(), nullable=True, comment="fields: name → before and after"),
        sa.Column("files", JSONDocument(), nullable=True, comment="title, media, size, content (SHA-256) of each"),
        sa.Column("signature", sa.String(length=64), nullable=True, comment="content of the drawn signature"),
        sa.Column("client_id", sa.String(length=64), nullable=True, comment="given by the page, so that twice is once"),
        sa.ForeignKeyConstraint(["by_id"], ["member.id"], name="fk_run_event_by_id"),
        sa.ForeignKeyConstraint(["run_id"], ["workflow_run.id"], name="fk_run_event_run_id"),
        sa.PrimaryKeyConstraint("run_id", "number", name="pk_run_event"),
        sa.UniqueConstraint("run_id", "client_id", name="uq_run_event_run_id_client_id"),
        sqlite_with_rowid=False,
    )


def run_reader() -> None:
    op.create_table(
        "run_reader",
        sa.Column("id", ID, nullable=False),
        sa.Column("run_id", ID, nullable=False),
        sa.Column("step", sa.String(length=40), nullable=False),
        sa.Column("member_id", ID, nullable=False),
        sa.Column("at", UTCDateTime(), nullable=False),
        sa.Column("read_at", UTCDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], name="fk_run_reader_member_id"),
        sa.ForeignKeyConstraint(["run_id"], ["workflow_run.id"], name="fk_run_reader_run_id"),
        sa.PrimaryKeyConstraint("id", name="pk_run_reader"),
        sa.UniqueConstraint("run_id", "step", "member_id", name="uq_run_reader_run_id_step_member_id"),
    )
    with op.batch_alter_table("run_reader", schema=None) as batch_op:
        batch_op.create_index("ix_run_reader_member_id_id", ["member_id", "id"], unique=False)


def run_effect() -> None:
    op.create_table(
        "run_effect",
        sa.Column("run_id", ID, autoincrement=False, nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("event", sa.Integer(), nullable=False, comment="number of the event that asked for it"),
        sa.Column("step", sa.String(length=40), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False, comment="append_note, create_goals, webhook …"),
        sa.Column(
            "document", JSONDocument(), nullable=False, comment="the action as the workflow says it, with step and row"
        ),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("result", JSONDocument(), nullable=True, comment="what came of it, such as ids of goals"),
        sa.Column("error", sa.String(), nullable=True),
        sa.Column("outbox_id", ID, nullable=True),
        sa.Column("done_at", UTCDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["outbox_id"], ["outbox.id"], name="fk_run_effect_outbox_id", ondelete="SET NULL"),
        sa.ForeignKeyConstraint(["run_id"], ["workflow_run.id"], name="fk_run_effect_run_id"),
        sa.PrimaryKeyConstraint("run_id", "number", name="pk_run_effect"),
        sqlite_with_rowid=False,
    )


def ledger() -> None:
    op.create_table(
        "ledger",
        sa.Column("id", ID, nullable=False),
        sa.Column("company_id", ID, nullable=False),
        sa.Column("member_id", ID, nullable=False),
        sa.Column("points", ID, nullable=False),
        sa.Column("reason", sa.String(length=200), nullable=False),
        sa.Column("key", sa.String(length=120), nullable=False, comment="what it is for, so that twice is once"),
        sa.Column("at", UTCDateTime(), nullable=False),
        sa.Column("by_id", ID, nullable=True, comment="none when the product itself gave it"),
        sa.ForeignKeyConstraint(["by_id"], ["member.id"], name="fk_ledger_by_id"),
        sa.ForeignKeyConstraint(["company_id"], ["org_unit.id"], name="fk_ledger_company_id"),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], name="fk_ledger_member_id"),
        sa.PrimaryKeyConstraint("id", name="pk_ledger"),
        sa.UniqueConstraint("key", name="uq_ledger_key"),
    )
    with op.batch_alter_table("ledger", schema=None) as batch_op:
        batch_op.create_index("ix_ledger_member_id_id", ["member_id", "id"], unique=False)


# There is no way down: a backup was made before this ran, and `guantong restore` brings it back.
