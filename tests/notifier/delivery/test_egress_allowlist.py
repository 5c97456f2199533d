"""The notifier's way out: the Bot API's methods that it needs, of its own bot, at its own address; nothing else."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from datetime import UTC, datetime

import httpx
import pytest
from telegram import Bot
from telegram.error import TelegramError
from telegram.request import HTTPXRequest

from bus.chats import TelegramChatId
from bus.connection import Bus
from bus.settings import Secret
from notifier.__main__ import Notifier
from notifier.delivery.egress_allowlist import METHODS, EgressAllowlist, NotAllowed
from notifier.delivery.telegram import may_have_arrived, open_bot, wording
from notifier.settings import Settings
from sandbox.telegram.chat import CHAT_ID, TOKEN
from tests.listener import Listener, listener
from tests.notifier.harness import Harness, slot_round
from tests.running import flat

OTHER_TOKEN = "987654321:OTHER_TOKEN_for_tests_0123456789abcde"
ELSEWHERE = "http://127.0.0.2:9"

Call = Callable[[Bot, str], Awaitable[object]]
FORBIDDEN: dict[str, Call] = {
    "set_webhook": lambda bot, _: bot.set_webhook(f"{ELSEWHERE}/?key=s3cret"),
    "delete_webhook": lambda bot, _: bot.delete_webhook(),
    "log_out": lambda bot, _: bot.log_out(),
    "get_file": lambda bot, _: bot.get_file("s3cret"),
    "forward_message": lambda bot, _: bot.forward_message(1, 2, 3),
    "another bot": lambda bot, _: Bot(OTHER_TOKEN, bot.base_url.removesuffix(TOKEN), request=bot.request).get_me(),
    "another host": lambda bot, _: bot.request.post(f"{ELSEWHERE}/bot{TOKEN}/sendMessage?text=s3cret"),
    "another scheme": lambda bot, url: bot.request.post(f"{url.replace('http:', 'https:')}/bot{TOKEN}/getMe"),
    "another path": lambda bot, url: bot.request.post(f"{url}/file/bot{TOKEN}/getMe"),
    "a path on": lambda bot, url: bot.request.post(f"{url}/bot{TOKEN}/getMe/../setWebhook"),
    "GET": lambda bot, url: bot.request.retrieve(f"{url}/bot{TOKEN}/getMe?s3cret"),
}


def settings(address: str) -> Settings:
    return Settings(
        telegram_bot_token=Secret(TOKEN),
        telegram_chat_id=TelegramChatId.from_text(str(CHAT_ID)),
        telegram_base_url=address,
    )


@pytest.fixture
def theirs() -> Iterator[Listener]:
    """Give the place where a byte would arrive."""
    with listener() as opened:
        yield opened


def outcome(address: str, call: Call) -> tuple[Exception | None, list[str]]:
    """Call with a bot of the notifier's; return what it raised, and the attempts of which the gate told."""
    stopped: list[str] = []

    async def go() -> Exception | None:
        bot, polling = open_bot(settings(address), stopped.append)
        try:
            await call(bot, address)
        except TelegramError as error:
            return error
        finally:
            await polling.shutdown()
            await bot.request.shutdown()
        return None

    return asyncio.run(go()), stopped


@pytest.mark.parametrize("what", FORBIDDEN)
def test_what_the_notifier_never_needs_cannot_leave_it(
    theirs: Listener, caplog: pytest.LogCaptureFixture, what: str
) -> None:
    error, stopped = outcome(theirs.address, FORBIDDEN[what])

    assert isinstance(error, NotAllowed)
    assert theirs.callers() == 0
    assert len(stopped) == 1
    assert caplog.text.count("not allowed, nothing was sent") == 1
    said = f"{stopped} {error} {caplog.text}"
    assert not any(secret in said for secret in (TOKEN, OTHER_TOKEN, "s3cret"))


def test_polling_goes_through_the_gate_too_also_when_its_connection_was_made_anew(theirs: Listener) -> None:
    async def go() -> None:
        _, polling = open_bot(settings(theirs.address), lambda _: None)
        await polling.shutdown()
        await polling.initialize()
        try:
            await polling.post(f"{theirs.address}/bot{TOKEN}/setWebhook")
        finally:
            await polling.shutdown()

    with pytest.raises(NotAllowed):
        asyncio.run(go())

    assert theirs.callers() == 0


def test_a_redirect_is_not_followed(harness: Harness, theirs: Listener) -> None:
    harness.sandbox.fault("telegram", "redirect", headers={"Location": f"{theirs.address}/bot{TOKEN}/sendMessage"})

    error, stopped = outcome(harness.sandbox.addresses["telegram"], lambda bot, _: bot.send_message(CHAT_ID, "hello"))

    assert isinstance(error, TelegramError)
    assert theirs.callers() == 0
    assert stopped == []


@pytest.mark.parametrize("method", sorted(METHODS))
def test_what_the_notifier_needs_passes(method: str) -> None:
    gate = EgressAllowlist("https://example.com/telegram/", TOKEN, tell=lambda _: None)

    asyncio.run(gate.check(httpx.Request("POST", f"https://example.com/telegram/bot{TOKEN}/{method}")))


def test_what_was_stopped_is_surely_undelivered_and_named_without_its_address() -> None:
    error = NotAllowed("POST setWebhook")

    assert not may_have_arrived(error)
    assert wording(error) == "NotAllowed"


def test_what_the_gate_has_stopped_is_told_in_the_chat_once(harness: Harness, bus: Bus) -> None:
    harness.record(slot_round())

    async def go() -> None:
        notifier = Notifier(settings(harness.sandbox.addresses["telegram"]), harness.ledger, bus, {})
        for _ in range(2):
            with pytest.raises(NotAllowed):
                await notifier._long_polling._bot.set_webhook(ELSEWHERE)

    asyncio.run(go())
    with harness.notifier():
        harness.wait_for_states("sent", "sent")
    alert = harness.rows()[1]

    assert alert.alert_id == f"notifier-stopped-POST-setWebhook-{datetime.now(UTC):%Y-%m-%d}"
    assert "tried POST setWebhook, which it never needs" in flat(harness.sandbox.messages()[1].text)


LEAKY: dict[str, Call] = {
    "no connection": lambda bot, _: bot.send_message(CHAT_ID, "hello"),
    "not JSON": lambda bot, _: bot.get_me(),
    "a bad address": lambda _bot, _: HTTPXRequest().post(f"foo://bot{TOKEN}/getMe"),
    "a bad header": lambda _bot, _: _with_header(f"Bearer {TOKEN}\n"),
}


async def _with_header(value: str) -> None:
    async with HTTPXRequest(httpx_kwargs={"headers": {"Authorization": value}}) as request:
        await request.post(f"{ELSEWHERE}/bot{TOKEN}/getMe")


@pytest.mark.parametrize("what", LEAKY)
def test_no_token_is_in_what_is_said_of_the_librarys_own_errors(harness: Harness, what: str) -> None:
    """Fault 70: python-telegram-bot."""
    address = ELSEWHERE if what == "no connection" else harness.sandbox.addresses["telegram"]
    harness.sandbox.fault("telegram", "garbage")

    error, _ = outcome(address, LEAKY[what])

    assert error is not None
    assert TOKEN not in wording(error)


def test_a_token_in_a_refusal_of_telegrams_is_nowhere(harness: Harness) -> None:
    """Fault 70: a body that repeats the token."""
    harness.sandbox.fault(
        "telegram", "code", code="400", body=f"Bad Request: can't parse {TOKEN}", path="sendMessage", times=1
    )
    harness.record(slot_round())
    with harness.notifier(LOG_LEVEL="DEBUG") as notifier:
        harness.wait_for_states("dead", "sent")
        said = notifier.text() + harness.sandbox.messages()[0].text + str(harness.rows()[0].reason)

    assert "message is dead" in said
    assert "could not be delivered" in said
    assert TOKEN not in said
