"""The whole chat as the wrong person: nothing of another user's is told or changed, by any command or button.

The commands are those of the table, and the buttons those of the door: a new one is walked over as soon as it is there.
"""

import asyncio
import itertools
import re
from collections.abc import AsyncIterator, Iterable, Iterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime

import msgspec
import pytest

from ledger.portfolio.outbox import LONGEST_DATA
from ledger.portfolio.tables import outbox
from ledger.trading.flow import halts
from ledger.trading.people.beginning import begin_on_paper
from ledger.trading.people.strategies import NewStrategy, create_strategy
from ledger.trading.principal import SYSTEM
from ledger.trading.work import Work
from notifier.commands.dispatcher import Dispatcher
from notifier.incoming.interaction import Received
from notifier.trading.confirming import PLACE_DIGITS, Confirmation, button_data
from notifier.trading.table import WITH_TRADING
from tests.ledger.trading.world import ALICE, MALLORY, STRANGER, VERA, rows, uid_of
from tests.notifier.trading.stage import GROUP, Shown, Stage
from tests.notifier.trading.test_door import pressed, typed
from tests.notifier.trading.walking import SYMBOL, Owned, forms, let_alice_have_everything, owned, texts

CONFIRM_S = 0.02
TOO_LONG_S = 240.0
pytestmark = pytest.mark.timeout(300)  # a walk says some hundred things, one after the other
SAID_TO_STRANGERS = {"This bot is private."}
A_FILE, THE_OUTBOX = "a file", "the outbox"
LEFT = {A_FILE, THE_OUTBOX}
numbers = itertools.count(1000)


class Told(msgspec.Struct, frozen=True):
    """What somebody said to the bot, and all that came of it: messages, edits, notes over the chat."""

    said: str
    answers: tuple[str, ...]


class Walk:
    """One person in one chat, saying one thing after the other."""

    def __init__(self, stage: Stage, door: Dispatcher, *, who: int, chat: int) -> None:
        """Have said nothing yet."""
        self._sandbox = stage.harness.sandbox
        self._ledger = stage.harness.ledger
        self._door = door
        self._who, self._chat = who, chat
        self._sent = 0

    def says(self, *said: str) -> list[Told]:
        """Type what begins with a slash, press what does not; return what came of each."""
        return asyncio.run(self._all(said))

    async def _all(self, said: tuple[str, ...]) -> list[Told]:
        """Say everything, while somebody confirms kills as execution does."""
        async with asyncio.timeout(TOO_LONG_S), self._execution():
            try:
                under = await self._door._bot.send_message(self._chat, "buttons are pressed under this")
                self._sent = len(self._sandbox.attempts())
                return [*[await self._say(each, under.message_id) for each in said], *self._left()]
            finally:
                for each in self._door._bot._request:
                    await each.shutdown()

    async def _say(self, said: str, under: int) -> Told:
        """Say one thing, and gather what came of it."""
        update = self._typed(said) if said.startswith("/") else self._pressed(said, under)
        for asked in self._door.admit([update], deaf_s=0):
            await self._door.answer(asked)
        sent = [each.text for each in self._sandbox.attempts()]
        notes = [] if said.startswith("/") else self._notes()[-1:]
        answers, self._sent = sent[self._sent :], len(sent)
        return Told(said, (*answers, *notes))

    def _left(self) -> list[Told]:
        """Return what else there is to read: files, and messages on their way, but for Alice's own."""
        files = [each for each in self._sandbox.messages(self._chat) if each.file_name]
        contents = (self._sandbox.file(self._chat, each.message_id).decode(errors="replace") for each in files)
        waiting = (str(row["text"]) for row in rows(self._ledger, outbox) if row["chat_id"] != str(ALICE))
        return [Told(A_FILE, tuple(contents)), Told(THE_OUTBOX, tuple(waiting))]

    def _typed(self, text: str) -> Received:
        """Return a text as it comes in."""
        return self._numbered(typed(text, by=self._who, chat=self._chat))

    def _pressed(self, data: str, under: int) -> Received:
        """Return a press as it comes in, which Telegram waits for an answer to."""
        query = self._sandbox.press(under, data, chat_id=self._chat, from_id=self._who).query_id
        received = pressed(data, by=self._who, chat=self._chat)
        assert received.asked is not None
        asked = msgspec.structs.replace(received.asked, query_id=query, message_id=under)
        return self._numbered(msgspec.structs.replace(received, asked=asked))

    def _numbered(self, received: Received) -> Received:
        """Return an update with a number of its own."""
        assert received.asked is not None
        asked = msgspec.structs.replace(received.asked, update_id=next(numbers))
        return msgspec.structs.replace(received, asked=asked)

    def _notes(self) -> list[str]:
        """Return the notes over the chat."""
        shown = self._sandbox.ask("GET", f"/telegram/chat/{STRANGER}", kind=Shown)
        return [each.text for each in shown.answers]

    @asynccontextmanager
    async def _execution(self) -> AsyncIterator[None]:
        """Confirm every kill at once."""
        task = asyncio.create_task(self._confirm())
        try:
            yield
        finally:
            task.cancel()

    async def _confirm(self) -> None:
        """Confirm kills until cancelled."""
        while True:
            with self._ledger.reading() as connection:
                kills = [each for each in halts.in_force(SYSTEM, connection) if each.kind == "KILL"]
            for uid in (each.uid for each in kills if each.confirmed_at is None):
                with self._ledger.writing() as connection:
                    halts.confirm(SYSTEM, Work(connection, datetime.now(UTC)), uid)
            await asyncio.sleep(CONFIRM_S)


@pytest.fixture
def hers(stage: Stage) -> Owned:
    """Give Alice one of everything, and the others a portfolio and a strategy of their own."""
    let_alice_have_everything(stage)
    for number in (MALLORY, VERA):
        uid = uid_of(stage.harness.ledger, number)

        def begin(work: Work, user: str = uid) -> None:
            """Give somebody something of their own."""
            portfolio = begin_on_paper(SYSTEM, work, user)
            own = NewStrategy(name="own", params={}, portfolio=portfolio, user=user, mode="auto")
            create_strategy(SYSTEM, work, own)

        stage.do(begin)
    return owned(stage.harness.ledger)


def commands(hers: Owned, *, of_balances: bool = False) -> list[str]:
    """Return everything that can be typed; first what names nothing of Alice's, then what does."""
    listed = [each for each in WITH_TRADING if of_balances or each.who != "chat"]
    every = ["/what is this", *(text for command in listed for text in texts(command, hers))]
    return sorted(every, key=lambda text: any(mark in text for mark in hers.marks))


def buttons(hers: Owned, door: Dispatcher, who: int) -> Iterator[str]:
    """Yield everything that can be pressed: each button of trading, with all that Alice has behind its first word."""
    for first in sorted(door._door.buttons):
        for uid in (each for uids in hers.uids.values() for each in uids[-1:]):
            yield from (data for data in (f"{first}:{uid}", f"{first}:{uid}:x") if len(data.encode()) <= LONGEST_DATA)
    portfolio, now = hers.uids["portfolios"][-1], datetime.now(UTC)
    yield from (f"report:7:{form}:{portfolio[:PLACE_DIGITS]}:1:2000000000" for form in ("csv", "pdf"))
    for command in WITH_TRADING:
        does = Confirmation(
            what=command.name, asked_at=now, user_id=who, place=portfolio[:PLACE_DIGITS], argument=SYMBOL
        )
        yield button_data(does)


def leaks(told: list[Told], hers: Owned) -> list[str]:
    """Return the answers that name something of Alice's which the asker has not named: no name so far, no id just now.

    Whoever calls something of their own as she calls hers is told of it by that name.
    """
    found, said = [], ""
    for each in told:
        said += f" {each.said}"
        unsaid = [mark for mark in hers.names_like if mark not in said]
        unsaid += [uid for uid in hers.ids if uid not in each.said]
        found += [f"{each.said}: {answer}" for answer in each.answers if any(mark in answer for mark in unsaid)]
    return found


def first_words(told: Iterable[Told]) -> set[str]:
    """Return which commands and buttons something was said with."""
    return {each.said if each.said in LEFT else re.split("[ :]", each.said)[0] for each in told}


@pytest.mark.sampled(1)
@pytest.mark.parametrize("who", [MALLORY, VERA])
@pytest.mark.parametrize("is_group", [False, True])
def test_nobody_sees_or_changes_what_is_another_users(
    stage: Stage, door: Dispatcher, hers: Owned, who: int, is_group: bool
) -> None:
    walk = Walk(stage, door, who=who, chat=GROUP if is_group else who)
    told = walk.says(*commands(hers), *buttons(hers, door, who))

    assert leaks(told, hers) == []
    assert first_words(told) - first_words(each for each in told if each.answers) <= LEFT
    assert owned(stage.harness.ledger).rows == hers.rows


def test_in_a_group_a_stranger_gets_nothing_of_trading(stage: Stage, door: Dispatcher, hers: Owned) -> None:
    told = Walk(stage, door, who=STRANGER, chat=GROUP).says(*commands(hers), *buttons(hers, door, STRANGER))

    assert leaks(told, hers) == []
    assert owned(stage.harness.ledger).rows == hers.rows


def test_a_stranger_alone_with_the_bot_is_not_answered(stage: Stage, door: Dispatcher, hers: Owned) -> None:
    told = Walk(stage, door, who=STRANGER, chat=STRANGER).says(
        *commands(hers, of_balances=True), *buttons(hers, door, STRANGER)
    )

    assert {answer for each in told for answer in each.answers} == SAID_TO_STRANGERS
    assert not [each.said for each in told if each.said.startswith("/") and each.answers]
    assert owned(stage.harness.ledger).rows == hers.rows


def test_whose_it_is_sees_it(stage: Stage, door: Dispatcher, hers: Owned) -> None:
    """The same words by Alice herself: what is looked for is there to be found."""
    told = Walk(stage, door, who=ALICE, chat=ALICE).says("/positions", "/accounts", "/strategy", "/portfolio", "/mode")

    assert len(leaks(told, hers)) == len(told) - len(LEFT)


def test_all_ways_to_write_a_command_are_found() -> None:
    assert forms("[list|new NAME [ACCOUNT]|NAME] a|b") == (
        *("a", "b", "list a", "list b", "new NAME a", "new NAME b"),
        *("new NAME ACCOUNT a", "new NAME ACCOUNT b", "NAME a", "NAME b"),
    )
    assert forms("") == ()
