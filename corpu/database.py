"""The declarative base, identifiers and column types that every model shares.

Two databases are served with the same code: SQLite as the embedded default and
PostgreSQL. Each type below keeps the promise that a value comes back exactly as
it went in on both.
"""

import secrets
import sqlite3
import time
from contextvars import ContextVar
from datetime import UTC, date, datetime
from decimal import Decimal
from enum import StrEnum
from functools import cache, lru_cache
from typing import Any, cast
from uuid import UUID

from sqlalchemy import (
    JSON,
    BigInteger,
    ColumnElement,
    CursorResult,
    Date,
    DateTime,
    Dialect,
    Engine,
    Index,
    LargeBinary,
    MetaData,
    Numeric,
    String,
    Table,
    TypeDecorator,
    Uuid,
    any_,
    bindparam,
    event,
    text,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.exc import DisconnectionError
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column
from sqlalchemy.pool import Pool
from sqlalchemy.sql.functions import FunctionElement
from sqlalchemy.types import TypeEngine

# True while a unit of work is open: SQLite must then take its write lock at BEGIN,
# because a transaction that reads first and writes later fails at once when another
# one has committed in between.
writing: ContextVar[bool] = ContextVar("writing", default=False)
RESTED = 5.0  # seconds after which a connection is asked whether it still stands
# Seconds that this unit of work waits for a lock; None for the usual ten.
patience: ContextVar[float | None] = ContextVar("patience", default=None)


def uuid7() -> UUID:
    """A time-ordered identifier (RFC 9562, version 7): 48 bits of milliseconds, 74 random."""
    stamp = int(time.time() * 1000) & 0xFFFF_FFFF_FFFF
    random = secrets.randbits(74)
    value = stamp << 80 | 0x7 << 76 | (random >> 62) << 64 | 0b10 << 62 | random & (1 << 62) - 1
    return UUID(int=value)


class Identifier(TypeDecorator[UUID]):
    """A UUID: native on PostgreSQL, 16 bytes on SQLite."""

    impl = LargeBinary(16)
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        if dialect.name == "postgresql":
            return dialect.type_descriptor(Uuid())
        return dialect.type_descriptor(LargeBinary(16))

    def process_bind_param(self, value: UUID | None, dialect: Dialect) -> Any:
        if value is None or dialect.name == "postgresql":
            return value
        return value.bytes

    def process_result_value(self, value: Any, dialect: Dialect) -> UUID | None:
        if value is None or isinstance(value, UUID):
            return value
        return _uuid_of(bytes(value))


@lru_cache(maxsize=16384)
def _uuid_of(value: bytes) -> UUID:
    """Reading a team of five hundred meets the same identifiers some thousand times."""
    return UUID(bytes=value)


class UTCDateTime(TypeDecorator[datetime]):
    """Aware UTC in Python; anything naive is a bug and refused."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"naive datetime: {value!r}")
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Exact(TypeDecorator[Decimal]):
    """A Decimal with a fixed number of decimals, exact on both databases.

    SQLite has no decimal type, so there the value is kept as a whole number of its
    smallest unit: sums and comparisons in SQL stay exact. CHECK constraints on such
    a column may therefore compare with zero only.
    """

    impl = Numeric
    cache_ok = True

    def __init__(self, precision: int, scale: int) -> None:
        super().__init__(precision, scale)
        self.precision, self.scale = precision, scale

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        if dialect.name == "sqlite":
            return dialect.type_descriptor(BigInteger())
        return dialect.type_descriptor(Numeric(self.precision, self.scale))

    def process_bind_param(self, value: Decimal | int | None, dialect: Dialect) -> Any:
        if value is None:
            return None
        scaled = Decimal(value).scaleb(self.scale)
        if scaled != scaled.to_integral_value():
            raise ValueError(f"{value} has more than {self.scale} decimals")
        return int(scaled) if dialect.name == "sqlite" else Decimal(value)

    def process_result_value(self, value: Any, dialect: Dialect) -> Decimal | None:
        if value is None:
            return None
        if dialect.name == "sqlite":
            return Decimal(value).scaleb(-self.scale)
        return Decimal(value).quantize(Decimal(1).scaleb(-self.scale))


class Words(TypeDecorator[StrEnum]):
    """An enum stored as the word people read; the model adds the CHECK."""

    impl = String(32)
    cache_ok = True

    def __init__(self, enum: type[StrEnum]) -> None:
        super().__init__(32)
        self.enum = enum

    def process_bind_param(self, value: StrEnum | str | None, dialect: Dialect) -> str | None:
        return None if value is None else self.enum(value).value

    def process_result_value(self, value: str | None, dialect: Dialect) -> StrEnum | None:
        return None if value is None else self.enum(value)


Json = JSON().with_variant(JSONB(), "postgresql")
# SQL's NULL for None, not JSON's: statistics count what is there.
JsonOrNull = JSON(none_as_null=True).with_variant(JSONB(none_as_null=True), "postgresql")
JP = Exact(6, 2)  # learning hours of 45 minutes
Score = Exact(7, 4)  # 0 to 100
Points = Exact(9, 4)


class Base(DeclarativeBase):
    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map = {
        UUID: Identifier,
        datetime: UTCDateTime,
        date: Date,
        dict[str, Any]: Json,
        list[Any]: Json,
    }


class HasId:
    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid7)


class rows_as_json(FunctionElement[Any]):  # noqa: N801 - it reads as a function in a select
    """An aggregate that gathers the columns of all rows as one JSON list of lists."""

    type = Json
    inherit_cache = True


@compiles(rows_as_json, "sqlite")
def _rows_on_sqlite(element: Any, compiler: Any, **kwargs: Any) -> str:
    return f"json_group_array(json_array({compiler.process(element.clauses, **kwargs)}))"


@compiles(rows_as_json, "postgresql")
def _rows_on_postgresql(element: Any, compiler: Any, **kwargs: Any) -> str:
    columns = compiler.process(element.clauses, **kwargs)
    return f"coalesce(json_agg(json_build_array({columns})), '[]')"


def among(dialect: str, column: Any, name: str) -> ColumnElement[bool]:
    """The condition that an identifier is among a list of values, handed over under a name: one
    array on PostgreSQL, where hundreds of single values cost more than what is read."""
    if dialect == "postgresql":
        return cast(ColumnElement[bool], column == any_(bindparam(name, type_=ARRAY(Uuid))))
    return cast(ColumnElement[bool], column.in_(bindparam(name, expanding=True)))


def one_of(column: str, enum: type[StrEnum]) -> str:
    """The text of a CHECK that admits just the words of an enum."""
    words = ", ".join(f"'{member.value}'" for member in enum)
    return f"{column} IN ({words})"


def unique_while(name: str, *columns: str, where: str) -> Index:
    """A partial unique index: a promise that holds among the rows of a condition."""
    condition = text(where)
    return Index(name, *columns, unique=True, postgresql_where=condition, sqlite_where=condition)


def upsert(
    session: Session,
    model: type[Base],
    key: dict[str, Any],
    changes: dict[str, Any],
    *,
    newer_by: str | None = None,
    **first: Any,
) -> bool:
    """Insert a row, or change the one with this key: one statement on either database.

    `first` are values of a new row only; a row that stands is changed only where the column
    `newer_by` grows. Answers whether anything was written. The identity map is passed by: for
    tables that the same unit of work does not hold as entities.
    """
    statement = _upsert(session.get_bind().dialect.name, model, (*key,), (*changes,), newer_by)
    result = session.execute(statement, key | changes | first)
    return bool(cast("CursorResult[Any]", result).rowcount)


def insert_unless_taken(session: Session, model: Any, values: dict[str, Any]) -> Any:
    """Insert a row and answer its entity, or None where another one holds what must be unique:
    one statement, and the transaction goes on as if nothing had been tried."""
    dialect = session.get_bind().dialect.name
    return session.scalar(_insert_unless_taken(dialect, model), values)


@cache
def _insert_unless_taken(dialect: str, model: Any) -> Any:
    new: Any = postgresql.insert(model) if dialect == "postgresql" else sqlite.insert(model)
    return new.on_conflict_do_nothing().returning(model)


def upsert_all(
    session: Session, model: type[Base], key: tuple[str, ...], rows: list[dict[str, Any]]
) -> None:
    """The same for rows that name the same columns, `key` among them."""
    if rows:
        changes = tuple(name for name in rows[0] if name not in key)
        session.execute(_upsert(session.get_bind().dialect.name, model, key, changes, None), rows)


@cache
def _upsert(
    dialect: str,
    model: type[Base],
    key: tuple[str, ...],
    changes: tuple[str, ...],
    newer_by: str | None,
) -> Any:
    """Built once for each set of columns: a phone asks for it with every answer."""
    table = cast(Table, model.__table__)
    new: Any = postgresql.insert(table) if dialect == "postgresql" else sqlite.insert(table)
    return new.on_conflict_do_update(
        index_elements=key,
        set_={name: new.excluded[name] for name in changes},
        where=new.excluded[newer_by] > table.c[newer_by] if newer_by else None,
    )


@event.listens_for(Engine, "connect")
def _prepare_sqlite(connection: Any, _record: Any) -> None:
    """Leave transactions to SQLAlchemy, honour foreign keys, survive a power cut."""
    if isinstance(connection, sqlite3.Connection):
        connection.isolation_level = None
        connection.execute("PRAGMA busy_timeout = 10000")
        connection.execute("PRAGMA foreign_keys = ON")
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = FULL")


@event.listens_for(Engine, "begin")
def _begin(connection: Any) -> None:
    wait = patience.get()
    if connection.dialect.name != "sqlite":
        if wait is not None:
            connection.exec_driver_sql(f"SET LOCAL lock_timeout = {int(wait * 1000)}")
        return
    if wait is not None:
        connection.exec_driver_sql(f"PRAGMA busy_timeout = {int(wait * 1000)}")
    try:
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writing.get() else "BEGIN")
    finally:
        if wait is not None:
            connection.exec_driver_sql("PRAGMA busy_timeout = 10000")


@event.listens_for(Pool, "checkin")
def _note_rest(_connection: Any, record: Any) -> None:
    record.info["resting_since"] = time.monotonic()


@event.listens_for(Pool, "checkout")
def _wake(connection: Any, record: Any, _proxy: Any) -> None:
    """Ask a connection that has rested whether it still stands; one used a moment ago does.

    A ping at every checkout would cost as much as a statement. Where it does not answer, the
    pool opens another.
    """
    rested = time.monotonic() - record.info.get("resting_since", time.monotonic())
    if rested < RESTED or isinstance(connection, sqlite3.Connection):
        return
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
        connection.rollback()
    except Exception as error:
        raise DisconnectionError from error
