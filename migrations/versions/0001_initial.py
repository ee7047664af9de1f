"""The first schema"""

import sqlalchemy as sa
from alembic import op

from core.db import JSONDocument, UTCDateTime

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "audit_event",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("at", UTCDateTime(), nullable=False),
        sa.Column(
            "by_id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            nullable=True,
            comment="the member; none when the system acted",
        ),
        sa.Column("action", sa.String(length=80), nullable=False),
        sa.Column("subject", sa.String(length=80), nullable=False, comment="such as goal_set:7"),
        sa.Column("digest", sa.String(length=64), nullable=False, comment="SHA-256 of salt, before, after and reason"),
        sa.Column("seal", sa.String(length=64), nullable=True, comment="SHA-256 over the previous seal and this row"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_event")),
    )
    with op.batch_alter_table("audit_event", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_audit_event_subject"), ["subject"], unique=False)

    op.create_table(
        "external_ref",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("system", sa.String(length=40), nullable=False, comment="crm, erp …"),
        sa.Column("subject", sa.String(length=40), nullable=False, comment="customer, member, product"),
        sa.Column("subject_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("external_id", sa.String(length=120), nullable=False),
        sa.Column("gone_on", sa.Date(), nullable=True, comment="deleted over there: shown, never an error"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_external_ref")),
        sa.UniqueConstraint("system", "subject", "subject_id", name=op.f("uq_external_ref_system_subject_subject_id")),
    )
    op.create_table(
        "org_unit",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "company_id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            nullable=True,
            comment="the root unit's id; set right after the root",
        ),
        sa.Column("parent_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column(
            "path",
            sa.String(length=255).with_variant(sa.String(length=255, collation="C"), "postgresql"),
            nullable=False,
            comment="ids from the root, such as /1/12/",
        ),
        sa.Column("code", sa.String(length=40), nullable=False, comment="what imports and packs name it by"),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("level", sa.String(length=40), nullable=False, comment="a key of company.levels"),
        sa.Column("head_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("attributes", JSONDocument(), nullable=False, comment="maturity, potential, history …"),
        sa.Column("closed_on", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(["head_id"], ["member.id"], name=op.f("fk_org_unit_head_id"), use_alter=True),
        sa.ForeignKeyConstraint(["parent_id"], ["org_unit.id"], name=op.f("fk_org_unit_parent_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_org_unit")),
        sa.UniqueConstraint("company_id", "code", name=op.f("uq_org_unit_company_id_code")),
    )
    with op.batch_alter_table("org_unit", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_org_unit_company_id"), ["company_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_org_unit_parent_id"), ["parent_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_org_unit_path"), ["path"], unique=False)

    op.create_table(
        "outbox",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("key", sa.String(length=200), nullable=True, comment="the same key is queued once, ever"),
        sa.Column("job", sa.String(length=120), nullable=False),
        sa.Column("payload", JSONDocument(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False, comment="due, done or failed"),
        sa.Column("attempts", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("due_at", UTCDateTime(), nullable=False),
        sa.Column("claim", sa.String(length=40), nullable=True),
        sa.Column("claimed_until", UTCDateTime(), nullable=True),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.Column("done_at", UTCDateTime(), nullable=True),
        sa.Column("progress", JSONDocument(), nullable=True),
        sa.Column("error", sa.String(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outbox")),
        sa.UniqueConstraint("key", name=op.f("uq_outbox_key")),
    )
    with op.batch_alter_table("outbox", schema=None) as batch_op:
        batch_op.create_index("ix_outbox_state_due_at", ["state", "due_at"], unique=False)

    op.create_table(
        "timer",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("key", sa.String(length=160), nullable=False),
        sa.Column("job", sa.String(length=120), nullable=False),
        sa.Column("payload", JSONDocument(), nullable=False),
        sa.Column("due_at", UTCDateTime(), nullable=False),
        sa.Column(
            "every_seconds",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            nullable=True,
            comment="fixed beat; calendars set their next timer themselves",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_timer")),
        sa.UniqueConstraint("key", name=op.f("uq_timer_key")),
    )
    with op.batch_alter_table("timer", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_timer_due_at"), ["due_at"], unique=False)

    op.create_table(
        "api_token",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("company_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("unit_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False, comment="which program it is for"),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("permissions", JSONDocument(), nullable=False),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.Column("expires_at", UTCDateTime(), nullable=True),
        sa.Column("used_on", sa.Date(), nullable=True, comment="the last day that it was used"),
        sa.Column("revoked_at", UTCDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["company_id"], ["org_unit.id"], name=op.f("fk_api_token_company_id")),
        sa.ForeignKeyConstraint(["unit_id"], ["org_unit.id"], name=op.f("fk_api_token_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_api_token")),
        sa.UniqueConstraint("company_id", "name", name=op.f("uq_api_token_company_id_name")),
        sa.UniqueConstraint("digest", name=op.f("uq_api_token_digest")),
    )
    op.create_table(
        "audit_value",
        sa.Column("event_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("salt", sa.String(length=32), nullable=True),
        sa.Column("before", JSONDocument(), nullable=True),
        sa.Column("after", JSONDocument(), nullable=True),
        sa.Column("reason", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(["event_id"], ["audit_event.id"], name=op.f("fk_audit_value_event_id")),
        sa.PrimaryKeyConstraint("event_id", name=op.f("pk_audit_value")),
    )
    op.create_table(
        "calendar_day",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("company_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("works", sa.Boolean(), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.ForeignKeyConstraint(["company_id"], ["org_unit.id"], name=op.f("fk_calendar_day_company_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_calendar_day")),
        sa.UniqueConstraint("company_id", "day", name=op.f("uq_calendar_day_company_id_day")),
    )
    op.create_table(
        "company",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("time_zone", sa.String(length=40), nullable=False),
        sa.Column("levels", sa.JSON(), nullable=False),
        sa.Column("link_templates", JSONDocument(), nullable=False),
        sa.Column("demo", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["id"], ["org_unit.id"], name=op.f("fk_company_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_company")),
    )
    op.create_table(
        "cycle",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("company_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("key", sa.String(length=20), nullable=False, comment="2025, 2025-Q1"),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.ForeignKeyConstraint(["company_id"], ["org_unit.id"], name=op.f("fk_cycle_company_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cycle")),
        sa.UniqueConstraint("company_id", "key", name=op.f("uq_cycle_company_id_key")),
    )
    op.create_table(
        "definition",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("company_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("key", sa.String(length=80), nullable=False),
        sa.Column("title", JSONDocument(), nullable=False, comment="of the newest version, for lists"),
        sa.ForeignKeyConstraint(["company_id"], ["org_unit.id"], name=op.f("fk_definition_company_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_definition")),
        sa.UniqueConstraint("company_id", "kind", "key", name=op.f("uq_definition_company_id_kind_key")),
    )
    op.create_table(
        "member",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("company_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("unit_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "manager_id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            nullable=True,
            comment="only where it is not the unit's head",
        ),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column(
            "pinyin",
            sa.String(length=240),
            nullable=False,
            comment="sort key; databases without ICU cannot sort Chinese",
        ),
        sa.Column("role", sa.String(length=40), nullable=False),
        sa.Column("phone", sa.String(length=40), nullable=True),
        sa.Column("email", sa.String(length=200), nullable=True),
        sa.Column("joined_on", sa.Date(), nullable=False),
        sa.Column("left_on", sa.Date(), nullable=True),
        sa.Column("represents_frontline", sa.Boolean(), nullable=False),
        sa.Column("attributes", JSONDocument(), nullable=False, comment="seniority, potential, history …"),
        sa.Column("language", sa.String(length=2), nullable=True),
        sa.ForeignKeyConstraint(["company_id"], ["org_unit.id"], name=op.f("fk_member_company_id")),
        sa.ForeignKeyConstraint(["manager_id"], ["member.id"], name=op.f("fk_member_manager_id")),
        sa.ForeignKeyConstraint(["unit_id"], ["org_unit.id"], name=op.f("fk_member_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_member")),
        sa.UniqueConstraint("company_id", "code", name=op.f("uq_member_company_id_code")),
        sa.UniqueConstraint("email", name=op.f("uq_member_email")),
        sa.UniqueConstraint("phone", name=op.f("uq_member_phone")),
    )
    with op.batch_alter_table("member", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_member_company_id"), ["company_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_member_role"), ["role"], unique=False)
        batch_op.create_index("ix_member_unit_id_role", ["unit_id", "role"], unique=False)

    op.create_table(
        "product",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("company_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("line", sa.String(length=80), nullable=False, comment="the product line, a name"),
        sa.Column("attributes", JSONDocument(), nullable=False, comment="share of sales, ticket …"),
        sa.Column("retired_on", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(["company_id"], ["org_unit.id"], name=op.f("fk_product_company_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_product")),
        sa.UniqueConstraint("company_id", "code", name=op.f("uq_product_company_id_code")),
    )
    op.create_table(
        "absence",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("member_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], name=op.f("fk_absence_member_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_absence")),
    )
    with op.batch_alter_table("absence", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_absence_member_id"), ["member_id"], unique=False)

    op.create_table(
        "account",
        sa.Column("member_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "login", sa.String(length=120), nullable=False, comment="a phone number or e-mail is a login name too"
        ),
        sa.Column("password_hash", sa.String(length=200), nullable=True, comment="none until the invitation is taken"),
        sa.Column("must_change", sa.Boolean(), nullable=False),
        sa.Column("disabled", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], name=op.f("fk_account_member_id")),
        sa.PrimaryKeyConstraint("member_id", name=op.f("pk_account")),
        sa.UniqueConstraint("login", name=op.f("uq_account_login")),
    )
    op.create_table(
        "auth_session",
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("member_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.Column("expires_at", UTCDateTime(), nullable=False),
        sa.Column("device", sa.String(length=200), nullable=False),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], name=op.f("fk_auth_session_member_id")),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_auth_session")),
    )
    with op.batch_alter_table("auth_session", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_auth_session_member_id"), ["member_id"], unique=False)

    op.create_table(
        "campaign",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("company_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("cycle_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "cascade_key",
            sa.String(length=80),
            nullable=False,
            comment="the strategic goal it serves outlives republishing",
        ),
        sa.Column("theme", sa.String(length=160), nullable=False),
        sa.Column("owner_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=False),
        sa.Column("unit_ids", JSONDocument(), nullable=False, comment="ids of units; none means all"),
        sa.Column("product_ids", JSONDocument(), nullable=False, comment="ids of products; none means all"),
        sa.Column(
            "target",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            nullable=True,
            comment="yuan, a part of the strategic target; none for a battle of deeds",
        ),
        sa.Column("state", sa.String(length=10), nullable=False, comment="planned, running, won, lost, dropped"),
        sa.Column("cloned_from_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["cloned_from_id"], ["campaign.id"], name=op.f("fk_campaign_cloned_from_id")),
        sa.ForeignKeyConstraint(["company_id"], ["org_unit.id"], name=op.f("fk_campaign_company_id")),
        sa.ForeignKeyConstraint(["cycle_id"], ["cycle.id"], name=op.f("fk_campaign_cycle_id")),
        sa.ForeignKeyConstraint(["owner_id"], ["member.id"], name=op.f("fk_campaign_owner_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_campaign")),
    )
    with op.batch_alter_table("campaign", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_campaign_company_id"), ["company_id"], unique=False)

    op.create_table(
        "customer",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("company_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("unit_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "owner_id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            nullable=True,
            comment="today's; see CustomerOwner",
        ),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=160), nullable=False),
        sa.Column("tier", sa.String(length=40), nullable=True),
        sa.Column("potential", sa.Double(), nullable=False, comment="yuan a year, an estimate"),
        sa.Column("last_visited_on", sa.Date(), nullable=True),
        sa.Column("attributes", JSONDocument(), nullable=False),
        sa.ForeignKeyConstraint(["company_id"], ["org_unit.id"], name=op.f("fk_customer_company_id")),
        sa.ForeignKeyConstraint(["owner_id"], ["member.id"], name=op.f("fk_customer_owner_id")),
        sa.ForeignKeyConstraint(["unit_id"], ["org_unit.id"], name=op.f("fk_customer_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_customer")),
        sa.UniqueConstraint("company_id", "code", name=op.f("uq_customer_company_id_code")),
    )
    with op.batch_alter_table("customer", schema=None) as batch_op:
        batch_op.create_index("ix_customer_company_id_name", ["company_id", "name"], unique=False)
        batch_op.create_index(batch_op.f("ix_customer_owner_id"), ["owner_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_customer_tier"), ["tier"], unique=False)
        batch_op.create_index(batch_op.f("ix_customer_unit_id"), ["unit_id"], unique=False)

    op.create_table(
        "definition_version",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("definition_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "number",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            nullable=True,
            comment="none until published",
        ),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("document", JSONDocument(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("note", sa.String(length=500), nullable=False),
        sa.Column(
            "scope", JSONDocument(), nullable=True, comment="unit ids that it holds for, none is the whole company"
        ),
        sa.Column("effective_from", sa.Date(), nullable=True, comment="none is from ever on"),
        sa.Column("published_at", UTCDateTime(), nullable=True),
        sa.Column("published_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.Column("created_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("edited_at", UTCDateTime(), nullable=False),
        sa.Column("edited_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column(
            "version_id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            nullable=False,
            comment="counts the edits; a save of an older one is a conflict",
        ),
        sa.ForeignKeyConstraint(["created_by"], ["member.id"], name=op.f("fk_definition_version_created_by")),
        sa.ForeignKeyConstraint(["definition_id"], ["definition.id"], name=op.f("fk_definition_version_definition_id")),
        sa.ForeignKeyConstraint(["edited_by"], ["member.id"], name=op.f("fk_definition_version_edited_by")),
        sa.ForeignKeyConstraint(["published_by"], ["member.id"], name=op.f("fk_definition_version_published_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_definition_version")),
        sa.UniqueConstraint("definition_id", "number", name=op.f("uq_definition_version_definition_id_number")),
    )
    with op.batch_alter_table("definition_version", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_definition_version_digest"), ["digest"], unique=False)
        batch_op.create_index("ix_definition_version_state", ["definition_id", "state"], unique=False)
        batch_op.create_index(
            "uq_definition_version_open",
            ["definition_id"],
            unique=True,
            sqlite_where=sa.text("number IS NULL"),
            postgresql_where=sa.text("number IS NULL"),
        )

    op.create_table(
        "fact",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("company_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("metric_key", sa.String(length=80), nullable=False),
        sa.Column(
            "unit_id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            nullable=False,
            comment="where it counts, once",
        ),
        sa.Column("member_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("product_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("period", sa.String(length=10), nullable=False, comment="2025-06-30, 2025-W27, 2025-06 or 2025-Q2"),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=False),
        sa.Column("value", sa.Double(), nullable=False, comment="in the metric's unit; exact to the fen below 10^13"),
        sa.Column("weight", sa.Double(), nullable=True, comment="what a rate is a rate of: its denominator"),
        sa.Column("source", sa.String(length=10), nullable=False, comment="api, csv, xlsx, form or rule"),
        sa.Column("source_ref", sa.String(length=120), nullable=False, comment="what the source calls it"),
        sa.Column("received_at", UTCDateTime(), nullable=False),
        sa.Column(
            "identity",
            sa.String(length=32),
            nullable=False,
            comment="digest of metric, unit, member, product, period and source_ref",
        ),
        sa.Column("revision", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("replaces_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.ForeignKeyConstraint(["company_id"], ["org_unit.id"], name=op.f("fk_fact_company_id")),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], name=op.f("fk_fact_member_id")),
        sa.ForeignKeyConstraint(["product_id"], ["product.id"], name=op.f("fk_fact_product_id")),
        sa.ForeignKeyConstraint(["replaces_id"], ["fact.id"], name=op.f("fk_fact_replaces_id")),
        sa.ForeignKeyConstraint(["unit_id"], ["org_unit.id"], name=op.f("fk_fact_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_fact")),
        sa.UniqueConstraint("company_id", "identity", "revision", name=op.f("uq_fact_company_id_identity_revision")),
        sa.UniqueConstraint("replaces_id", name=op.f("uq_fact_replaces_id")),
    )
    with op.batch_alter_table("fact", schema=None) as batch_op:
        batch_op.create_index(
            "ix_fact_company_id_metric_key_first_day", ["company_id", "metric_key", "first_day"], unique=False
        )
        batch_op.create_index(
            "ix_fact_member_id_metric_key_first_day", ["member_id", "metric_key", "first_day"], unique=False
        )
        batch_op.create_index(
            "ix_fact_unit_id_metric_key_first_day", ["unit_id", "metric_key", "first_day"], unique=False
        )

    op.create_table(
        "grant",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("member_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("role", sa.String(length=40), nullable=False),
        sa.Column("unit_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], name=op.f("fk_grant_member_id")),
        sa.ForeignKeyConstraint(["unit_id"], ["org_unit.id"], name=op.f("fk_grant_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_grant")),
        sa.UniqueConstraint("member_id", "role", "unit_id", name=op.f("uq_grant_member_id_role_unit_id")),
    )
    with op.batch_alter_table("grant", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_grant_member_id"), ["member_id"], unique=False)

    op.create_table(
        "invitation",
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("purpose", sa.String(length=10), nullable=False, comment="invite, reset or setup"),
        sa.Column("member_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.Column("expires_at", UTCDateTime(), nullable=False),
        sa.Column("used_at", UTCDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], name=op.f("fk_invitation_member_id")),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_invitation")),
    )
    with op.batch_alter_table("invitation", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_invitation_member_id"), ["member_id"], unique=False)

    op.create_table(
        "pack",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("company_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("key", sa.String(length=80), nullable=False),
        sa.Column("version", sa.String(length=20), nullable=False),
        sa.Column("title", JSONDocument(), nullable=False),
        sa.Column("installed_at", UTCDateTime(), nullable=False),
        sa.Column("installed_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.ForeignKeyConstraint(["company_id"], ["org_unit.id"], name=op.f("fk_pack_company_id")),
        sa.ForeignKeyConstraint(["installed_by"], ["member.id"], name=op.f("fk_pack_installed_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pack")),
        sa.UniqueConstraint("company_id", "key", name=op.f("uq_pack_company_id_key")),
    )
    op.create_table(
        "product_stage",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("product_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("stage", sa.String(length=40), nullable=False),
        sa.Column("from_day", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(["product_id"], ["product.id"], name=op.f("fk_product_stage_product_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_product_stage")),
        sa.UniqueConstraint("product_id", "from_day", name=op.f("uq_product_stage_product_id_from_day")),
    )
    with op.batch_alter_table("product_stage", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_product_stage_product_id"), ["product_id"], unique=False)

    op.create_table(
        "substitute",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("member_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("substitute_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=False),
        sa.Column("reason", sa.String(length=200), nullable=True),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], name=op.f("fk_substitute_member_id")),
        sa.ForeignKeyConstraint(["substitute_id"], ["member.id"], name=op.f("fk_substitute_substitute_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_substitute")),
    )
    with op.batch_alter_table("substitute", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_substitute_member_id"), ["member_id"], unique=False)

    op.create_table(
        "contact",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("customer_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("level", sa.String(length=40), nullable=False),
        sa.Column("department", sa.String(length=80), nullable=False),
        sa.ForeignKeyConstraint(["customer_id"], ["customer.id"], name=op.f("fk_contact_customer_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contact")),
    )
    with op.batch_alter_table("contact", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_contact_customer_id"), ["customer_id"], unique=False)

    op.create_table(
        "customer_owner",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("customer_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("member_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("from_day", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(["customer_id"], ["customer.id"], name=op.f("fk_customer_owner_customer_id")),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], name=op.f("fk_customer_owner_member_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_customer_owner")),
        sa.UniqueConstraint("customer_id", "from_day", name=op.f("uq_customer_owner_customer_id_from_day")),
    )
    with op.batch_alter_table("customer_owner", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_customer_owner_customer_id"), ["customer_id"], unique=False)

    op.create_table(
        "definition_review",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("company_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("version_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("note", sa.String(length=500), nullable=False),
        sa.Column("effective_from", sa.Date(), nullable=True, comment="none is the day of the approval"),
        sa.Column("submitted_at", UTCDateTime(), nullable=False),
        sa.Column("submitted_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("submitted_as", sa.String(length=40), nullable=False, comment="a role"),
        sa.Column("outcome", sa.String(length=10), nullable=True, comment="approved, returned or withdrawn"),
        sa.Column("decided_at", UTCDateTime(), nullable=True),
        sa.Column("decided_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("decided_as", sa.String(length=40), nullable=True, comment="a role"),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.ForeignKeyConstraint(["company_id"], ["org_unit.id"], name=op.f("fk_definition_review_company_id")),
        sa.ForeignKeyConstraint(["decided_by"], ["member.id"], name=op.f("fk_definition_review_decided_by")),
        sa.ForeignKeyConstraint(["submitted_by"], ["member.id"], name=op.f("fk_definition_review_submitted_by")),
        sa.ForeignKeyConstraint(
            ["version_id"], ["definition_version.id"], name=op.f("fk_definition_review_version_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_definition_review")),
    )
    with op.batch_alter_table("definition_review", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_definition_review_company_id"), ["company_id"], unique=False)
        batch_op.create_index(
            "uq_definition_review_open",
            ["version_id"],
            unique=True,
            sqlite_where=sa.text("outcome IS NULL"),
            postgresql_where=sa.text("outcome IS NULL"),
        )

    op.create_table(
        "goal_set",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("company_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("cycle_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "unit_id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            nullable=False,
            comment="the root of the split",
        ),
        sa.Column("cascade_key", sa.String(length=80), nullable=False),
        sa.Column("cascade_version_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "pins", JSONDocument(), nullable=False, comment="key → version id of every table and formula that it used"
        ),
        sa.Column("digest", sa.String(length=64), nullable=False, comment="of the tree that was previewed"),
        sa.Column("as_of", sa.Date(), nullable=False, comment="the day whose organisation was split"),
        sa.Column("base", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False, comment="yuan"),
        sa.Column("growth_pct", sa.String(length=20), nullable=False, comment="as typed: 15 is 15 %"),
        sa.Column("total", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False, comment="yuan"),
        sa.Column("locks", JSONDocument(), nullable=False, comment="node id → yuan that the split may not touch"),
        sa.Column("waiver", sa.String(), nullable=True, comment="why result goals may stand without behaviour (S8)"),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("replaces_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.Column("created_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("activated_at", UTCDateTime(), nullable=True),
        sa.Column("problem", sa.String(), nullable=True, comment="why it was discarded"),
        sa.ForeignKeyConstraint(
            ["cascade_version_id"], ["definition_version.id"], name=op.f("fk_goal_set_cascade_version_id")
        ),
        sa.ForeignKeyConstraint(["company_id"], ["org_unit.id"], name=op.f("fk_goal_set_company_id")),
        sa.ForeignKeyConstraint(["created_by"], ["member.id"], name=op.f("fk_goal_set_created_by")),
        sa.ForeignKeyConstraint(["cycle_id"], ["cycle.id"], name=op.f("fk_goal_set_cycle_id")),
        sa.ForeignKeyConstraint(["replaces_id"], ["goal_set.id"], name=op.f("fk_goal_set_replaces_id")),
        sa.ForeignKeyConstraint(["unit_id"], ["org_unit.id"], name=op.f("fk_goal_set_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_goal_set")),
    )
    with op.batch_alter_table("goal_set", schema=None) as batch_op:
        batch_op.create_index("ix_goal_set_company_id_state", ["company_id", "state"], unique=False)
        batch_op.create_index(
            "uq_goal_set_active",
            ["cycle_id", "unit_id", "cascade_key"],
            unique=True,
            sqlite_where=sa.text("state = 'active'"),
            postgresql_where=sa.text("state = 'active'"),
        )

    op.create_table(
        "pack_origin",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("pack_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("key", sa.String(length=80), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("document", JSONDocument(), nullable=False),
        sa.ForeignKeyConstraint(["pack_id"], ["pack.id"], name=op.f("fk_pack_origin_pack_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pack_origin")),
        sa.UniqueConstraint("pack_id", "kind", "key", name=op.f("uq_pack_origin_pack_id_kind_key")),
    )
    op.create_table(
        "schedule",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("company_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("key", sa.String(length=80), nullable=False),
        sa.Column("version_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("next_at", UTCDateTime(), nullable=True),
        sa.Column("last_at", UTCDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["company_id"], ["org_unit.id"], name=op.f("fk_schedule_company_id")),
        sa.ForeignKeyConstraint(["version_id"], ["definition_version.id"], name=op.f("fk_schedule_version_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_schedule")),
        sa.UniqueConstraint("company_id", "key", name=op.f("uq_schedule_company_id_key")),
    )
    op.create_table(
        "tactic",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("campaign_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("title", sa.String(length=160), nullable=False),
        sa.Column("owner_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("done_at", UTCDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaign.id"], name=op.f("fk_tactic_campaign_id")),
        sa.ForeignKeyConstraint(["owner_id"], ["member.id"], name=op.f("fk_tactic_owner_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tactic")),
    )
    with op.batch_alter_table("tactic", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_tactic_campaign_id"), ["campaign_id"], unique=False)

    op.create_table(
        "touch",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("company_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("customer_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("member_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False, comment="visit, contact, quote or meeting"),
        sa.Column("contact_level", sa.String(length=40), nullable=True, comment="whom he met"),
        sa.Column("source", sa.String(length=10), nullable=False),
        sa.Column("source_ref", sa.String(length=120), nullable=False),
        sa.Column("received_at", UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["company_id"], ["org_unit.id"], name=op.f("fk_touch_company_id")),
        sa.ForeignKeyConstraint(["customer_id"], ["customer.id"], name=op.f("fk_touch_customer_id")),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], name=op.f("fk_touch_member_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_touch")),
        sa.UniqueConstraint(
            "customer_id",
            "member_id",
            "day",
            "kind",
            "source_ref",
            name=op.f("uq_touch_customer_id_member_id_day_kind_source_ref"),
        ),
    )
    with op.batch_alter_table("touch", schema=None) as batch_op:
        batch_op.create_index("ix_touch_company_id_day", ["company_id", "day"], unique=False)
        batch_op.create_index(batch_op.f("ix_touch_member_id"), ["member_id"], unique=False)

    op.create_table(
        "goal",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("goal_set_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("node", sa.String(length=40), nullable=False, comment="u12 for a unit, m34 for a member"),
        sa.Column("parent", sa.String(length=40), nullable=True, comment="a node of the same set"),
        sa.Column(
            "path",
            sa.String(length=255).with_variant(sa.String(length=255, collation="C"), "postgresql"),
            nullable=False,
            comment="nodes from the root: /u1/u12/m34/",
        ),
        sa.Column("depth", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("level", sa.String(length=40), nullable=False, comment="a level of the company, or member"),
        sa.Column(
            "layer", sa.String(length=10), nullable=False, comment="strategic, campaign or tactic (战略/战役/战术)"
        ),
        sa.Column("unit_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("member_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("name", sa.String(length=160), nullable=False),
        sa.Column("target", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "reserve",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            nullable=False,
            comment="机动额: what of the target no child carries",
        ),
        sa.Column(
            "history",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            nullable=False,
            comment="last year's actual, scaled to the base that was entered",
        ),
        sa.Column("locked", sa.Boolean(), nullable=False),
        sa.Column(
            "booked",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            nullable=False,
            comment="actual so far; the least that a new split may give",
        ),
        sa.Column(
            "split",
            JSONDocument(),
            nullable=False,
            comment="the target over time and product lines, each summing to it",
        ),
        sa.Column("why", JSONDocument(), nullable=False, comment="inputs, rows and formulas that gave the target"),
        sa.ForeignKeyConstraint(["goal_set_id"], ["goal_set.id"], name=op.f("fk_goal_goal_set_id")),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], name=op.f("fk_goal_member_id")),
        sa.ForeignKeyConstraint(["unit_id"], ["org_unit.id"], name=op.f("fk_goal_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_goal")),
        sa.UniqueConstraint("goal_set_id", "node", name=op.f("uq_goal_goal_set_id_node")),
    )
    with op.batch_alter_table("goal", schema=None) as batch_op:
        batch_op.create_index("ix_goal_goal_set_id_path", ["goal_set_id", "path"], unique=False)
        batch_op.create_index("ix_goal_member_id_goal_set_id", ["member_id", "goal_set_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_goal_unit_id"), ["unit_id"], unique=False)

    op.create_table(
        "task",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("company_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("member_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("goal_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("week", sa.String(length=8), nullable=False, comment="ISO week, 2025-W27"),
        sa.Column("template", sa.String(length=160), nullable=False, comment="cascade key and task id"),
        sa.Column("cascade_version_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("title", JSONDocument(), nullable=False, comment="rendered, {zh, en}"),
        sa.Column(
            "tier", sa.String(length=10), nullable=False, comment="base (never swappable), routine or remedy (补救)"
        ),
        sa.Column("value", sa.Double(), nullable=False),
        sa.Column("needed", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("done", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("customer_tier", sa.String(length=40), nullable=True),
        sa.Column("contact_level", sa.String(length=40), nullable=True),
        sa.Column("link", sa.String(length=40), nullable=True, comment="which link template opens the customer"),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("why", JSONDocument(), nullable=False),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["cascade_version_id"], ["definition_version.id"], name=op.f("fk_task_cascade_version_id")
        ),
        sa.ForeignKeyConstraint(["company_id"], ["org_unit.id"], name=op.f("fk_task_company_id")),
        sa.ForeignKeyConstraint(["goal_id"], ["goal.id"], name=op.f("fk_task_goal_id")),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], name=op.f("fk_task_member_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_task")),
        sa.UniqueConstraint("member_id", "week", "template", name=op.f("uq_task_member_id_week_template")),
    )
    with op.batch_alter_table("task", schema=None) as batch_op:
        batch_op.create_index("ix_task_company_id_week", ["company_id", "week"], unique=False)
        batch_op.create_index(batch_op.f("ix_task_goal_id"), ["goal_id"], unique=False)

    op.create_table(
        "task_item",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("task_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("customer_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("contact_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("done_at", UTCDateTime(), nullable=True),
        sa.Column("evidence", JSONDocument(), nullable=True, comment="{at, place, note, photo}"),
        sa.ForeignKeyConstraint(["contact_id"], ["contact.id"], name=op.f("fk_task_item_contact_id")),
        sa.ForeignKeyConstraint(["customer_id"], ["customer.id"], name=op.f("fk_task_item_customer_id")),
        sa.ForeignKeyConstraint(["task_id"], ["task.id"], name=op.f("fk_task_item_task_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_task_item")),
        sa.UniqueConstraint("task_id", "customer_id", name=op.f("uq_task_item_task_id_customer_id")),
    )
    with op.batch_alter_table("task_item", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_task_item_customer_id"), ["customer_id"], unique=False)

    # Tables that refer to each other: SQLite took the key with the table, PostgreSQL takes it now.
    if op.get_bind().dialect.name == "postgresql":
        op.create_foreign_key("fk_org_unit_head_id", "org_unit", "member", ["head_id"], ["id"])


# There is no way down: a backup was made before this ran, and `guantong restore` brings it back.
