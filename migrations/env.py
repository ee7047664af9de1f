"""How Alembic changes this database: all steps in one transaction, or none.

SQLite changes a table by copying it: with foreign keys on, dropping the old one would delete the rows of other tables
that refer to it. They are off while the steps run, and checked before the commit. On PostgreSQL a lock makes a second
process that starts at the same time wait, and then find nothing to do.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import sqlalchemy as sa
from alembic import context
from alembic.autogenerate.api import AutogenContext
from sqlalchemy.engine import Connection

from core.db import JSONDocument, UTCDateTime, db

LOCK = 7_814_382_001  # any number, as long as it stays


def run() -> None:
    given: Connection | None = context.config.attributes.get("connection")
    if given is not None:
        _migrate(given)
        return
    with db.engine.connect() as connection:
        _migrate(connection)


def _migrate(connection: Connection) -> None:
    context.configure(
        connection=connection,
        target_metadata=db.metadata,
        render_item=_render_item,
        include_object=_include_object,
        render_as_batch=True,
        transactional_ddl=True,
        user_module_prefix="core.db.",
    )
    with _foreign_keys_off(connection), context.begin_transaction():
        if connection.dialect.name == "postgresql":
            connection.execute(sa.select(sa.func.pg_advisory_xact_lock(LOCK)))
        context.run_migrations()
        _refuse_orphans(connection)


@contextmanager
def _foreign_keys_off(connection: Connection) -> Iterator[None]:
    if connection.dialect.name != "sqlite":
        yield
        return
    raw: Any = connection.connection.driver_connection
    raw.execute("PRAGMA foreign_keys=OFF")  # has no effect once a transaction has begun
    try:
        yield
    finally:
        raw.execute("PRAGMA foreign_keys=ON")


def _refuse_orphans(connection: Connection) -> None:
    if connection.dialect.name != "sqlite":
        return
    orphans = connection.exec_driver_sql("PRAGMA foreign_key_check").fetchall()
    if orphans:
        raise RuntimeError(f"the migration leaves rows that refer to nothing: {orphans[:5]}")


def _render_item(kind: str, item: Any, autogen: AutogenContext) -> str | bool:
    if kind == "type" and isinstance(item, JSONDocument | UTCDateTime):
        autogen.imports.add("from core.db import JSONDocument, UTCDateTime")
        return f"{type(item).__name__}()"
    return False


def _include_object(item: Any, name: str | None, kind: str, reflected: bool, compared: Any) -> bool:
    """What the models make on the other database only (`ddl_if`) is not missing on this one."""
    rule = getattr(item, "_ddl_if", None)
    return rule is None or rule.dialect in (None, context.get_context().dialect.name)


run()
