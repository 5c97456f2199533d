"""The button Change under a question about a signal: another size is asked for, and then asked about by execution.

The question is answered with that size, so that it is worth nothing any more; nothing is ordered by it. Who may do so
are those who may answer it.
"""

import html

from bus.log import logger
from ledger.trading.errors import Invalid, TradingError
from ledger.trading.flow import questions
from ledger.trading.flow.records import NewSize, Question
from ledger.trading.flow.sessions import Session
from ledger.trading.principal import must_trade
from notifier.incoming.interaction import Interaction
from notifier.texts.trading_dialogs import CHANGE_WORDS, ChangeWords
from notifier.trading import dialogs
from notifier.trading.decided import put_decided
from notifier.trading.desk import Desk, escaped, name_of
from notifier.trading.dialogs import Dialogs
from notifier.trading.sizes import Size, read_size

DIALOG = "change"
SHOWN = 60
"""Signs of what was written, where it is no size."""

log = logger(__name__)


class Changing:
    """Who answers Change."""

    def __init__(self, desk: Desk, asking: Dialogs) -> None:
        """Take the answers of its dialog.

        Args:
            desk: The ledger, the words, and the answers of the chat.
            asking: Asks for the size.
        """
        self._desk = desk
        self._replies = desk.replies
        self._dialogs = asking
        asking.register(DIALOG, self._typed)

    async def pressed(self, asked: Interaction, uid: str) -> None:
        """Ask for the size, where the question is still open and has another one.

        Args:
            asked: The press.
            uid: The question's.

        Raises:
            TradingError: The presser may not answer it, or nobody any more.
        """
        with self._desk.books.reading(asked.user_id) as (principal, connection):
            must_trade(principal)
            question = questions.find(principal, connection, uid)
        questions.must_be_open(question, now=self._desk.books.now())
        words = self._words
        if not question.details.get("changes"):
            await self._desk.toast(asked, words.fixed)
            return
        await self._desk.toast(asked, words.toast_ask)
        text = words.ask.format(
            quantity=escaped(str(question.details["quantity"])),
            question=escaped(question.text.partition("\n")[0]),
            what=_what(question, words),
        )
        state = {"question": uid, "message": str(asked.message_id)}
        await self._dialogs.ask(asked, dialogs.Question(dialog=DIALOG, step="size", text=text, state=state))

    async def _typed(self, asked: Interaction, session: Session, text: str) -> None:
        """Answer the question with the size that was typed; a text that is none is asked for again."""
        uid, place = session.state["question"], int(session.state["message"])
        try:
            with self._desk.books.reading(asked.user_id) as (principal, connection):
                question = questions.find(principal, connection, uid)
            questions.must_be_open(question, now=self._desk.books.now())
            size = self._size(question, text)
            instead = NewSize(amount=size.number) if size.currency else NewSize(quantity=size.number)
            with self._desk.books.writing(asked.user_id) as (principal, work):
                answered = questions.answer(principal, work, uid, "change", instead=instead)
                told = self._decided(question, size, name_of(principal, work.connection))
                goes_on = put_decided(principal, work, answered, told, at=(asked.chat_id, place))
        except WrongSize:
            raise
        except TradingError as error:  # the question is over: another size would not help
            await self._replies.say(asked.chat_id, escaped(error.worded(self._desk.language)))
            return
        log.info("question answered", question=uid, answer=answered.answer)
        self._desk.wake(uid)
        await self._replies.say(asked.chat_id, self._words.taken.format(size=escaped(str(size))))
        if not goes_on:
            await self._replies.edit(asked.chat_id, place, escaped(told))

    def _decided(self, question: Question, size: Size, name: str) -> str:
        """Return a question with who decided what, in plain text."""
        at = self._desk.at(self._desk.books.now())
        return f"{question.text}\n\n{self._words.decided.format(size=size, name=name, at=at)}"

    def _size(self, question: Question, text: str) -> Size:
        """Return the size that a text says; raises WrongSize with what to write instead."""
        words, changes = self._words, question.details.get("changes", [])
        what, currency = _what(question, words), str(question.details.get("currency", ""))
        size = read_size(text)
        if size is None:
            raise WrongSize(_plain(words.bad.format(text=text[:SHOWN], what=what)))
        if size.currency and "amount" not in changes:
            raise WrongSize(_plain(words.no_amount.format(what=what)))
        if size.currency not in {"", currency}:
            raise WrongSize(_plain(words.bad_currency.format(currency=currency, what=what)))
        return size

    @property
    def _words(self) -> ChangeWords:
        """The sentences, in the language of whoever is answered now."""
        return CHANGE_WORDS[self._desk.language]


class WrongSize(Invalid):
    """What was typed is no size that the question can have; its text is in the language of whoever typed it."""


def _what(question: Question, words: ChangeWords) -> str:
    """Return what may be written, in Telegram's HTML."""
    amount = words.amount.format(currency=html.escape(str(question.details.get("currency", ""))))
    is_any = "amount" in question.details.get("changes", [])
    return words.both.format(quantity=words.quantity, amount=amount) if is_any else words.quantity


def _plain(text: str) -> str:
    """Return a text of ours without its marks: whoever says an error escapes it."""
    return text.replace("<code>", "").replace("</code>", "")
