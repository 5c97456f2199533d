"""A ledger with rows in every table that there is, of trading too, and all that is in one, for comparing."""

import re
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from sqlalchemy import Boolean, CheckConstraint, Column, Connection, Date, Integer, String, Table, select

import ledger.trading.tables  # noqa: F401 - declares its tables
from ledger.columns import Exact, Json, Moment, Money
from ledger.engine import make_engine
from ledger.schema import metadata

ROWS = 3
AMOUNTS = (Decimal("-0.000000000000000001"), Decimal("99999999999999999999.123456789012345678"), Decimal("92.3200"))
TEXT = "a 'quoted' \"text\" of ₽ \\ and\nlines"
MOMENT = datetime(2026, 3, 29, 1, 59, 59, 999_999, UTC)
DOCUMENT = {"b": [1, None, True, "0.10"], "a": {"ü": TEXT, "": {}}}
Content = dict[str, list[tuple[object, ...]]]


def fill(url: str) -> None:
    """Put rows into every table: each refers to one row of every other that it knows, and to the one before it."""
    engine = make_engine(url)
    with engine.begin() as connection:
        known: dict[str, list[object]] = {}
        for table in metadata.sorted_tables:
            for number in range(ROWS):
                _add(connection, table, number, known)
    engine.dispose()


def _add(connection: Connection, table: Table, number: int, known: dict[str, list[object]]) -> None:
    values = {column.name: _value(table, column, number, known) for column in table.columns if not _is_given(column)}
    key = connection.execute(table.insert().values(values)).inserted_primary_key
    for column, value in zip(table.primary_key.columns, key or (), strict=True):
        known.setdefault(f"{table.name}.{column.name}", []).append(value)


def _is_given(column: Column[object]) -> bool:
    return column is column.table.autoincrement_column


def _value(table: Table, column: Column[object], number: int, known: dict[str, list[object]]) -> object:
    """Return what stands in a column of a row; what may be missing is missing in the first row."""
    for key in column.foreign_keys:
        others = known.get(key.target_fullname, [])
        if key.column.table is table:
            return others[-1] if others else None
        return None if column.nullable and not number else others[number]
    if column.nullable and not number:
        return None
    if words := _words(table, column):
        return words[0]
    match column.type:
        case Boolean():
            return column.name != "is_active" if column.name in {"is_active", "is_admin"} else bool(number % 2)
        case Money() | Exact():
            return AMOUNTS[number]
        case Moment():
            return MOMENT + timedelta(days=number)
        case Date():
            return date(2024, 2, 28) + timedelta(days=number)
        case Json():
            return DOCUMENT
        case String(length=length):
            return f"{number} {TEXT}"[:length]
        case Integer():
            return number + 1
    raise NotImplementedError(column)


def _words(table: Table, column: Column[object]) -> list[str]:
    texts = [str(each.sqltext) for each in table.constraints if isinstance(each, CheckConstraint)]
    found = [text for text in texts if text.startswith(f"{column.name} IN (")]
    return re.findall("'([^']*)'", found[0]) if found else []


def content(url: str, *, but: frozenset[str] = frozenset()) -> Content:
    """Return every row of every table."""
    engine = make_engine(url)
    with engine.connect() as connection:
        found = {
            table.name: [tuple(row) for row in connection.execute(select(table).order_by(*table.primary_key.columns))]
            for table in metadata.sorted_tables
            if table.name not in but
        }
    engine.dispose()
    return found
