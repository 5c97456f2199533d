"""`/portfolio`: which portfolios a user has, and which one commands act on; chosen by name or with a button."""

from collections.abc import Sequence
from typing import Final

from sqlalchemy import Connection

from bus.log import logger
from ledger.trading.people import users
from ledger.trading.people.portfolio_rows import Portfolio
from ledger.trading.people.portfolios import (
    NewPortfolio,
    archive_portfolio,
    create_portfolio,
    list_portfolios,
    portfolio_in_use,
    rename_portfolio,
    set_default,
)
from ledger.trading.people.preferences import choose_portfolio
from ledger.trading.principal import Principal, must_trade
from notifier.commands.buttons import Button, Buttons
from notifier.incoming.interaction import Handler, Interaction
from notifier.texts.trading_places import WORDS, PlaceWords
from notifier.trading.account_commands import own_accounts
from notifier.trading.desk import Desk, escaped
from notifier.trading.naming import named, renaming, with_place
from notifier.trading.people_pages import kind, portfolios_page

CHOOSE: Final = "pf"
"""The first word of the buttons that choose: `pf:<portfolio>`."""
MOST_BUTTONS = 20
BESIDE = 2

log = logger(__name__)


class PortfolioCommands:
    """Who answers the command, and its buttons."""

    def __init__(self, desk: Desk) -> None:
        """Read and change portfolios.

        Args:
            desk: The ledger, the words, and the answers of the chat.
        """
        self._desk = desk
        self._replies = desk.replies

    def typed(self) -> dict[str, Handler]:
        """Return who answers each command."""
        return {"portfolio": self._desk.told(self.portfolio)}

    def pressed(self) -> dict[str, Handler]:
        """Return who answers the buttons."""
        return {CHOOSE: self._desk.told(self.chosen)}

    async def portfolio(self, asked: Interaction) -> None:
        """List portfolios, choose one, make one, rename one, put one away, or make one the default."""
        what, *words = asked.arguments or ("list",)
        does = {"new": self._new, "rename": self._rename, "archive": self._archive, "default": self._default}
        if what.lower() == "list" and not words:
            with self._desk.books.reading(asked.user_id) as (principal, connection):
                text, buttons = self._page(principal, connection)
            await self._replies.say(asked.chat_id, text, buttons)
        elif what.lower() not in does:
            await self._replies.say(asked.chat_id, self._choose(asked, " ".join(asked.arguments)))
        elif words:
            await self._replies.say(asked.chat_id, does[what.lower()](asked, words))
        else:
            await self._replies.say(asked.chat_id, self._words.portfolio_usage)

    async def chosen(self, asked: Interaction) -> None:
        """Choose the portfolio of a button, and show so in the list above it."""
        with self._desk.books.writing(asked.user_id) as (principal, work):
            choose_portfolio(principal, work, "".join(asked.arguments))
            text, buttons = self._page(principal, work.connection)
        await self._replies.answer(asked.query_id)
        await self._replies.edit(asked.chat_id, asked.message_id, text, buttons)

    @property
    def _words(self) -> PlaceWords:
        """The words in the language of whoever is answered."""
        return WORDS[self._desk.language]

    def _page(self, principal: Principal, connection: Connection) -> tuple[str, Buttons]:
        """Return the list of the asker's portfolios, with a button for each where there are several."""
        mine, in_use = _own(principal, connection), portfolio_in_use(principal, connection)
        text = portfolios_page(mine, own_accounts(principal, connection), self._words, in_use=in_use.uid)
        each = [Button(other.name, f"{CHOOSE}:{other.uid}") for other in mine[:MOST_BUTTONS] if len(mine) > 1]
        return text, tuple(tuple(each[at : at + BESIDE]) for at in range(0, len(each), BESIDE))

    def _choose(self, asked: Interaction, name: str) -> str:
        """Choose a portfolio; return what to say."""
        with self._desk.books.writing(asked.user_id) as (principal, work):
            found = named(_own(principal, work.connection), name, what="portfolio")
            choose_portfolio(principal, work, found.uid)
        return self._words.portfolio_chosen.format(name=escaped(found.name), kind=self._kind(found))

    def _new(self, asked: Interaction, words: Sequence[str]) -> str:
        """Make a portfolio in the account that is named, or in the only one; return what to say."""
        with self._desk.books.writing(asked.user_id) as (principal, work):
            must_trade(principal)
            accounts = own_accounts(principal, work.connection)
            name, account = with_place(accounts, words)
            if account is None and len(accounts) != 1:
                names = escaped(", ".join(each.name for each in accounts))
                return self._words.which_account.format(names=names) if accounts else self._words.no_accounts
            inside = account or accounts[0]
            made = create_portfolio(principal, work, NewPortfolio(account=inside.uid, name=name))
        log.info("portfolio made", portfolio=made.uid)
        text, kind_of = self._words.portfolio_new, self._kind(made)
        return text.format(name=escaped(made.name), account=escaped(inside.name), kind=kind_of)

    def _rename(self, asked: Interaction, words: Sequence[str]) -> str:
        """Give a portfolio another name; return what to say."""
        with self._desk.books.writing(asked.user_id) as (principal, work):
            must_trade(principal)
            meant = renaming(_own(principal, work.connection), words)
            if meant is None:
                return self._words.portfolio_usage
            after = rename_portfolio(principal, work, meant[0].uid, meant[1])
        return self._words.portfolio_renamed.format(old=escaped(meant[0].name), name=escaped(after.name))

    def _archive(self, asked: Interaction, words: Sequence[str]) -> str:
        """Put a portfolio away; return what to say."""
        with self._desk.books.writing(asked.user_id) as (principal, work):
            must_trade(principal)
            found = named(_own(principal, work.connection), " ".join(words), what="portfolio")
            archive_portfolio(principal, work, found.uid)
        log.info("portfolio archived", portfolio=found.uid)
        return self._words.portfolio_archived.format(name=escaped(found.name))

    def _default(self, asked: Interaction, words: Sequence[str]) -> str:
        """Make a portfolio the default; return what to say."""
        with self._desk.books.writing(asked.user_id) as (principal, work):
            must_trade(principal)
            found = named(_own(principal, work.connection), " ".join(words), what="portfolio")
            set_default(principal, work, found.uid)
            in_use = portfolio_in_use(principal, work.connection)
        return self._words.portfolio_default.format(name=escaped(found.name), in_use=escaped(in_use.name))

    def _kind(self, portfolio: Portfolio) -> str:
        """Return how a portfolio's money is called."""
        return kind(self._words, is_live=portfolio.is_live)


def _own(principal: Principal, connection: Connection) -> tuple[Portfolio, ...]:
    """Return the asker's own portfolios that are not archived, of an admin too."""
    return list_portfolios(principal, connection, user=users.get(principal, connection).uid)
