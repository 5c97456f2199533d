"""Who may ask, and who answers: every command and every press of a button passes `admit` and then `answer`.

`admit` is the one place that says who is heard: the configured chats and, where there is trading, its users in their
private chats, whatever kind of update it is; of a stranger, at most `/start` in a private chat. It also keeps requests
for a snapshot, before Telegram may forget them, and thins out what piled up while nobody listened: what has no effect
is answered once, what has one is not done hours late, but for what is urgent. `answer` looks at who the person is: in a
group it is the sender who counts.
"""

import asyncio
from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta

import msgspec
from telegram import Bot, BotCommand

from bus.chats import is_group
from bus.language import Language
from bus.log import logger
from ledger.portfolio.requests import Request
from ledger.unavailable import LedgerUnavailable
from notifier.commands.door import OPEN_TO_CHATS, RANKS, Door
from notifier.commands.replies import Replies
from notifier.commands.round_requests import request_id
from notifier.commands.table import COMMANDS, Command
from notifier.delivery.telegram import TelegramError, wording
from notifier.incoming.interaction import TALK, Handler, Interaction, Received
from notifier.storage.stores import Stores

OLD = timedelta(minutes=2)
MOST_STRANGERS_COUNTED = 1000
MENU_S = 20.0
REFRESH = "refresh"
STRANGER = "stranger"
KNOCK = "start"
"""What a stranger may type, where strangers may ask to be let in."""

log = logger(__name__)


class Dispatcher:
    """The handlers by what is typed and by what a button says, behind one door."""

    def __init__(
        self,
        replies: Replies,
        *,
        stores: Stores,
        typed: Mapping[str, Handler],
        pressed: Mapping[str, Handler],
        door: Door = OPEN_TO_CHATS,
    ) -> None:
        """Allow only the configured chats, and the users that the door knows.

        Args:
            replies: What answers, and in which language; its bot has a name, and a menu of commands.
            stores: Which chats are configured; keeps the requests.
            typed: Who answers each command of the table.
            pressed: Who answers each button, by the first word of its data.
            door: The table of commands, and who is a user of trading.

        Raises:
            ValueError: A command of the table has no handler, or the other way round.
        """
        if set(typed) != set(door.by_name):
            raise ValueError(f"commands and their handlers differ: {set(typed) ^ set(door.by_name)}")
        self.typed = dict(typed)
        self.pressed = dict(pressed)
        self._bot: Bot = replies.bot
        self._door = door
        self._commands = door.by_name
        self._replies = replies
        self._stores = stores
        self._strangers: Counter[str] = Counter()
        self._answered_late: set[tuple[str, str]] = set()

    async def start(self) -> None:
        """Ask Telegram who the bot is."""
        await self._bot.initialize()

    async def tell_menu(self) -> None:
        """Give Telegram the menu of commands; without it everything works all the same."""
        try:
            async with asyncio.timeout(MENU_S):
                await self._bot.set_my_commands(menu(self._replies.language, self._door.commands))
        except (TelegramError, TimeoutError) as error:
            log.warning("menu of commands not set", reason=wording(error))

    def admit(self, updates: Iterable[Received], *, deaf_s: float) -> list[Interaction]:
        """Decide what is answered; to be called before Telegram is told to forget the updates.

        Args:
            updates: What Telegram gave, oldest first.
            deaf_s: For how long nobody had listened before: what came while somebody did cannot have waited, whatever
                a wrong clock makes of its time.

        Returns:
            What is to be answered, in order.
        """
        now = datetime.now(UTC)
        admitted = (asked for update in updates if (asked := self._admitted(update)) is not None)
        was_deaf = deaf_s > OLD.total_seconds()
        found = [msgspec.structs.replace(each, late=was_deaf and now - each.at > OLD) for each in admitted]
        last = {self._like(asked): asked.update_id for asked in found if asked.late}
        if not last:
            self._answered_late.clear()
        kept = [asked for asked in found if not asked.late or self._is_urgent(asked) or self._is_the_one(asked, last)]
        self._answered_late.update(last)
        return kept

    async def answer(self, asked: Interaction) -> None:
        """Run the handler of something admitted; a button's waiting always ends."""
        if asked.query_id:
            await self._answer_press(asked)
        elif asked.knocks:
            await self._door.asks(asked)
        elif (command := self._command(asked)) is None:
            await self._answer_no_command(asked)
        elif refusal := self._refusal(command, asked):
            await self._replies.say(asked.chat_id, refusal)
        elif not command.takes(asked.arguments):
            await self._replies.say(asked.chat_id, self._replies.words.usage_of(asked.what))
        elif asked.late and command.changes and (asked.arguments or command.alone):
            await self._replies.say(asked.chat_id, self._replies.words.too_old.format(command=f"/{asked.what}"))
        else:
            await self.typed[command.name](asked)

    def is_known(self, chat_id: str) -> bool:
        """Tell whether a chat is a configured one; strangers are counted, and logged ever less often."""
        if self._stores.chats.allows(chat_id):
            return True
        if chat_id in self._strangers or len(self._strangers) < MOST_STRANGERS_COUNTED:
            self._strangers[chat_id] += 1
            so_far = self._strangers[chat_id]
            if so_far.bit_count() == 1:  # the 1st, 2nd, 4th, 8th …: a flood must not become a flood of lines
                cure = "if this is you, write it into TELEGRAM_CHAT_ID"
                log.warning("stranger ignored", chat_id=chat_id or "none", so_far=so_far, cure=cure)
        return False

    def _admitted(self, update: Received) -> Interaction | None:
        """Return what is asked if it is to be answered, else None; a chat that moved is followed on the way."""
        asked = update.asked
        if update.moved is not None and self._stores.chats.allows(update.moved[0]):
            self._stores.move_chat(*update.moved)
        is_guest = asked is not None and not self._stores.chats.allows(update.chat_id) and self._is_user(asked)
        if asked is not None and not is_guest and self._knocks(asked):
            return msgspec.structs.replace(asked, knocks=True)
        if not is_guest and not self.is_known(update.chat_id):
            waits = asked is not None and asked.query_id  # a button's waiting ends with a word that says nothing
            return msgspec.structs.replace(asked, what=STRANGER, arguments=()) if asked and waits else None
        if asked is None or (asked.bot and asked.bot != self._bot.username.lower()):
            return None  # a group may have other bots
        if not asked.query_id:
            asked = msgspec.structs.replace(asked, what=self._door.other_names.get(asked.what, asked.what))
        if not is_guest:
            self._keep_request(asked)
        return asked

    def _is_user(self, asked: Interaction) -> bool:
        """Tell whether a chat that is not configured is the private one of a user of trading."""
        if asked.user_id is None or asked.chat_id != str(asked.user_id):
            return False
        try:
            return self._door.role_of(asked.user_id) is not None
        except LedgerUnavailable:
            return False

    def _knocks(self, asked: Interaction) -> bool:
        """Tell whether somebody who is nobody here asks to be let in, and may be heard."""
        if asked.query_id or asked.what != KNOCK or asked.user_id is None or asked.chat_id != str(asked.user_id):
            return False
        return not self._stores.chats.allows(asked.chat_id) and self._door.may_ask(asked.user_id)

    def _is_urgent(self, asked: Interaction) -> bool:
        """Tell whether something counts each time, however late it comes."""
        command = None if asked.query_id else self._commands.get(asked.what)
        return command is not None and command.urgent

    def _like(self, asked: Interaction) -> tuple[str, str]:
        """Return what two late commands have in common that are answered once; each user of trading has an answer."""
        command = self._commands.get(asked.what)
        is_personal = command is not None and command.who in RANKS
        said = asked.text if asked.reply_to is None else asked.typed
        return (asked.chat_id, f"{said}:{asked.user_id}" if is_personal or asked.reply_to is not None else said)

    def _command(self, asked: Interaction) -> Command | None:
        """Return the command that was typed; None where there is none, or none in this chat."""
        command = self._commands.get(asked.what)
        is_guest = not self._stores.chats.allows(asked.chat_id)
        return None if command is None or (is_guest and command.who == "chat") else command

    async def _answer_no_command(self, asked: Interaction) -> None:
        """Take it where a dialog waits for it, else say what there is; in a group people also talk about messages."""
        if asked.what == TALK and (await self._door.talk(asked) or is_group(asked.chat_id)):
            return
        if not self._stores.chats.allows(asked.chat_id):
            is_known = asked.what in self._commands
            await self._replies.say(asked.chat_id, self._door.elsewhere if is_known else self._door.only_commands)
            return
        words = self._replies.words
        await self._replies.say(asked.chat_id, words.only_commands if asked.what == TALK else words.unknown)

    def _refusal(self, command: Command, asked: Interaction) -> str:
        """Return why the person may not type a command; where nobody can say, the command itself asks again."""
        try:
            return self._door.refusal(command.who, asked.user_id)
        except LedgerUnavailable:
            return ""

    def _keep_request(self, asked: Interaction) -> None:
        """Write down a request for a snapshot, by a command or by a message's button."""
        refreshes = asked.message_id if asked.query_id and asked.what == REFRESH else None
        command = None if asked.query_id else self._commands.get(asked.what)
        asks = command is not None and command.asks_for_snapshot and command.takes(asked.arguments)
        if refreshes is not None or asks:
            request = Request(id=request_id(asked.at, asked.update_id), asked_at=asked.at)
            self._stores.requests.add(request, update_id=asked.update_id, chats=(asked.chat_id,), refreshes=refreshes)

    def _is_the_one(self, asked: Interaction, last: Mapping[tuple[str, str], int]) -> bool:
        """Tell whether a late command is the last of its like, and none like it has been answered."""
        same = self._like(asked)
        return same not in self._answered_late and last[same] == asked.update_id

    async def _answer_press(self, asked: Interaction) -> None:
        """Let the button's own handler answer, or say that there is none, or that the chat is private."""
        handler = self.pressed.get(asked.what)
        if asked.what == STRANGER:
            await self._replies.answer(asked.query_id, self._replies.words.private)
        elif handler is None:
            await self._replies.answer(asked.query_id, self._replies.words.no_such_button)
        elif asked.what not in self._door.buttons and not self._stores.chats.allows(asked.chat_id):
            await self._replies.answer(asked.query_id, self._replies.words.private)
        else:
            await handler(asked)


def menu(language: Language, commands: Iterable[Command] = COMMANDS) -> list[BotCommand]:
    """Return the commands for Telegram's own menu.

    Args:
        commands: Those of the table.
    """
    return [BotCommand(command.name, command.described(language)) for command in commands]
