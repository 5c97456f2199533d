"""Orders by hand: a signal without a strategy, with every check of a signal; done once, whatever restarts."""

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ledger.inbox.opening import Inbox
from ledger.store import Ledger
from ledger.trading.errors import Invalid
from ledger.trading.flow import signals as flow
from ledger.trading.flow.halts import halt
from ledger.trading.flow.records import Signal
from ledger.trading.principal import SYSTEM
from tests.execution.signals_desk.stage import AAPL, BTC, PERPETUAL, Stage
from tests.execution.signals_desk.test_requests import answer
from tests.ledger.trading.world import ask, do


def by_hand(stage: Stage) -> list[Signal]:
    """Return the signals from the chat, newest first."""
    found = ask(stage.ledger, flow.history, SYSTEM, stage.portfolio, limit=500)
    return [each for each in found if each.strategy is None]


def ends(stage: Stage) -> list[tuple[str, str | None]]:
    """Return how the signals from the chat have ended, newest first."""
    return [(each.state, each.code) for each in by_hand(stage)]


def bought(stage: Stage, symbol: str = "BTCUSDT", **arguments: str) -> str:
    """Buy by hand, and wait for the end of it."""
    uid = stage.wants("buy", symbol=symbol, **arguments)
    stage.turn(20)
    return uid


def test_a_buy_for_an_amount_is_a_signal_without_a_strategy_and_one_order(stage: Stage) -> None:
    request = bought(stage, "btcusdt", amount="250.5")
    [signal] = by_hand(stage)
    [order] = stage.made()

    assert stage.request(request).state == "DONE"
    assert (
        answer(stage) == f"✔ buy BTCUSDT (paper), for 250.5 USD: it goes through the checks now. /why {signal.uid[:8]}"
    )
    assert (signal.state, signal.inbox_uid, signal.body) == ("DONE", None, {"request": request})
    assert (order.signal_id, order.strategy_id, order.purpose) == (signal.id, None, "OPENING")
    assert stage.held() == [("BTC-USDT", Decimal("2.5"))]


def test_a_buy_without_an_amount_spends_the_portfolios(stage: Stage) -> None:
    bought(stage)

    assert stage.held() == [("BTC-USDT", Decimal(10))]


def test_where_no_amount_is_set_the_cure_is_told(books: Ledger, inbox: Inbox) -> None:
    stage = Stage(books, inbox, default_buy_amount_usd=None)
    bought(stage)

    assert stage.told()[-1].split("\n")[1] == "/buy is sized by amount, and that is not given. Set it: /set_amount."


def test_a_perpetual_that_was_bought_by_hand_is_sold_by_its_plain_name(stage: Stage) -> None:
    bought(stage, "BTCUSDT.P", amount="500")
    stage.wants("sell", symbol="BTCUSDT", quantity="2")
    stage.turn(20)

    assert stage.venue.held[PERPETUAL] == 3


def test_a_buy_asks_nobody_again_whatever_mode_strategies_are_in(stage: Stage) -> None:
    stage.set_mode("manual")
    bought(stage)

    assert ends(stage) == [("DONE", None)]


def test_what_strategies_hold_and_what_was_bought_by_hand_are_two_positions(stage: Stage) -> None:
    stage.arrives()
    stage.turn()
    bought(stage, amount="100")
    stage.wants("sell", symbol="BTC-USDT", quantity="all")
    stage.turn(20)

    assert stage.held() == [("BTC-USDT", Decimal(10))]
    assert stage.venue.held[BTC] == 10


@pytest.mark.sampled(2)
@pytest.mark.parametrize(
    ("quantity", "left"),
    [
        ("", []),
        ("all", []),
        ("ALL", []),
        ("2.5", [("BTC-USDT", Decimal("7.5"))]),
        ("0.019", [("BTC-USDT", Decimal("9.99"))]),
    ],
)
def test_a_sell_closes_what_was_bought_by_hand_rounded_down_to_the_step(stage: Stage, quantity: str, left: Any) -> None:
    bought(stage)
    request = stage.wants("sell", symbol="btcusdt", quantity=quantity)
    stage.turn(20)

    assert stage.request(request).state == "DONE"
    assert [each.purpose for each in stage.made("EXIT")] == ["CLOSING"]
    assert stage.held() == left


def test_a_sell_of_less_than_a_step_is_refused_with_the_price_of_one(stage: Stage) -> None:
    bought(stage)
    stage.wants("sell", symbol="BTCUSDT", quantity="0.001")
    stage.turn(20)

    assert ends(stage)[0] == ("REJECTED", "TOO_SMALL")


def test_more_than_is_held_is_not_sold(stage: Stage) -> None:
    bought(stage)
    request = stage.wants("sell", symbol="BTCUSDT", quantity="10.01")
    stage.turn(20)

    assert stage.request(request).state == "REFUSED"
    assert answer(stage) == "✖ BTC-USDT: 10 is held by hand, not 10.01. Type /sell BTC-USDT all, or less."
    assert stage.held() == [("BTC-USDT", Decimal(10))]


def test_two_sells_at_the_same_moment_sell_no_more_than_is_held(stage: Stage) -> None:
    bought(stage)
    for _ in range(2):
        stage.wants("sell", symbol="BTCUSDT", quantity="6")
    stage.turn(20)
    stage.passes(5)

    assert ends(stage)[:2] == [("REJECTED", "NOTHING_HELD"), ("DONE", None)]
    assert stage.venue.held[BTC] == 4


def test_a_sell_after_a_sell_that_rests_sells_what_is_left(stage: Stage) -> None:
    bought(stage)
    stage.venue.fills = False
    stage.wants("sell", symbol="BTCUSDT", quantity="6")
    stage.turn(20)
    stage.wants("sell", symbol="BTCUSDT", quantity="6")
    stage.turn(20)
    stage.venue.fills = True
    stage.venue.fill(stage.made("EXIT")[0].client_order_id)
    stage.passes(40)

    assert [each.quantity for each in stage.made("EXIT")] == [6, 4]
    assert stage.held() == []


def test_what_strategies_alone_hold_is_for_close(stage: Stage) -> None:
    stage.arrives()
    stage.turn()
    request = stage.wants("sell", symbol="BTCUSDT", quantity="1")
    stage.turn(20)

    assert stage.request(request).state == "REFUSED"
    assert answer(stage) == "✖ BTC-USDT is held by strategies alone: default. /close BTC-USDT closes all of it."
    assert stage.made("EXIT") == []


def test_what_nobody_holds_is_not_sold(stage: Stage) -> None:
    request = stage.wants("sell", symbol="AAPL", quantity="all")
    stage.turn()

    assert stage.request(request).state == "REFUSED"
    assert answer(stage) == "✖ Nothing is held: AAPL. See /positions."


@pytest.mark.sampled(4)
@pytest.mark.parametrize(
    ("settings", "arguments", "end"),
    [
        ({"default_max_daily_buys": 0}, {}, "MAX_DAILY_BUYS"),
        ({"default_max_open_positions": 0}, {}, "MAX_POSITIONS"),
        ({"default_max_per_ticker": 0}, {}, "MAX_PER_TICKER"),
        ({"default_max_total_investment": Decimal(99)}, {}, "MAX_INVESTED"),
        ({"default_max_daily_loss": Decimal(0)}, {}, "MAX_DAILY_LOSS"),
        ({"default_max_order_value": Decimal(99)}, {}, "MAX_ORDER_VALUE"),
        ({"default_min_cash_reserve": Decimal(19_999)}, {}, "CASH"),
        ({"default_min_cash_reserve": None}, {}, "NO_LIMITS"),
        ({"default_buy_amount_usd": None}, {"amount": ""}, "NO_SIZE"),
        ({}, {"amount": "0.5"}, "TOO_SMALL"),
        ({}, {"symbol": "NOTHING"}, "UNKNOWN_SYMBOL"),
    ],
)
def test_a_buy_passes_every_check_of_a_signal(
    books: Ledger, inbox: Inbox, settings: dict[str, Any], arguments: dict[str, str], end: str
) -> None:
    stage = Stage(books, inbox, **settings)
    bought(stage, **{"amount": "1000", **arguments})

    assert ends(stage) == [("REJECTED", end)]
    assert stage.made() == []
    assert "not ordered" in stage.told()[-1]


@pytest.mark.parametrize(("kind", "codes"), [("KILL", ("KILLED", "KILLED")), ("PAUSE", ("PAUSED", None))])
def test_a_kill_stops_both_and_a_pause_stops_buying(stage: Stage, kind: Any, codes: tuple[str, str | None]) -> None:
    bought(stage)
    do(stage.ledger, halt, SYSTEM, kind=kind, scope="ALL", reason="enough")
    stage.wants("buy", symbol="AAPL")
    stage.turn(20)
    stage.wants("sell", symbol="BTCUSDT", quantity="all")
    stage.turn(20)

    assert [code for _, code in ends(stage)] == [codes[1], codes[0], None]
    assert AAPL not in stage.venue.held


def killed(stage: Stage) -> None:
    """Stop everybody."""
    do(stage.ledger, halt, SYSTEM, kind="KILL", scope="ALL", reason="enough")
    stage.desk.wake()


def test_a_kill_refuses_a_buy_by_hand_that_is_asked_for_or_in_the_queue(stage: Stage) -> None:
    """Fault T28: an order by hand."""
    stage.venue.prices.clear()
    bought(stage)
    stage.wants("buy", symbol="AAPL")
    killed(stage)
    stage.start()
    stage.turn(20)

    assert ends(stage) == [("REJECTED", "KILLED"), ("REJECTED", "KILLED")]
    assert stage.made() == []


def test_a_kill_ends_a_buy_by_hand_that_was_said_and_not_heard(stage: Stage) -> None:
    """Fault T28: an order by hand."""
    stage.wants("buy", symbol="BTCUSDT")
    while not stage.made():
        stage.turn(1)
    stage.wire.heard.clear()
    killed(stage)
    stage.start()
    stage.passes(30)

    assert BTC not in stage.venue.held
    assert [each.status for each in stage.made()] in (["CANCELED"], ["NOT_PLACED"])


def test_a_kill_cancels_a_buy_by_hand_that_rests_at_the_venue(stage: Stage) -> None:
    """Fault T28: an order by hand."""
    stage.venue.fills = False
    bought(stage)
    killed(stage)
    stage.passes(5)

    assert [each.status for each in stage.made()] == ["CANCELED"]


def test_a_buy_waits_for_its_market_and_is_said_to(stage: Stage) -> None:
    stage.time.move_on(4 * 3600)  # Friday, a half day: closed since 18:00 UTC
    bought(stage, "AAPL")

    assert ends(stage) == [("WAITING_FOR_MARKET", "MARKET_CLOSED")]
    assert stage.told()[-1].startswith("⏳ buy AAPL (paper)")


def test_without_a_quote_a_buy_is_refused_after_its_time(stage: Stage) -> None:
    stage.venue.prices.clear()
    bought(stage)
    stage.passes(61)

    assert ends(stage) == [("REJECTED", "NOT_KNOWN")]


def test_what_was_asked_while_execution_was_dead_is_not_bought_later(stage: Stage) -> None:
    request = stage.wants("buy", symbol="BTCUSDT")
    stage.time.move_on(60)
    stage.start()
    stage.turn()

    assert stage.request(request).state == "REFUSED"
    assert answer(stage) == "✖ Nothing was bought: it was asked for 60 s ago, and 60 s is the most. Type it again."
    assert by_hand(stage) == []


def test_restarts_between_the_request_and_its_order_make_one_order(stage: Stage) -> None:
    request = stage.wants("buy", symbol="BTCUSDT")
    for _ in range(12):
        stage.start()
        stage.turn(1)
        stage.time.move_on(0.5)
    stage.turn(10)

    assert stage.request(request).state == "DONE"
    assert [each.status for each in stage.made()] == ["FILLED"]
    assert stage.held() == [("BTC-USDT", Decimal(10))]


def test_a_close_of_the_symbol_ends_what_was_bought_by_hand_too(stage: Stage) -> None:
    bought(stage)
    stage.wants("close", symbol="BTCUSDT")
    stage.turn(20)

    assert stage.held() == []


def test_the_queue_and_cancel_know_an_order_by_hand(stage: Stage) -> None:
    stage.venue.prices.clear()
    bought(stage)
    [waiting] = by_hand(stage)
    stage.wants("cancel", id=waiting.uid[:8])
    stage.turn()

    assert ends(stage) == [("REJECTED", "REJECTED_BY_PERSON")]


@pytest.mark.parametrize("kind", ["buy", "sell"])
def test_a_request_that_names_nothing_says_what_is_missing(stage: Stage, kind: Any) -> None:
    request = stage.wants(kind)
    stage.turn()

    assert (stage.request(request).state, stage.request(request).result) == ("REFUSED", "Name symbol.")


@given(symbol=st.text(max_size=80), size=st.text(max_size=80), kind=st.sampled_from(["buy", "sell"]))
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_was_typed_is_answered_and_never_sells_what_is_not_held(
    stage: Stage, symbol: str, size: str, kind: Any
) -> None:
    try:
        request = stage.wants(kind, symbol=symbol, amount=size, quantity=size)
    except Invalid:  # the ledger's own refusal of what no row can keep
        return
    stage.turn(1)

    assert stage.request(request).state in {"DONE", "REFUSED"}
    assert all(quantity > 0 for _, quantity in stage.held())
