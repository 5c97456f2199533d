"""Reconciliation: what was missed is taken in, what differs is told once it was seen twice, nothing is guessed."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

from bus.messages.venue_accounts import AskAccount, Cash, CashEvent, Held, Working
from bus.messages.venues import Execution, LookUpOrder, Traded
from ledger.trading.books.pnl import Period, pnl
from ledger.trading.flow import balances, venue_positions
from ledger.trading.principal import SYSTEM
from ledger.trading.risk.day_reading import read_day
from ledger.trading.tables.flow import cash_events
from ledger.trading.tables.records import audit_log
from tests.execution.orders_desk.stage import Stage, event, fill, state
from tests.execution.orders_desk.test_legs_of_orders import legs
from tests.ledger.trading.world import ANN, ANNS, ANNS_ACCOUNT, NOW, ask, rows

D = Decimal
COIN = Traded(symbol="BTC-USDT", asset_type="CRYPTO", currency="USD", base_currency="BTC")


def held(quantity: str) -> Held:
    """Return what the venue holds."""
    return Held(instrument=COIN, quantity=D(quantity))


def asked(stage: Stage) -> AskAccount:
    """Return the latest question about Ann's account."""
    return [each for each in stage.hears_only(AskAccount) if each.account == ANNS_ACCOUNT][-1]


def answers(stage: Stage, times: int = 2, **changes: Any) -> None:
    """Answer as often as is asked."""
    for _ in range(times):
        stage.passes(2)
        stage.says(state(asked(stage), **changes))


def opened(stage: Stage) -> None:
    """Hold two coins."""
    stage.says(event(stage.sent(), "FILLED", fill("1")))


def at_venue(stage: Stage) -> list[tuple[str, Decimal, Decimal]]:
    """Return what is written of the venue's positions."""
    found = ask(stage.ledger, venue_positions.list_for, SYSTEM, ANNS_ACCOUNT)
    return [(each.symbol, each.quantity, each.external) for each in found]


def test_an_account_is_read_when_its_broker_connects_and_twice(stage: Stage) -> None:
    opened(stage)
    stage.connects()
    answers(stage, positions=(held("2"),))
    stage.passes(5)

    assert not [each for each in stage.hears_only(AskAccount) if each.account == ANNS_ACCOUNT]
    assert at_venue(stage) == [("BTC-USDT", D(2), D(0))]
    assert len(stage.told()) == 1


def test_balances_are_recorded(stage: Stage) -> None:
    stage.connects()
    answers(stage, times=1, balances=(Cash(currency="USD", cash=D(500), available=D(400)),))

    (found,) = ask(stage.ledger, balances.latest, SYSTEM, ANNS_ACCOUNT)

    assert (found.cash, found.available) == (D(500), D(400))


def test_each_wallet_has_its_own_figure_and_one_that_is_no_longer_spoken_of_is_empty(stage: Stage) -> None:
    spot, futures = (Cash(currency="USDT", cash=D(5), equity=D(5), wallet=wallet) for wallet in ("SPOT", "FUTURES"))
    stage.connects()
    answers(stage, times=1, balances=(spot, futures))
    stage.desk.reconcile_now(ANNS_ACCOUNT)
    stage.passes(2)
    later = NOW + timedelta(minutes=1)
    stage.says(state(asked(stage), balances=(futures,), as_of=later))
    found = ask(stage.ledger, balances.latest, SYSTEM, ANNS_ACCOUNT)

    assert [(each.wallet, each.cash, each.equity, each.as_of) for each in found] == [
        ("FUTURES", D(5), D(5), later),
        ("SPOT", D(0), D(0), later),
    ]


def test_funding_is_written_once_and_counts_in_the_days_result(stage: Stage) -> None:
    opened(stage)
    stage.connects()
    paid = CashEvent(id="f1", type="FUNDING", amount=D("-1.5"), currency="USD", at=NOW, instrument=COIN)
    got = CashEvent(id="f2", type="FUNDING", amount=D("0.5"), currency="USD", at=NOW, instrument=COIN)
    answers(stage, times=1, is_complete=False, reason="timeout", cash_events=(paid,))
    answers(stage, times=2, positions=(held("2"),), cash_events=(got, paid))
    day = Period(NOW - timedelta(hours=1), NOW + timedelta(hours=1))
    found = ask(stage.ledger, pnl, ANN, day, portfolio=ANNS)

    assert [each["broker_event_id"] for each in rows(stage.ledger, cash_events)] == ["f1", "f2"]
    assert found.funding == {"USD": D(-1)}
    with stage.ledger.reading() as connection:
        lost = read_day(ANN, connection, portfolio=ANNS, now=NOW, day_start=day.since).realized

    assert lost == D(-2)  # with the fee of what was bought
    assert len([each for each in rows(stage.ledger, audit_log) if each["entity_type"] == "cash event"]) == 2


def test_what_cannot_be_kept_of_funding_hinders_nothing_else(stage: Stage) -> None:
    stage.connects()
    wrong = CashEvent(id="", type="FUNDING", amount=D(1), currency="USD", at=NOW)
    right = CashEvent(id="f2", type="FUNDING", amount=D(1), currency="USD", at=NOW)
    answers(stage, times=1, cash_events=(wrong, right))

    assert [each["broker_event_id"] for each in rows(stage.ledger, cash_events)] == ["f2"]


def test_where_a_reading_is_not_whole_what_it_lacked_is_asked_for_again(stage: Stage) -> None:
    stage.connects()
    stage.passes(2)
    first = asked(stage)
    stage.says(state(first, is_complete=False, reason="timeout", executions=(fill("30", instrument=COIN),)))
    stage.passes(40)

    assert asked(stage).since == first.since


def test_a_position_made_by_hand_is_external_and_told_once(stage: Stage) -> None:
    """Fault T23."""
    opened(stage)
    stage.connects()
    answers(stage, positions=(held("5"),))
    stage.desk.reconcile_now(ANNS_ACCOUNT)
    answers(stage, positions=(held("5"),))

    assert at_venue(stage) == [("BTC-USDT", D(5), D(3))]
    assert stage.told()[1:] == [
        "paper. Venue and books differ:\n"
        "BTC-USDT: the books hold 2, the venue 5. +3 was not made here; it stays as it is. /adopt BTC-USDT takes it in."
    ]


def test_a_position_closed_by_hand_is_told_and_the_books_stay(stage: Stage) -> None:
    """Fault T23."""
    opened(stage)
    stage.connects()
    answers(stage)

    assert at_venue(stage) == [("BTC-USDT", D(0), D(-2))]
    assert stage.held() == [D(2)]
    assert "the books hold 2, the venue 0" in stage.told()[-1]


def test_one_reading_alone_concludes_nothing(stage: Stage) -> None:
    opened(stage)
    stage.connects()
    answers(stage, times=1)

    assert at_venue(stage) == []


def test_readings_with_an_event_between_are_not_compared(stage: Stage) -> None:
    opened(stage)
    stage.connects()
    answers(stage, times=1)
    stage.says(event(stage.sent(key="more"), "FILLED", fill("2")))
    answers(stage, times=1)

    assert at_venue(stage) == []


def test_what_could_not_be_read_whole_is_not_read_as_flat(stage: Stage) -> None:
    """Fault T24."""
    opened(stage)
    stage.connects()
    answers(stage, times=1, is_complete=False, reason="timeout")
    stage.passes(31)
    stage.says(state(asked(stage), is_complete=False, reason="timeout"))

    assert at_venue(stage) == []
    assert stage.held() == [D(2)]
    assert len(stage.told()) == 1


def test_fills_that_were_missed_are_taken_in_and_told(stage: Stage) -> None:
    """Fault T12: a fill that nobody heard of."""
    row = stage.sent()
    stage.says(event(row, "NEW"))
    missed: Execution = fill("7", client_order_id=row.client_order_id)
    stage.connects()
    answers(stage, times=1, executions=(missed,), positions=(held("2"),))

    assert stage.row(row.uid).status == "FILLED"
    assert [each.status for each in stage.desk.take_ended()] == ["FILLED"]
    assert [each.partition("\n")[0] for each in stage.told()] == [
        "BTC-USDT BUY 2 (paper): working at the venue.",
        "BTC-USDT: bought 2 @ 100 USD (paper)",
        "BTC-USDT: bought 2 @ 100 USD (paper)",
    ]


def test_a_liquidation_is_a_row_and_an_urgent_message(stage: Stage) -> None:
    opened(stage)
    stage.connects()
    gone = fill("8", side="SELL", price="50", instrument=COIN, note="LIQUIDATION")
    answers(stage, executions=(gone,))

    assert stage.held() == [D(0)]
    assert stage.told()[-1] == "⚠ LIQUIDATION by the venue: BTC-USDT SELL 2 @ 50. (paper)"


def test_a_liquidation_takes_the_legs_along_that_would_sell_short(stage: Stage) -> None:
    stage.protect(take_profit=None)
    opened(stage)
    stop = legs(stage)["STOP_LOSS"]
    stage.says(event(stop, "NEW"))
    stage.connects()
    gone = fill("8", side="SELL", price="50", instrument=COIN, note="LIQUIDATION")
    answers(stage, times=1, executions=(gone,))
    stage.passes(1)

    assert stage.held() == [D(0)]
    assert stage.row(stop.uid).status == "PENDING_CANCEL"


def test_a_fee_that_comes_later_with_a_reading_is_told_in_the_orders_message_without_a_sound(stage: Stage) -> None:
    row = stage.sent()
    first = fill("1", fee=None, fee_currency=None, client_order_id=row.client_order_id)
    stage.says(event(row, "FILLED", first))
    stage.connects()
    answers(stage, times=1, executions=(first,), positions=(held("2"),))
    before = stage.told()[-1]
    late = fill("1", client_order_id=row.client_order_id)
    answers(stage, times=1, executions=(late,), positions=(held("2"),))

    assert "Fee not known yet" in before
    assert "Fee 1 USD" in stage.told()[-1]
    assert (len(stage.told()), stage.executions()) == (2, 1)


def test_a_correction_that_a_reading_brings_takes_the_place_of_the_fill_and_is_told(stage: Stage) -> None:
    """Fault T19."""
    row = stage.sent()
    first = fill("1.01", execution="1", revision=1, client_order_id=row.client_order_id)
    stage.says(event(row, "FILLED", first))
    stage.connects()
    corrected = fill("1.02", price="99", execution="1", revision=2, client_order_id=row.client_order_id)
    answers(stage, times=1, executions=(first, corrected), positions=(held("2"),))

    assert (stage.row(row.uid).average_price, stage.held()) == (D(99), [D(2)])
    assert "The venue has corrected a fill." in stage.told()[-1]


def test_a_fill_of_an_order_that_nobody_here_made_has_the_account_compared_at_once(stage: Stage) -> None:
    """Fault T23."""
    opened(stage)
    stage.connects()
    answers(stage, positions=(held("2"),))
    stage.hears()
    by_hand = fill("9", quantity="3", instrument=COIN)
    row = stage.all_orders()[0]
    stage.says(event(row, "FILLED", by_hand, client_order_id="", broker_order_id="by hand"))
    answers(stage, positions=(held("5"),))

    assert at_venue(stage) == [("BTC-USDT", D(5), D(3))]


def test_an_order_that_rests_by_the_books_alone_is_looked_up(stage: Stage) -> None:
    row = stage.sent(type="LIMIT", price=D(90))
    stage.says(event(row, "NEW"))
    stage.connects()
    stage.says(event(row, "NEW"))
    stage.passes(5)
    question = asked(stage)
    there = Working(
        instrument=COIN,
        client_order_id=row.client_order_id,
        broker_order_id=None,
        side="BUY",
        type="LIMIT",
        quantity=D(2),
        filled_quantity=D(0),
    )
    later = stage.time.now()
    stage.says(state(question, as_of=later, working=(there,)))
    quiet = stage.hears_only(LookUpOrder)
    stage.passes(3)
    stage.says(state(asked(stage), as_of=later))
    stage.passes(2)

    assert quiet == []
    assert stage.hears_only(LookUpOrder)


def test_an_account_is_compared_every_few_hours(stage: Stage) -> None:
    stage.connects()
    answers(stage)
    stage.hears()
    stage.time.move_on(4 * 3600 + 1)
    stage.connects()
    stage.passes(2)

    assert any(isinstance(each, AskAccount) for each in stage.hears())


def test_balances_are_read_again_and_again_while_something_opens(stage: Stage) -> None:
    stage.connects()
    answers(stage)
    stage.desk.keep_fresh(ANNS_ACCOUNT)
    stage.passes(36)
    found = [each for each in stage.hears_only(AskAccount) if each.account == ANNS_ACCOUNT]

    assert len(found) == 1


def test_an_answer_to_nobodys_question_counts_for_nothing(stage: Stage) -> None:
    opened(stage)
    stage.connects()
    question = asked(stage)
    stage.says(state(question, id="another"), state(question, id="another"))

    assert at_venue(stage) == []


def test_the_money_is_read_again_soon_after_a_fill(stage: Stage) -> None:
    stage.connects()
    answers(stage)
    stage.passes(20)
    quiet = [each for each in stage.hears_only(AskAccount) if each.account == ANNS_ACCOUNT]
    opened(stage)
    stage.passes(6)

    assert quiet == []
    assert [each for each in stage.hears_only(AskAccount) if each.account == ANNS_ACCOUNT]
