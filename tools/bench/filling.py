"""Fill a ledger with years of trading, in bulk: by the services' own arithmetic and hashes, without their questions."""

import random
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import msgspec
from sqlalchemy import Connection, Table, bindparam, select

from ledger.exact import difference
from ledger.store import Ledger
from ledger.trading.audit import NO_HASH, hash_of
from ledger.trading.books.arithmetic import FLAT, Execution, Holding, apply
from ledger.trading.tables.catalogue import instruments
from ledger.trading.tables.people import accounts, portfolios, users
from ledger.trading.tables.records import audit_chains, audit_log
from ledger.trading.tables.trading import orders, position_entries, positions, trades

USERS, PORTFOLIOS_EACH, INSTRUMENTS, A_DAY = 20, 3, 40, 200
PORTFOLIOS = USERS * PORTFOLIOS_EACH
OPEN_EACH = 5
PAPER = 3
BEGAN = datetime(2025, 1, 2, 14, 30, tzinfo=UTC)
AT_ONCE = 20_000
SEED = 7
NUMBERED = (users, accounts, portfolios, instruments, orders, trades, positions)

Row = dict[str, Any]


class Books:
    """What has been traded so far, and the rows of it that wait to be written."""

    def __init__(self) -> None:
        """Begin with nothing."""
        self.waiting: dict[Table, list[Row]] = {table: [] for table in (orders, trades, positions, audit_log)}
        self.waiting[position_entries] = []
        self.held: dict[tuple[int, int], tuple[int, Holding]] = {}
        self.last: dict[int, Row] = {}
        self.chains: dict[int, tuple[int, str]] = {}

    def write(self, connection: Connection) -> None:
        """Write what waits, what others name first."""
        for table, rows in self.waiting.items():
            if rows:
                connection.execute(table.insert(), rows)
                rows.clear()

    def finish(self, connection: Connection) -> None:
        """Bring positions and chains to their end."""
        at_end = positions.update().where(positions.c.id == bindparam("position"))
        connection.execute(at_end, [{"position": number, **row} for number, row in self.last.items()])
        heads = ((f"account:{account}", *head) for account, head in self.chains.items())
        rows = [{"chain": chain, "length": length, "hash": last} for chain, length, last in heads]
        connection.execute(audit_chains.insert(), rows)
        if connection.dialect.name == "postgresql":
            for name in (table.name for table in NUMBERED):
                highest = f"(SELECT max(id) FROM {name})"
                connection.exec_driver_sql(f"SELECT setval(pg_get_serial_sequence('{name}', 'id'), {highest})")
            connection.exec_driver_sql("ANALYZE")


def fill(ledger: Ledger, count: int) -> datetime:
    """Fill an empty ledger.

    Args:
        ledger: The ledger.
        count: How many trades.

    Returns:
        The moment after the last of them, aware UTC.
    """
    chance, books, at = random.Random(SEED), Books(), BEGAN
    with ledger.writing() as connection:
        _settle(connection)
    for begin in range(0, count, AT_ONCE):
        for number in range(begin + 1, min(begin + AT_ONCE, count) + 1):
            at = BEGAN + timedelta(seconds=number * 86_400 / (PORTFOLIOS * A_DAY))
            _trade(books, chance, number, at)
        with ledger.writing() as connection:
            books.write(connection)
    for number in range(PORTFOLIOS * OPEN_EACH):
        row = _order(1 + number % PORTFOLIOS, 1, f"open-{number}", at, status="NEW")
        books.waiting[orders].append({"id": count + 1 + number, **row})
    with ledger.writing() as connection:
        books.write(connection)
        books.finish(connection)
    return at + timedelta(seconds=1)


def add_orders(ledger: Ledger, count: int, at: datetime) -> list[str]:
    """Write orders that wait for their execution, one in each portfolio in turn.

    Args:
        ledger: The ledger.
        count: How many.
        at: When they were placed, aware UTC.

    Returns:
        Their uids.
    """
    rows = [
        _order(1 + number % PORTFOLIOS, 1 + number % INSTRUMENTS, f"new-{number}", at, status="NEW")
        for number in range(count)
    ]
    with ledger.writing() as connection:
        highest = connection.execute(select(orders.c.id).order_by(orders.c.id.desc()).limit(1)).scalar_one()
        connection.execute(orders.insert(), [{"id": highest + 1 + each, **row} for each, row in enumerate(rows)])
    return [row["uid"] for row in rows]


def _settle(connection: Connection) -> None:
    """Write the users, their accounts and portfolios, and what they trade."""
    own: Row = {"created_at": BEGAN}
    user = {"role": "trader", "status": "ACTIVE", "is_admin": False, "is_active": True, "language": "en"}
    user |= {"timezone": "Europe/Paris", "notifications_json": {}}
    for number in range(1, USERS + 1):
        named = {"id": number, "uid": f"user{number}", "username": f"user{number}", "telegram_user_id": number}
        connection.execute(users.insert(), own | user | named)
        account = {"id": number, "uid": f"account{number}", "user_id": number, "name": "paper", "broker_id": PAPER}
        connection.execute(accounts.insert(), own | account | {"base_currency": "USD", "is_live": False})
    for number in range(1, PORTFOLIOS + 1):
        owner = 1 + (number - 1) // PORTFOLIOS_EACH
        portfolio = {"id": number, "uid": f"portfolio{number}", "user_id": owner, "account_id": owner}
        rest = {"name": f"portfolio {number}", "description": "", "is_default": False}
        connection.execute(portfolios.insert(), own | portfolio | rest)
    for number in range(1, INSTRUMENTS + 1):
        instrument = {"id": number, "uid": f"instrument{number}", "symbol": f"SYM{number}", "asset_type": "EQUITY"}
        connection.execute(instruments.insert(), own | instrument | {"currency": "USD", "multiplier": Decimal(1)})


def _trade(books: Books, chance: random.Random, number: int, at: datetime) -> None:
    """Add one order, its execution, and what that does to its position and its account's chain."""
    portfolio, instrument = 1 + number % PORTFOLIOS, chance.randint(1, INSTRUMENTS)
    account = 1 + (portfolio - 1) // PORTFOLIOS_EACH
    key = (portfolio, instrument)
    position, held = books.held.get(key, (len(books.held) + 1, FLAT))
    side = chance.choice(("BUY", "SELL"))
    quantity = Decimal(chance.randint(1, 100_000)).scaleb(-3)
    price = Decimal(chance.randint(1000, 100_000)).scaleb(-2)
    order = _order(portfolio, instrument, f"{number}", at, status="FILLED")
    filled = {"side": side, "quantity": quantity, "filled_quantity": quantity, "average_price": price}
    books.waiting[orders].append({"id": number, **order, **filled})
    books.waiting[trades].append(
        {
            "id": number,
            "uid": f"trade{number}",
            "portfolio_id": portfolio,
            "account_id": account,
            "instrument_id": instrument,
            "order_id": number,
            "side": side,
            "quantity": quantity,
            "price": price,
            "fee": Decimal("0.35"),
            "fee_currency": "USD",
            "exec_time": at,
            "broker_trade_id": f"{number:09}",
            "execution": f"{number:09}",
            "revision": 0,
            "recorded_at": at,
            "meta_json": {},
        }
    )
    now = apply(held, Execution(side=side, quantity=quantity, price=price, exec_time=at))
    state = {**msgspec.structs.asdict(now), "last_exec_time": at, "last_broker_trade_id": f"{number:09}"}
    state |= {"updated_at": at, "is_open": bool(now.quantity)}
    if key not in books.held:
        of = {"id": position, "uid": f"position{position}", "portfolio_id": portfolio, "instrument_id": instrument}
        books.waiting[positions].append(of | state)
    books.held[key], books.last[position] = (position, now), state
    realized = {"realized_total": now.realized_pnl, "realized_pnl": difference(now.realized_pnl, held.realized_pnl)}
    entry = {"trade_id": number, "position_id": position, "portfolio_id": portfolio, "exec_time": at}
    after = {name: state[name] for name in ("quantity", "avg_price", "cost", "opened_at")}
    books.waiting[position_entries].append(entry | after | realized | {"broker_trade_id": f"{number:09}"})
    _log(books, account, number, at)


def _log(books: Books, account: int, number: int, at: datetime) -> None:
    """Add a row to an account's audit chain."""
    length, previous = books.chains.get(account, (0, NO_HASH))
    row: Row = {
        "chain": f"account:{account}",
        "sequence": length + 1,
        "user_id": None,
        "entity_type": "trade",
        "entity_id": f"trade{number}",
        "action": "executed",
        "details_json": {"order": str(number)},
        "created_at": at,
        "previous_hash": previous,
    }
    row["hash"] = hash_of(row)
    books.chains[account] = (length + 1, row["hash"])
    books.waiting[audit_log].append(row)


def _order(portfolio: int, instrument: int, uid: str, at: datetime, *, status: str) -> Row:
    """Return an order's row."""
    return {
        "uid": f"order-{uid}",
        "portfolio_id": portfolio,
        "account_id": 1 + (portfolio - 1) // PORTFOLIOS_EACH,
        "instrument_id": instrument,
        "leg": "ENTRY",
        "attempt": 1,
        "purpose": "OPENING",
        "side": "BUY",
        "type": "MARKET",
        "status": status,
        "time_in_force": "DAY",
        "quantity": Decimal(1),
        "filled_quantity": Decimal(0),
        "average_price": None,
        "client_order_id": uid,
        "placed_at": at,
        "updated_at": at,
        "meta_json": {},
    }
