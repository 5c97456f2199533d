"""What a person can type, in one table; who may type it; and how a wish for a snapshot is stored.

Nobody but the configured chats reaches a handler: `allows` is asked for every update, whatever its kind.
"""

import asyncio

import msgspec
from telegram import Bot, Message, Update
from telegram.ext import Application, CommandHandler, ContextTypes, MessageHandler, filters

from bus.log import logger
from ledger.outbox import Request
from notifier.delivery import Delivery
from notifier.outbox import Outbox
from notifier.telegram import TelegramError, wording

WORKING = "Working…"
WORKING_AFTER_S = 0.28
WORKING_WITHIN_S = 5.0
MOST_STRANGERS_LOGGED = 1000

START_TEXT = "This bot sends the portfolio on schedule, and whenever you ask for it."
UNKNOWN_TEXT = "Unknown command. /now shows the portfolio, /help lists all commands."

log = logger(__name__)


class Command(msgspec.Struct, frozen=True, kw_only=True):
    """A command as `/help` and Telegram's own menu list it."""

    name: str
    description: str
    asks_for_snapshot: bool = False


COMMANDS = (
    Command(name="now", description="the portfolio now", asks_for_snapshot=True),
    Command(name="status", description="the same", asks_for_snapshot=True),
    Command(name="help", description="the list of commands"),
    Command(name="start", description="what this bot does"),
)


def help_text() -> str:
    """Return the list of commands, one a line."""
    return "\n".join(f"/{command.name} – {command.description}" for command in COMMANDS)


class Commands:
    """The handlers behind python-telegram-bot's dispatcher."""

    def __init__(self, bot: Bot, *, outbox: Outbox, delivery: Delivery) -> None:
        """Allow only the chats of the outbox."""
        self._outbox = outbox
        self._delivery = delivery
        self._strangers: set[str] = set()
        self._working: set[asyncio.Task[None]] = set()
        self._wishes = CommandHandler([each.name for each in COMMANDS if each.asks_for_snapshot], self._now)
        self._application = Application.builder().bot(bot).updater(None).build()
        self._application.add_handlers(
            [
                self._wishes,
                CommandHandler("help", self._help),
                CommandHandler("start", self._start),
                MessageHandler(filters.COMMAND, self._unknown),
            ]
        )

    def allows(self, update: Update) -> bool:
        """Tell whether an update comes from a configured chat; a stranger is logged once, with the chat's id."""
        chat_id = str(update.effective_chat.id) if update.effective_chat else ""
        if self._outbox.allows(chat_id):
            return True
        if chat_id and chat_id not in self._strangers and len(self._strangers) < MOST_STRANGERS_LOGGED:
            self._strangers.add(chat_id)
            log.warning("stranger ignored", chat_id=chat_id, cure="if this is you, write it into TELEGRAM_CHAT_ID")
        return False

    def store(self, update: Update) -> bool:
        """Keep a wish for a snapshot; to be called before Telegram is told to forget the update.

        Args:
            update: An allowed update.

        Returns:
            Whether it was such a wish, and a new one.
        """
        message = update.message
        if message is None or not self._wishes.check_update(update):
            return False
        return self._outbox.add_request(
            _request(update, message), update_id=update.update_id, chats=(str(message.chat_id),)
        )

    async def start(self) -> None:
        """Make the dispatcher ready; asks Telegram who the bot is."""
        await self._application.initialize()

    async def process(self, update: Update) -> None:
        """Run the handler of an allowed update."""
        await self._application.process_update(update)

    async def _now(self, update: Update, _context: ContextTypes.DEFAULT_TYPE) -> None:
        if update.message is not None:
            task = asyncio.create_task(self._say_working(_request(update, update.message).id, update.message))
            self._working.add(task)
            task.add_done_callback(self._working.discard)

    async def _say_working(self, request_id: str, message: Message) -> None:
        """Say `Working…` when the answer takes time; one is enough for a chat, and it becomes the answer."""
        await asyncio.sleep(WORKING_AFTER_S)
        chat_id = str(message.chat_id)
        async with self._delivery.lock(chat_id):
            if not self._outbox.waits_without_working(request_id, chat_id):
                return
            try:
                async with asyncio.timeout(WORKING_WITHIN_S):  # the answer waits behind it
                    sent = await message.get_bot().send_message(chat_id, WORKING)
            except (TelegramError, TimeoutError) as error:
                log.info("working not said", reason=wording(error))
                return
            self._outbox.set_working_message(request_id, chat_id, sent.message_id)

    async def _help(self, update: Update, _context: ContextTypes.DEFAULT_TYPE) -> None:
        await self._reply(update, help_text())

    async def _start(self, update: Update, _context: ContextTypes.DEFAULT_TYPE) -> None:
        await self._reply(update, f"{START_TEXT}\n\n{help_text()}")

    async def _unknown(self, update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
        text = (update.message.text or "") if update.message is not None else ""
        _, at, bot = next(iter(text.split()), "").partition("@")
        if at and bot.lower() != context.bot.username.lower():
            return  # a group may have other bots
        await self._reply(update, UNKNOWN_TEXT)

    async def _reply(self, update: Update, text: str) -> None:
        if update.message is None:
            return
        try:
            await update.message.reply_text(text)
        except TelegramError as error:
            log.warning("reply not sent", reason=wording(error))


def _request(update: Update, message: Message) -> Request:
    asked_at = message.date
    return Request(id=f"now-{asked_at:%Y%m%dT%H%M%SZ}-{update.update_id}", asked_at=asked_at)
