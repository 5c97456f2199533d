"""What people want: done once, whatever restarts, and answered by a message of its own."""

from decimal import Decimal

from ledger.trading.orders.orders import move
from ledger.trading.principal import SYSTEM
from tests.execution.signals_desk.stage import AAPL, BTC, Stage
from tests.ledger.trading.world import do


def answer(stage: Stage) -> str:
    """Return the last answer to a request."""
    return [each for each in stage.told() if each[0] in "✔✖"][-1]


def test_close_closes_a_symbol_for_all_strategies(stage: Stage) -> None:
    stage.arrives()
    stage.arrives(symbol="AAPL")
    stage.turn()
    stage.set_params(amount="300")
    stage.arrives()
    stage.turn()
    request = stage.wants("close", symbol="btcusdt")
    stage.turn(20)

    assert stage.request(request).state == "DONE"
    assert stage.held() == [("AAPL", Decimal(5))]
    assert answer(stage).startswith("✔ BTC-USDT")


def test_sell_all_closes_everything_and_refuses_what_waits(stage: Stage) -> None:
    stage.arrives(stop_loss="90")
    stage.arrives(symbol="AAPL")
    stage.turn()
    stage.passes(3)
    stage.venue.prices.clear()
    stage.passes(6)
    waiting = stage.arrives(symbol="BTCUSDT")
    stage.turn()
    request = stage.wants("sell_all")
    stage.turn(20)
    stage.passes(10)

    assert stage.request(request).state == "DONE"
    assert stage.end(waiting)[0] == "SUPERSEDED"
    assert stage.held() == []
    assert stage.venue.held[BTC] == stage.venue.held[AAPL] == 0


def test_close_of_nothing_is_refused(stage: Stage) -> None:
    request = stage.wants("close", symbol="BTCUSDT")
    stage.turn()

    assert stage.request(request).state == "REFUSED"
    assert answer(stage).startswith("✖ Nothing is held: BTCUSDT")


def test_close_without_a_symbol_says_what_is_missing(stage: Stage) -> None:
    request = stage.wants("close")
    stage.turn()

    assert (stage.request(request).state, stage.request(request).result) == ("REFUSED", "Name symbol.")


def test_close_in_a_closed_market_waits_for_the_opening_and_says_so(stage: Stage) -> None:
    stage.arrives(symbol="AAPL")
    stage.turn()
    stage.time.move_on(4 * 3600)
    request = stage.wants("close", symbol="AAPL")
    stage.turn()
    [written] = stage.made("EXIT")

    assert stage.request(request).state == "WORKING"
    assert written.client_order_id not in stage.venue.placed
    assert "2026-11-30 14:30 UTC. The order waits" in stage.told()[-1]

    stage.passes(69 * 3600, step_s=3600)
    stage.passes(10)

    assert stage.request(request).state == "DONE"
    assert stage.held() == []


def test_close_that_waits_for_the_opening_is_dropped_by_its_order(stage: Stage) -> None:
    stage.arrives(symbol="AAPL")
    stage.turn()
    stage.time.move_on(4 * 3600)
    stage.wants("close", symbol="AAPL")
    stage.turn()
    [written] = stage.made("EXIT")
    stage.wants("cancel", id=written.uid[:8])
    stage.turn()
    stage.passes(70 * 3600, step_s=3600)

    assert [each.status for each in stage.made("EXIT")] == ["CANCELED"]
    assert stage.held() != []


def test_a_close_goes_on_after_a_restart(stage: Stage) -> None:
    stage.arrives()
    stage.turn()
    request = stage.wants("close", symbol="BTCUSDT")
    for _ in range(10):
        stage.start()
        stage.turn(1)
        stage.time.move_on(0.5)
    stage.turn(10)

    assert stage.request(request).state == "DONE"
    assert len(stage.made("EXIT")) == 1
    assert stage.venue.held[BTC] == 0


def test_an_order_is_canceled_by_its_first_digits(stage: Stage) -> None:
    stage.venue.fills = False
    uid = stage.arrives()
    stage.turn()
    request = stage.wants("cancel", id=stage.made()[0].uid[:8].upper())
    stage.turn()

    assert stage.request(request).state == "DONE"
    assert [each.status for each in stage.made()] == ["CANCELED"]
    assert stage.end(uid) == ("DONE", "CANCELED")


def test_a_signal_is_canceled_by_its_first_digits(stage: Stage) -> None:
    stage.venue.prices.clear()
    uid = stage.arrives()
    stage.turn()
    request = stage.wants("cancel", id=stage.signal(uid).uid[:8])
    stage.turn()

    assert stage.request(request).state == "DONE"
    assert stage.end(uid) == ("REJECTED", "REJECTED_BY_PERSON")


def test_what_is_not_there_cannot_be_canceled(stage: Stage) -> None:
    request = stage.wants("cancel", id="abcdef12")
    stage.turn()

    assert stage.request(request).state == "REFUSED"
    assert "abcdef12" in stage.request(request).result


def test_the_queue_is_cleared_and_legs_stay(stage: Stage) -> None:
    stage.arrives(stop_loss="90")
    stage.turn()
    stage.passes(3)
    stage.venue.prices.clear()
    stage.passes(6)
    uid = stage.arrives(symbol="AAPL")
    stage.turn()
    request = stage.wants("clear_queue")
    stage.turn()

    assert stage.request(request).state == "DONE"
    assert stage.end(uid) == ("REJECTED", "CLEARED")
    assert [each.status for each in stage.made("STOP_LOSS")] == ["NEW"]


def test_a_closings_rest_is_sent_again(stage: Stage) -> None:
    stage.arrives()
    stage.turn()
    stage.venue.fills = False
    stage.arrives("sell")
    stage.turn()
    stage.passes(40)
    stage.venue.fills = True
    [rest] = stage.made("EXIT")
    request = stage.wants("retry", order=rest.uid)
    stage.turn(20)

    assert rest.status == "CANCELED"
    assert stage.request(request).state == "DONE"
    assert [each.attempt for each in stage.made("EXIT")] == [1, 2]
    assert stage.held() == []


def test_an_opening_that_is_nowhere_is_placed_again_once_however_often_that_is_wanted(stage: Stage) -> None:
    stage.arrives()
    while not stage.made("ENTRY"):
        stage.turn(1)
    stage.wire.heard.clear()  # no venue ever hears of it
    [lost] = stage.made("ENTRY")
    do(stage.ledger, move, SYSTEM, lost.uid, "NOT_PLACED")
    stage.orders.load()
    wanted = [stage.wants("place_again", order=lost.uid) for _ in range(2)]
    stage.turn(20)

    assert [stage.request(each).state for each in wanted] == ["DONE", "REFUSED"]
    assert [each.status for each in stage.made("ENTRY")] == ["NOT_PLACED", "FILLED"]
    assert stage.held() == [("BTC-USDT", lost.quantity)]


def test_an_order_of_somebody_elses_portfolio_is_not_there(stage: Stage) -> None:
    request = stage.wants("retry", order="0" * 32)
    stage.turn()

    assert stage.request(request).state == "REFUSED"


def test_reconcile_asks_the_venue(stage: Stage) -> None:
    stage.turn()
    request = stage.wants("reconcile")
    stage.turn()

    assert stage.request(request).state == "DONE"
