"""A small world for the tests of orders, limits and watching: two users, each with an account, and what they trade."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import Connection, Table, event, select, text

from ledger.store import Ledger
from ledger.trading.enumerations import Role
from ledger.trading.orders.records import NewOrder
from ledger.trading.principal import Principal
from ledger.trading.tables.catalogue import instruments
from ledger.trading.tables.flow import signals
from ledger.trading.tables.people import accounts, brokers, portfolios, strategies, users
from ledger.trading.work import Work

NOW = datetime(2026, 11, 27, 14, 30, tzinfo=UTC)
ONE = Decimal(1)


def uid(name: str) -> str:
    """Return the uid of what has a name in this world."""
    return name.encode().hex().ljust(32, "0")[:32]


def add(connection: Connection, table: Table, **values: object) -> int:
    """Write a row past all services and return its number."""
    return int(connection.execute(table.insert().returning(table.c.id), values).scalar_one())


class World:
    """Ann and Bob: each has an account `<name>-account`, a portfolio `<name>-main` and a strategy `<name>-trend`."""

    def __init__(self, ledger: Ledger) -> None:
        """Write the rows."""
        self.ledger = ledger
        with ledger.writing() as connection:
            self.ids = {name: self._person(connection, name) for name in ("ann", "bob")}
            for symbol in ("BTC-USDT", "AAPL"):
                add(connection, instruments, **self._instrument(symbol))

    def who(self, name: str = "ann", role: Role = "trader") -> Principal:
        """Return a user as services see them."""
        return Principal(user_id=self.ids[name]["user"], role=role)

    @contextmanager
    def work(self, now: datetime = NOW) -> Iterator[Work]:
        """Open a unit of work."""
        with self.ledger.writing() as connection:
            yield Work(connection=connection, now=now)

    def count(self, table: str) -> int:
        """Count the rows of a table."""
        with self.ledger.reading() as connection:
            return int(connection.execute(text(f"SELECT count(*) FROM {table}")).scalar_one())

    def values(self, column: Any) -> list[Any]:
        """Return a column of all rows, in the order they were written."""
        with self.ledger.reading() as connection:
            return list(connection.execute(select(column).order_by(column.table.c.id)).scalars())

    def _person(self, connection: Connection, name: str) -> dict[str, int]:
        """Write a user with account, portfolio, strategy and signal."""
        user = add(connection, users, **_user(name))
        broker = connection.execute(select(brokers.c.id).where(brokers.c.code == "PAPER")).scalar_one()
        common = {"user_id": user, "created_at": NOW}
        account = add(
            connection,
            accounts,
            **{**common, "uid": uid(f"{name}-account"), "broker_id": broker, "name": "paper"},
            base_currency="USD",
            is_live=False,
        )
        portfolio = self.portfolio(connection, f"{name}-main", user, account)
        strategy = self.strategy(connection, f"{name}-trend", user)
        signal = add(connection, signals, **_signal(name, portfolio, account))
        return {"user": user, "account": account, "portfolio": portfolio, "strategy": strategy, "signal": signal}

    def portfolio(self, connection: Connection, name: str, user: int, account: int) -> int:
        """Write a portfolio."""
        values = {"uid": uid(name), "user_id": user, "account_id": account, "name": name, "created_at": NOW}
        return add(connection, portfolios, **values, description="", is_default=False)

    def strategy(self, connection: Connection, name: str, user: int, version: int = 1) -> int:
        """Write a version of a strategy."""
        values = {"uid": uid(f"{name}{version}"), "user_id": user, "name": name, "version": version}
        rest: dict[str, Any] = {"mode": "auto", "params_json": {}, "is_active": version == 1, "created_at": NOW}
        return add(connection, strategies, **values, **rest)

    def _instrument(self, symbol: str) -> dict[str, Any]:
        """Return the row of an instrument."""
        return {
            "uid": uid(symbol),
            "symbol": symbol,
            "asset_type": "CRYPTO" if "-" in symbol else "EQUITY",
            "currency": "USD",
            "multiplier": ONE,
            "created_at": NOW,
        }


def _user(name: str) -> dict[str, Any]:
    """Return the row of a user."""
    return {
        "uid": uid(name),
        "username": name,
        "role": "trader",
        "status": "ACTIVE",
        "is_admin": False,
        "is_active": True,
        "language": "en",
        "timezone": "UTC",
        "notifications_json": {},
        "created_at": NOW,
    }


def _signal(name: str, portfolio: int, account: int) -> dict[str, Any]:
    """Return the row of a signal."""
    return {
        "uid": uid(f"{name}-signal"),
        "portfolio_id": portfolio,
        "account_id": account,
        "action": "buy",
        "symbol": "BTCUSDT",
        "body_json": {},
        "state": "QUEUED",
        "received_at": NOW,
        "updated_at": NOW,
    }


def order(**changes: Any) -> NewOrder:
    """Return an order of Ann's: buy two at the market."""
    values: dict[str, Any] = {
        "portfolio": uid("ann-main"),
        "instrument": uid("BTC-USDT"),
        "side": "BUY",
        "type": "MARKET",
        "time_in_force": "GTC",
        "purpose": "OPENING",
        "leg": "ENTRY",
        "quantity": Decimal(2),
        "key": "chat:1",
    }
    return NewOrder(**{**values, **changes})


@contextmanager
def scans_of(connection: Connection, *tables: str) -> Iterator[list[str]]:
    """Collect which statements SQLite answers by reading one of these tables whole."""
    found: list[str] = []

    def look(conn: Connection, _cursor: object, statement: str, parameters: Any, *_: object) -> None:
        """Ask for the plan of a statement before it is executed."""
        if statement.startswith("EXPLAIN") or not statement.startswith(("SELECT", "UPDATE", "DELETE")):
            return
        plan = conn.connection.cursor().execute(f"EXPLAIN QUERY PLAN {statement}", parameters).fetchall()
        whole = {f"SCAN {table}" for table in tables}
        found.extend(f"{row[3]}: {statement}" for row in plan if " ".join(row[3].split()[:2]) in whole)

    event.listen(connection, "before_cursor_execute", look)
    try:
        yield found
    finally:
        event.remove(connection, "before_cursor_execute", look)
