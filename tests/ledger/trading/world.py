"""A small world to trade in: two users with a paper account each, a strategy, a share, a coin and a future."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from ledger.store import Ledger
from ledger.trading.books.records import Fill
from ledger.trading.enumerations import Side
from ledger.trading.principal import Principal
from ledger.trading.tables.catalogue import instruments
from ledger.trading.tables.people import accounts, portfolios, strategies, users
from ledger.trading.tables.trading import orders
from ledger.trading.work import Work

NOW = datetime(2026, 3, 2, 15, 0, tzinfo=UTC)
ANN, BOB = Principal(user_id=1, role="trader"), Principal(user_id=2, role="trader")
LOOKING = Principal(user_id=1, role="viewer")
ADMIN = Principal(user_id=3, role="admin")
ANNS, BOBS = "anns portfolio", "bobs portfolio"
SHARE, COIN, FUTURE = "a share", "a coin", "a future"
ORDER = "anns order"
TREND = "anns strategy"
MULTIPLIER = Decimal(50)


def settle(ledger: Ledger) -> None:
    """Write the world into an empty ledger."""
    with ledger.writing() as connection:
        for number, (name, role) in enumerate((("ann", "trader"), ("bob", "trader"), ("eve", "admin")), start=1):
            user = {
                "id": number,
                "uid": name,
                "telegram_user_id": 7000 + number,
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
            connection.execute(users.insert(), user)
        for number, owner in ((1, "anns"), (2, "bobs")):
            own = {"id": number, "user_id": number, "created_at": NOW}
            account = {"uid": f"{owner} account", "name": "paper", "broker_id": 3, "base_currency": "USD"}
            connection.execute(accounts.insert(), own | account | {"is_live": False})
            portfolio = {"uid": f"{owner} portfolio", "name": "main", "account_id": number, "description": ""}
            connection.execute(portfolios.insert(), own | portfolio | {"is_default": True})
        strategy = {"id": 1, "uid": TREND, "user_id": 1, "portfolio_id": 1, "name": "trend", "version": 1}
        rest = {"mode": "auto", "params_json": {}, "is_active": True, "created_at": NOW}
        connection.execute(strategies.insert(), strategy | rest)
        for number, (uid, symbol, kind, base, multiplier) in enumerate(
            (
                (SHARE, "AAPL", "EQUITY", None, Decimal(1)),
                (COIN, "BTC-USDT", "CRYPTO", "BTC", Decimal(1)),
                (FUTURE, "ES", "FUTURE", None, MULTIPLIER),
            ),
            start=1,
        ):
            named = {"id": number, "uid": uid, "symbol": symbol, "asset_type": kind, "base_currency": base}
            row = named | {"exchange": None, "currency": "USD", "multiplier": multiplier, "created_at": NOW}
            connection.execute(instruments.insert(), row)
        add_order(Work(connection, NOW))


def add_order(work: Work, uid: str = ORDER, *, quantity: str = "10", side: Side = "BUY", status: str = "NEW") -> None:
    """Write an order of Ann's for shares."""
    row = {
        "uid": uid,
        "portfolio_id": 1,
        "account_id": 1,
        "instrument_id": 1,
        "leg": "ENTRY",
        "attempt": 1,
        "purpose": "OPENING",
        "side": side,
        "type": "MARKET",
        "status": status,
        "time_in_force": "DAY",
        "quantity": Decimal(quantity),
        "filled_quantity": Decimal(0),
        "client_order_id": uid,
        "placed_at": NOW,
        "updated_at": NOW,
        "meta_json": {},
    }
    work.connection.execute(orders.insert(), row)


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


@contextmanager
def work(ledger: Ledger, at: datetime = NOW) -> Iterator[Work]:
    """Begin a unit of work at a moment."""
    with ledger.writing() as connection:
        yield Work(connection, at)
