"""A long poll that fails for good: it is noticed, named and told within a minute and a half, and got over by itself."""

import time

import pytest

from notifier.commands.table import help_text
from notifier.texts.line_wrap import fitted
from tests.notifier.harness import Harness, slot_round
from tests.running import flat, wait_until

pytestmark = [pytest.mark.faults, pytest.mark.timeout(180)]  # its waits are the real ones
NOTICED_S = 90
NEW_TOKEN = "123456789:SANDBOX_TOKEN_new_456789abcdefghijk"


def texts(harness: Harness) -> list[str]:
    """Return what Telegram holds."""
    return [sent.text for sent in harness.sandbox.messages()]


def test_a_second_poller_for_ever_is_told_and_so_is_its_end_and_messages_go_out_meanwhile(harness: Harness) -> None:
    """Fault 61: 409."""
    harness.sandbox.fault("telegram", "code", code="409", path="getUpdates")
    with harness.notifier() as notifier:
        notifier.wait_for("cannot hear Telegram")
        harness.record(slot_round())
        harness.wait_for_states("sent")
        wait_until(lambda: len(texts(harness)) == 2, what="an alert", within_s=NOTICED_S)
        harness.sandbox.clear("telegram")
        harness.sandbox.type("/help")
        wait_until(lambda: fitted(help_text("en")) in texts(harness), what="an answer", within_s=60)
        wait_until(lambda: "⚠ The bot hears again." in texts(harness), what="the end of it", within_s=30)

    assert flat(texts(harness)[1]) == (
        "⚠ The bot does not hear what is typed: somebody else polls with the same token (Conflict). "
        "Scheduled messages go on."
    )
    assert sum("does not hear" in text for text in texts(harness)) == 1


def test_a_poll_that_hangs_is_given_up_and_the_next_one_has_a_connection_of_its_own(harness: Harness) -> None:
    """Fault 61: no answer at all."""
    harness.sandbox.fault("telegram", "hang", path="getUpdates", times=1)
    with harness.notifier() as notifier:
        wait_until(lambda: harness.polls() == 1, what="a poll")
        harness.sandbox.type("/help")
        harness.record(slot_round())
        harness.wait_for_states("sent")
        meanwhile = texts(harness)
        wait_until(lambda: fitted(help_text("en")) in texts(harness), what="an answer", within_s=NOTICED_S)
        said = notifier.text()

    assert len(meanwhile) == 1
    assert "cannot hear Telegram" in said
    assert "event=joined" in said
    assert said.count("event=joined") == 1


def test_a_token_that_is_refused_in_mid_run_is_noticed_by_the_listener_too(harness: Harness) -> None:
    """Fault 59: the poll."""
    with harness.notifier() as notifier:
        notifier.wait_for("listening")
        began = time.monotonic()
        harness.sandbox.set_state("telegram", token=NEW_TOKEN)
        harness.sandbox.type("/help")  # ends the poll that is waiting
        wait_until(lambda: harness.states() == ["pending"], what="an alert that waits", within_s=NOTICED_S + 30)
        took_s = time.monotonic() - began
        text = flat(harness.rows()[0].text)

    assert (
        flat(text)
        == "⚠ The bot does not hear what is typed: Telegram refuses the bot's token. Scheduled messages go on."
    )
    assert took_s < NOTICED_S
    assert texts(harness) == []


def test_a_webhook_is_told_as_what_it_is_with_the_cure(harness: Harness) -> None:
    """Fault D4: somebody has set a webhook."""
    harness.sandbox.set_state("telegram", webhook_url="https://example.com/")
    with harness.notifier() as notifier:
        line = notifier.wait_for("cannot hear Telegram")
        wait_until(lambda: len(texts(harness)) == 1, what="an alert", within_s=NOTICED_S)

    assert 'reason="a webhook is set"' in line
    assert "a webhook is set" in flat(texts(harness)[0])
    assert "somebody else polls" not in flat(texts(harness)[0])
