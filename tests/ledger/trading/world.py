"""A small world to trade in, and how it is asked, changed and looked at.

What Ann and Bob have is written as rows: so its uids are names that tests can read, and the audit log is empty when a
test begins. Where users, accounts and portfolios are themselves what is tested, `people` are let in by the services.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any, Concatenate, ParamSpec, TypeVar

import msgspec
from sqlalchemy import Column, Connection, Table, func, select, text

from ledger.store import Ledger
from ledger.trading import audit
from ledger.trading.books.records import Fill
from ledger.trading.enumerations import OrderStatus, Side
from ledger.trading.instruments import NewInstrument, resolve
from ledger.trading.orders.records import NewOrder
from ledger.trading.people import users as user_services
from ledger.trading.people.accounts import Account, NewAccount, create_account
from ledger.trading.people.portfolio_rows import Portfolio
from ledger.trading.people.portfolios import NewPortfolio, create_portfolio
from ledger.trading.principal import SYSTEM, Principal
from ledger.trading.tables.catalogue import instruments
from ledger.trading.tables.flow import signal_events, signals
from ledger.trading.tables.people import accounts, brokers, portfolios, strategies, users
from ledger.trading.tables.records import audit_log
from ledger.trading.tables.trading import orders, positions
from ledger.trading.work import Work

NOW = datetime(2026, 11, 27, 14, 30, tzinfo=UTC)
ANN, BOB = Principal(user_id=1, role="trader"), Principal(user_id=2, role="trader")
LOOKING = Principal(user_id=1, role="viewer")
ADMIN = Principal(user_id=3, role="admin")
IDS = {"ann": 1, "bob": 2}
"""The number of a person, and of all that they have one of: account, portfolio, strategy, signal."""
ANNS, BOBS = "anns portfolio", "bobs portfolio"
ANNS_ACCOUNT = "anns account"
TREND, BOBS_TREND = "anns strategy", "bobs strategy"
ANNS_SIGNAL, BOBS_SIGNAL = "anns signal", "bobs signal"
SHARE, COIN, FUTURE = "a share", "a coin", "a future"
ORDER = "anns order"
MULTIPLIER = Decimal(50)

BOSS, ALICE, MALLORY, VERA, STRANGER = 101, 102, 103, 104, 105
"""Numbers at Telegram: an admin, two traders, a viewer, and nobody."""
ROLES: dict[int, Any] = {BOSS: "admin", ALICE: "trader", MALLORY: "trader", VERA: "viewer"}
BITCOIN = NewInstrument(symbol="BTC-USDT", asset_type="CRYPTO", currency="USDT", exchange="BINGX", base_currency="BTC")

P = ParamSpec("P")
R = TypeVar("R")


def settle(ledger: Ledger) -> None:
    """Write what Ann and Bob have, an admin, and what can be traded, into an empty ledger."""
    with ledger.writing() as connection:
        for number, (name, role) in enumerate((("ann", "trader"), ("bob", "trader"), ("eve", "admin")), start=1):
            connection.execute(users.insert(), _user(name, role) | {"telegram_user_id": 7000 + number})
        for name, number in IDS.items():
            _settle_one(connection, number, f"{name}s")
        for uid, symbol, kind, base, multiplier in (
            (SHARE, "AAPL", "EQUITY", None, Decimal(1)),
            (COIN, "BTC-USDT", "CRYPTO", "BTC", Decimal(1)),
            (FUTURE, "ES", "FUTURE", None, MULTIPLIER),
        ):
            named = {"uid": uid, "symbol": symbol, "asset_type": kind, "base_currency": base}
            row = named | {"exchange": None, "currency": "USD", "multiplier": multiplier, "created_at": NOW}
            connection.execute(instruments.insert(), row)


def _user(name: str, role: str) -> dict[str, Any]:
    """Return the row of a user."""
    return {
        "uid": name,
        "username": name,
        "role": role,
        "status": "ACTIVE",
        "is_admin": role == "admin",
        "is_active": True,
        "language": "en",
        "timezone": "Europe/Paris",
        "notifications_json": {},
        "created_at": NOW,
    }


def _settle_one(connection: Connection, number: int, whose: str) -> None:
    """Write a person's account, portfolio, strategy and signal."""
    own = {"user_id": number, "created_at": NOW}
    broker = connection.execute(select(brokers.c.id).where(brokers.c.code == "PAPER")).scalar_one()
    account = {"uid": f"{whose} account", "name": "paper", "broker_id": broker, "base_currency": "USD"}
    connection.execute(accounts.insert(), own | account | {"is_live": False})
    portfolio = {"uid": f"{whose} portfolio", "name": "main", "account_id": number, "description": ""}
    connection.execute(portfolios.insert(), own | portfolio | {"is_default": True})
    strategy = {"uid": f"{whose} strategy", "portfolio_id": number, "name": "trend", "version": 1}
    connection.execute(strategies.insert(), own | strategy | {"mode": "auto", "params_json": {}, "is_active": True})
    place = {"portfolio_id": number, "account_id": number}
    add_signal(connection, f"{whose} signal", place)


def add_signal(connection: Connection, uid: str, place: dict[str, int]) -> None:
    """Write a signal that waits to become an order; its place names at least portfolio and account."""
    said = {"action": "buy", "symbol": "BTCUSDT", "body_json": {}, "state": "QUEUED"}
    connection.execute(signals.insert(), {"uid": uid, **place, **said, "received_at": NOW, "updated_at": NOW})


def add_step(connection: Connection, uid: str, inbox_uid: str) -> None:
    """Let a signal have come through the inbox, and write the step by which it did."""
    connection.execute(signals.update().where(signals.c.uid == uid).values(inbox_uid=inbox_uid))
    signal_id = connection.execute(select(signals.c.id).where(signals.c.uid == uid)).scalar_one()
    step = {"signal_id": signal_id, "state": "RECEIVED", "code": None, "details_json": {}, "created_at": NOW}
    connection.execute(signal_events.insert(), step)


def add_order(
    work: Work,
    uid: str = ORDER,
    *,
    book: tuple[str, str] = (ANNS, SHARE),
    status: OrderStatus = "NEW",
) -> None:
    """Write an order that buys ten, of a portfolio and an instrument, past the services."""
    words = {"leg": "ENTRY", "purpose": "OPENING", "side": "BUY", "type": "MARKET", "time_in_force": "DAY"}
    numbers = {"attempt": 1, "quantity": Decimal(10), "filled_quantity": Decimal(0)}
    rest = {"status": status, "client_order_id": uid, "placed_at": NOW, "updated_at": NOW}
    rest |= {"meta_json": {"expected_price": "100"}}
    row = {"uid": uid, **_ids(work.connection, *book), **words, **numbers, **rest}
    work.connection.execute(orders.insert(), row)


def _ids(connection: Connection, portfolio: str, instrument: str) -> dict[str, int]:
    """Return the numbers of where an order belongs."""
    place = select(portfolios.c.id, portfolios.c.account_id).where(portfolios.c.uid == portfolio)
    row = connection.execute(place).one()
    number = connection.execute(select(instruments.c.id).where(instruments.c.uid == instrument)).scalar_one()
    return {"portfolio_id": row.id, "account_id": row.account_id, "instrument_id": number}


def fill(
    number: str, side: Side = "BUY", quantity: str = "1", price: str = "100", *, after_s: float = 0, **more: object
) -> Fill:
    """Return an execution some seconds after NOW."""
    return Fill(
        broker_trade_id=number,
        side=side,
        quantity=Decimal(quantity),
        price=Decimal(price),
        exec_time=NOW + timedelta(seconds=after_s),
        **more,  # type: ignore[arg-type]  # the rest of Fill's fields
    )


def order(**changes: Any) -> NewOrder:
    """Return an order of Ann's: buy two coins at the market."""
    values: dict[str, Any] = {
        "portfolio": ANNS,
        "instrument": COIN,
        "side": "BUY",
        "type": "MARKET",
        "time_in_force": "GTC",
        "purpose": "OPENING",
        "leg": "ENTRY",
        "quantity": Decimal(2),
        "key": "chat:1",
        "meta": {"expected_price": "100"},
    }
    return NewOrder(**{**values, **changes})


@contextmanager
def work(ledger: Ledger, at: datetime = NOW) -> Iterator[Work]:
    """Begin a unit of work at a moment."""
    with ledger.writing() as connection:
        yield Work(connection, at)


def do(
    ledger: Ledger, service: Callable[Concatenate[Principal, Work, P], R], who: Principal, *a: P.args, **k: P.kwargs
) -> R:
    """Let somebody change something, in a transaction of its own."""
    with work(ledger) as unit:
        return service(who, unit, *a, **k)


def ask(
    ledger: Ledger, service: Callable[Concatenate[Principal, Any, P], R], who: Principal, *a: P.args, **k: P.kwargs
) -> R:
    """Let somebody read something."""
    with ledger.reading() as connection:
        return service(who, connection, *a, **k)


def rows(ledger: Ledger, table: Table) -> list[dict[str, Any]]:
    """Return all rows of a table, past the services."""
    with ledger.reading() as connection:
        return [dict(row) for row in connection.execute(select(table).order_by(*table.primary_key)).mappings()]


def values_of(ledger: Ledger, column: Column[Any]) -> list[Any]:
    """Return a column of all rows, in the order in which they were written."""
    return [row[column.name] for row in rows(ledger, column.table)]


def count(ledger: Ledger, table: str) -> int:
    """Count the rows of a table."""
    with ledger.reading() as connection:
        return int(connection.execute(select(func.count()).select_from(text(table))).scalar_one())


def logged(ledger: Ledger) -> list[tuple[str, str, str]]:
    """Return what the audit log says: chain, kind of row, what was done; fails where a row does not fit."""
    assert ask(ledger, audit.verify, SYSTEM) == ()
    return [(row["chain"], row["entity_type"], row["action"]) for row in rows(ledger, audit_log)]


class People(msgspec.Struct, frozen=True):
    """Who is in."""

    boss: Principal
    alice: Principal
    mallory: Principal
    vera: Principal


def let_in(ledger: Ledger, number: int, role: Any = "trader") -> Principal:
    """Let a stranger ask and an admin approve."""
    with work(ledger) as unit:
        asked = user_services.request(unit, number, f"user{number}")
        user_services.approve(SYSTEM, unit, asked.user.uid, role)
    return principal(ledger, number)


def principal(ledger: Ledger, number: int) -> Principal:
    """Return who somebody active is to the services."""
    with ledger.reading() as connection:
        found = user_services.principal_of(connection, number)
    assert found is not None
    return found


def uid_of(ledger: Ledger, number: int) -> str:
    """Return the uid of who has a number at Telegram, in whatever state they are."""
    return next(user.uid for user in ask(ledger, user_services.list_users, SYSTEM) if user.telegram_user_id == number)


def let_everybody_in(ledger: Ledger) -> People:
    """Let an admin, two traders and a viewer in."""
    return People(*(let_in(ledger, number, role) for number, role in ROLES.items()))


def account(ledger: Ledger, who: Principal, name: str = "Paper", **more: Any) -> Account:
    """Make an account of somebody's."""
    new = NewAccount(**{"broker": "PAPER", "name": name, "base_currency": "USD", "is_live": False, **more})
    return do(ledger, create_account, who, new)


def portfolio(ledger: Ledger, who: Principal, inside: Account, name: str = "Main") -> Portfolio:
    """Make a portfolio in an account."""
    return do(ledger, create_portfolio, who, NewPortfolio(account=inside.uid, name=name))


def write_order(ledger: Ledger, portfolio: str, status: OrderStatus = "NEW") -> str:
    """Write an order of a portfolio, past the services, and return its uid."""
    uid = audit.new_uid()
    with work(ledger) as unit:
        coin = resolve(SYSTEM, unit, BITCOIN)
        add_order(unit, uid, book=(portfolio, coin.uid), status=status)
    return uid


def write_position(ledger: Ledger, portfolio: str, quantity: str = "1") -> None:
    """Write a position of a portfolio, past the services."""
    held = Decimal(quantity)
    with work(ledger) as unit:
        ids = _ids(unit.connection, portfolio, resolve(SYSTEM, unit, BITCOIN).uid)
        del ids["account_id"]
        numbers = {"quantity": held, "avg_price": Decimal(1), "cost": held, "realized_pnl": Decimal(0)}
        last = {"last_exec_time": NOW, "last_broker_trade_id": "1", "updated_at": NOW, "is_open": bool(held)}
        unit.connection.execute(positions.insert(), {"uid": audit.new_uid(), **ids, **numbers, **last})
