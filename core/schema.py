"""The schema of the database and its revisions; the steps themselves stand in `migrations/versions`.

Every start asks whether there is something to do, and hardly ever is there: Alembic is loaded only to run the steps.
"""

import re
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from core.config import CHECKOUT
from core.db import db
from core.errors import AppError
from core.later import Later

command, config = Later("alembic.command"), Later("alembic.config")

FOLDER = CHECKOUT / "migrations"
VERSION = sa.table("alembic_version", sa.column("version_num", sa.String))


def upgrade(connection: Connection | None = None, revision: str = "head") -> None:
    """Run the steps up to a revision, on the installation's database or within a transaction of the caller."""
    chosen = alembic_config()
    chosen.attributes["connection"] = connection
    command.upgrade(chosen, revision)


def write_step(what: str) -> str:
    """Write the file of a new step, and return its path. Read what stands in it and give it a short name."""
    script = command.revision(alembic_config(), what, autogenerate=True)
    return str(script.path)


def revision_of(connection: Connection) -> str | None:
    if not sa.inspect(connection).has_table(VERSION.name):
        return None
    return connection.scalar(sa.select(VERSION.c.version_num))


def current_revision() -> str | None:
    with db.engine.connect().execution_options(read_only=True) as connection:
        return revision_of(connection)


def newest_revision() -> str:
    """The step that no other one follows."""
    steps = _steps()
    (newest,) = steps.keys() - steps.values()
    return newest


def _steps() -> dict[str, str | None]:
    """Every revision and the one before it, out of the text of the steps."""
    texts = [file.read_text("utf-8") for file in (FOLDER / "versions").glob("*.py")]
    return {_said("revision", text) or "": _said("down_revision", text) for text in texts}


def _said(name: str, text: str) -> str | None:
    found = re.search(rf"^{name} = ['\"](\w+)['\"]$", text, re.MULTILINE)
    return found and found[1]


def refuse_unknown(revision: str) -> None:
    """Raises when the revision is not one of ours: the data were written by a newer product."""
    if revision not in _steps():
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


def alembic_config() -> Any:
    chosen = config.Config()
    chosen.set_main_option("script_location", str(FOLDER).replace("%", "%%"))
    return chosen
