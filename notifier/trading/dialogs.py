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

A question may have choices: buttons, each of which answers as if its word had been typed. A press ends the question
as a text does, so that it counts once, after a restart too, and nobody but who was asked can make it; what is asked
or said next stands in its place (`ask`, `say`).

In a private chat any text answers, and a button calls the question off. In a group only a reply to the question does,
by the person who was asked: bots hear nothing else there, Telegram opens the reply by itself (`ForceReply`, selective:
for whom the message mentions or replies to), and takes no buttons beside that, so a word calls it off; a question with
choices has its buttons there too, and a person who writes instead chooses Reply by hand. (Bot API, "ForceReply", read
2026-11.)
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
from notifier.commands.buttons import MOST_DATA_BYTES, Button, Buttons
from notifier.incoming.interaction import Handler, Interaction
from notifier.texts.trading_dialogs import CANCEL_WORDS, DIALOG_WORDS, DialogWords
from notifier.trading.books import NoUser
from notifier.trading.desk import Desk, escaped, name_of

CANCEL = "nodialog"
"""The first word of the button that calls a question off; behind it stands the dialog's uid."""
CHOICE = "choice"
"""The first word of the buttons that answer; behind it stand the dialog's uid, and the word that is meant."""

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
        choices: Rows of buttons; `data` of each is the word that it answers with. What is too long for a button is
            left out, and can be typed.
    """

    dialog: str
    step: str
    text: str
    state: Mapping[str, str] = {}
    choices: Buttons = ()


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
        """Return who answers the buttons of questions."""
        return {CANCEL: self._desk.told(self._called_off), CHOICE: self._desk.told(self._chosen)}

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
        message_id = await self._say(asked, question, session, name)
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

    async def say(self, asked: Interaction, text: str) -> None:
        """Say what came of an answer; in the question's place where it was pressed.

        Args:
            asked: The answer, as its handler was given it.
            text: In Telegram's HTML.
        """
        if asked.what == CHOICE:
            await self._replies.edit(asked.chat_id, asked.message_id, text)
        else:
            await self._replies.say(asked.chat_id, text)

    async def _say(self, asked: Interaction, question: Question, session: Session, name: str) -> int | None:
        """Send a question; return the message's number, None where it was not surely taken."""
        words, is_in_group = self._words, is_group(asked.chat_id)
        how = words.how_group if is_in_group else words.how_private
        if not question.choices and is_in_group:
            mention = f'<a href="tg://user?id={asked.user_id}">{escaped(name)}</a>: ' if _is_press(asked) else ""
            return await self._replies.say(asked.chat_id, f"{mention}{question.text}\n\n{how}", awaits=asked)
        text = f"{question.text}\n\n{how}"
        cancel = Button(words.cancel, f"{CANCEL}:{session.uid}")
        buttons = (*_choices(question, session), (cancel,))
        if asked.what != CHOICE:
            return await self._replies.say(asked.chat_id, text, buttons)
        await self._replies.edit(asked.chat_id, asked.message_id, text, buttons)
        return asked.message_id

    async def _take(self, found: Session, asked: Interaction) -> None:
        """Take an answer out with its question, and let its handler have it; a wrong one is asked for again."""
        if _is_for_another(found, asked):
            await self._replies.say(asked.chat_id, self._words.not_asked)
            return
        session = self._ended(asked, found.uid)
        if session is not None:  # else another answer came first
            await self._hand_on(asked, session, asked.typed.strip())

    async def _chosen(self, asked: Interaction) -> None:
        """Take the word of a button out with its question, and let its handler have it."""
        uid, _, word = "".join(asked.arguments).partition(":")
        session = self._ended(asked, uid)
        if session is None:
            await self._desk.toast(asked, self._words.toast_not_asked)
            return
        await self._replies.answer(asked.query_id)
        await self._hand_on(msgspec.structs.replace(asked, query_id=""), session, word)

    def _ended(self, asked: Interaction, uid: str) -> Session | None:
        """Take a question out; None where it was answered already, or asks somebody else."""
        try:
            with self._desk.books.writing(asked.user_id) as (principal, work):
                return sessions.end(principal, work, uid)
        except NotFound:
            return None

    async def _hand_on(self, asked: Interaction, session: Session, text: str) -> None:
        """Let the handler of a question have its answer; a wrong one is asked for again."""
        handler = self._answered.get(session.dialog)
        if handler is None or session.is_over(self._desk.books.now()):
            await self.say(asked, self._words.over)
        elif text.casefold() in CANCEL_WORDS:
            await self.say(asked, self._words.nothing_done)
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


def _is_press(asked: Interaction) -> bool:
    """Tell whether a button was pressed, whose end Telegram may have had already."""
    return bool(asked.query_id) or asked.what == CHOICE


def _choices(question: Question, session: Session) -> Buttons:
    """Return the buttons of a question, as they bring their words back."""
    rows = [[Button(each.label, f"{CHOICE}:{session.uid}:{each.data}") for each in row] for row in question.choices]
    fitting = [[each for each in row if len(each.data.encode()) <= MOST_DATA_BYTES] for row in rows]
    return tuple(row for row in fitting if row)
