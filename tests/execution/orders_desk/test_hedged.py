"""Accounts that hold long and short of one instrument apart: each side is compared and told for itself."""

from decimal import Decimal
from typing import Any

from bus.messages.venue_accounts import Held
from execution.orders_desk.sides import of_side
from ledger.trading.books.records import Book
from ledger.trading.books.trades import ingest_without_order
from ledger.trading.flow import venue_positions
from ledger.trading.flow.records import VenuePosition
from ledger.trading.principal import SYSTEM
from ledger.trading.tables.trading import positions
from tests.execution.orders_desk.stage import Stage, event, fill
from tests.execution.orders_desk.test_legs_of_orders import legs
from tests.execution.orders_desk.test_reconcile import COIN as TRADED
from tests.execution.orders_desk.test_reconcile import answers, opened
from tests.ledger.trading import world
from tests.ledger.trading.world import ANN, ANNS, ANNS_ACCOUNT, COIN, ask, do, rows

D = Decimal


def both(long: str, short: str) -> tuple[Held, ...]:
    """Return a long and a short one of the coin, as the venue has them."""
    return tuple(Held(instrument=TRADED, quantity=D(quantity)) for quantity in (long, short))


def short_in_the_books(stage: Stage, quantity: str) -> None:
    """Let the portfolio itself, and no strategy, hold a short one."""
    said = world.fill("short", "SELL", quantity, "100")
    do(stage.ledger, ingest_without_order, ANN, said, book=Book(portfolio=ANNS, instrument=COIN))


def at_venue(stage: Stage) -> list[tuple[Decimal, Decimal]]:
    """Return what is written of the venue's positions: what it holds, and what of it is external."""
    found = ask(stage.ledger, venue_positions.list_for, SYSTEM, ANNS_ACCOUNT)
    return [(each.quantity, each.external) for each in found]


def held(stage: Stage) -> list[Decimal]:
    """Return what the books hold."""
    return [each["quantity"] for each in rows(stage.ledger, positions)]


def liquidated(side: Any, quantity: str) -> dict[str, Any]:
    """Return what a venue says that has closed something by itself."""
    gone = fill("8", quantity, "50", side=side, instrument=TRADED, note="LIQUIDATION")
    return {"executions": (gone,)}


def test_where_both_sides_are_as_the_books_have_them_nothing_differs(stage: Stage) -> None:
    opened(stage)
    short_in_the_books(stage, "1")
    before = len(stage.told())
    stage.connects()
    answers(stage, positions=both("2", "-1"))

    assert at_venue(stage) == [(D(2), D(0)), (D(-1), D(0))]
    assert len(stage.told()) == before


def test_a_long_and_a_short_one_made_by_hand_do_not_hide_one_another(stage: Stage) -> None:
    """Fault T23."""
    opened(stage)
    stage.connects()
    answers(stage, positions=both("3", "-1"))
    stage.desk.reconcile_now(ANNS_ACCOUNT)
    answers(stage, positions=both("3", "-1"))

    assert at_venue(stage) == [(D(3), D(1)), (D(-1), D(-1))]
    assert stage.told()[1:] == [
        "paper. Venue and books differ:\n"
        "BTC-USDT LONG: the books hold 2, the venue 3. +1 was not made here; it stays as it is. "
        "/adopt BTC-USDT takes it in.\n"
        "BTC-USDT SHORT: the books hold 0, the venue -1. -1 was not made here; it stays as it is. "
        "/adopt BTC-USDT takes it in."
    ]


def test_in_one_way_mode_what_several_hold_is_one_position(stage: Stage) -> None:
    opened(stage)
    short_in_the_books(stage, "0.5")
    stage.connects()
    answers(stage, positions=both("1.5", "0"))

    assert at_venue(stage) == [(D("1.5"), D(0)), (D(0), D(0))]


def test_a_short_one_by_hand_takes_no_leg_of_a_long_one_away(stage: Stage) -> None:
    stage.protect(take_profit=None)
    opened(stage)
    stop = legs(stage)["STOP_LOSS"]
    stage.says(event(stop, "NEW"))
    stage.connects()
    answers(stage, positions=both("2", "-5"))
    stage.passes(5)

    assert stage.row(stop.uid).status == "NEW"
    assert stage.row(stop.uid).quantity == D(2)


def test_a_liquidation_ends_the_position_of_its_own_side_and_takes_its_legs_along(stage: Stage) -> None:
    stage.protect(take_profit=None)
    opened(stage)
    stop = legs(stage)["STOP_LOSS"]
    stage.says(event(stop, "NEW"))
    short_in_the_books(stage, "1")
    stage.connects()
    answers(stage, times=1, **liquidated("SELL", "2"))
    stage.passes(1)

    assert held(stage) == [D(0), D(-1)]
    assert stage.row(stop.uid).status == "PENDING_CANCEL"
    assert stage.told()[-1] == "⚠ LIQUIDATION by the venue: BTC-USDT SELL 2 @ 50. (paper)"


def test_a_liquidation_of_the_side_that_nobody_here_holds_is_told_and_books_nothing(stage: Stage) -> None:
    opened(stage)
    stage.connects()
    answers(stage, times=1, **liquidated("BUY", "1"))

    assert held(stage) == [D(2)]
    assert "LIQUIDATION" in stage.told()[-1]


def test_a_row_of_the_other_side_bears_on_a_position_only_where_a_venue_has_both() -> None:
    long, short = (
        VenuePosition(
            symbol="BTC-USDT",
            asset_type="FUTURE",
            currency="USDT",
            quantity=D(quantity),
            external=D(0),
            average_price=None,
            as_of=world.NOW,
        )
        for quantity in (2, -1)
    )

    assert of_side([long, short], D(1)) == [long]
    assert of_side([long, short], D(-1)) == [short]
    assert of_side([short], D(1)) == [short]
