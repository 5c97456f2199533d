"""The pages of trading: to the letter, and as they come from the books."""

import re
from datetime import UTC
from decimal import Decimal
from typing import Any

import pytest

from bus.connection import Bus
from bus.language import Language
from bus.messages.trading import BrokerHealth, TradingState
from ledger.trading.flow import signals
from ledger.trading.flow.records import NewBalance
from ledger.trading.people.preferences import set_language
from ledger.trading.principal import SYSTEM
from ledger.trading.risk.limits import Limits
from ledger.trading.risk.policies import Applied
from notifier.texts.line_wrap import fitted
from notifier.trading.status_page import StatusPage
from tests.ledger.trading.world import ALICE, BOSS, MALLORY, NOW, VERA, write_order
from tests.notifier.golden_texts import LANGUAGES, check_limits, golden_file, in_one
from tests.notifier.trading import trading_page_cases
from tests.notifier.trading.stage import GROUP, Stage
from tests.running import flat, wait_until


def limited(currency: str) -> Applied:
    """Return limits in a currency."""
    return Applied(limits=Limits(), currency=currency, sources={})


READS = ("/status", "/positions", "/orders", "/queue", "/signals")


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_page_is_its_golden_text(language: Language) -> None:
    said = trading_page_cases.cases(language)

    assert in_one(said) == golden_file("trading_pages", language).read_text(encoding="utf-8")


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_page_fits_a_phone(language: Language) -> None:
    for page in trading_page_cases.cases(language).values():
        check_limits(page)
        assert fitted(page).count("\n") - page.count("\n") <= 4  # a reason may be long, nothing else is


@pytest.mark.parametrize(
    ("changes", "is_said"),
    [
        ({"invested": {"USD": Decimal(1)}}, False),
        ({"invested": {"USD": Decimal(1), "USDT": Decimal(0)}}, False),
        ({"invested": {"USDT": Decimal(5)}}, True),
        ({"balances": (NewBalance(currency="USDC", cash=Decimal(5), as_of=NOW),)}, True),
        ({"balances": (), "invested": {"USDT": Decimal(5)}, "applied": limited("USDT")}, False),
        ({"balances": (), "invested": {"USDT": Decimal(5), "USD": Decimal(5)}, "applied": limited("EUR")}, False),
    ],
)
def test_status_says_where_different_dollars_are_added(changes: dict[str, Any], is_said: bool) -> None:
    told = StatusPage("en", UTC).page(trading_page_cases.report(**changes))

    assert ("USDT and USDC counted as 1 USD" in told) is is_said


def test_status_tells_of_the_portfolio_in_use_and_of_the_brokers_that_execution_names(stage: Stage, wire: Bus) -> None:
    write_order(stage.harness.ledger, stage.main.uid)
    stage.signal()
    with stage.notifier():
        silent = stage.answer("/status").text
        paper = BrokerHealth(name="broker-paper", state="connected")
        state = TradingState(mode="paper", killed="", waiting=1, oldest_at=None, brokers=(paper,))

        def heard() -> bool:
            """Say it again, and look whether it was heard."""
            wire.publish(state)
            return "PAPER: connected" in stage.answer("/status").text

        wait_until(heard, what="the state")
        told = stage.answer("/status").text

    assert "execution does not answer" in flat(silent)
    assert "since" not in flat(silent)
    assert told.splitlines()[0] == "Trading: paper · Main"
    assert {"Positions: 1", "Open orders: 1", "Signals waiting: 1"} <= set(told.splitlines())


def test_each_page_of_the_books_is_each_persons_own(stage: Stage) -> None:
    order = write_order(stage.harness.ledger, stage.main.uid)
    uid = stage.signal()
    with stage.notifier():
        mine = [stage.answer(text).text for text in READS]
        theirs = [stage.answer(text, by=who).text for text in READS for who in (MALLORY, VERA, BOSS)]
        in_a_group = [flat(stage.answer(text, by=4711, chat=GROUP).text) for text in READS]
        why = stage.answer(f"/why {uid[:8]}").text
        not_theirs = flat(stage.answer(f"/why {uid[:8]}", by=MALLORY).text)
        admins = stage.answer(f"/why {uid[:8]}", by=BOSS).text

    assert "BTC-USDT  1 @ 1\n  ⚠ price not known" in mine[1]
    assert order[:8] in mine[2]
    assert uid[:8] in mine[3]
    assert uid[:8] in mine[4]
    assert not [text for text in theirs if "BTC" in text or "ETH" in text]
    assert all("you are none here" in text for text in in_a_group)
    assert "RECEIVED" in why
    assert not_theirs == f"there is no signal {uid[:8]}"
    assert admins == why


def test_orders_of_a_state_and_one_that_there_is_not(stage: Stage) -> None:
    order = write_order(stage.harness.ledger, stage.main.uid)
    with stage.notifier():
        new, filled = stage.answer("/orders new").text, stage.answer("/orders partially filled").text
        wrong = flat(stage.answer("/orders open").text)

    assert order[:8] in new
    assert filled == "Main · paper\nThere are no such orders."
    assert wrong.startswith("a state is")


def test_the_queue_tells_why(stage: Stage) -> None:
    uid = stage.signal()
    stage.do(lambda work: signals.move(SYSTEM, work, uid, "VALIDATED"))
    stage.do(lambda work: signals.move(SYSTEM, work, uid, "WAITING_FOR_MARKET", code="CLOSED"))
    with stage.notifier():
        told = stage.answer("/queue").text

    assert flat(told).startswith("Main · paper")
    assert re.search(r"[0-9] s buy ETHUSDT · trend the market is closed$", flat(told))


def test_why_without_a_signal_is_still_about_the_balances(stage: Stage) -> None:
    with stage.notifier():
        round_page = flat(stage.answer("/why", by=ALICE, chat=GROUP).text)
        elsewhere = flat(stage.answer("/why").text)

    assert round_page == "There was no round yet. /now asks for one."
    assert elsewhere == "That is for the chats of the balances."


def test_help_lists_what_the_chat_may_use(stage: Stage) -> None:
    with stage.notifier():
        mine = stage.helped()
        owners = stage.helped(chat=GROUP)
        start = stage.helped("/start")

    assert "/kill" in mine
    assert "/now" not in mine
    assert {"/now", "/kill", "/mute", "/unmute"} <= {line.split(" ")[0] for line in owners.splitlines()}
    assert start.startswith("This bot sends the portfolio")
    assert "It also trades, paper: alerts become orders" in flat(start)


def test_help_is_in_the_askers_language(stage: Stage) -> None:
    stage.do(lambda work: set_language(stage.alice, work, "de"))
    with stage.notifier():
        told = stage.helped("/start")

    assert "Er handelt auch, paper: Alerts werden zu Orders" in flat(told)
    assert "/kill" in told


def test_a_service_refuses_in_the_askers_language(stage: Stage) -> None:
    stage.do(lambda work: set_language(stage.alice, work, "ru"))
    with stage.notifier():
        told = [flat(stage.answer(text).text) for text in ("/why 0123abcd", "/orders open")]

    assert told[0] == "не найдено: сигнал 0123abcd"
    assert told[1].startswith("состояние: ")
