"""What the pages of trading are about, for their golden texts."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import msgspec

from bus.language import Language
from bus.messages.trading import BrokerHealth, Mark, PortfolioWorth
from ledger.trading.books.pnl import Period, Pnl, PnlLine
from ledger.trading.books.positions import PositionLine
from ledger.trading.flow.records import NewBalance, Signal, SignalEvent, VenuePosition
from ledger.trading.orders.records import Order
from ledger.trading.people.accounts import Account
from ledger.trading.people.portfolio_rows import Portfolio
from ledger.trading.risk.facts import CashFact
from ledger.trading.risk.limits import Limits
from ledger.trading.risk.policies import Applied
from ledger.trading.risk.usage import Used
from notifier.texts.trading import WORDS
from notifier.trading.account_marks import Marks
from notifier.trading.pages import Page
from notifier.trading.position_page import AtVenue, Holding, PositionPage, PositionsReport
from notifier.trading.queue_page import QueuePage, Waiting
from notifier.trading.status_page import BudgetLine, HaltLine, StatusPage, StatusReport

NOW = datetime(2026, 11, 27, 14, 30, 5, 123456, tzinfo=UTC)
UID = "3fa9c2d41e6b4f0a9c2d41e6b4f0a9c2"
PAPER = BrokerHealth(name="broker-paper", state="connected", since=NOW - timedelta(hours=2))
LOST = BrokerHealth(
    name="broker-ibkr", state="lost", since=NOW, reason="the Gateway <closed>", breaker_open=True, attempts=12
)
OUT = BrokerHealth(name="broker-ibkr", state="lost", since=NOW, reason="no handshake", code="silent", attempts=3)
QUIET = BrokerHealth(name="broker-ibkr", state="silent", since=NOW)


def halts(language: Language) -> tuple[HaltLine, ...]:
    """Return a kill and a pause."""
    words = WORDS[language]
    kill = HaltLine(is_kill=True, of=words.of_all, reason="fire & smoke", name="Ann", at=NOW)
    of_main = words.of_portfolio.format(name="Main")
    return (kill, HaltLine(is_kill=False, of=of_main, reason="holidays", name="make", at=NOW))


def account(**changes: Any) -> Account:
    """Return an account."""
    values: dict[str, Any] = {
        "uid": "1",
        "user": "1",
        "broker": "PAPER",
        "name": "paper",
        "account_uid": None,
        "base_currency": "USD",
        "is_live": False,
        "archived_at": None,
        "created_at": NOW,
    }
    return Account(**{**values, **changes})


def used(limit: str, number: str, most: str, **changes: Any) -> Used:
    """Return how much of a limit is used."""
    return Used(**{"limit": limit, "used": Decimal(number), "most": Decimal(most), **changes})


def report(**changes: Any) -> StatusReport:
    """Return an overview of a day with some trading."""
    period = Period(NOW - timedelta(hours=9), NOW)
    of_shares = PnlLine(
        symbol="AAPL", strategy=None, currency="USD", gross=Decimal("14.5"), fees={}, executions=3, fees_missing=1
    )
    day = Pnl(
        period=period,
        lines=(of_shares,),
        gross={"USD": Decimal("14.5")},
        fees={"USD": Decimal("2.2")},
        funding={},
        net={"USD": Decimal("12.3")},
        fees_missing=1,
    )
    free = CashFact(currency="USD", available=Decimal(8500), equity=None, as_of=NOW)
    balance = NewBalance(
        currency="USD", cash=Decimal(9000), available=Decimal(8500), equity=Decimal("10012.345"), as_of=NOW
    )
    limits = Limits(
        reserve=Decimal(100),
        max_invested=Decimal(5000),
        max_daily_buys=5,
        max_open_positions=4,
        max_per_ticker=2,
        max_daily_loss=Decimal(500),
        buy_amount=Decimal(100),
    )
    values: dict[str, Any] = {
        "now": NOW,
        "portfolio": "Main <1>",
        "account": account(),
        "halts": (),
        "venues": (PAPER,),
        "silent_since": None,
        "marks": Marks(language="en", health=(PAPER,)),
        "balances": (balance,),
        "free": ((free, Decimal("8211.5")),),
        "invested": {"USD": Decimal("1000.5"), "USDT": Decimal(0)},
        "applied": Applied(limits=limits, currency="USD", sources={}),
        "used": (
            used("max_invested", "1000.5", "5000"),
            used("max_open_positions", "1", "4"),
            used("max_per_ticker", "2", "2", of="BRK.B"),
            used("max_daily_buys", "6", "5"),
            used("max_daily_loss", "-12.3", "500", is_part=True),
        ),
        "begun": Decimal(5),
        "worth": PortfolioWorth(portfolio="1", currency="USD", unrealized=Decimal("-20.5"), as_of=NOW),
        "pnl": day,
        "budgets": (
            BudgetLine(name="trend <1>, which is long", amount=Decimal(250), budget=Decimal("1234567.5")),
            BudgetLine(name="mean", amount=None, budget=Decimal(800)),
        ),
        "realized": {"USD": Decimal("-1234.5"), "USDT": Decimal("7.25")},
        "margin": None,
        "refused": 2,
        "positions": 1,
        "open_orders": 2,
        "waiting": 3,
        "oldest_at": NOW - timedelta(minutes=4),
    }
    return StatusReport(**{**values, **changes})


def locked(language: Language) -> StatusReport:
    """Return an overview of a live account that is locked, while its broker tries to connect to another one."""
    tried = BrokerHealth(
        name="broker-ibkr", state="lost", since=NOW, code="refused", reason="nobody", attempts=7, number="U1"
    )
    marks = Marks(language=language, lock="unchecked", health=(tried,))
    live = account(broker="IBKR", name="ib", account_uid="U7654321", is_live=True)
    return report(account=live, marks=marks, venues=(tried,))


def nothing() -> StatusReport:
    """Return an overview before anything was traded, while execution is silent."""
    empty = Pnl(period=Period(NOW, NOW), lines=(), gross={}, fees={}, funding={}, net={}, fees_missing=0)
    return report(
        account=account(broker="IBKR", name="ib", account_uid="U7654321", is_live=True),
        venues=None,
        silent_since=NOW,
        balances=(),
        free=(),
        invested={},
        applied=Applied(limits=Limits(), currency="USD", sources={}),
        used=(),
        worth=None,
        pnl=empty,
        budgets=(),
        realized={},
        refused=0,
        positions=0,
        open_orders=0,
        waiting=0,
        oldest_at=None,
    )


def away() -> StatusReport:
    """Return an overview while the account's own venue is away, and no price is known."""
    rest = (
        used("max_daily_loss", "-12.3", "500", is_part=True),
        Used(limit="max_invested", used=None, most=Decimal(1)),
    )
    at_ib = account(broker="IBKR", name="ib", account_uid="DU1234567")
    euros = NewBalance(currency="EUR", cash=Decimal(50), available=Decimal(40), equity=Decimal(0), as_of=NOW)
    dollars = NewBalance(currency="USD", cash=Decimal(900), available=None, equity=Decimal(950), as_of=NOW)
    return report(
        account=at_ib,
        venues=(OUT, PAPER),
        balances=(euros, dollars),
        worth=None,
        used=rest,
        oldest_at=NOW - timedelta(hours=30),
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


def mine(name: str, uid: str) -> Portfolio:
    """Return a portfolio."""
    return Portfolio(
        uid=uid,
        user="1",
        account="1",
        name=name,
        description="",
        is_live=uid != "1",
        is_default=True,
        archived_at=None,
        created_at=NOW,
    )


def held(**changes: Any) -> PositionsReport:
    """Return what two portfolios hold, and an account besides."""
    short = line(
        uid="2",
        instrument_uid="2",
        symbol="BTC-USDT",
        quantity=Decimal("-0.125"),
        realized_pnl=Decimal("-1234.5"),
        strategy=None,
    )
    late = line(uid="3", instrument_uid="3", symbol="TSLA")
    unpriced = line(uid="4", instrument_uid="4", symbol="NVDA")
    second = [
        line(uid=uid, portfolio="Second", portfolio_uid="2", realized_pnl=Decimal(gained), instrument_uid=of)
        for uid, gained, of in (("5", "12.3", "1"), ("6", "0", "2"))
    ]
    stop = order(symbol="BRK.B", leg="STOP_LOSS", side="SELL", stop_price=Decimal(470), filled_quantity=Decimal(0))
    profit = order(symbol="BRK.B", leg="TAKE_PROFIT", side="SELL", price=Decimal("520.50"), filled_quantity=Decimal(0))
    prices = {("1", "1"): "490.5", ("1", "2"): "480", ("1", "3"): "600", ("2", "1"): "490.5", ("2", "2"): "487.25"}
    marks = tuple(
        Mark(portfolio=portfolio, instrument=of, price=Decimal(price), as_of=NOW, is_delayed=of == "3")
        for (portfolio, of), price in prices.items()
    )
    old = tuple(msgspec.structs.replace(each, as_of=NOW - timedelta(hours=3)) for each in marks)
    is_away = changes.get("is_away", False)
    return PositionsReport(
        now=NOW,
        holdings=(
            Holding(portfolio=mine("Main <1>", "1"), lines=(line(), short, late, unpriced), legs=(stop, profit)),
            Holding(portfolio=mine("Second", "2"), lines=tuple(second), legs=()),
            Holding(portfolio=mine("Empty", "3"), lines=(), legs=()),
        ),
        accounts=(AtVenue(account="ib", broker="IBKR", is_away=is_away, positions=outside()),),
        marks=changes.get("marks", old if is_away else marks),
    )


def outside() -> tuple[VenuePosition, ...]:
    """Return what is held at a venue by hand, less than the books say, and as they say."""
    found = (("ETH-USDT", "2", "2", "240.1"), ("BRK.B", "5", "-5", None), ("AAPL", "1", "0", None))
    return tuple(
        VenuePosition(
            symbol=symbol,
            asset_type="EQUITY",
            currency="USD",
            quantity=Decimal(quantity),
            external=Decimal(external),
            average_price=None if average is None else Decimal(average),
            as_of=NOW,
        )
        for symbol, quantity, external, average in found
    )


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


def waiting() -> list[Waiting]:
    """Return what waits, for every reason."""
    market = {"opens": (NOW + timedelta(hours=20)).isoformat(), "by": (NOW + timedelta(hours=26)).isoformat()}
    told: tuple[tuple[str, str | None, dict[str, Any], timedelta], ...] = (
        ("WAITING_FOR_MARKET", "MARKET_CLOSED", market, timedelta(hours=2, minutes=5)),
        ("WAITING_FOR_MARKET", "MARKET_CLOSED", {}, timedelta(days=3, hours=1)),
        ("AWAITING_CONFIRMATION", None, {}, timedelta(minutes=7)),
        ("QUEUED", "NOT_KNOWN", {"what": "quote", "of": "<AAPL>"}, timedelta(seconds=12)),
        ("QUEUED", "NOT_KNOWN", {"what": "quote that is not delayed", "of": "AAPL"}, timedelta(seconds=12)),
        ("QUEUED", "BROKER_LOST", {"broker": "IBKR", "reason": "no handshake"}, timedelta(minutes=1)),
        ("QUEUED", None, {}, timedelta(0)),
        ("RECEIVED", None, {}, timedelta(seconds=-1)),
        ("QUEUED", "COOLDOWN", {"minutes": "5"}, timedelta(minutes=1)),
    )
    return [
        Waiting(
            signal(state=state, code=code, received_at=NOW - age, strategy_name=name),
            SignalEvent(state=state, code=code, details=details, created_at=NOW),  # type: ignore[arg-type]
        )
        for number, (state, code, details, age) in enumerate(told)
        for name in ["trend" if number else None]
    ]


def cases(language: Language) -> dict[str, str]:
    """Return the pages by what they are about."""
    page, status, positions = Page(language, UTC), StatusPage(language, UTC), PositionPage(language, UTC)
    queue, main = QueuePage(language, UTC), mine("Main <1>", "1")
    exit_order = order(leg="EXIT", side="SELL", status="REJECTED", filled_quantity=Decimal(0), reason="no <cash>")
    return {
        "status": status.page(report()),
        "status, killed and paused, a venue lost": status.page(report(halts=halts(language), venues=(PAPER, LOST))),
        "status, its own venue away": status.page(away()),
        "status, nothing yet and execution silent": status.page(nothing()),
        "status, the broker's program silent": status.page(report(venues=(QUIET,))),
        "positions": positions.page(held()),
        "positions, the venue away": positions.page(held(is_away=True)),
        "positions, execution silent": positions.page(held(marks=None)),
        "no positions": positions.page(PositionsReport(now=NOW, holdings=(), accounts=(), marks=())),
        "orders": page.orders(main, [order(), exit_order]),
        "no orders": page.orders(main, []),
        "signals": page.signals(main, [signal(), signal(state="DONE", code=None)]),
        "no signals": page.signals(main, []),
        "queue": queue.page(main, waiting(), left=4, now=NOW),
        "empty queue": queue.page(mine("Second", "2"), [], left=0, now=NOW),
        "status, live and locked": status.page(locked(language)),
        "the life of a signal": page.life(signal(state="REJECTED", code="CASH"), steps()),
    }
