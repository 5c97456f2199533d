"""Columns for what databases keep in different ways, or do not have: money, exact numbers, moments, JSON, flags.

Money, quantities and rates are exact decimals and moments are aware UTC in every database: SQLite has neither type, so
it keeps both as text. Text that is a number is never compared, summed or sorted in SQL ('9' > '10').
"""

import json
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import BigInteger, DateTime, Dialect, Integer, Numeric, String, Text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.types import TypeDecorator, TypeEngine

from ledger.canonical_json import canonical
from ledger.exact import exact

Id = BigInteger().with_variant(Integer, "sqlite")
"""A row's number; in SQLite it is the row's own, which must be declared INTEGER."""


class Money(TypeDecorator[Decimal]):
    """An exact decimal: NUMERIC where the database has it, text in SQLite."""

    impl = Numeric(38, 18)
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """Choose the column's type."""
        if dialect.name == "sqlite":
            return dialect.type_descriptor(String(64))
        return dialect.type_descriptor(Numeric(38, 18))

    def process_bind_param(self, value: Decimal | None, dialect: Dialect) -> object:
        """Write a Decimal."""
        if value is None or dialect.name != "sqlite":
            return value
        return format(value, "f")

    def process_result_value(self, value: object, dialect: Dialect) -> Decimal | None:  # noqa: ARG002
        """Read a Decimal."""
        return None if value is None else Decimal(str(value))


class Moment(TypeDecorator[datetime]):
    """An aware UTC moment with microseconds: TIMESTAMPTZ where the database has it, text in SQLite."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """Choose the column's type."""
        if dialect.name == "sqlite":
            return dialect.type_descriptor(String(32))
        return dialect.type_descriptor(DateTime(timezone=True))

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> object:
        """Write a moment; a naive one is refused."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment needs its time zone")
        utc = value.astimezone(UTC)
        return utc.isoformat(timespec="microseconds") if dialect.name == "sqlite" else utc

    def process_result_value(self, value: object, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        """Read an aware UTC moment."""
        if value is None:
            return None
        return value.astimezone(UTC) if isinstance(value, datetime) else datetime.fromisoformat(str(value))


class Exact(TypeDecorator[Decimal]):
    """A quantity, price or amount of trading: as `Money`, but written in one way only, and refused where it is cut.

    SQLite compares its text by `=` only, so `1.0` and `1.00` are both written `1`.
    """

    impl = Numeric(38, 18)
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """Choose the column's type."""
        if dialect.name == "sqlite":
            return dialect.type_descriptor(String(64))
        return dialect.type_descriptor(Numeric(38, 18))

    def process_bind_param(self, value: Decimal | None, dialect: Dialect) -> object:
        """Write a Decimal; raises InexactNumber for a float, NaN, or more digits than a column has."""
        if value is None:
            return None
        written = exact(value)
        return format(written, "f") if dialect.name == "sqlite" else written

    def process_result_value(self, value: object, dialect: Dialect) -> Decimal | None:
        """Read a Decimal without the zeros that a database put behind it."""
        if value is None:
            return None
        return Decimal(str(value)) if dialect.name == "sqlite" else exact(Decimal(str(value)))


class Json(TypeDecorator[object]):
    """A JSON document, without floats: JSONB where the database has it, canonical text in SQLite."""

    impl = Text
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """Choose the column's type."""
        if dialect.name == "sqlite":
            return dialect.type_descriptor(Text())
        return dialect.type_descriptor(JSONB(none_as_null=True))

    def process_bind_param(self, value: object, dialect: Dialect) -> object:
        """Write a document; raises NotCanonical for a float or for text that PostgreSQL refuses."""
        if value is None:
            return None
        text = canonical(value)
        return text if dialect.name == "sqlite" else json.loads(text)

    def process_result_value(self, value: object, dialect: Dialect) -> object:
        """Read a document."""
        return json.loads(str(value)) if value is not None and dialect.name == "sqlite" else value
