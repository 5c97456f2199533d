"""One door: whatever a stranger does, in whatever kind of update, no handler runs; a configured chat is heard."""

import asyncio
from datetime import UTC, datetime
from typing import Any

import pytest
from telegram import Bot, Update, User

from bus.connection import Bus
from notifier.__main__ import Notifier
from notifier.commands.dispatcher import STRANGER, Dispatcher
from notifier.commands.table import BY_NAME, COMMANDS
from notifier.incoming.interaction import Interaction, Received, read
from notifier.incoming.update_reader import KINDS
from notifier.settings import Settings
from sandbox.telegram.chat import CHAT_ID
from tests.notifier.delivery.test_egress_allowlist import settings
from tests.notifier.harness import Harness
from tests.running import wait_until

BOT = Bot("1:a")  # making one loads all certificate authorities
OTHER = 4711
GROUP, CHANNEL = -4712, -100_4713
MESSAGE_KINDS = tuple(kind for kind in KINDS if kind != "callback_query")
PRESSED_IN = (OTHER, GROUP, CHANNEL)


@pytest.fixture
def commands(harness: Harness, bus: Bus) -> Dispatcher:
    """Give the door of a notifier as it is put together, with all its handlers behind it."""
    return Notifier(configured(harness), harness.ledger, bus, {"bybit": "Bybit"})._long_polling._commands


def configured(harness: Harness) -> Settings:
    """Return settings with one chat."""
    return settings(harness.sandbox.addresses["telegram"])


def update(kind: str, chat_id: int, *, text: str = "", data: str = "", with_message: bool = True) -> Received:
    """Return an update as Telegram words it: a text in a chat, or a press under one of its messages."""
    chat: dict[str, Any] = {"id": chat_id, "type": "private" if chat_id > 0 else "group"}
    person = {"id": OTHER, "is_bot": False, "first_name": "Eve"}
    message = {"message_id": 7, "chat": chat, "date": int(datetime.now(UTC).timestamp()), "text": text, "from": person}
    if kind == "callback_query":
        query: dict[str, Any] = {"id": "1", "from": person, "chat_instance": "1", "data": data}
        query |= {"message": message} if with_message else {"inline_message_id": "1"}
        message = query
    return read(Update.de_json({"update_id": 1, kind: message}, BOT), now=datetime.now(UTC))


def strangers(commands: Dispatcher) -> list[Received]:
    """Return everything that has a handler, done by strangers in every way there is."""
    typed = [
        update(kind, chat, text=f"/{name} x")
        for name in commands.typed
        for kind in MESSAGE_KINDS
        for chat in PRESSED_IN
    ]
    pressed = [
        update("callback_query", chat, data=f"{data}:x", with_message=with_message)
        for data in commands.pressed
        for chat in PRESSED_IN
        for with_message in (True, False)
    ]
    return typed + pressed


def test_no_handler_runs_for_a_stranger_whatever_kind_of_update_it_is(commands: Dispatcher, harness: Harness) -> None:
    done = strangers(commands)
    ran: list[str] = []
    for handlers in (commands.typed, commands.pressed):
        for name in handlers:
            handlers[name] = lambda asked: note(ran, asked)

    asyncio.run(answer_all(commands, done))

    assert len(done) > len(COMMANDS) * len(MESSAGE_KINDS)
    assert ran == []
    assert harness.requests() == ()
    assert harness.sandbox.messages() == []


async def answer_all(commands: Dispatcher, done: list[Received]) -> None:
    """Let the door decide, and answer what it admits."""
    try:
        for asked in commands.admit(done, deaf_s=0):
            await commands.answer(asked)
    finally:
        for each in commands._bot._request:
            await each.shutdown()


async def note(ran: list[str], asked: Interaction) -> None:
    """Note that a handler ran."""
    ran.append(asked.what)


def test_each_handler_runs_for_the_configured_chat(commands: Dispatcher) -> None:
    ran: list[str] = []
    names = [*commands.typed, *commands.pressed]
    for handlers in (commands.typed, commands.pressed):
        for name in handlers:
            handlers[name] = lambda asked: note(ran, asked)
    commands._bot._bot_user = User(id=1, is_bot=True, first_name="Balances", username="balances_demo_bot")
    done = [update("message", CHAT_ID, text=f"/{name}") for name in commands.typed]
    done += [update("callback_query", CHAT_ID, data=f"{data}:x") for data in commands.pressed]

    asyncio.run(answer_all(commands, done))

    assert ran == names


def test_a_strangers_press_carries_nothing_of_what_was_pressed(commands: Dispatcher) -> None:
    admitted = commands.admit([update("callback_query", OTHER, data="restart:bybit")], deaf_s=0)

    assert [(asked.what, asked.arguments) for asked in admitted] == [(STRANGER, ())]


def test_a_strangers_press_ends_without_a_word_about_anything(harness: Harness) -> None:
    with harness.notifier():
        theirs = harness.sandbox.type("hello", chat_id=OTHER)
        harness.sandbox.press(theirs.message_id, "frequency:30", chat_id=OTHER)
        ended = "answerCallbackQuery"
        wait_until(
            lambda: any(each.path.endswith(ended) for each in harness.sandbox.requests("telegram")), what="the end"
        )

    assert harness.sandbox.messages() == []


@pytest.mark.parametrize("kind", MESSAGE_KINDS)
def test_a_configured_chat_is_heard_by_every_kind_of_message(harness: Harness, kind: str) -> None:
    harness.chats = (str(CHANNEL),)
    with harness.notifier():
        harness.sandbox.type("/version", chat_id=CHANNEL, kind=kind)
        sent = harness.wait_for_texts(1, CHANNEL)

    assert "Portfolio bot" in sent[0].text


def test_the_table_and_the_handlers_fit_together(commands: Dispatcher) -> None:
    assert list(BY_NAME) == [command.name for command in COMMANDS]
    assert set(commands.typed) == set(BY_NAME)
    with pytest.raises(ValueError, match="now"):
        Dispatcher(commands._replies, stores=commands._stores, typed={}, pressed={})
