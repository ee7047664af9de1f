"""The schema of the database and its revisions; the steps themselves stand in `migrations/versions`."""

import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy.engine import Connection

from core.config import CHECKOUT
from core.db import db
from core.errors import AppError

FOLDER = CHECKOUT / "migrations"


def upgrade(connection: Connection | None = None, revision: str = "head") -> None:
    """Run the steps up to a revision, on the installation's database or within a transaction of the caller."""
    config = alembic_config()
    config.attributes["connection"] = connection
    command.upgrade(config, revision)


def revision_of(connection: Connection) -> str | None:
    return MigrationContext.configure(connection).get_current_revision()


def current_revision() -> str | None:
    with db.engine.connect().execution_options(read_only=True) as connection:
        return revision_of(connection)


def newest_revision() -> str | None:
    return ScriptDirectory.from_config(alembic_config()).get_current_head()


def refuse_unknown(revision: str) -> None:
    """Raises when the revision is not one of ours: the data were written by a newer product."""
    if revision not in {script.revision for script in ScriptDirectory.from_config(alembic_config()).walk_revisions()}:
        raise AppError(
            f"These data have the schema {revision}, which this version of Guantong does not know. "
            "A newer version wrote them: install that one."
        )


def refuse_foreign_tables() -> None:
    """Raises when the database has tables but no revision: creating ours beside them would mix two products."""
    with db.engine.connect().execution_options(read_only=True) as connection:
        tables = sorted(sa.inspect(connection).get_table_names())
    if tables:
        raise AppError(
            f"The database holds tables ({', '.join(tables[:3])} …) but no schema version of Guantong. "
            "Name an empty database in DATABASE_URL, or restore a backup."
        )


def refuse_other_shape(connection: Connection) -> None:
    """Raises when a table or column of ours is missing."""
    inspector = sa.inspect(connection)
    present = {name: {column["name"] for column in inspector.get_columns(name)} for name in inspector.get_table_names()}
    for table in db.metadata.sorted_tables:
        missing = {column.name for column in table.columns} - present.get(table.name, set())
        if missing:
            raise AppError(f"The table {table.name} lacks {', '.join(sorted(missing))}: these are not our data.")


def alembic_config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(FOLDER).replace("%", "%%"))
    return config
