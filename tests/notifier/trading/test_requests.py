"""What a person asks of execution: rows with a key, asked once, taken at once."""

from datetime import UTC, datetime, timedelta

from bus.connection import Bus
from bus.messages.trading import TradingRequested
from ledger.trading.people.portfolios import set_default
from tests.ledger.trading.world import ALICE, BOSS, MALLORY, VERA, account, portfolio, write_order
from tests.notifier.trading.stage import Stage, buttons
from tests.running import flat, hear, wait_until


def test_close_asks_with_what_is_held_and_becomes_one_request_however_often_it_is_pressed(
    stage: Stage, wire: Bus
) -> None:
    with stage.notifier():
        asked = stage.answer("/close btc-usdt")
        none_yet = stage.requests()
        for _ in range(3):
            stage.press(asked)
        woken = hear(wire, TradingRequested)
        done = flat(stage.edited(asked))
        stage.toasts(3)

    assert flat(asked.text).startswith("Close BTC-USDT (1) in Main (paper), of all strategies, at the market?")
    assert [label for label, _ in buttons(asked)] == ["Close BTC-USDT", "No"]
    assert none_yet == ()
    found = stage.requests()
    assert [(each.kind, each.portfolio, each.arguments) for each in found] == [
        ("close", stage.main.uid, {"symbol": "BTC-USDT"})
    ]
    assert woken.uid == found[0].uid
    assert done == "Taken: /close BTC-USDT. The result comes as a message."


def test_what_is_held_may_be_named_as_tradingview_writes_it(stage: Stage) -> None:
    with stage.notifier():
        asked = stage.answer("/close btcusdt")

    assert flat(asked.text).startswith("Close BTCUSDT (1) in Main (paper)")


def test_what_is_not_held_is_not_asked_about(stage: Stage) -> None:
    with stage.notifier():
        unknown, alone = flat(stage.answer("/close AAPL").text), flat(stage.answer("/close").text)

    assert unknown == "Nothing is held or asked for of AAPL in Main. There is: BTC-USDT."
    assert alone == "Write what is to be closed: /close SYMBOL. There is: BTC-USDT."


def test_sell_all_and_clear_queue_ask_with_their_numbers(stage: Stage) -> None:
    stage.signal()
    stage.signal()
    with stage.notifier():
        sell, clear = stage.answer("/sell_all"), stage.answer("/clear_queue")
        stage.press(sell)
        stage.press(clear)
        stage.edited(sell)
        stage.edited(clear)

    assert flat(sell.text) == (
        "Close everything in Main (paper), of all strategies, at the market? Held: BTC-USDT 1 First, orders that are "
        "not filled are cancelled (0) and openings that wait refused (2)."
    )
    assert [buttons(each)[0][0] for each in (sell, clear)] == ["Close all: 1", "Refuse all 2"]
    assert {each.kind for each in stage.requests()} == {"sell_all", "clear_queue"}


def test_where_there_is_nothing_nothing_is_asked(stage: Stage) -> None:
    other = portfolio(stage.harness.ledger, stage.alice, account(stage.harness.ledger, stage.alice, "Second"), "Second")
    stage.do(lambda work: set_default(stage.alice, work, other.uid))
    with stage.notifier():
        sell, clear = stage.answer("/sell_all"), stage.answer("/clear_queue")

    assert flat(sell.text) == "Nothing is held, ordered or waiting in Second (paper)."
    assert clear.text == "Nothing waits in Second (paper)."
    assert buttons(sell) == buttons(clear) == []


def test_cancel_is_taken_at_once_by_its_update(stage: Stage) -> None:
    with stage.notifier():
        usage, done = flat(stage.answer("/cancel").text), flat(stage.answer("/cancel 3FA9C2").text)

    assert usage.startswith("Write what is to be cancelled")
    assert done == "Taken: /cancel 3fa9c2. The result comes as a message."
    assert [(each.kind, each.arguments) for each in stage.requests()] == [("cancel", {"id": "3fa9c2"})]


def test_a_button_does_not_follow_to_another_portfolio(stage: Stage) -> None:
    other = portfolio(stage.harness.ledger, stage.alice, account(stage.harness.ledger, stage.alice, "Second"), "Second")
    with stage.notifier():
        asked = stage.answer("/sell_all")
        stage.do(lambda work: set_default(stage.alice, work, other.uid))
        stage.press(asked)
        told = flat(stage.edited(asked))

    assert told == "Nothing was done: another portfolio is in use now. Type it again: /sell_all"
    assert stage.requests() == ()


def test_viewers_and_those_without_a_portfolio_ask_for_nothing(stage: Stage) -> None:
    with stage.notifier():
        viewer = [flat(stage.answer(text, by=VERA).text) for text in ("/sell_all", "/close A", "/cancel 1", "/unkill")]
        nobody = flat(stage.answer("/sell_all", by=MALLORY).text)

    assert {told.split(";")[0] for told in viewer} == {"A viewer changes nothing"}
    assert nobody.startswith("there is no portfolio of yours yet")
    assert stage.requests() == ()


def test_retry_and_place_again_name_their_order_once_for_each_message(stage: Stage) -> None:
    order = write_order(stage.harness.ledger, stage.main.uid)
    with stage.notifier():
        shown = stage.answer("/version")
        for data in (f"retry:{order}", f"retry:{order}", f"place_again:{order}", f"close:{order}"):
            stage.press(shown, data)
        for who in (MALLORY, VERA, 4711):
            stage.harness.sandbox.press(shown.message_id, f"retry:{order}", chat_id=ALICE, from_id=who)
        wait_until(lambda: len(stage.requests()) == 3, what="three requests")
        notes = stage.toasts(7)

    assert sorted((each.kind, tuple(sorted(each.arguments.items()))) for each in stage.requests()) == [
        ("close", (("order", order), ("symbol", "BTC-USDT"))),
        ("place_again", (("order", order),)),
        ("retry", (("order", order),)),
    ]
    assert notes.count("Taken. The result comes as a message.") == 4


def test_an_admin_may_ask_about_anybodys_order(stage: Stage) -> None:
    order = write_order(stage.harness.ledger, stage.main.uid)
    with stage.notifier():
        stage.press(stage.answer("/version", by=BOSS), f"retry:{order}", by=BOSS)
        wait_until(lambda: len(stage.requests()) == 1, what="the request")

    assert stage.requests()[0].portfolio == stage.main.uid


def test_a_symbol_that_is_too_long_for_a_button_is_refused(stage: Stage) -> None:
    symbol = "BTC-USD-261225-100000-C-AND-MORE-OF-IT"
    stage.signal(symbol)
    with stage.notifier():
        told = flat(stage.answer(f"/close {symbol}").text)

    assert told == f"{symbol} is too long for a button."


def test_a_late_command_that_costs_money_is_not_done(stage: Stage) -> None:
    late = {
        "message_id": 901,
        "date": int((datetime.now(UTC) - timedelta(hours=1)).timestamp()),
        "chat": {"id": ALICE, "type": "private", "first_name": "A"},
        "from": {"id": ALICE, "is_bot": False, "first_name": "A"},
        "text": "/cancel 3fa9c2",
    }
    stage.harness.sandbox.inject({"message": late})
    with stage.notifier():
        told = flat(stage.harness.wait_for_texts(1, ALICE)[0].text)

    assert told == "/cancel came late and was not done: too old, please repeat."
    assert stage.requests() == ()
