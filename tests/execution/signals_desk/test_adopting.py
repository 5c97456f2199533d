"""`/adopt`: a difference with the venue is booked once, where it is clear whose it is; else nothing is."""

from decimal import Decimal

from ledger.trading.flow import venue_positions
from ledger.trading.principal import SYSTEM
from tests.execution.signals_desk.stage import AAPL, BTC, Stage
from tests.execution.signals_desk.test_requests import answer
from tests.ledger.trading.world import ask


def adopted(stage: Stage, symbol: str = "BTCUSDT", *, within_s: float = 10) -> str:
    """Adopt a symbol, and return the state of the request after a while."""
    request = stage.wants("adopt", symbol=symbol)
    stage.passes(within_s)
    return stage.request(request).state


def test_what_was_bought_at_the_venue_is_held_by_no_strategy_then_and_can_be_sold(stage: Stage) -> None:
    stage.venue.held[AAPL] = Decimal(7)
    state = adopted(stage, "aapl")
    held, told = stage.held(), answer(stage)
    stage.wants("sell", symbol="AAPL", quantity="all")
    stage.turn(20)

    assert state == "DONE"
    assert told == "✔ AAPL: BUY 7 @ 200 is booked as made by hand at the venue; held now 7."
    assert held == [("AAPL", Decimal(7))]
    assert stage.venue.held[AAPL] == 0


def test_what_was_sold_at_the_venue_is_taken_from_the_one_position_that_can_be_meant(stage: Stage) -> None:
    stage.arrives()
    stage.turn()
    stage.venue.held[BTC] = Decimal(4)
    state = adopted(stage)

    assert (state, stage.held()) == ("DONE", [("BTC-USDT", Decimal(4))])
    assert answer(stage) == "✔ BTC-USDT: SELL 6 @ 100 is booked as made by hand at the venue; held now 4."
    assert [each.external for each in ask(stage.ledger, venue_positions.list_for, SYSTEM, stage.account)] == [0]


def test_the_stop_loss_fits_what_is_left_then(stage: Stage) -> None:
    stage.arrives(stop_loss=90)
    stage.turn()
    stage.venue.held[BTC] = Decimal(4)
    state = adopted(stage)
    stops = [(each.quantity, each.status) for each in stage.made("STOP_LOSS")]

    assert (state, stops) == ("DONE", [(Decimal(10), "CANCELED"), (Decimal(4), "NEW")])


def test_two_wishes_at_once_book_a_difference_once(stage: Stage) -> None:
    stage.arrives()
    stage.turn()
    stage.venue.held[BTC] = Decimal(0)
    first, second = (stage.wants("adopt", symbol="BTCUSDT") for _ in range(2))
    stage.passes(10)

    assert [stage.request(each).state for each in (first, second)] == ["DONE", "REFUSED"]
    assert stage.held() == []
    assert answer(stage).startswith("✖ BTCUSDT: ")


def test_it_goes_on_after_a_restart_and_is_booked_once(stage: Stage) -> None:
    stage.venue.held[AAPL] = Decimal(3)
    request = stage.wants("adopt", symbol="AAPL")
    for _ in range(20):
        stage.start()
        stage.turn(2)
        stage.time.move_on(0.7)
    stage.passes(10)

    assert stage.request(request).state == "DONE"
    assert stage.held() == [("AAPL", Decimal(3))]


def test_where_nothing_differs_nothing_is_booked(stage: Stage) -> None:
    stage.arrives()
    stage.turn()

    assert adopted(stage) == "REFUSED"
    assert answer(stage) == "✖ BTCUSDT: books and venue hold the same. Nothing is booked."
    assert stage.held() == [("BTC-USDT", Decimal(10))]


def test_where_several_hold_it_nothing_is_booked(stage: Stage) -> None:
    stage.arrives()
    stage.wants("buy", symbol="BTCUSDT", amount="100")
    stage.turn(20)
    stage.venue.held[BTC] = Decimal(5)

    assert adopted(stage) == "REFUSED"
    assert "several hold it here (paper/default, paper/-), so nobody knows whose 6 is gone" in answer(stage)
    assert stage.held() == [("BTC-USDT", Decimal(10)), ("BTC-USDT", Decimal(1))]


def test_a_venue_on_the_other_side_is_not_booked(stage: Stage) -> None:
    stage.arrives()
    stage.turn()
    stage.venue.held[BTC] = Decimal(-2)

    assert adopted(stage) == "REFUSED"
    assert "beyond zero" in answer(stage)


def test_while_orders_are_on_their_way_nothing_is_booked(stage: Stage) -> None:
    stage.arrives()
    stage.turn()
    stage.venue.fills = False
    stage.arrives()
    stage.turn()
    stage.venue.held[BTC] = Decimal(4)

    assert adopted(stage) == "REFUSED"
    assert "orders are on their way" in answer(stage)


def test_without_a_price_nothing_is_booked(stage: Stage) -> None:
    stage.arrives()
    stage.turn()
    stage.venue.prices.clear()
    stage.passes(6)
    stage.venue.held[BTC] = Decimal(4)

    assert adopted(stage, within_s=70) == "REFUSED"
    assert "nobody says its price now" in answer(stage)
    assert stage.held() == [("BTC-USDT", Decimal(10))]


def test_at_a_delayed_price_nothing_is_booked(stage: Stage) -> None:
    stage.arrives()
    stage.turn()
    stage.passes(6)
    stage.venue.is_delayed = True
    stage.venue.held[BTC] = Decimal(4)

    assert adopted(stage, within_s=70) == "REFUSED"
    assert stage.held() == [("BTC-USDT", Decimal(10))]


def test_while_the_venue_cannot_be_read_nothing_is_booked(stage: Stage) -> None:
    stage.venue.is_connected = False
    stage.turn()

    assert adopted(stage, within_s=70) == "REFUSED"
    assert "has not been read within 60 s" in answer(stage)
