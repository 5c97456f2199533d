"""What an alert would do now: told by the steps of a signal themselves, of which nothing stays."""

from decimal import Decimal
from typing import Any

import pytest

from bus.messages.venue_accounts import AskAccount
from bus.messages.venues import AskInstrument, AskQuote, PlaceOrder
from ledger.inbox.opening import Inbox
from ledger.inbox.tables import inbox_signals as in_inbox
from ledger.schema import metadata
from ledger.store import Ledger
from ledger.trading.flow.halts import halt
from ledger.trading.principal import SYSTEM
from ledger.trading.tables.records import audit_log
from tests.execution.signals_desk.stage import AAPL, BTC, Stage
from tests.ledger.trading.world import do, rows

OF_THE_ANSWER = {"trading_requests", "outbox", "audit_log", "audit_chains", "account_balances"}
"""Tables in which the request itself, its answer, and readings of the account are written."""


def tries(stage: Stage, action: str = "buy", symbol: str = "BTCUSDT", *, strategy: str = "", **body: str) -> str:
    """Ask what an alert would do, and return the request's uid."""
    alert = {"action": action, "symbol": symbol, **body}
    return stage.wants("simulate", strategy=strategy or stage.strategy, alert=alert)


def told(stage: Stage, *arguments: str, **body: Any) -> list[str]:
    """Return the lines that are told of a trial, without the sign before them."""
    uid = tries(stage, *arguments, **body)
    stage.turn(6)
    stage.passes(10)

    assert stage.request(uid).state == "DONE"
    return stage.told()[-1].removeprefix("✔ ").split("\n")


def content(stage: Stage) -> dict[str, list[Any]]:
    """Return all rows of the ledger but those of the answer."""
    return {name: rows(stage.ledger, table) for name, table in metadata.tables.items() if name not in OF_THE_ANSWER}


def test_an_opening_is_told_with_its_size_every_check_and_the_order(stage: Stage) -> None:
    assert told(stage, amount="1", price="101", comment="up") == [
        "Trial: buy BTCUSDT, default (paper). Nothing was done.",
        "Read: action buy, amount 1, comment up, price 101, symbol BTCUSDT",
        "Strategy: default, version 1, auto; size by amount; portfolio paper",
        "Means: OPEN_LONG; held 0",
        "Size: 10 @ 100 = 1000 USDT, left over 0",
        "✓ KILLED, PAUSED, NO_LIMITS, NOT_ALLOWED_SYMBOL, COOLDOWN, MAX_ORDERS_PER_DAY, MAX_DRAWDOWN, LEVERAGE_CAP, "
        "QUOTED, MAX_SPREAD, MAX_ORDER_VALUE, MAX_POSITION_VALUE, BUDGET, RISK_PER_TRADE",
        "✓ MAX_DAILY_BUYS 1 / 20",
        "✓ MAX_PER_TICKER 1 / 10",
        "✓ MAX_POSITIONS 1 / 5",
        "✓ MAX_DAILY_LOSS 0 / 500",
        "✓ MAX_INVESTED 1000 / 50000",
        "✓ CASH 1000 / 20000",
        "Order: BUY 10 BTC-USDT MARKET GTC OPENING",
    ]


def test_nothing_stays_of_a_trial_and_no_order_is_sent(stage: Stage) -> None:
    stage.passes(5)  # until the account is compared
    before, inbox_before = content(stage), count_in_inbox(stage)
    logged_before = len(rows(stage.ledger, audit_log))
    for action, symbol in (
        ("buy", "BTCUSDT"),
        ("buy", "AAPL"),
        ("sell", "BTCUSDT"),
        ("short", "BTCUSDT.P"),
        ("heartbeat", "X"),
    ):
        told(stage, action, symbol)
    after = content(stage)

    assert {name for name in after if after[name] != before[name]} == set()
    assert count_in_inbox(stage) == inbox_before
    assert {each["entity_type"] for each in rows(stage.ledger, audit_log)[logged_before:]} == {"request"}
    assert stage.venue.placed == {}


def test_a_trial_asks_the_venue_and_says_no_order(stage: Stage) -> None:
    heard: set[type] = set()
    tries(stage)
    for _ in range(6):
        heard |= {type(each) for each in stage.wire.heard}
        stage.turn(1)
        heard |= {type(each) for each in stage.wire.heard}

    assert PlaceOrder not in heard
    assert heard <= {AskQuote, AskInstrument, AskAccount}


def test_what_a_real_alert_does_then_is_what_its_trial_has_told(stage: Stage) -> None:
    trial = told(stage)
    stage.arrives()
    stage.turn()
    [order] = stage.made()

    assert trial[-1] == f"Order: {order.side} {order.quantity} {order.symbol} {order.type} GTC {order.purpose}"


@pytest.mark.sampled(2)
@pytest.mark.parametrize(
    ("settings", "code"),
    [
        ({"default_max_daily_buys": 0}, "MAX_DAILY_BUYS"),
        ({"default_max_total_investment": Decimal(99)}, "MAX_INVESTED"),
        ({"default_min_cash_reserve": Decimal(19_999)}, "CASH"),
        ({"default_min_cash_reserve": None}, "NO_LIMITS"),
        ({"default_buy_amount_usd": None}, "NO_SIZE"),
    ],
)
def test_a_refusal_is_told_with_its_code_and_cure(
    books: Ledger, inbox: Inbox, settings: dict[str, Any], code: str
) -> None:
    lines = told(Stage(books, inbox, **settings))

    assert [line for line in lines if line.startswith(f"✖ {code}: ")] != []
    assert not any(line.startswith("Order:") for line in lines)
    assert len([line for line in lines if line.startswith("✖")]) == 1


def test_a_symbol_that_nobody_knows_is_told(stage: Stage) -> None:
    assert told(stage, symbol="NOTHING")[-1].startswith("✖ UNKNOWN_SYMBOL: NOTHING is not known at the venue")


def test_a_kill_is_told(stage: Stage) -> None:
    do(stage.ledger, halt, SYSTEM, kind="KILL", scope="ALL", reason="enough")

    assert told(stage)[-1].startswith("✖ KILLED: ")


def test_a_closing_is_told_with_what_is_in_its_way(stage: Stage) -> None:
    stage.arrives(stop_loss="90")
    stage.turn()
    stage.passes(3)

    assert told(stage, "sell")[-3:] == [
        "Means: CLOSE; held 10",
        "A closing passes every check but a kill.",
        "First 1 orders in the way are canceled, then it is closed.",
    ]
    assert stage.venue.cancels == []


def test_a_closing_of_what_is_free_is_told_with_its_order(stage: Stage) -> None:
    stage.arrives()
    stage.turn()

    assert told(stage, "sell")[-1] == "Order: SELL 10 BTC-USDT MARKET GTC CLOSING"
    assert stage.venue.held[BTC] == 10


def test_in_mode_manual_the_question_is_told_and_nobody_is_asked(stage: Stage) -> None:
    stage.set_mode("manual")
    lines = told(stage)

    assert "A question comes first. Execute would do this:" in lines
    assert lines[-1] == "Order: BUY 10 BTC-USDT MARKET GTC OPENING"


def test_a_closed_market_is_told_with_its_opening(stage: Stage) -> None:
    stage.time.move_on(4 * 3600)
    lines = told(stage, "buy", "AAPL")

    assert lines[-1].startswith("⏳ The market is closed. It would wait until 2026-11-30 ")
    assert AAPL not in stage.venue.held


def test_what_is_not_known_is_waited_for_a_moment_and_then_told(stage: Stage) -> None:
    stage.venue.prices.clear()
    uid = tries(stage)
    stage.turn()
    early = stage.request(uid).state
    stage.passes(10)

    assert (early, stage.request(uid).state) == ("WORKING", "DONE")
    assert stage.told()[-1].split("\n")[-1].startswith("⏳ It would be held: ")


def test_a_trial_goes_on_after_a_restart_and_is_told_once(stage: Stage) -> None:
    uid = tries(stage)
    for _ in range(8):
        stage.start()
        stage.turn(1)
        stage.time.move_on(0.3)
    stage.turn(6)

    assert stage.request(uid).state == "DONE"
    assert len([each for each in stage.told() if "Trial:" in each]) == 1


def test_a_request_without_an_alert_or_a_strategy_is_refused(stage: Stage) -> None:
    nothing = stage.wants("simulate")
    nobody = tries(stage, strategy="0" * 32)
    stage.turn()

    assert [stage.request(each).state for each in (nothing, nobody)] == ["REFUSED", "REFUSED"]


def count_in_inbox(stage: Stage) -> int:
    """Return how many signals the inbox has."""
    with stage.inbox.reading() as connection:
        return len(connection.execute(in_inbox.select()).all())
