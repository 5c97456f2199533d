"""Values that a person types: a question, a row that waits for ten minutes, and the reply that answers it.

How a group of commands asks for a value:

    dialogs.register("set_amount", self.amount_typed)           # once, when the handlers are made
    question = Question(dialog="set_amount", step="amount", text="How much?", state={"portfolio": uid})
    await dialogs.ask(asked, question)                          # in the handler of a command or a button

    async def amount_typed(self, asked: Interaction, session: Session, text: str) -> None:
        ...                                                     # session.step, session.state; text is what was typed

The row is taken out before the handler runs, so that an answer counts once. The handler runs as all of them do: what a
service refuses with Invalid, NotFound or Taken is said, and the same is asked again (raise Invalid for a value of your
own that cannot be, with what to write instead); other refusals are said and end it. For the next step, ask again.
Who may answer is who was asked, looked up anew. What is asked replaces what was open for the person in the chat; a
command that is typed instead leaves the question waiting.

In a private chat any text answers, and a button calls the question off. In a group only a reply to the question does,
by the person who was asked: bots hear nothing else there, Telegram opens the reply by itself (`ForceReply`, selective:
for whom the message mentions or replies to), and takes no buttons beside that, so a word calls it off. (Bot API,
"ForceReply", read 2026-11.)
"""

from collections.abc import Awaitable, Callable, Mapping
from functools import partial

import msgspec

from bus.chats import is_group
from bus.log import logger
from ledger.trading.errors import Invalid, NotFound, Taken
from ledger.trading.flow import sessions
from ledger.trading.flow.sessions import NewSession, Session
from ledger.unavailable import LedgerUnavailable
from notifier.commands.buttons import Button
from notifier.incoming.interaction import Handler, Interaction
from notifier.texts.trading_dialogs import CANCEL_WORDS, DIALOG_WORDS, DialogWords
from notifier.trading.books import NoUser
from notifier.trading.desk import Desk, escaped, name_of

CANCEL = "nodialog"
"""The first word of the button that calls a question off; behind it stands the dialog's uid."""

Answered = Callable[[Interaction, Session, str], Awaitable[None]]
"""Takes an answer: the message, the dialog as it was, and the text without the spaces around it."""

log = logger(__name__)


class Question(msgspec.Struct, frozen=True, kw_only=True):
    """What a person is asked for.

    Attributes:
        dialog: The name of who takes the answer.
        step: What is asked for.
        text: The question, in Telegram's HTML; it says what may be written.
        state: What is known so far; amounts are text.
    """

    dialog: str
    step: str
    text: str
    state: Mapping[str, str] = {}


class Dialogs:
    """Asks for values, and takes them."""

    def __init__(self, desk: Desk) -> None:
        """Ask nobody yet.

        Args:
            desk: The ledger, and the answers of the chat.
        """
        self._desk = desk
        self._replies = desk.replies
        self._answered: dict[str, Answered] = {}

    def register(self, name: str, handler: Answered) -> None:
        """Take who takes the answers of a dialog.

        Args:
            name: The dialog's; at most 32 signs.
            handler: Takes each answer.
        """
        self._answered[name] = handler

    def pressed(self) -> dict[str, Handler]:
        """Return who answers the button that calls a question off."""
        return {CANCEL: self._desk.told(self._called_off)}

    async def ask(self, asked: Interaction, question: Question) -> None:
        """Ask a person for a value, in the chat where something was typed or pressed.

        Args:
            asked: What was typed or pressed, by whom; a press has had its answer.
            question: The question.

        Raises:
            TradingError: The person is no user, or the question cannot be kept.
            LedgerUnavailable: It cannot be kept now.
        """
        new = NewSession(chat_id=asked.chat_id, dialog=question.dialog, step=question.step, state=question.state)
        with self._desk.books.writing(asked.user_id) as (principal, work):
            session = sessions.begin(principal, work, new)
            name = name_of(principal, work.connection)
        message_id = await self._say(asked, question.text, session, name)
        if message_id is None:
            return  # it may be there all the same: any reply to us counts then
        with self._desk.books.writing(asked.user_id) as (principal, work):
            open_now = sessions.find(principal, work.connection, asked.chat_id)
            if open_now is not None and open_now.uid == session.uid:  # else it is answered already
                sessions.advance(principal, work, session.uid, message_id=message_id)

    async def take(self, asked: Interaction) -> bool:
        """Take a text that is no command where it answers a question.

        Args:
            asked: The text.

        Returns:
            Whether it was taken; else it is for nobody here.
        """
        try:
            found = self._asked_for(asked)
        except LedgerUnavailable as error:
            await self._replies.say(asked.chat_id, self._replies.ledger_unavailable(error, self._desk.words.not_now))
            return True
        if found is not None:
            await self._desk.told(partial(self._take, found))(asked)
        return found is not None

    @property
    def _words(self) -> DialogWords:
        """The sentences, in the language of whoever is answered now."""
        return DIALOG_WORDS[self._desk.language]

    def _asked_for(self, asked: Interaction) -> Session | None:
        """Return the question that a text may answer; raises LedgerUnavailable."""
        if asked.user_id is None or (is_group(asked.chat_id) and asked.reply_to is None):
            return None
        try:
            with self._desk.books.reading(asked.user_id) as (principal, connection):
                found = sessions.find(principal, connection, asked.chat_id)
        except NoUser:
            return None
        return None if found is None or (is_group(asked.chat_id) and _is_for_another(found, asked)) else found

    async def _say(self, asked: Interaction, text: str, session: Session, name: str) -> int | None:
        """Send a question; return the message's number, None where it was not surely taken."""
        words = self._words
        if not is_group(asked.chat_id):
            button = Button(words.cancel, f"{CANCEL}:{session.uid}")
            return await self._replies.say(asked.chat_id, f"{text}\n\n{words.how_private}", ((button,),))
        mention = f'<a href="tg://user?id={asked.user_id}">{escaped(name)}</a>: ' if asked.query_id else ""
        return await self._replies.say(asked.chat_id, f"{mention}{text}\n\n{words.how_group}", awaits=asked)

    async def _take(self, found: Session, asked: Interaction) -> None:
        """Take an answer out with its question, and let its handler have it; a wrong one is asked for again."""
        if _is_for_another(found, asked):
            await self._replies.say(asked.chat_id, self._words.not_asked)
            return
        try:
            with self._desk.books.writing(asked.user_id) as (principal, work):
                session = sessions.end(principal, work, found.uid)
        except NotFound:
            return  # another answer came first
        text, handler = asked.typed.strip(), self._answered.get(session.dialog)
        if handler is None or session.is_over(self._desk.books.now()):
            await self._replies.say(asked.chat_id, self._words.over)
        elif text.casefold() in CANCEL_WORDS:
            await self._replies.say(asked.chat_id, self._words.nothing_done)
        else:
            log.info("dialog answered", dialog=session.dialog, step=session.step)
            try:
                await handler(asked, session, text)
            except (Invalid, NotFound, Taken) as error:
                await self._ask_again(asked, session, escaped(error.worded(self._desk.language)))

    async def _ask_again(self, asked: Interaction, session: Session, why: str) -> None:
        """Ask for the same value, with what was wrong."""
        text = self._words.again.format(why=why)
        again = Question(dialog=session.dialog, step=session.step, state=session.state, text=text)
        await self.ask(asked, again)

    async def _called_off(self, asked: Interaction) -> None:
        """End a question by its button, and put that in its place."""
        try:
            with self._desk.books.writing(asked.user_id) as (principal, work):
                sessions.end(principal, work, "".join(asked.arguments))
        except NotFound:
            await self._desk.toast(asked, self._words.toast_not_asked)
            return
        await self._replies.answer(asked.query_id)
        await self._replies.edit(asked.chat_id, asked.message_id, self._words.nothing_done)


def _is_for_another(found: Session, asked: Interaction) -> bool:
    """Tell whether a text replies to another message than the question; where that is not known, any of ours may be."""
    return None not in {found.message_id, asked.reply_to} and found.message_id != asked.reply_to
