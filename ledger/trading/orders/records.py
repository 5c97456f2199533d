"""What is asked of a venue, and how it is read back."""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any, Self

import msgspec
from sqlalchemy import Row

from ledger.trading.enumerations import Leg, OrderStatus, OrderType, Purpose, Side, TimeInForce


class NewOrder(msgspec.Struct, frozen=True, kw_only=True):
    """An order to be written; rows are named by their uids.

    Attributes:
        portfolio: Its portfolio, which names the account.
        instrument: What is traded.
        side: Whose way.
        type: How it is filled.
        time_in_force: How long it lives; there is no default.
        purpose: Whether it adds exposure or takes it away.
        leg: Its part in a signal's life; an entry is an opening, all others are closings.
        quantity: Above zero.
        price: The limit, of LIMIT and STOP_LIMIT alone.
        stop_price: Where STOP and STOP_LIMIT become active; for TRAILING how far behind the best price it stays.
        strategy: Under which its executions are booked.
        signal: What it comes from.
        parent: The order of the same account that it protects.
        key: What names it where there is no signal, or tells several of one leg apart.
        attempt: From 1; grows only when a person wants it tried again.
        meta: What else its broker needs, without floats.
        boot: The life of its broker that it is written for, empty where that is not known: one that has not heard of
            it is the first to hear of it.
    """

    portfolio: str
    instrument: str
    side: Side
    type: OrderType
    time_in_force: TimeInForce
    purpose: Purpose
    leg: Leg
    quantity: Decimal
    price: Decimal | None = None
    stop_price: Decimal | None = None
    strategy: str | None = None
    signal: str | None = None
    parent: str | None = None
    key: str | None = None
    attempt: int = 1
    meta: Mapping[str, object] = {}
    boot: str = ""


class Order(msgspec.Struct, frozen=True, kw_only=True):
    """An order in the books: a row of `orders`, with the names of where it belongs; ids are the ledger's own.

    Attributes:
        filled_quantity: What its executions add up to.
        average_price: Of its executions; None before the first.
        symbol: Of its instrument.
        portfolio_name: Of its portfolio.
        is_live: Whether its account's money is real.
        broker_boot: The life of its broker that it was written for; None where that is not known.
    """

    id: int
    uid: str
    portfolio_id: int
    account_id: int
    instrument_id: int
    strategy_id: int | None
    signal_id: int | None
    parent_id: int | None
    leg: Leg
    attempt: int
    purpose: Purpose
    side: Side
    type: OrderType
    status: OrderStatus
    time_in_force: TimeInForce
    quantity: Decimal
    filled_quantity: Decimal
    average_price: Decimal | None
    price: Decimal | None
    stop_price: Decimal | None
    client_order_id: str
    broker_order_id: str | None
    reason: str | None
    placed_at: datetime
    updated_at: datetime
    meta_json: dict[str, Any]
    symbol: str
    portfolio_name: str
    is_live: bool
    broker_boot: str | None = None

    @classmethod
    def of(cls, row: Row[Any]) -> Self:
        """Return it as the statements of `finding` select it.

        Args:
            row: The row.
        """
        return cls(**row._mapping)


class Placed(msgspec.Struct, frozen=True, kw_only=True):
    """What placing has done.

    Attributes:
        is_new: False where the order was in the books already: then nothing was changed.
        order: Its row.
    """

    is_new: bool
    order: Order
