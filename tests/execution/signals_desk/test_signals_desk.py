"""Signals from the inbox to an intent: what is ordered, and what is refused with its numbers."""

from datetime import timedelta
from decimal import Decimal

import pytest
from sqlalchemy import event

from ledger.trading.errors import Invalid
from ledger.trading.principal import SYSTEM
from ledger.trading.risk.breaches import breaches
from ledger.trading.risk.policies import NewPolicy, set_policy
from tests.execution.signals_desk.stage import AAPL, BTC, Stage
from tests.ledger.trading.world import NOW, ask, do

DAY = timedelta(days=1)


def test_an_order_bears_what_it_was_checked_on(stage: Stage) -> None:
    stage.arrives("buy", price="100")
    stage.turn()
    [order] = stage.made()

    assert (order.side, order.quantity, order.purpose, order.leg) == ("BUY", Decimal(10), "OPENING", "ENTRY")
    assert order.meta_json == {"expected_price": "100"}


def test_a_signal_without_a_wake_up_is_found_within_two_seconds(stage: Stage) -> None:
    stage.turn()
    uid = stage.arrives()
    stage.desk._is_woken = False
    stage.time.move_on(2.0)
    stage.desk.turn()

    assert stage.in_inbox(uid).state == "TAKEN"


def test_a_sell_closes_all_that_was_bought(stage: Stage) -> None:
    stage.arrives("buy")
    stage.turn()
    uid = stage.arrives("sell", quantity="3")
    stage.turn()

    assert stage.end(uid) == ("DONE", None)
    assert stage.held() == []
    assert [each.quantity for each in stage.made("EXIT")] == [Decimal(10)]


def test_a_sell_of_nothing_is_refused_with_what_to_look_at(stage: Stage) -> None:
    uid = stage.arrives("sell")
    stage.turn()

    assert stage.end(uid) == ("REJECTED", "NOTHING_HELD")
    assert stage.in_inbox(uid).code == "NOTHING_HELD"
    assert "/positions" in stage.told()[-1]


def test_an_unknown_symbol_is_refused(stage: Stage) -> None:
    uid = stage.arrives(symbol="WHAT")
    stage.turn()

    assert stage.end(uid) == ("REJECTED", "UNKNOWN_SYMBOL")


def test_a_symbol_is_learned_and_needs_no_venue_the_next_time(stage: Stage) -> None:
    stage.arrives("buy")
    stage.turn()
    stage.venue.is_connected = False
    uid = stage.arrives("sell")
    stage.turn()

    assert stage.end(uid) == ("DONE", None)


def test_a_price_far_from_the_market_is_refused(stage: Stage) -> None:
    uid = stage.arrives(price="120")
    stage.turn()

    assert stage.end(uid) == ("REJECTED", "PRICE_SANITY")


def test_a_stop_on_the_wrong_side_is_refused(stage: Stage) -> None:
    uid = stage.arrives(stop_loss="110")
    stage.turn()

    assert stage.end(uid) == ("REJECTED", "STOP_WRONG_SIDE")


@pytest.mark.parametrize(("mode", "code"), [("off", "MODE_OFF"), ("closing_only", "CLOSING_ONLY")])
def test_a_mode_refuses_openings(stage: Stage, mode: str, code: str) -> None:
    stage.set_mode(mode)
    uid = stage.arrives()
    stage.turn()

    assert stage.end(uid) == ("REJECTED", code)


def test_closing_only_lets_a_closing_pass(stage: Stage) -> None:
    stage.arrives()
    stage.turn()
    stage.set_mode("closing_only")
    uid = stage.arrives("sell")
    stage.turn()

    assert stage.end(uid) == ("DONE", None)
    assert stage.held() == []


def test_a_reversal_closes_waits_and_then_opens(stage: Stage) -> None:
    stage.arrives("long", "BTCUSDT.P")
    stage.turn()
    uid = stage.arrives("short", "BTCUSDT.P")
    stage.turn(16)

    assert stage.end(uid) == ("DONE", None)
    assert stage.held() == [("BTC-USDT", Decimal(-10))]
    assert [(each.leg, each.side) for each in stage.made()] == [("ENTRY", "BUY"), ("EXIT", "SELL"), ("ENTRY", "SELL")]


def test_a_reversal_opens_nothing_while_its_closing_is_not_filled(stage: Stage) -> None:
    stage.arrives("long", "BTCUSDT.P")
    stage.turn()
    stage.venue.fills = False
    uid = stage.arrives("short", "BTCUSDT.P")
    stage.turn(16)

    assert stage.signal(uid).state == "ORDERED"
    assert [each.leg for each in stage.made()] == ["ENTRY", "EXIT"]


def test_a_position_of_a_former_version_is_closed_too(stage: Stage) -> None:
    """Fault T39."""
    stage.arrives()
    stage.turn()
    stage.set_params(amount="500")
    stage.arrives()
    stage.turn()
    uid = stage.arrives("sell")
    stage.turn(16)

    assert stage.end(uid) == ("DONE", None)
    assert stage.held() == []
    assert sorted(each.quantity for each in stage.made("EXIT")) == [Decimal(5), Decimal(10)]


def test_an_order_is_sized_by_the_version_it_came_with(stage: Stage) -> None:
    """Fault T39."""
    stage.venue.prices.clear()
    uid = stage.arrives()
    stage.turn()
    stage.set_params(amount="500")
    stage.venue.prices[BTC] = Decimal(100)
    stage.passes(2)

    assert stage.end(uid) == ("DONE", None)
    assert [each.quantity for each in stage.made()] == [Decimal(10)]


def test_a_signal_that_was_on_its_way_when_the_version_changed_is_ordered_by_the_one_it_came_with(stage: Stage) -> None:
    """Fault T39."""
    uid = stage.arrives()
    stage.set_params(amount="500")
    stage.turn()
    newer = stage.arrives(symbol="AAPL")
    stage.turn()

    assert (stage.end(uid), stage.end(newer)) == (("DONE", None), ("DONE", None))
    assert [each.quantity for each in stage.made()] == [Decimal(10), Decimal(2)]


def test_two_signals_compete_for_the_last_slot(stage: Stage) -> None:
    """Fault T29."""
    limit = NewPolicy(scope_type="PORTFOLIO", scope=stage.portfolio, name="slots", config={"max_open_positions": 1})
    do(stage.ledger, set_policy, SYSTEM, limit)
    first, second = stage.arrives(symbol="BTCUSDT"), stage.arrives(symbol="AAPL")
    stage.turn()

    assert [stage.end(first), stage.end(second)] == [("DONE", None), ("REJECTED", "MAX_POSITIONS")]
    assert len(ask(stage.ledger, breaches, SYSTEM, portfolio=stage.portfolio, since=NOW, until=NOW + DAY)) == 1


def test_a_first_step_that_fails_takes_no_other_signal_with_it(stage: Stage) -> None:
    uids = [stage.arrives(symbol="BTCUSDT"), stage.arrives(symbol="AAPL")]
    left = [1]

    def fail(*said: object) -> None:
        if left[0] and str(said[2]).startswith("UPDATE signals"):
            left[0] -= 1
            raise Invalid("it cannot be")

    event.listen(stage.ledger._engine, "before_cursor_execute", fail)
    stage.turn()
    event.remove(stage.ledger._engine, "before_cursor_execute", fail)

    assert [stage.end(uid) for uid in uids] == [("DONE", None), ("DONE", None)]
    assert len(stage.made()) == 2


def test_what_is_gone_at_the_venue_is_not_sold(stage: Stage) -> None:
    """Fault T23."""
    stage.arrives()
    stage.arrives(symbol="AAPL")
    stage.turn(16)
    stage.passes(5)
    stage.venue.held[BTC] = Decimal(0)
    stage.orders.reconcile_now(stage.account)
    stage.passes(30)
    uid = stage.arrives("sell")
    stage.turn()

    assert stage.end(uid) == ("REJECTED", "NOT_AT_VENUE")
    assert "10" in stage.told()[-1]


def test_the_venue_caps_what_is_sold(stage: Stage) -> None:
    """Fault T23."""
    stage.arrives()
    stage.turn()
    stage.venue.held[BTC] = Decimal(4)
    stage.passes(5)
    stage.orders.reconcile_now(stage.account)
    stage.passes(30)
    stage.arrives("sell")
    stage.turn()

    assert [each.quantity for each in stage.made("EXIT")] == [Decimal(4)]


def test_a_heartbeat_is_no_order_and_its_silence_is_told_once(stage: Stage) -> None:
    uid = stage.arrives("heartbeat", "AAPL")
    stage.turn()
    stage.passes(30 * 3600, step_s=1800)

    assert stage.end(uid) == ("DONE", "HEARTBEAT")
    assert stage.made() == []
    assert len([each for each in stage.told() if "heartbeat" in each]) == 1


def test_a_missing_alert_is_told_with_both_numbers(stage: Stage) -> None:
    stage.arrives(prev_position_size="5")
    stage.turn()

    assert any("may be missing" in each and "5" in each for each in stage.told())


def test_a_share_on_paper_is_bought_at_the_signals_price(stage: Stage) -> None:
    del stage.venue.prices[AAPL]
    uid = stage.arrives(symbol="AAPL", price="199")
    stage.turn()
    before = stage.made()
    stage.passes(2)

    assert before == []
    assert stage.end(uid) == ("DONE", None)
    assert stage.made()[0].meta_json == {"expected_price": "199"}
