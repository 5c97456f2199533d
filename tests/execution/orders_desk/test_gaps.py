"""A venue that lists executions since midnight only: what it leaves out is told, and an order filled then is ended."""

from datetime import datetime, timedelta
from decimal import Decimal

from bus.messages.venue_accounts import AskAccount
from execution import gaps
from execution.gaps import Listed
from tests.execution.orders_desk.stage import LookUpOrder, PlaceOrder, Stage, event
from tests.execution.orders_desk.test_legs_of_orders import legs
from tests.execution.orders_desk.test_reconcile import answers, at_venue, held, opened
from tests.ledger.trading.world import ANNS_ACCOUNT

D = Decimal


def known(stage: Stage) -> Listed:
    """Return what is known of the executions of Ann's account."""
    with stage.ledger.reading() as connection:
        return gaps.listed(connection, ANNS_ACCOUNT)


def compared(stage: Stage, quantity: str, *, since: datetime | None = None) -> None:
    """Compare the account with a venue that holds so many coins, and lists executions from a moment on."""
    stage.desk.reconcile_now(ANNS_ACCOUNT)
    now = stage.time.now()
    answers(stage, positions=(held(quantity),), as_of=now, executions_since=since)


def away(stage: Stage, hours: float) -> datetime:
    """Let the venue be away for hours, and return the midnight from which on it lists executions then."""
    stage.connects(is_connected=False)
    stage.time.move_on(hours * 3600)
    stage.connects()
    return stage.time.now() - timedelta(hours=1)


def test_a_difference_that_no_execution_can_explain_is_told_once_with_both_numbers(stage: Stage) -> None:
    opened(stage)
    stage.connects()
    compared(stage, "2")
    midnight = away(stage, 20)
    compared(stage, "5", since=midnight)
    compared(stage, "5", since=midnight)

    assert at_venue(stage) == [("BTC-USDT", D(5), D(3))]
    assert stage.told()[1:] == [
        "paper. Venue and books differ, and the venue lists no executions before 2026-11-28 10:30 CET: "
        "fills of then may be missing here.\n"
        "BTC-USDT: the books hold 2, the venue 5. +3 was not made here; it stays as it is. "
        "/adopt BTC-USDT takes it in.\n"
        "Nothing of it is opened until the difference is gone or booked: /adopt SYMBOL."
    ]
    assert known(stage).missing == (("BTC-USDT", "CRYPTO"),)


def test_without_a_gap_a_difference_is_external_alone(stage: Stage) -> None:
    opened(stage)
    stage.connects()
    compared(stage, "2")
    compared(stage, "5", since=stage.time.now() - timedelta(hours=9))

    assert "Venue and books differ:" in stage.told()[-1]
    assert known(stage).missing == ()


def test_what_was_external_before_the_gap_stays_so(stage: Stage) -> None:
    opened(stage)
    stage.connects()
    compared(stage, "5")
    compared(stage, "5", since=away(stage, 20))

    assert known(stage).missing == ()
    assert len(stage.told()) == 2


def test_an_account_that_is_seen_for_the_first_time_has_no_gap(stage: Stage) -> None:
    stage.connects()
    compared(stage, "5", since=stage.time.now() - timedelta(hours=1))

    assert known(stage).missing == ()


def test_a_gap_is_known_after_a_restart_and_between_the_two_readings(stage: Stage) -> None:
    opened(stage)
    stage.connects()
    compared(stage, "2")
    stage.time.move_on(20 * 3600)
    stage.start()
    stage.connects()
    midnight = stage.time.now() - timedelta(hours=1)
    answers(stage, times=1, positions=(held("5"),), as_of=stage.time.now(), executions_since=midnight)
    between = known(stage)
    stage.start()
    stage.connects()
    answers(stage, positions=(held("5"),), as_of=stage.time.now(), executions_since=midnight)

    assert between.is_comparing
    assert (known(stage).missing, known(stage).is_comparing) == ((("BTC-USDT", "CRYPTO"),), False)


def test_a_difference_that_is_gone_is_missing_no_more(stage: Stage) -> None:
    opened(stage)
    stage.connects()
    compared(stage, "2")
    midnight = away(stage, 20)
    compared(stage, "5", since=midnight)
    compared(stage, "2", since=midnight)

    assert known(stage).missing == ()


def test_after_days_the_executions_since_the_last_comparison_are_asked_for(stage: Stage) -> None:
    stage.connects()
    compared(stage, "0")
    last = stage.time.now()
    stage.time.move_on(3 * 86_400)
    stage.start()
    stage.connects()

    [question] = [each for each in stage.hears_only(AskAccount) if each.account == ANNS_ACCOUNT]

    assert last - timedelta(hours=2) < question.since < last


def test_an_order_that_was_filled_in_a_gap_ends_with_how_to_book_it(stage: Stage) -> None:
    """The venue says that it is filled, and lists no execution of it any more."""
    row = stage.sent()
    stage.says(event(row, "NEW"))
    stage.connects()
    compared(stage, "0")
    midnight = away(stage, 20)
    stage.says(event(row, "FILLED", filled_quantity=D(2)))
    compared(stage, "2", since=midnight)
    early = stage.row(row.uid).status
    stage.passes(61)
    answers(stage, positions=(held("2"),), as_of=stage.time.now(), executions_since=midnight)
    stage.hears()
    stage.passes(40)

    assert early == "PENDING_CANCEL"
    assert (stage.row(row.uid).status, stage.row(row.uid).filled_quantity) == ("CANCELED", D(0))
    assert [each.status for each in stage.desk.take_ended()] == ["CANCELED"]
    assert {"BTC-USDT BUY 2 (paper) is canceled: its venue lists its fills no more; /adopt books what it holds."} == {
        each.partition("\n")[0] for each in stage.told() if "lists its fills no more" in each
    }
    assert not stage.hears_only(LookUpOrder)


def test_an_order_of_today_is_looked_up_until_its_fills_come(stage: Stage) -> None:
    stage.connects()
    compared(stage, "0")
    row = stage.sent()
    stage.says(event(row, "FILLED", filled_quantity=D(2)))
    stage.passes(70)
    midnight = stage.time.now() - timedelta(hours=9)
    answers(stage, positions=(held("2"),), as_of=stage.time.now(), executions_since=midnight)

    assert stage.row(row.uid).status == "NEW"


def test_where_the_venue_has_less_than_the_books_no_leg_is_placed_that_would_sell_short(stage: Stage) -> None:
    """The stop loss was filled in a gap; another one would sell what is gone."""
    stage.protect(take_profit=None)
    opened(stage)
    stop = legs(stage)["STOP_LOSS"]
    stage.says(event(stop, "NEW"))
    stage.connects()
    compared(stage, "2")
    midnight = away(stage, 20)
    stage.says(event(stop, "FILLED", filled_quantity=D(2)))
    compared(stage, "0", since=midnight)
    stage.hears()
    stage.passes(61)
    answers(stage, positions=(held("0"),), as_of=stage.time.now(), executions_since=midnight)
    stage.passes(40)

    assert stage.row(stop.uid).status == "CANCELED"
    assert stage.hears_only(PlaceOrder) == []
    assert stage.held() == [D(2)]
