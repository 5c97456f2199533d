"""What the checks before an order look at: read from the books in the transaction that writes the order."""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal

import msgspec

from ledger.exact import ZERO
from ledger.trading.enumerations import Wallet


class OpenPosition(msgspec.Struct, frozen=True, kw_only=True):
    """A position of a portfolio that is not flat.

    Attributes:
        cost: What was paid for it, below zero for a short one; in `currency`.
    """

    instrument: str
    symbol: str
    strategy: str | None
    currency: str
    multiplier: Decimal
    quantity: Decimal
    avg_price: Decimal
    cost: Decimal


class PendingOpening(msgspec.Struct, frozen=True, kw_only=True):
    """What an opening may still buy or sell short; UNKNOWN ones count as the others.

    Attributes:
        quantity: What is not filled yet.
        value: That, at the order's limit, or at the price that was expected when it was written, with the multiplier.
        placed_at: When it was written.
        wallet: Which of the account's pays for it; empty where it has but one.
    """

    instrument: str
    strategy: str | None
    currency: str
    quantity: Decimal
    value: Decimal
    placed_at: datetime
    wallet: Wallet = ""


class CashFact(msgspec.Struct, frozen=True, kw_only=True):
    """The venue's latest figure of one currency of the account, in one of its wallets.

    Attributes:
        available: What may be spent, and nothing that would be borrowed; `cash` where the venue does not say.
        spent_since: Value of the account's openings that were written or filled after `as_of`, and of those of its
            other portfolios that are not filled yet; to be taken off. Those that this wallet pays for alone.
        wallet: Where it lies; what lies in one wallet buys nothing that another pays for.
    """

    currency: str
    available: Decimal
    equity: Decimal | None
    as_of: datetime
    spent_since: Decimal = ZERO
    wallet: Wallet = ""


class RiskFacts(msgspec.Struct, frozen=True, kw_only=True):
    """Everything the checks know of a portfolio at one moment.

    Attributes:
        killed: Why nothing may be ordered; empty where it may.
        paused: Why nothing may be opened.
        positions: All that are not flat, of all strategies.
        pending: Of all openings that may still be filled.
        cash: By currency and wallet; a missing currency is not known.
        wallet: Which of the account's wallets pays for this instrument.
        openings_of_ticker: Of this instrument since it was flat in this portfolio, filled or possibly filled.
        openings_today: Of the portfolio's day.
        orders_today: Closings too.
        realized_today: Net of fees in the account's currency.
        unrealized_at_day_start: None where nobody has noted it.
        equity_peak: The highest equity that was noted; None where none was.
        last_stop_at: When a stop loss of this instrument last filled; None where none did.
    """

    killed: str = ""
    paused: str = ""
    positions: tuple[OpenPosition, ...] = ()
    pending: tuple[PendingOpening, ...] = ()
    cash: tuple[CashFact, ...] = ()
    openings_of_ticker: int = 0
    openings_today: int = 0
    orders_today: int = 0
    realized_today: Decimal = ZERO
    unrealized_at_day_start: Decimal | None = None
    equity_peak: Decimal | None = None
    last_stop_at: datetime | None = None
    wallet: Wallet = ""


class Use(msgspec.Struct, frozen=True, kw_only=True):
    """How much of a portfolio's limits is used up at one moment, whatever is opened next; as in `RiskFacts`.

    Attributes:
        symbols: Of the instruments of positions and pending openings, by their uids.
        openings_by_symbol: Openings of each since it was flat, filled or possibly filled.
    """

    positions: tuple[OpenPosition, ...]
    pending: tuple[PendingOpening, ...]
    symbols: Mapping[str, str]
    cash: tuple[CashFact, ...]
    openings_by_symbol: Mapping[str, int]
    openings_today: int
    orders_today: int
    realized_today: Decimal
    unrealized_at_day_start: Decimal | None
    equity_peak: Decimal | None
