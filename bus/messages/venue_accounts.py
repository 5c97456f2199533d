"""An account as its venue has it, as a broker tells execution: money, positions, resting orders, fills; see `venues`.

Only inside of `Signed`, as all that the two say to one another.

    execution ──▶ broker    AskAccount
    broker ──▶ execution    AccountState
"""

from datetime import datetime
from decimal import Decimal
from typing import Literal

import msgspec

from bus.messages.venues import Execution, OrderType, Said, Side, Traded

Wallet = Literal["", "SPOT", "FUTURES"]
"""Where an account's money lies, where it lies apart; empty where it does not."""
CashEventType = Literal[
    "DEPOSIT", "WITHDRAWAL", "DIVIDEND", "INTEREST", "FUNDING", "FEE", "TAX", "TRANSFER", "ADJUSTMENT"
]


class AskAccount(Said, frozen=True, kw_only=True):
    """Read an account whole; answered by AccountState `id`. `since`: executions from there on are wanted too."""

    id: str
    account: str
    since: datetime


class Cash(msgspec.Struct, frozen=True, kw_only=True):
    """One currency of an account; `available` may be spent, None where the venue does not say.

    `wallet`: where it lies, at a venue that keeps spot and futures apart; what lies in one buys nothing in the other.
    """

    currency: str
    cash: Decimal
    available: Decimal | None = None
    equity: Decimal | None = None
    wallet: Wallet = ""


class CashEvent(msgspec.Struct, frozen=True, kw_only=True):
    """Money that came or went without an order, such as funding; `amount` below zero: taken. `id` is the venue's."""

    id: str
    type: CashEventType
    amount: Decimal
    currency: str
    at: datetime
    instrument: Traded | None = None


class Held(msgspec.Struct, frozen=True, kw_only=True):
    """A position at the venue, below zero for a short one; a hedge-mode account may have two of an instrument."""

    instrument: Traded
    quantity: Decimal
    average_price: Decimal | None = None


class Working(msgspec.Struct, frozen=True, kw_only=True):
    """An order that rests at the venue; `client_order_id` is empty where a person placed it there."""

    instrument: Traded
    client_order_id: str
    broker_order_id: str | None
    side: Side
    type: OrderType
    quantity: Decimal
    filled_quantity: Decimal
    stop_price: Decimal | None = None


class AccountState(Said, frozen=True, kw_only=True):
    """An account as its venue has it; answer to AskAccount `id`.

    `is_complete` is False where any part could not be read: then nothing that is missing is read as "nothing", and
    `reason` says why. `executions_since`: from when on the executions are whole, where the venue reaches back less far
    than was asked; None: as asked. `cash_events` are those since the same moment.
    """

    id: str
    account: str
    as_of: datetime
    is_complete: bool
    reason: str = ""
    balances: tuple[Cash, ...] = ()
    positions: tuple[Held, ...] = ()
    working: tuple[Working, ...] = ()
    executions: tuple[Execution, ...] = ()
    executions_since: datetime | None = None
    cash_events: tuple[CashEvent, ...] = ()
