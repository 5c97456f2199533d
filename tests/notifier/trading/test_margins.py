"""Margin and leverage in the chat: by buttons or typed, for who was asked, once, in words of whoever asks."""

from datetime import UTC, datetime

import pytest

from bus.connection import Bus
from bus.language import Language
from bus.messages.trading import BrokerHealth, MarginRules, TradingRequested, TradingState
from ledger.trading.flow import margins
from ledger.trading.flow.margins import Margin
from ledger.trading.instruments import NewInstrument, resolve
from ledger.trading.principal import SYSTEM
from ledger.trading.risk.limit_setting import NewLimit, set_limit
from ledger.trading.tables.flow import bot_sessions
from notifier.trading.margin_grammar import read_button, read_leverage, read_symbol
from sandbox.telegram.chat import Sent
from tests.ledger.trading.world import ALICE, MALLORY, VERA, rows
from tests.notifier.golden_texts import LANGUAGES, check_limits, golden_file, in_one
from tests.notifier.trading import margin_page_cases
from tests.notifier.trading.stage import GROUP, Stage, buttons
from tests.running import flat, hear, wait_until

PERPETUAL = NewInstrument(symbol="BTC-USDT", asset_type="FUTURE", currency="USDT", exchange=None, base_currency="BTC")
RULES = MarginRules(margin_mode="ISOLATED", leverage=1, most_leverage=20)


def state(*, has_margin: bool = True) -> TradingState:
    """Return what execution says while the paper venue has margin, as others have."""
    broker = BrokerHealth(name="broker-paper", state="connected", since=datetime.now(UTC), has_margin=has_margin)
    return TradingState(mode="paper", killed="", waiting=0, oldest_at=None, brokers=(broker,), margin=RULES)


def page(
    stage: Stage, wire: Bus, *, said: TradingState | None = None, unlike: str = "not heard", chat: int = 0
) -> Sent:
    """Let execution speak until it is heard; return what /margin answers then."""
    shown: list[Sent] = []

    def heard() -> bool:
        """Say it again, and look whether it was heard."""
        wire.publish(said or state())
        shown.append(stage.answer("/margin", chat=chat))
        return "was not heard" not in flat(shown[-1].text)

    wait_until(heard, what="the state")
    return shown[-1]


def current(stage: Stage, message: Sent) -> Sent:
    """Return a message as it is now."""
    found = stage.harness.sandbox.messages(message.chat_id)
    return next(each for each in found if each.message_id == message.message_id)


def press(stage: Stage, message: Sent, label: str, *, by: int = ALICE) -> Sent:
    """Press a button by what stands on it, which edits its message; return that."""
    now = current(stage, message)
    stage.press(now, next(data for text, data in buttons(now) if text == label), by=by)
    wait_until(lambda: current(stage, message).html != now.html, what=f"what follows {label}")
    return current(stage, message)


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_page_is_its_golden_text_and_fits_a_phone(language: Language) -> None:
    said = margin_page_cases.cases(language)
    for text in said.values():
        check_limits(text)

    assert in_one(said) == golden_file("margin_pages", language).read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("btcusdt.p", "BTCUSDT.P"),
        ("BTC-USDT", "BTCUSDT"),
        (" All ", "all"),
        ("1000PEPEUSDT.P", "1000PEPEUSDT.P"),
        ("€", None),
        ("B", None),
        ("BTC USDT", None),
        ("x" * 25, None),
    ],
)
def test_a_symbol_is_read_as_signals_write_it(typed: str, read: str | None) -> None:
    assert read_symbol(typed) == read


@pytest.mark.parametrize(("typed", "read"), [("5", 5), ("5x", 5), ("×5", 5), ("0", None), ("1.5", None), ("-1", None)])
def test_a_leverage_is_a_whole_number_from_one(typed: str, read: int | None) -> None:
    assert read_leverage(typed) == read


@pytest.mark.parametrize("argument", ["", "BTCUSDT.P", "BTCUSDT.P x5", "BTCUSDT.P i0", "btc i5", "all i"])
def test_a_button_that_was_made_up_means_nothing(argument: str) -> None:
    assert read_button(argument) is None


def test_by_buttons_it_is_asked_value_by_value_and_once_more_before_execution_hears_of_it(
    stage: Stage, wire: Bus
) -> None:
    with stage.notifier():
        shown = page(stage, wire)
        wallet = stage.asked(shown, f"margin:{ALICE:x}:BTCUSDT")
        first = flat(wallet.text)
        mode = flat(press(stage, wallet, "Futures").text)
        leverage = press(stage, wallet, "Isolated")
        before = len(stage.harness.sandbox.messages(ALICE))
        press(stage, wallet, "5×")
        sure = stage.harness.wait_for_texts(before + 1, ALICE)[-1]
        stage.press(sure)
        done = flat(stage.edited(sure))
        stage.press(sure, buttons(sure)[0][1])
        woken = hear(wire, TradingRequested)

    [asked] = stage.requests()
    assert [label for label, _ in buttons(shown)] == ["All symbols", "Type another"]
    assert first.startswith("BTCUSDT: which account, spot or futures?")
    assert mode.startswith("BTCUSDT.P: isolated or cross?")
    assert [label for label, _ in buttons(leverage)] == ["1×", "2×", "3×", "5×", "10×", "20×", "Cancel"]
    assert flat(sure.text).startswith("Set BTCUSDT.P to isolated 5× for the account Paper, PAPER, in Main (paper)?")
    assert done.startswith("Taken: /margin BTCUSDT.P isolated 5.")
    assert (asked.kind, asked.uid) == ("margin", woken.uid)
    assert asked.arguments == {"symbol": "BTCUSDT.P", "margin_mode": "ISOLATED", "leverage": "5"}
    assert rows(stage.harness.ledger, bot_sessions) == []


def test_the_dialog_goes_on_after_a_restart_and_each_value_may_be_typed(stage: Stage, wire: Bus) -> None:
    with stage.notifier():
        shown = page(stage, wire)
        stage.asked(shown, f"margin:{ALICE:x}:?")
        wrong = flat(stage.answer("€").text)
        asked = stage.answer("ethusdt.p")
    with stage.notifier():
        page(stage, wire)
        press(stage, asked, "Cross")
        no_number, too_much = flat(stage.answer("many").text), flat(stage.answer("21").text)
        sure = stage.answer("7")
        stage.press(sure)
        stage.edited(sure)

    assert wrong.startswith("€ is no symbol. Write one such as BTCUSDT.P, or all.")
    assert no_number.startswith("many is no leverage. Write a whole number from 1 to 20, such as 3.")
    assert too_much.startswith("21× is more than the 20× that may be set.")
    assert [each.arguments for each in stage.requests()] == [
        {"symbol": "ETHUSDT.P", "margin_mode": "CROSS", "leverage": "7"}
    ]


def test_spot_has_neither_and_a_question_counts_once(stage: Stage, wire: Bus) -> None:
    with stage.notifier():
        shown = page(stage, wire)
        asked = stage.asked(shown, f"margin:{ALICE:x}:all")
        spot = next(data for label, data in buttons(asked) if label == "Spot")
        told = flat(press(stage, asked, "Spot").text)
        stage.press(asked, spot)
        note = stage.toasts(3)[-1]

    assert told.startswith("Spot has neither margin nor leverage")
    assert note == "That is not asked any more, or not of you."
    assert stage.requests() == ()


def test_in_a_group_nobody_else_presses(stage: Stage, wire: Bus) -> None:
    with stage.notifier():
        shown = page(stage, wire, chat=GROUP)
        asked = stage.asked(shown, f"margin:{ALICE:x}:BTCUSDT.P")
        stage.press(shown, f"margin:{ALICE:x}:all", by=MALLORY)
        notes = [stage.toasts(2)[-1]]
        stage.press(asked, by=MALLORY)
        notes.append(stage.toasts(3)[-1])
        stage.press(shown, f"margin:{VERA:x}:all", by=VERA)
        notes.append(stage.toasts(4)[-1])
        leverage = flat(press(stage, asked, "Isolated").text)
        sure = flat(stage.reply("3", asked).text)

    assert notes[:2] == ["This is for somebody else to answer.", "That is not asked any more, or not of you."]
    assert "viewer changes nothing" in notes[2]
    assert leverage.startswith("BTCUSDT.P, isolated: how much leverage?")
    assert sure.startswith("Set BTCUSDT.P to isolated 3×")


@pytest.mark.sampled(3)
@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ("BTCUSDT isolated 5", "Set BTCUSDT.P to isolated 5× for the account"),
        ("all CROSS 3x", "Set all symbols to cross 3× for the account"),
        ("BTCUSDT.P both 5", "both is no margin mode."),
        ("BTCUSDT.P cross <b>", "<b> is no leverage. Write a whole number from 1 to 4"),
        ("BTCUSDT.P cross 5", "5× is more than the 4× that may be set."),
        ("BTCUSDT.P", "Write /margin BTCUSDT.P isolated 5"),
        ("<i> cross 5", "<i> is no symbol."),
    ],
)
def test_typed_at_once_it_is_asked_once_and_what_cannot_be_says_what_to_write(
    stage: Stage, wire: Bus, typed: str, told: str
) -> None:
    is_capped = "Set" not in told
    if is_capped:
        stage.do(
            lambda work: set_limit(stage.alice, work, NewLimit(name="leverage_cap", value=4, portfolio=stage.main.uid))
        )
    with stage.notifier():
        page(stage, wire)
        said = flat(stage.answer(f"/margin {typed}").text)

    assert said.startswith(told)
    assert stage.requests() == ()


def test_what_was_chosen_is_shown_with_whether_the_venue_was_seen_to_have_it(stage: Stage, wire: Bus) -> None:
    instrument = stage.do(lambda work: resolve(SYSTEM, work, PERPETUAL))
    cross, account = Margin(margin_mode="CROSS", leverage=3), stage.main.account
    stage.do(lambda work: margins.want(stage.alice, work, account, cross))
    stage.do(lambda work: margins.want(stage.alice, work, account, cross, instrument=instrument.uid))
    with stage.notifier():
        asked = page(stage, wire)
        stage.do(lambda work: margins.confirm(SYSTEM, work, account, cross, instrument=instrument.uid))
        then = stage.answer("/margin").text

    assert "all symbols: cross 3×\nBTCUSDT.P: cross 3×\n  ⚠ not known" in asked.text
    assert [label for label, _ in buttons(asked)] == ["BTCUSDT.P", "All symbols", "Type another"]
    assert "BTCUSDT.P: cross 3×\n  confirmed 20" in then


def test_where_the_venue_has_none_and_while_nobody_knows_it_is_said(stage: Stage, wire: Bus) -> None:
    with stage.notifier():
        unknown = flat(stage.answer("/margin").text)
        none = flat(page(stage, wire, said=state(has_margin=False)).text)
        theirs = flat(stage.answer("/margin", by=VERA).text)

    assert unknown.startswith("Execution was not heard yet")
    assert none == "The venue of this portfolio has no margin and no leverage to set."
    assert "viewer" in theirs.lower() or "trader" in theirs.lower()


def test_the_menu_leads_there_where_the_venue_has_it(stage: Stage, wire: Bus) -> None:
    with stage.notifier():
        page(stage, wire)
        menu = stage.answer("/trade")
        shown = stage.asked(menu, f"menu:{ALICE:x}:margin")

    assert "Margin & leverage" in [label for label, _ in buttons(menu)]
    assert flat(shown.text).startswith("Margin and leverage · Main · paper")
