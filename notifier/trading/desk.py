"""What all commands of trading share: who answers, in which words, and what a refusal looks like."""

import contextlib
import html
from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import get_args
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from sqlalchemy import Connection

from bus.connection import Bus
from bus.language import Language
from bus.messages.trading import TradingRequested
from ledger.trading.errors import NotFound, TradingError
from ledger.trading.people import users
from ledger.trading.people.accounts import Account
from ledger.trading.people.portfolio_rows import Portfolio
from ledger.trading.people.portfolios import portfolio_in_use
from ledger.trading.people.user_rows import User
from ledger.trading.principal import Principal
from ledger.unavailable import LedgerUnavailable
from notifier.commands.buttons import Button, Buttons
from notifier.commands.replies import Replies
from notifier.commands.speech import Speech, speaking, speech_now
from notifier.incoming.interaction import Handler, Interaction
from notifier.texts.trading import WORDS, TradingWords
from notifier.trading.books import Books, NoUser
from notifier.trading.confirming import Confirmation, button_data, fits, refusal_data

LONGEST_TOAST = 200
"""Signs of a note over the chat (core.telegram.org/bots/api, "answerCallbackQuery", read 2026-11)."""


class Desk:
    """The replies, the books and the bus, with the words of trading.

    Attributes:
        replies: What answers.
        books: The ledger, for people.
    """

    def __init__(self, replies: Replies, books: Books, *, bus: Bus, zone: ZoneInfo) -> None:
        """Take the pieces.

        Args:
            replies: Answers in the chat, in its language.
            books: The ledger, as one person at a time may see it.
            bus: Where execution hears of a request.
            zone: The chat's, in which times are told to who has not chosen another one.
        """
        self.replies = replies
        self.books = books
        self._own = Speech(language=replies.language, zone=zone)
        self._remembered: dict[int, Speech] = {}
        self._bus = bus

    @property
    def language(self) -> Language:
        """The language of whoever is answered now; to be asked for each answer."""
        return self.replies.language

    @property
    def words(self) -> TradingWords:
        """Trading's, in that language; to be asked for each answer."""
        return WORDS[self.language]

    @property
    def zone(self) -> ZoneInfo:
        """In which times are told to whoever is answered now; to be asked for each answer."""
        return (speech_now() or self._own).zone

    def told(self, handler: Callable[[Interaction], Awaitable[None]]) -> Handler:
        """Return a handler that answers in the asker's language and zone.

        It also says what a service refuses, and why the ledger cannot be used.

        Args:
            handler: The handler; it may raise both.
        """

        async def careful(asked: Interaction) -> None:
            """Answer; a refusal is an answer too."""
            with speaking(self._speech_of(asked)):
                try:
                    await handler(asked)
                except LedgerUnavailable as error:
                    await self.refuse(asked, self.replies.ledger_unavailable(error, self.words.not_now))
                except TradingError as error:
                    await self.refuse(asked, escaped(error.worded(self.language)))

        return careful

    def _speech_of(self, asked: Interaction) -> Speech:
        """Return how a person is spoken to: as the ledger says, or said last; as the chat, where it never did."""
        user_id = asked.user_id
        try:
            with self.books.reading(user_id) as (principal, connection):
                user = users.get(principal, connection)
        except LedgerUnavailable:
            return self._own if user_id is None else self._remembered.get(user_id, self._own)
        except NoUser:
            return self._own
        speech = Speech(
            language=next((each for each in get_args(Language) if each == user.language), self._own.language),
            zone=_zone(user.timezone) or self._own.zone,
        )
        if user_id is not None:
            self._remembered[user_id] = speech
            self._call_by_name(user, user_id, asked.person)
        return speech

    def _call_by_name(self, user: User, user_id: int, person: str) -> None:
        """Call a person by the name that Telegram tells, whom the settings let in by a number alone."""
        if person and user.username == str(user_id):
            with contextlib.suppress(LedgerUnavailable, TradingError):
                self.books.call(user_id, person)

    async def refuse(self, asked: Interaction, text: str) -> None:
        """Say why something is not done; to a press over the chat.

        Args:
            text: In Telegram's HTML.
        """
        if asked.query_id:
            await self.toast(asked, html.unescape(text))
        else:
            await self.replies.say(asked.chat_id, text)

    async def toast(self, asked: Interaction, text: str) -> bool:
        """End a button's waiting with a note; return False where it was pressed long ago.

        Args:
            text: Plain; cut to what Telegram takes.
        """
        return await self.replies.answer(asked.query_id, text[:LONGEST_TOAST])

    async def confirm(self, asked: Interaction, text: str, *, does: Confirmation, label: str) -> None:
        """Ask once, with a button that names what it does and ends after a minute.

        Args:
            text: The question, in Telegram's HTML.
            does: What the button does.
            label: What stands on it.
        """
        if not fits(does):
            await self.replies.say(asked.chat_id, self.words.too_long.format(argument=escaped(does.argument)))
            return
        buttons: Buttons = ((Button(label, button_data(does)), Button(self.words.do_not, refusal_data(does.user_id))),)
        await self.replies.say(asked.chat_id, text, buttons)

    def wake(self, uid: str) -> None:
        """Tell execution that a row waits for it.

        Args:
            uid: The row's.
        """
        self._bus.publish(TradingRequested(uid=uid))

    def at(self, moment: datetime) -> str:
        """Return the time of day of a moment, as the chat reads it.

        Args:
            moment: Any, aware.
        """
        return f"{moment.astimezone(self.zone):%H:%M}"


def _zone(name: str) -> ZoneInfo | None:
    """Return a zone; None where this machine does not know it any more."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return None


def place(principal: Principal, connection: Connection) -> Portfolio:
    """Return the portfolio in use.

    Args:
        principal: Who asks.
        connection: Any connection to the ledger.

    Raises:
        NotFound: The asker has none.
    """
    return portfolio_in_use(principal, connection)


def name_of(principal: Principal, connection: Connection) -> str:
    """Return what a user is called.

    Args:
        principal: The user.
        connection: Any connection to the ledger.
    """
    return users.get(principal, connection).username


def name_of_number(connection: Connection, user_id: int | None) -> str:
    """Return what a user of the ledger is called, by the ledger's own number; a terminal has none.

    Args:
        connection: Any connection to the ledger.
        user_id: The number.
    """
    if user_id is None:
        return "make"
    try:
        return users.get(Principal(user_id=user_id, role="viewer"), connection).username
    except NotFound:
        return str(user_id)


def account_named(account: Account) -> str:
    """Return where a portfolio trades: the account's name, its broker, and its number there, in Telegram's HTML.

    Args:
        account: The portfolio's.
    """
    number = "" if account.account_uid is None else f" {escaped(account.account_uid)}"
    return f"{escaped(account.name)}, {account.broker}{number}"


def escaped(text: str) -> str:
    """Return a text as it stands in Telegram's HTML.

    Args:
        text: The text.
    """
    return html.escape(text, quote=False)
