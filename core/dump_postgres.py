"""The PostgreSQL part of backups: every table by COPY, out of one snapshot and into one transaction."""

from collections.abc import Iterable, Iterator
from typing import Any

import psycopg
import sqlalchemy as sa
from psycopg import sql
from sqlalchemy.engine import Connection, Engine

from core import schema
from core.archive import Archive
from core.errors import AppError

VERSION_TABLE = "alembic_version"  # the manifest says it, and the migrations write it
LOCK_WAIT = "5s"


def entries(engine: Engine) -> Iterator[tuple[str, Iterable[bytes]]]:
    options = {"isolation_level": "REPEATABLE READ", "read_only": True}
    with engine.connect().execution_options(**options) as connection:
        for table in sorted(set(sa.inspect(connection).get_table_names()) - {VERSION_TABLE}):
            yield f"tables/{table}.copy", _copy_out(connection, table)


def load(backup: Archive, connection: Connection) -> None:
    """Replace all tables by those of the backup, brought to the newest schema. Raises AppError; commits nothing."""
    try:
        connection.exec_driver_sql(f"SET LOCAL lock_timeout = '{LOCK_WAIT}'")
        _drop_tables(connection)
        schema.upgrade(connection, backup.facts["schema"])
        _fill_tables(backup, connection)
        _continue_sequences(connection)
        schema.upgrade(connection)
        schema.refuse_other_shape(connection)
    except (sa.exc.OperationalError, psycopg.errors.LockNotAvailable) as error:
        raise AppError("The database is in use. Stop the server first, then restore.", str(error)) from error
    except (sa.exc.DBAPIError, psycopg.Error) as error:
        raise AppError("The backup is damaged: its rows do not fit its schema.", str(error)) from error


def _copy_out(connection: Connection, table: str) -> Iterator[bytes]:
    columns = [column["name"] for column in sa.inspect(connection).get_columns(table)]
    yield ("\t".join(columns) + "\n").encode()
    statement = sql.SQL("COPY {} ({}) TO STDOUT").format(sql.Identifier(table), _names(columns))
    with _driver(connection).cursor() as cursor, cursor.copy(statement) as rows:
        for block in rows:
            yield bytes(block)


def _fill_tables(backup: Archive, connection: Connection) -> None:
    """Foreign keys stand aside meanwhile: units name their heads, and heads their units."""
    keys = _foreign_keys(connection)
    for table, name, _definition in keys:
        _execute(connection, "ALTER TABLE {} DROP CONSTRAINT {}", table, name)
    known = set(sa.inspect(connection).get_table_names())
    for entry in backup.names("tables/"):
        table = entry.removeprefix("tables/").removesuffix(".copy")
        if table not in known - {VERSION_TABLE}:
            raise AppError(f"The backup holds a table {table}, which is not ours.")
        _copy_in(connection, table, backup.blocks(entry))
    for table, name, definition in keys:
        _execute(connection, f"ALTER TABLE {{}} ADD CONSTRAINT {{}} {definition}", table, name)


def _copy_in(connection: Connection, table: str, blocks: Iterator[bytes]) -> None:
    """The first line names the columns; the rest is COPY's own text."""
    names, _, rest = next(blocks, b"").partition(b"\n")
    columns = _names(names.decode(errors="replace").split("\t"))
    statement = sql.SQL("COPY {} ({}) FROM STDIN").format(sql.Identifier(table), columns)
    with _driver(connection).cursor() as cursor, cursor.copy(statement) as rows:
        rows.write(rest)
        for block in blocks:
            rows.write(block)


def _drop_tables(connection: Connection) -> None:
    for table in sa.inspect(connection).get_table_names():
        _execute(connection, "DROP TABLE {} CASCADE", table)


def _foreign_keys(connection: Connection) -> list[tuple[str, str, str]]:
    """(table, name, definition)"""
    query = """
        SELECT c.relname, k.conname, pg_get_constraintdef(k.oid)
        FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid
        WHERE k.contype = 'f' AND k.connamespace = current_schema()::regnamespace ORDER BY 1, 2
    """
    return [(row[0], row[1], row[2]) for row in connection.exec_driver_sql(query)]


def _continue_sequences(connection: Connection) -> None:
    """A new row's id follows the highest restored one."""
    query = """
        SELECT table_name, column_name FROM information_schema.columns
        WHERE table_schema = current_schema() AND (column_default LIKE 'nextval(%%' OR is_identity = 'YES')
    """
    for table, column in connection.exec_driver_sql(query).all():
        highest = "SELECT setval(pg_get_serial_sequence({table}, {name}), max({column})) FROM {source}"
        parts = {
            "table": sql.Literal(f'"{table}"'),
            "name": sql.Literal(column),
            "column": sql.Identifier(column),
            "source": sql.Identifier(table),
        }
        _driver(connection).execute(sql.SQL(highest).format(**parts))


def _execute(connection: Connection, statement: str, *names: str) -> None:
    _driver(connection).execute(sql.SQL(statement).format(*map(sql.Identifier, names)))


def _names(columns: Iterable[str]) -> sql.Composed:
    return sql.SQL(", ").join(map(sql.Identifier, columns))


def _driver(connection: Connection) -> "psycopg.Connection[Any]":
    driver: Any = connection.connection.driver_connection
    return driver  # type: ignore[no-any-return]
