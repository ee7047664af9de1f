"""Remember whether a submitter knows how it ended"""

import sqlalchemy as sa
from alembic import op

from core.db import UTCDateTime

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    comment = "when the submitter said that he knows how it ended"
    with op.batch_alter_table("definition_review") as table:
        table.add_column(sa.Column("seen_at", UTCDateTime(), nullable=True, comment=comment))
    # What ended before this column was there is no news.
    op.execute("UPDATE definition_review SET seen_at = decided_at WHERE outcome IS NOT NULL")


# There is no way down: a backup was made before this ran, and `guantong restore` brings it back.
