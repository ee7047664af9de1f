"""One set of models for SQLite and PostgreSQL.

SQLite is opened in WAL mode; a transaction that may write begins IMMEDIATE, behind a lock of this process: deferred
transactions that turn into writers fail with "database is locked", and writers that poll for the lock starve each
other. A request that only reads (GET, HEAD, OPTIONS) gets a plain BEGIN, so it never waits for a writer, and on both
databases a transaction that refuses to write.
"""

import datetime as dt
import json
import threading
from functools import cache
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from flask import Flask, has_request_context, request
from flask_sqlalchemy import SQLAlchemy
from flask_sqlalchemy.session import Session as FlaskSession
from sqlalchemy import event, types
from sqlalchemy.engine import Connection, Dialect, Engine
from sqlalchemy.orm import DeclarativeBase, make_transient_to_detached, registry

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
WRITER_WAIT = 30.0  # seconds; a write transaction takes milliseconds, so this is a fault, not a queue

Document = dict[str, Any]


class JSONDocument(types.TypeDecorator[Any]):
    """A JSON value kept as text-like JSON. Values are immutable: assign a new one to change it."""

    impl = sa.JSON
    cache_ok = True


class UTCDateTime(types.TypeDecorator[dt.datetime]):
    """An aware moment. Naive values are refused: nobody can say later what they meant."""

    impl = sa.DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: dt.datetime | None, dialect: Dialect) -> dt.datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"naive time {value!r}")
        return value.astimezone(dt.UTC)

    def process_result_value(self, value: dt.datetime | None, dialect: Dialect) -> dt.datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=dt.UTC) if value.tzinfo is None else value.astimezone(dt.UTC)


class Base(DeclarativeBase):
    registry = registry(
        metadata=sa.MetaData(
            naming_convention={
                "ix": "ix_%(column_0_N_label)s",
                "uq": "uq_%(table_name)s_%(column_0_N_name)s",
                "ck": "ck_%(table_name)s_%(constraint_name)s",
                "fk": "fk_%(table_name)s_%(column_0_N_name)s",
                "pk": "pk_%(table_name)s",
            }
        ),
        type_annotation_map={
            dt.datetime: UTCDateTime,
            Document: JSONDocument,
            list[Any]: JSONDocument,
            list[str]: JSONDocument,
            int: sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
        },
    )


class Session(FlaskSession):
    """Knows whether the request may write, before its first statement."""

    def __init__(self, db: SQLAlchemy, **kwargs: Any) -> None:
        if has_request_context() and request.method in SAFE_METHODS:
            kwargs.setdefault("execution_options", {"read_only": True})
        super().__init__(db, **kwargs)


def dump_json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":"))


db = SQLAlchemy(
    model_class=Base,
    session_options={"class_": Session, "expire_on_commit": False},
    # Room for every thread of the embedded server at once: one that waits to write must not keep readers out.
    engine_options={"json_serializer": dump_json, "pool_size": 20, "max_overflow": 30, "pool_pre_ping": True},
)

if TYPE_CHECKING:

    class Model(Base):
        __abstract__ = True
else:
    Model = db.Model


def insert_now(record: Any) -> None:
    """Write one new record now, past the unit of work, which takes three times as long; it is in the session then as
    if it had been read. For what every request of a busy page writes. Raises IntegrityError."""
    table = record.__table__
    given = {name: value for name, value in vars(record).items() if name in table.columns}
    found: Any = db.session.execute(_insert_into(table), given)
    record.id = found.inserted_primary_key[0]
    make_transient_to_detached(record)
    db.session.add(record)


@cache
def _insert_into(table: sa.Table) -> sa.Insert:
    return sa.insert(table)


def init_app(app: Flask) -> None:
    db.init_app(app)
    with app.app_context():
        open_well(db.engine)


def open_well(engine: Engine) -> None:
    """Make an engine begin its transactions as described above."""
    if engine.dialect.name == "sqlite":
        _open_sqlite_well(engine)
    else:
        event.listen(engine, "begin", _begin_on_postgres)


def only_reads(connection: Connection) -> bool:
    return bool(connection.get_execution_options().get("read_only"))


def _begin_on_postgres(connection: Connection) -> None:
    # psycopg sends READ ONLY within its BEGIN, so this costs no round trip.
    driver: Any = connection.connection.dbapi_connection
    driver.read_only = only_reads(connection) or None


def _open_sqlite_well(engine: Engine) -> None:
    writer = threading.Lock()

    @event.listens_for(engine, "connect")
    def _pragmas(connection: Any, _record: Any) -> None:
        connection.isolation_level = None
        for pragma in ("journal_mode=WAL", "synchronous=NORMAL", "foreign_keys=ON", "busy_timeout=5000"):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        reads = only_reads(connection)
        if connection.info.get("query_only", False) != reads:
            connection.exec_driver_sql(f"PRAGMA query_only={int(reads)}")
            connection.info["query_only"] = reads
        if not reads and not connection.info.get("writes"):
            if not writer.acquire(timeout=WRITER_WAIT):
                raise sa.exc.TimeoutError("another write transaction of this process does not end")
            connection.info["writes"] = True
        connection.exec_driver_sql("BEGIN" if reads else "BEGIN IMMEDIATE")

    @event.listens_for(engine, "checkin")
    def _free(_dbapi: Any, record: Any) -> None:
        # Not on "commit": that fires before COMMIT is sent, and the next writer would find the file still locked.
        if record.info.pop("writes", False):
            writer.release()


# A materialised path such as "/1/12/": compared byte by byte on every database, so that a prefix is a range.
PathText = sa.String(255).with_variant(sa.String(255, collation="C"), "postgresql")


def like_prefix(column: Any, prefix: str) -> sa.ColumnElement[bool]:
    """A `PathText` column starts with `prefix`; written as a range, so that its index can serve it."""
    return sa.and_(column >= prefix, column < prefix[:-1] + chr(ord(prefix[-1]) + 1))
