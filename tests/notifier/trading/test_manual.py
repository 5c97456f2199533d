"""Buying and selling by hand: asked once with what will be done, pressed once, never guessed."""

from datetime import UTC, datetime, timedelta
from string import Formatter
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from bus.connection import Bus
from bus.language import Language
from bus.messages.trading import TradingRequested
from ledger.trading import aliases, instruments
from ledger.trading.people.portfolios import set_default
from ledger.trading.principal import SYSTEM
from ledger.trading.tables.people import strategies
from ledger.trading.tables.trading import positions
from ledger.trading.typed import typed_number
from notifier.texts.trading_orders import WORDS
from notifier.trading.manual_commands import _read
from tests.ledger.trading.world import ALICE, BITCOIN, BOSS, MALLORY, VERA, account, portfolio
from tests.notifier.trading.confirming_at import pressed_late
from tests.notifier.trading.stage import GROUP, Stage, buttons, first_button
from tests.running import flat, hear


def test_a_buy_is_asked_with_all_that_it_will_do_and_is_one_request_however_often_it_is_pressed(
    stage: Stage, wire: Bus
) -> None:
    with stage.notifier():
        asked = stage.answer("/buy btcusdt 250.50")
        none_yet = stage.requests()
        for _ in range(3):
            stage.press(asked)
        woken = hear(wire, TradingRequested)
        done = flat(stage.edited(asked))
        stage.toasts(3)

    assert flat(asked.text) == (
        "Buy BTCUSDT as the venue knows it, for 250.5 USD at the market, in Main (paper)? "
        "By hand, without a strategy. All checks come first."
    )
    assert buttons(asked)[0][0] == "Buy BTCUSDT for 250.5 USD"
    assert none_yet == ()
    [found] = stage.requests()
    assert (found.kind, found.portfolio, found.uid) == ("buy", stage.main.uid, woken.uid)
    assert found.arguments == {"symbol": "BTCUSDT", "amount": "250.50"}
    assert done == "Taken: /buy BTCUSDT 250.50. The result comes as a message."


def test_a_symbol_that_is_known_is_named_as_it_was_resolved(stage: Stage) -> None:
    bitcoin = stage.do(lambda work: instruments.resolve(SYSTEM, work, BITCOIN))
    stage.do(lambda work: aliases.set_alias(SYSTEM, work, bitcoin.uid, broker="PAPER", alias="BTCUSDT"))
    with stage.notifier():
        asked = flat(stage.answer("/buy BTCUSDT").text)

    assert asked.startswith("Buy BTCUSDT (BTC-USDT CRYPTO) for the portfolio's amount at the market, in Main (paper)?")


def test_a_sell_names_what_is_held_by_hand_and_how_much_of_it_goes(stage: Stage) -> None:
    with stage.notifier():
        part, whole = stage.answer("/sell BTCUSDT 0.4"), stage.answer("/sell btc-usdt ALL")
        for asked in (part, whole):
            stage.press(asked)
            stage.edited(asked)

    assert flat(part.text) == (
        "Sell 0.4 of BTC-USDT (CRYPTO) at the market, in Main (paper)? Bought by hand: 1. What strategies hold stays."
    )
    assert [buttons(each)[0][0] for each in (part, whole)] == ["Sell 0.4 BTC-USDT", "Sell all BTC-USDT"]
    assert [(each.kind, each.arguments) for each in stage.requests()] == [
        ("sell", {"symbol": "BTCUSDT", "quantity": "0.4"}),
        ("sell", {"symbol": "BTC-USDT", "quantity": "all"}),
    ]


def test_what_cannot_be_sold_is_not_asked_about(stage: Stage) -> None:
    with stage.notifier():
        more, none = flat(stage.answer("/sell BTCUSDT 1.01").text), flat(stage.answer("/sell AAPL all").text)

    assert more == "1 of BTC-USDT is held by hand, not 1.01. Write less, or /sell BTC-USDT all."
    assert none == "Nothing of AAPL was bought by hand in Main. There is: BTC-USDT 1."
    assert stage.requests() == ()


def test_what_a_strategy_holds_is_for_close(stage: Stage) -> None:
    number = select(strategies.c.id).where(strategies.c.uid == stage.strategy.uid).scalar_subquery()
    stage.do(lambda work: work.connection.execute(positions.update().values(strategy_id=number)))
    with stage.notifier():
        told = flat(stage.answer("/sell BTCUSDT all").text)

    assert told == "BTCUSDT in Main is held by strategies alone. /close BTCUSDT closes all of it."


@pytest.mark.sampled(5)
@pytest.mark.parametrize(
    "text",
    [
        *("/buy", "/buy AAPL 0", "/buy AAPL -5", "/buy AAPL 1,5", "/buy AAPL 1e3", "/buy AAPL NaN", "/buy AAPL 5 6"),
        *("/buy <b>", "/buy AAPL ten", "/buy AAPL ٣"),
        *("/sell", "/sell BTCUSDT", "/sell BTCUSDT 0", "/sell BTCUSDT -1", "/sell BTCUSDT half", "/sell BTCUSDT 1 2"),
    ],
)
def test_what_is_no_amount_or_symbol_is_answered_with_how_it_is_written(stage: Stage, text: str) -> None:
    with stage.notifier():
        told = flat(stage.answer(text).text)

    assert told.startswith(f"Write {text.split(maxsplit=1)[0]} SYMBOL")
    assert stage.requests() == ()


def test_viewers_and_those_without_a_portfolio_buy_nothing(stage: Stage) -> None:
    with stage.notifier():
        viewer = [flat(stage.answer(text, by=VERA).text) for text in ("/buy AAPL 5", "/sell AAPL all")]
        nobody = flat(stage.answer("/buy AAPL 5", by=MALLORY).text)

    assert {told.split(";")[0] for told in viewer} == {"A viewer changes nothing"}
    assert nobody.startswith("there is no portfolio of yours yet")


def test_a_button_is_for_who_was_asked_and_for_its_minute(stage: Stage) -> None:
    with stage.notifier():
        asked = stage.answer("/buy AAPL 5", chat=GROUP)
        for who in (BOSS, MALLORY, VERA):
            stage.press(asked, by=who)
        notes = stage.toasts(3)
        stage.press(asked, pressed_late(first_button(asked)))
        over = flat(stage.edited(asked))

    assert set(notes) == {"This is for somebody else to answer."}
    assert over == "Nothing was done: the button was good for a minute. Type it again: /buy"
    assert stage.requests() == ()


def test_a_button_works_after_a_restart_and_not_in_another_portfolio(stage: Stage) -> None:
    other = portfolio(stage.harness.ledger, stage.alice, account(stage.harness.ledger, stage.alice, "Second"), "Second")
    with stage.notifier():
        first, second = stage.answer("/buy AAPL 5"), stage.answer("/buy AAPL 6")
    with stage.notifier():
        stage.press(first)
        stage.edited(first)
        stage.do(lambda work: set_default(stage.alice, work, other.uid))
        stage.press(second)
        told = flat(stage.edited(second))

    assert told == "Nothing was done: another portfolio is in use now. Type it again: /buy"
    assert [each.arguments["amount"] for each in stage.requests()] == ["5"]


def test_a_late_buy_is_not_done(stage: Stage) -> None:
    late = {
        "message_id": 901,
        "date": int((datetime.now(UTC) - timedelta(hours=1)).timestamp()),
        "chat": {"id": ALICE, "type": "private", "first_name": "A"},
        "from": {"id": ALICE, "is_bot": False, "first_name": "A"},
        "text": "/buy AAPL 5",
    }
    stage.harness.sandbox.inject({"message": late})
    with stage.notifier():
        told = flat(stage.harness.wait_for_texts(1, ALICE)[0].text)

    assert told == "/buy came late and was not done: too old, please repeat."


@given(st.lists(st.text(max_size=90), max_size=4))
def test_whatever_is_typed_is_a_symbol_with_a_size_or_nothing(words: list[str]) -> None:
    read = _read(words)

    assert read is None or (read[0].isascii() and (typed_number(read[1]) or 1) > 0)


@pytest.mark.parametrize("language", get_args(Language))
def test_every_language_names_the_same_values(language: Language) -> None:
    for name in WORDS["en"].__struct_fields__:
        mine, theirs = (getattr(WORDS[each], name) for each in (language, "en"))

        assert names_in(mine) == names_in(theirs), name


def names_in(text: str) -> set[str]:
    """Return the names in braces."""
    return {name for _, name, _, _ in Formatter().parse(text) if name}
