"""Keep with a review who would move"""

import sqlalchemy as sa
from alembic import op

from core.db import JSONDocument

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    comment = "who would move, as the author saw it; none where nobody gets a number"
    with op.batch_alter_table("definition_review") as table:
        table.add_column(sa.Column("what_if", JSONDocument(), nullable=True, comment=comment))


# There is no way down: a backup was made before this ran, and `guantong restore` brings it back.
