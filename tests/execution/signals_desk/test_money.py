"""What shares cost at a venue whose market orders may be filled above the ask: how many are bought, at what cash."""

from decimal import Decimal
from typing import Any

import pytest

from bus.messages.venues import Cash
from execution.venue_link import Place
from ledger.inbox.opening import Inbox
from ledger.store import Ledger
from ledger.trading.flow import signals as flow
from ledger.trading.principal import SYSTEM
from tests.execution.signals_desk.stage import AAPL, Stage
from tests.ledger.trading.world import ask

D = Decimal


@pytest.fixture
def stage(books: Ledger, inbox: Inbox) -> Stage:
    """Return a stage whose account is at a venue that is not paper."""
    return Stage(books, inbox, code="IBKR")


def dollars(cash: str, *, available: str | None = None) -> Cash:
    """Return what an account has in dollars."""
    may_be_spent = D(cash if available is None else available)
    return Cash(currency="USD", cash=D(cash), available=may_be_spent, equity=D(cash))


def refused(stage: Stage, signal: str) -> dict[str, Any]:
    """Return the code and the numbers of a signal's last step."""
    last = ask(stage.ledger, flow.life, SYSTEM, stage.signal(signal).uid)[-1]
    return {"code": last.code, **last.details}


def delays(stage: Stage) -> None:
    """Let the quotes be old ones that look new, from now on, and have one of them known."""
    stage.venue.is_delayed = True
    stage.passes(6)
    stage.link.quote(Place(broker=stage.broker, account=stage.account), AAPL)
    stage.turn()


def test_an_amount_buys_whole_shares_at_the_ask_and_one_percent_more(stage: Stage) -> None:
    """At the ask alone 1000 USD would buy five shares, and with any slippage cost more than that."""
    stage.arrives(symbol="AAPL")
    stage.turn()

    [order] = stage.made()

    assert (order.quantity, order.type, order.time_in_force) == (D(4), "MARKET", "DAY")
    assert order.meta_json == {"expected_price": "200", "kept_percent": "1", "left_over": "200"}


def test_what_was_kept_and_what_is_left_over_is_told(stage: Stage) -> None:
    stage.arrives(symbol="AAPL")
    stage.turn()

    assert "\n1 % kept for slippage, left over 200 USD\n" in stage.told()[-1]


def test_the_buffer_may_be_set_to_none(books: Ledger, inbox: Inbox) -> None:
    stage = Stage(books, inbox, code="IBKR", buy_buffer_percent=D(0))
    stage.arrives(symbol="AAPL")
    stage.turn()

    assert [each.quantity for each in stage.made()] == [D(5)]
    assert "kept" not in stage.told()[-1]


def test_less_than_one_share_is_refused_with_what_one_may_cost(stage: Stage) -> None:
    stage.set_params(amount="201")
    signal = stage.arrives(symbol="AAPL")
    stage.turn()

    assert stage.made() == []
    assert refused(stage, signal) == {
        "code": "TOO_SMALL",
        "symbol": "AAPL",
        "wanted": "0.9950495",
        "smallest": "1",
        "value": "202",
        "currency": "USD",
    }


def test_a_quantity_of_shares_needs_cash_for_the_buffer_too(stage: Stage) -> None:
    stage.venue.cash = (dollars("1005"),)
    stage.set_params(by="signal")
    signal = stage.arrives(symbol="AAPL", quantity=5)
    stage.turn()

    assert refused(stage, signal)["code"] == "CASH"
    assert refused(stage, signal)["need"] == "1010"


def test_a_sell_closes_the_strategys_whole_position(stage: Stage) -> None:
    stage.arrives(symbol="AAPL")
    stage.turn()
    stage.arrives("sell", symbol="AAPL", quantity=1)
    stage.turn(20)

    assert stage.venue.held[AAPL] == 0
    assert stage.made("EXIT")[0].quantity == D(4)


def test_a_delayed_quote_holds_an_opening_and_then_refuses_it_whatever_it_says(stage: Stage) -> None:
    """Fault T30: a price of a quarter of an hour ago refuses nothing for good, and sizes nothing."""
    stage.venue.is_delayed = True
    signal = stage.arrives(symbol="AAPL", price=100)
    stage.turn()
    early = stage.end(signal)
    stage.passes(65, step_s=5)

    assert early == ("QUEUED", "NOT_KNOWN")
    assert stage.end(signal) == ("REJECTED", "NOT_KNOWN")
    assert stage.made() == []


def test_a_closing_goes_at_a_delayed_quote_and_expects_no_price_of_it(stage: Stage) -> None:
    """Fault T30."""
    stage.arrives(symbol="AAPL")
    stage.turn()
    delays(stage)
    stage.arrives("sell", symbol="AAPL")
    stage.turn(20)

    [exit_] = stage.made("EXIT")

    assert exit_.status == "FILLED"
    assert "expected_price" not in exit_.meta_json


def test_a_persons_closing_at_a_delayed_quote_expects_no_price_of_it(stage: Stage) -> None:
    stage.arrives(symbol="AAPL")
    stage.turn()
    delays(stage)
    stage.wants("close", symbol="AAPL")
    stage.turn(20)

    [exit_] = stage.made("EXIT")

    assert exit_.status == "FILLED"
    assert "expected_price" not in exit_.meta_json
