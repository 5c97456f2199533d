"""A long poll that fails for good: it is noticed, named and told within a minute and a half, and got over by itself."""

import time

import pytest

from notifier.commands.table import help_text
from notifier.texts.line_wrap import fitted
from tests.notifier.harness import Stage, slot_round
from tests.running import flat, wait_until

pytestmark = [pytest.mark.faults, pytest.mark.timeout(180)]  # its waits are the real ones
NOTICED_S = 90
NEW_TOKEN = "123456789:SANDBOX_TOKEN_new_456789abcdefghijk"


def texts(stage: Stage) -> list[str]:
    """Return what Telegram holds."""
    return [sent.text for sent in stage.sandbox.messages()]


def test_a_second_poller_for_ever_is_told_and_so_is_its_end_and_messages_go_out_meanwhile(stage: Stage) -> None:
    """Fault 61: 409."""
    stage.sandbox.fault("telegram", "code", code="409", path="getUpdates")
    with stage.notifier() as notifier:
        notifier.wait_for("cannot hear Telegram")
        stage.record(slot_round())
        stage.wait_for_states("sent")
        wait_until(lambda: len(texts(stage)) == 2, what="an alert", within_s=NOTICED_S)
        stage.sandbox.clear("telegram")
        stage.sandbox.type("/help")
        wait_until(lambda: fitted(help_text("en")) in texts(stage), what="an answer", within_s=60)
        wait_until(lambda: "⚠ The bot hears again." in texts(stage), what="the end of it", within_s=30)

    assert flat(texts(stage)[1]) == (
        "⚠ The bot does not hear what is typed: somebody else polls with the same token (Conflict). "
        "Scheduled messages go on."
    )
    assert sum("does not hear" in text for text in texts(stage)) == 1


def test_a_poll_that_hangs_is_given_up_and_the_next_one_has_a_connection_of_its_own(stage: Stage) -> None:
    """Fault 61: no answer at all."""
    stage.sandbox.fault("telegram", "hang", path="getUpdates", times=1)
    with stage.notifier() as notifier:
        wait_until(lambda: stage.polls() == 1, what="a poll")
        stage.sandbox.type("/help")
        stage.record(slot_round())
        stage.wait_for_states("sent")
        meanwhile = texts(stage)
        wait_until(lambda: fitted(help_text("en")) in texts(stage), what="an answer", within_s=NOTICED_S)
        said = notifier.text()

    assert len(meanwhile) == 1
    assert "cannot hear Telegram" in said
    assert "event=joined" in said
    assert said.count("event=joined") == 1


def test_a_token_that_is_refused_in_mid_run_is_noticed_by_the_listener_too(stage: Stage) -> None:
    """Fault 59: the poll."""
    with stage.notifier() as notifier:
        notifier.wait_for("listening")
        began = time.monotonic()
        stage.sandbox.set_state("telegram", token=NEW_TOKEN)
        stage.sandbox.type("/help")  # ends the poll that is waiting
        wait_until(lambda: stage.states() == ["pending"], what="an alert that waits", within_s=NOTICED_S + 30)
        took_s = time.monotonic() - began
        text = flat(stage.rows()[0].text)

    assert (
        flat(text)
        == "⚠ The bot does not hear what is typed: Telegram refuses the bot's token. Scheduled messages go on."
    )
    assert took_s < NOTICED_S
    assert texts(stage) == []


def test_a_webhook_is_told_as_what_it_is_with_the_cure(stage: Stage) -> None:
    """Fault D4: somebody has set a webhook."""
    stage.sandbox.set_state("telegram", webhook_url="https://example.com/")
    with stage.notifier() as notifier:
        line = notifier.wait_for("cannot hear Telegram")
        wait_until(lambda: len(texts(stage)) == 1, what="an alert", within_s=NOTICED_S)

    assert 'reason="a webhook is set"' in line
    assert "a webhook is set" in flat(texts(stage)[0])
    assert "somebody else polls" not in flat(texts(stage)[0])
