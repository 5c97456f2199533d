"""Alerts, schedules and screeners from the chat: typed, pressed, asked for, and each person's own."""

from typing import Any

import pytest

from bus.connection import Bus
from bus.language import Language
from bus.messages.trading import TradingRequested
from ledger.trading.aliases import set_alias
from ledger.trading.instruments import NewInstrument, resolve
from ledger.trading.people.preferences import set_language
from ledger.trading.principal import SYSTEM
from ledger.trading.watching.alerts import Alert, Position, Price, Risk, Scheduled, list_alerts
from ledger.trading.watching.schedules import Buying, Report, Schedule, Screen, list_schedules
from ledger.trading.watching.screeners import Screener, list_screeners
from notifier.trading.watch_page import MOST_SHOWN, WatchPage
from sandbox.telegram.chat import Sent
from tests.ledger.trading.world import ALICE, BITCOIN, MALLORY, VERA, do
from tests.notifier.golden_texts import LANGUAGES, check_limits, golden_file, in_one
from tests.notifier.trading import watch_page_cases
from tests.notifier.trading.stage import Stage, buttons
from tests.running import flat, hear, wait_until

SHARE = NewInstrument(symbol="AAPL", asset_type="EQUITY", currency="USD")
PERPETUAL = NewInstrument(symbol="BTC-USDT", asset_type="FUTURE", currency="USDT", exchange="BINGX")


def alerts(stage: Stage) -> tuple[Alert, ...]:
    """Return everybody's alerts."""
    with stage.harness.ledger.reading() as connection:
        return list_alerts(SYSTEM, connection)


def schedules(stage: Stage) -> tuple[Schedule, ...]:
    """Return everybody's schedules."""
    with stage.harness.ledger.reading() as connection:
        return list_schedules(SYSTEM, connection)


def screeners(stage: Stage) -> tuple[Screener, ...]:
    """Return everybody's screeners."""
    with stage.harness.ledger.reading() as connection:
        return list_screeners(SYSTEM, connection)


def know(stage: Stage, new: NewInstrument, alias: str) -> str:
    """Let a symbol be known at the paper broker; return the instrument's uid."""
    found = do(stage.harness.ledger, resolve, SYSTEM, new)
    do(stage.harness.ledger, set_alias, SYSTEM, found.uid, broker="PAPER", alias=alias)
    return found.uid


def asked(stage: Stage, count: int) -> Sent:
    """Return the newest of so many messages to Alice."""
    return stage.harness.wait_for_texts(count, ALICE)[-1]


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_list_is_its_golden_text_and_fits_a_phone(language: Language) -> None:
    said = watch_page_cases.cases(language)
    for page in said.values():
        check_limits(page)

    assert in_one(said) == golden_file("watching_pages", language).read_text(encoding="utf-8")


def test_a_list_has_no_more_buttons_than_a_message_takes() -> None:
    listed = WatchPage("en", watch_page_cases.PARIS).alerts(watch_page_cases.ALERTS * 10)

    assert len(listed.buttons) == MOST_SHOWN + 1
    assert sum(map(len, listed.buttons)) <= 100


def test_alerts_of_each_kind_are_made_from_what_is_typed(stage: Stage) -> None:
    know(stage, SHARE, "AAPL")
    with stage.notifier():
        price = flat(stage.answer("/alert new price aapl > 200").text)
        position = flat(stage.answer("/alert new position btc-usdt loss 5%").text)
        risk = flat(stage.answer("/alert new risk max_daily_loss 80").text)
        clock = flat(stage.answer('/alert new schedule "0 9 * * mon-fri" Look <now>').text)
        listed = stage.answer("/alert")

    assert price == "🔔 AAPL > 200 is watched in Main. It is told each time that it gets there."
    assert position.startswith("🔔 BTC-USDT loss 5 % is watched")
    assert risk.startswith("🔔 max_daily_loss 80 % is watched")
    assert "max_daily_loss is not set here" in risk
    assert "cron in UTC: 0 9 * * mon-fri" in clock
    configs = [each.config for each in sorted(alerts(stage), key=lambda each: each.id)]
    assert [type(each) for each in configs] == [Price, Position, Risk, Scheduled]
    assert {each.portfolio_id for each in alerts(stage)} == {1}
    assert "not looked at yet" in listed.text
    assert len(buttons(listed)) == 4 * 2 + 1


def test_a_symbol_may_be_written_as_tradingview_does(stage: Stage) -> None:
    with stage.notifier():
        told = flat(stage.answer("/alert new price btcusdt > 200").text)

    assert told == "🔔 BTC-USDT > 200 is watched in Main. It is told each time that it gets there."


@pytest.mark.sampled(5)
@pytest.mark.parametrize(
    ("typed", "begins"),
    [
        ("/alert new", "Write /alert"),
        ("/alert new price AAPL 200", "Write /alert"),
        ("/alert of x", "Write /alert"),
        ("/alert new price NOPE > 1", "NOPE is not known in Main. Known: BTC-USDT."),
        ("/alert new risk max_daily_los 80", "max_daily_los is no limit that is used up."),
        ('/alert new schedule "0 25 * * *" x', "0 25 * * * is no time."),
        ("/alert off moon", "There is no moon. There is: –."),
        ("/schedule new", "Write /schedule"),
        ('/schedule new "0 9 * * *" buy AAPL', "Write /schedule"),
        ('/schedule new "0 9 * *" pause', "0 9 * * is no time."),
        ('/schedule new "0 9 * * *" screen cheap', "There is no cheap."),
        ("/screen new cheap", "Write /screen"),
        ("/screen new cheap {", "That is no JSON"),
        ('/screen new cheap {"conditions": []}', "the screener: a screener has 1 to 10 conditions"),
        ("/screen new cheap volume > 5", "No venue here says volume."),
        ("/screen run cheap", "There is no cheap."),
        ("/screen run", "Write /screen"),
    ],
)
def test_what_cannot_be_is_told_with_what_to_write_and_leaves_nothing(stage: Stage, typed: str, begins: str) -> None:
    with stage.notifier():
        told = flat(stage.answer(typed).text)

    assert told.startswith(begins)
    assert (alerts(stage), schedules(stage), screeners(stage)) == ((), (), ())


def test_a_symbol_that_means_several_things_is_not_guessed(stage: Stage) -> None:
    know(stage, BITCOIN, "BTCUSDT")
    perpetual = know(stage, PERPETUAL, "BTCUSDT.P")
    with stage.notifier():
        several = flat(stage.answer("/alert new price BTC-USDT > 1").text)
        stage.answer("/alert new price btcusdt.p > 1")

    assert several == "BTC-USDT is several things: BTCUSDT, BTCUSDT.P. Write one of these."
    with stage.harness.ledger.reading() as connection:
        [found] = list_alerts(SYSTEM, connection)
    assert found.instrument_id is not None
    assert perpetual


def test_an_alert_is_switched_and_deleted_by_its_name_and_by_its_buttons(stage: Stage) -> None:
    with stage.notifier():
        stage.answer("/alert new price BTC-USDT > 2")
        twice = flat(stage.answer("/alert new BTC-USDT>2").text)
        off = flat(stage.answer("/alert off btc").text)
        shown = stage.answer("/alert list")
        stage.press(shown)
        edited = stage.edited(shown)
        is_on = alerts(stage)[0].is_active
        stage.press(shown, buttons(shown)[1][1])
        wait_until(lambda: alerts(stage) == (), what="the alert is deleted")

    assert twice.startswith("There is one of the same name already: BTC-USDT > 2.")
    assert off == "BTC-USDT > 2 is off."
    assert [label for label, _ in buttons(shown)] == ["1 ▶", "1 🗑", "+ New"]
    assert "not looked at yet" in edited
    assert is_on


def test_others_neither_see_nor_switch_an_alert_and_a_viewer_makes_none(stage: Stage) -> None:
    with stage.notifier():
        stage.answer("/alert new price BTC-USDT > 2")
        uid = alerts(stage)[0].uid
        theirs = flat(stage.answer("/alert", by=MALLORY).text)
        named = flat(stage.answer("/alert delete BTC-USDT > 2", by=MALLORY).text)
        shown = stage.answer("/schedule", by=MALLORY)
        stage.press(shown, f"alert:delete:{uid}", by=MALLORY)
        pressed = flat(stage.harness.wait_for_texts(4, MALLORY)[-1].text)
        viewer = flat(stage.answer("/alert new risk budget 80", by=VERA).text)
        admins = flat(stage.answer("/alert", by=101).text)

    assert theirs == admins == "There is no alert yet."
    assert named.startswith("There is no BTC-USDT > 2.")
    assert pressed.startswith("there is no alert")
    assert viewer.startswith("a viewer changes nothing")
    assert len(alerts(stage)) == 1


def test_schedules_are_made_for_a_portfolio_or_for_all(stage: Stage) -> None:
    with stage.notifier():
        stage.answer("/screen new cheap price < 50")
        said = flat(stage.answer('/schedule new "0 21 * * fri" report week pdf').text)
        for typed in ('"0 20 * * 1-5" pause', '"30 14 * * 1-5" resume all', '"0 9 * * *" screen cheap'):
            stage.answer(f"/schedule new {typed}")
        kept = flat(stage.answer("/screen delete cheap").text)
        listed = stage.answer("/schedule").text

    assert said.startswith("⏰ report week pdf 0 21 * * fri: first ")
    found = {each.action: each for each in schedules(stage)}
    assert found["report"].params == Report(period="week", form="pdf")
    assert found["pause"].params == Buying()
    assert (found["pause"].portfolio_id, found["resume"].portfolio_id) == (1, None)
    assert found["screen"].params == Screen(screener=screeners(stage)[0].uid)
    assert "delete those first" in kept
    assert "by cron in UTC" in listed


def test_a_screener_is_kept_and_its_run_is_asked_of_execution_once(stage: Stage, wire: Bus) -> None:
    with stage.notifier():
        made = flat(
            stage.answer('/screen new cheap {"conditions":[{"figure":"price","compare":"below","value":50}]}').text
        )
        said = flat(stage.answer("/screen run CHEAP").text)
        woken = hear(wire, TradingRequested)
        listed = stage.answer("/screen")

    assert made == "🔎 cheap is kept. /screen run cheap"
    assert said == "cheap is run; the result comes as a message."
    [request] = stage.requests()
    assert (request.kind, request.portfolio) == ("screen", stage.main.uid)
    assert request.arguments == {"screener": screeners(stage)[0].uid}
    assert woken.uid == request.uid
    assert "price < 50" in listed.text


def test_a_new_alert_is_asked_for_value_by_value(stage: Stage) -> None:
    with stage.notifier():
        listed = stage.answer("/alert")
        stage.press(listed)
        kinds = asked(stage, 2)
        stage.press(kinds)
        symbol = asked(stage, 3)
        wrong = stage.answer("NOPE")
        bound = stage.answer("btc-usdt")
        vague = stage.answer("2")
        done = flat(stage.answer("> 2").text)

    assert [label for label, _ in buttons(kinds)] == ["A price", "A position", "A limit", "A time"]
    assert flat(symbol.text).startswith("Of which symbol? Known: BTC-USDT.")
    assert "NOPE is not known" in flat(wrong.text)
    assert flat(bound.text).startswith("At which price?")
    assert "that is not understood" in flat(vague.text)
    assert done.startswith("🔔 BTC-USDT > 2 is watched in Main")
    assert len(alerts(stage)) == 1


@pytest.mark.parametrize(
    ("kind", "answers", "expected"),
    [
        ("position", ("all", "gain 10"), Position),
        ("risk", ("max_invested 90",), Risk),
        ("schedule", ("0 9 * * *", "Look!"), Scheduled),
    ],
)
def test_the_other_kinds_are_asked_for_too(
    stage: Stage, kind: str, answers: tuple[str, ...], expected: type[Any]
) -> None:
    with stage.notifier():
        listed = stage.answer("/alert")
        stage.press(listed, f"newalert:{kind}")
        asked(stage, 2)
        for each in answers:
            stage.answer(each)

    assert [type(each.config) for each in alerts(stage)] == [expected]


def test_the_lists_speak_the_language_of_who_asks(stage: Stage) -> None:
    stage.do(lambda work: set_language(stage.alice, work, "de"))
    with stage.notifier():
        told = flat(stage.answer("/alert").text)
        usage = flat(stage.answer("/screen help").text)

    assert told == "Noch keine Meldung."
    assert usage.startswith("/screen eingeben")
