"""After a time of which the venue lists no executions: what differs by then is not opened before it is booked."""

from datetime import timedelta
from decimal import Decimal

from ledger.trading.flow import signals as flow
from ledger.trading.principal import SYSTEM
from tests.execution.signals_desk.stage import BTC, Stage
from tests.execution.signals_desk.test_requests import answer
from tests.ledger.trading.world import ask


def comes_back_with(stage: Stage, quantity: str) -> None:
    """Hold ten coins, be away for hours, and come back to a venue that holds so many and lists one hour."""
    stage.arrives()
    stage.turn()
    stage.passes(5)
    stage.time.move_on(3 * 3600)
    stage.start()
    stage.venue.held[BTC] = Decimal(quantity)
    stage.venue.executions_since = stage.time.now() - timedelta(hours=1)


def test_nothing_of_it_is_opened_and_the_refusal_says_both_numbers(stage: Stage) -> None:
    comes_back_with(stage, "4")
    stage.passes(6)
    signal = stage.arrives()
    other = stage.arrives(symbol="BTCUSDT.P", leverage=1)
    stage.passes(3)
    last = ask(stage.ledger, flow.life, SYSTEM, stage.signal(signal).uid)[-1]

    assert stage.end(signal) == ("REJECTED", "RECONCILING")
    assert last.details == {"symbol": "BTC-USDT", "books": "10", "venue": "4"}
    assert stage.end(other)[1] != "RECONCILING"


def test_before_it_is_compared_an_opening_waits(stage: Stage) -> None:
    comes_back_with(stage, "10")
    signal = stage.arrives()
    stage.turn()
    early = stage.end(signal)
    stage.passes(6)

    assert early == ("QUEUED", "NOT_KNOWN")
    assert stage.end(signal)[0] == "DONE"


def test_a_closing_passes_and_closes_what_the_venue_still_has(stage: Stage) -> None:
    comes_back_with(stage, "4")
    stage.passes(6)
    stage.arrives("sell")
    stage.turn(20)

    assert stage.venue.held[BTC] == 0


def test_what_is_adopted_may_be_opened_again(stage: Stage) -> None:
    comes_back_with(stage, "4")
    stage.passes(6)
    stage.wants("adopt", symbol="BTCUSDT")
    stage.passes(10)
    adopted = answer(stage)
    signal = stage.arrives()
    stage.passes(3)

    assert adopted == "✔ BTC-USDT: SELL 6 @ 100 is booked as made by hand at the venue; held now 4."
    assert stage.end(signal)[0] == "DONE"
    assert stage.held() == [("BTC-USDT", Decimal(14))]


def test_what_is_equal_again_may_be_opened_again(stage: Stage) -> None:
    comes_back_with(stage, "4")
    stage.passes(6)
    stage.venue.held[BTC] = Decimal(10)
    stage.orders.reconcile_now(stage.account)
    stage.passes(6)
    signal = stage.arrives()
    stage.passes(3)

    assert stage.end(signal)[0] == "DONE"
