"""`/accounts` and `/brokers`: where a user trades, and how the venues are.

The chat makes accounts on paper alone: any other one goes with keys, which are on the machine, and may cost money.
"""

from collections.abc import Callable, Sequence
from typing import Final

from sqlalchemy import Connection

from bus.log import logger
from bus.messages.trading import BrokerHealth
from ledger.trading.people import users
from ledger.trading.people.accounts import (
    PAPER,
    Account,
    NewAccount,
    archive_account,
    create_account,
    list_accounts,
    rename_account,
)
from ledger.trading.people.brokers import list_brokers
from ledger.trading.people.portfolios import list_portfolios
from ledger.trading.principal import Principal, must_trade
from notifier.incoming.interaction import Handler, Interaction
from notifier.texts.trading_places import WORDS, PlaceWords
from notifier.trading.account_marks import Marks
from notifier.trading.desk import Desk, escaped
from notifier.trading.naming import named, renaming
from notifier.trading.people_pages import accounts_page, brokers_page

LIVE: Final = "live"
LONGEST_CODE = 16

Brokers = Callable[[], Sequence[BrokerHealth] | None]
"""Says how the brokers are; None while execution does not answer."""

log = logger(__name__)


class AccountCommands:
    """Who answers the two commands."""

    def __init__(self, desk: Desk, *, brokers: Brokers, marks: Callable[[], Marks]) -> None:
        """Read and change accounts.

        Args:
            desk: The ledger, the words, and the answers of the chat.
            brokers: Says how the brokers are.
            marks: Says what stands beside accounts.
        """
        self._marks = marks
        self._desk = desk
        self._replies = desk.replies
        self._health = brokers

    def typed(self) -> dict[str, Handler]:
        """Return who answers each command."""
        return {"accounts": self._desk.told(self.accounts), "brokers": self._desk.told(self.brokers)}

    async def accounts(self, asked: Interaction) -> None:
        """List accounts, make one on paper, rename one, or put one away."""
        what, *words = asked.arguments or ("list",)
        does = {"new": self._new, "rename": self._rename, "archive": self._archive}
        if what.lower() == "list" and not words:
            text = self._list(asked)
        elif what.lower() in does and words:
            text = does[what.lower()](asked, words)
        else:
            text = self._words.accounts_usage
        await self._replies.say(asked.chat_id, text)

    async def brokers(self, asked: Interaction) -> None:
        """Say which venues there are, and how they are."""
        with self._desk.books.reading(asked.user_id) as (principal, connection):
            found = list_brokers(principal, connection)
        language, zone = self._desk.language, self._desk.zone
        page = brokers_page(found, self._health(), WORDS[language], zone=zone, language=language)
        await self._replies.say(asked.chat_id, page)

    @property
    def _words(self) -> PlaceWords:
        """The words in the language of whoever is answered."""
        return WORDS[self._desk.language]

    def _list(self, asked: Interaction) -> str:
        """Return the asker's accounts."""
        with self._desk.books.reading(asked.user_id) as (principal, connection):
            mine = own_accounts(principal, connection)
            me = users.get(principal, connection).uid
            portfolios = list_portfolios(principal, connection, user=me)
        return accounts_page(mine, portfolios, self._words, marks=self._marks())

    def _new(self, asked: Interaction, words: Sequence[str]) -> str:
        """Make an account on paper; return what to say."""
        if words[-1].lower() == LIVE:
            return self._words.account_is_live
        *name, broker, currency = ("", "", *words)
        name, broker = [word for word in name if word], broker.upper()
        if not name:
            return self._words.accounts_usage
        if broker != PAPER:
            return self._words.on_the_machine.format(broker=escaped(broker[:LONGEST_CODE]))
        new = NewAccount(broker=broker, name=" ".join(name), base_currency=currency.upper(), is_live=False)
        with self._desk.books.writing(asked.user_id) as (principal, work):
            made = create_account(principal, work, new)
        log.info("account made", account=made.uid)
        text = self._words.account_new
        return text.format(name=escaped(made.name), broker=made.broker, currency=made.base_currency)

    def _rename(self, asked: Interaction, words: Sequence[str]) -> str:
        """Give an account another name; return what to say."""
        with self._desk.books.writing(asked.user_id) as (principal, work):
            must_trade(principal)
            meant = renaming(own_accounts(principal, work.connection), words)
            if meant is None:
                return self._words.accounts_usage
            after = rename_account(principal, work, meant[0].uid, meant[1])
        return self._words.account_renamed.format(old=escaped(meant[0].name), name=escaped(after.name))

    def _archive(self, asked: Interaction, words: Sequence[str]) -> str:
        """Put an account away, with its portfolios; return what to say."""
        with self._desk.books.writing(asked.user_id) as (principal, work):
            must_trade(principal)
            found = named(own_accounts(principal, work.connection), " ".join(words), what="account")
            archive_account(principal, work, found.uid)
        log.info("account archived", account=found.uid)
        return self._words.account_archived.format(name=escaped(found.name))


def own_accounts(principal: Principal, connection: Connection) -> tuple[Account, ...]:
    """Return the asker's own accounts that are not archived, of an admin too.

    Args:
        principal: Who asks.
        connection: Any connection to the ledger.
    """
    return list_accounts(principal, connection, user=users.get(principal, connection).uid)
