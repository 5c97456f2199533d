"""What the bot says in answer to a person: said now or not at all, unlike the messages of the outbox.

A reply that Telegram surely did not take is said again, a few times, within a minute; one whose answer was lost is not:
better none than two. Whoever asked can ask again.
"""

import asyncio
import contextlib
import html
from collections.abc import AsyncIterator, Awaitable, Callable

from telegram import Bot, ForceReply, LinkPreviewOptions, Message, ReplyParameters
from telegram.constants import ParseMode

from bus.chats import bare
from bus.language import Language
from bus.log import logger
from ledger.unavailable import LedgerUnavailable
from notifier.commands.buttons import Buttons, markup
from notifier.commands.speech import speech_now
from notifier.commands.tries import Answer, once, pause_before, surely_not_taken
from notifier.delivery.telegram import BadRequest, RetryAfter, TelegramError, is_refusal, wording
from notifier.delivery.topics import sent_into
from notifier.incoming.interaction import Interaction
from notifier.texts.alerts import reason_of
from notifier.texts.commands import Words, words_of
from notifier.texts.line_wrap import fitted

TRIES = 4
LONGEST_WAIT_S = 60.0
ONE_TRY_S = 20.0
PICTURE_S = 40.0
ANSWER_S = 5.0
WORKING_AFTER_S = 0.28
NO_PREVIEW = LinkPreviewOptions(is_disabled=True)

log = logger(__name__)


class Replies:
    """Replies, edits, pictures, files, and the small answers that end a button's waiting."""

    def __init__(self, bot: Bot, language: Language, *, trading: bool = False) -> None:
        """Keep the bot to send with and the language of the chat; nothing is sent yet.

        Args:
            trading: Whether there is trading, which changes the names of some commands.
        """
        self.bot = bot
        self._language: Language = language
        self._trading = trading

    @property
    def language(self) -> Language:
        """The language of whoever is answered now; the chat's, where that is no user of trading."""
        speech = speech_now()
        return self._language if speech is None else speech.language

    @property
    def words(self) -> Words:
        """The words of that language."""
        return words_of(self.language, trading=self._trading)

    async def say(
        self, chat_id: str, text: str, buttons: Buttons = (), *, awaits: Interaction | None = None
    ) -> int | None:
        """Send a text.

        Args:
            text: The text, in Telegram's HTML; lines that are too long are broken.
            awaits: To what a reply is awaited, which Telegram opens in place of buttons for who typed that; after a
                press it does for whom the text mentions.

        Returns:
            The message's number, None when it was not taken.
        """
        typed = None if awaits is None or awaits.query_id else awaits.message_id
        answers = None if typed is None else ReplyParameters(typed, allow_sending_without_reply=True)
        return await self._sent(
            chat_id,
            lambda chat, topic: self.bot.send_message(
                chat,
                fitted(text),
                message_thread_id=topic,
                parse_mode=ParseMode.HTML,
                reply_markup=markup(buttons) if awaits is None else ForceReply(selective=True),
                reply_parameters=answers,
                link_preview_options=NO_PREVIEW,
            ),
            within_s=ONE_TRY_S,
        )

    async def edit(self, chat_id: str, message_id: int, text: str, buttons: Buttons = ()) -> None:
        """Put another text in a message's place; where it is gone, send it.

        Args:
            text: The text, in Telegram's HTML; lines that are too long are broken.
        """
        try:
            await self._try(
                lambda: self.bot.edit_message_text(
                    fitted(text),
                    chat_id=bare(chat_id),
                    message_id=message_id,
                    parse_mode=ParseMode.HTML,
                    reply_markup=markup(buttons),
                    link_preview_options=NO_PREVIEW,
                ),
                within_s=ONE_TRY_S,
                raises=True,
            )
        except BadRequest as error:
            if "not modified" not in error.message.lower():
                await self.say(chat_id, text, buttons)

    async def show(self, chat_id: str, png: bytes, caption: str, buttons: Buttons = ()) -> int | None:
        """Send a picture.

        Args:
            png: The picture, a PNG.
            caption: The text under it, in Telegram's HTML.

        Returns:
            The message's number, None when it was not taken.
        """
        return await self._sent(
            chat_id,
            lambda chat, topic: self.bot.send_photo(
                chat,
                png,
                caption=fitted(caption),
                message_thread_id=topic,
                parse_mode=ParseMode.HTML,
                reply_markup=markup(buttons),
            ),
            within_s=PICTURE_S,
        )

    async def hand_over(self, chat_id: str, content: bytes, *, name: str, caption: str) -> int | None:
        """Send a file.

        Args:
            content: The file.
            name: What it is called.
            caption: The text under it, in Telegram's HTML.

        Returns:
            The message's number, None when it was not taken.
        """
        return await self._sent(
            chat_id,
            lambda chat, topic: self.bot.send_document(
                chat,
                content,
                filename=name,
                caption=fitted(caption),
                message_thread_id=topic,
                parse_mode=ParseMode.HTML,
            ),
            within_s=PICTURE_S,
        )

    async def remove(self, chat_id: str, message_id: int) -> None:
        """Delete a message of ours."""
        await self._try(lambda: self.bot.delete_message(bare(chat_id), message_id), within_s=ANSWER_S)

    async def answer(self, query_id: str, text: str = "") -> bool:
        """End a button's waiting, with a short note.

        Args:
            query_id: Telegram's id of the press.
            text: The note that is shown over the chat; empty for none.

        Returns:
            False when Telegram says that it was pressed long ago.
        """
        try:
            await self._try(
                lambda: self.bot.answer_callback_query(query_id, text=text or None), within_s=ANSWER_S, raises=True
            )
        except BadRequest as error:
            return "too old" not in error.message.lower()
        return True

    async def is_in_time(self, asked: Interaction) -> bool:
        """End a button's waiting; tell whether what it stands for may still be done.

        Args:
            asked: A press of a button that has an effect.

        Returns:
            False when it was pressed long ago, while nobody listened; then the message says so.
        """
        if await self.answer(asked.query_id):
            return True
        await self.edit(asked.chat_id, asked.message_id, self.words.too_old.format(command=f"/{asked.what}"))
        return False

    def ledger_unavailable(self, error: LedgerUnavailable, sentence: str) -> str:
        """Word a sentence that names why the ledger cannot be used.

        Args:
            error: Why the ledger cannot be used.
            sentence: The sentence, with `{reason}` in it.

        Returns:
            The sentence, in Telegram's HTML.
        """
        return sentence.format(reason=html.escape(reason_of(error.reason, self.language), quote=False))

    @contextlib.asynccontextmanager
    async def slowly(self, chat_id: str, text: str) -> AsyncIterator["Line"]:
        """Show a line as soon as the work in the `with` takes longer than a moment.

        Args:
            text: What the line says, in Telegram's HTML.

        Yields:
            The line, which the answer can replace.
        """
        line = Line(self, chat_id, text)
        try:
            yield line
        finally:
            await line.settle()

    async def _sent(
        self, chat_id: str, call: Callable[[str, int | None], Awaitable[Message]], *, within_s: float
    ) -> int | None:
        """Send a message into a chat, or its topic; return its number, None when it was not taken."""
        sent = await self._try(lambda: sent_into(chat_id, call), within_s=within_s)
        return None if sent is None else sent.message_id

    async def _try(
        self, call: Callable[[], Awaitable[Answer]], *, within_s: float, raises: bool = False
    ) -> Answer | None:
        """Call Telegram, again where it surely took nothing; `raises` lets its refusals through."""
        waited_s, failures = 0.0, 0
        while True:
            try:
                return await once(call, within_s)
            except (TelegramError, TimeoutError) as error:
                if raises and isinstance(error, BadRequest) and is_refusal(error):
                    raise
                failures += not isinstance(error, RetryAfter)
                pause_s = pause_before(error, failures)
                waited_s += pause_s
                again = failures < TRIES and waited_s <= LONGEST_WAIT_S and surely_not_taken(error)
                log.warning("reply not taken", reason=wording(error), again_in_s=pause_s if again else "never")
                if not again:
                    return None
                await asyncio.sleep(pause_s)


class Line:
    """`Working…`, said only when the work takes longer than a moment; then it becomes the answer."""

    def __init__(self, replies: Replies, chat_id: str, text: str) -> None:
        """Wait a moment, then send the line, unless it is settled by then.

        Args:
            text: What the line says, in Telegram's HTML.
        """
        self._replies = replies
        self._chat_id = chat_id
        self._over = asyncio.Event()
        self._said = asyncio.create_task(self._say_late(text))

    async def become(self, text: str, buttons: Buttons = ()) -> None:
        """Put the answer in the line's place, or say it where the line was not needed.

        Args:
            text: The answer, in Telegram's HTML.
        """
        message_id = await self.settle()
        if message_id is None:
            await self._replies.say(self._chat_id, text, buttons)
        else:
            await self._replies.edit(self._chat_id, message_id, text, buttons)

    async def make_way(self) -> None:
        """Take the line away, for an answer that is no text."""
        message_id = await self.settle()
        if message_id is not None:
            await self._replies.remove(self._chat_id, message_id)

    async def settle(self) -> int | None:
        """Say nothing from now on; return the number of the line if it was said."""
        self._over.set()
        return await self._said

    async def _say_late(self, text: str) -> int | None:
        """Send the line if the work is not over by then; return its number, None where it was not needed."""
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._over.wait(), WORKING_AFTER_S)
            return None
        return await self._replies.say(self._chat_id, text)
