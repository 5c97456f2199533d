"""Values that the tests of execution share."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from execution.order_asked import Market, OrderAsked
from ledger.trading.risk.facts import CashFact, OpenPosition, PendingOpening, RiskFacts
from ledger.trading.risk.limits import Limits

D = Decimal
NOW = datetime(2026, 3, 11, 15, 0, tzinfo=UTC)

OPENING = OrderAsked(
    instrument="aapl",
    symbol="AAPL",
    strategy="trend",
    currency="USD",
    is_closing=False,
    quantity=D(10),
    price=D(100),
    leverage=D(1),
)
"""Ten for 1000 USD."""
LIMITS = Limits(
    reserve=D(500),
    max_invested=D(10_000),
    max_open_positions=3,
    max_per_ticker=2,
    max_daily_buys=5,
    max_daily_loss=D(300),
)
MARKET = Market(
    currency="USD",
    balance_max_age=timedelta(minutes=5),
    quote_max_age=timedelta(seconds=10),
    bid=D("99.9"),
    ask=D("100.1"),
    quoted_at=NOW,
    unrealized=D(0),
    equity=D(20_000),
)
FACTS = RiskFacts(
    cash=(CashFact(currency="USD", available=D(5_000), equity=D(20_000), as_of=NOW - timedelta(minutes=1)),),
    unrealized_at_day_start=D(0),
)


def position(instrument: str = "msft", **changed: object) -> OpenPosition:
    """Return an open position that cost 1000 USD."""
    values: dict[str, Any] = {
        "instrument": instrument,
        "symbol": instrument.upper(),
        "strategy": "trend",
        "currency": "USD",
        "multiplier": D(1),
        "quantity": D(10),
        "avg_price": D(100),
        "cost": D(1000),
    }
    return OpenPosition(**{**values, **changed})


def pending(instrument: str = "msft", **changed: object) -> PendingOpening:
    """Return an opening of 1000 USD that is not filled, and that the balance cannot know of."""
    values: dict[str, Any] = {
        "instrument": instrument,
        "strategy": "trend",
        "currency": "USD",
        "quantity": D(10),
        "value": D(1000),
        "placed_at": NOW,
    }
    return PendingOpening(**{**values, **changed})
