"""What an opening waits for, for how long, and how it ends; closings go, or wait for ever."""

from datetime import timedelta
from decimal import Decimal

import msgspec
import pytest

from bus.trading_settings import Days
from ledger.trading.flow.halts import halt
from ledger.trading.principal import SYSTEM
from tests.execution.signals_desk.stage import AAPL, BTC, Stage
from tests.ledger.trading.world import do


def test_without_a_quote_an_opening_waits_and_is_then_refused(stage: Stage) -> None:
    """Fault T30."""
    stage.venue.prices.clear()
    uid = stage.arrives()
    stage.turn()
    held = stage.end(uid)
    stage.passes(61)

    assert held[1] == "NOT_KNOWN"
    assert stage.end(uid) == ("REJECTED", "NOT_KNOWN")
    assert stage.made() == []


def test_an_opening_that_came_while_execution_was_dead_is_not_ordered_too_late(stage: Stage) -> None:
    """Fault T10."""
    stage.turn()
    before, late = stage.arrives(symbol="AAPL"), stage.arrives()
    stage.desk.turn()
    stage.time.move_on(60)
    stage.start()
    stage.passes(5)

    assert [stage.end(each)[0] for each in (before, late)] == ["EXPIRED", "EXPIRED"]
    assert stage.made() == []


def test_a_quote_that_comes_in_time_lets_it_go(stage: Stage) -> None:
    """Fault T30."""
    stage.venue.prices.clear()
    uid = stage.arrives()
    stage.passes(30)
    stage.venue.prices[BTC] = Decimal(100)
    stage.passes(3)

    assert stage.end(uid) == ("DONE", None)


def test_an_old_balance_holds_an_opening(stage: Stage) -> None:
    """Fault T30."""
    stage.venue.balances_at = stage.time.now() - timedelta(seconds=180)
    uid = stage.arrives()
    stage.passes(3)
    held = stage.end(uid)
    stage.passes(61)

    assert held[1] == "NOT_KNOWN"
    assert stage.end(uid) == ("REJECTED", "NOT_KNOWN")


def test_a_closing_goes_without_a_quote_or_a_balance(stage: Stage) -> None:
    """Fault T30."""
    stage.arrives()
    stage.turn()
    stage.venue.prices.clear()
    stage.passes(10)
    uid = stage.arrives("sell")
    stage.turn()

    assert stage.end(uid) == ("DONE", None)


def test_while_the_venue_is_down_openings_expire_and_closings_wait(stage: Stage) -> None:
    """Fault T20."""
    stage.arrives()
    stage.turn()
    stage.venue.is_connected, stage.venue.is_mute, stage.venue.fills = False, True, False
    stage.passes(3)
    buy = stage.arrives()
    sell = stage.arrives("sell", "BTCUSDT")
    stage.turn()
    other = stage.arrives("buy", "AAPL")
    stage.passes(70)
    assert stage.end(buy) == ("SUPERSEDED", "SUPERSEDED")
    assert stage.end(other) == ("EXPIRED", "OPENING_EXPIRED")
    assert stage.signal(sell).state == "ORDERED"

    stage.passes(600, step_s=10)
    stage.venue.is_connected, stage.venue.is_mute, stage.venue.fills = True, False, True
    stage.passes(10)

    assert stage.held() == [] or stage.signal(sell).state in {"ORDERED", "DONE"}


def test_what_comes_in_the_nightly_reset_is_held_and_goes_when_the_venue_is_back_or_its_market_opens(
    stage: Stage,
) -> None:
    """Fault T21: 23:45 in New York, and the restart of a minute."""
    for action in ("buy", "sell"):
        stage.arrives(action, "AAPL")
        stage.turn()
    stage.passes(5 * 86_400 + 14 * 3600 + 900, step_s=86_400)  # Thursday, 04:45 in UTC
    stage.venue.is_connected = False
    coin, share, new = stage.arrives(), stage.arrives(symbol="AAPL"), stage.arrives(symbol="TSLA")
    stage.passes(40)
    held = [stage.end(each) for each in (coin, share)]
    stage.venue.is_connected = True
    stage.passes(10)
    after = [stage.end(each)[0] for each in (coin, share, new)]
    stage.arrives("sell")
    stage.turn()
    stage.passes(35_055, step_s=35_055)  # a few seconds after the opening
    stage.passes(10)

    assert held == [("QUEUED", "BROKER_LOST"), ("WAITING_FOR_MARKET", "MARKET_CLOSED")]
    assert after == ["DONE", "WAITING_FOR_MARKET", "WAITING_FOR_MARKET"]
    assert stage.end(share) == ("DONE", None)


def test_a_signal_waits_over_a_weekend_and_goes_at_the_opening(stage: Stage) -> None:
    """Fault T32."""
    stage.time.move_on(4 * 3600)  # Friday, a half day: closed since 18:00 UTC
    buy = stage.arrives(symbol="AAPL")
    stage.turn()

    assert stage.end(buy) == ("WAITING_FOR_MARKET", "MARKET_CLOSED")
    assert "2026-11-30 14:30 UTC" in stage.told()[-1]

    stage.passes(68 * 3600 + 5, step_s=3600 * 4)
    stage.passes(10)

    assert stage.end(buy) == ("DONE", None)


def test_an_opening_expires_when_its_session_has_closed(stage: Stage) -> None:
    """Fault T32."""
    stage.time.move_on(4 * 3600)
    uid = stage.arrives(symbol="AAPL")
    stage.turn()
    stage.time.move_on(100 * 3600)
    stage.turn()

    assert stage.end(uid) == ("EXPIRED", "OPENING_EXPIRED")


def test_a_price_far_away_at_the_opening_is_refused(stage: Stage) -> None:
    """Fault T32."""
    stage.time.move_on(4 * 3600)
    uid = stage.arrives(symbol="AAPL", price="200")
    stage.turn()
    stage.venue.prices[AAPL] = Decimal(300)
    stage.passes(68 * 3600 + 5, step_s=3600 * 4)
    stage.passes(5)

    assert stage.end(uid) == ("REJECTED", "PRICE_SANITY")


def test_while_nobody_knows_when_the_market_opens_openings_are_refused_and_closings_wait(stage: Stage) -> None:
    """Fault T32."""
    stage.arrives(symbol="AAPL")
    stage.turn()
    years = Days(tuple(stage.time.now().date() + timedelta(days=number) for number in range(1, 800)))
    stage.settings = msgspec.structs.replace(stage.settings, market_closed_days=years)
    stage.start()
    stage.time.move_on(4 * 3600)
    buy, sell = stage.arrives(symbol="TSLA", price="100"), stage.arrives("sell", "AAPL")
    stage.turn()
    stage.wants("close", symbol="AAPL")
    stage.turn()

    assert stage.end(buy) == ("REJECTED", "MARKET_CLOSED")
    assert stage.end(sell) == ("WAITING_FOR_MARKET", "MARKET_CLOSED")
    assert "closed until a day that nobody knows" in stage.told()[-1]


def test_a_closing_waits_for_its_market_for_ever(stage: Stage) -> None:
    """Fault T32."""
    stage.arrives(symbol="AAPL")
    stage.turn()
    stage.time.move_on(4 * 3600)
    uid = stage.arrives("sell", "AAPL")
    stage.turn()
    waits = stage.end(uid)
    stage.time.move_on(100 * 3600)  # the whole session has passed, and the next night
    stage.turn()

    assert waits == ("WAITING_FOR_MARKET", "MARKET_CLOSED")
    assert stage.signal(uid).state == "WAITING_FOR_MARKET"

    stage.passes(17 * 3600, step_s=3600)

    assert stage.end(uid) == ("DONE", None)


@pytest.mark.sampled(1)
@pytest.mark.parametrize("by", ["signal", "person"])
def test_a_closing_that_was_written_and_not_heard_before_its_market_closed_waits_for_the_opening(
    stage: Stage, by: str
) -> None:
    """Fault T32."""
    stage.arrives(symbol="AAPL")
    stage.turn()
    stage.time.move_on(3 * 3600 + 1740)  # Friday, a half day: a minute before it ends
    stage.turn()
    stage.venue.is_deaf = True
    uid = stage.arrives("sell", "AAPL") if by == "signal" else stage.wants("close", symbol="AAPL")
    stage.turn()
    [written] = stage.made("EXIT")
    stage.passes(120)
    stage.venue.is_deaf = False
    stage.passes(600, step_s=60)

    assert [each.status for each in stage.made("EXIT")] == ["PENDING_NEW"]
    assert written.client_order_id not in stage.venue.placed
    assert "2026-11-30 14:30 UTC. The order waits" in stage.told()[-1]

    stage.passes(69 * 3600, step_s=3600)
    stage.passes(10)

    assert stage.held() == []
    assert stage.end(uid) == ("DONE", None) if by == "signal" else stage.request(uid).state == "DONE"


def test_a_kill_ends_a_signals_closing_that_waits_for_its_market(stage: Stage) -> None:
    """Fault T32."""
    stage.arrives(symbol="AAPL")
    stage.turn()
    stage.time.move_on(3 * 3600 + 1740)
    stage.turn()
    stage.venue.is_deaf = True
    stage.arrives("sell", "AAPL")
    stage.turn()
    stage.passes(120)
    do(stage.ledger, halt, SYSTEM, kind="KILL", scope="ALL", reason="enough")
    stage.venue.is_deaf = False
    stage.passes(10)

    assert [each.status for each in stage.made("EXIT")] == ["CANCELED"]
    assert stage.held() != []


def test_hours_are_the_exchanges_whatever_the_clock_says(stage: Stage) -> None:
    """Fault T31."""
    stage.time.step(timedelta(hours=-2))
    before = stage.arrives(symbol="AAPL")
    stage.turn()
    stage.time.step(timedelta(hours=2))
    stage.passes(3)

    assert stage.signal(before).state == "DONE"


def test_a_share_is_opened_on_a_day_that_began_with_a_coin(stage: Stage) -> None:
    """Fault T31: the day of daily limits."""
    first, second = stage.arrives(), stage.arrives(symbol="AAPL")
    stage.turn()

    assert [stage.end(each)[0] for each in (first, second)] == ["DONE", "DONE"]
