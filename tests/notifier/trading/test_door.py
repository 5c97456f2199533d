"""One door: who reaches which handler, as a stranger, viewer, trader, admin, and as one whom Telegram does not name."""

import asyncio
from datetime import UTC, datetime
from functools import partial
from typing import Any

import pytest
from telegram import Bot, Update

from notifier.commands.dispatcher import Dispatcher
from notifier.commands.door import RANKS
from notifier.incoming.interaction import Interaction, Received, read
from notifier.incoming.update_reader import KINDS
from notifier.trading.table import WITH_TRADING
from tests.ledger.trading.world import ALICE, BOSS, MALLORY, STRANGER, VERA
from tests.notifier.trading.stage import GROUP, Stage
from tests.running import flat

BOT = Bot("1:a")  # making one loads all certificate authorities
ROLES = {BOSS: 3, ALICE: 2, MALLORY: 2, VERA: 1}
ANOTHER_GROUP, CHANNEL = -4712, -100_4713


def typed(text: str, *, by: int | None, chat: int, kind: str = "message") -> Received:
    """Return a text as Telegram words it; by nobody where it is written in the name of the chat."""
    where: dict[str, Any] = {"id": chat, "type": "private" if chat > 0 else "supergroup", "title": "T"}
    message: dict[str, Any] = {"message_id": 7, "chat": where, "date": int(datetime.now(UTC).timestamp()), "text": text}
    if by is None:
        message |= {"sender_chat": where, "from": {"id": 1087968824, "is_bot": True, "first_name": "GroupAnonymousBot"}}
    else:
        message["from"] = {"id": by, "is_bot": False, "first_name": "X"}
    return read(Update.de_json({"update_id": 1, kind: message}, BOT), now=datetime.now(UTC))


def pressed(data: str, *, by: int, chat: int) -> Received:
    """Return a press as Telegram words it."""
    person = {"id": by, "is_bot": False, "first_name": "X"}
    where = {"id": chat, "type": "private" if chat > 0 else "supergroup", "title": "T"}
    message = {"message_id": 7, "chat": where, "date": int(datetime.now(UTC).timestamp()), "text": "x", "from": person}
    query = {"id": "1", "from": person, "chat_instance": "1", "data": data, "message": message}
    return read(Update.de_json({"update_id": 1, "callback_query": query}, BOT), now=datetime.now(UTC))


def reached(door: Dispatcher, *updates: Received) -> list[str]:
    """Return the handlers that are reached, in order."""
    ran: list[str] = []

    async def note(name: str, _asked: Interaction) -> None:
        """Note that a handler ran."""
        ran.append(name)

    async def answer_all() -> None:
        """Let the door decide, and answer what it admits."""
        try:
            for asked in door.admit(updates, deaf_s=0):
                await door.answer(asked)
        finally:
            for each in door._bot._request:
                await each.shutdown()

    for handlers in (door.typed, door.pressed):
        for name in handlers:
            handlers[name] = partial(note, name)
    asyncio.run(answer_all())
    return ran


def may(rank: int, *, of_balances: bool) -> set[str]:
    """Return the commands that a role reaches, with those of the balances or without."""
    return {
        each.name for each in WITH_TRADING if (of_balances if each.who == "chat" else rank >= RANKS.get(each.who, 0))
    }


@pytest.mark.sampled(5)
@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind != "callback_query"])
@pytest.mark.parametrize("who", [BOSS, ALICE, VERA, STRANGER])
def test_each_person_reaches_in_a_private_chat_what_the_role_may_and_a_stranger_nothing(
    door: Dispatcher, who: int, kind: str
) -> None:
    ran = reached(door, *(typed(f"/{each.name}", by=who, chat=who, kind=kind) for each in WITH_TRADING))

    mine = may(ROLES.get(who, 0), of_balances=False)
    assert ran == ([each.name for each in WITH_TRADING if each.name in mine] if who in ROLES else [])


@pytest.mark.sampled(2)
@pytest.mark.parametrize("who", [BOSS, MALLORY, VERA, STRANGER, None])
def test_in_a_configured_group_the_sender_counts_and_anonymous_admins_are_nobody(
    door: Dispatcher, who: int | None
) -> None:
    ran = reached(door, *(typed(f"/{each.name}", by=who, chat=GROUP) for each in WITH_TRADING))

    mine = may(ROLES.get(who or 0, 0), of_balances=True)
    assert ran == [each.name for each in WITH_TRADING if each.name in mine]


@pytest.mark.sampled(2)
@pytest.mark.parametrize("chat", [ANOTHER_GROUP, CHANNEL])
@pytest.mark.parametrize("who", [BOSS, STRANGER, None])
def test_a_group_that_is_not_configured_is_not_heard_whoever_writes_there(
    door: Dispatcher, who: int | None, chat: int
) -> None:
    ran = reached(door, *(typed(f"/{each.name}", by=who, chat=chat) for each in WITH_TRADING))

    assert ran == []


def test_buttons_of_the_balances_are_for_their_chats_and_those_of_trading_for_users(door: Dispatcher) -> None:
    trading = sorted(door._door.buttons)
    every = list(door.pressed)

    assert reached(door, *(pressed(f"{name}:x", by=ALICE, chat=ALICE) for name in every)) == [
        name for name in every if name in trading
    ]
    assert reached(door, *(pressed(f"{name}:x", by=STRANGER, chat=STRANGER) for name in every)) == []
    assert reached(door, *(pressed(f"{name}:x", by=ALICE, chat=GROUP) for name in every)) == every


def test_a_request_for_the_balances_from_a_users_private_chat_is_not_kept(door: Dispatcher, stage: Stage) -> None:
    ran = reached(door, typed("/now", by=ALICE, chat=ALICE), pressed("refresh", by=ALICE, chat=ALICE))

    assert ran == []
    assert stage.harness.requests() == ()


def test_a_user_in_a_private_chat_is_told_in_a_line_what_there_is(stage: Stage) -> None:
    with stage.notifier():
        balances, strange, talk = (stage.answer(text).text for text in ("/now", "/nothing", "hello"))

    assert balances == "That is for the chats of the balances."
    assert (
        flat(strange)
        == flat(talk)
        == "I understand commands only. /status shows how trading is, /help lists all commands."
    )


def test_who_is_told_that_something_is_for_others_is_told_for_whom(stage: Stage) -> None:
    with stage.notifier():
        tries = (("/users", ALICE), ("/brokers", VERA), ("/unkill", VERA))
        told = [stage.answer(text, by=by).text for text, by in tries]

    assert told[:2] == ["Only an admin may do that."] * 2
    assert told[2].startswith("A viewer changes nothing")
