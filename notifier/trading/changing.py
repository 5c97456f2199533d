"""The button Change under a question about a signal: what else is asked for, and then asked about by execution.

A size, or where a protective leg goes; pressed or typed. The question is answered with it, so that it is worth nothing
any more; nothing is ordered by it. Who may do so are those who may answer it.
"""

import html
from decimal import Decimal

import msgspec
from sqlalchemy import Connection

from bus.log import logger
from ledger.trading.errors import Invalid, TradingError
from ledger.trading.flow import questions, signals
from ledger.trading.flow.records import NO_PRICE, NewSize, Question
from ledger.trading.flow.sessions import Session
from ledger.trading.principal import Principal, must_trade
from notifier.commands.buttons import Button, Buttons
from notifier.incoming.interaction import Interaction
from notifier.texts.trading_dialogs import CHANGE_WORDS, ChangeWords
from notifier.trading import dialogs
from notifier.trading.decided import put_decided
from notifier.trading.desk import Desk, escaped, name_of
from notifier.trading.dialogs import Dialogs
from notifier.trading.leg_prices import LEGS, Leg, is_distance
from notifier.trading.pages import number
from notifier.trading.sizes import read_size

DIALOG = "change"
WHAT, SIZE = "what", "size"
"""The steps, beside the names of legs: what is to change, which takes a size at once too, and the size alone."""
QUANTITY = "quantity"
"""The word of the button that asks for the size."""
SHORT_ACTIONS = frozenset({"sell", "short"})
"""Of a signal that opens: it ends short."""
EXAMPLE = Decimal(100)
"""Stands for a price where none is known."""
SHOWN = 60
"""Signs of what was written, where it cannot be."""

log = logger(__name__)


class Instead(msgspec.Struct, frozen=True):
    """What is wanted instead, and how that is said."""

    new: NewSize
    told: str


class Changing:
    """Who answers Change."""

    def __init__(self, desk: Desk, asking: Dialogs) -> None:
        """Take the answers of its dialog.

        Args:
            desk: The ledger, the words, and the answers of the chat.
            asking: Asks for what is wanted instead.
        """
        self._desk = desk
        self._replies = desk.replies
        self._dialogs = asking
        asking.register(DIALOG, self._typed)

    async def pressed(self, asked: Interaction, uid: str) -> None:
        """Ask what is to change, where the question is still open and anything can.

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
        changes = question.details.get("changes")
        if not changes:
            await self._desk.toast(asked, self._words.fixed)
            return
        await self._desk.toast(asked, self._words.toast_ask)
        state = {"question": uid, "message": str(asked.message_id)}
        await self._ask(asked, question, WHAT if set(changes).intersection(LEGS) else SIZE, state)

    async def _ask(
        self, asked: Interaction, question: Question, step: str, state: dict[str, str], *, why: str = ""
    ) -> None:
        """Ask for a value, or for the same one again with what was wrong with it."""
        leg = self._leg(asked, question, step) if step in LEGS else None
        text = "\n\n".join(filter(None, (why, self._text(question, step, leg))))
        if leg is not None:
            choices = leg.choices(self._words.button_none)
        else:
            choices = self._kinds(question) if step == WHAT else ()
        new = dialogs.Question(dialog=DIALOG, step=step, text=text, state=state, choices=choices)
        await self._dialogs.ask(asked, new)

    def _kinds(self, question: Question) -> Buttons:
        """Return a button for each kind of change that a question can have."""
        words, changes = self._words, question.details.get("changes", [])
        legs = tuple(Button(words.legs[name], name) for name in LEGS if name in changes)
        return ((Button(words.button_quantity, QUANTITY),), legs)

    def _text(self, question: Question, step: str, leg: Leg | None) -> str:
        """Return what is asked."""
        words, first = self._words, escaped(question.text.partition("\n")[0])
        if leg is not None:
            now = question.details.get(step)
            named = {"leg": words.legs[step], "now": escaped(str(now)) if now else words.none}
            return words.ask_leg.format(question=first, example=_example(leg), **named)
        template = words.ask_what if step == WHAT else words.ask
        quantity = escaped(str(question.details["quantity"]))
        return template.format(quantity=quantity, question=first, what=_what(question, words))

    async def _typed(self, asked: Interaction, session: Session, text: str) -> None:
        """Take what is wanted instead; a text that is nothing of the kind is asked for again."""
        state = {name: str(value) for name, value in session.state.items()}
        try:
            with self._desk.books.reading(asked.user_id) as (principal, connection):
                question = questions.find(principal, connection, state["question"])
            questions.must_be_open(question, now=self._desk.books.now())
        except TradingError as error:  # the question is over: something else would not help
            await self._dialogs.say(asked, escaped(error.worded(self._desk.language)))
            return
        if session.step == WHAT and text in {QUANTITY, *LEGS}:
            await self._ask(asked, question, SIZE if text == QUANTITY else text, state)
            return
        try:
            leg = self._leg(asked, question, session.step) if session.step in LEGS else None
            instead = self._size(question, text) if leg is None else self._where(leg, text)
        except WrongValue as error:
            if session.step == SIZE:
                raise
            await self._ask(asked, question, session.step, state, why=escaped(str(error)))
            return
        await self._answer(asked, question, instead, place=int(state["message"]))

    async def _answer(self, asked: Interaction, question: Question, instead: Instead, *, place: int) -> None:
        """Answer a question with what is wanted instead, and say so."""
        try:
            with self._desk.books.writing(asked.user_id) as (principal, work):
                answered = questions.answer(principal, work, question.uid, "change", instead=instead.new)
                told = self._decided(question, instead.told, name_of(principal, work.connection))
                goes_on = put_decided(principal, work, answered, told, at=(asked.chat_id, place))
        except TradingError as error:  # as above
            await self._dialogs.say(asked, escaped(error.worded(self._desk.language)))
            return
        log.info("question answered", question=question.uid, answer=answered.answer)
        self._desk.wake(question.uid)
        await self._dialogs.say(asked, self._words.taken.format(size=escaped(instead.told)))
        if not goes_on:
            await self._replies.edit(asked.chat_id, place, escaped(told))

    def _decided(self, question: Question, size: str, name: str) -> str:
        """Return a question with who decided what, in plain text."""
        at = self._desk.at(self._desk.books.now())
        return f"{question.text}\n\n{self._words.decided.format(size=size, name=name, at=at)}"

    def _size(self, question: Question, text: str) -> Instead:
        """Return the size that a text says; raises WrongValue with what to write instead."""
        words, changes = self._words, question.details.get("changes", [])
        what, currency = _what(question, words), str(question.details.get("currency", ""))
        size = read_size(text)
        if size is None:
            raise WrongValue(_plain(words.bad.format(text=text[:SHOWN], what=what)))
        if size.currency and "amount" not in changes:
            raise WrongValue(_plain(words.no_amount.format(what=what)))
        if size.currency not in {"", currency}:
            raise WrongValue(_plain(words.bad_currency.format(currency=currency, what=what)))
        return Instead(NewSize(amount=size.number) if size.currency else NewSize(quantity=size.number), str(size))

    def _where(self, leg: Leg, text: str) -> Instead:
        """Return where a leg goes, as a text says; raises WrongValue with what to write instead."""
        words, example = self._words, _example(leg)
        found = leg.read(text, words.none, words.button_none)
        if found is None:
            no_price = leg.price is None and is_distance(text)
            template = words.no_percent if no_price else words.bad_leg
            raise WrongValue(_plain(template.format(text=text[:SHOWN], example=example)))
        named = words.legs[leg.name]
        if found != NO_PRICE and not leg.is_beyond(Decimal(found)):
            template = words.must_above if leg.is_above else words.must_below
            at = number(leg.price or EXAMPLE)
            raise WrongValue(template.format(leg=named, price=number(Decimal(found)), at=at))
        told = f"{named}: {words.none if found == NO_PRICE else number(Decimal(found))}"
        return Instead(NewSize(stop_loss=found) if leg.name == "stop_loss" else NewSize(take_profit=found), told)

    def _leg(self, asked: Interaction, question: Question, name: str) -> Leg:
        """Return a leg of what a question would open."""
        with self._desk.books.reading(asked.user_id) as (principal, connection):
            is_short = _is_short(principal, connection, question)
        price = question.details.get("price")
        return Leg(name=name, price=None if price is None else Decimal(str(price)), is_short=is_short)

    @property
    def _words(self) -> ChangeWords:
        """The sentences, in the language of whoever is answered now."""
        return CHANGE_WORDS[self._desk.language]


class WrongValue(Invalid):
    """What was typed cannot be wanted instead; its text is in the language of whoever typed it."""


def _is_short(principal: Principal, connection: Connection, question: Question) -> bool:
    """Tell whether what a question would open is short; only openings have legs."""
    action = "" if question.signal is None else signals.find(principal, connection, question.signal).action
    return action in SHORT_ACTIONS


def _example(leg: Leg) -> str:
    """Return a price that the leg may have."""
    return f"{leg.at(Decimal(2), leg.price or EXAMPLE):f}"


def _what(question: Question, words: ChangeWords) -> str:
    """Return what may be written, in Telegram's HTML."""
    amount = words.amount.format(currency=html.escape(str(question.details.get("currency", ""))))
    is_any = "amount" in question.details.get("changes", [])
    return words.both.format(quantity=words.quantity, amount=amount) if is_any else words.quantity


def _plain(text: str) -> str:
    """Return a text of ours without its marks: whoever says an error escapes it."""
    return text.replace("<code>", "").replace("</code>", "")
