"""The default accounts, one at each venue at most: made where they are missing.

The settings name some by their numbers, which are made at the start. At a venue where the key alone says whose account
it is, the account is made when its broker has proven its number, while its user has none there.

An account is paper for ever or live for ever, and so is its number: another number in the settings is another account,
and the one before stays with its books, served by nobody. Where a user trades by default is moved by nobody but people.
"""

from collections.abc import Collection
from itertools import count
from typing import Final, Literal

import msgspec

from bus.broker_names import code_of
from bus.language import Language
from bus.log import logger
from bus.messages.venues import BrokerState
from execution.settings import Settings
from execution.texts.moments import reader_of
from execution.texts.venue_accounts import WORDS
from execution.venues import RULES, rule_of
from ledger.trading.events import Notice, tell
from ledger.trading.people.accounts import NewAccount, create_account, list_accounts
from ledger.trading.people.brokers import is_live_number
from ledger.trading.people.portfolio_rows import Portfolio
from ledger.trading.people.portfolios import NewPortfolio, create_portfolio, get_portfolio, list_portfolios
from ledger.trading.people.standing import standing
from ledger.trading.principal import SYSTEM
from ledger.trading.work import Work

What = Literal["added", "taken", "archived", "taken_proven", "archived_proven"]
KINDS: Final = {True: "live", False: "paper"}

log = logger(__name__)


class Found(msgspec.Struct, frozen=True, kw_only=True):
    """What became of an account that the settings name or a broker has proven, where somebody should hear of it.

    `taken`: another user has it; `archived`: its user has put it away. Nothing is made then; of those that were not
    named but proven, other words are said.
    """

    what: What
    account: NewAccount
    portfolio: str = ""

    def told(self, default: Portfolio, language: Language) -> str:
        """Return it in words.

        Args:
            default: Where its user trades by default.
            language: The user's.
        """
        new = self.account
        text: str = getattr(WORDS[language], self.what)
        return text.format(
            broker=new.broker,
            number=new.account_uid,
            kind=KINDS[new.is_live],
            name=self.portfolio,
            default=default.name,
            variable=rule_of(new.broker).variable,
        )


def make_accounts(work: Work, user: str, settings: Settings) -> tuple[Found, ...]:
    """Make the accounts that the settings name and that nobody has, each with a portfolio.

    Args:
        work: What this is written with.
        user: The uid of whose they will be.
        settings: Execution's.

    Returns:
        What is to be told of it, by `tell_of`; nothing of what was there before, or has become the user's default
        since it is their first.
    """
    found = []
    for broker, rule in RULES.items():
        number = getattr(settings, rule.number_setting) if rule.number_setting else ""
        if number:
            new = NewAccount(
                broker=broker,
                name=rule.account_name,
                base_currency=rule.currency,
                is_live=bool(is_live_number(SYSTEM, work.connection, broker, number)),
                account_uid=number,
                user=user,
            )
            found.append(_made(work, new))
    return tuple(each for each in found if each is not None)


def make_proven(work: Work, user: str, state: BrokerState) -> tuple[Found, ...]:
    """Make the account that a broker has proven to serve, with a portfolio, while its user has none at that venue.

    Args:
        work: What this is written with.
        user: The uid of whose it will be.
        state: What the broker says of itself.

    Returns:
        What is to be told of it, by `tell_of`; nothing where there is an account at that venue.
    """
    broker, number = code_of(state.broker), state.number
    mine = list_accounts(SYSTEM, work.connection, user=user)
    is_live = is_live_number(SYSTEM, work.connection, broker, number)
    if any(each.served_by == state.broker for each in mine):
        return ()
    if state.proven_live is None or is_live not in {None, state.proven_live}:
        log.error("a number of the other kind", broker=broker, is_live=is_live, proven_live=state.proven_live)
        return ()
    rule = rule_of(broker)
    new = NewAccount(
        broker=broker,
        name=rule.account_name,
        base_currency=rule.currency,
        is_live=state.proven_live,
        account_uid=number,
        user=user,
    )
    found = _made(work, new)
    if found is None:
        return ()
    others: dict[What, What] = {"taken": "taken_proven", "archived": "archived_proven"}
    return (msgspec.structs.replace(found, what=others.get(found.what, found.what)),)


def tell_of(work: Work, portfolio: str, found: Collection[Found]) -> None:
    """Tell a user once what became of accounts that the settings name, or that brokers have proven.

    Args:
        work: What this is written with.
        portfolio: The uid of the user's default portfolio.
        found: What became of them.
    """
    row, default = standing(SYSTEM, work.connection, portfolio).user, get_portfolio(SYSTEM, work.connection, portfolio)
    for each in found:
        new = each.account
        name = f"account-{new.broker}-{new.account_uid}-{each.what}"
        text = each.told(default, reader_of(row).language)
        log.warning("default account", broker=new.broker, became=each.what, default_portfolio=default.name)
        tell(work, row, Notice(id=name, kind="venue", text=text))


def _made(work: Work, new: NewAccount) -> Found | None:
    """Make an account with a portfolio, unless somebody has it."""
    everybodys = list_accounts(SYSTEM, work.connection, archived=True)
    same = [each for each in everybodys if (each.broker, each.account_uid) == (new.broker, new.account_uid)]
    in_use = [each for each in same if each.archived_at is None]
    if in_use:
        is_mine = in_use[0].user == new.user
        return None if is_mine else Found(what="taken", account=new)
    if any(each.user == new.user for each in same):
        return Found(what="archived", account=new)
    mine = [each.name for each in everybodys if each.user == new.user]
    account = create_account(SYSTEM, work, msgspec.structs.replace(new, name=_free(new.name, mine)))
    portfolios = [each.name for each in list_portfolios(SYSTEM, work.connection, user=new.user, archived=True)]
    made = create_portfolio(SYSTEM, work, NewPortfolio(account=account.uid, name=_free(account.name, portfolios)))
    log.info("account made", account=account.uid, broker=new.broker, kind=KINDS[new.is_live], portfolio=made.name)
    return None if made.is_default else Found(what="added", account=new, portfolio=made.name)


def _free(name: str, taken: Collection[str]) -> str:
    """Return a name, with a number behind it where the name itself is taken."""
    return name if name not in taken else next(each for n in count(2) if (each := f"{name} {n}") not in taken)
