"""Messages whose answer was lost: nobody knows whether they arrived, so they are sent again and say so, once a loss."""

import asyncio

import pytest
from telegram import Bot
from telegram.request import HTTPXRequest

from bus.chats import ChatIds
from bus.connection import Bus
from bus.settings import Secret
from notifier.delivery.outbox_dispatcher import OutboxDispatcher
from notifier.settings import Settings
from notifier.storage.stores import Stores
from sandbox.telegram.chat import CHAT_ID, TOKEN
from tests.notifier.harness import REPEAT, Harness, slot_round
from tests.running import wait_until

IMPATIENT_S = 0.3


def impatient_bot(harness: Harness) -> Bot:
    """Return a bot that waits for an answer a hundredth of the usual time."""
    request = HTTPXRequest(read_timeout=IMPATIENT_S, httpx_kwargs={"trust_env": False})
    return Bot(TOKEN, base_url=f"{harness.sandbox.addresses['telegram']}/bot", request=request)


async def deliver_until_sent(harness: Harness, bot: Bot, bus: Bus) -> None:
    """Run the delivery until the outbox's only row is sent."""
    settings = Settings(telegram_bot_token=Secret(TOKEN), telegram_chat_id=ChatIds((str(CHAT_ID),)))
    async with bot, asyncio.TaskGroup() as group:
        delivering = group.create_task(
            OutboxDispatcher(bot, settings, stores=Stores(harness.ledger, (str(CHAT_ID),)), bus=bus).run()
        )
        await asyncio.to_thread(wait_until, lambda: len(harness.sandbox.messages()) == 2, what="a repeat")
        async with asyncio.timeout(5):
            while harness.states() != ["sent"]:
                await asyncio.sleep(0)
        delivering.cancel()


@pytest.mark.parametrize("fault", ["reset_after", "cut", "truncated"])
def test_a_message_taken_whose_answer_is_lost_is_sent_again_with_a_mark(harness: Harness, fault: str) -> None:
    """Faults 55 and I2."""
    harness.record(slot_round())
    harness.sandbox.fault("telegram", fault, path="sendMessage", times=1)
    with harness.notifier():
        harness.wait_for_states("sent")
    first, second = (each.text for each in harness.sandbox.messages())

    assert REPEAT not in first
    assert second == f"{REPEAT}\n\n{first}"
    assert harness.rows()[0].unconfirmed == 1


def test_a_message_taken_whose_answer_does_not_come_in_time_is_sent_again_with_a_mark(
    harness: Harness, bus: Bus
) -> None:
    """Faults 54 and I2."""
    harness.record(slot_round())
    harness.sandbox.fault("telegram", "accept_then_hang", path="sendMessage", times=1)
    asyncio.run(deliver_until_sent(harness, impatient_bot(harness), bus))
    first, second = (each.text for each in harness.sandbox.messages())

    assert second == f"{REPEAT}\n\n{first}"


@pytest.mark.parametrize("fault", [{"kind": "html"}, {"kind": "html", "status": 200}, {"kind": "code", "code": "500"}])
def test_an_answer_that_is_not_telegrams_leaves_the_message_unconfirmed(
    harness: Harness, fault: dict[str, object]
) -> None:
    """Fault 57."""
    harness.record(slot_round())
    harness.sandbox.fault("telegram", path="sendMessage", times=1, **fault)  # type: ignore[arg-type]
    with harness.notifier():
        sent = harness.wait_for_texts(1)

    assert [each.text.startswith(REPEAT) for each in sent] == [True]


def test_a_notifier_killed_between_acceptance_and_commit_sends_one_marked_repeat(harness: Harness) -> None:
    """Faults 20 and I2."""
    harness.record(slot_round())
    harness.sandbox.fault("telegram", "accept_then_hang", path="sendMessage", times=1)
    with harness.notifier() as notifier:
        harness.wait_for_texts(1)
        notifier.kill()
    harness.sandbox.clear("telegram")
    with harness.notifier():
        harness.wait_for_states("sent")
    with harness.notifier() as notifier:
        notifier.wait_for("listening")
        harness.alert("the outbox was looked at again")
        harness.wait_for_states("sent", "sent")
    first, second, _ = (each.text for each in harness.sandbox.messages())

    assert REPEAT not in first
    assert second == f"{REPEAT}\n\n{first}"


def test_a_notifier_killed_before_it_sends_leaves_no_mark(harness: Harness) -> None:
    """Fault 19."""
    harness.record(slot_round())
    harness.sandbox.fault("telegram", "refuse")
    with harness.notifier() as notifier:
        wait_until(lambda: harness.rows()[0].reason is not None, what="a failed attempt")
        notifier.kill()
    harness.sandbox.clear("telegram")
    with harness.notifier():
        harness.wait_for_states("sent")

    assert [REPEAT in each.text for each in harness.sandbox.messages()] == [False]


def test_the_repeat_of_an_alert_is_marked_too(harness: Harness) -> None:
    """Faults 55 and I2: alerts."""
    harness.alert("⚠ bybit is down")
    harness.sandbox.fault("telegram", "reset_after", path="sendMessage", times=1)
    with harness.notifier():
        harness.wait_for_states("sent")

    assert [each.text for each in harness.sandbox.messages()] == ["⚠ bybit is down", f"{REPEAT}\n\n⚠ bybit is down"]


def test_every_loss_makes_one_more_copy_and_one_mark_in_each(harness: Harness) -> None:
    """Faults 54, 55 and I2: more than one loss."""
    harness.alert("⚠ bybit is down")
    harness.sandbox.fault("telegram", "reset_after", path="sendMessage", times=2)
    with harness.notifier():
        harness.wait_for_states("sent")

    assert [each.text.count(REPEAT) for each in harness.sandbox.messages()] == [0, 1, 1]


def test_a_repeat_tells_the_folded_rounds_again(harness: Harness) -> None:
    """Fault I1: what was folded into a lost message."""
    for hours in (3, 2, 1):
        harness.record(slot_round(minutes_ago=60 * hours))
    harness.sandbox.fault("telegram", "html", path="sendMessage", times=1)
    with harness.notifier():
        harness.wait_for_states("folded", "folded", "sent")

    assert harness.sandbox.messages()[0].text.count("$34,619.59 | 3,196,081 ₽") == 2
