"""Know which open page kept a draft last"""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    comment = "the open page that kept the draft last"
    with op.batch_alter_table("submission") as table:
        table.add_column(sa.Column("page", sa.String(length=40), nullable=True, comment=comment))


# There is no way down: a backup was made before this ran, and `guantong restore` brings it back.
