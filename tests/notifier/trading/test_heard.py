"""What execution says of prices, venues and hours, in the pages of who asks."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from bus.connection import Bus
from bus.messages.trading import BrokerHealth, Mark, PortfolioWorth, TradingState, VenueHours, VenueSession
from ledger.trading.books.positions import list_positions
from notifier.trading.heard import FRESH_S, Heard
from tests.faults.false_time import FalseTime
from tests.ledger.trading.world import NOW
from tests.notifier.trading.stage import Stage, buttons
from tests.running import flat, wait_until

CONNECTED = BrokerHealth(name="broker-paper", state="connected", since=NOW)
AWAY = BrokerHealth(name="broker-paper", state="lost", since=NOW, code="silent", attempts=4)
OTHER = BrokerHealth(name="broker-ibkr", state="lost", since=NOW, code="silent")


def state(**changes: Any) -> TradingState:
    """Return how execution says that trading is."""
    values = {"mode": "paper", "killed": "", "waiting": 0, "oldest_at": None, "brokers": (CONNECTED, OTHER)}
    return TradingState(**{**values, **changes})


def mark(stage: Stage, price: str, **changes: Any) -> Mark:
    """Return what the coin that Alice holds last cost."""
    with stage.harness.ledger.reading() as connection:
        (held,) = list_positions(stage.alice, connection, portfolio=stage.main.uid)
    values = {"portfolio": stage.main.uid, "instrument": held.instrument_uid, "price": Decimal(price)}
    return Mark(**{**values, "as_of": datetime.now(UTC), **changes})


def answer(stage: Stage, wire: Bus, text: str, said: TradingState, *, wanted: str) -> str:
    """Say how trading is until an answer shows it; return that answer."""
    found = [""]

    def heard() -> bool:
        """Say it again, and look whether it was heard."""
        wire.publish(said)
        found[0] = stage.answer(text).text
        return wanted in found[0]

    wait_until(heard, what=wanted)
    return found[0]


def test_a_position_has_its_price_and_what_it_has_gained(stage: Stage, wire: Bus) -> None:
    with stage.notifier():
        now = answer(stage, wire, "/positions", state(marks=(mark(stage, "1.25"),)), wanted="now 1.25")
        late = answer(stage, wire, "/positions", state(marks=(mark(stage, "3", is_delayed=True),)), wanted="delayed")
        hour_ago = datetime.now(UTC) - timedelta(hours=1)
        old = answer(stage, wire, "/positions", state(marks=(mark(stage, "2", as_of=hour_ago),)), wanted="⚠ 2")
        away = answer(stage, wire, "/positions", state(brokers=(AWAY,)), wanted="not connected")

    assert now.splitlines()[:3] == ["Main · paper", "BTC-USDT  1 @ 1", "  now 1.25, +0.25 USDT"]
    assert "  3, delayed, " in late
    assert "  +2.00 USDT" in late
    assert f"  ⚠ 2, of {hour_ago:%Y-%m-%d %H:%M}\n  +1.00 USDT" in old
    assert "  ⚠ price not known" in away
    assert away.endswith("⚠ PAPER is not connected: /status")


def test_status_is_about_the_venues_of_ones_own_accounts(stage: Stage, wire: Bus) -> None:
    worth = PortfolioWorth(portfolio=stage.main.uid, currency="USD", unrealized=Decimal(3), as_of=NOW)
    with stage.notifier():
        well = answer(stage, wire, "/status", state(worths=(worth,)), wanted="PAPER: connected")
        away = answer(stage, wire, "/status", state(brokers=(AWAY, OTHER)), wanted="not connected")

    assert "IBKR" not in well + away
    assert "Unrealized: +3.00 USD" in well
    assert "Unrealized: not known" in away
    assert "logged in. Log in there. attempts to connect: 4" in flat(away)


def test_closing_says_that_the_venue_is_away_and_what_stays(stage: Stage, wire: Bus) -> None:
    with stage.notifier():
        answer(stage, wire, "/status", state(brokers=(AWAY,)), wanted="not connected")
        wire.publish(state(brokers=(AWAY,)))
        questions = [stage.answer(text) for text in ("/sell_all", "/close BTC-USDT")]

    told = "⚠ PAPER is not connected: nothing is ordered before it is back, /status."
    assert [flat(each.text).endswith(told) for each in questions] == [True, True]
    assert [len(buttons(each)) for each in questions] == [2, 2]


def test_the_market_page_has_the_hours_of_ones_own_venues(stage: Stage, wire: Bus) -> None:
    session = VenueSession(datetime.now(UTC) - timedelta(hours=1), datetime.now(UTC) + timedelta(hours=5))
    hours = tuple(
        VenueHours(broker=broker, asset_type="FUTURE", symbols=(symbol,), sessions=(session,))
        for broker, symbol in (("broker-paper", "BTC-PERP"), ("broker-ibkr", "ESZ6"))
    )
    with stage.notifier():
        told = answer(stage, wire, "/market", state(hours=hours), wanted="PAPER, futures: open")

    assert f"  closes {session.closes_at:%Y-%m-%d %H:%M}\n  BTC-PERP\n" in told
    assert "ESZ6" not in told


@pytest.mark.parametrize(("later_s", "is_fresh"), [(0.0, True), (FRESH_S, True), (FRESH_S + 0.5, False)])
def test_what_was_said_long_ago_is_not_said_now(later_s: float, is_fresh: bool) -> None:
    time = FalseTime(NOW)
    heard = Heard(time=time)
    before = heard.now, heard.at
    heard.take(state())
    time.move_on(later_s)

    assert before == (None, None)
    assert (heard.now is not None) is is_fresh
    assert (heard.last, heard.at) == (state(), NOW)
