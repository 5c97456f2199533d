"""The lists of what is watched, in every state that a row may be in."""

from datetime import timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from bus.language import Language
from ledger.trading.watching.alerts import Alert, Indicator, Position, Price, Risk, Scheduled
from ledger.trading.watching.schedules import Report, Schedule
from ledger.trading.watching.screeners import Condition, Screener, ScreenerConfig
from notifier.trading.watch_page import WatchPage
from tests.ledger.trading.world import NOW

PARIS = ZoneInfo("Europe/Paris")


def alert(name: str, config: Any, **more: Any) -> Alert:
    """Return an alert as it is read."""
    values: dict[str, Any] = {
        "id": 1,
        "uid": "a" * 32,
        "user_id": 1,
        "portfolio_id": 1,
        "instrument_id": 1,
        "name": name,
        "type": "PRICE",
        "config": config,
        "is_active": True,
        "last_fired_at": None,
        "next_at": None,
        "beyond": None,
        "unknown_since": None,
        "created_at": NOW,
    }
    return Alert(**{**values, **more})


ALERTS = (
    alert("AAPL > 200", Price(above=Decimal(200))),
    alert("AAPL < 180", Price(below=Decimal(180)), beyond=""),
    alert("BTC-USDT > 100", Price(above=Decimal(100)), beyond="above", last_fired_at=NOW),
    alert("BTC-USDT loss 5 %", Position(loss_percent=Decimal(5)), type="POSITION", beyond="", unknown_since=NOW),
    alert("max_daily_loss 80 %", Risk(limit="max_daily_loss"), type="RISK", is_active=False),
    alert("Look <here>!", Scheduled(cron="0 9 * * *", text="x"), type="SCHEDULE", next_at=NOW + timedelta(hours=1)),
    alert("RSI", Indicator(indicator="RSI"), type="INDICATOR"),
)
SCHEDULE = Schedule(
    id=1,
    uid="b" * 32,
    user_id=1,
    portfolio_id=None,
    name="report 0 21 * * fri",
    cron="0 21 * * fri",
    action="report",
    params=Report(),
    is_active=True,
    last_run_at=None,
    next_at=NOW + timedelta(days=1),
    created_at=NOW,
)
SCREENER = Screener(
    id=1,
    uid="c" * 32,
    user_id=1,
    name="cheap",
    config=ScreenerConfig(
        conditions=(
            Condition(figure="price", compare="below", value=Decimal(50)),
            Condition(figure="spread_percent", compare="below", value=Decimal("0.5")),
        )
    ),
    is_active=True,
    last_run_at=None,
    created_at=NOW,
)


def cases(language: Language) -> dict[str, str]:
    """Return the lists, each under its title."""
    page = WatchPage(language, PARIS)
    return {
        "alerts in every state": page.alerts(ALERTS).text,
        "no alert": page.alerts(()).text,
        "more than can be shown": page.alerts(ALERTS * 4).text,
        "schedules": page.schedules((SCHEDULE,)).text,
        "no schedule": page.schedules(()).text,
        "screeners": page.screeners((SCREENER,)).text,
        "no screener": page.screeners(()).text,
    }
