"""Each person is answered in their own language, with hours in their own zone."""

from zoneinfo import ZoneInfo

import pytest

from ledger.trading.people.preferences import set_language, set_timezone
from tests.ledger.trading.world import ALICE, MALLORY, NOW, write_order
from tests.notifier.trading.stage import GROUP, Stage
from tests.running import flat

NOTHING = {"en": "Nothing waits.", "ru": "В очереди пусто."}


@pytest.fixture
def russian(stage: Stage) -> Stage:
    """Give a chat in which Alice is answered in Russian, with hours of Tokyo."""
    stage.do(lambda work: set_language(stage.alice, work, "ru"))
    stage.do(lambda work: set_timezone(stage.alice, work, "Asia/Tokyo"))
    return stage


def test_each_is_answered_in_their_own_language_in_a_group_too(russian: Stage) -> None:
    russians, english = "не найдено: сигнал 0123abcd", "there is no signal 0123abcd"
    with russian.notifier():
        private = [flat(russian.answer("/why 0123abcd", by=who).text) for who in (ALICE, MALLORY)]
        in_group = [flat(russian.answer("/why 0123abcd", by=who, chat=GROUP).text) for who in (ALICE, MALLORY, ALICE)]

    assert private == [russians, english]
    assert in_group == [russians, english, russians]


def test_a_new_language_holds_for_the_next_answer(stage: Stage) -> None:
    with stage.notifier():
        before = stage.answer("/queue").text
        stage.do(lambda work: set_language(stage.alice, work, "ru"))
        after = stage.answer("/queue").text

    assert [before, after] == [f"Main · paper\n{NOTHING[each]}" for each in ("en", "ru")]


def test_hours_are_those_of_the_persons_zone(russian: Stage) -> None:
    uid = write_order(russian.harness.ledger, russian.main.uid)
    with russian.notifier():
        told = russian.answer("/orders").text.splitlines()[1]

    assert told == f"{uid[:8]} {NOW.astimezone(ZoneInfo('Asia/Tokyo')):%Y-%m-%d %H:%M}"


def test_while_the_ledger_cannot_say_it_is_the_language_that_it_said_last(russian: Stage) -> None:
    file = russian.harness.home / "data" / "portfolio.db"
    with russian.notifier():
        russian.answer("/queue")
        aside = file.rename(file.with_suffix(".aside"))
        told = flat(russian.answer("/queue").text)
        aside.rename(file)

    assert told.startswith("Не сделано: ")
