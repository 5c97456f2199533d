"""What people type: who is heard, what each command answers, and that a wish is stored before Telegram forgets it."""

import signal

import pytest

from bus.connection import Bus
from bus.messages import RoundRequested
from ledger.portfolio.schedule_overrides import Schedule, read_schedule
from notifier.commands.table import COMMANDS, help_text
from notifier.texts.commands import WORDS
from notifier.texts.line_wrap import fitted
from sandbox.telegram.chat import CHAT_ID
from tests.notifier.harness import OTHER_CHAT, Stage, manual_round
from tests.running import flat, hear, wait_until

STRANGER = 4711
GROUP = -100_123


def test_now_and_status_ask_for_a_round_also_when_addressed_to_this_bot(stage: Stage, bus: Bus) -> None:
    typed = ("/now", "/status", "/now@balances_demo_bot", "/NOW")
    with stage.notifier():
        ids = [stage.sandbox.type(text).update_id for text in typed]
        wait_until(lambda: len(stage.requests()) == len(typed), what="stored wishes")
        asked = hear(bus, RoundRequested)
        requests = stage.requests()

    assert [each.id.rsplit("-", 1)[1] for each in requests] == [str(update_id) for update_id in ids]
    assert asked.id == requests[0].id


def test_a_wish_is_repeated_until_a_round_answers_it(stage: Stage, bus: Bus) -> None:
    with stage.notifier():
        stage.sandbox.type("/now")
        first, second = hear(bus, RoundRequested), hear(bus, RoundRequested)
        bus.publish(stage.record(manual_round(first.id)))
        stage.wait_for_states("sent")

    assert first == second
    assert stage.requests() == ()


def test_help_start_and_the_unknown_are_answered(stage: Stage) -> None:
    with stage.notifier():
        for count, text in enumerate(("/help", "/start", "/balance"), start=1):
            stage.sandbox.type(text)
            sent = stage.wait_for_texts(count)

    start = f"{WORDS['en'].start}\n\n{help_text('en')}"
    assert [each.text for each in sent] == [fitted(text) for text in (help_text("en"), start, WORDS["en"].unknown)]
    assert stage.requests() == ()


def test_what_is_for_another_bot_or_no_command_in_a_group_is_not_answered(stage: Stage) -> None:
    stage.chats = (str(GROUP),)
    with stage.notifier():
        for text in ("hello", "now", "/now@another_bot", "say /now"):
            stage.sandbox.type(text, chat_id=GROUP)
        stage.sandbox.type("/help", chat_id=GROUP)
        sent = stage.wait_for_texts(1, GROUP)

    assert [each.text for each in sent] == [fitted(help_text("en"))]
    assert stage.requests() == ()


def test_what_is_said_to_the_bot_alone_is_answered_with_how_to_talk_to_it(stage: Stage) -> None:
    with stage.notifier():
        stage.sandbox.type("hello", kind="edited_message")  # no second answer for a mended slip
        for count, text in enumerate(("hello", "now", "say /now"), start=1):
            stage.sandbox.type(text)
            sent = stage.wait_for_texts(count)

    assert [flat(each.text) for each in sent] == [WORDS["en"].only_commands] * 3
    assert stage.requests() == ()


@pytest.mark.parametrize("name", [each.name for each in COMMANDS if not each.arguments and not each.from_link])
def test_a_command_that_takes_no_words_does_nothing_where_there_are_some(stage: Stage, name: str) -> None:
    with stage.notifier():
        stage.sandbox.type(f"/{name} 2h")
        told = stage.wait_for_texts(1)[0].text

    assert flat(told) == flat(WORDS["en"].usage_of(name))
    assert stage.requests() == ()
    assert read_schedule(stage.ledger) == Schedule()


def test_what_a_link_puts_behind_start_means_nothing(stage: Stage) -> None:
    with stage.notifier():
        stage.sandbox.type("/start from-a-link")
        told = stage.wait_for_texts(1)[0].text

    assert flat(told).startswith(WORDS["en"].start)


def test_help_lists_exactly_the_table() -> None:
    lines = help_text("en").splitlines()

    assert [line for line in lines if "–" in line] == [f"/{each.name} – {each.en}" for each in COMMANDS]
    assert [line for line in lines if "–" not in line] == [each.shown("en") for each in COMMANDS if each.arguments]
    assert "/why [платформа]" in help_text("ru").splitlines()


def test_each_command_of_the_table_is_known(stage: Stage) -> None:
    stage.sandbox.set_state("telegram", flood_control=False)
    with stage.notifier():
        for command in COMMANDS:
            stage.sandbox.type(f"/{command.name}")
        stage.sandbox.type("/unknown")
        answered = len([each for each in COMMANDS if not each.asks_for_snapshot])
        texts = [each.text for each in stage.wait_for_texts(answered + 2)]  # one `Working…`, one unknown

    assert texts.count(fitted(WORDS["en"].unknown)) == 1
    assert len(stage.requests()) == sum(command.asks_for_snapshot for command in COMMANDS)


def test_a_stranger_gets_nothing_and_is_counted_in_ever_fewer_lines_of_the_log(stage: Stage) -> None:
    """Fault 62: the stranger."""
    with stage.notifier() as notifier:
        for text in ("/now", "/help", "hello", "/start"):
            stage.sandbox.type(text, chat_id=STRANGER)
            stage.sandbox.type(text, chat_id=GROUP, from_id=CHAT_ID)
        stage.sandbox.type("/help")
        stage.wait_for_texts(1)
        said = [line for line in notifier.text().splitlines() if "stranger" in line]

    assert {each.chat_id for each in stage.sandbox.messages()} == {CHAT_ID}
    assert {attempt.chat_id for attempt in stage.sandbox.attempts()} == {str(CHAT_ID)}
    assert stage.requests() == ()
    counts = [(line.split("chat_id=")[1].split()[0], line.split("so_far=")[1].split()[0]) for line in said]
    assert sorted(counts) == [(str(chat_id), count) for chat_id in (GROUP, STRANGER) for count in ("1", "2", "4")]


def test_a_configured_group_is_answered_whoever_asks(stage: Stage) -> None:
    stage.chats = (str(GROUP),)
    with stage.notifier():
        stage.sandbox.type("/help", chat_id=GROUP, from_id=STRANGER)
        sent = stage.wait_for_texts(1, GROUP)

    assert [each.text for each in sent] == [fitted(help_text("en"))]


def test_a_wish_is_stored_before_telegram_may_forget_it_and_answered_once_after_a_death(stage: Stage, bus: Bus) -> None:
    """Fault 21: after it was stored."""
    with stage.notifier() as notifier, stage.wire() as wire:
        notifier.wait_for("listening")
        wait_until(lambda: stage.polls() == 1, what="a poll")
        stage.sandbox.fault("telegram", "hang", path="getUpdates")  # the poll that would confirm never arrives
        stage.sandbox.type("/now")
        wait_until(lambda: len(stage.requests()) == 1, what="a stored wish")
        unconfirmed = wire("getWebhookInfo")["result"]
        notifier.kill()
    stage.sandbox.clear("telegram")
    with stage.notifier():
        stage.sandbox.type("/now", chat_id=OTHER_CHAT)  # the stranger's update comes after the one handed out again
        asked = hear(bus, RoundRequested)
        wait_until(lambda: stage.sandbox.messages() != [], what="Working…")
        bus.publish(stage.record(manual_round(asked.id)))
        wait_until(lambda: "sent" in stage.states(), what="an answer")

    assert isinstance(unconfirmed, dict)
    assert unconfirmed["pending_update_count"] == 1
    assert stage.states() == ["sent"]
    assert sum("TOTAL (USD)" in each.text for each in stage.sandbox.messages()) == 1


def test_a_notifier_killed_before_it_read_an_update_answers_it_after_its_restart(stage: Stage, bus: Bus) -> None:
    """Fault 21: before it was stored."""
    with stage.notifier() as notifier:
        notifier.wait_for("listening")
        wait_until(lambda: stage.polls() == 1, what="a poll")
        notifier.signal(signal.SIGSTOP)
        stage.sandbox.type("/now")
        notifier.kill()
        stored_by_then = stage.requests()
    with stage.notifier():
        asked = hear(bus, RoundRequested)
        bus.publish(stage.record(manual_round(asked.id)))
        stage.wait_for_states("sent")

    assert stored_by_then == ()
    assert stage.requests() == ()
