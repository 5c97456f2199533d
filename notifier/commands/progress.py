"""`Working…` while a round runs: who has answered so far, until the answer takes its place."""

import asyncio
import contextlib
from collections import OrderedDict
from collections.abc import Iterable, Iterator

from telegram import Message

from bus.chats import bare
from bus.connection import Bus
from bus.log import logger
from bus.messages.base import topic
from bus.messages.rounds import Balance, Failure, Rate, Snapshot
from bus.sources import FX
from notifier.commands.replies import WORKING_AFTER_S, Replies
from notifier.commands.round_requests import request_id
from notifier.delivery.outbox_dispatcher import OutboxDispatcher
from notifier.delivery.telegram import BadRequest, TelegramError, may_have_arrived, wording
from notifier.delivery.topics import sent_into
from notifier.incoming.interaction import Handler, Interaction
from notifier.storage.request_store import RequestStore
from notifier.texts.commands import Words

WITHIN_S = 5.0
EDIT_WITHIN_S = 2.0
STEP_S = 1.5
"""Between two edits: Telegram takes about a message a second in a chat, and the answer itself must not have to wait."""
COLUMNS = 34
ROUNDS_KEPT = 8
ANSWERS = (topic(Balance), topic(Rate), topic(Failure))

log = logger(__name__)


class Progress:
    """Who has answered each open round, as heard on the bus while somebody wants to know.

    Only then: each answer wakes who hears it, just when the message itself is on its way. What was said before is said
    again with the next repetition of the tick.
    """

    def __init__(self, labels: dict[str, str], bus: Bus) -> None:
        """Follow the rounds on a bus.

        Args:
            labels: The names for people of the sources that are expected to answer, by their names here, in the order
                shown.
        """
        self._labels = labels
        self._bus = bus
        self._followers = 0
        self._open: OrderedDict[str, dict[str, bool]] = OrderedDict()
        self._closed: OrderedDict[str, None] = OrderedDict()

    def handle(self, message: object) -> None:
        """Take in an answer, or the end of a round."""
        if isinstance(message, Balance | Rate | Failure) and message.round_id not in self._closed:
            source = FX if isinstance(message, Rate) else message.platform
            answered = self._open.setdefault(message.round_id, {})
            answered.setdefault(source, not isinstance(message, Failure))
        elif isinstance(message, Snapshot):
            self._open.pop(message.round_id, None)
            self._closed[message.round_id] = None
        for kept in (self._open, self._closed):
            while len(kept) > ROUNDS_KEPT:
                kept.popitem(last=False)

    @contextlib.contextmanager
    def followed(self) -> Iterator[None]:
        """Hear the answers for as long as the `with` lasts."""
        self._followers += 1
        if self._followers == 1:
            self._bus.listen(*ANSWERS)
        try:
            yield
        finally:
            self._followers -= 1
            if not self._followers:
                self._bus.ignore(*ANSWERS)
                self._open.clear()

    def text(self, words: Words) -> str:
        """Word how far the newest open round is; only `Working…` before the first answer.

        Returns:
            Plain lines: how many have answered, and a mark for each source.
        """
        answered = next(reversed(self._open.values()), {})
        if not answered:
            return words.working
        count = words.answered.format(count=sum(name in answered for name in self._labels), all=len(self._labels))
        marks = (f"{_mark(answered.get(name))} {label}" for name, label in self._labels.items())
        return "\n".join([f"{words.working} {count}", *_rows(marks)])


class Snapshots:
    """The answers to `/now` and to the button that refreshes an older snapshot; the request is stored already."""

    def __init__(
        self, replies: Replies, *, requests: RequestStore, delivery: OutboxDispatcher, progress: Progress
    ) -> None:
        """Answer requests for a snapshot.

        Args:
            replies: Say that a button was pressed.
            requests: Which of them are still open, and which message is to become the answer.
            delivery: Sends the snapshot that is waited for.
            progress: Knows who has answered so far.
        """
        self._replies = replies
        self._requests = requests
        self._delivery = delivery
        self._progress = progress

    def typed(self) -> dict[str, Handler]:
        """Return who answers each command."""
        return {"now": self.now, "status": self.now}

    def pressed(self) -> dict[str, Handler]:
        """Return who answers each button."""
        return {"refresh": self.refresh}

    async def refresh(self, asked: Interaction) -> None:
        """End the button's waiting; the answer takes the message's place."""
        await self._replies.answer(asked.query_id, self._replies.words.refreshing)

    async def now(self, asked: Interaction) -> None:
        """Say `Working…` when the answer takes time; one is enough for a chat, and it becomes the answer."""
        request, chat_id = request_id(asked.at, asked.update_id), asked.chat_id
        await asyncio.sleep(WORKING_AFTER_S)
        async with self._delivery.lock(chat_id):
            if not self._requests.waits_without_working(request, chat_id):
                return
            try:
                async with asyncio.timeout(WITHIN_S):  # the answer waits behind it
                    sent = await sent_into(chat_id, self._say_working)
            except (TelegramError, TimeoutError) as error:
                log.info("working not said", reason=wording(error))
                return
            self._requests.set_working_message(request, chat_id, sent.message_id)
        with self._progress.followed():
            await self._follow(request, chat_id, sent.message_id)

    async def _say_working(self, chat: str, topic: int | None) -> Message:
        """Send the first text of the progress, and return Telegram's message."""
        return await self._replies.bot.send_message(chat, self._replies.words.working, message_thread_id=topic)

    async def _follow(self, request: str, chat_id: str, message_id: int) -> None:
        """Show in the line who has answered, until it becomes the answer."""
        shown = self._replies.words.working
        while True:
            await asyncio.sleep(STEP_S)
            text = self._progress.text(self._replies.words)
            async with self._delivery.lock(chat_id):
                if self._requests.working_message(request, chat_id) != message_id:
                    return
                if text != shown and not await self._edited(chat_id, message_id, text):
                    # Nobody knows whether that edit still comes: the answer must not be overtaken by it in its place.
                    self._requests.forget_place(request, chat_id)
                    break
                shown = text
        await self._replies.remove(chat_id, message_id)

    async def _edited(self, chat_id: str, message_id: int, text: str) -> bool:
        """Show a text in a message; return False where nobody knows whether it still arrives."""
        try:
            async with asyncio.timeout(EDIT_WITHIN_S):
                await self._replies.bot.edit_message_text(text, chat_id=bare(chat_id), message_id=message_id)
        except BadRequest:
            return True  # it is gone, or says so already
        except (TelegramError, TimeoutError) as error:
            log.info("progress not shown", reason=wording(error))
            return not may_have_arrived(error)
        return True


def _mark(answered: bool | None) -> str:
    """Return the sign of a platform: it answered, it failed, or it is still being asked."""
    return "…" if answered is None else "✓" if answered else "✗"


def _rows(marks: Iterable[str]) -> list[str]:
    """Put the marks into as few rows as fit a phone."""
    rows: list[str] = []
    for mark in marks:
        if rows and len(rows[-1]) + 2 + len(mark) <= COLUMNS:
            rows[-1] = f"{rows[-1]}  {mark}"
        else:
            rows.append(mark)
    return rows
