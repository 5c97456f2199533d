"""What a run leaves behind in the ledger."""

from collections.abc import Iterator
from decimal import Decimal

import msgspec
from sqlalchemy import Connection

from ledger.exact import ZERO
from ledger.store import Ledger
from ledger.trading.books.self_check import SelfCheck, check
from ledger.trading.principal import SYSTEM
from tools.chaos.trading.alerts import PREFIX

_SIGNALS = """SELECT signals.uid, external_id, state, code FROM signals WHERE external_id LIKE '{}%'"""
_ORDERS = """SELECT client_order_id, orders.uid, external_id, orders.status, leg, attempt FROM orders
    LEFT JOIN signals ON signals.id = orders.signal_id"""
_TRADES = "SELECT broker_trade_id, execution, revision FROM trades"
_HELD = """SELECT instruments.symbol, positions.quantity FROM positions
    JOIN instruments ON instruments.id = positions.instrument_id"""
_NOTICES = "SELECT alert_id, text, state, subject FROM outbox WHERE alert_id IS NOT NULL ORDER BY id"


class Signal(msgspec.Struct, frozen=True):
    """A signal of the ledger."""

    uid: str
    external_id: str
    state: str
    code: str | None

    @property
    def number(self) -> int:
        """The number of its alert."""
        return int(self.external_id.removeprefix(PREFIX))


class LedgerOrder(msgspec.Struct, frozen=True):
    """An order of the ledger; `external_id` is its signal's."""

    client_order_id: str
    uid: str
    external_id: str | None
    status: str
    leg: str
    attempt: int


class LedgerTrade(msgspec.Struct, frozen=True):
    """An execution of the ledger."""

    broker_trade_id: str
    execution: str
    revision: int


class Notice(msgspec.Struct, frozen=True):
    """A message of trading in the outbox; of a subject it is one form of it, and the newest that was sent counts."""

    name: str
    text: str | None
    state: str
    subject: str | None


class Books(msgspec.Struct, frozen=True, kw_only=True):
    """The ledger's account, read in one transaction."""

    signals: list[Signal]
    orders: list[LedgerOrder]
    trades: list[LedgerTrade]
    held: dict[str, Decimal]
    notices: list[Notice]
    found: SelfCheck


def read_books(ledger: Ledger) -> Books:
    """Read the ledger.

    Args:
        ledger: Open.

    Raises:
        LedgerUnavailable: It cannot be read now.
    """
    with ledger.reading() as connection:
        held: dict[str, Decimal] = {}
        for symbol, quantity in _rows(connection, _HELD):
            held[str(symbol)] = held.get(str(symbol), ZERO) + Decimal(str(quantity))
        return Books(
            signals=[msgspec.convert(row, Signal) for row in _named(connection, Signal, _SIGNALS.format(PREFIX))],
            orders=[msgspec.convert(row, LedgerOrder) for row in _named(connection, LedgerOrder, _ORDERS)],
            trades=[msgspec.convert(row, LedgerTrade) for row in _named(connection, LedgerTrade, _TRADES)],
            held={symbol: quantity for symbol, quantity in held.items() if quantity},
            notices=[msgspec.convert(row, Notice) for row in _named(connection, Notice, _NOTICES)],
            found=check(SYSTEM, connection),
        )


def account_of(ledger: Ledger) -> str:
    """Return the uid of the one account that there is."""
    return accounts_of(ledger)[0]


def accounts_of(ledger: Ledger) -> list[str]:
    """Return the uids of all accounts, in the order in which they were made."""
    with ledger.reading() as connection:
        return [str(uid) for (uid,) in _rows(connection, "SELECT uid FROM accounts ORDER BY id")]


def unsent(books: Books) -> int:
    """Return how many messages of trading have not arrived yet."""
    return sum(each.state in {"pending", "sending"} for each in books.notices)


def _rows(connection: Connection, query: str) -> Iterator[tuple[object, ...]]:
    """Yield the rows of a query."""
    return (tuple(row) for row in connection.exec_driver_sql(query.replace("%", "%%")))  # psycopg reads the sign


def _named(connection: Connection, kind: type[msgspec.Struct], query: str) -> Iterator[dict[str, object]]:
    """Yield the rows of a query by the names of a Struct's fields."""
    return (dict(zip(kind.__struct_fields__, row, strict=True)) for row in _rows(connection, query))
