"""Executions and reports to look at, made without a ledger."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from ledger.trading.books.executions import Execution
from ledger.trading.books.pnl import Amounts, Period
from ledger.trading.flow.outcomes import Refused
from ledger.trading.people.portfolio_rows import Portfolio
from reports.report import Asked, Report, made

UNTIL = datetime(2026, 2, 11, 21, 5, tzinfo=UTC)
WEEK = Period(UNTIL - timedelta(days=7), UNTIL)
SYMBOLS = ("AAPL", "MSFT", "NVDA", "BRK.B", "BTC-USDT", "ETH-USDT", "GOOGL", "AMZN", "TSLA", "META", "AMD", "INTC", "T")
STRATEGIES = ("trend", "прорыв", None, "mean-reversion-of-the-morning")
UID = "0123456789abcdef0123456789abcdef"


def portfolio(name: str = "Основной <ä>", *, is_live: bool = False) -> Portfolio:
    """Return a portfolio; its name has Cyrillic, an umlaut, and what HTML would read."""
    return Portfolio(
        uid=UID,
        user=UID,
        account=UID,
        name=name,
        description="",
        is_live=is_live,
        is_default=True,
        archived_at=None,
        created_at=UNTIL,
    )


def execution(number: int = 1, **changes: Any) -> Execution:
    """Return an execution of the week: the first half an hour after its beginning, each later than the one before."""
    values: dict[str, Any] = {
        "uid": f"{number:032x}",
        "position_id": 1,
        "exec_time": WEEK.since + timedelta(minutes=30 + 15 * number),
        "symbol": "AAPL",
        "exchange": None,
        "asset_type": "EQUITY",
        "strategy": "trend",
        "side": "BUY",
        "quantity": Decimal(10),
        "price": Decimal("187.10"),
        "multiplier": Decimal(1),
        "currency": "USD",
        "coin": None,
        "fee": Decimal("0.35"),
        "fee_currency": "USD",
        "realized": Decimal(0),
        "order": UID,
        "purpose": "OPENING",
        "client_order_id": UID,
        "broker_order_id": "77",
        "broker_trade_id": f"exec-{number}",
        "corrects": False,
    }
    return Execution(**{**values, **changes})


def asked(days: int = 7, **changes: Any) -> Asked:
    """Return what a report is asked of: the week, unless it is said otherwise."""
    return Asked(**{"portfolio": portfolio(), "days": days, "period": WEEK, **changes})


def many(count: int) -> tuple[Execution, ...]:
    """Return executions of all symbols and strategies: every second one closes, and every third of these loses."""
    found = []
    for number in range(count):
        symbol = SYMBOLS[number % len(SYMBOLS)]
        won = Decimal(number % 17 * (-7 if number % 3 == 0 else 5)) / 4
        found.append(
            execution(
                number,
                symbol=symbol,
                currency="USDT" if "USDT" in symbol else "USD",
                fee_currency="USDT" if "USDT" in symbol else "USD",
                strategy=STRATEGIES[number % len(STRATEGIES)],
                side="SELL" if number % 2 else "BUY",
                realized=won if number % 2 else Decimal(0),
            )
        )
    return tuple(found)


def full(count: int = 40, *, paid: Amounts | None = None) -> Report:
    """Return a report with something in each of its parts."""
    rejected = (Refused(code="CASH", count=4), Refused(code="MAX_DAILY_LOSS", count=1))
    return made(asked(), many(count), paid={"USDT": Decimal("-3.20")} if paid is None else paid, rejected=rejected)
