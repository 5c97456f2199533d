"""Alerts: told once a crossing, whatever restarts; what is not known tells nothing."""

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import event

from execution.watching.desk import LOOK_S
from ledger.trading.flow.halts import halt
from ledger.trading.people.users import block
from ledger.trading.principal import SYSTEM
from ledger.trading.tables.flow import signals
from ledger.trading.watching.alerts import delete_alert
from tests.execution.signals_desk.stage import AAPL, BTC
from tests.execution.watching.stage import ALICE, WatchingStage
from tests.ledger.trading.world import do, rows, uid_of

ABOVE: dict[str, Any] = {"config": {"above": "120"}}


def test_a_price_that_reaches_its_bound_is_told_once_and_again_after_it_was_back(stage: WatchingStage) -> None:
    alert = stage.watches(**ABOVE)
    stage.costs("119.9")
    before = stage.bells()
    for price in ("120", "130", "119", "125.5"):
        stage.costs(price)

    assert before == []
    assert stage.bells() == ["🔔 BTC-USDT is at 120: 120 or above.", "🔔 BTC-USDT is at 125.5: 120 or above."]
    assert stage.row(alert).last_fired_at is not None


def test_a_price_that_falls_to_its_bound_is_told(stage: WatchingStage) -> None:
    stage.watches(config={"below": "80"})
    for price in ("100", "80", "70", "90", "79"):
        stage.costs(price)

    assert stage.bells() == ["🔔 BTC-USDT is at 80: 80 or below.", "🔔 BTC-USDT is at 79: 80 or below."]


def test_an_alert_that_is_beyond_when_it_is_made_says_so_and_waits_for_the_next_crossing(
    stage: WatchingStage,
) -> None:
    stage.costs("150")
    alert = stage.watches(**ABOVE)
    stage.looks(rounds=3)
    at_first, fired_at = stage.bells(), stage.row(alert).last_fired_at
    stage.costs("100")
    stage.costs("121")

    assert at_first == ["🔔 BTC-USDT is at 150: 120 or above. That is so already; the next crossing is told."]
    assert fired_at is None
    assert stage.bells()[1:] == ["🔔 BTC-USDT is at 121: 120 or above."]


def test_a_crossing_while_nobody_ran_is_told_once_after_the_restart(stage: WatchingStage) -> None:
    stage.watches(**ABOVE)
    stage.costs("100")
    stage.venue.prices[BTC] = Decimal(140)
    for _ in range(3):
        stage.start()
        stage.looks()

    assert len(stage.bells()) == 1


@pytest.mark.sampled(1)
@pytest.mark.parametrize("price", ["119", "121"])
def test_a_quote_that_is_missing_fires_nothing_and_the_row_says_since_when(stage: WatchingStage, price: str) -> None:
    alert = stage.watches(**ABOVE)
    stage.costs("100")
    stage.costs(None)
    soon = stage.row(alert)
    stage.passes(70)
    later = stage.row(alert)
    stage.costs(price)
    known = stage.row(alert)

    assert (soon.unknown_since, soon.beyond) == (None, "")
    assert later.unknown_since is not None
    assert (later.beyond, later.last_fired_at) == ("", None)
    assert known.unknown_since is None
    assert len(stage.bells()) == (1 if price == "121" else 0)


def test_what_is_switched_off_or_deleted_tells_nothing_and_begins_anew_when_it_is_on_again(
    stage: WatchingStage,
) -> None:
    off, gone = stage.watches(**ABOVE), stage.watches(**ABOVE)
    stage.costs("100")
    stage.switch(off, on=False)
    do(stage.ledger, delete_alert, SYSTEM, gone.uid)
    stage.costs("130")
    before = stage.bells()
    stage.switch(off, on=True)
    stage.looks()

    assert before == []
    assert [text.endswith("the next crossing is told.") for text in stage.bells()] == [True]


def test_two_users_with_the_same_alert_are_told_each_in_their_own_chat(stage: WatchingStage) -> None:
    alice, hers = stage.alice()
    stage.watches(**ABOVE)
    stage.watches(**ABOVE, who=alice, portfolio=hers)
    stage.costs("100")
    stage.costs("120")
    do(stage.ledger, block, SYSTEM, uid_of(stage.ledger, ALICE))
    stage.costs("100")
    stage.costs("120")

    assert len(stage.bells()) == 3


def test_neither_a_kill_nor_a_pause_stops_an_alert(stage: WatchingStage) -> None:
    stage.watches(**ABOVE)
    stage.costs("100")
    do(stage.ledger, halt, SYSTEM, kind="KILL", scope="ALL", reason="test")
    do(stage.ledger, halt, SYSTEM, kind="PAUSE", scope="ALL", reason="test")
    stage.costs("120")

    assert len(stage.bells()) == 1


def test_a_position_tells_its_loss_and_its_gain_and_nothing_once_it_is_closed(stage: WatchingStage) -> None:
    stage.watches("POSITION", config={"loss_percent": "5", "gain_percent": "10"})
    stage.turn()
    stage.looks()
    stage.arrives()
    stage.turn()
    for price in ("96", "95", "109", "110.5"):
        stage.costs(price)
    stage.arrives("sell")
    stage.turn()
    stage.costs("50")

    assert stage.bells() == [
        "🔔 BTC-USDT in paper (paper) has lost 5 %: 5 % or more.",
        "🔔 BTC-USDT in paper (paper) has gained 10.5 %: 10 % or more.",
    ]


def test_a_position_without_a_quote_is_not_known(stage: WatchingStage) -> None:
    stage.arrives()
    stage.turn()
    stage.costs(None)
    alert = stage.watches("POSITION", config={"loss_percent": "5"}, instrument=None)
    stage.passes(70)

    assert stage.row(alert).beyond is None
    assert stage.row(alert).unknown_since is not None


def test_a_limit_that_is_used_up_is_told(stage: WatchingStage) -> None:
    stage.watches("RISK", config={"limit": "max_open_positions", "used_percent": "40"})
    stage.watches("RISK", config={"limit": "max_daily_buys", "used_percent": "10"})
    stage.watches("RISK", config={"limit": "max_daily_loss", "used_percent": "20"})
    stage.looks()
    for symbol in ("BTCUSDT", "AAPL"):
        stage.arrives(symbol=symbol)
        stage.turn()
    stage.looks(rounds=2)
    opened = stage.bells()
    stage.costs("89")

    assert opened == [
        "🔔 max_open_positions in paper (paper): 40 % is used, 40 % or more. /risk",
        "🔔 max_daily_buys in paper (paper): 10 % is used, 10 % or more. /risk",
    ]
    assert stage.bells()[2:] == ["🔔 max_daily_loss in paper (paper): 22 % is used, 20 % or more. /risk"]


def test_an_indicator_is_told_when_an_alert_of_tradingview_names_it_and_trades_nothing(stage: WatchingStage) -> None:
    alice, hers = stage.alice()
    alert = stage.watches("INDICATOR", config={"indicator": "RSI over 70"})
    stage.watches("INDICATOR", config={"indicator": "RSI over 70"}, who=alice, portfolio=hers)
    stage.watches("INDICATOR", config={"indicator": "MACD"})
    uid = stage.arrives("heartbeat", indicator="rsi over 70")
    stage.turn()
    stage.start()
    stage.turn()

    assert stage.bells() == ["🔔 rsi over 70: BTCUSDT."]
    assert stage.end(uid) == ("DONE", "INDICATOR")
    assert stage.row(alert).last_fired_at is not None
    assert len(rows(stage.ledger, signals)) == 1


def test_a_signal_that_names_an_indicator_is_traded_too(stage: WatchingStage) -> None:
    stage.watches("INDICATOR", config={"indicator": "RSI"})
    stage.arrives("buy", symbol="AAPL", indicator="RSI", price="200")
    stage.turn()

    assert stage.bells() == ["🔔 RSI: AAPL @ 200."]
    assert stage.held() == [(AAPL.symbol, Decimal(5))]


@pytest.mark.thorough
@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.sampled_from(["100", "119", "120", "130", None, "restart"]), max_size=8))
def test_any_path_with_restarts_and_gaps_tells_each_crossing_once(stage: WatchingStage, path: list[str | None]) -> None:
    alert = stage.watches(**ABOVE)
    stage.costs("100")
    already, is_beyond, crossings = len(stage.bells()), False, 0
    for each in path:
        if each == "restart":
            stage.start()
            stage.looks()
            continue
        stage.costs(each)
        if each is not None:
            crossings += Decimal(each) >= 120 and not is_beyond
            is_beyond = Decimal(each) >= 120
    told = len(stage.bells()) - already
    do(stage.ledger, delete_alert, SYSTEM, alert.uid)

    assert told == crossings


def test_between_two_looks_nothing_is_asked_of_the_ledger(stage: WatchingStage) -> None:
    stage.watches(**ABOVE)
    stage.looks()
    seen: list[str] = []
    event.listen(stage.ledger._engine, "before_cursor_execute", lambda *said: seen.append(said[2]))
    stage.watching.turn()
    seen.clear()
    for _ in range(100):
        stage.watching.turn()
    between = list(seen)
    stage.time.move_on(LOOK_S)
    stage.watching.turn()

    assert between == []
    assert 0 < len(seen) < 12
