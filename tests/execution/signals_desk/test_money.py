"""What shares cost at a venue whose market orders may be filled above the ask: how many are bought, at what cash."""

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from bus.messages.venue_accounts import Cash
from execution.venues import Place
from ledger.inbox.opening import Inbox
from ledger.store import Ledger
from ledger.trading.flow import signals as flow
from ledger.trading.flow.halts import halt
from ledger.trading.principal import SYSTEM
from ledger.trading.work import Work
from tests.execution.signals_desk.stage import AAPL, TSLA, Stage
from tests.ledger.trading.world import NOW, ask

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


def test_what_was_kept_and_what_is_left_over_is_told_and_stands_in_the_signals_life(stage: Stage) -> None:
    signal = stage.arrives(symbol="AAPL")
    stage.turn()
    life = ask(stage.ledger, flow.life, SYSTEM, stage.signal(signal).uid)
    [ordered] = [each.details for each in life if each.state == "ORDERED"]

    assert (ordered["kept_percent"], ordered["left_over"]) == ("1", "200")
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


def test_shares_in_euros_are_refused_with_what_the_account_has(stage: Stage) -> None:
    stage.venue.cash = (dollars("20000"),)
    stage.turn()
    signal = stage.arrives(symbol="SAP")
    stage.turn()

    assert refused(stage, signal) == {
        "code": "NO_CURRENCY",
        "symbol": "SAP",
        "currency": "EUR",
        "cash": "20000 USD",
    }


def test_what_may_be_borrowed_is_not_spent(stage: Stage) -> None:
    """A margin account may spend four times what it has."""
    stage.venue.cash = (dollars("500", available="2000"),)
    signal = stage.arrives(symbol="AAPL")
    stage.turn()

    assert refused(stage, signal)["code"] == "CASH"
    assert refused(stage, signal)["available"] == "500"


def test_an_opening_whose_answer_was_lost_counts_as_bought_until_the_cash_is_gone(stage: Stage) -> None:
    """Fault T29a."""
    stage.venue.cash, stage.venue.prices[TSLA] = (dollars("1500"),), D(200)
    stage.venue.is_mute = True
    stage.arrives(symbol="AAPL")
    stage.turn()
    stage.passes(40)
    signal = stage.arrives(symbol="TSLA")
    stage.turn()

    assert [each.status for each in stage.made()] == ["PENDING_CANCEL"]
    assert refused(stage, signal) == {
        "code": "CASH",
        "need": "808",
        "free": "700",
        "available": "1500",
        "taken": "800",
        "reserve": "0",
        "currency": "USD",
    }


def test_what_the_venue_says_is_closed_waits_though_the_calendar_has_it_open(stage: Stage) -> None:
    """Fault T31: an unscheduled closing."""
    opens = NOW + timedelta(hours=1)
    stage.venue.sessions = {AAPL: ((opens, opens + timedelta(hours=2)),)}
    signal = stage.arrives(symbol="AAPL")
    stage.turn()
    early = (stage.end(signal)[0], list(stage.made()))
    stage.passes(3600, step_s=300)
    stage.passes(10)

    assert early == ("WAITING_FOR_MARKET", [])
    assert stage.end(signal)[0] == "DONE"
    assert stage.venue.held[AAPL] == 4


def holds_two(stage: Stage) -> None:
    """Hold four shares each of two companies."""
    stage.venue.prices[TSLA] = D(200)
    for symbol in ("AAPL", "TSLA"):
        stage.arrives(symbol=symbol)
        stage.turn()


def killed(stage: Stage) -> None:
    """Have a person kill trading."""
    halted(stage, "KILL")


def paused(stage: Stage) -> None:
    """Have a person pause openings."""
    halted(stage, "PAUSE")


def halted(stage: Stage, kind: Any) -> None:
    """Write a halt of everything."""
    person = stage.boss
    with stage.ledger.writing() as connection:
        halt(person, Work(connection, stage.time.now()), kind=kind, scope="ALL", reason="by hand")


def fallen(stage: Stage) -> None:
    """Let what is held fall by a quarter, so that the day has lost 400."""
    holds_two(stage)
    stage.passes(6)
    stage.venue.prices |= {AAPL: D(150), TSLA: D(150)}
    stage.passes(6)


CHECKS: list[tuple[str, dict[str, Any], Callable[[Stage], None], dict[str, str]]] = [
    ("KILLED", {}, killed, {"reason": "by hand"}),
    ("PAUSED", {}, paused, {"reason": "by hand"}),
    ("CASH", {"default_min_cash_reserve": D(9500)}, holds_two, {"need": "808", "available": "10000"}),
    ("MAX_INVESTED", {"default_max_total_investment": D(2000)}, holds_two, {"invested": "1600", "value": "800"}),
    ("MAX_POSITIONS", {"default_max_open_positions": 1}, holds_two, {"positions": "1", "limit": "1"}),
    ("MAX_PER_TICKER", {"default_max_per_ticker": 1}, holds_two, {"openings": "1", "limit": "1"}),
    ("MAX_DAILY_BUYS", {"default_max_daily_buys": 2}, holds_two, {"openings": "2", "limit": "2"}),
    ("MAX_DAILY_LOSS", {"default_max_daily_loss": D(300)}, fallen, {"loss": "400", "limit": "300"}),
]


@pytest.mark.sampled(3)
@pytest.mark.parametrize(("code", "settings", "prepare", "numbers"), CHECKS, ids=[each[0] for each in CHECKS])
def test_each_of_the_eight_checks_refuses_on_the_figures_of_an_account_of_shares(
    books: Ledger,
    inbox: Inbox,
    code: str,
    settings: dict[str, Any],
    prepare: Callable[[Stage], None],
    numbers: dict[str, str],
) -> None:
    """Cash of 10,000, worth 25,000, buying power of 40,000."""
    stage = Stage(books, inbox, code="IBKR", **settings)
    account = Cash(currency="USD", cash=D(10_000), available=D(40_000), equity=D(25_000))
    stage.venue.cash = (account,)
    stage.turn()
    prepare(stage)
    signal = stage.arrives(symbol="TSLA" if code == "MAX_POSITIONS" else "AAPL")
    stage.turn()
    stage.passes(3)
    said = refused(stage, signal)

    assert (said["code"], {name: said[name] for name in numbers}) == (code, numbers)
