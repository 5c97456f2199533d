"""The paper venue's memory: one SQLite file, whole after a kill at any moment; each change is one transaction.

Accounts appear in it with their first order. Amounts are texts, and are never compared or summed by the database.
"""

import contextlib
import os
import sqlite3
from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Final

import msgspec

from brokers.paper_venue.books import Position
from brokers.paper_venue.filling import Resting
from brokers.venue import Busy, Unknown
from bus.log import logger
from bus.messages.venue_accounts import Held
from bus.messages.venues import AtVenue, Execution, OrderEvent, PlaceOrder, Traded

FILE = Path("data/state/broker-paper.db")
BUSY_S = 5.0
STARTING: Final = ("USD", "USDT")
"""The currencies that an account has its starting cash in before it has ordered anything; others come when needed."""
_TABLES: Final = """
CREATE TABLE IF NOT EXISTS orders (
    account TEXT, client_order_id TEXT, broker_order_id TEXT NOT NULL, content BLOB NOT NULL, status TEXT NOT NULL,
    reason TEXT NOT NULL, at TEXT NOT NULL, stop_price TEXT, is_triggered INTEGER NOT NULL, expires_at TEXT,
    PRIMARY KEY (account, client_order_id)
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS resting ON orders (account) WHERE status = 'NEW';
CREATE TABLE IF NOT EXISTS executions (
    broker_trade_id TEXT PRIMARY KEY, account TEXT NOT NULL, client_order_id TEXT NOT NULL, exec_time TEXT NOT NULL,
    content BLOB NOT NULL
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS executions_by_time ON executions (account, exec_time);
CREATE INDEX IF NOT EXISTS executions_by_order ON executions (account, client_order_id);
CREATE TABLE IF NOT EXISTS cash (
    account TEXT, currency TEXT, amount TEXT NOT NULL, PRIMARY KEY (account, currency)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS positions (
    account TEXT, symbol TEXT, asset_type TEXT, content BLOB NOT NULL, PRIMARY KEY (account, symbol, asset_type)
) WITHOUT ROWID;
"""
_ORDER: Final = "content, broker_order_id, status, reason, at, stop_price, is_triggered, expires_at"

log = logger(__name__)
_encode = msgspec.msgpack.Encoder().encode
_orders = msgspec.msgpack.Decoder(PlaceOrder)
_executions = msgspec.msgpack.Decoder(Execution)
_held = msgspec.msgpack.Decoder(Held)


class Kept(msgspec.Struct, kw_only=True):
    """An order as it is remembered."""

    resting: Resting
    status: AtVenue
    at: datetime
    reason: str = ""


class Memory:
    """What the paper venue remembers of all accounts. Reading may raise Busy; writing is done inside of `changing`."""

    def __init__(self, file: Path = FILE, *, start_cash: Decimal) -> None:
        """Open the file, or begin one that only this user can read.

        Args:
            file: Where it is; its folder is made when missing.
            start_cash: What an account has in each currency at first.

        Raises:
            Busy: It cannot be opened.
        """
        self._start_cash = start_cash
        try:
            file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            os.close(os.open(file, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600))
            self._database = sqlite3.connect(file, timeout=BUSY_S, isolation_level=None)
            self._database.execute("PRAGMA journal_mode = WAL")
            self._database.execute("PRAGMA synchronous = FULL")
            self._database.executescript(_TABLES)
        except (OSError, sqlite3.Error) as error:
            log.error("memory cannot be opened", error=type(error).__name__)
            raise Busy("its file cannot be opened", code=type(error).__name__) from None

    def close(self) -> None:
        """Close the file."""
        self._database.close()

    @contextlib.contextmanager
    def changing(self) -> Iterator[None]:
        """Keep all that is written inside, or nothing.

        Raises:
            Unknown: The file could not be written: what was kept is looked up.
        """
        try:
            self._database.execute("BEGIN IMMEDIATE")
            yield
            self._database.execute("COMMIT")
        except sqlite3.Error as error:
            log.error("memory cannot be written", error=type(error).__name__)
            raise Unknown("its file cannot be written", code=type(error).__name__) from None
        finally:
            if self._database.in_transaction:
                self._database.execute("ROLLBACK")

    def order(self, account: str, client_order_id: str) -> Kept | None:
        """Return an order, None where there is none of that name."""
        rows = self._rows(
            f"SELECT {_ORDER} FROM orders WHERE account = ? AND client_order_id = ?",  # noqa: S608 - fixed columns
            account,
            client_order_id,
        )
        return _kept(rows[0]) if rows else None

    def resting(self) -> tuple[Resting, ...]:
        """Return all orders that wait for their price, of all accounts."""
        rows = self._rows(f"SELECT {_ORDER} FROM orders WHERE status = 'NEW'")  # noqa: S608 - fixed columns
        return tuple(_kept(row).resting for row in rows)

    def save_order(self, kept: Kept) -> None:
        """Write an order, new or changed.

        Args:
            kept: The order; written in the place of what was kept under its name.
        """
        resting, order = kept.resting, kept.resting.order
        self._database.execute(
            "INSERT OR REPLACE INTO orders VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                order.account,
                order.client_order_id,
                resting.broker_order_id,
                _encode(order),
                kept.status,
                kept.reason,
                _moment(kept.at),
                None if resting.stop_price is None else format(resting.stop_price, "f"),
                resting.is_triggered,
                None if resting.expires_at is None else _moment(resting.expires_at),
            ),
        )

    def add_execution(self, account: str, execution: Execution) -> None:
        """Write a fill.

        Args:
            execution: The fill; its id must be new.
        """
        self._database.execute(
            "INSERT INTO executions VALUES (?, ?, ?, ?, ?)",
            (
                execution.broker_trade_id,
                account,
                execution.client_order_id,
                _moment(execution.exec_time),
                _encode(execution),
            ),
        )

    def executions_of(self, account: str, client_order_id: str) -> tuple[Execution, ...]:
        """Return the fills of an order, oldest first."""
        query = "SELECT content FROM executions WHERE account = ? AND client_order_id = ? ORDER BY exec_time"
        return tuple(_executions.decode(content) for content in self._contents(query, account, client_order_id))

    def executions_since(self, account: str, since: datetime) -> tuple[Execution, ...]:
        """Return the fills of an account from a moment on, oldest first.

        Args:
            since: The moment, aware; fills of just then too.
        """
        query = "SELECT content FROM executions WHERE account = ? AND exec_time >= ? ORDER BY exec_time"
        return tuple(_executions.decode(content) for content in self._contents(query, account, _moment(since)))

    def cash(self, account: str, currency: str) -> Decimal:
        """Return what an account has of a currency; the starting cash where nothing was done with it yet."""
        rows = self._rows("SELECT amount FROM cash WHERE account = ? AND currency = ?", account, currency)
        return Decimal(rows[0][0]) if rows else self._start_cash

    def currencies(self, account: str) -> tuple[str, ...]:
        """Return the currencies that an account has cash in."""
        rows = self._rows("SELECT currency FROM cash WHERE account = ?", account)
        return tuple(sorted({*STARTING, *(row[0] for row in rows)}))

    def set_cash(self, account: str, currency: str, amount: Decimal) -> None:
        """Write what an account has of a currency.

        Args:
            amount: All of it, below zero where it is owed.
        """
        self._database.execute("INSERT OR REPLACE INTO cash VALUES (?, ?, ?)", (account, currency, format(amount, "f")))

    def position(self, account: str, instrument: Traded) -> Position:
        """Return what an account holds of an instrument, perhaps nothing."""
        found = (held for held in self.positions(account) if is_same(held.instrument, instrument))
        held = next(found, None)
        if held is None:
            return Position()
        return Position(quantity=held.quantity, average_price=held.average_price or Decimal(0))

    def positions(self, account: str) -> tuple[Held, ...]:
        """Return all that an account holds."""
        query = "SELECT content FROM positions WHERE account = ?"
        return tuple(_held.decode(content) for content in self._contents(query, account))

    def set_position(self, account: str, instrument: Traded, position: Position) -> None:
        """Write what an account holds of an instrument.

        Args:
            position: What is held now; with a quantity of zero the row is taken away.
        """
        key = (account, instrument.symbol, instrument.asset_type)
        if not position.quantity:
            self._database.execute("DELETE FROM positions WHERE account = ? AND symbol = ? AND asset_type = ?", key)
            return
        held = Held(instrument=instrument, quantity=position.quantity, average_price=position.average_price)
        self._database.execute("INSERT OR REPLACE INTO positions VALUES (?, ?, ?, ?)", (*key, _encode(held)))

    def _contents(self, query: str, *values: str) -> list[bytes]:
        """Return the one column that a query asks for, which holds MessagePack."""
        try:
            return [row[0] for row in self._database.execute(query, values)]
        except sqlite3.Error as error:
            raise Busy("its file cannot be read", code=type(error).__name__) from None

    def _rows(self, query: str, *values: str) -> list[tuple[str, ...]]:
        """Return the rows of a query; Busy where the file cannot be read."""
        try:
            return self._database.execute(query, values).fetchall()
        except sqlite3.Error as error:
            raise Busy("its file cannot be read", code=type(error).__name__) from None


def is_same(one: Traded, other: Traded) -> bool:
    """Tell whether two names mean the same instrument.

    Args:
        one: The first.
        other: The second; only symbol and asset type count.
    """
    return (one.symbol, one.asset_type) == (other.symbol, other.asset_type)


def event_of(kept: Kept, executions: tuple[Execution, ...]) -> OrderEvent:
    """Return what is told of an order.

    Args:
        kept: The order.
        executions: All of its fills.
    """
    order = kept.resting.order
    return OrderEvent(
        account=order.account,
        client_order_id=order.client_order_id,
        broker_order_id=kept.resting.broker_order_id,
        status=kept.status,
        at=kept.at,
        executions=executions,
        filled_quantity=sum((each.quantity for each in executions), Decimal(0)),
        reason=kept.reason,
    )


def _kept(row: tuple[object, ...]) -> Kept:
    """Return an order from its row."""
    content, broker_order_id, status, reason, at, stop_price, is_triggered, expires_at = row
    fields = {
        "resting": {
            "order": _orders.decode(content),  # type: ignore[arg-type]  # bytes, as the table says
            "broker_order_id": broker_order_id,
            "stop_price": stop_price,
            "is_triggered": bool(is_triggered),
            "expires_at": expires_at,
        },
        "status": status,
        "reason": reason,
        "at": at,
    }
    return msgspec.convert(fields, Kept)


def _moment(at: datetime) -> str:
    """Return a moment as text that sorts as time does."""
    return at.astimezone(UTC).isoformat(timespec="microseconds")
