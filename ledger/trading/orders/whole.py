"""Orders with all that sending them and telling of them needs: where they go, whose they are, what they protect."""

from datetime import datetime
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal, localcontext
from typing import Any

import msgspec
from sqlalchemy import Connection, Row, Select, bindparam, select

from ledger.exact import ARITHMETIC, ZERO, rounded, total
from ledger.trading.books.replay import COUNTS
from ledger.trading.errors import NotFound
from ledger.trading.flow.records import NO_PRICE
from ledger.trading.instruments import Instrument
from ledger.trading.orders.records import Order
from ledger.trading.orders.states import OPEN
from ledger.trading.people.served import SERVED_BY
from ledger.trading.principal import Principal, Scoped
from ledger.trading.tables.catalogue import instruments
from ledger.trading.tables.flow import signals
from ledger.trading.tables.people import accounts, brokers, portfolios, strategies, users
from ledger.trading.tables.trading import orders, position_entries, trades


class WholeOrder(msgspec.Struct, frozen=True, kw_only=True):
    """An order and what is around it; names are uids where nothing else is said.

    Attributes:
        order: Its row.
        instrument: What it trades.
        account: Where it goes.
        number: What that account is called at its venue; None where it has no number.
        broker: The code of the account's broker.
        program: Which program of that broker serves the account.
        portfolio: Where it is booked.
        strategy: Under which it is booked.
        signal: What it comes from.
        parent: The client order id of the opening that it protects.
        stop_loss: At which price what it opens is to be closed at a loss: as its row says, else as its signal does;
            brought to a price that the instrument has, towards the price of now.
        take_profit: The same, at a profit.
        user_id: The ledger's number of whose it is.
        user: A row with that user's `telegram_user_id`, `notifications_json`, `language` and `timezone`.
    """

    order: Order
    instrument: Instrument
    account: str
    number: str | None
    broker: str
    program: str
    portfolio: str
    strategy: str | None
    signal: str | None
    parent: str | None
    stop_loss: Decimal | None
    take_profit: Decimal | None
    user_id: int
    user: Row[Any]


class FilledSoFar(msgspec.Struct, frozen=True, kw_only=True):
    """What the executions of an order that count add up to.

    Attributes:
        realized: Gross, in the instrument's currency.
        fees: By currency, each once.
        fees_missing: How many executions have no fee yet.
        held: The position after the last of them, below zero for a short one.
        held_price: Its average price.
        last_at: When the last of them was; None where there is none.
        is_corrected: Whether one of them corrects another.
    """

    realized: Decimal
    fees: tuple[tuple[str, Decimal], ...]
    fees_missing: int
    held: Decimal
    held_price: Decimal
    last_at: datetime | None
    is_corrected: bool


_parents = orders.alias("parents")
_OWN = [orders.c[field] for field in Order.__struct_fields__ if field in orders.c]
_INSTRUMENT = [instruments.c[field].label(f"its_{field}") for field in Instrument.__struct_fields__]
_AROUND = (
    instruments.c.symbol,
    portfolios.c.name.label("portfolio_name"),
    accounts.c.is_live,
    accounts.c.uid.label("account"),
    accounts.c.account_uid.label("number"),
    brokers.c.code.label("broker"),
    SERVED_BY.label("program"),
    portfolios.c.uid.label("portfolio"),
    strategies.c.uid.label("strategy"),
    signals.c.uid.label("signal"),
    _parents.c.client_order_id.label("parent"),
    signals.c.stop_loss,
    signals.c.take_profit,
    users.c.id.label("user_id"),
    users.c.telegram_user_id,
    users.c.notifications_json,
    users.c.language,
    users.c.timezone,
)
WHOLE: Select[Any] = (
    select(*_OWN, *_INSTRUMENT, *_AROUND)
    .join(portfolios, portfolios.c.id == orders.c.portfolio_id)
    .join(accounts, accounts.c.id == orders.c.account_id)
    .join(brokers, brokers.c.id == accounts.c.broker_id)
    .join(users, users.c.id == portfolios.c.user_id)
    .join(instruments, instruments.c.id == orders.c.instrument_id)
    .outerjoin(strategies, strategies.c.id == orders.c.strategy_id)
    .outerjoin(signals, signals.c.id == orders.c.signal_id)
    .outerjoin(_parents, _parents.c.id == orders.c.parent_id)
)
_BY_UID = Scoped(WHOLE.where(orders.c.uid == bindparam("of_uid")), portfolios.c.user_id)
_OF_ACCOUNT = WHOLE.where(accounts.c.uid == bindparam("of_account"))
_BY_CLIENT_ID = Scoped(_OF_ACCOUNT.where(orders.c.client_order_id == bindparam("number")), portfolios.c.user_id)
_BY_BROKER_ID = Scoped(_OF_ACCOUNT.where(orders.c.broker_order_id == bindparam("number")), portfolios.c.user_id)
_ACCOUNTS = Scoped(select(accounts.c.id), accounts.c.user_id)
_OPEN = WHOLE.where(
    orders.c.account_id.in_(bindparam("of_accounts", expanding=True)), orders.c.status.in_(OPEN)
).order_by(orders.c.id)
_FILLS = Scoped(
    select(
        trades.c.quantity,
        trades.c.fee,
        trades.c.fee_currency,
        trades.c.exec_time,
        trades.c.corrects_id,
        position_entries.c.realized_pnl,
        position_entries.c.quantity.label("held"),
        position_entries.c.avg_price,
    )
    .join(orders, orders.c.id == trades.c.order_id)
    .join(portfolios, portfolios.c.id == orders.c.portfolio_id)
    .outerjoin(position_entries, position_entries.c.trade_id == trades.c.id)
    .where(orders.c.uid == bindparam("of_uid"), COUNTS)
    .order_by(trades.c.exec_time, trades.c.broker_trade_id),
    portfolios.c.user_id,
)


def whole_of(row: Row[Any]) -> WholeOrder:
    """Return an order as `WHOLE` selects it.

    Args:
        row: The row.
    """
    around = ["account", "number", "broker", "program", "portfolio", "strategy", "signal", "parent", "user_id"]
    return WholeOrder(
        order=Order(**{field: getattr(row, field) for field in Order.__struct_fields__}),
        instrument=Instrument(**{field: getattr(row, f"its_{field}") for field in Instrument.__struct_fields__}),
        user=row,
        stop_loss=_leg(row, "stop_loss"),
        take_profit=_leg(row, "take_profit"),
        **{field: getattr(row, field) for field in around},
    )


def _leg(row: Row[Any], name: str) -> Decimal | None:
    """Return where a leg is wanted: the order's own word counts before that of its signal."""
    own = row.meta_json.get(name)
    if own == NO_PRICE:
        return None
    said: Decimal | None = getattr(row, name) if own is None else Decimal(own)
    is_below = (name == "stop_loss") == (row.side == "BUY")
    return said if said is None or row.its_tick_size is None else _on_tick(said, row.its_tick_size, up=is_below)


def _on_tick(price: Decimal, tick: Decimal, *, up: bool) -> Decimal:
    """Return the next price that an instrument has; a plot of TradingView has as many decimals as it likes."""
    with localcontext(ARITHMETIC):
        steps = (price / tick).to_integral_value(rounding=ROUND_CEILING if up else ROUND_FLOOR)
        return rounded(steps * tick) if steps else price


def find_whole(principal: Principal, connection: Connection, uid: str) -> WholeOrder:
    """Return an order.

    Args:
        principal: Who asks.
        connection: Any connection to the ledger.
        uid: The order's.

    Raises:
        NotFound: The asker has no such order.
    """
    row = _BY_UID.rows(principal, connection, of_uid=uid).first()
    if row is None:
        raise NotFound("order", uid)
    return whole_of(row)


def find_named(
    principal: Principal, connection: Connection, account: str, *, client_order_id: str, broker_order_id: str | None
) -> WholeOrder | None:
    """Return the order of an account that a venue speaks of; None where the asker has none of these names.

    Args:
        principal: Who asks.
        connection: Any connection to the ledger.
        account: The account's uid.
        client_order_id: Our name of the order; empty where the venue does not say it.
        broker_order_id: The venue's, which counts where our name finds nothing.
    """
    row = None
    if client_order_id:
        row = _BY_CLIENT_ID.rows(principal, connection, of_account=account, number=client_order_id).first()
    elif broker_order_id:
        row = _BY_BROKER_ID.rows(principal, connection, of_account=account, number=broker_order_id).first()
    return None if row is None else whole_of(row)


def open_wholes(principal: Principal, connection: Connection) -> tuple[WholeOrder, ...]:
    """Return all orders of the asker that may still be filled, oldest first.

    Args:
        principal: Who asks.
        connection: Any connection to the ledger.
    """
    found = list(_ACCOUNTS.rows(principal, connection).scalars())
    return tuple(map(whole_of, connection.execute(_OPEN, {"of_accounts": found})))


def filled_so_far(principal: Principal, connection: Connection, uid: str) -> FilledSoFar:
    """Return what the executions of an order add up to; nothing for an order that the asker does not have.

    Args:
        principal: Who asks.
        connection: Any connection to the ledger.
        uid: The order's.
    """
    found = list(_FILLS.rows(principal, connection, of_uid=uid))
    rows = [row for row in found if row.quantity]
    booked = [row for row in rows if row.held is not None]
    currencies = sorted({row.fee_currency for row in rows if row.fee is not None})
    return FilledSoFar(
        realized=total(row.realized_pnl for row in rows if row.realized_pnl is not None),
        fees=tuple((each, total(row.fee for row in rows if row.fee_currency == each)) for each in currencies),
        fees_missing=sum(row.fee is None for row in rows),
        held=booked[-1].held if booked else ZERO,
        held_price=booked[-1].avg_price if booked else ZERO,
        last_at=rows[-1].exec_time if rows else None,
        is_corrected=any(row.corrects_id is not None for row in found),
    )
