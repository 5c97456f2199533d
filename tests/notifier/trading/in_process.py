"""The commands of trading without a process: what is typed reaches them as the door would hand it on."""

import asyncio
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import msgspec

from ledger.store import Ledger
from ledger.trading.people.user_rows import PLAIN
from notifier.commands.replies import Replies
from notifier.incoming.interaction import Handler, Interaction
from notifier.trading.books import Books
from notifier.trading.desk import Desk


class Said(msgspec.Struct):
    """A message as Telegram keeps it."""

    message_id: int


class Pen:
    """A bot that writes down what it is to send."""

    def __init__(self) -> None:
        """Have written nothing."""
        self.texts: list[str] = []

    async def send_message(self, _chat: int | str, text: str, **_rest: object) -> Said:
        """Write a message down."""
        self.texts.append(text)
        return Said(len(self.texts))


class Wire:
    """A bus on which nobody listens."""

    def publish(self, message: object) -> None:
        """Say it to nobody."""


class Chat:
    """A private chat with a person.

    Attributes:
        desk: What the commands stand on.
    """

    def __init__(self, ledger: Ledger, who: int) -> None:
        """Open it."""
        pen: Any = Pen()
        wire: Any = Wire()
        self._pen, self._who = pen, who
        books = Books(ledger, (), no_user="nobody", spoken=PLAIN)
        self.desk = Desk(Replies(pen, "en", trading=True), books, bus=wire, zone=ZoneInfo("UTC"))

    def say(self, handler: Handler, what: str, text: str) -> str:
        """Type a command with a text behind it; return the one answer."""
        before = len(self._pen.texts)
        asked = Interaction(
            update_id=1,
            chat_id=str(self._who),
            message_id=1,
            what=what,
            arguments=tuple(text.split()),
            at=datetime.now(UTC),
            user_id=self._who,
        )
        asyncio.run(_answered(handler, asked))
        [answer] = self._pen.texts[before:]
        return str(answer)


async def _answered(handler: Handler, asked: Interaction) -> None:
    """Let a handler answer."""
    await handler(asked)
