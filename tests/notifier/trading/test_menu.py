"""The menu: one message that is edited in place, whose buttons mean the same after a restart, for who typed /trade."""

import re

import pytest

from bus.connection import Bus
from bus.language import Language
from bus.messages.trading import TradingRequested
from ledger.trading.people.strategies import get_strategy
from ledger.trading.principal import SYSTEM
from notifier.commands.buttons import MOST_DATA_BYTES
from notifier.trading.menu_pages import read_pressed
from sandbox.telegram.chat import Sent
from tests.ledger.trading.world import ALICE, BOSS, MALLORY, VERA
from tests.notifier.golden_texts import LANGUAGES, check_limits, golden_file, in_one
from tests.notifier.trading import menu_page_cases
from tests.notifier.trading.stage import GROUP, Stage, buttons
from tests.running import flat, hear, wait_until


def mode(stage: Stage) -> str:
    """Return the mode of Alice's strategy."""
    with stage.harness.ledger.reading() as connection:
        return str(get_strategy(SYSTEM, connection, stage.strategy.uid).mode)


def go(stage: Stage, menu: Sent, *labels: str, by: int = ALICE) -> Sent:
    """Press buttons of a menu one after the other, each on the page that the one before leads to."""
    for label in labels:
        now = current(stage, menu)
        data = next(data for text, data in buttons(now) if text.startswith(label))
        stage.press(menu, data, by=by)
        wait_until(lambda was=now: shown(current(stage, menu)) != shown(was), what=f"the page behind {label}")  # type: ignore[misc]
    return current(stage, menu)


def current(stage: Stage, menu: Sent) -> Sent:
    """Return a menu as it is now."""
    found = stage.harness.sandbox.messages(menu.chat_id)
    return next(each for each in found if each.message_id == menu.message_id)


def shown(message: Sent) -> tuple[str, list[tuple[str, str]]]:
    """Return what a person sees of a menu."""
    return message.html, buttons(message)


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_page_is_its_golden_text_and_fits_a_phone(language: Language) -> None:
    said = menu_page_cases.cases(language)
    for page in said.values():
        check_limits(re.sub(r"\[.*\]", "", page))

    assert in_one(said) == golden_file("menu_pages", language).read_text(encoding="utf-8")


def test_every_button_fits_whatever_is_pressed_and_whoever_presses() -> None:
    for page in menu_page_cases.pages("de").values():
        for button in (each for row in page.buttons for each in row):
            pressed = read_pressed(button.data.partition(":")[2])

            assert len(button.data.encode()) <= MOST_DATA_BYTES
            assert pressed is not None
            assert pressed.user_id == menu_page_cases.SOMEBODY


@pytest.mark.parametrize("said", ["", "x", "66:", "66:nothing", "zz:home", ":home", "-1"])
def test_data_that_was_made_up_is_no_button(said: str) -> None:
    found = read_pressed(said)

    assert found is None or found.user_id < 0


def test_the_menu_leads_there_and_back_in_one_message(stage: Stage) -> None:
    with stage.notifier():
        menu = stage.answer("/trade")
        back = go(stage, menu, "Auto", "trend", "‹ Back", "‹ Back", "Manual", "Close", "‹ Back", "‹ Back")

    assert flat(menu.text) == "Trade · Main (paper) Strategies: 1 auto"
    assert shown(back) == shown(menu)
    assert len(stage.harness.sandbox.messages(ALICE)) == 1


def test_a_mode_is_set_at_once_also_by_a_menu_of_before_a_restart(stage: Stage, wire: Bus) -> None:
    with stage.notifier():
        menu = stage.answer("/trade")
    with stage.notifier():
        after = go(stage, menu, "Auto", "trend", "off")
        woken = hear(wire, TradingRequested)

    assert flat(after.text) == "trend: off"
    assert woken.uid == stage.strategy.uid
    assert mode(stage) == "off"


def test_auto_is_asked_about_once_and_only_for_a_minute(stage: Stage) -> None:
    with stage.notifier():
        menu = stage.answer("/trade")
        asked = go(stage, menu, "Auto", "trend", "off", "auto")
        before = mode(stage)
        late = re.sub(r":[0-9a-f]+$", ":65000000", buttons(asked)[0][1])
        stage.press(menu, late)
        wait_until(lambda: flat(current(stage, menu).text) == "trend: off", what="the page before")
        notes = stage.toasts(5)
        still = mode(stage)
        after = go(stage, menu, "auto", "Yes")

    assert flat(asked.text).startswith("Let trend order by itself?")
    assert (before, still, mode(stage)) == ("off", "off", "auto")
    assert "The button was good for a minute. Nothing was done." in notes
    assert flat(after.text) == "trend: auto"


def test_in_a_group_only_who_typed_trade_presses(stage: Stage) -> None:
    with stage.notifier():
        menu = stage.answer("/trade", chat=GROUP)
        for count, who in enumerate((MALLORY, BOSS, 4711), start=1):
            stage.press(menu, buttons(menu)[0][1], by=who)
            notes = stage.toasts(count)
        forged = buttons(menu)[0][1].replace(f":{ALICE:x}:auto", f":{MALLORY:x}:set:{stage.strategy.uid[:8]}:off")
        stage.press(menu, forged, by=MALLORY)
        gone = stage.toasts(4)[-1]

    assert notes == ["This is for somebody else to answer."] * 3
    assert gone == "That strategy has changed or is gone. Nothing was done."
    assert mode(stage) == "auto"


def test_a_viewer_changes_nothing(stage: Stage) -> None:
    with stage.notifier():
        said = stage.answer("/version", by=VERA)
        for count, step in enumerate(("set:00000000:off", "buy", "shut:AAPL"), start=1):
            stage.press(said, f"menu:{VERA:x}:{step}", by=VERA)
            notes = stage.toasts(count)

    assert len(set(notes)) == 1
    assert "viewer changes nothing" in notes[0]


def test_close_status_and_help_are_answered_by_the_commands_of_the_same_name(stage: Stage) -> None:
    with stage.notifier():
        menu = stage.answer("/trade")
        status, _ = (stage.asked(menu, f"menu:{ALICE:x}:say:{word}") for word in ("status", "help"))
        said = stage.harness.wait_for_texts(4, ALICE)  # help is two messages
        go(stage, menu, "Manual", "Close")
        close = stage.asked(menu, f"menu:{ALICE:x}:shut:BTC-USDT")
        stage.press(close)
        done = flat(stage.edited(close))

    assert flat(status.text).startswith("Trading")
    assert [sent for sent in said if "/positions" in sent.text]
    assert flat(close.text).startswith("Close BTC-USDT (1) in Main (paper)")
    assert done.startswith("Taken: /close BTC-USDT")
    assert [each.kind for each in stage.requests()] == ["close"]


def test_where_the_venue_has_no_margin_there_is_no_button_and_one_of_before_says_so(stage: Stage) -> None:
    with stage.notifier():
        menu = stage.answer("/trade")
        stage.press(menu, f"menu:{ALICE:x}:margin")
        notes = stage.toasts(1)

    assert not [label for label, _ in buttons(menu) if "Margin" in label]
    assert notes == ["The venue of this portfolio has no margin and no leverage to set."]


def test_buying_asks_for_symbol_and_size_and_ends_in_the_question_of_the_command(stage: Stage) -> None:
    with stage.notifier():
        menu = stage.answer("/trade")
        symbol = stage.asked(menu, f"menu:{ALICE:x}:buy")
        size = stage.answer("ETHUSDT")
        asked = stage.answer("250")
        typed = stage.answer("/buy ETHUSDT 250")
        stage.press(asked)
        done = flat(stage.edited(asked))

    assert flat(symbol.text).startswith("Buy what?")
    assert flat(size.text).startswith("Buy ETHUSDT for how much?")
    assert asked.text == typed.text
    assert done.startswith("Taken: /buy ETHUSDT 250")
    assert [(each.kind, each.arguments["symbol"]) for each in stage.requests()] == [("buy", "ETHUSDT")]


def test_both_may_be_typed_at_once_and_the_usual_amount_needs_no_number(stage: Stage) -> None:
    with stage.notifier():
        menu = stage.answer("/trade")
        stage.asked(menu, f"menu:{ALICE:x}:buy")
        at_once = stage.answer("ETHUSDT 250")
        stage.asked(menu, f"menu:{ALICE:x}:buy")
        stage.answer("ETHUSDT")
        usual = stage.answer("default")
        typed = stage.answer("/buy ETHUSDT")
        held = stage.asked(menu, f"menu:{ALICE:x}:sell")
        again = stage.answer("x" * 101)

    assert flat(at_once.text).startswith("Buy")
    assert usual.text == typed.text
    assert "There is: BTC-USDT." in flat(held.text)
    assert flat(again.text).startswith("Write it in one short line.")
