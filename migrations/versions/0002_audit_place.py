"""Give each sealed audit row its place in the chain"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    number = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    comment = "in the chain; ids do not serve, a lower one may be committed later"
    with op.batch_alter_table("audit_event") as table:
        table.add_column(sa.Column("place", number, nullable=True, comment=comment))
        table.create_unique_constraint("uq_audit_event_place", ["place"])
    # Until now the chain went by id.
    op.execute(
        """
        UPDATE audit_event SET place = chain.place
        FROM (SELECT id, row_number() OVER (ORDER BY id) AS place FROM audit_event WHERE seal IS NOT NULL) AS chain
        WHERE audit_event.id = chain.id
        """
    )


# There is no way down: a backup was made before this ran, and `guantong restore` brings it back.
