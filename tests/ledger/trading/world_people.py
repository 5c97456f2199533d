"""A small world of people who trade, made by the services; orders and positions alone are written past them."""

from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, Concatenate, ParamSpec, TypeVar

import msgspec
from sqlalchemy import Table, select

from ledger.store import Ledger
from ledger.trading import audit
from ledger.trading.enumerations import OrderStatus
from ledger.trading.instruments import NewInstrument, resolve
from ledger.trading.people import users
from ledger.trading.people.accounts import Account, NewAccount, create_account
from ledger.trading.people.portfolio_rows import Portfolio
from ledger.trading.people.portfolios import NewPortfolio, create_portfolio
from ledger.trading.principal import SYSTEM, Principal
from ledger.trading.tables.catalogue import instruments
from ledger.trading.tables.flow import signals
from ledger.trading.tables.people import portfolios
from ledger.trading.tables.records import audit_log
from ledger.trading.tables.trading import orders, positions
from ledger.trading.work import Work

NOW = datetime(2026, 11, 26, 14, 30, tzinfo=UTC)
BOSS, ALICE, MALLORY, VERA, STRANGER = 101, 102, 103, 104, 105
"""Numbers at Telegram: an admin, two traders, a viewer, and nobody."""
ROLES: dict[int, Any] = {BOSS: "admin", ALICE: "trader", MALLORY: "trader", VERA: "viewer"}
COIN = NewInstrument(symbol="BTC-USDT", asset_type="CRYPTO", currency="USDT", exchange="BINGX", base_currency="BTC")

P = ParamSpec("P")
R = TypeVar("R")


class People(msgspec.Struct, frozen=True):
    """Who is in."""

    boss: Principal
    alice: Principal
    mallory: Principal
    vera: Principal


def do(
    ledger: Ledger, service: Callable[Concatenate[Principal, Work, P], R], who: Principal, *a: P.args, **k: P.kwargs
) -> R:
    """Let somebody change something, in a transaction of its own."""
    with ledger.writing() as connection:
        return service(who, Work(connection, NOW), *a, **k)


def ask(
    ledger: Ledger, service: Callable[Concatenate[Principal, Any, P], R], who: Principal, *a: P.args, **k: P.kwargs
) -> R:
    """Let somebody read something."""
    with ledger.reading() as connection:
        return service(who, connection, *a, **k)


def let_in(ledger: Ledger, number: int, role: Any = "trader") -> Principal:
    """Let a stranger ask and an admin approve."""
    with ledger.writing() as connection:
        work = Work(connection, NOW)
        asked = users.request(work, number, f"user{number}")
        users.approve(SYSTEM, work, asked.user.uid, role)
    return principal(ledger, number)


def principal(ledger: Ledger, number: int) -> Principal:
    """Return who somebody active is to the services."""
    with ledger.reading() as connection:
        found = users.principal_of(connection, number)
    assert found is not None
    return found


def uid_of(ledger: Ledger, number: int) -> str:
    """Return the uid of who has a number at Telegram, in whatever state they are."""
    return next(user.uid for user in ask(ledger, users.list_users, SYSTEM) if user.telegram_user_id == number)


def people(ledger: Ledger) -> People:
    """Let everybody in."""
    return People(*(let_in(ledger, number, role) for number, role in ROLES.items()))


def account(ledger: Ledger, who: Principal, name: str = "Paper", **more: Any) -> Account:
    """Make an account of somebody's."""
    new = NewAccount(**{"broker": "PAPER", "name": name, "base_currency": "USD", "is_live": False, **more})
    return do(ledger, create_account, who, new)


def portfolio(ledger: Ledger, who: Principal, inside: Account, name: str = "Main") -> Portfolio:
    """Make a portfolio in an account."""
    return do(ledger, create_portfolio, who, NewPortfolio(account=inside.uid, name=name))


def _ids(work: Work, portfolio: str) -> dict[str, Any]:
    """Return where a row of a portfolio and the coin belongs."""
    place = select(portfolios.c.id, portfolios.c.account_id).where(portfolios.c.uid == portfolio)
    row = work.connection.execute(place).one()
    coin = resolve(SYSTEM, work, COIN)
    number = work.connection.execute(select(instruments.c.id).where(instruments.c.uid == coin.uid)).scalar_one()
    return {"uid": audit.new_uid(), "portfolio_id": row.id, "account_id": row.account_id, "instrument_id": number}


def write_order(ledger: Ledger, portfolio: str, status: OrderStatus = "NEW") -> str:
    """Write an order of a portfolio, past the services, and return its uid."""
    with ledger.writing() as connection:
        ids = _ids(Work(connection, NOW), portfolio)
        words = {"leg": "ENTRY", "purpose": "OPENING", "side": "BUY", "type": "MARKET", "time_in_force": "DAY"}
        numbers = {"attempt": 1, "quantity": Decimal(2), "filled_quantity": Decimal(0)}
        rest = {"status": status, "client_order_id": ids["uid"], "placed_at": NOW, "updated_at": NOW, "meta_json": {}}
        connection.execute(orders.insert().values({**ids, **words, **numbers, **rest}))
        return str(ids["uid"])


def write_signal(ledger: Ledger, portfolio: str) -> str:
    """Write a signal for a portfolio, past the services, and return its uid."""
    with ledger.writing() as connection:
        ids = _ids(Work(connection, NOW), portfolio)
        said = {"action": "buy", "symbol": COIN.symbol, "body_json": {}, "state": "VALIDATED"}
        connection.execute(signals.insert().values({**ids, **said, "received_at": NOW, "updated_at": NOW}))
        return str(ids["uid"])


def write_position(ledger: Ledger, portfolio: str, quantity: str = "1") -> None:
    """Write a position of a portfolio, past the services."""
    with ledger.writing() as connection:
        ids = _ids(Work(connection, NOW), portfolio)
        ids.pop("account_id")
        held = Decimal(quantity)
        numbers = {"quantity": held, "avg_price": Decimal(1), "cost": held, "realized_pnl": Decimal(0)}
        last = {"last_exec_time": NOW, "last_broker_trade_id": "1", "updated_at": NOW, "is_open": bool(held)}
        connection.execute(positions.insert().values({**ids, **numbers, **last}))


def rows(ledger: Ledger, table: Table) -> list[dict[str, Any]]:
    """Return all rows of a table, past the services."""
    with ledger.reading() as connection:
        return [dict(row) for row in connection.execute(select(table).order_by(*table.primary_key)).mappings()]


def logged(ledger: Ledger) -> list[tuple[str, str, str]]:
    """Return what the audit log says: chain, kind of row, what was done; fails where a row does not fit."""
    assert ask(ledger, audit.verify, SYSTEM) == ()
    return [(row["chain"], row["entity_type"], row["action"]) for row in rows(ledger, audit_log)]
