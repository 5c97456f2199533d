"""What the pages of trading are about, for their golden texts."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from bus.language import Language
from bus.messages.trading import BrokerHealth
from ledger.trading.books.pnl import Period, Pnl
from ledger.trading.books.positions import PositionLine
from ledger.trading.flow.records import NewBalance, Signal, SignalEvent, VenuePosition
from ledger.trading.orders.records import Order
from ledger.trading.risk.limits import Limits
from notifier.texts.trading import WORDS
from notifier.trading.account_marks import Marks
from notifier.trading.pages import HaltLine, Page, StatusReport

NOW = datetime(2026, 11, 27, 14, 30, 5, 123456, tzinfo=UTC)
UID = "3fa9c2d41e6b4f0a9c2d41e6b4f0a9c2"
PAPER = BrokerHealth(name="broker-paper", state="connected", since=NOW - timedelta(hours=2))
LOST = BrokerHealth(name="broker-ibkr", state="lost", since=NOW, reason="the Gateway <closed>", breaker_open=True)


def halts(language: Language) -> tuple[HaltLine, ...]:
    """Return a kill and a pause."""
    words = WORDS[language]
    kill = HaltLine(is_kill=True, of=words.of_all, reason="fire & smoke", name="Ann", at=NOW)
    of_main = words.of_portfolio.format(name="Main")
    return (kill, HaltLine(is_kill=False, of=of_main, reason="holidays", name="make", at=NOW))


def report(**changes: Any) -> StatusReport:
    """Return an overview of a day with some trading."""
    period = Period(NOW - timedelta(hours=9), NOW)
    day = Pnl(
        period=period,
        lines=(),
        gross={"USD": Decimal("14.5")},
        fees={"USD": Decimal("2.2")},
        funding={},
        net={"USD": Decimal("12.3")},
        fees_missing=1,
    )
    values: dict[str, Any] = {
        "mode": "paper",
        "portfolio": "Main <1>",
        "halts": (),
        "brokers": (PAPER,),
        "balances": (NewBalance(currency="USD", cash=Decimal(9000), equity=Decimal("10012.345"), as_of=NOW),),
        "invested": {"USD": Decimal("1000.5"), "USDT": Decimal(0)},
        "limits": Limits(max_invested=Decimal(5000), max_daily_buys=5, max_open_positions=4),
        "currency": "USD",
        "openings_today": 1,
        "open_orders": 2,
        "positions": 1,
        "pnl": day,
        "waiting": 3,
    }
    return StatusReport(**{**values, **changes})


def locked(language: Language) -> StatusReport:
    """Return an overview of a live account that is locked, while its broker tries to connect."""
    marks = Marks(language=language, lock="unchecked")
    away = BrokerHealth(name="broker-ibkr", state="lost", since=NOW, reason="nobody listens", attempts=7)
    return report(mode=marks.kind("live", is_live=True), locked=tuple(marks.locked(is_live=True)), brokers=(away,))


def nothing() -> StatusReport:
    """Return an overview before anything was traded, while execution is silent."""
    empty = Pnl(period=Period(NOW, NOW), lines=(), gross={}, fees={}, funding={}, net={}, fees_missing=0)
    return report(
        mode="live", brokers=None, balances=(), invested={}, limits=Limits(), openings_today=0, positions=0, pnl=empty
    )


def line(**changes: Any) -> PositionLine:
    """Return a position."""
    values: dict[str, Any] = {
        "uid": "1",
        "portfolio": "Main <1>",
        "portfolio_uid": "1",
        "instrument_uid": "1",
        "symbol": "BRK.B",
        "exchange": None,
        "asset_type": "EQUITY",
        "currency": "USD",
        "multiplier": Decimal(1),
        "strategy": "trend",
        "quantity": Decimal(10),
        "avg_price": Decimal("487.250000"),
        "cost": Decimal("4872.5"),
        "realized_pnl": Decimal(0),
        "opened_at": NOW,
        "updated_at": NOW,
    }
    return PositionLine(**{**values, **changes})


def order(**changes: Any) -> Order:
    """Return an order."""
    numbers = dict.fromkeys(("id", "portfolio_id", "account_id", "instrument_id", "attempt"), 1)
    nothing_of = dict.fromkeys(("strategy_id", "signal_id", "parent_id", "stop_price", "broker_order_id", "reason"))
    words = {"leg": "ENTRY", "purpose": "OPENING", "side": "BUY", "type": "MARKET", "time_in_force": "DAY"}
    values: dict[str, Any] = {
        **numbers,
        **nothing_of,
        **words,
        "uid": UID,
        "status": "PARTIALLY_FILLED",
        "quantity": Decimal(10),
        "filled_quantity": Decimal("2.50"),
        "average_price": Decimal("187.10"),
        "price": None,
        "client_order_id": UID,
        "placed_at": NOW,
        "updated_at": NOW,
        "meta_json": {},
        "symbol": "AAPL",
        "portfolio_name": "Main",
        "is_live": False,
    }
    return Order(**{**values, **changes})


def signal(**changes: Any) -> Signal:
    """Return a signal."""
    nothing_of = (
        "instrument",
        "inbox_uid",
        "external_id",
        "exchange",
        "quantity",
        "percent",
        "stop_loss",
        "take_profit",
    )
    values: dict[str, Any] = {
        **dict.fromkeys(nothing_of),
        "id": 1,
        "uid": UID,
        "user_id": 1,
        "portfolio": "1",
        "portfolio_name": "Main <1>",
        "account": "1",
        "account_id": 1,
        "broker": "PAPER",
        "is_live": False,
        "strategy": "1",
        "strategy_name": "trend",
        "action": "buy",
        "symbol": "BTCUSDT",
        "amount": Decimal(100),
        "price": None,
        "body": {},
        "state": "QUEUED",
        "code": "NOT_KNOWN",
        "received_at": NOW,
        "updated_at": NOW,
    }
    return Signal(**{**values, **changes})


def steps() -> tuple[SignalEvent, ...]:
    """Return a life that ended in a refusal."""
    told: tuple[tuple[Any, str | None, dict[str, Any]], ...] = (
        ("RECEIVED", None, {}),
        ("VALIDATED", None, {}),
        (
            "WAITING_FOR_MARKET",
            "MARKET_CLOSED",
            {"moves": ["CLOSE", "OPEN_LONG"], "since": NOW.isoformat(), "by": (NOW + timedelta(hours=7)).isoformat()},
        ),
        ("QUEUED", "NOT_KNOWN", {"what": "quote", "of": "<AAPL>"}),
        ("REJECTED", "CASH", {"available": "12.50", "need": "100", "by": "no moment", "unheard_of": "1"}),
    )
    return tuple(
        SignalEvent(state=state, code=code, details=details, created_at=NOW + timedelta(milliseconds=150 * number))
        for number, (state, code, details) in enumerate(told)
    )


def cases(language: Language) -> dict[str, str]:
    """Return the pages by what they are about."""
    page = Page(language, UTC)
    external = VenuePosition(
        symbol="ETH-USDT",
        asset_type="CRYPTO",
        currency="USDT",
        quantity=Decimal(2),
        external=Decimal("-0.5"),
        average_price=None,
        as_of=NOW,
    )
    short = line(symbol="BTC-USDT", quantity=Decimal("-0.125"), realized_pnl=Decimal("-1234.5"), strategy=None)
    other = line(portfolio="Second", portfolio_uid="2", realized_pnl=Decimal("12.3"))
    exit_order = order(leg="EXIT", side="SELL", status="REJECTED", filled_quantity=Decimal(0), reason="no <cash>")
    return {
        "status": page.status(report()),
        "status, killed and paused, a venue lost": page.status(report(halts=halts(language), brokers=(PAPER, LOST))),
        "status, live and locked, its venue away": page.status(locked(language)),
        "status, nothing yet and execution silent": page.status(nothing()),
        "positions": page.positions([line(), short, other], [external]),
        "no positions": page.positions([], []),
        "orders": page.orders([order(), exit_order]),
        "no orders": page.orders([]),
        "signals": page.signals([signal(), signal(state="DONE", code=None)], none=page.words.no_signals),
        "no signals": page.signals([], none=page.words.no_queue),
        "the life of a signal": page.life(signal(state="REJECTED", code="CASH"), steps()),
    }
