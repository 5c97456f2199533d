"""What people type: who is heard, what each command answers, and that a request is stored before it is forgotten."""

import signal

import pytest

from bus.connection import Bus
from bus.messages.rounds import RoundRequested
from ledger.portfolio.schedule_overrides import Schedule, read_schedule
from notifier.commands.table import COMMANDS, help_text
from notifier.texts.commands import WORDS
from notifier.texts.line_wrap import fitted
from sandbox.telegram.chat import CHAT_ID
from tests.notifier.harness import OTHER_CHAT, Harness, manual_round
from tests.running import flat, hear, wait_until

STRANGER = 4711
GROUP = -100_123


def test_now_and_status_ask_for_a_round_also_when_addressed_to_this_bot(harness: Harness, bus: Bus) -> None:
    typed = ("/now", "/status", "/now@balances_demo_bot", "/NOW")
    with harness.notifier():
        ids = [harness.sandbox.type(text).update_id for text in typed]
        wait_until(lambda: len(harness.requests()) == len(typed), what="stored requests")
        asked = hear(bus, RoundRequested)
        requests = harness.requests()

    assert [each.id.rsplit("-", 1)[1] for each in requests] == [str(update_id) for update_id in ids]
    assert asked.id == requests[0].id


def test_a_request_is_repeated_until_a_round_answers_it(harness: Harness, bus: Bus) -> None:
    with harness.notifier():
        harness.sandbox.type("/now")
        first, second = hear(bus, RoundRequested), hear(bus, RoundRequested)
        bus.publish(harness.record(manual_round(first.id)))
        harness.wait_for_states("sent")

    assert first == second
    assert harness.requests() == ()


def test_help_start_and_the_unknown_are_answered(harness: Harness) -> None:
    with harness.notifier():
        for count, text in enumerate(("/help", "/start", "/balance"), start=1):
            harness.sandbox.type(text)
            sent = harness.wait_for_texts(count)

    start = f"{WORDS['en'].start}\n\n{help_text('en')}"
    assert [each.text for each in sent] == [fitted(text) for text in (help_text("en"), start, WORDS["en"].unknown)]
    assert harness.requests() == ()


def test_what_is_for_another_bot_or_no_command_in_a_group_is_not_answered(harness: Harness) -> None:
    harness.chats = (str(GROUP),)
    with harness.notifier():
        for text in ("hello", "now", "/now@another_bot", "say /now"):
            harness.sandbox.type(text, chat_id=GROUP)
        harness.sandbox.type("/help", chat_id=GROUP)
        sent = harness.wait_for_texts(1, GROUP)

    assert [each.text for each in sent] == [fitted(help_text("en"))]
    assert harness.requests() == ()


def test_what_is_said_to_the_bot_alone_is_answered_with_how_to_talk_to_it(harness: Harness) -> None:
    with harness.notifier():
        harness.sandbox.type("hello", kind="edited_message")  # no second answer for a mended slip
        for count, text in enumerate(("hello", "now", "say /now"), start=1):
            harness.sandbox.type(text)
            sent = harness.wait_for_texts(count)

    assert [flat(each.text) for each in sent] == [WORDS["en"].only_commands] * 3
    assert harness.requests() == ()


@pytest.mark.sampled(3)
@pytest.mark.parametrize("name", [each.name for each in COMMANDS if not each.arguments and not each.from_link])
def test_a_command_that_takes_no_words_does_nothing_where_there_are_some(harness: Harness, name: str) -> None:
    with harness.notifier():
        harness.sandbox.type(f"/{name} 2h")
        told = harness.wait_for_texts(1)[0].text

    assert flat(told) == flat(WORDS["en"].usage_of(name))
    assert harness.requests() == ()
    assert read_schedule(harness.ledger) == Schedule()


def test_what_a_link_puts_behind_start_means_nothing(harness: Harness) -> None:
    with harness.notifier():
        harness.sandbox.type("/start from-a-link")
        told = harness.wait_for_texts(1)[0].text

    assert flat(told).startswith(WORDS["en"].start)


def test_help_lists_exactly_the_table() -> None:
    lines = help_text("en").splitlines()

    assert [line for line in lines if "–" in line] == [f"/{each.name} – {each.en}" for each in COMMANDS]
    assert [line for line in lines if "–" not in line] == [each.shown("en") for each in COMMANDS if each.arguments]
    assert "/why [платформа]" in help_text("ru").splitlines()


def test_each_command_of_the_table_is_known(harness: Harness) -> None:
    harness.sandbox.set_state("telegram", flood_control=False)
    with harness.notifier():
        for command in COMMANDS:
            harness.sandbox.type(f"/{command.name}")
        harness.sandbox.type("/unknown")
        answered = len([each for each in COMMANDS if not each.asks_for_snapshot])
        texts = [each.text for each in harness.wait_for_texts(answered + 2)]  # one `Working…`, one unknown

    assert texts.count(fitted(WORDS["en"].unknown)) == 1
    assert len(harness.requests()) == sum(command.asks_for_snapshot for command in COMMANDS)


def test_a_stranger_gets_nothing_and_is_counted_in_ever_fewer_lines_of_the_log(harness: Harness) -> None:
    """Fault 62: the stranger."""
    with harness.notifier() as notifier:
        for text in ("/now", "/help", "hello", "/start"):
            harness.sandbox.type(text, chat_id=STRANGER)
            harness.sandbox.type(text, chat_id=GROUP, from_id=CHAT_ID)
        harness.sandbox.type("/help")
        harness.wait_for_texts(1)
        said = [line for line in notifier.text().splitlines() if "stranger" in line]

    assert {each.chat_id for each in harness.sandbox.messages()} == {CHAT_ID}
    assert {attempt.chat_id for attempt in harness.sandbox.attempts()} == {str(CHAT_ID)}
    assert harness.requests() == ()
    counts = [(line.split("chat_id=")[1].split()[0], line.split("so_far=")[1].split()[0]) for line in said]
    assert sorted(counts) == [(str(chat_id), count) for chat_id in (GROUP, STRANGER) for count in ("1", "2", "4")]


def test_a_configured_group_is_answered_whoever_asks(harness: Harness) -> None:
    harness.chats = (str(GROUP),)
    with harness.notifier():
        harness.sandbox.type("/help", chat_id=GROUP, from_id=STRANGER)
        sent = harness.wait_for_texts(1, GROUP)

    assert [each.text for each in sent] == [fitted(help_text("en"))]


def test_a_request_is_stored_before_telegram_may_forget_it_and_answered_once_after_a_death(
    harness: Harness, bus: Bus
) -> None:
    """Fault 21: after it was stored."""
    with harness.notifier() as notifier, harness.wire() as wire:
        notifier.wait_for("listening")
        wait_until(lambda: harness.polls() == 1, what="a poll")
        harness.sandbox.fault("telegram", "hang", path="getUpdates")  # the poll that would confirm never arrives
        harness.sandbox.type("/now")
        wait_until(lambda: len(harness.requests()) == 1, what="a stored request")
        unconfirmed = wire("getWebhookInfo")["result"]
        notifier.kill()
    harness.sandbox.clear("telegram")
    with harness.notifier():
        harness.sandbox.type("/now", chat_id=OTHER_CHAT)  # the stranger's update comes after the one handed out again
        asked = hear(bus, RoundRequested)
        wait_until(lambda: harness.sandbox.messages() != [], what="Working…")
        bus.publish(harness.record(manual_round(asked.id)))
        wait_until(lambda: "sent" in harness.states(), what="an answer")

    assert isinstance(unconfirmed, dict)
    assert unconfirmed["pending_update_count"] == 1
    assert harness.states() == ["sent"]
    assert sum("TOTAL (USD)" in each.text for each in harness.sandbox.messages()) == 1


def test_a_notifier_killed_before_it_read_an_update_answers_it_after_its_restart(harness: Harness, bus: Bus) -> None:
    """Fault 21: before it was stored."""
    with harness.notifier() as notifier:
        notifier.wait_for("listening")
        wait_until(lambda: harness.polls() == 1, what="a poll")
        notifier.signal(signal.SIGSTOP)
        harness.sandbox.type("/now")
        notifier.kill()
        stored_by_then = harness.requests()
    with harness.notifier():
        asked = hear(bus, RoundRequested)
        bus.publish(harness.record(manual_round(asked.id)))
        harness.wait_for_states("sent")

    assert stored_by_then == ()
    assert harness.requests() == ()
