"""The ledger from one database into another, as from SQLite into PostgreSQL: all of it or nothing, compared row by row.

The one copied from is only read. What is copied is compared before it is committed, so a difference leaves nothing. The
inbox goes along where there is one.
"""

import contextlib
from collections.abc import Callable, Iterator
from typing import Any

import msgspec
from sqlalchemy import Column, Connection, MetaData, Row, String, Table, func, inspect, null, select
from sqlalchemy.exc import DataError

import ledger.trading.tables  # noqa: F401 - declares its tables
from ledger import schema
from ledger.admin.commands import Refused, nothing_running
from ledger.engine import parsed
from ledger.inbox import place
from ledger.inbox import tables as inbox_tables
from ledger.inbox.opening import Inbox
from ledger.migrate import migrate
from ledger.store import VERSIONS, Ledger, file_of, open_ledger

BATCH = 1000
NAMED = 20
"""So many rows that differ are named of each table; all are counted."""
SEEDED = frozenset({"brokers", "inbox_beginnings"})
"""The tables that a migration puts rows into: those of the source take their place."""
OURS = frozenset({VERSIONS, place.VERSIONS, *schema.metadata.tables, *inbox_tables.metadata.tables})


_Part = tuple[MetaData, Ledger | Inbox, Ledger | Inbox]
"""Tables, what they are read from, and what they are written to."""


class Compared(msgspec.Struct, frozen=True):
    """A table in both databases: rows here and there, how many are the same, and the keys of the first that are not."""

    table: str
    rows: int
    copied: int
    same: int
    differing: tuple[str, ...]

    @property
    def is_same(self) -> bool:
        """Whether every row is there as it was."""
        return self.rows == self.copied == self.same


class NotTheSame(Exception):
    """What was copied differs; nothing of it was kept. Its text is the table of the comparison."""


def migrate_db(source: str, target: str) -> list[str]:
    """Copy a ledger into an empty database, and return what to tell: a line for each table.

    Args:
        source: The SQLAlchemy URL of the ledger.
        target: The URL of the database that it goes into; it is brought to the newest schema.

    Raises:
        Refused: The system runs, the one is no ledger of this program's schema, or the other is not empty.
        NotTheSame: A row was not the same there.
        LedgerUnavailable: One of them cannot be used now.
    """
    if parsed(source) == parsed(target):
        raise Refused("FROM and TO are the same database")
    with (
        nothing_running(),
        open_ledger(source) as old,
        open_ledger(target) as new,
        contextlib.closing(Inbox(place.inbox_url(source))) as old_inbox,
        contextlib.closing(Inbox(place.inbox_url(target))) as new_inbox,
    ):
        has_inbox = _must_be_current(old, old_inbox)
        stays = place.inbox_url(source) == place.inbox_url(target)  # both ledgers are in one folder
        _must_be_empty(new, None if stays else new_inbox)
        _make_tables(new, target)
        parts: list[_Part] = [(schema.metadata, old, new)]
        if has_inbox and not stays:
            new_inbox.make_ready()
            parts.append((inbox_tables.metadata, old_inbox, new_inbox))
        compared = _copy_parts(parts)
    return [*_lines(compared), "All the same. Name the new one in DATABASE_URL, then: make start"]


def _copy_parts(parts: list[_Part]) -> list[Compared]:
    """Copy the ledger, and the inbox, each in a transaction that is committed when all of both is the same."""
    compared: list[Compared] = []
    with contextlib.ExitStack() as opened:
        for tables, source, target in parts:
            reading, writing = opened.enter_context(source.reading()), opened.enter_context(target.writing())
            _let_it_wait(reading)
            _let_it_wait(writing)
            compared += copy_all(reading, writing, tables)
        if not all(each.is_same for each in compared):
            raise NotTheSame("\n".join(_lines(compared)))
    return compared


def _let_it_wait(connection: Connection) -> None:
    """Let a transaction in PostgreSQL stay open while the other part is copied."""
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql("SET LOCAL idle_in_transaction_session_timeout = 0")


def copy_all(source: Connection, target: Connection, tables: MetaData) -> list[Compared]:
    """Copy every table, in the order in which rows refer to each other, and compare.

    Args:
        source: A connection to the ledger that is read.
        target: A connection to one at the same schema, in its transaction.
        tables: Those that are copied, the ledger's or the inbox's.

    Returns:
        How each table compares.

    Raises:
        Refused: A row cannot be kept there.
    """
    for table in tables.sorted_tables:
        if table.name in SEEDED:
            target.execute(table.delete())
        try:
            _copy(table, source, target)
        except DataError as error:  # SQLite keeps what others refuse: text that is too long
            raise Refused(f"a row of {table.name} cannot be kept there: {str(error.orig).splitlines()[0]}") from None
    return [compare(table, source, target) for table in tables.sorted_tables]


def compare(table: Table, source: Connection, target: Connection) -> Compared:
    """Compare a table in two databases, row by row, as the program reads them.

    Args:
        table: The table.
        source: A connection to the one database.
        target: A connection to the other.

    Returns:
        What is the same and what is not.
    """
    here, there = _Counted(_rows(table, source)), _Counted(_rows(table, target))
    same, differing = 0, 0
    named: list[str] = []
    for key, is_same in _merged(here, there, key=_key_of(table)):
        same += is_same
        differing += not is_same
        if not is_same and differing <= NAMED:
            named.append(" ".join(map(str, key)))
    return Compared(table=table.name, rows=here.count, copied=there.count, same=same, differing=tuple(named))


def _must_be_current(ledger: Ledger, inbox: Inbox) -> bool:
    """Refuse a source with another schema than this program's; return whether there is an inbox."""
    found, of_inbox = ledger.schema(), inbox.schema()
    if not found:
        raise Refused("FROM is no ledger")
    if found != schema.SCHEMA:
        raise Refused(f"FROM is at schema {found}, this program's is {schema.SCHEMA}; first: make start, make stop")
    if of_inbox not in {"", inbox_tables.SCHEMA}:
        raise Refused(
            f"the inbox of FROM is at schema {of_inbox}, this program's is {inbox_tables.SCHEMA}; "
            "first: make start, make stop"
        )
    return bool(of_inbox)


def _must_be_empty(ledger: Ledger, inbox: Inbox | None) -> None:
    """Refuse a target with tables of somebody else, or with rows of ours."""
    strange: set[str] = set()
    full: list[str] = []
    if ledger.schema() or not ledger.is_new():
        with ledger.reading() as connection:
            strange = set(inspect(connection).get_table_names()) - OURS
            full = _filled(connection, schema.metadata)
    if inbox is not None and inbox.schema():
        with inbox.reading() as connection:
            full += _filled(connection, inbox_tables.metadata)
    if strange or full:
        raise Refused(f"TO is not empty, it has {', '.join(sorted(strange) or full)}; name an empty database")


def _filled(connection: Connection, tables: MetaData) -> list[str]:
    """Return the tables that have rows, but for those that their migration put there."""
    there = set(inspect(connection).get_table_names()) - SEEDED
    return [
        table.name
        for table in tables.sorted_tables
        if table.name in there and connection.execute(select(table).limit(1)).first()
    ]


def _make_tables(ledger: Ledger, url: str) -> None:
    """Bring the target to this program's schema."""
    if (path := file_of(url)) is not None:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    migrate(url)
    ledger.close()
    ledger.must_be_ready()


def _copy(table: Table, source: Connection, target: Connection) -> None:
    """Copy a table; a row may refer to a later one of its own table, so that is written when all are there."""
    own = [column for column in table.columns if any(key.column.table is table for key in column.foreign_keys)]
    reading = source.execution_options(yield_per=BATCH).execute(select(table))
    for batch in reading.mappings().partitions():
        target.execute(table.insert(), [{**row, **{column.name: None for column in own}} for row in batch])
    for column in own:
        _copy_references(table, column, source, target)
    _set_sequence(table, target)


def _copy_references(table: Table, column: Column[Any], source: Connection, target: Connection) -> None:
    """Write which row of its own table each row refers to."""
    (key,) = table.primary_key.columns
    reading = source.execution_options(yield_per=BATCH).execute(select(key, column).where(column != null()))
    for row in reading:
        target.execute(table.update().where(key == row[0]).values({column.name: row[1]}))


def _set_sequence(table: Table, target: Connection) -> None:
    """Let PostgreSQL number the next row behind the last one."""
    column = table.autoincrement_column
    if target.dialect.name == "postgresql" and column is not None:
        last = target.execute(select(func.max(column))).scalar() or 0
        target.execute(select(func.setval(func.pg_get_serial_sequence(table.name, column.name), last + 1, False)))


def _rows(table: Table, connection: Connection) -> Iterator[Row[Any]]:
    """Yield a table's rows in the order of their keys, which is the same in every database: that of bytes."""
    is_postgresql = connection.dialect.name == "postgresql"
    order = [
        column.collate("C") if is_postgresql and isinstance(column.type, String) else column
        for column in table.primary_key.columns
    ]
    yield from connection.execution_options(yield_per=BATCH).execute(select(table).order_by(*order))


def _key_of(table: Table) -> Callable[[Row[Any]], tuple[Any, ...]]:
    """Return what takes the key out of a row."""
    places = [list(table.columns).index(column) for column in table.primary_key.columns]
    return lambda row: tuple(row[place] for place in places)


class _Counted:
    """Rows that are counted as they are taken, and None when there are no more."""

    def __init__(self, rows: Iterator[Row[Any]]) -> None:
        """Take nothing yet."""
        self._rows = rows
        self.count = 0

    def next(self) -> Row[Any] | None:
        """Return the next row."""
        row = next(self._rows, None)
        self.count += row is not None
        return row


def _merged(
    here: _Counted, there: _Counted, *, key: Callable[[Row[Any]], tuple[Any, ...]]
) -> Iterator[tuple[tuple[Any, ...], bool]]:
    """Yield each key with whether its row is in both, and the same."""
    one, other = here.next(), there.next()
    while one is not None or other is not None:
        if other is None or (one is not None and key(one) < key(other)):
            yield key(one), False  # type: ignore[arg-type]  # it is not None, or the loop had ended
            one = here.next()
        elif one is None or key(other) < key(one):
            yield key(other), False
            other = there.next()
        else:
            yield key(one), tuple(one) == tuple(other)
            one, other = here.next(), there.next()


def _lines(compared: list[Compared]) -> list[str]:
    """Return the comparison as a table: rows here, rows there, how many are the same; and the rows that differ."""
    width = max(len(each.table) for each in compared)
    lines = [f"{'table':{width}}  {'rows':>9}  {'copied':>9}  {'same':>9}"]
    lines += [f"{each.table:{width}}  {each.rows:>9}  {each.copied:>9}  {each.same:>9}" for each in compared]
    lines += [f"{each.table} differs: {', '.join(each.differing)}" for each in compared if each.differing]
    return lines
