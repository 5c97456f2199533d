"""How one message gets into its chat: in the place of `Working…`, of an older one, or as a new one.

An edit may be done twice, nothing changes; what is sent as new can be doubled.
"""

from collections.abc import Sequence
from datetime import tzinfo

from telegram import Bot, InlineKeyboardMarkup
from telegram.constants import ParseMode

from bus.chats import bare
from bus.log import logger
from bus.time_source import SYSTEM_TIME, TimeSource
from ledger.portfolio.outbox import Row
from ledger.portfolio.requests import Answered
from notifier.commands.buttons import Button, markup, under_snapshot
from notifier.commands.replies import NO_PREVIEW
from notifier.delivery.telegram import BadRequest, TelegramError, wording
from notifier.delivery.topics import sent_into
from notifier.storage.stores import Stores
from notifier.texts.commands import Words
from notifier.texts.line_wrap import tied
from notifier.texts.message import to_html

log = logger(__name__)


class MessageSender:
    """The way of a row's text into its chat."""

    def __init__(
        self, bot: Bot, *, stores: Stores, words: Words, timezone: tzinfo, time: TimeSource = SYSTEM_TIME
    ) -> None:
        """Post messages through a bot.

        Args:
            bot: The library's.
            stores: Are told when a message is gone that was to be edited.
            words: The chats' language.
            timezone: The zone in which times are told.
            time: Says when an older snapshot is refreshed.
        """
        self._bot = bot
        self._requests = stores.requests
        self._outbox = stores.outbox
        self._placeless: set[int] = set()
        self._time = time
        self._words = words
        self._timezone = timezone

    async def put(self, row: Row, text: str, answers: Sequence[Answered], *, slot: bool) -> int:
        """Put a row's text into its chat.

        Args:
            row: The row.
            text: What it says.
            answers: The requests that it answers.
            slot: It tells a scheduled round, which is always a new message: nobody is told of an edit.

        Returns:
            The number of the message that now says it.
        """
        for answer in answers:
            place = answer.working or (answer.refreshed if only_refreshes(answers, slot=slot) else None)
            if place is None:
                continue
            if await self._edited(row, place, self._worded(text, answer)):
                return place
            self._requests.forget_place(answer.id, row.chat_id)  # gone: what is sent in its place can be doubled
        if row.place is not None and self.edits(row):
            if await self._edited(row, row.place, text):
                return row.place
            self._outbox.forget_place(row)
            self._placeless.add(row.id)
        try:
            return await self._posted(row, to_html(tied(text)), ParseMode.HTML)
        except BadRequest as error:
            if "parse entities" not in error.message.lower():
                raise
            return await self._posted(row, tied(text), None)

    def edits(self, row: Row) -> bool:
        """Tell whether a row edits a message of its subject that, as far as is known, is still there.

        Args:
            row: The row.
        """
        return row.place is not None and row.id not in self._placeless

    async def refresh(self, row: Row, text: str, answers: Sequence[Answered], *, put: int) -> None:
        """Bring the other older snapshots up to date whose button was pressed; the chat has the text already.

        Args:
            row: The row.
            text: What it says.
            answers: The requests that it answers.
            put: The message that says it already.
        """
        places = {answer.refreshed: answer for answer in answers if answer.refreshed not in {None, put}}
        for place, answer in places.items():
            try:
                if place is not None:
                    await self._edited(row, place, self._worded(text, answer))
            except TelegramError as error:
                log.warning("older snapshot not refreshed", row=row.id, reason=wording(error))

    def _worded(self, text: str, answer: Answered) -> str:
        """Return a text, with the time of the refresh below it where it stands in an older message."""
        if answer.refreshed is None:
            return text
        at = self._time.now().astimezone(self._timezone)
        return f"{text}\n\n{self._words.refreshed.format(at=f'{at:%Y-%m-%d %H:%M:%S}')}"

    async def _posted(self, row: Row, text: str, mode: ParseMode | None) -> int:
        """Send a new message and return its number."""
        sent = await sent_into(
            row.chat_id,
            lambda chat, topic: self._bot.send_message(
                chat,
                text,
                message_thread_id=topic,
                parse_mode=mode,
                reply_markup=self._buttons(row),
                link_preview_options=NO_PREVIEW,
                disable_notification=row.level == "silent",
            ),
        )
        return sent.message_id

    async def _edited(self, row: Row, message_id: int, text: str) -> bool:
        """Put a text into an older message; return False where that message is gone."""
        try:
            await self._bot.edit_message_text(
                to_html(tied(text)),
                chat_id=bare(row.chat_id),
                message_id=message_id,
                parse_mode=ParseMode.HTML,
                reply_markup=self._buttons(row),
                link_preview_options=NO_PREVIEW,
            )
        except BadRequest as error:
            return "not modified" in error.message.lower()
        return True

    def _buttons(self, row: Row) -> InlineKeyboardMarkup | None:
        """Return the buttons under a row's message: a snapshot's, or those that the row brings; None where none are."""
        if row.round_id is not None:
            return markup(under_snapshot(row.round_id, self._words))
        return markup([[Button(each.text, each.data) for each in line] for line in row.buttons])


def only_refreshes(answers: Sequence[Answered], *, slot: bool) -> bool:
    """Tell whether nobody waits for a new message: every request came from an older snapshot's button.

    Args:
        answers: The requests that the row answers.
        slot: Whether its round was due by the schedule.
    """
    return not slot and bool(answers) and all(answer.refreshed is not None for answer in answers)


def is_edit(answers: Sequence[Answered], *, slot: bool) -> bool:
    """Tell whether a row becomes an edit, which may be done twice.

    Args:
        answers: The requests that the row answers.
        slot: Whether its round was due by the schedule.
    """
    return only_refreshes(answers, slot=slot) or any(answer.working is not None for answer in answers)
