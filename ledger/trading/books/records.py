"""What goes into the books, and what comes out of them."""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal

import msgspec

from ledger.trading.books.arithmetic import Holding
from ledger.trading.enumerations import OrderStatus, Side


class Fill(msgspec.Struct, frozen=True, kw_only=True):
    """An execution, as a broker reports it.

    Attributes:
        broker_trade_id: Its number at the broker; no two executions of an account share one.
        side: Whose way.
        quantity: Above zero; zero only in a correction that takes an execution back.
        price: Of one.
        exec_time: When it happened, aware UTC.
        fee: What it cost, below zero for a rebate; None where the broker has not said it yet.
        fee_currency: In which; None where the fee is.
        execution: What an execution and its corrections have in common; the number itself where there is no more.
        revision: 0, and higher for each correction; of an execution's rows the highest counts.
        meta: What else the broker said, without floats.
    """

    broker_trade_id: str
    side: Side
    quantity: Decimal
    price: Decimal
    exec_time: datetime
    fee: Decimal | None = None
    fee_currency: str | None = None
    execution: str = ""
    revision: int = 0
    meta: Mapping[str, object] = {}


class Book(msgspec.Struct, frozen=True, kw_only=True):
    """Where an execution without an order belongs; uids."""

    portfolio: str
    instrument: str
    strategy: str | None = None


class Trade(msgspec.Struct, frozen=True, kw_only=True):
    """An execution in the books: a row of `trades`; ids are the ledger's own."""

    id: int
    uid: str
    portfolio_id: int
    account_id: int
    instrument_id: int
    strategy_id: int | None
    order_id: int | None
    side: Side
    quantity: Decimal
    price: Decimal
    fee: Decimal | None
    fee_currency: str | None
    exec_time: datetime
    broker_trade_id: str
    execution: str
    revision: int
    corrects_id: int | None

    @property
    def is_correction(self) -> bool:
        """Whether it stands in the place of a row that the books had; a venue's first revision may be any number."""
        return self.corrects_id is not None


class Position(msgspec.Struct, frozen=True, kw_only=True):
    """A position in the books: a row of `positions`; ids are the ledger's own."""

    id: int
    uid: str
    portfolio_id: int
    instrument_id: int
    strategy_id: int | None
    quantity: Decimal
    avg_price: Decimal
    cost: Decimal
    realized_pnl: Decimal
    opened_at: datetime | None
    last_exec_time: datetime
    last_broker_trade_id: str
    updated_at: datetime

    @property
    def holding(self) -> Holding:
        """The position as numbers."""
        return Holding(
            quantity=self.quantity,
            avg_price=self.avg_price,
            cost=self.cost,
            realized_pnl=self.realized_pnl,
            opened_at=self.opened_at,
        )


class Booked(msgspec.Struct, frozen=True, kw_only=True):
    """What an execution has done.

    Attributes:
        is_new: False where it was in the books already, or a newer correction of it: then nothing was changed.
        trade: Its row.
        position: The position after it.
        realized: What it realized, gross, with what it changed of later executions; zero where nothing was changed.
        order_uid: Its order, None for one without.
        order_status: That order's state after it.
        symbol: Of its instrument.
        currency: Of its instrument.
    """

    is_new: bool
    trade: Trade
    position: Position
    realized: Decimal
    order_uid: str | None
    order_status: OrderStatus | None
    symbol: str
    currency: str
